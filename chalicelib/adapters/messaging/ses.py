"""SES: e-mails to recipients and members, sent from the address that the operator has verified."""

import secrets
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated_once
from chalicelib.domain.errors import Invalid, Unavailable

_REFUSED: Final = frozenset({"InvalidParameterValue", "MessageRejected", "ValidationError"})
_PAUSED: Final = frozenset({"AccountSendingPausedException", "MailFromDomainNotVerifiedException"})
"""The operator's set-up is wrong, not the address. So we try again, and park it in the DLQ."""


class SesEmailSender:
    """Sends e-mails with a text and an HTML body.

    They are sent raw, since only so can they have the two headers of RFC 8058.
    """

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, to: str, subject: str, text: str, html: str, *, stop_url: str | None) -> None:
        """Send one e-mail. Raises Invalid for an unusable address, else the errors of the port."""
        if not to.isascii():  # SES takes no others, and would say so in words of its own
            raise Invalid(code="email_refused")
        try:
            with translated_once("email"):
                client("ses", total_attempts=1).send_raw_email(
                    Source=self._sender,
                    Destinations=[to],
                    RawMessage={"Data": self._message(to, subject, text, html, stop_url)},
                )
        except ClientError as exc:
            error = exc.response["Error"]
            if error["Code"] in _PAUSED or "not verified" in error.get("Message", ""):
                raise Unavailable(dependency="email") from exc
            if error["Code"] in _REFUSED:
                raise Invalid(code="email_refused") from exc
            raise

    def _message(self, to: str, subject: str, text: str, html: str, stop_url: str | None) -> bytes:
        """The e-mail as it is sent. Automatic answers to it are not wanted (RFC 3834)."""
        message = EmailMessage(SMTP)
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        if stop_url is not None:
            message["List-Unsubscribe"] = f"<{stop_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        message.set_boundary(secrets.token_hex(16))
        return message.as_bytes()
