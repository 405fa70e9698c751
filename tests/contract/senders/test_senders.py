"""SMS and e-mail, in memory and on moto: what arrives, what never will, what may have."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from chalicelib.adapters.aws import client, forget_clients
from chalicelib.adapters.messaging.ses import SesEmailSender
from chalicelib.adapters.messaging.sns import SnsSmsSender
from chalicelib.domain.errors import AnswerLost, Invalid, Unavailable
from tests.support import faults
from tests.support.aws import SESSION
from tests.support.fakes.senders import InMemoryEmail, InMemorySms, Mail, Sms
from tests.support.faults import Action, Faults, xml_error
from tests.support.mails import read_mail

REGION = "us-east-1"
PHONE = "+358401234567"
SENDER = "doorstep@example.com"
STOP_URL = f"https://track.example.com/api/stop/{'x' * 59}"
MAIL = ("aino@example.com", "Aihe – tänään", "Teksti – ä", "<p>Teksti – ä</p>")


class MotoSms(SnsSmsSender):
    @property
    def sent(self) -> list[Sms]:
        told = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
        return [Sms(phone, text) for phone, text in told.values()]


class MotoEmail(SesEmailSender):
    @property
    def sent(self) -> list[Mail]:
        told = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        found = map(read_mail, told)
        return [Mail(each.to, each.subject, each.text, each.html, each.stop_url) for each in found]


@pytest.fixture(scope="module")
def clients() -> Iterator[None]:
    """One account for all: clients take long to make."""
    with mock_aws():
        forget_clients()
        SESSION.client("ses").verify_email_identity(EmailAddress=SENDER)
        yield
    forget_clients()


@pytest.fixture
def account(clients: None) -> None:
    sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.clear()
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()


@pytest.fixture(params=["in memory", "on sns"])
def sms(request: pytest.FixtureRequest, account: None) -> Any:
    return InMemorySms() if request.param == "in memory" else MotoSms()


@pytest.fixture(params=["in memory", "on ses"])
def email(request: pytest.FixtureRequest, account: None) -> Any:
    return InMemoryEmail() if request.param == "in memory" else MotoEmail(SENDER)


def test_an_sms_arrives(sms: Any) -> None:
    sms.send(PHONE, "Pakettisi saapuu tänään. https://d.example/t/x_-1")

    assert sms.sent == [Sms(PHONE, "Pakettisi saapuu tänään. https://d.example/t/x_-1")]


def test_a_number_that_is_none_never_gets_it(sms: Any) -> None:
    with pytest.raises(Invalid):
        sms.send("040", "x")

    assert sms.sent == []


def test_an_email_arrives(email: Any) -> None:
    email.send(*MAIL, stop_url=STOP_URL)

    assert email.sent == [Mail(*MAIL, stop_url=STOP_URL)]


def test_a_mailbox_that_no_mail_server_takes_never_gets_it(email: Any) -> None:
    for to in ("no mailbox", "äiti@example.com"):
        with pytest.raises(Invalid):
            email.send(to, *MAIL[1:], stop_url=STOP_URL)

    assert email.sent == []


def test_an_sms_names_its_sender_and_its_kind(account: None) -> None:
    bodies: list[str] = []

    def listen(request: Any) -> Any:
        bodies.append(str(request.body))
        return botocore_stubber("before-send", request)

    with Faults(outage={"sns": listen}).on(client("sns", total_attempts=1)):
        SnsSmsSender("Posti").send(PHONE, "x")
        SnsSmsSender(None).send(PHONE, "x")

    assert "SMSType" in bodies[0]
    assert "Transactional" in bodies[0]
    assert "SenderID" in bodies[0]
    assert "Posti" in bodies[0]
    assert "SenderID" not in bodies[1]


OUTCOMES = {
    "throttled": (faults.SNS_THROTTLE, Unavailable),
    "503": (faults.SNS_503, Unavailable),
    "no connection": (faults.CONNECT_TIMEOUT, Unavailable),
    "500": (xml_error("InternalError", 500), AnswerLost),
    "reset": (faults.RESET, AnswerLost),
    "no answer": (faults.READ_TIMEOUT, AnswerLost),
    "answer lost": (faults.ack_lost, AnswerLost),
}


@pytest.mark.parametrize(("action", "error"), OUTCOMES.values(), ids=OUTCOMES)
def test_a6_an_sms_is_tried_once_and_says_whether_it_may_have_gone(
    account: None, action: Action, error: type[Exception]
) -> None:
    with (
        Faults(outage={"sns": action}).on(client("sns", total_attempts=1)) as injected,
        pytest.raises(Unavailable) as failure,
    ):
        SnsSmsSender().send(PHONE, "x")

    assert type(failure.value) is error
    assert injected.calls["sns", "Publish"] == 1


@pytest.mark.parametrize(("action", "error"), OUTCOMES.values(), ids=OUTCOMES)
def test_a6_an_email_is_tried_once_and_says_whether_it_may_have_gone(
    account: None, action: Action, error: type[Exception]
) -> None:
    with (
        Faults(outage={"ses": action}).on(client("ses", total_attempts=1)) as injected,
        pytest.raises(Unavailable) as failure,
    ):
        SesEmailSender(SENDER).send(*MAIL, stop_url=STOP_URL)

    assert type(failure.value) is error
    assert injected.calls["ses", "SendRawEmail"] == 1


@pytest.mark.parametrize("code", ["OptedOut", "InvalidParameter", "ParameterValueInvalid"])
def test_who_opted_out_never_gets_it(account: None, code: str) -> None:
    with (
        Faults(outage={"sns": xml_error(code, 400)}).on(client("sns", total_attempts=1)),
        pytest.raises(Invalid),
    ):
        SnsSmsSender().send(PHONE, "x")


def test_a_rejected_email_never_arrives(account: None) -> None:
    rejected = xml_error("MessageRejected", 400)
    with (
        Faults(outage={"ses": rejected}).on(client("ses", total_attempts=1)),
        pytest.raises(Invalid),
    ):
        SesEmailSender(SENDER).send(*MAIL, stop_url=STOP_URL)


def test_an_unverified_sender_is_for_the_operator_to_mend(account: None) -> None:
    words = "Email address is not verified. The following identities failed the check"
    rejected = xml_error("MessageRejected", 400, words)
    with (
        Faults(outage={"ses": rejected}).on(client("ses", total_attempts=1)),
        pytest.raises(Unavailable),
    ):
        SesEmailSender("nobody@example.org").send(*MAIL, stop_url=STOP_URL)


@pytest.mark.parametrize(
    "code", ["AccountSendingPausedException", "MailFromDomainNotVerifiedException"]
)
def test_a_paused_account_is_for_the_operator_to_mend(account: None, code: str) -> None:
    with (
        Faults(outage={"ses": xml_error(code, 400)}).on(client("ses", total_attempts=1)),
        pytest.raises(Unavailable),
    ):
        SesEmailSender(SENDER).send(*MAIL, stop_url=STOP_URL)


@pytest.mark.parametrize(
    ("service", "send"),
    [
        ("sns", lambda: SnsSmsSender().send(PHONE, "x")),
        ("ses", lambda: SesEmailSender(SENDER).send(*MAIL, stop_url=STOP_URL)),
    ],
    ids=["sms", "email"],
)
def test_a_mistake_of_ours_is_raised(account: None, service: Any, send: Any) -> None:
    forbidden = xml_error("AccessDenied", 403)
    with (
        Faults(outage={service: forbidden}).on(client(service, total_attempts=1)),
        pytest.raises(ClientError),
    ):
        send()
