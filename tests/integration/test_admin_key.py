"""The first admin key of a deployed stack opens the API."""

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb.accounts.drivers import DynamoDrivers
from chalicelib.adapters.dynamodb.accounts.invitations import DynamoInvitations
from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.adapters.dynamodb.accounts.shippers import DynamoShippers
from chalicelib.adapters.signing import HmacSigner
from chalicelib.domain.actors import Role
from chalicelib.services.accounts.authenticate import Authenticate
from infra.admin_key import new_key
from tests.support.aws import SESSION, aws


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
