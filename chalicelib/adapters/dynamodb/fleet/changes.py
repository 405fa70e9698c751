"""A change of a live state as a write."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.fleet.fixes import pack_place
from chalicelib.adapters.dynamodb.fleet.items import LiveItem
from chalicelib.adapters.dynamodb.fleet.known_etas import remember
from chalicelib.adapters.dynamodb.fleet.lives import pack_live
from chalicelib.adapters.dynamodb.fleet.numbers import pack_numbers
from chalicelib.adapters.dynamodb.fleet.shown import pack_shown
from chalicelib.adapters.dynamodb.fleet.visits import pack_visits
from chalicelib.adapters.dynamodb.stored import optional_ms
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.driving.live import Live
from chalicelib.domain.journal.changes import LiveChange


def live_puts(change: LiveChange, token: str) -> Iterator[Put]:
    """The live state where it is as it was read."""
    item = LiveItem
    yield Put(
        live_item(change.after, token),
        unchanged(item.item, item.version, item.token, change.expected_version, token),
    )


def live_item(live: Live, token: str) -> LiveItem:
    """The LIVE item."""
    packed = pack_live(live)
    remember(live.etas)
    return LiveItem(
        driver_id=live.driver_id,
        item="LIVE",
        version=live.version,
        token=token,
        route_id=live.route_id,
        planned=" ".join(live.planned) or None,
        live=packed,
        visits=pack_visits(live),
        began=None if live.began_at is None else pack_place(live.began_at),
        numbers=pack_numbers(live.numbers),
        alive_ms=optional_ms(live.alive_at),
        shown=pack_shown(live),
    )
