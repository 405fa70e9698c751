"""API keys are issued and revoked.

A key is shown once, by the call that makes it; what is stored is its SHA-256. Of one owner and
label two keys may be live: the one in use and its successor, so that a key is replaced without a
moment without one.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.keys import MOST_LIVE, ApiKey, key_ring_of
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Deactivated, Invalid, TooManyKeys
from chalicelib.domain.ids import AUDIT, KEY, KeyId, ShipperId
from chalicelib.domain.journal.changes import (
    AccountAdded,
    AccountChange,
    AuditAdded,
    KeyRingChange,
)
from chalicelib.services.accounts.secret_hashes import SECRET_BYTES, secret_hash
from chalicelib.services.ports.accounts import ApiKeys, Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key and its only showing."""

    key: ApiKey
    text: str


@dataclass(frozen=True, slots=True)
class IssueKeys:
    """Issues and revokes API keys."""

    shippers: Shippers
    keys: ApiKeys
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self,
        role: Role,
        *,
        label: str,
        actor: Actor,
        shipper_id: ShipperId | None = None,
        expires_at: datetime | None = None,
        scopes: Collection[str] = (),
        memory: Memory = NO_MEMORY,
    ) -> IssuedKey:
        """A new API key. Without scopes it may do all that its role may.

        Raises Invalid for an expiry that is over, for a shipper's key without a shipper, and for
        scopes beyond those of the actor.
        Raises NotFound for an unknown shipper, Deactivated for one that is not active, and
        TooManyKeys for a third live key with one label.
        """
        now = self.clock.now()
        self._require_owner(role, shipper_id)
        if not actor.may_give(scopes):
            text = "Your own key has scopes: give the new one some of them, and no others."
            raise Invalid(text, pointer="/scopes", code="beyond_own_scopes")
        if expires_at is not None and expires_at <= now:
            text = "This time is over. Write a time that is still to come, or leave it out."
            raise Invalid(text, pointer="/expires_at", code="in_the_past")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        key = ApiKey(
            id=KeyId(self.ids.new(KEY)),
            role=role,
            label=label,
            secret_hash=secret_hash(secret),
            created_at=now,
            shipper_id=shipper_id,
            expires_at=expires_at,
            scopes=frozenset(scopes),
        )
        issued = IssuedKey(key, f"{key.prefix}_{secret}")
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, after=key)
        retried(
            lambda: self.journal.commit(
                AccountAdded(key), self._joined(key), AuditAdded(entry), *memory.of(issued)
            )
        )
        return issued

    def revoke(self, key_id: KeyId, *, actor: Actor) -> ApiKey:
        """End a key; seen everywhere within 60 s, and only once. Raises NotFound."""
        revoked = retried(lambda: self._revoke(key_id, actor))
        self.keys.forget(key_id)
        return revoked

    def _require_owner(self, role: Role, shipper_id: ShipperId | None) -> None:
        if (role is Role.SHIPPER) != (shipper_id is not None):
            text = "A shipper's key needs a shipper_id, and no other key has one."
            raise Invalid(text, pointer="/shipper_id")
        if shipper_id is not None and not self.shippers.latest(shipper_id).is_active:
            raise Deactivated(account_id=shipper_id)

    def _joined(self, key: ApiKey) -> KeyRingChange:
        """The ring of the key with it, without those that have ended."""
        ring = self.keys.ring(key_ring_of(key))
        live = [one.id for one in self.keys.those(ring.key_ids) if one.is_live(key.created_at)]
        if len(live) >= MOST_LIVE:
            raise TooManyKeys(key_ids=live)
        after = replace(ring, key_ids=(*live, key.id), version=ring.version + 1)
        return KeyRingChange(after, ring.version)

    def _revoke(self, key_id: KeyId, actor: Actor) -> ApiKey:
        before = self.keys.latest(key_id)
        if before.revoked_at is not None:
            return before
        now = self.clock.now()
        after = replace(before, revoked_at=now, version=before.version + 1)
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, before=before, after=after)
        self.journal.commit(AccountChange(after, before.version), AuditAdded(entry))
        return after
