import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.errors import NotFound
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import RouteId
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import FINISHED, ON_THE_WAY, FailureReason, Status
from chalicelib.domain.tracking.tracking import TrackingView, require_open_link, view
from chalicelib.domain.visibility import (
    Always,
    Never,
    VisibilityPolicy,
    WithinDistance,
    WithinStops,
    WithinTime,
)
from chalicelib.domain.wishes.wishes import Access, Neighbour, SafePlace, Spot, Wishes
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_address,
    make_assignment,
    make_attempt,
    make_event,
    make_fix,
    make_live,
    make_owed_proof,
    make_proof,
    make_range,
    make_recipient,
    make_shipper,
    make_travelling,
    minutes,
    north_of,
    seconds,
)
from tests.support.depth import times
from tests.support.strategies import attempts, events, lives_of, shipments

POLICY: Final = Policy()
SHOW_ALL: Final = Policy(visibility=VisibilityPolicy(position=Always()))
VAN: Final = make_fix(NOON - seconds(12), coordinates=north_of(HELSINKI, -900.0), heading_deg=45.0)

TODAY: Final = NOON.date()
TOMORROW: Final = TODAY + timedelta(days=1)
ALLOWED_KEYS: Final = {
    *("country", "accuracy_m", "is_stopped", "next_step", "uid", "wanted_day"),
    "first_promise",
    "earlier_before",
    "live_version",
    *("parcels_total", "parcels_later", "companions", "parcels", "has_proofs_to_come"),
    *("status", "external_status", "sub_status", "reference", "sender", "name", "support_contact"),
    *("city", "time_zone", "locale", "server_now", "version", "eta", "point", "earliest", "latest"),
    *(
        "eta_age_s",
        "expected",
        "promise",
        "delayed",
        "window",
        "stops_before",
        "position",
        "lat_deg",
        "lon_deg",
    ),
    *("recorded_at", "age_s", "heading_deg", "position_hidden_because", "last_seen_age_s"),
    *("destination", "timeline", "type", "at", "data", "outcome", "reason", "note", "proofs"),
    *("id", "kind", "poll_after_s", "messages", "may_write", "service_day"),
    *("wishes", "number", "has_instructions", "safe_place", "has_neighbour", "is_contact_free"),
    *("may_change", "offers", "safe_places", "neighbour", "contact_free", "until_stops"),
    *("may_report", "reported", "choices", "agreed", "last_report"),
    *("rating", "stars", "reasons", "comment", "may_rate", "rating_until", "pin"),
    *("may_redirect", "details_version"),
    *(
        "proof_check",
        "share_token",
        "share_generation",
        "place",
        "taken_at",
        "has_hidden_proofs",
        "received_by",
    ),
}


def seen(
    shipment: Shipment | None = None,
    live: Live | None = None,
    history: tuple[Event, ...] = (),
    *,
    now: datetime = NOON,
    policy: Policy = POLICY,
    shipper: Shipper | None = None,
) -> TrackingView:
    return view(
        make_travelling() if shipment is None else shipment,
        history,
        live,
        shipper or make_shipper(),
        now=now,
        policy=policy,
    )


def driving(**changes: Any) -> Live:
    """The driver of `make_travelling`, twelve seconds ago 900 m away."""
    return make_live(8, **{"recent": (VAN,)} | changes)


def as_json(seen_view: TrackingView) -> str:
    def plain(value: object) -> str:
        return value.value if isinstance(value, Enum) else str(value)

    return json.dumps(asdict(seen_view), default=plain, ensure_ascii=False)


def keys(value: Any) -> set[str]:
    match value:
        case Mapping():
            return set(value).union(*map(keys, value.values()))
        case list() | tuple():
            return set().union(*map(keys, value))
    return set()


def seeing_with(rule: Any) -> Policy:
    return Policy(visibility=VisibilityPolicy(position=rule))


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"status": Status.ACCEPTED, "service_day": TOMORROW}, TOMORROW),
        ({"status": Status.ACCEPTED, "service_day": TODAY - timedelta(days=1)}, None),
        ({"status": Status.ACCEPTED, "window": make_range(NOON + timedelta(days=1))}, TOMORROW),
        ({"status": Status.OUT_FOR_DELIVERY, "service_day": TOMORROW}, None),
        ({"status": Status.ATTEMPT_FAILED, "service_day": TODAY}, None),
        ({"status": Status.ATTEMPT_FAILED, "service_day": TOMORROW}, TOMORROW),
    ],
)
def test_the_day_to_come_is_told_while_no_van_has_it(
    changes: dict[str, Any], shown: date | None
) -> None:
    failed = changes["status"] is Status.ATTEMPT_FAILED
    attempt = make_attempt(occurred_at=NOON) if failed else None

    found = seen(make_travelling(last_attempt=attempt, **changes))

    assert found.service_day == shown


class TestNothingPrivate:
    CANARIES: Final = (
        "SECRETSURNAME",
        "+358409999999",
        "canary@example.org",
        "SECRETSTREET 7",
        "SECRET DOOR CODE",
        "drv_SECRET",
        "SECRETACTOR",
        "SECRETDATA",
        "SECRETACTION",
        "SECRETKEY",
        "SECRETPARCEL",
    )

    def shipment(self, status: Status) -> Shipment:
        driver = make_assignment().driver_id.__class__("drv_SECRET")
        return make_travelling(
            status=status,
            recipient=make_recipient(
                name="Aino SECRETSURNAME", phone="+358409999999", email="canary@example.org"
            ),
            address=make_address(
                lines=("SECRETSTREET 7",),
                postal_code="SECRETSTREET 7",
                instructions="SECRET DOOR CODE",
            ),
            assignment=make_assignment(driver_id=driver),
            last_attempt=make_attempt(
                Status.DELIVERED,
                driver_id=driver,
                action_id="SECRETACTION",
                proofs=(make_proof(object_key="SECRETKEY"),),
            ),
            scanned_barcodes=frozenset({"SECRETPARCEL"}),
            wishes=Wishes(
                access=Access("SECRET STAIRS", "SECRET CODE", "SECRET FLOOR", "SECRET NOTE"),
                safe_place=Spot(SafePlace.SHED, "SECRET CORNER"),
                neighbour=Neighbour("SECRET NAME", "SECRET DOOR"),
            ),
        )

    @pytest.mark.parametrize("status", Status)
    def test_no_canary_gets_through(self, status: Status) -> None:
        history = tuple(
            make_event(
                i,
                type=event_type,
                actor_role=Role.DRIVER,
                actor_id="SECRETACTOR",
                data={"status": status.value, "reason": "not_home", "extra": "SECRETDATA"},
            )
            for i, event_type in enumerate(EventType, 1)
        )

        text = as_json(
            seen(self.shipment(status), driving(driver_id="drv_SECRET"), history, policy=SHOW_ALL)
        )

        assert [canary for canary in self.CANARIES if canary in text] == []

    @settings(max_examples=times(quick=20, deep=2_000))
    @given(shipments(), st.lists(events(), max_size=4).map(tuple), lives_of(8), st.data())
    def test_every_key_is_on_the_list(
        self, shipment: Shipment, history: tuple[Event, ...], live: Live, data: st.DataObject
    ) -> None:
        index = data.draw(st.integers(0, 8))
        shipment = replace(shipment, assignment=make_assignment(index))
        live = replace(live, route_id=RouteId("rte_1"))

        shown = asdict(seen(shipment, live, history, policy=SHOW_ALL))

        assert keys(shown) <= ALLOWED_KEYS

    def test_internal_lines_are_told_to_nobody(self) -> None:
        lines = (make_event(1), make_event(2, type=EventType.SUPERSEDED), make_event(3))

        assert len(seen(history=lines).timeline) == 2

    @pytest.mark.parametrize(("first", "earlier_before"), [(1, None), (2, 2), (31, 31)])
    def test_a_history_that_was_cut_says_where(
        self, first: int, earlier_before: int | None
    ) -> None:
        newest = tuple(make_event(seq) for seq in range(first, first + 20))

        assert seen(history=newest).earlier_before == earlier_before

    def test_only_one_metre_is_told(self) -> None:
        position = seen(live=driving()).position

        assert position is not None
        assert re.fullmatch(r"-?\d+\.\d{1,5}", str(position.lat_deg))
        assert re.fullmatch(r"-?\d+\.\d{1,5}", str(position.lon_deg))


class TestPosition:
    def test_on_the_way_near_and_fresh_it_is_shown(self) -> None:
        shown = seen(live=driving())

        assert shown.position is not None
        assert shown.position.lat_deg == pytest.approx(VAN.coordinates.lat_deg, abs=1e-5)
        assert (shown.position.age_s, shown.position.heading_deg) == (12, 45.0)
        assert shown.position.recorded_at == VAN.recorded_at
        assert (shown.last_seen_age_s, shown.position_hidden_because) == (12, None)

    @pytest.mark.parametrize("status", set(Status) - ON_THE_WAY)
    def test_before_and_after_nothing_of_the_driver_is_shown(self, status: Status) -> None:
        shown = seen(make_travelling(status=status), driving(), policy=SHOW_ALL)

        assert shown.position is None
        assert shown.eta is None
        assert shown.promise is None
        assert shown.stops_before is None
        assert shown.last_seen_age_s is None
        assert not shown.delayed

    @pytest.mark.parametrize(
        "status", [Status.DELIVERED, Status.RETURNED, Status.CANCELLED, Status.ATTEMPT_FAILED]
    )
    def test_when_it_is_over_it_says_so(self, status: Status) -> None:
        assert seen(make_travelling(status=status), driving()).position_hidden_because == "done"

    @pytest.mark.parametrize(
        ("age_s", "hidden"), [(0, None), (180, None), (180.5, "stale"), (4_000, "stale")]
    )
    def test_an_old_position_is_not_shown_as_live(self, age_s: float, hidden: str | None) -> None:
        shown = seen(live=driving(recent=(make_fix(NOON - seconds(age_s)),)))

        assert (shown.position is None) == (hidden is not None)
        assert shown.position_hidden_because == hidden
        assert shown.last_seen_age_s == int(age_s)

    def test_a_fix_from_the_near_future_has_no_negative_age(self) -> None:
        shown = seen(live=driving(recent=(make_fix(NOON + seconds(90)),)))

        assert shown.last_seen_age_s == 0

    @pytest.mark.parametrize(("stop_index", "is_shown"), [(0, True), (4, True), (5, False)])
    def test_by_default_from_five_stops_on(self, stop_index: int, is_shown: bool) -> None:  # noqa: FBT001 - a table
        shown = seen(make_travelling(stop_index), driving())

        assert (shown.position is not None) == is_shown
        assert shown.position_hidden_because == (None if is_shown else "not_yet_near")
        assert (shown.last_seen_age_s is not None) == is_shown
        assert shown.stops_before == stop_index

    @pytest.mark.parametrize(
        ("rule", "is_shown"),
        [
            (Always(), True),
            (Never(), False),
            (WithinStops(3), True),
            (WithinStops(2), False),
            (WithinTime(minutes(80)), True),
            (WithinTime(minutes(70)), False),
            (WithinDistance(1_000.0), True),
            (WithinDistance(800.0), False),
        ],
    )
    def test_the_shippers_rule_decides(self, rule: Any, is_shown: bool) -> None:  # noqa: FBT001 - a table
        shown = seen(make_travelling(2), driving(), policy=seeing_with(rule))

        assert (shown.position is not None) == is_shown

    def test_another_route_of_the_driver_shows_nothing(self) -> None:
        elsewhere = driving(route_id=RouteId("rte_2"))

        assert seen(live=elsewhere, policy=SHOW_ALL) == seen(live=None, policy=SHOW_ALL)

    def test_a_stop_that_the_plan_does_not_have_shows_nothing(self) -> None:
        shown = seen(make_travelling(8), driving(), policy=SHOW_ALL)

        assert shown.position is None
        assert shown.eta is None

    def test_a_stop_that_is_done_shows_nothing_of_the_rest_of_the_day(self) -> None:
        done = driving().with_progress(0, Progress(is_done=True))

        shown = seen(live=done, policy=SHOW_ALL)

        assert shown.position is None
        assert shown.stops_before is None
        assert shown.eta is None

    def test_after_the_route_nothing_is_shown(self) -> None:
        assert seen(live=driving(ended_at=NOON), policy=SHOW_ALL) == seen(live=None)

    def test_before_the_first_fix_there_is_an_eta_but_no_position(self) -> None:
        shown = seen(live=driving(recent=()))

        assert shown.eta is not None
        assert (shown.position, shown.position_hidden_because) == (None, None)

    @settings(max_examples=times(quick=20, deep=2_000))
    @given(st.sampled_from(Status), lives_of(6), st.integers(0, 7), st.integers(-300, 300))
    def test_in_any_state_the_position_is_only_shown_fresh_near_and_on_the_way(
        self, status: Status, live: Live, stop_index: int, late_s: int
    ) -> None:
        shipment = make_travelling(stop_index, status=status)
        live = replace(live, route_id=RouteId("rte_1"))
        now = NOON + seconds(late_s)

        shown = seen(shipment, live, now=now)

        if shown.position is not None:
            head = live.head(POLICY)
            assert head is not None
            assert shipment.status in ON_THE_WAY
            assert now - head.recorded_at <= POLICY.stale_after
            assert live.stops_before(stop_index) < 5
            assert not live.progress[stop_index].is_done
            assert live.is_on_shift
            assert shown.poll_after_s == POLICY.poll_near_s


class TestEta:
    def test_it_is_told_as_point_and_range(self) -> None:
        live = driving()

        assert seen(live=live).eta == live.etas[0]

    def test_nobody_arrives_in_the_past(self) -> None:
        over = Eta(NOON - minutes(9), NOON - minutes(19), NOON + minutes(1))

        shown = seen(live=driving(etas=(over,) * 8))

        assert shown.eta == Eta(NOON, NOON, NOON + minutes(1))

    def test_a_hidden_eta_is_absent(self) -> None:
        hidden = Policy(visibility=VisibilityPolicy(eta=Never(), stops_before=Never()))

        shown = seen(live=driving(), policy=hidden, now=NOON + minutes(20))

        assert (shown.eta, shown.eta_age_s, shown.stops_before) == (None, None, None)

    def test_old_news_widen_the_range_and_show_their_age(self) -> None:
        live, now = driving(), NOON + minutes(10)

        shown = seen(live=live, now=now)

        told = live.etas[0]
        assert told is not None
        assert shown.eta == replace(told, earliest=now, latest=told.latest + minutes(10))
        assert shown.eta_age_s == 600

    def test_a_report_is_news_too(self) -> None:
        live = driving(estimated_at=NOON + minutes(9))

        shown = seen(live=live, now=NOON + minutes(10))

        assert (shown.eta_age_s, shown.position_hidden_because) == (None, "stale")

    def test_before_the_first_fix_the_start_is_the_news(self) -> None:
        live = driving(recent=(), estimated_at=None, started_at=NOON - minutes(5))

        assert seen(live=live).eta_age_s == 300
        assert seen(live=driving(estimated_at=None, started_at=None)).eta == live.etas[0]

    def test_promise_and_delay_are_those_told(self) -> None:
        late = make_travelling(is_delayed=True, promise=make_range(NOON + minutes(60)))

        shown = seen(late, driving())

        assert (shown.delayed, shown.promise) == (True, make_range(NOON + minutes(60)))

    def test_past_the_promise_old_news_say_no_time(self) -> None:
        promised = make_travelling(promise=make_range(NOON - minutes(20)))
        silent = driving(recent=(make_fix(NOON - minutes(10)),), estimated_at=NOON - minutes(10))

        shown = seen(promised, silent, now=NOON + minutes(15))

        assert (shown.is_overdue, shown.eta, shown.silent_s) == (True, None, 1_500)

    def test_past_the_promise_fresh_news_say_the_time(self) -> None:
        promised = make_travelling(promise=make_range(NOON - minutes(60)))

        shown = seen(promised, driving())

        assert not shown.is_overdue
        assert shown.eta is not None
        assert shown.silent_s is None

    def test_without_a_van_a_past_promise_is_overdue(self) -> None:
        promised = make_travelling(promise=make_range(NOON - minutes(60)))

        shown = seen(promised, None)

        assert (shown.is_overdue, shown.silent_s) == (True, None)

    def test_done_stops_do_not_count(self) -> None:
        live = driving().with_progress(0, Progress(is_done=True))

        assert seen(make_travelling(3), live).stops_before == 2


class TestPlace:
    def test_the_position_has_its_error_in_whole_metres(self) -> None:
        live = driving(recent=(replace(VAN, accuracy_m=18.4),))

        position = seen(live=live, policy=SHOW_ALL).position

        assert position is not None
        assert position.accuracy_m == 18

    def test_the_country_is_that_of_the_address(self) -> None:
        assert seen(make_travelling(address=make_address(country="GB"))).country == "GB"


class TestOutcome:
    def test_a_delivery_shows_its_note_and_proofs(self) -> None:
        attempt = make_attempt(note="With the neighbour", proofs=(make_proof(1), make_proof(2)))

        outcome = seen(make_travelling(status=Status.DELIVERED, last_attempt=attempt)).outcome

        assert outcome is not None
        assert (outcome.status, outcome.at) == (Status.DELIVERED, NOON)
        assert outcome.note == "With the neighbour"
        assert [(proof.id, proof.kind) for proof in outcome.proofs] == [
            ("prf_1", "photo"),
            ("prf_2", "photo"),
        ]

    def test_a_failure_is_told_by_its_reason(self) -> None:
        attempt = make_attempt(Status.ATTEMPT_FAILED, reason=FailureReason.NOT_HOME)

        shown = seen(make_travelling(status=Status.ATTEMPT_FAILED, last_attempt=attempt))

        assert shown.outcome is not None
        assert shown.outcome.reason is FailureReason.NOT_HOME
        assert shown.external_status.sub_status == "AttemptFail_002"

    @given(
        attempts(), st.sampled_from(sorted(set(Status) - {Status.DELIVERED, Status.ATTEMPT_FAILED}))
    )
    def test_a_new_attempt_hides_the_last_one(self, attempt: Any, status: Status) -> None:
        assert seen(make_travelling(status=status, last_attempt=attempt)).outcome is None


class TestPin:
    @pytest.mark.parametrize("asked", Requirement)
    @pytest.mark.parametrize("status", Status)
    def test_it_is_shown_while_a_handover_that_asks_for_it_is_to_come(
        self, status: Status, asked: Requirement
    ) -> None:
        shipment = make_travelling(status=status, proof_requirements=ProofRequirements(pin=asked))
        is_over = status in FINISHED | {Status.RETURNING}

        shown = view(shipment, (), None, make_shipper(), now=NOON, policy=POLICY, pin="482913")

        assert (shown.pin is not None) == (asked is not Requirement.NONE and not is_over)


class TestPolling:
    @pytest.mark.parametrize(
        ("status", "poll_after_s"),
        [
            (Status.CREATED, 60),
            (Status.OUT_FOR_DELIVERY, 60),
            (Status.ATTEMPT_FAILED, 60),
            (Status.RETURNING, 60),
            (Status.DELIVERED, None),
            (Status.RETURNED, None),
            (Status.CANCELLED, None),
        ],
    )
    def test_far_away_it_is_slow_and_when_over_it_stops(
        self, status: Status, poll_after_s: int | None
    ) -> None:
        assert seen(make_travelling(status=status)).poll_after_s == poll_after_s

    @pytest.mark.parametrize(("later_min", "poll_after_s"), [(0, 10), (9, 10), (10, None)])
    def test_a_photo_that_is_on_its_way_is_looked_out_for(
        self, later_min: int, poll_after_s: int | None
    ) -> None:
        attempt = make_attempt(proofs=(make_owed_proof(),))
        delivered = make_travelling(status=Status.DELIVERED, last_attempt=attempt)
        later = make_owed_proof().uploaded_at + minutes(later_min)

        assert seen(delivered, now=later).poll_after_s == poll_after_s

    def test_near_it_is_fast_also_when_the_van_has_gone_silent(self) -> None:
        silent = driving(recent=(make_fix(NOON - minutes(10)),))

        assert seen(live=driving()).poll_after_s == 10
        assert seen(live=silent).poll_after_s == 10


class TestLink:
    def test_it_ends_some_time_after_the_delivery(self) -> None:
        delivered = make_travelling(status=Status.DELIVERED, completed_at=NOON)
        end = NOON + timedelta(days=14)

        require_open_link(delivered, 1, end, POLICY)
        with pytest.raises(NotFound):
            require_open_link(delivered, 1, end + seconds(1), POLICY)

    def test_one_of_an_earlier_generation_opens_nothing(self) -> None:
        with pytest.raises(NotFound):
            require_open_link(make_travelling(link_generation=2), 1, NOON, POLICY)

    def test_it_stays_open_while_nothing_is_completed(self) -> None:
        require_open_link(make_travelling(), 1, NOON + timedelta(days=400), POLICY)


def test_the_timeline_is_the_public_history() -> None:
    history = (
        make_event(1, data={"status": "created"}),
        make_event(
            2,
            type=EventType.DELAYED,
            occurred_at=NOON + minutes(1),
            data={"status": "out_for_delivery", "promise": {"earliest": "…"}, "stop_index": 4},
        ),
    )

    timeline = seen(history=history).timeline

    assert [(line.type, line.at) for line in timeline] == [
        ("shipment.created", NOON),
        ("eta.delayed", NOON + minutes(1)),
    ]
    assert timeline[1].data == {"status": "out_for_delivery", "promise": {"earliest": "…"}}


def test_sender_and_place_are_shown() -> None:
    shown = seen(shipper=make_shipper(name="Kukkakauppa", support_contact=None))

    assert (shown.sender.name, shown.sender.support_contact) == ("Kukkakauppa", None)
    assert (shown.city, shown.time_zone) == ("Helsinki", "Europe/Helsinki")
    assert shown.destination == HELSINKI
    assert (shown.version, shown.server_now) == (4, NOON)


def test_parcels_that_come_another_time_are_counted_once_the_others_are_on_their_way() -> None:
    both = (Parcel("A"), Parcel("B"))
    left = make_travelling(parcels=both, scanned_barcodes=frozenset({"A"}))
    handed_over = replace(left, status=Status.DELIVERED, handed_over=frozenset({"A"}))
    waiting = replace(left, status=Status.ACCEPTED)

    told = [seen(shipment).parcels_later for shipment in (left, handed_over, waiting)]

    assert told == [1, 1, 0]
    assert seen(handed_over).parcels_total == 2
    assert seen(handed_over).poll_after_s == 60
    assert seen(make_travelling(status=Status.DELIVERED, parcels=both)).parcels_later == 0
