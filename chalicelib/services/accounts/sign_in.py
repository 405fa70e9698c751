"""People sign in by e-mail: they ask for a link, and it begins a session, once.

Nobody learns from the answer, nor from the time that it takes, whether an address is a member's:
each request looks the address up and puts one letter into the queue, which is to nobody where the
address is nobody's. The e-mail is written elsewhere (`send_letter`).
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.letters import NOBODY, Letter, LetterKind, to_text
from chalicelib.domain.accounts.members import SESSION_PREFIX, Session
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.ids import MEMBER, MemberId
from chalicelib.domain.journal.changes import SessionsChange
from chalicelib.services.accounts.secret_hashes import secret_hash
from chalicelib.services.ports.accounts import Members
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import Allowances, NoticeQueue
from chalicelib.services.ports.system import Clock, Signer
from chalicelib.services.retries import retried

LIMITED_IN_S: Final = 900
MOST_LETTERS: Final = 5
"""So many links an address is sent in a quarter of an hour; further requests send none."""
MOST_ASKED: Final = 30
"""So often one network address may ask in that time, for itself and all others behind it."""


@dataclass(frozen=True, slots=True)
class BegunSession:
    """A session and its only showing."""

    session: Session
    text: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Asks for links, and begins sessions."""

    members: Members
    journal: Journal
    queue: NoticeQueue
    allowances: Allowances
    signer: Signer
    clock: Clock

    def ask(self, email: str, *, network: str, next_path: str = "") -> None:
        """Send a link to this address, if it is a member's. Nothing tells whether it is.

        ``network`` is where the request comes from, ``next_path`` the page of the console that the
        link leads to. Raises TooManyRequests when too many come from
        there, and Unavailable.
        """
        now = self.clock.now()
        window = int(now.timestamp()) // LIMITED_IN_S
        if not self._may(f"sign_in_from#{secret_hash(network)}#{window}", MOST_ASKED, now):
            left_s = LIMITED_IN_S - int(now.timestamp()) % LIMITED_IN_S
            raise TooManyRequests(retry_after_s=left_s)
        tag = self.signer.member_tag(email)
        if not self._may(f"sign_in_to#{tag}#{window}", MOST_LETTERS, now):
            return
        member_id = self.members.by_mailbox(tag)
        letter = Letter(
            secrets.token_hex(16), LetterKind.SIGN_IN, member_id or NOBODY, now, next_path
        )
        self.queue.put(to_text(letter), delay_s=0)

    def redeem(self, code: str, *, client: str) -> BegunSession:
        """A session for the code of a link; for a minute the same one for the same client.

        ``client`` is what the caller is known by. Raises NotFound for a code that is not open, and
        for one whose member was removed or signed out everywhere since.
        """
        return retried(lambda: self._redeem(code, client))

    def _redeem(self, code: str, client: str) -> BegunSession:
        now = self.clock.now()
        taken = self.members.take(secret_hash(code), client_hash=secret_hash(client), now=now)
        secret = _session_secret(code, taken.link.salt)
        session = taken.link.session(secret_hash(secret), taken.taken_at)
        before = self.members.sessions(taken.link.member_id)
        after = before.begun(session, now)
        if after != before:
            after = replace(after, version=before.version + 1)
            self.journal.commit(SessionsChange(after, before.version))
        return BegunSession(session, f"{SESSION_PREFIX}{_ulid(before.member_id)}_{secret}")

    def _may(self, key: str, most: int, now: datetime) -> bool:
        member = secrets.token_hex(8)
        return self.allowances.take(key, member, most=most, now=now, keep_s=LIMITED_IN_S)


def _session_secret(code: str, salt: str) -> str:
    """256 bits that only both together make: the e-mail's code, and the salt that we keep."""
    mac = hmac.digest(code.encode(), salt.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _ulid(member_id: MemberId) -> str:
    return member_id.removeprefix(f"{MEMBER}_")
