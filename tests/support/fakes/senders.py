"""Senders that keep all messages. A list of `answers` holds the outcomes of the next calls.

An answer is an exception to raise or, for webhooks, a status. After the last answer all calls
succeed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.errors import Invalid
from chalicelib.domain.webhooks.answers import WebhookAnswer
from chalicelib.services.ports.senders import LONGEST_DELAY_S


@dataclass(frozen=True)
class Sms:
    phone: str
    text: str


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    stop_url: str | None = ""


@dataclass(frozen=True)
class Post:
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class InMemorySms:
    sent: list[Sms] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)

    def send(self, phone: str, text: str) -> None:
        if self.answers:
            raise self.answers.pop(0)
        if not re.fullmatch(r"\+[1-9]\d{6,14}", phone):
            raise Invalid(code="phone_refused")
        self.sent.append(Sms(phone, text))


@dataclass
class InMemoryEmail:
    sent: list[Mail] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)

    def send(self, to: str, subject: str, text: str, html: str, *, stop_url: str | None) -> None:
        if self.answers:
            raise self.answers.pop(0)
        if not (to.isascii() and re.fullmatch(r"[^@\s]+@[^@\s]+", to)):
            raise Invalid(code="email_refused")
        self.sent.append(Mail(to, subject, text, html, stop_url))


@dataclass
class InMemoryWebhooks:
    posts: list[Post] = field(default_factory=list)
    answers: dict[str, list[int | WebhookAnswer | Exception]] = field(default_factory=dict)
    """The answers by URL."""

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise Invalid(pointer="/url", code="target_not_https")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
        self.check(url)
        self.posts.append(Post(url, body, dict(headers)))
        answers = self.answers.get(url)
        answer = answers.pop(0) if answers else 204
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, WebhookAnswer) else WebhookAnswer(answer)


@dataclass
class InMemoryQueue:
    """Messages and how long each waits."""

    waiting: list[tuple[str, int]] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)

    def put(self, text: str, *, delay_s: int) -> None:
        assert 0 <= delay_s <= LONGEST_DELAY_S
        if self.answers:
            raise self.answers.pop(0)
        self.waiting.append((text, delay_s))
