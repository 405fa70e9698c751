"""Hypothesis strategies: places, tracks, shuffled batches, shipments, routes and status walks.

Values are realistic and include the edges: poles, the antimeridian, milliseconds.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from ulid import ULID

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix, on_grid, quantized
from chalicelib.domain.driving.jumps import RECENT_FIXES
from chalicelib.domain.driving.live import Live, Progress, Shown
from chalicelib.domain.driving.run_sheets import ManifestEntry
from chalicelib.domain.eta.estimates import Duration, Eta
from chalicelib.domain.eta.steady import Span
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import (
    DriverId,
    EventId,
    HubId,
    MessageId,
    ProofId,
    RouteId,
    ShipmentId,
    ShipperId,
    StopId,
)
from chalicelib.domain.instants import Range, TimeSource
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Flaw, Proof, ProofKind, ProofRequirements, Requirement
from chalicelib.domain.ratings.ratings import MOST_STARS, Rating, RatingReason, Verdict
from chalicelib.domain.reports.reports import Report, ReportReason
from chalicelib.domain.routes.routes import (
    Break,
    Consignment,
    Route,
    RouteStatus,
    Stint,
    Stop,
)
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import (
    Assignment,
    Attempt,
    Companion,
    Correction,
    Parcel,
    Shipment,
)
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.wishes.wishes import (
    Absence,
    Access,
    Neighbour,
    Part,
    SafePlace,
    Spot,
    Wishes,
    WishesOrder,
)
from tests.support.builders import HELSINKI, NOON, north_of

TIME_ZONES: Final = ("Europe/Helsinki", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")


@cache
def instants(*, within: timedelta = timedelta(days=2)) -> st.SearchStrategy[Any]:
    """Aware instants in whole milliseconds around NOON."""
    span_ms = int(within.total_seconds() * 1000)
    return st.integers(-span_ms, span_ms).map(lambda ms: NOON + timedelta(milliseconds=ms))


@cache
def whole_seconds(*, within: timedelta = timedelta(days=2)) -> st.SearchStrategy[Any]:
    span_s = int(within.total_seconds())
    return st.integers(-span_s, span_s).map(lambda s: NOON + timedelta(seconds=s))


@cache
def coordinates() -> st.SearchStrategy[Coordinates]:
    """Any place, with poles and antimeridian more often than by chance."""
    lat_deg = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0])
    lon_deg = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 179.999, -179.999, 0.0])
    return st.builds(Coordinates, lat_deg, lon_deg)


@cache
def town() -> st.SearchStrategy[Coordinates]:
    """Places within some 20 km of each other."""
    return st.builds(
        Coordinates,
        st.floats(60.1, 60.3).map(lambda deg: round(deg, 6)),
        st.floats(24.7, 25.1).map(lambda deg: round(deg, 6)),
    )


@cache
def fixes(places: st.SearchStrategy[Coordinates] | None = None) -> st.SearchStrategy[Fix]:
    """Any valid fix in the resolution that we store."""
    return st.builds(
        Fix,
        recorded_at=instants(within=timedelta(hours=3)),
        coordinates=coordinates() if places is None else places,
        accuracy_m=st.none() | st.floats(0, 6_000),
        speed_mps=st.none() | st.floats(0, 60),
        heading_deg=st.none() | st.floats(0, 360),
        battery_ratio=st.none() | st.floats(0, 1),
    ).map(quantized)


def mocked(some: st.SearchStrategy[Fix]) -> st.SearchStrategy[Fix]:
    """The same fixes, some of them marked as made up."""
    return st.builds(lambda fix, is_mock: replace(fix, is_mock=is_mock), some, st.booleans())


@st.composite
def tracks(draw: st.DrawFn, min_size: int = 1, max_size: int = 30) -> tuple[Fix, ...]:
    """A drive: 5–60 s between fixes, at most 30 m/s, to the north and back."""
    steps = draw(
        st.lists(
            st.tuples(st.integers(5, 60), st.floats(-30, 30)), min_size=min_size, max_size=max_size
        )
    )
    at, way_m, drive = NOON - timedelta(hours=1), 0.0, []
    for elapsed_s, speed_mps in steps:
        at += timedelta(seconds=elapsed_s)
        way_m += speed_mps * elapsed_s
        drive.append(quantized(Fix(at, north_of(HELSINKI, way_m))))
    return tuple(drive)


@st.composite
def untidy(draw: st.DrawFn, of: st.SearchStrategy[tuple[Fix, ...]]) -> tuple[Any, list[list[Fix]]]:
    """Fixes, and the same fixes shuffled, partly sent twice, and split into batches."""
    told = draw(of)
    again = draw(st.lists(st.sampled_from(told), max_size=5)) if told else []
    shuffled = draw(st.permutations([*told, *again]))
    batches: list[list[Fix]] = [[]]
    for fix in shuffled:
        batches[-1].append(fix)
        if draw(st.booleans()):
            batches.append([])
    return told, batches


@cache
def ranges() -> st.SearchStrategy[Range]:
    return st.builds(
        lambda earliest, length_s: Range(earliest, earliest + timedelta(seconds=length_s)),
        whole_seconds(),
        st.integers(0, 6 * 3600),
    )


@cache
def etas() -> st.SearchStrategy[Eta]:
    return st.builds(
        lambda point, before_s, after_s: Eta(
            point, point - timedelta(seconds=before_s), point + timedelta(seconds=after_s)
        ),
        whole_seconds(within=timedelta(hours=12)),
        st.integers(0, 3600),
        st.integers(0, 7200),
    )


@cache
def durations() -> st.SearchStrategy[Duration]:
    """Durations from a second to three hours, from certain to very uncertain."""
    return st.builds(Duration, mu=st.floats(0, 9.3), variance=st.floats(0, 2))


@cache
def words(min_size: int = 1, max_size: int = 20) -> st.SearchStrategy[str]:
    """Text in any script, without control characters and surrogates."""
    return st.text(
        st.characters(exclude_categories=["Cs", "Cc"]), min_size=min_size, max_size=max_size
    )


@cache
def ids(prefix: str) -> st.SearchStrategy[str]:
    """Ids of a prefix and a ULID."""
    return st.integers(0, 2**128 - 1).map(lambda number: f"{prefix}_{ULID.from_int(number)}")


@cache
def addresses() -> st.SearchStrategy[Address]:
    return st.builds(
        Address,
        lines=st.lists(words(), min_size=1, max_size=3).map(tuple),
        city=words(),
        country=st.sampled_from(["FI", "KE", "NZ"]),
        coordinates=coordinates(),
        time_zone=st.sampled_from(TIME_ZONES),
        postal_code=st.none() | words(),
        instructions=st.none() | words(),
    )


@cache
def recipients() -> st.SearchStrategy[Recipient]:
    return st.builds(
        Recipient,
        name=words(),
        phone=st.none() | st.from_regex(r"\+[1-9]\d{6,14}", fullmatch=True),
        email=st.none() | st.emails(),
        locale=st.sampled_from(["en", "fi", "pt-BR"]),
    )


@cache
def proofs() -> st.SearchStrategy[Proof]:
    return st.builds(
        Proof,
        id=ids("prf").map(ProofId),
        kind=st.sampled_from(ProofKind),
        object_key=words(),
        content_type=st.just("image/jpeg"),
        size_bytes=st.integers(1, 10_000_000),
        etag=words(),
        uploaded_at=instants(),
        sha256=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
        flaw=st.none() | st.sampled_from(Flaw),
    )


@cache
def attempts() -> st.SearchStrategy[Attempt]:
    return st.builds(
        Attempt,
        number=st.integers(1, 9),
        action_id=words(),
        status=st.sampled_from([Status.DELIVERED, Status.ATTEMPT_FAILED]),
        occurred_at=instants(),
        driver_id=ids("drv").map(DriverId),
        reason=st.none() | st.sampled_from(FailureReason),
        note=st.none() | words(),
        proofs=st.lists(proofs(), max_size=2).map(tuple),
        time_source=st.sampled_from(TimeSource),
        pin=st.none() | st.sampled_from(PinCheck),
        barcodes=st.lists(words(), max_size=2, unique=True).map(lambda some: tuple(sorted(some))),
    )


@cache
def corrections() -> st.SearchStrategy[Correction]:
    return st.builds(
        Correction,
        attempt_number=st.integers(1, 9),
        action_id=words(),
        driver_id=ids("drv").map(DriverId),
        corrected_at=instants(),
        was=st.sampled_from([Status.DELIVERED, Status.ATTEMPT_FAILED]),
        became=st.sampled_from([None, Status.DELIVERED, Status.ATTEMPT_FAILED]),
        explanation=words(),
    )


def verdicts() -> st.SearchStrategy[Verdict]:
    """Any verdict that a form can say."""
    some = st.frozensets(st.sampled_from(RatingReason))
    return st.builds(
        Verdict,
        stars=st.integers(1, MOST_STARS),
        reasons=some.map(lambda found: tuple(each for each in RatingReason if each in found)),
        comment=st.none() | words(),
    )


@cache
def ratings() -> st.SearchStrategy[Rating]:
    return st.builds(
        Rating,
        verdict=verdicts(),
        attempt_number=st.integers(1, 9),
        rated_at=instants(),
        changed_at=instants(),
        closed_at=st.none() | instants(),
    )


@cache
def wishes() -> st.SearchStrategy[Wishes]:
    said = st.none() | words()
    return st.builds(
        Wishes,
        access=st.builds(Access, entrance=said, door_code=said, floor=said, note=said),
        safe_place=st.none() | st.builds(Spot, place=st.sampled_from(SafePlace), note=said),
        neighbour=st.none() | st.builds(Neighbour, name=words(), door=said),
        is_contact_free=st.booleans(),
        numbers=st.dictionaries(st.sampled_from(Part), st.integers(1, 99), max_size=4),
    )


@cache
def wishes_orders() -> st.SearchStrategy[WishesOrder]:
    """Any form, on top of the first wishes."""
    said = st.none() | words()
    return st.builds(
        WishesOrder,
        seen=st.just(0),
        access=st.builds(Access, entrance=said, door_code=said, floor=said, note=said),
        forgets_access=st.booleans(),
        absence=st.sampled_from(Absence),
        safe_place=st.none() | st.builds(Spot, place=st.sampled_from(SafePlace), note=said),
        neighbour=st.none() | st.builds(Neighbour, name=words(), door=said),
        is_contact_free=st.booleans(),
    )


@cache
def reports() -> st.SearchStrategy[Report]:
    return st.builds(
        Report,
        reason=st.sampled_from(ReportReason),
        message_id=ids("msg").map(MessageId),
        reported_at=instants(),
        closed_at=st.none() | instants(),
    )


def preferences() -> st.SearchStrategy[Preferences]:
    """Any, with the best way left out, as it is stored."""
    return st.builds(
        Preferences,
        ways=st.dictionaries(
            st.sampled_from(Subject), st.sampled_from([Way.SMS, Way.EMAIL, Way.NONE])
        ),
        language=st.none() | st.sampled_from(["en", "fi"]),
        stopped_at=st.none() | instants(),
        is_stopped_by_office=st.booleans(),
        number=st.integers(0, 9),
    )


@cache
def assignments() -> st.SearchStrategy[Assignment]:
    return st.builds(
        Assignment,
        route_id=ids("rte").map(RouteId),
        stop_id=ids("stp").map(StopId),
        stop_number=st.integers(0, 200),
        driver_id=ids("drv").map(DriverId),
        service_day=st.none() | st.dates(),
        companions=st.lists(companions(), max_size=2).map(tuple),
        plan_version=st.integers(0, 99),
    )


def companions() -> st.SearchStrategy[Companion]:
    return st.builds(
        Companion,
        shipment_id=ids("shp").map(ShipmentId),
        shipper_id=ids("shr").map(ShipperId),
        parcel_count=st.integers(0, 99),
    )


def proof_requirements() -> st.SearchStrategy[ProofRequirements]:
    kinds = ("photo", "signature", "pin", "photo_when_failed")
    return st.builds(ProofRequirements, **dict.fromkeys(kinds, st.sampled_from(Requirement)))


def shipments(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Shipment]:
    """Any shipment. Its parts need not agree with each other. `fixed` replaces single fields."""
    barcodes = words()
    return st.builds(
        Shipment,
        **{
            "id": ids("shp").map(ShipmentId),
            "shipper_id": ids("shr").map(ShipperId),
            "reference": words(),
            "recipient": recipients(),
            "address": addresses(),
            "parcels": st.lists(
                st.builds(Parcel, barcode=barcodes, description=st.none() | words()),
                min_size=1,
                max_size=3,
            ).map(tuple),
            "created_at": instants(),
            "updated_at": instants(),
            "status": st.sampled_from(Status),
            "version": st.integers(1, 999),
            "details_version": st.sampled_from([0, 1_000]),  # in one item; in two, both written
            "seq": st.integers(1, 999),
            "window": st.none() | ranges(),
            "service_time_s": st.none() | st.floats(0, 3600).map(lambda s: round(s, 1)),
            "proof_requirements": proof_requirements(),
            "link_generation": st.integers(1, 9),
            "assignment": st.none() | assignments(),
            "scanned_barcodes": st.frozensets(barcodes, max_size=3),
            "first_promise": st.none() | ranges(),
            "promise": st.none() | ranges(),
            "is_delayed": st.booleans(),
            "attempts": st.integers(0, 9),
            "last_attempt": st.none() | attempts(),
            "completed_at": st.none() | instants(),
            "handed_over": st.frozensets(barcodes, max_size=2),
            "failed_barcodes": st.frozensets(barcodes, max_size=2),
            "scan_marks": st.frozensets(words(), max_size=2),
            "earlier_attempts": st.lists(attempts(), max_size=2).map(tuple),
            "corrections": st.lists(corrections(), max_size=2).map(tuple),
            "closing_reason": st.none() | words(),
            "messages": st.integers(0, 200),
            "unanswered_since": st.none() | instants(),
            "service_day": st.none() | st.dates(min_value=date(2000, 1, 1)),
            "metadata": st.dictionaries(words(), words(), max_size=2),
            "rating": st.none() | ratings(),
            "wishes": wishes(),
            "report": st.none() | reports(),
            "preferences": preferences(),
            "forgotten_at": st.none() | instants(),
        }
        | fixed,
    )


def events(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    """Any event whose data is JSON."""
    json = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words(0),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(), inner, max_size=3),
        max_leaves=5,
    )
    return st.builds(
        Event,
        **{
            "id": ids("evt").map(EventId),
            "shipment_id": ids("shp").map(ShipmentId),
            "shipper_id": ids("shr").map(ShipperId),
            "seq": st.integers(1, 99_999_999),
            "type": st.sampled_from(EventType),
            "occurred_at": instants(),
            "recorded_at": instants(),
            "actor_role": st.sampled_from(Role),
            "actor_id": words(),
            "data": st.dictionaries(words(), json, max_size=3),
        }
        | fixed,
    )


@cache
def stops(index: int = 0) -> st.SearchStrategy[Stop]:
    consignments = st.builds(
        Consignment,
        shipment_id=ids("shp").map(ShipmentId),
        barcodes=st.lists(words(), min_size=1, max_size=3).map(tuple),
    )
    return st.builds(
        Stop,
        id=st.just(StopId(f"stp_{index}")),
        number=st.just(index),
        coordinates=town(),
        time_zone=st.sampled_from(TIME_ZONES),
        consignments=st.lists(consignments, max_size=2).map(tuple),
        window=st.none() | ranges(),
        service_time_s=st.none() | st.sampled_from([0.0, 30.0, 600.5]),
        planned=st.none() | etas(),
        promise=st.none() | ranges(),
        road_s=st.none() | st.sampled_from([0.1, 61.0, 7_200.5]),
    )


@cache
def routes(min_stops: int = 1, max_stops: int = 12) -> st.SearchStrategy[Route]:
    return st.integers(min_stops, max_stops).flatmap(routes_of)


@cache
def routes_of(count: int) -> st.SearchStrategy[Route]:
    """Routes with `count` stops."""
    return st.builds(
        Route,
        id=ids("rte").map(RouteId),
        driver_id=ids("drv").map(DriverId),
        hub_id=ids("hub").map(HubId),
        hub_coordinates=town(),
        service_day=st.dates(),
        starts_at=instants(),
        stops=st.tuples(*map(stops, range(count))),
        created_at=instants(),
        status=st.sampled_from(RouteStatus),
        plan_version=st.integers(1, 99),
        started_at=st.none() | instants(),
        completed_at=st.none() | instants(),
        start_action_id=st.none() | words(),
        breaks=st.lists(breaks(), max_size=3).map(tuple),
        previous=st.none() | ids("rte").map(RouteId),
        pauses=st.lists(ranges(), max_size=2).map(tuple),
        stints=st.lists(stints(), max_size=3).map(tuple),
    )


@cache
def stints() -> st.SearchStrategy[Stint]:
    return st.builds(
        Stint,
        driver_id=ids("drv").map(DriverId),
        until=instants(),
        previous=st.none() | ids("rte").map(RouteId),
    )


@cache
def manifest_entries() -> st.SearchStrategy[ManifestEntry]:
    return st.builds(
        ManifestEntry,
        shipment_id=ids("shp").map(ShipmentId),
        reference=words(),
        status=st.sampled_from([Status.CREATED, Status.ACCEPTED]),
        recipient_name=words(),
        address_lines=st.lists(words(), min_size=1, max_size=3).map(tuple),
        city=words(),
        postal_code=st.none() | words(),
        instructions=st.none() | words(),
        is_read_anew=st.booleans(),
        wishes=wishes(),
        photo=st.sampled_from(Requirement),
        signature=st.sampled_from(Requirement),
        pin=st.sampled_from(Requirement),
        photo_when_failed=st.sampled_from(Requirement),
    )


@cache
def breaks() -> st.SearchStrategy[Break]:
    return st.builds(
        lambda span, duration_s: Break(span.earliest, span.latest, duration_s),
        ranges(),
        st.integers(1, 14_400),
    )


@cache
def departures(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Departure]:
    place = st.builds(
        Coordinates,
        st.floats(-90, 90).map(lambda deg: round(deg, 7)),
        st.floats(-180, 180).map(lambda deg: round(deg, 7)),
    )
    return st.builds(
        Departure,
        **{
            "route_id": ids("rte").map(RouteId),
            "driver_id": ids("drv").map(DriverId),
            "stop_number": st.none() | st.integers(0, 199),
            "left_at": instants(),
            "told_at": instants(),
            "expires_at": whole_seconds(),
            "arrived_at": st.none() | instants(),
            "etas": st.lists(st.none() | etas(), max_size=12).map(tuple),
            "stood_at": st.none() | place,
            "news_at": st.none() | instants(),
        }
        | fixed,
    )


@cache
def progresses() -> st.SearchStrategy[Progress]:
    return st.builds(
        Progress,
        is_done=st.booleans(),
        arrived_at=st.none() | whole_seconds(),
        has_approached=st.booleans(),
        is_delayed=st.booleans(),
        promise=st.none() | ranges(),
        told_at=st.none() | whole_seconds(),
        is_reported=st.booleans(),
        unreported=st.none() | ranges(),
    )


@cache
def lives(max_stops: int = 12) -> st.SearchStrategy[Live]:
    return st.integers(0, max_stops).flatmap(lives_of)


@cache
def lives_of(count: int) -> st.SearchStrategy[Live]:
    """Live states with one progress and one ETA (or None) for each of `count` stops."""
    recent = st.lists(fixes(town()), max_size=RECENT_FIXES, unique=True)
    return st.builds(
        Live,
        driver_id=ids("drv").map(DriverId),
        version=st.integers(1, 10_000),
        epoch=st.integers(1, 9),
        route_id=st.none() | ids("rte").map(RouteId),
        plan_version=st.integers(0, 99),
        started_at=st.none() | whole_seconds(),
        ended_at=st.none() | whole_seconds(),
        clock_skew=st.integers(-86_400, 86_400).map(lambda s: timedelta(seconds=s)),
        recent=recent.map(lambda some: tuple(sorted(some, key=lambda fix: fix.sort_key))),
        nearest_stop=st.none() | st.integers(0, count - 1) if count else st.none(),
        near_since=st.none() | instants(),
        last_stop=st.none() | st.integers(0, count - 1) if count else st.none(),
        standing_since=st.none() | instants(),
        breaks_taken_s=st.lists(st.integers(0, 14_400), max_size=5).map(tuple),
        estimated_at=st.none() | instants(),
        progress=st.tuples(*[progresses()] * count),
        etas=st.tuples(*[st.none() | etas()] * count),
        planned=st.lists(ids("rte").map(RouteId), max_size=2).map(tuple),
        last_stop_before=st.none() | st.integers(0, count - 1) if count else st.none(),
        away_since=st.none() | instants(),
        is_at_hub=st.booleans(),
        unsettled_until=st.none() | instants(),
        began_at=st.none() | coordinates().map(on_grid),
        alive_at=st.none() | instants(),
        shown=shown_ranges(count),
    )


def shown_ranges(count: int) -> st.SearchStrategy[tuple[Shown, ...]]:
    """What pages show of some of `count` stops, in any order."""
    begins_s, lasts_s = st.integers(1_500_000_000, 2_000_000_000), st.integers(0, 40_000)
    spans = st.builds(lambda begin, lasts: Span(begin, begin + lasts), begins_s, lasts_s)
    some = st.lists(st.integers(0, max(0, count - 1)), unique=True, max_size=min(count, 5))
    entries = some.flatmap(
        lambda numbers: st.tuples(*(st.builds(Shown, st.just(n), spans) for n in numbers))
    )
    return entries if count else st.just(())


def walks(max_size: int = 40) -> st.SearchStrategy[list[tuple[Step, Role]]]:
    """Steps that somebody tries, allowed or not."""
    return st.lists(
        st.tuples(st.sampled_from(Step), st.sampled_from(Role)), min_size=1, max_size=max_size
    )
