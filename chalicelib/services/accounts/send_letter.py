"""Letters to members are written and sent, each once: links to sign in, and invitations.

As with notices, the ledger is asked first. After a crash between the two a letter may come twice;
then each has a link of its own, and both work.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.domain.accounts.letters import (
    NOBODY,
    WRITTEN_WITHIN,
    Letter,
    LetterKind,
    LetterText,
    invitation_letter,
    sign_in_letter,
)
from chalicelib.domain.accounts.members import LINK_TTL, Member, SignInLink
from chalicelib.domain.errors import AnswerLost, ConcurrentUpdate, Invalid, NotFound, Unavailable
from chalicelib.domain.journal.changes import AccountAdded
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.observability import logger
from chalicelib.services.accounts.secret_hashes import SECRET_BYTES, secret_hash
from chalicelib.services.ports.accounts import Members
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import EmailSender, Ledger
from chalicelib.services.ports.system import CarrierName, Clock, PublicBaseUrl

SALT_BYTES: Final = 16


class LetterOutcome(StrEnum):
    """The outcome of a letter."""

    SENT = "sent"
    ALREADY_DONE = "already_done"
    NOBODY = "suppressed:nobody"
    EXPIRED = "suppressed:expired"
    REJECTED = "rejected"
    TOO_EARLY = "too_early"
    HELD = "held"
    FAILED = "failed"
    ANSWER_LOST = "answer_lost"


_UNFINISHED: Final = frozenset(
    {
        LetterOutcome.TOO_EARLY,
        LetterOutcome.HELD,
        LetterOutcome.FAILED,
        LetterOutcome.ANSWER_LOST,
    }
)
_UNSENT: Final = frozenset({LetterOutcome.TOO_EARLY, LetterOutcome.FAILED})


@dataclass(frozen=True, slots=True)
class LetterReport:
    """The outcome of one letter."""

    outcome: LetterOutcome

    @property
    def is_complete(self) -> bool:
        """Whether it does not have to be tried again."""
        return self.outcome not in _UNFINISHED


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Writes letters. ``public_base_url`` does not end with a slash."""

    members: Members
    journal: Journal
    ledger: Ledger
    email: EmailSender
    carrier_name: CarrierName
    public_base_url: PublicBaseUrl
    clock: Clock

    def __call__(self, letter: Letter) -> LetterReport:
        """Send it, unless that was done, or it is over. Safe to repeat."""
        report = LetterReport(self._outcome(letter))
        about = {"letter": letter.kind, "member_id": letter.member_id, "outcome": report.outcome}
        logger.info("letter sent", extra=about)
        return report

    def _outcome(self, letter: Letter) -> LetterOutcome:
        if letter.member_id == NOBODY:
            return LetterOutcome.NOBODY
        key, owner, now = f"letter#{letter.id}", secrets.token_hex(8), self.clock.now()
        try:
            claim = self.ledger.claim(
                key, owner=owner, now=now, lease_s=NOTICE_LEASE_S, keep_s=LEDGER_KEEP_S
            )
            if not claim.granted:
                return LetterOutcome.ALREADY_DONE if claim.done else LetterOutcome.HELD
            outcome = self._attempt(letter)
            if outcome in _UNSENT:
                self.ledger.release(key, owner=owner)
            elif outcome is not LetterOutcome.ANSWER_LOST:  # then the claim stays for its lease
                self.ledger.finish(key, owner=owner, outcome=str(outcome), now=self.clock.now())
        except (ConcurrentUpdate, Unavailable) as exc:
            logger.warning("ledger failed", extra={"key": key, "code": exc.code})
            return LetterOutcome.FAILED
        return outcome

    def _attempt(self, letter: Letter) -> LetterOutcome:
        now = self.clock.now()
        if letter.kind is LetterKind.SIGN_IN and now >= letter.asked_at + LINK_TTL:
            return LetterOutcome.EXPIRED
        try:
            member = self.members.get(letter.member_id)
        except NotFound:
            is_early = now < letter.asked_at + WRITTEN_WITHIN
            return LetterOutcome.TOO_EARLY if is_early else LetterOutcome.NOBODY
        if member.email is None:
            return LetterOutcome.NOBODY
        return self._sent(member.email, self._written(letter, member))

    def _sent(self, to: str, text: LetterText) -> LetterOutcome:
        try:
            self.email.send(to, text.subject, text.text, text.html, stop_url=None)
        except Invalid:
            return LetterOutcome.REJECTED
        except AnswerLost:
            return LetterOutcome.ANSWER_LOST
        except Unavailable:
            return LetterOutcome.FAILED
        return LetterOutcome.SENT

    def _written(self, letter: Letter, member: Member) -> LetterText:
        console = f"{self.public_base_url}/console"
        if letter.kind is LetterKind.INVITATION:
            return invitation_letter(console, member.name, carrier=self.carrier_name)
        code = secrets.token_urlsafe(SECRET_BYTES)
        link = SignInLink(
            code_hash=secret_hash(code),
            member_id=member.id,
            salt=secrets.token_urlsafe(SALT_BYTES),
            expires_at=letter.asked_at + LINK_TTL,
        )
        self.journal.commit(AccountAdded(link))
        then = f"?next={letter.next_path}" if letter.next_path else ""
        return sign_in_letter(f"{console}/sign-in/{code}{then}", carrier=self.carrier_name)
