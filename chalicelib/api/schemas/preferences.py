"""What a recipient prefers to be told, on the wire."""

from dataclasses import replace
from typing import Self

from chalicelib.api.schemas.codes import Language
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.edge.schemas import Changes, Maybe, Out, Time, unsaid
from chalicelib.services.preferences.show_preferences import ShownPreferences


class WaysIn(Changes):
    """How the recipient is told of each subject; one that is left out stays as it is."""

    departure: Way = unsaid()
    nearness: Way = unsaid()
    times: Way = unsaid()
    outcome: Way = unsaid()
    messages: Way = unsaid()


class PreferencesIn(Changes):
    """What is to change. ``language`` null is that of the order.

    Nobody but the recipient can start again what the recipient has stopped.
    """

    ways: WaysIn = unsaid()
    language: Maybe[Language] = unsaid()
    is_stopped: bool = unsaid()

    def of(self, before: Preferences) -> Preferences:
        """The preferences after the change, but for ``is_stopped``."""
        said = self.said()
        wanted = self.ways.said() if "ways" in said else {}
        ways = {Subject(name): way for name, way in wanted.items()}
        after = before.with_ways(ways)
        return replace(after, language=self.language) if "language" in said else after


class WaysOut(Out):
    """How the recipient is told of each subject. ``best`` is an SMS if urgent, else an e-mail."""

    departure: Way
    nearness: Way
    times: Way
    outcome: Way
    messages: Way


class PreferencesOut(Out):
    """What a recipient prefers for one shipment.

    While ``is_stopped`` no message is sent at all, and none of them later. A phone is muted by an
    SMS with STOP, for all shippers; a mailbox by the unsubscribe button of an e-mail, for this one.
    """

    ways: WaysOut
    language: str | None
    is_stopped: bool
    is_stopped_by_office: bool
    stopped_at: Time | None
    is_phone_muted: bool
    is_mailbox_muted: bool

    @classmethod
    def of(cls, value: ShownPreferences) -> Self:
        """From what is shown."""
        chosen = value.shipment.preferences
        ways = {subject.value: chosen.way_of(subject) for subject in Subject}
        return cls.joined(
            chosen,
            ways=WaysOut(**ways),
            is_phone_muted=value.is_phone_muted,
            is_mailbox_muted=value.is_mailbox_muted,
        )
