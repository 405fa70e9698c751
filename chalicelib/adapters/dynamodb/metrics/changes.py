"""The facts of a route and the day of a hub, as writes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Final

from chalicelib.adapters.dynamodb.metrics.documents import pack_facts, pack_tallies
from chalicelib.adapters.dynamodb.metrics.items import CountedItem
from chalicelib.adapters.dynamodb.metrics.keys import part_item, route_item
from chalicelib.adapters.dynamodb.values.instants import to_ms
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.journal.changes import FactsChange, HubDayChange
from chalicelib.domain.metrics.days import Grouping, HubDay
from chalicelib.domain.metrics.stored import KEPT, CountedRoute

IN_A_PART: Final = 40
"""Drivers or shippers of one item: a tally is 1 to 3 kB before it is deflated, an item 400 kB."""
MOST_PARTS: Final = 45
"""Of each grouping, so that all parts of a day fit into one transaction."""


def facts_puts(change: FactsChange, token: str) -> Iterator[Put]:
    """One item, where it is as it was read."""
    facts, expected, item = change.facts, change.expected_version, CountedItem
    place = CountedRoute(facts.hub_id, facts.service_day, facts.route_id)
    yield Put(
        CountedItem(
            owner_id=facts.hub_id,
            item=route_item(place),
            packed=pack_facts(facts),
            counted_ms=to_ms(change.counted_at),
            version=(expected or 0) + 1,
            token=token,
            expires_at=expiry(facts.service_day),
        ),
        unchanged(item.owner_id, item.version, item.token, expected, token),
    )


def hub_day_puts(change: HubDayChange, token: str) -> Iterator[Put]:
    """The total, which has the version, and the parts by driver and shipper beside it.

    A part that is not needed any more stays, with nothing in it: nobody needs to delete here.
    """
    day, before, item = change.day, change.before, CountedItem
    for grouping in Grouping:
        parts = parts_of(day, grouping)
        held = 0 if before is None else len(parts_of(before, grouping))
        parts += [pack_tallies({})] * (held - len(parts))
        for number, packed in enumerate(parts):
            written = CountedItem(
                owner_id=day.hub_id,
                item=part_item(grouping, day.service_day, number),
                packed=packed,
                counted_ms=to_ms(change.counted_at),
                expires_at=expiry(day.service_day),
            )
            if grouping is not Grouping.TOTAL:
                yield Put(written)
                continue
            expected = change.expected_version
            written.version, written.token = (expected or 0) + 1, token
            yield Put(written, unchanged(item.owner_id, item.version, item.token, expected, token))


def parts_of(day: HubDay, grouping: Grouping) -> list[bytes]:
    """The packed parts of a day. Raises ValueError when it does not fit into a transaction."""
    tallies = day.divided(grouping)
    keys = sorted(tallies)
    found = [
        pack_tallies({key: tallies[key] for key in keys[start : start + IN_A_PART]})
        for start in range(0, len(keys), IN_A_PART)
    ]
    if len(found) > MOST_PARTS:
        msg = f"A hub's day has {len(keys)} {grouping.value}s, more than fit."
        raise ValueError(msg)
    return found


def expiry(service_day: date) -> int:
    """When an item of this day expires, in seconds since the epoch."""
    return int((datetime.combine(service_day, time(), UTC) + KEPT).timestamp())
