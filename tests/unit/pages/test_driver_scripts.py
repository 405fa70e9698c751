"""What the driver's app decides without a phone, asked through Node."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.pages.test_scripts import evaluate

NOW_MS = 1_800_000_000_000


def entry(seq: int, kind: str, **more: Any) -> dict[str, Any]:
    base = {"seq": seq, "action_id": f"a{seq}", "driver_id": "d", "kind": kind, "state": "waiting"}
    return {**base, "body": {}, "label": "", "at": "2026-11-27T12:00:00Z", **more}


def next_job(entries: list[dict[str, Any]]) -> Any:
    given = {"entries": entries, "now": NOW_MS}
    return evaluate("nextJob", "driver/queue.js", 'nextJob(given.entries, "d", given.now)', given)


def ids(job: dict[str, Any]) -> list[str]:
    return [each["action_id"] for each in job["entries"]]


def test_actions_leave_in_order_and_fixes_in_a_row_go_together() -> None:
    mixed = [entry(3, "arrive"), entry(1, "fix"), entry(2, "fix"), entry(4, "fix")]

    assert ids(next_job(mixed)) == ["a1", "a2"]
    assert ids(next_job(mixed[:1] + mixed[3:])) == ["a3"]


def test_what_can_be_undone_holds_back_what_came_after_it() -> None:
    held = entry(1, "deliver", held_until=NOW_MS + 4_000)

    assert next_job([held, entry(2, "arrive")]) == {"kind": "wait", "ms": 4_000}


def test_a_clock_that_was_set_back_holds_nothing_for_ever() -> None:
    assert ids(next_job([entry(1, "deliver", held_until=NOW_MS + 86_400_000)])) == ["a1"]


def test_pictures_follow_their_action_and_the_work_of_others_stays() -> None:
    picture = entry(2, "file", of="a1", proof_id="p")
    sent = entry(1, "deliver", state="sent")

    assert ids(next_job([picture, sent])) == ["a2"]
    assert next_job([picture, {**sent, "state": "refused"}]) == {"kind": "idle"}
    assert next_job([entry(1, "deliver", driver_id="somebody else")]) == {"kind": "idle"}


@pytest.mark.parametrize(
    ("status", "says_when", "meant"),
    [
        (200, False, "sent"),
        (0, False, "again"),
        (401, False, "signed_out"),
        (404, False, "refused"),
        (409, False, "refused"),
        (409, True, "again"),
        (429, False, "again"),
        (503, False, "again"),
    ],
)
def test_an_answer_means_one_thing(status: int, *, says_when: bool, meant: str) -> None:
    expression = "meaning(given.status, given.when)"
    given = {"status": status, "when": says_when}

    assert evaluate("meaning", "driver/queue.js", expression, given) == meant


def shipment(barcodes: list[str], **more: Any) -> dict[str, Any]:
    parcels = [{"barcode": code, "state": "aboard"} for code in barcodes]
    base = {"id": "s1", "status": "arrived", "barcodes": barcodes, "scanned_barcodes": barcodes}
    return {**base, "address_lines": ["Kuja 1"], "parcels": parcels, **more}


def route(*stops: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "r", "stops": list(stops), "cancelled": [], "missing": [], **more}


def stop(stop_id: str, *shipments: dict[str, Any]) -> dict[str, Any]:
    where = {"lat_deg": 60.0, "lon_deg": 25.0, "window": None, "is_done": False}
    return {"id": stop_id, "shipments": list(shipments), **where}


def test_a_part_that_is_delivered_leaves_the_stop_open_and_the_rest_closes_it() -> None:
    plan = route(stop("1", shipment(["A", "B"])))
    part = entry(1, "deliver", stop_id="1", body={"barcodes": ["A"]})
    rest = entry(2, "fail", stop_id="1", body={"barcodes": ["B"], "reason": "damaged"})
    expression = "[1, 2].map((n) => withDone(given.plan, given.done.slice(0, n)).stops[0].is_done)"

    told = evaluate("withDone", "driver/plan.js", expression, {"plan": plan, "done": [part, rest]})

    assert told == [False, True]


def test_a_changed_plan_is_told_as_what_changed() -> None:
    kept, gone, edited = (stop(n, shipment(["A"])) for n in "123")
    other = stop("3", shipment(["A"], instructions="Ring twice"))
    given = {
        "before": route(kept, gone, edited),
        "after": route(other, kept, stop("4", shipment(["C"]))),
    }

    told = evaluate("changes", "driver/changes.js", CHANGES, given)

    assert [each["kind"] for each in told] == ["removed", "edited", "added", "order"]


CHANGES = """changes(
    given.before, given.after, (key, values) => [key, ...Object.values(values ?? {})].join(' ')
)"""
NOTHING_WISHED = {
    **dict.fromkeys(("entrance", "door_code", "floor", "note", "safe_place", "neighbour")),
    "number": 0,
    "is_contact_free": False,
}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, {"door_code": "4711"}, ["Kuja 1: wish.code 4711"]),
        ({"door_code": "4711"}, {"door_code": "4712"}, ["Kuja 1: wish.code 4712"]),
        ({"is_contact_free": True}, None, ["Kuja 1: wish.none"]),
        ({"floor": "3"}, {"floor": "3"}, []),
        ({}, None, []),  # a route that was kept in the older form, with an object of nulls
        (
            {"safe_place": {"place": "shed", "note": None}},
            {"neighbour": {"name": "Eero", "door": "B 2"}},
            ["Kuja 1: wish.neighbour Eero, B 2"],
        ),
    ],
)
def test_a_wish_that_comes_on_the_way_is_told_in_full(
    before: dict[str, Any] | None, after: dict[str, Any] | None, told: list[str]
) -> None:
    old, new = (
        route(stop("1", shipment(["A"], wishes=None if said is None else NOTHING_WISHED | said)))
        for said in (before, after)
    )

    found = evaluate("changes", "driver/changes.js", CHANGES, {"before": old, "after": new})

    assert found == [{"kind": "wishes", "what": each} for each in told]


def draft(**more: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"photos": [], "signature": None, "pin": "", "left_out": []}
    return {**nothing, **more}


PICTURE = {"proof_kind": "photo"}


@pytest.mark.parametrize(
    ("asked", "begun", "lacking"),
    [
        ({}, {}, ""),
        ({}, {"left_out": ["A"]}, "door.parcel_none"),
        ({"photo": "required"}, {}, "door.photo_first"),
        ({"photo": "required"}, {"photos": [PICTURE]}, ""),
        ({"photo": "optional", "signature": "optional", "pin": "optional"}, {}, ""),
        ({"signature": "required"}, {"photos": [PICTURE], "typed": "Aino"}, "door.sign_first"),
        ({"signature": "required"}, {"signature": PICTURE}, ""),
        ({"pin": "required"}, {}, "door.pin_first"),
        ({"pin": "required"}, {"pin": "48 29-13"}, ""),
        ({"pin": "required"}, {"pin": "4829"}, "door.pin_form"),
        ({"pin": "optional"}, {"pin": "x"}, "door.pin_form"),
        ({"pin": "none"}, {"pin": "x"}, ""),
        ({"photo_when_failed": "required"}, {}, ""),
    ],
)
def test_what_a_delivery_lacks_is_said_before_it_is_reported(
    asked: dict[str, Any], begun: dict[str, Any], lacking: str
) -> None:
    given = {"stop": stop("1", shipment(["A"], recipient_name="Aino", **asked)), **draft()}
    now = {"stop": given["stop"], "draft": draft(**begun)}

    assert evaluate("lacks", "driver/visit.js", "lacks(given)", now) == lacking


@pytest.mark.parametrize(
    ("names", "left_out", "lacking"),
    [
        (("Aino", "Aino"), [], ""),
        (("Aino", "Eero"), [], "door.one_each"),
        (("Aino", "Eero"), ["B"], ""),
    ],
)
def test_customers_at_one_door_prove_it_each_for_themselves(
    names: tuple[str, str], left_out: list[str], lacking: str
) -> None:
    both = [
        shipment([code], id=code, recipient_name=name, photo="required")
        for code, name in zip("AB", names, strict=True)
    ]
    now = {"stop": stop("1", *both), "draft": draft(photos=[PICTURE], left_out=left_out)}

    assert evaluate("lacks", "driver/visit.js", "lacks(given)", now) == lacking


def test_who_may_receive_it_takes_one_tap() -> None:
    asked = NOTHING_WISHED | {"neighbour": {"name": "Eero", "door": None}}
    shed = NOTHING_WISHED | {"safe_place": {"place": "shed", "note": "behind"}}
    given = [
        {"recipient_name": "Aino", "wishes": asked},
        {"recipient_name": "Aino", "wishes": shed},
        {"recipient_name": "Liisa", "wishes": None},
        {"recipient_name": "Liisa"},
    ]

    told = evaluate("receivers", "driver/wishes.js", "receivers(given, (key) => key)", given)

    assert told == ["Aino", "Eero", "Liisa", "wish.place.shed"]  # people first


def test_a_proof_is_of_a_place_that_the_phone_has_just_known() -> None:
    now = datetime.now(UTC)  # noqa: TID251 - of the same clock as Node's
    given = [
        {"lat_deg": 60.0, "lon_deg": 25.0, "accuracy_m": accuracy_m, "recorded_at": at.isoformat()}
        for accuracy_m, at in [
            (8.0, now),
            (5_000.0, now),
            (8.0, now - timedelta(minutes=10)),
        ]
    ]

    told = evaluate("spotOf", "driver/places.js", "[...given, null].map(spotOf)", given)

    assert told == [{"lat_deg": 60.0, "lon_deg": 25.0, "accuracy_m": 8.0}, None, None, None]


def test_a_scan_is_judged_without_a_network() -> None:
    waiting = shipment(["A", "B"], scanned_barcodes=["B"])
    twins = [shipment(["T"], id=n, scanned_barcodes=[]) for n in ("t1", "t2")]
    plan = route(stop("1", waiting), stop("2", *twins), cancelled=[{"barcodes": ["X"]}])
    codes = [" A\n", "]C1A", "B", "T", "X", "?"]
    expression = "given.codes.map((code) => matchScan(given.plan, code).verdict)"

    told = evaluate("matchScan", "driver/scans.js", expression, {"plan": plan, "codes": codes})

    assert told == [
        *("loaded", "loaded", "already_loaded", "ambiguous", "cancelled", "not_on_route"),
    ]


def test_a_label_is_known_in_the_forms_in_which_scanners_read_it() -> None:
    sscc = "340434161094042557"
    waiting = shipment([f"00{sscc}", "JJD-1"], scanned_barcodes=[])
    plan = route(stop("1", waiting), cancelled=[])
    codes = [sscc, f"]C100{sscc}", f"(00) {sscc}", f"\x1d00{sscc}\r\n", "jjd-1", "]A0JJD-1", "JJD1"]
    expression = "given.codes.map((code) => matchScan(given.plan, code).barcode)"

    told = evaluate("matchScan", "driver/scans.js", expression, {"plan": plan, "codes": codes})

    assert told == [*[f"00{sscc}"] * 4, "JJD-1", "JJD-1", "JJD1"]


def test_a_hand_scanner_is_told_from_fingers() -> None:
    expression = """given.map((pause) => {
        const feed = createWedge();
        return [..."12345", "Enter"].map((key, i) => feed(key, i * pause)).at(-1);
    })"""

    told = evaluate("createWedge", "driver/scans.js", expression, [10, 200])

    assert told == ["12345", None]


def test_messages_neither_wait_for_what_is_held_nor_hold_anything() -> None:
    held = entry(1, "deliver", held_until=NOW_MS + 4_000)
    message = entry(2, "message")
    arrival = entry(3, "arrive")

    assert ids(next_job([held, message, arrival])) == ["a2"]
    assert ids(next_job([entry(1, "message", held_until=NOW_MS + 9_000), arrival])) == ["a3"]
    assert ids(next_job([entry(1, "arrive"), message])) == ["a1"]


def test_one_who_writes_too_fast_still_delivers() -> None:
    given = {"entries": [entry(1, "message"), entry(2, "deliver")], "now": NOW_MS}
    expression = """[given.entries, given.entries.slice(0, 1)].map(
        (each) => nextJob(each, "d", given.now, given.now + 60_000))"""

    both, alone = evaluate("nextJob", "driver/queue.js", expression, given)

    assert ids(both) == ["a2"]
    assert alone == {"kind": "wait", "ms": 60_000}


def test_an_old_message_is_sent_only_when_it_is_meant() -> None:
    old, new = "2026-11-27T12:00:00Z", "2026-11-27T12:29:00Z"
    given = [
        entry(1, "message", at=old),
        entry(2, "message", at=new),
        entry(3, "message", at=old, is_meant=True),
        entry(4, "deliver", at=old),
    ]
    expression = 'given.map((each) => isStale(each, Date.parse("2026-11-27T12:31:00Z")))'

    assert evaluate("isStale", "driver/queue.js", expression, given) == [True, False, False, False]


def test_what_the_phone_does_by_itself_is_not_counted_as_an_action() -> None:
    given = [entry(1, "fix"), entry(2, "seen"), entry(3, "message"), entry(4, "file", of="a0")]

    told = evaluate("counts", "driver/queue.js", 'counts(given, "d")', given)

    assert (told["actions"], told["files"], told["others"]) == (1, 1, 0)


def test_every_position_is_counted_as_taken_or_refused_with_its_reason() -> None:
    answer = {
        "rejected": [
            {"reasons": ["off_shift"], "indexes": [0, 3]},
            {"reasons": ["off_shift", "future"], "indexes": [1]},
        ],
        "suspect": [{"reasons": ["poor_accuracy"], "indexes": [2]}],
    }
    expression = "[given, null].map((each) => reported(6, each))"

    told, unread = evaluate("reported", "driver/positions.js", expression, answer)

    assert told == {
        "taken": 3,
        "doubted": {"poor_accuracy": 1},
        "refused": {"off_shift": 2, "future": 1},
    }
    assert unread == {"taken": 0, "doubted": {}, "refused": {"unreadable": 6}}


def test_the_counts_of_a_shift_add_up() -> None:
    given = [
        {"taken": 3, "doubted": {"mock": 1}, "refused": {}},
        {"taken": 2, "doubted": {}, "refused": {"off_shift": 4}},
    ]
    expression = "given.reduce((tally, each, i) => counted(tally, each, `at ${i}`), undefined)"

    assert evaluate("counted", "driver/positions.js", expression, given) == {
        "since": "at 0",
        "taken": 5,
        "doubted": {"mock": 1},
        "refused": {"off_shift": 4},
    }


def test_one_bad_position_between_good_ones_is_not_told() -> None:
    given = [
        {"taken": 3, "doubted": {"poor_accuracy": 1}, "refused": {}},
        {"taken": 1, "doubted": {"poor_accuracy": 1}, "refused": {}},
    ]
    expression = "given.map((each) => verdictOn(each, (key) => key))"

    told = evaluate("verdictOn", "driver/positions.js", expression, given)

    assert told == [None, "fixes.doubted"]


def message(number: int, author: str, shipment_id: str = "s1") -> dict[str, Any]:
    said = {"text": f"text {number}", "quick_reply": None, "written_at": "2026-11-27T12:00:00Z"}
    return {"id": f"msg_{number}", "author": author, "shipment_id": shipment_id, **said}


def test_unread_is_what_others_wrote_after_the_driver_has_read_or_answered() -> None:
    all_of_it = [
        *(message(1, "recipient"), message(2, "driver"), message(3, "recipient")),
        *(message(4, "dispatcher"), message(5, "recipient", "s2")),
    ]
    expression = """[{}, { s1: "msg_3" }, { s1: "msg_4" }].map(
        (read) => unread(given, read, "s1").map((each) => each.id))"""

    told = evaluate("unread", "driver/threads.js", expression, all_of_it)

    assert told == [["msg_3", "msg_4"], ["msg_4"], []]


def test_a_thread_ends_with_what_is_still_on_the_phone() -> None:
    waiting = entry(1, "message", body={"shipment_id": "s1", "quick_reply": "okay"})
    other = entry(2, "message", body={"shipment_id": "s2", "text": "elsewhere"})
    given = {"messages": [message(1, "recipient")], "entries": [waiting, other]}
    expression = 'threadOf(given.messages, given.entries, "s1")'

    told = evaluate("threadOf", "driver/threads.js", expression, given)

    assert [(each["author"], each["quick_reply"], each["state"]) for each in told] == [
        ("recipient", None, None),
        ("driver", "okay", "waiting"),
    ]
