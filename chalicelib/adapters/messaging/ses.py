"""SES: e-mails to recipients, sent from the address that the operator has verified."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated_once
from chalicelib.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_ses.type_defs import ContentTypeDef

_REFUSED: Final = frozenset({"InvalidParameterValue", "MessageRejected", "ValidationError"})
_PAUSED: Final = frozenset({"AccountSendingPausedException", "MailFromDomainNotVerifiedException"})
"""The operator's set-up is wrong, not the address. So we try again, and park it in the DLQ."""


class SesEmailSender:
    """Sends e-mails with a text and an HTML body."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Send one e-mail. Raises Invalid for an unusable address, else the errors of the port."""
        try:
            with translated_once("email"):
                client("ses", total_attempts=1).send_email(
                    Source=self._sender,
                    Destination={"ToAddresses": [to]},
                    Message={
                        "Subject": _content(subject),
                        "Body": {"Text": _content(text), "Html": _content(html)},
                    },
                )
        except ClientError as exc:
            error = exc.response["Error"]
            if error["Code"] in _PAUSED or "not verified" in error.get("Message", ""):
                raise Unavailable(dependency="email") from exc
            if error["Code"] in _REFUSED:
                raise Invalid(code="email_refused") from exc
            raise


def _content(data: str) -> "ContentTypeDef":
    return {"Data": data, "Charset": "UTF-8"}
