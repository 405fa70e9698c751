"""Letters to members: e-mails that somebody has asked for, as messages to ourselves.

Whoever asks for a link to sign in is answered before anybody looks whether there is such a member
and before any e-mail is sent: so the answer takes the same time for every address. The message
names a member and no address, and holds no secret.
"""

import html
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import MemberId
from chalicelib.domain.instants import utc

VERSION: Final = 1
NOBODY: Final = MemberId("")
"""Instead of a member, where an address is nobody's: such a letter is never written."""
WRITTEN_WITHIN: Final = timedelta(minutes=1)
"""A letter may come before the member that it is for is written, but not by more than this."""


class LetterKind(StrEnum):
    """Why a letter is sent."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to write. ``id`` keeps it from being sent twice.

    ``next_path`` is the page of the console that somebody wanted to see.
    """

    id: str
    kind: LetterKind
    member_id: MemberId
    asked_at: datetime
    next_path: str = ""


@dataclass(frozen=True, slots=True)
class LetterText:
    """What is sent."""

    subject: str
    text: str
    html: str


def is_letter(text: str) -> bool:
    """Whether a message is a letter to a member, and no event of the topic."""
    try:
        message = json.loads(text)
    except (RecursionError, ValueError):
        return False
    return isinstance(message, dict) and "letter" in message


def to_text(letter: Letter) -> str:
    """The letter as the text of a message."""
    return json.dumps(
        {
            "version": VERSION,
            "letter": letter.kind,
            "id": letter.id,
            "member_id": letter.member_id,
            "asked_at": letter.asked_at.isoformat(),
            "next_path": letter.next_path,
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> Letter:
    """The letter again. Raises Invalid for a malformed message, and for a newer version."""
    try:
        message = json.loads(text)
        if message["version"] != VERSION:
            raise Invalid(code="unknown_version")
        return Letter(
            id=str(message["id"]),
            kind=LetterKind(message["letter"]),
            member_id=MemberId(str(message["member_id"])),
            asked_at=utc(datetime.fromisoformat(message["asked_at"])),
            next_path=str(message.get("next_path", "")),
        )
    except (KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_message") from exc


def sign_in_letter(url: str, *, carrier: str) -> LetterText:
    """The link that signs in once. Who has not asked for it has nothing to do."""
    lines = (
        f"Open this link to sign in to {carrier}. It works once, for ten minutes:",
        "If you did not ask for it, you need not do anything: nobody is signed in without it.",
    )
    return _letter(f"Sign in to {carrier}", lines[0], url, "Sign in", lines[1])


def invitation_letter(url: str, name: str, *, carrier: str) -> LetterText:
    """Where the console is. There is no secret in it: the link to sign in comes when asked for."""
    return _letter(
        f"You can sign in to {carrier}",
        f"Hello {name}, you have been given access to the console of {carrier}. Open it, and enter"
        " this e-mail address to sign in:",
        url,
        "Open the console",
        "You need no password. Each time you sign in you get a link by e-mail.",
    )


def _letter(subject: str, before: str, url: str, link: str, after: str) -> LetterText:
    said, address, label, more = (html.escape(part) for part in (before, url, link, after))
    return LetterText(
        subject=subject,
        text=f"{before}\n\n{url}\n\n{after}\n",
        html=(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><p>{said}</p>'
            f'<p><a href="{address}">{label}</a></p><p>{address}</p><p>{more}</p></html>'
        ),
    )
