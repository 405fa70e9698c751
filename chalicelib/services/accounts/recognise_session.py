"""A session's text becomes an actor, or nobody; and sessions end.

One read a request, and nothing is remembered between two: a session that has ended, and a member
who was removed or got another role, are known at once, everywhere.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.members import SESSION_PREFIX, Member, Session, Sessions
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.ids import MEMBER, MemberId
from chalicelib.domain.journal.changes import SessionsChange
from chalicelib.services.accounts.secret_hashes import secret_hash
from chalicelib.services.ports.accounts import Members, Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock
from chalicelib.services.retries import retried

_ULID_CHARS: Final = 26


@dataclass(frozen=True, slots=True)
class RecogniseSession:
    """Turns a session's text into an actor. Raises Unauthorized, always with the same words."""

    members: Members
    shippers: Shippers
    journal: Journal
    clock: Clock

    def __call__(self, text: str) -> Actor:
        """The actor in whose browser this lies."""
        sessions, _ = self._found(text)
        if sessions.shipper_id is not None and not self._is_active(sessions):
            raise Unauthorized
        return Actor(sessions.role, sessions.member_id, shipper_id=sessions.shipper_id)

    def member(self, actor: Actor) -> Member:
        """The member who acts. Raises NotFound for a key."""
        if not actor.id.startswith(f"{MEMBER}_"):
            raise NotFound
        return self.members.get(MemberId(actor.id))

    def end(self, text: str) -> None:
        """Sign this browser out. A repeat changes nothing, and a text that is none does nothing."""

        def ended(sessions: Sessions, session: Session, now: datetime) -> Sessions:
            return sessions.ended({session.id}, now)

        self._end(text, ended)

    def end_all(self, text: str) -> None:
        """Sign all browsers of this member out, as ``end`` does."""

        def ended(sessions: Sessions, _: Session, now: datetime) -> Sessions:
            return sessions.all_ended(now)

        self._end(text, ended)

    def _end(self, text: str, ended: Callable[[Sessions, Session, datetime], Sessions]) -> None:
        def attempt() -> None:
            try:
                before, session = self._found(text)
            except Unauthorized:
                return
            after = ended(before, session, self.clock.now())
            if after != before:
                after = replace(after, version=before.version + 1)
                self.journal.commit(SessionsChange(after, before.version))

        retried(attempt)

    def _found(self, text: str) -> tuple[Sessions, Session]:
        """The live session of this text. Raises Unauthorized."""
        ulid, _, secret = text.removeprefix(SESSION_PREFIX).partition("_")
        is_ulid = len(ulid) == _ULID_CHARS and ulid.isascii() and ulid.isalnum()
        if not (text.startswith(SESSION_PREFIX) and is_ulid and secret):
            raise Unauthorized
        try:
            sessions = self.members.sessions(MemberId(f"{MEMBER}_{ulid}"))
        except NotFound as exc:
            raise Unauthorized from exc
        shown, now = secret_hash(secret), self.clock.now()
        for session in sessions.sessions:
            if hmac.compare_digest(session.secret_hash, shown) and session.is_live(now):
                return sessions, session
        raise Unauthorized

    def _is_active(self, sessions: Sessions) -> bool:
        """Whether the shipper of a member is active; up to 60 s late, as for its keys."""
        if sessions.shipper_id is None:
            return True
        try:
            return self.shippers.get(sessions.shipper_id).is_active
        except NotFound:
            return False
