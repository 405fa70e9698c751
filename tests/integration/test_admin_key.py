"""The first admin key of a deployed stack opens the API."""

import pytest

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb.accounts.drivers import DynamoDrivers
from chalicelib.adapters.dynamodb.accounts.invitations import DynamoInvitations
from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.adapters.dynamodb.accounts.shippers import DynamoShippers
from chalicelib.adapters.signing import HmacSigner
from chalicelib.domain.accounts.letters import from_text
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import AddressTaken
from chalicelib.services.accounts.authenticate import Authenticate
from infra.admin_key import new_admin, new_key
from tests.support.aws import SESSION, aws


def test_the_first_admin_of_the_console_is_invited_once() -> None:
    with aws("dev"):
        member = new_admin("dev", "boss@example.com", "Boss", SESSION)

        assert (member.role, member.email) == (Role.ADMIN, "boss@example.com")
        with pytest.raises(AddressTaken):
            new_admin("dev", "Boss@example.com", "Boss", SESSION)
        queue = SESSION.client("sqs").get_queue_url(QueueName="doorstep-dev-notices")["QueueUrl"]
        (letter,) = SESSION.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=2)[
            "Messages"
        ]
        assert from_text(letter["Body"]).member_id == member.id


def test_the_key_that_is_printed_is_an_admins() -> None:
    with aws("dev"):
        text = new_key("dev", "first", SESSION)

        known = Authenticate(
            keys=DynamoApiKeys(partitions := Partitions()),
            shippers=DynamoShippers(partitions),
            drivers=DynamoDrivers(partitions),
            invitations=DynamoInvitations(),
            signer=HmacSigner(lambda: (b"none needed",)),
            clock=SystemClock(),
        )
        assert known(text).role is Role.ADMIN
