"""The machine, as use cases see it: time, pauses, names and signatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NewType, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.ids import (
        ShipmentId,
        ShipperId,
    )

PublicBaseUrl = NewType("PublicBaseUrl", str)
"""Where recipients reach us, without a slash at the end; tracking links begin with it."""


CarrierName = NewType("CarrierName", str)
"""The carrier's name, as members read it; Doorstep where the operator tells none."""


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """Now, aware, in UTC, in whole milliseconds."""
        ...


class Pauses(Protocol):
    """Time that is let go by between two tries."""

    def take(self, longest_s: float) -> None:
        """Wait for a random time up to the longest, so that rivals who met do not meet again."""
        ...

    def passed_s(self) -> float:
        """Seconds of real time since some moment: only differences mean anything.

        A time limit of a function is counted by it. The clock may be set, or run faster.
        """
        ...


class Ids(Protocol):
    """Makes new names."""

    def new(self, prefix: str) -> str:
        """A fresh id: prefix, underscore, ULID."""
        ...


class Signer(Protocol):
    """Signs what we hand out, so that most tokens need no read to be checked."""

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        """The unguessable part of a tracking link; always the same for the same generation."""
        ...

    def open_tracking_token(self, token: str) -> tuple[ShipmentId, int]:
        """Which shipment and link generation it was made for. Raises NotFound unless we made it."""
        ...

    def share_token(self, shipment_id: ShipmentId, share_generation: int) -> str:
        """The same of the link that a recipient shares: it shows less, and does nothing."""
        ...

    def open_share_token(self, token: str) -> tuple[ShipmentId, int]:
        """Which shipment and share generation it was made for. Raises NotFound as above."""
        ...

    def pin(self, shipment_id: ShipmentId, link_generation: int) -> str:
        """Six digits that nobody can work out; always the same for the same generation."""
        ...

    def pin_tag(self, shipment_id: ShipmentId, pin: str) -> str:
        """A text that tells guesses of a PIN apart, and from which nobody learns a guess."""
        ...

    def phone_tag(self, phone: str) -> str:
        """A text that stands for a phone number, from which nobody learns the number."""
        ...

    def mailbox_tag(self, shipper_id: ShipperId, email: str) -> str:
        """The same for a mailbox, as far as it gets e-mails of this shipper."""
        ...

    def member_tag(self, email: str) -> str:
        """The same for the mailbox that somebody signs in with."""
        ...

    def stop_token(self, shipment_id: ShipmentId, tag: str) -> str:
        """What unsubscribes this mailbox from this shipment and its shipper, and does no more."""
        ...

    def open_stop_token(self, token: str) -> tuple[ShipmentId, str]:
        """The shipment and the tag of the mailbox. Raises NotFound unless we made it."""
        ...

    def seal(self, purpose: str, payload: Mapping[str, object]) -> str:
        """The payload as signed, url-safe text that ``unseal`` opens for the same purpose."""
        ...

    def conceal(self, purpose: str, plain: bytes) -> bytes:
        """The bytes so that only ``reveal`` reads them, for the same purpose; never twice alike."""
        ...

    def reveal(self, purpose: str, concealed: bytes) -> bytes | None:
        """The bytes again, or None when they were not concealed here for this purpose."""
        ...

    def unseal(self, purpose: str, sealed: str) -> dict[str, object] | None:
        """The payload again, or None when it was not sealed here for this purpose."""
        ...
