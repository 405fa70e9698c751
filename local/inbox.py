"""The inbox: every SMS and e-mail that left the application, read from moto's own memory.

moto does not keep the time of a message. So the bridge calls `collect` after each delivery, and the
inbox notes the time itself. It takes the messages out of moto, and keeps the newest ones, because
a demo runs for days.
"""

import email
import email.policy
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Final, Literal

from local.cloud import aws

KEPT_LETTERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One sent message. `subject` is empty for an SMS; `recipient` is a phone or a mailbox."""

    id: str
    kind: Literal["sms", "email"]
    recipient: str
    subject: str
    text: str
    sent_at: datetime

    def as_json(self) -> dict[str, str]:
        return {
            "id": self.id,
            "kind": self.kind,
            "recipient": self.recipient,
            "subject": self.subject,
            "text": self.text,
            "sent_at": self.sent_at.isoformat(timespec="seconds"),
        }


@dataclass
class Inbox:
    """The newest messages. It stays empty with any emulator but our own moto (`is_blind`)."""

    now: Callable[[], datetime]
    is_blind: bool = False
    _letters: deque[Letter] = field(default_factory=lambda: deque(maxlen=KEPT_LETTERS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def collect(self) -> None:
        """Note all messages since the last call. Any thread may call this."""
        if self.is_blind:
            return
        with self._lock:
            now = self.now()
            texts, mails = aws.taken_messages()
            for message_id, (phone, text) in texts:
                self._letters.append(Letter(message_id, "sms", phone, "", text, now))
            self._letters.extend(_from_mail(mail, now) for mail in mails)

    def add(self, letter: Letter) -> None:
        """Put a letter on top."""
        with self._lock:
            self._letters.append(letter)

    def letters(self) -> list[Letter]:
        """The newest messages, the newest first."""
        self.collect()
        with self._lock:
            return list(reversed(self._letters))


def _from_mail(mail: Any, now: datetime) -> Letter:
    """moto keeps two kinds: the fields of SendEmail, and the raw text of SendRawEmail."""
    if hasattr(mail, "raw_data"):
        parsed = email.message_from_string(mail.raw_data, policy=email.policy.default)
        body = parsed.get_body(("plain", "html"))
        text = body.get_content() if body else ""
        recipients = list(dict.fromkeys(mail.destinations))  # moto notes the header, too
        subject = str(parsed["subject"] or "")
    else:
        recipients, subject, text = (
            mail.destinations.get("ToAddresses", []),
            mail.subject,
            mail.body,
        )
    return Letter(mail.id, "email", ", ".join(recipients), subject, readable(text), now)


def readable(text: str) -> str:
    """An HTML mail as plain text with full links; any other text unchanged."""
    if "</" not in text:
        return text
    reader = _Reader()
    reader.feed(text)
    return "".join(reader.parts).strip()


class _Reader(HTMLParser):
    """Collects the text that a person would read."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._address = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"title", "style", "script"}:
            self._hidden += 1
        elif tag == "a":
            self._address = dict(attrs).get("href") or ""
        elif tag in {"br", "tr", "li", "div"}:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"title", "style", "script"}:
            self._hidden -= 1
        elif tag == "a" and self._address:
            self.parts.append(f": {self._address}")
            self._address = ""
        elif tag in {"p", "h1", "h2", "h3"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
