"""Members: people of the carrier's office and of shippers, who sign in by e-mail.

A member has sessions, one for each browser. They lie beside the member, with all that a request
needs to know: so one read says who asks, and one write ends them, at once and everywhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.actors import STAFF, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import (
    SESSION,
    SIGN_IN,
    MemberId,
    SessionId,
    ShipperId,
    SignInId,
    id_of_hash,
)

MEMBER_ROLES: Final = STAFF | {Role.SHIPPER}
"""The roles of people. Drivers sign in with a code, and machines have keys."""
LINK_TTL: Final = timedelta(minutes=10)
"""How long after it was asked for a link of an e-mail signs in."""
SESSION_TTL: Final = timedelta(hours=12)
"""A working day: whoever signs in each morning is never signed out at work."""
SESSION_PREFIX: Final = "ds_ses_"
"""The text of a session: this, the ULID of its member, an underscore, its secret."""
MOST_SESSIONS: Final = 20
"""So many sessions of a member are kept, the newest. A twenty-first browser ends the oldest."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who signs in. ``shipper_id`` binds whoever has the role of a shipper to one.

    ``email`` is None once the member was removed: then nobody signs in with it.
    """

    id: MemberId
    name: str
    email: str | None
    role: Role
    created_at: datetime
    shipper_id: ShipperId | None = None
    removed_at: datetime | None = None
    version: int = 1

    def removed(self, now: datetime) -> "Member":
        """The member without an address. The name stays, for what the audit says of the past."""
        return replace(self, email=None, removed_at=now)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. Only the SHA-256 of its secret is stored."""

    id: SessionId
    secret_hash: str
    begun_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether whoever has its secret is let in now."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Sessions:
    """All sessions of a member, with what a request needs to know of the member.

    Those that have ended are kept until they would have expired, so that no repeat of the sign-in
    brings one back. Nothing that was begun before ``ended_at`` lives on. Once ``is_closed``, the
    member was removed, and none begins any more.
    """

    member_id: MemberId
    role: Role
    shipper_id: ShipperId | None = None
    sessions: tuple[Session, ...] = ()
    ended_at: datetime | None = None
    is_closed: bool = False
    version: int = 1

    def begun(self, session: Session, now: datetime) -> "Sessions":
        """With one more, and without those that have expired. A repeat changes nothing.

        Raises NotFound for one that has ended, itself or with all others.
        """
        if self.is_closed:
            raise NotFound
        kept = [each for each in self.sessions if now < each.expires_at]
        if session.id in {each.id for each in kept}:
            known = next(each for each in kept if each.id == session.id)
            if not known.is_live(now):
                raise NotFound
            return self
        if self.ended_at is not None and session.begun_at <= self.ended_at:
            raise NotFound
        newest = sorted([*kept, session], key=lambda each: each.begun_at)[-MOST_SESSIONS:]
        return replace(self, sessions=tuple(newest))

    def ended(self, session_ids: Collection[SessionId], now: datetime) -> "Sessions":
        """After these sessions were signed out."""
        after = tuple(
            replace(each, ended_at=now) if each.id in session_ids and each.is_live(now) else each
            for each in self.sessions
        )
        return replace(self, sessions=after)

    def all_ended(self, now: datetime) -> "Sessions":
        """After all browsers were signed out, those too whose sign-in is just under way."""
        ids = {each.id for each in self.sessions}
        return replace(self.ended(ids, now), ended_at=now)

    def closed(self, now: datetime) -> "Sessions":
        """After the member was removed."""
        return replace(self.all_ended(now), is_closed=True)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that signs in once. Its code is in the e-mail only; here it is a hash.

    ``salt`` and the code together make the session's secret. So a repeat after a lost answer gets
    the same session, and neither what is stored nor an old e-mail opens one.
    """

    code_hash: str
    member_id: MemberId
    salt: str
    expires_at: datetime

    @property
    def id(self) -> SignInId:
        """Its name: the first 128 bits of the hash of its code. It tells nothing of the code."""
        return sign_in_id(self.code_hash)

    def session(self, secret_hash: str, taken_at: datetime) -> Session:
        """The session that it begins, always the same one."""
        return Session(
            id=SessionId(id_of_hash(SESSION, self.code_hash)),
            secret_hash=secret_hash,
            begun_at=taken_at,
            expires_at=taken_at + SESSION_TTL,
        )


@dataclass(frozen=True, slots=True)
class TakenLink:
    """A link with the time of its first use, which a repeat does not change."""

    link: SignInLink
    taken_at: datetime


def sign_in_id(code_hash: str) -> SignInId:
    """The id of the link with this SHA-256 (in hex) of its code.

    >>> sign_in_id("ff" * 32)
    'sil_7ZZZZZZZZZZZZZZZZZZZZZZZZZ'
    """
    return SignInId(id_of_hash(SIGN_IN, code_hash))
