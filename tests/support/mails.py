"""The e-mails that moto has sent, as a mail program reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import Any

from moto.ses.models import ses_backends

from infra.template import Stack


@dataclass(frozen=True)
class ReadMail:
    """One e-mail. ``stop_url`` is where a mail program unsubscribes by a POST."""

    to: str
    subject: str
    text: str
    html: str
    stop_url: str


def mails_of(stack: Stack) -> Iterator[ReadMail]:
    """All e-mails of an account, oldest first."""
    for mail in ses_backends[stack.account_id][stack.region].sent_messages:
        yield read_mail(mail)


def read_mail(mail: Any) -> ReadMail:
    """One of them. It has the headers that every e-mail of ours has."""
    read = message_from_string(mail.raw_data, _class=EmailMessage, policy=default)
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert set(mail.destinations) == {str(read["To"])}  # moto notes the header, too
    text, html = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return ReadMail(
        to=mail.destinations[0],
        subject=str(read["Subject"]),
        text=_body(text),
        html=_body(html),
        stop_url=str(read["List-Unsubscribe"]).strip("<>"),
    )


def _body(part: MIMEPart) -> str:
    """The text with the line ends that were written: moto has those of the wire."""
    return str(part.get_content()).replace("\r\n", "\n").removesuffix("\n")
