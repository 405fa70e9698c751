"""Drivers' live states and tracks. The hot path is one read and two writes in here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.fleet.fixes import (
    digest_of,
    pack_fixes,
    unpack_fixes,
    unpack_place,
)
from chalicelib.adapters.dynamodb.fleet.items import LiveItem, TrackItem
from chalicelib.adapters.dynamodb.fleet.known_etas import known_or_read
from chalicelib.adapters.dynamodb.fleet.lives import unpack_live
from chalicelib.adapters.dynamodb.fleet.numbers import unpack_numbers
from chalicelib.adapters.dynamodb.fleet.shown import with_shown
from chalicelib.adapters.dynamodb.fleet.told import pack_told, unpack_told
from chalicelib.adapters.dynamodb.fleet.visits import with_visits
from chalicelib.adapters.dynamodb.values.etas import unpack_etas
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_text
from chalicelib.adapters.dynamodb.writing import new_token
from chalicelib.domain.driving.fixes import Fix, in_order
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.journal.changes import TrackEntry
from chalicelib.domain.learning.published import PublishedEtas

LIVE = "LIVE"
TRACK = "TRACK#"
TOKEN_BYTES: Final = 6
"""Enough to tell two tries to write the very same batch apart."""
BATCHES_BEFORE: Final = 25
"""How many batches we read before those that begin within a batch that may repeat them."""


class DynamoFleet:
    """The port ``Fleet`` on DynamoDB."""

    def live(self, driver_id: DriverId) -> Live:
        """One consistent read: 1 unit below 4 kB."""
        item = self._item(driver_id, consistent_read=True)
        if item is None:
            raise NotFound
        return _live(item)

    def glance(self, driver_id: DriverId, *, unless_version: int | None = None) -> Live | None:
        """One eventually consistent read: half a unit. What is known is not unpacked."""
        item = self._item(driver_id, consistent_read=False)
        return None if item is None or item.version == unless_version else _live(item)

    def glances(self, driver_ids: Sequence[DriverId]) -> dict[DriverId, Live]:
        """A call for each hundred, eventually consistent: half a unit a driver."""
        keys = [(driver_id, LIVE) for driver_id in dict.fromkeys(driver_ids)]
        with translated():
            found = list(LiveItem.batch_get(keys)) if keys else []
        return {DriverId(item.driver_id): _live(item) for item in found}

    def append_track(self, entry: TrackEntry) -> bool:
        """The key is made of the batch's own content, so that a repeat falls on itself."""
        token = new_token(TOKEN_BYTES)
        item = TrackItem(
            driver_id=entry.driver_id,
            item=_key(entry),
            token=token,
            route_id=entry.route_id,
            fixes=pack_fixes(entry.fixes),
            told=pack_told(
                entry.told_at, entry.live.news_at or entry.told_at, entry.live.etas_by_number
            ),
            expires_at=int(entry.expires_at.timestamp()),
        )
        try:
            with translated():
                item.save(condition=TrackItem.item.does_not_exist() | (TrackItem.token == token))
        except ConcurrentUpdate:
            return False
        return True

    def held_already(self, entry: TrackEntry, among: Sequence[Fix]) -> frozenset[Fix]:
        """One query, newest first: as many batches as can hold these fixes, and some before them.

        Batches begin in the order of their keys, but a long one may hold what was driven after the
        next has begun. So it reads ``BATCHES_BEFORE`` more than there are fixes.
        """
        own = _key(entry)
        last_at = to_text(max(fix.recorded_at for fix in among))
        with translated():
            batches = list(
                TrackItem.query(
                    entry.driver_id,
                    TrackItem.item.between(TRACK, f"{TRACK}{last_at}#~"),
                    scan_index_forward=False,
                    limit=len(among) + BATCHES_BEFORE,
                )
            )
        held = {f for item in batches if item.item != own for f in unpack_fixes(item.fixes)}
        return frozenset(held.intersection(among))

    def track(
        self, driver_id: DriverId, *, since: datetime, until: datetime, now: datetime
    ) -> tuple[Fix, ...]:
        """All batches that begin in the span; overlapping batches are laid over each other."""
        batches = self._batches(driver_id, since, until, now)
        fixes = {fix for item in batches for fix in unpack_fixes(item.fixes)}
        return in_order(fixes)

    def published_etas(
        self,
        driver_id: DriverId,
        route_id: RouteId,
        *,
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> tuple[PublishedEtas, ...]:
        """One query: half a unit for each 4 kB of the driver's track in the span."""
        found = [
            _told(item)
            for item in self._batches(driver_id, since, until, now)
            if item.route_id == route_id
        ]
        return tuple(sorted(found, key=lambda told: told.at))

    def _batches(
        self, driver_id: DriverId, since: datetime, until: datetime, now: datetime
    ) -> list[TrackItem]:
        """Without those that DynamoDB has yet to delete: it may take days."""
        with translated():
            return list(
                TrackItem.query(
                    driver_id,
                    TrackItem.item.between(
                        f"{TRACK}{to_text(since)}", f"{TRACK}{to_text(until)}#~"
                    ),
                    filter_condition=TrackItem.expires_at > int(now.timestamp()),
                )
            )

    def _item(self, driver_id: DriverId, *, consistent_read: bool) -> LiveItem | None:
        with translated():
            try:
                return LiveItem.get(driver_id, LIVE, consistent_read=consistent_read)
            except LiveItem.DoesNotExist:
                return None


def _key(entry: TrackEntry) -> str:
    return f"{TRACK}{to_text(entry.fixes[0].recorded_at)}#{digest_of(entry.fixes)}"


def _live(item: LiveItem) -> Live:
    live = unpack_live(
        item.live,
        driver_id=DriverId(item.driver_id),
        version=int(item.version),
        route_id=RouteId(item.route_id) if item.route_id else None,
        planned=tuple(RouteId(planned) for planned in str(item.planned or "").split()),
        etas_of=known_or_read,
    )
    began: bytes | None = item.began
    live = live if began is None else replace(live, began_at=unpack_place(began))
    if item.numbers is not None:
        live = replace(live, numbers=unpack_numbers(item.numbers))
    if item.alive_ms is not None:
        live = replace(live, alive_at=from_ms(int(item.alive_ms)))
    return with_shown(with_visits(live, item.visits), item.shown)


def _told(item: TrackItem) -> PublishedEtas:
    told: bytes | None = item.told
    if told is not None:
        return unpack_told(told)
    return PublishedEtas(
        at=from_ms(int(item.told_ms)),
        etas=unpack_etas(item.etas),
        as_of=from_ms(int(item.news_ms)),
    )
