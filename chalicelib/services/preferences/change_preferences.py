"""A recipient says by the tracking link what to be told of; the office reads and sets the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import LEDGER_KEEP_S, Policy
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.domain.shipments.preferred import Wanted
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.domain.versions import Expected
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import Contacts
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.preferences.preferring import Preferring
from chalicelib.services.retries import retried

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class ChangePreferences:
    """Raises NotFound for a link that is unknown, revoked or over, and for what is not the actor's.

    The same again changes nothing.
    """

    shipments: Shipments
    contacts: Contacts
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def choose(
        self, token: str, ways: Mapping[Subject, Way], language: str | None, *, seen: int
    ) -> None:
        """The recipient chooses ways and a language. Raises Outdated for a page that is old."""

        def wanted(before: Preferences) -> Preferences:
            return replace(before.with_ways(ways), language=language)

        self._by_link(token, wanted, seen=seen)

    def stop(self, token: str) -> None:
        """No more messages about this shipment."""
        self._by_link(token, lambda before: before.stopped(self.clock.now()))

    def resume(self, token: str) -> None:
        """Messages again, also to a mailbox that was unsubscribed from this shipper."""
        shipment = self._by_link(token, Preferences.resumed)
        if shipment.recipient.email:
            tag = self.signer.mailbox_tag(shipment.shipper_id, shipment.recipient.email)
            self.contacts.unmute(tag, now=self.clock.now(), keep_s=LEDGER_KEEP_S)

    def by_office(
        self,
        shipment_id: ShipmentId,
        change: Callable[[Preferences], Preferences],
        *,
        stops: bool | None,
        expected: Expected,
        actor: Actor,
    ) -> Shipment:
        """The shipment after the change; ``stops`` is None where that stays as it is.

        Raises Outdated, and StoppedByRecipient where the recipient has stopped the messages.
        """

        def wanted(before: Preferences) -> Preferences:
            changed = change(before)
            if stops is None:
                return changed
            now = self.clock.now()
            return changed.stopped(now, by_office=True) if stops else changed.resumed()

        def attempt() -> Shipment:
            before = self.shipments.get(shipment_id)
            if not actor.may_see(before.shipper_id):
                raise NotFound
            if wanted(before.preferences).differs_from(before.preferences):
                expected.require(before.version)
            return self._preferring(before, wanted, actor=actor)

        return retried(attempt)

    def _by_link(self, token: str, wanted: Wanted, *, seen: int | None = None) -> Shipment:
        shipment_id, generation = self.signer.open_tracking_token(token)

        def attempt() -> Shipment:
            before = self.shipments.get(shipment_id)
            require_open_link(before, generation, self.clock.now(), self.policy)
            return self._preferring(before, wanted, actor=A_RECIPIENT, seen=seen)

        return retried(attempt)

    @property
    def _preferring(self) -> Preferring:
        return Preferring(self.journal, self.clock, self.ids)
