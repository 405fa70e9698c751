"""Arrive, deliver, fail: what each does, what a repeat does, and what is refused for good."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.carrier import PHOTO, Carrier, Round
from tests.support.pictures import jpeg


@pytest.fixture
def van(shared: Carrier) -> Round:
    return shared.round(2).started()


@pytest.fixture(scope="module")
def resting(shared: Carrier) -> Round:
    """A van that has left, for what is refused and changes nothing."""
    return shared.round(2).started()


def status(van: Round, stop: int = 0) -> str:
    return str(van.shop.get(van.ids[stop][0])["status"])


def test_a_stop_is_arrived_at_and_delivered_and_its_customer_sees_it(van: Round) -> None:
    (shipment_id,) = van.ids[0]

    arrived = van.work(0, "arrive")
    delivered = van.work(0, "deliver", van.action(note="At the back door"))

    assert arrived.json["shipments"][0]["status"] == "arrived"
    assert delivered.json == {
        "stop_id": van.stop_ids[0],
        "shipments": [
            {
                "id": shipment_id,
                "status": "delivered",
                "external_status": {"status": "Delivered", "sub_status": "Delivered_001"},
                "owed_proof_ids": [],
                "rejected_proofs": [],
                "pin": None,
            }
        ],
    }
    seen = van.state(shipment_id).json
    assert seen["status"] == "delivered"
    assert seen["position"] is None
    assert seen["outcome"]["note"] == "At the back door"
    assert van.shop.event_types(shipment_id)[-2:] == ["arrived", "delivered"]


@pytest.mark.parametrize("verb", ["arrive", "deliver", "fail"])
def test_s3_the_same_report_twice_is_one_event_and_the_same_answer(van: Round, verb: str) -> None:
    report = van.action(reason="not_home") if verb == "fail" else van.action()

    first = van.work(0, verb, report)
    van.carrier.clock.advance(timedelta(minutes=1))
    again = van.work(0, verb, report)

    assert first.status == again.status == 200
    assert first.body == again.body
    types = van.shop.event_types(van.ids[0][0])
    assert len(types) == len(set(types))


def test_s4_delivered_again_by_another_action_is_no_new_event(van: Round) -> None:
    first = van.work(0, "deliver")

    again = van.work(0, "deliver")

    assert again.status == 200
    assert again.body == first.body
    assert van.shop.event_types(van.ids[0][0]).count("delivered") == 1


@pytest.mark.parametrize(("before", "verb"), [("deliver", "fail"), ("deliver", "arrive")])
def test_s5_what_has_ended_stays_ended(van: Round, before: str, verb: str) -> None:
    reports = {"fail": {"reason": "refused"}}
    van.work(0, before, van.action(**reports.get(before, {})))
    kept = van.carrier.everything()
    van.carrier.clock.advance(timedelta(minutes=16))  # too late for a correction of one's own

    late = van.work(0, verb, van.action(**reports.get(verb, {})))

    assert late.status == 409
    assert late.code == "illegal_transition"
    assert van.carrier.everything() == kept


def test_a_failure_from_before_the_delivery_is_kept_for_the_record(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    clock = van.carrier.clock
    rang_at = clock.now().isoformat()
    clock.advance(timedelta(minutes=5))
    assert van.work(0, "deliver").status == 200  # the second phone had a network
    clock.advance(timedelta(hours=1))
    late = van.action(reason="not_home", occurred_at=rang_at)

    answers = [van.work(0, "fail", late) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body == answers[1].body
    assert status(van) == "delivered"
    last = van.shop.events(shipment_id)[-1]
    assert last["type"] == "shipment.superseded"
    assert van.shop.event_types(shipment_id).count("superseded") == 1


def test_a_report_that_comes_before_the_start_says_so_and_counts_afterwards(
    shared: Carrier,
) -> None:
    van = shared.round(1).loaded()
    report = van.action()

    early = van.work(0, "deliver", report)

    assert (early.status, early.code) == (409, "route_not_started")
    assert van.start().status == 200
    assert van.work(0, "deliver", report).status == 200
    assert van.shop.event_types(van.ids[0][0]).count("delivered") == 1


def test_a_driver_takes_back_a_delivery_of_a_moment_ago(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    van.work(0, "deliver")
    van.carrier.clock.advance(timedelta(minutes=2))
    report = van.action(reason="not_home", note="Wrong button")

    answers = [van.work(0, "fail", report) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body == answers[1].body
    shipment, events = van.shop.get(shipment_id), van.shop.events(shipment_id)
    assert (shipment["status"], shipment["attempts"]) == ("attempt_failed", 1)
    assert shipment["last_attempt"]["reason"] == "not_home"
    assert [event["type"] for event in events[-2:]] == ["shipment.delivered", "shipment.corrected"]
    told = events[-1]["data"]
    assert (told["previous_outcome"], told["outcome"]) == ("delivered", "attempt_failed")
    (stop, _) = van.seen()["stops"]
    assert stop["shipments"][0]["status"] == "attempt_failed"
    assert van.work(0, "deliver").status == 200  # it is aboard, so it can be handed over after all
    assert van.shop.get(shipment_id)["attempts"] == 2


def test_a_delivery_repeated_after_it_was_taken_back_stays_taken_back(van: Round) -> None:
    delivered = van.action()
    van.work(0, "deliver", delivered)
    van.carrier.clock.advance(timedelta(seconds=30))
    van.work(0, "fail", van.action(reason="refused"))

    again = van.work(0, "deliver", delivered)

    assert again.status == 200
    assert status(van) == "attempt_failed"


def test_the_last_delivery_of_a_route_and_all_of_a_stop_can_be_taken_back(
    shared: Carrier,
) -> None:
    shop = shared.shop()
    van = shared.planned(shop, [[shop.shipment(), shop.shipment()]]).started()
    van.work(0, "deliver")
    assert van.route()["status"] == "completed"
    shared.clock.advance(timedelta(minutes=1))

    answer = van.work(0, "fail", van.action(reason="not_home"))

    assert {shipment["status"] for shipment in answer.json["shipments"]} == {"attempt_failed"}
    assert {shop.get(key)["status"] for key in van.ids[0]} == {"attempt_failed"}


@pytest.mark.parametrize(("outcome", "more"), [("deliver", {}), ("fail", {"reason": "not_home"})])
def test_an_arrival_that_the_outcome_has_overtaken_changes_nothing(
    van: Round, outcome: str, more: dict[str, str]
) -> None:
    ahead = timedelta(hours=1)
    happened = van.carrier.clock.now() + ahead
    arrival = van.action(occurred_at=happened.isoformat())
    van.carrier.clock.advance(timedelta(minutes=1))
    reported = van.work(0, outcome, van.action(**more))
    kept = van.carrier.everything()

    sent_at = van.carrier.clock.now() + ahead
    late = van.work(0, "arrive", arrival | {"sent_at": sent_at.isoformat()})

    assert late.status == 200
    assert late.body == reported.body
    assert van.carrier.everything() == kept


@pytest.mark.parametrize("ahead_s", [0, 100, -18_000])
@pytest.mark.parametrize("says_its_clock", [True, False])
def test_an_overtaken_arrival_of_a_wrong_clock_is_no_conflict(
    van: Round, ahead_s: int, *, says_its_clock: bool
) -> None:
    """Clocks that are wrong by less than two minutes, or unknown, are put right for each alone."""
    van.drive(-8_000.0)
    now, wrong = van.carrier.clock.now(), timedelta(seconds=ahead_s)
    clock = {"sent_at": (now + wrong).isoformat()} if says_its_clock else {}
    arrival = van.action(occurred_at=(now + wrong).isoformat()) | clock
    outcome = van.action(occurred_at=(now + wrong).isoformat()) | clock
    assert van.work(0, "deliver", outcome).status == 200

    assert van.work(0, "arrive", arrival).status == 200
    assert status(van) == "delivered"


def test_an_action_id_that_was_used_for_something_else_is_no_repeat(van: Round) -> None:
    report = van.action()
    van.work(0, "fail", report | {"reason": "not_home"})

    other = van.work(0, "deliver", report)

    assert other.status == 200
    assert status(van) == "delivered"


def test_a_late_report_keeps_the_time_at_which_it_happened(van: Round) -> None:
    van.drive(-8_000.0)
    happened = van.carrier.clock.now()
    report = van.action()
    van.carrier.clock.advance(timedelta(hours=2))

    van.work(0, "deliver", report)

    last = van.shop.events(van.ids[0][0])[-1]
    assert last["occurred_at"] == happened.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert last["recorded_at"] > last["occurred_at"]


def test_an_arrival_reported_late_does_not_call_the_van_back(shared: Carrier) -> None:
    """The first stop was reached and left unfinished; its report waited for the network."""
    van = shared.round(3).started()
    shared.clock.advance(timedelta(minutes=10))
    late = van.action()
    shared.clock.advance(timedelta(minutes=20))
    assert van.work(1, "deliver").status == 200
    van.drive(1_500.0)
    shared.clock.advance(timedelta(minutes=5))
    van.drive(1_600.0)

    assert van.work(0, "arrive", late).status == 200

    assert van.state(van.ids[2][0]).json["stops_before"] == 0
    van.drive(1_700.0)
    assert van.state(van.ids[2][0]).json["stops_before"] == 0
    assert status(van) == "arrived"


def test_a_report_from_before_the_start_counts_from_the_start(van: Round) -> None:
    early = van.carrier.clock.now() - timedelta(days=3)

    van.work(0, "deliver", van.action(occurred_at=early.isoformat()))

    last = van.shop.events(van.ids[0][0])[-1]
    assert last["occurred_at"] >= van.route()["started_at"]


def test_a_report_from_the_future_is_taken_as_of_now(van: Round) -> None:
    ahead = van.carrier.clock.now() + timedelta(hours=1)

    reply = van.work(0, "deliver", van.action(occurred_at=ahead.isoformat()))

    assert reply.status == 200, reply.body
    event = van.shop.events(van.ids[0][0])[-1]
    assert datetime.fromisoformat(event["occurred_at"]) == van.carrier.clock.now()
    assert event["data"]["time_source"] == "ours"


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(minutes=5), -timedelta(days=1)])
@pytest.mark.parametrize("waited", [timedelta(0), timedelta(minutes=20)])
def test_a_device_that_says_what_its_clock_shows_may_be_wrong_by_any_amount(
    van: Round, wrong: timedelta, waited: timedelta
) -> None:
    van.drive(-8_000.0)
    happened = van.carrier.clock.now()
    van.carrier.clock.advance(waited)
    sent_at = van.carrier.clock.now() + wrong
    report = van.action(occurred_at=(happened + wrong).isoformat(), sent_at=sent_at.isoformat())

    reply = van.work(0, "deliver", report)

    assert reply.status == 200
    last = van.shop.events(van.ids[0][0])[-1]
    assert last["occurred_at"] == happened.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_failed_attempt_says_why(van: Round) -> None:
    reply = van.work(0, "fail", van.action(reason="not_home", note="Nobody answered"))

    assert reply.json["shipments"][0]["external_status"]["sub_status"] == "AttemptFail_002"
    got = van.shop.get(van.ids[0][0])
    assert got["last_attempt"]["reason"] == "not_home"
    assert got["attempts"] == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({}, "/reason"),
        ({"reason": "aliens"}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"reason": "not_home", "note": "x" * 2_001}, "/note"),
        ({"reason": "not_home", "proof_ids": ["x"]}, "/proof_ids/0"),
        ({"reason": "not_home", "action_id": ""}, "/action_id"),
        ({"reason": "not_home", "action_id": "a b"}, "/action_id"),
        ({"reason": "not_home", "occurred_at": "2026-11-23T12:00:00"}, "/occurred_at"),
    ],
    ids=repr,
)
def test_a_report_that_breaks_a_rule_is_refused(
    resting: Round, changes: dict[str, Any], pointer: str
) -> None:
    reply = resting.work(0, "fail", resting.action() | changes)

    assert reply.status == 422
    assert reply.pointers == [pointer]


def test_a_required_photo_must_be_there(shared: Carrier) -> None:
    shop = shared.shop()
    visits = [[shop.shipment(proof_requirements={"photo": "required"})]]
    van = shared.planned(shop, visits).started()
    (shipment_id,) = van.ids[0]

    without = van.work(0, "deliver")
    proof_id = van.photo(shipment_id)
    with_photo = van.work(0, "deliver", van.action(proof_ids=[proof_id]))

    assert without.status == 422
    assert without.json["errors"][0]["code"] == "missing_required_proof"
    assert with_photo.status == 200
    shown = van.state(shipment_id).json["outcome"]["proofs"]
    assert [proof["id"] for proof in shown] == [proof_id]


def test_the_shipper_and_staff_see_the_proofs_of_a_shipment(van: Round) -> None:
    (shipment_id,), carrier = van.ids[0], van.carrier
    there, owed = van.photo(shipment_id), van.proof(shipment_id)["proof_id"]
    van.work(0, "deliver", van.action(proof_ids=[there, owed]))
    path = f"/v1/shipments/{shipment_id}/proofs"

    shown, to_staff, foreign = (
        carrier.call("GET", path, token=key)
        for key in (van.shop.key, carrier.dispatcher, carrier.shop("Toinen").key)
    )

    first, second = shown.json["data"]
    assert (first["id"], first["outcome"], first["attempt_number"]) == (there, "delivered", 1)
    assert first["state"] == "accepted"
    assert len(first["sha256"]) == 64
    assert f"/proofs/{shipment_id}/{there}" in first["url"]
    assert (second["id"], second["state"]) == (owed, "pending")
    unknown = ("size_bytes", "uploaded_at", "etag", "sha256", "flaw", "detail", "url")
    assert {second[name] for name in unknown} == {None}
    assert (to_staff.status, foreign.status) == (200, 404)


def test_without_its_photo_a_delivery_can_still_fail(shared: Carrier) -> None:
    shop = shared.shop()
    visits = [[shop.shipment(proof_requirements={"photo": "required"})]]
    van = shared.planned(shop, visits).started()

    assert van.work(0, "fail", van.action(reason="missing_required_proof")).status == 200


@pytest.mark.parametrize("asked_by", ["shipper", "recipient", "driver"])
def test_a_photo_still_uploading_holds_up_no_delivery_and_joins_when_it_is_there(
    van: Round, asked_by: str
) -> None:
    (shipment_id,) = van.ids[0]
    allowed = van.proof(shipment_id)
    report = van.action(proof_ids=[allowed["proof_id"]])

    early = van.work(0, "deliver", report)

    assert early.status == 200
    assert early.json["shipments"][0]["owed_proof_ids"] == [allowed["proof_id"]]
    shipment = van.shop.get(shipment_id)
    assert shipment["status"] == "delivered"
    assert shipment["last_attempt"]["owed_proof_ids"] == [allowed["proof_id"]]
    seen = van.state(shipment_id).json
    assert (seen["outcome"]["proofs"], seen["outcome"]["has_proofs_to_come"]) == ([], True)
    van.carrier.clock.advance(timedelta(hours=3))
    again = van.proof(shipment_id, proof_id=allowed["proof_id"])
    assert again["proof_id"] == allowed["proof_id"]
    van.carrier.upload(again)
    van.carrier.inspect(again)

    if asked_by == "driver":
        assert van.work(0, "deliver", report).json["shipments"][0]["owed_proof_ids"] == []
    if asked_by == "recipient":
        (shown,) = van.state(shipment_id).json["outcome"]["proofs"]
        assert shown["id"] == allowed["proof_id"]
    attempt = van.shop.get(shipment_id)["last_attempt"]
    assert (attempt["proof_ids"], attempt["owed_proof_ids"]) == ([allowed["proof_id"]], [])
    events = van.shop.events(shipment_id)
    assert [event["type"] for event in events][-2:] == ["shipment.delivered", "proof.added"]
    assert "etag" not in events[-2]["data"]["proofs"][0]
    assert events[-1]["data"]["proofs"][0]["sha256"]
    van.carrier.clock.advance(timedelta(hours=-3))


def test_a_photo_that_follows_is_told_with_the_time_at_which_it_was_kept(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    allowed = van.proof(shipment_id)
    van.work(0, "deliver", van.action(proof_ids=[allowed["proof_id"]]))
    van.carrier.upload(allowed)
    van.carrier.clock.advance(timedelta(minutes=5))

    van.carrier.inspect(allowed)

    told = van.shop.events(shipment_id)[-1]
    assert told["type"] == "proof.added"
    assert datetime.fromisoformat(told["occurred_at"]) == van.carrier.clock.now()


def test_a_required_photo_is_owed_while_it_is_uploading(shared: Carrier) -> None:
    shop = shared.shop()
    visits = [[shop.shipment(proof_requirements={"photo": "required"})]]
    van = shared.planned(shop, visits).started()
    allowed = van.proof(van.ids[0][0])

    reply = van.work(0, "deliver", van.action(proof_ids=[allowed["proof_id"]]))

    assert reply.status == 200
    assert reply.json["shipments"][0]["owed_proof_ids"] == [allowed["proof_id"]]
    assert van.route()["status"] == "completed"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<svg onload=alert(1)>", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "image/jpeg"),
        (b"", "image/jpeg"),
        (PHOTO, "text/html"),
        (PHOTO + b"x" * 8_000_000, "image/jpeg"),
    ],
    ids=["svg", "png", "empty", "html", "too large"],
)
def test_a_file_that_is_not_the_photo_announced_is_refused(
    resting: Round, content: bytes, content_type: str
) -> None:
    allowed = resting.proof(resting.ids[0][0])
    resting.carrier.upload(allowed, content, **{"Content-Type": content_type})
    resting.carrier.inspect(allowed)

    reply = resting.work(0, "deliver", resting.action(proof_ids=[allowed["proof_id"]]))

    assert reply.status == 422
    assert reply.json["errors"][0]["code"] == "proof_rejected"
    assert reply.json["errors"][0]["detail"].endswith(".")
    assert status(resting) == "out_for_delivery"


def test_a_photo_of_another_shipment_proves_nothing(van: Round) -> None:
    foreign = van.photo(van.ids[1][0])

    reply = van.work(0, "deliver", van.action(proof_ids=[foreign]))

    assert reply.status == 422
    assert reply.json["errors"] == [
        reply.json["errors"][0] | {"pointer": "/proof_ids/0", "code": "unknown_proof"}
    ]
    assert status(van) == "out_for_delivery"


def test_a_photo_of_a_shipment_that_somebody_else_carries_is_not_found(van: Round) -> None:
    other = van.carrier.round(1).started()
    body = {
        "shipment_id": other.ids[0][0],
        "kind": "photo",
        "content_type": "image/jpeg",
        "size_bytes": 10,
    }

    reply = van.call("POST", "proofs", body)

    assert reply.status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"size_bytes": 0},
        {"size_bytes": 8_000_001},
        {"size_bytes": 1.5},
        {"content_type": "image/svg+xml"},
        {"kind": "scan"},
        {"place": {"lat_deg": 60.0}},
        {"place": {"lat_deg": 91.0, "lon_deg": 24.0}},
        {"filename": "../../x"},
    ],
    ids=repr,
)
def test_an_upload_that_we_would_not_take_is_not_allowed(
    resting: Round, changes: dict[str, Any]
) -> None:
    body = {
        "shipment_id": resting.ids[0][0],
        "kind": "photo",
        "content_type": "image/jpeg",
        "size_bytes": 10,
    }

    assert resting.call("POST", "proofs", body | changes).status == 422


def test_one_parcel_given_up_from_afar_takes_the_van_nowhere(shared: Carrier) -> None:
    van = shared.round([1, 1, 2]).started()
    van.drive(-2_000.0, after_s=180)
    broken, whole = van.ids[2]
    before = van.state(whole).json

    reply = van.work(2, "fail", van.action(reason="damaged", shipment_ids=[broken]))

    assert reply.status == 200, reply.body
    after = van.state(whole).json
    assert before["eta"] is not None
    assert (after["eta"], after["stops_before"]) == (before["eta"], 2)
    van.drive(-1_700.0)
    assert [van.state(ids[-1]).json["stops_before"] for ids in van.ids] == [0, 1, 2]


def test_a_stop_of_two_shipments_may_be_delivered_in_parts(shared: Carrier) -> None:
    van = shared.round([2, 1]).started()
    first, second = van.ids[0]

    part = van.work(0, "deliver", van.action(shipment_ids=[first])).json
    between = van.seen()["stops"][0]["is_done"]
    rest = van.work(0, "fail", van.action(reason="damaged", shipment_ids=[second])).json

    assert {s["id"]: s["status"] for s in part["shipments"]} == {
        first: "delivered",
        second: "out_for_delivery",
    }
    assert not between
    assert {s["status"] for s in rest["shipments"]} == {"delivered", "attempt_failed"}
    assert van.seen()["stops"][0]["is_done"]


def test_without_a_list_a_report_is_about_all_that_is_still_on_the_van(shared: Carrier) -> None:
    van = shared.round([3]).started()
    van.work(0, "fail", van.action(reason="refused", shipment_ids=[van.ids[0][1]]))

    van.work(0, "deliver")

    statuses = [van.shop.get(shipment_id)["status"] for shipment_id in van.ids[0]]
    assert statuses == ["delivered", "attempt_failed", "delivered"]


def test_a_shipment_that_is_named_twice_is_meant_once(van: Round) -> None:
    (shipment_id,) = van.ids[0]

    answer = van.work(0, "fail", van.action(reason="damaged", shipment_ids=[shipment_id] * 3))

    assert answer.status == 200
    assert van.shop.event_types(shipment_id).count("attempt_failed") == 1


def test_a_shipment_of_another_stop_is_refused(van: Round) -> None:
    reply = van.work(0, "deliver", van.action(shipment_ids=[van.ids[1][0]]))

    assert reply.status == 422
    assert reply.pointers == ["/shipment_ids/0"]
    assert status(van, 0) == status(van, 1) == "out_for_delivery"


def test_after_the_last_stop_the_route_is_complete_and_the_shift_over(van: Round) -> None:
    van.work(1, "deliver")
    half = van.route()
    van.work(0, "fail", van.action(reason="not_home"))

    assert half["status"] == "active"
    done = van.route()
    assert done["status"] == "completed"
    assert done["completed_at"] is not None
    assert van.drive(0.0).json["rejected"][0]["reasons"] == ["off_shift"]
    assert van.seen()["code"] == "not_found"  # the customers' names are for the round alone


def test_the_last_report_may_be_repeated_after_the_shift(shared: Carrier) -> None:
    van = shared.round(1).started()
    report = van.action()

    first = van.work(0, "deliver", report)
    again = van.work(0, "deliver", report)

    assert (again.status, again.body) == (200, first.body)


def test_what_stayed_at_the_hub_is_not_delivered(shared: Carrier) -> None:
    van = shared.round(2)
    van.loaded(but=van.ids[1]).start()

    reply = van.work(1, "deliver")

    assert reply.status == 409
    assert reply.code == "nothing_aboard"
    assert status(van, 1) in {"created", "accepted"}


def test_a_stop_of_somebody_elses_route_is_not_found(van: Round) -> None:
    other = van.carrier.round(1).started()
    body = van.action()

    foreign = van.call("POST", f"stops/{other.stop_ids[0]}/deliver", body)
    unknown = van.call("POST", f"stops/stp_{'0' * 26}/deliver", body)

    assert foreign.status == unknown.status == 404
    assert foreign.json | {"instance": ""} == unknown.json | {"instance": ""}
    assert status(other) == "out_for_delivery"


def test_what_another_driver_has_taken_over_is_not_delivered_by_the_first(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    van.work(0, "fail", van.action(reason="not_home"))
    van.work(1, "deliver")
    again = van.carrier.planned(van.shop, [[van.orders[shipment_id]]]).started()

    wrong = van.work(0, "deliver")
    listed = van.work(0, "deliver", van.action(shipment_ids=[shipment_id]))

    for reply in (wrong, listed):
        assert (reply.status, reply.json["shipments"][0]["status"]) == (200, "out_for_delivery")
    assert again.shop.event_types(shipment_id)[-2:] == ["superseded", "superseded"]
    assert again.shop.get(shipment_id)["status"] == "out_for_delivery"


def test_a_failed_shipment_goes_out_again_on_another_route(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    van.work(0, "fail", van.action(reason="not_home"))
    van.work(1, "deliver")

    again = van.carrier.planned(van.shop, [[van.orders[shipment_id]]]).started()
    again.work(0, "deliver")

    got = van.shop.get(shipment_id)
    assert (got["status"], got["attempts"]) == ("delivered", 2)
    sequences = [event["sequence"] for event in van.shop.events(shipment_id)]
    assert sequences == list(range(1, len(sequences) + 1))


def test_one_shippers_photo_proves_nothing_to_another(shared: Carrier) -> None:
    one, two = shared.shop(), shared.shop()
    mine, theirs = one.shipment(), two.shipment(proof_requirements={"photo": "required"})
    van = shared.planned(one, [[mine, theirs]]).started()
    photo = van.photo(mine["id"])

    refused = van.work(0, "deliver", van.action(proof_ids=[photo]))
    taken = van.work(0, "deliver", van.action(proof_ids=[photo, van.photo(theirs["id"])]))

    assert (refused.status, refused.pointers) == (422, ["/proof_ids"])
    assert taken.status == 200
    assert one.get(mine["id"])["last_attempt"]["proof_ids"] == [photo]
    assert photo not in two.get(theirs["id"])["last_attempt"]["proof_ids"]


def test_a_photo_of_an_earlier_attempt_proves_no_later_one(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    photo = van.photo(shipment_id)
    van.work(0, "fail", van.action(reason="not_home", proof_ids=[photo]))
    van.work(1, "deliver")
    again = van.carrier.planned(van.shop, [[van.orders[shipment_id]]]).started()

    reply = again.work(0, "deliver", again.action(proof_ids=[photo]))

    assert (reply.status, reply.pointers) == (422, ["/proof_ids/0"])


def test_p4_the_photo_that_was_inspected_first_is_the_one_that_is_shown(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    allowed = van.proof(shipment_id)
    van.carrier.upload(allowed)
    van.carrier.inspect(allowed)
    van.work(0, "deliver", van.action(proof_ids=[allowed["proof_id"]]))
    path = f"/v1/shipments/{shipment_id}/proofs"
    before = van.carrier.call("GET", path, token=van.shop.key).json["data"][0]

    van.carrier.upload(allowed, jpeg(80, 40))
    van.carrier.inspect(allowed)

    after = van.carrier.call("GET", path, token=van.shop.key).json["data"][0]
    assert after | {"url": ""} == before | {"url": ""}
    link = urlsplit(van.orders[shipment_id]["tracking_url"]).path
    shown = van.carrier.call("GET", f"{link}/proof/{allowed['proof_id']}")
    assert f"/proofs/{shipment_id}/" in shown.headers["Location"]
    assert "attachment" in shown.headers["Location"]


def test_the_driver_sees_why_a_photo_was_rejected_and_sends_another_one(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    allowed = van.proof(shipment_id)
    report = van.action(proof_ids=[allowed["proof_id"]])
    van.work(0, "deliver", report)
    van.carrier.upload(allowed, PHOTO[:100])
    van.carrier.inspect(allowed)

    (told,) = van.work(0, "deliver", report).json["shipments"]
    (listed,) = van.call("GET", f"shipments/{shipment_id}/proofs").json["data"]
    path = f"/v1/shipments/{shipment_id}/proofs"
    (shown,) = van.carrier.call("GET", path, token=van.shop.key).json["data"]

    (rejected,) = told["rejected_proofs"]
    assert rejected["id"] == told["owed_proof_ids"][0] == allowed["proof_id"]
    assert (listed["state"], shown["state"]) == ("rejected", "rejected")
    assert rejected["flaw"] == listed["flaw"] == shown["flaw"] == "damaged"
    assert rejected["detail"] == listed["detail"] == shown["detail"]
    assert shown["url"] is None
    again = van.proof(shipment_id, proof_id=allowed["proof_id"])
    van.carrier.upload(again)
    van.carrier.inspect(again)
    (told,) = van.work(0, "deliver", report).json["shipments"]
    assert (told["rejected_proofs"], told["owed_proof_ids"]) == ([], [])
    types = van.shop.event_types(shipment_id)
    assert types[-3:] == ["delivered", "proof.rejected", "proof.added"]


def test_another_driver_sees_nothing_of_it(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    van.photo(shipment_id)
    other = van.carrier.round(1).started()

    assert other.call("GET", f"shipments/{shipment_id}/proofs").status == 404


def test_nothing_is_uploaded_once_all_is_done(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    van.work(0, "deliver")

    body = {"shipment_id": shipment_id, "kind": "photo", "content_type": "image/jpeg"}
    reply = van.call("POST", "proofs", {**body, "size_bytes": 10})

    assert (reply.status, reply.code) == (409, "nothing_aboard")


@pytest.fixture
def asked(shared: Carrier) -> Round:
    """A van with a parcel whose shipper wants the recipient's PIN."""
    shop = shared.shop()
    visits = [[shop.shipment(stop=i, proof_requirements={"pin": "required"})] for i in range(2)]
    return shared.planned(shop, visits).started()


def test_the_recipient_sees_the_pin_and_the_driver_only_that_there_is_one(asked: Round) -> None:
    (shipment_id,) = asked.ids[0]
    pin = asked.state(shipment_id).json["pin"]

    (seen,) = asked.seen()["stops"][0]["shipments"]
    wrong = asked.work(0, "deliver", asked.action(pin=f"{(int(pin) + 1) % 1_000_000:06}"))
    right = asked.work(0, "deliver", asked.action(pin=f"{pin[:3]} {pin[3:]}"))

    assert seen["pin"] == "required"
    assert f'"{pin}"'.encode() not in asked.call("GET", "route").body
    assert f"'{pin}'" not in str(asked.shop.get(shipment_id))
    assert (wrong.status, wrong.pointers) == (422, ["/pin"])
    assert wrong.json["errors"][0]["code"] == "wrong_pin"
    assert right.status == 200
    assert asked.shop.get(shipment_id)["last_attempt"]["pin"] == "confirmed"
    assert asked.shop.events(shipment_id)[-1]["data"]["pin"] == "confirmed"
    assert asked.state(shipment_id).json["pin"] is None
    assert f"'{pin}'" not in str(asked.shop.events(shipment_id))


def test_p10_too_many_wrong_pins_lock_until_there_is_a_new_link(asked: Round) -> None:
    (shipment_id,) = asked.ids[0]
    pin = asked.state(shipment_id).json["pin"]
    wrong = [f"{(int(pin) + n) % 1_000_000:06}" for n in range(1, 7)]

    replies = [asked.work(0, "deliver", asked.action(pin=each)) for each in (*wrong, pin)]

    assert [reply.status for reply in replies] == [422] * 5 + [409] * 2
    assert replies[-1].json["code"] == "pin_locked"
    assert status(asked) == "out_for_delivery"


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345x", 123456, ""])
def test_what_is_no_pin_is_no_try(asked: Round, pin: object) -> None:
    reply = asked.work(0, "deliver", asked.action(pin=pin))

    assert (reply.status, reply.pointers) == (422, ["/pin"])
