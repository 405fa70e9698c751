"""What the driver's app decides without a phone, asked through Node."""

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

    told = evaluate("changes", "driver/plan.js", "changes(given.before, given.after)", given)

    assert [each["kind"] for each in told] == ["removed", "edited", "added", "order"]


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


def test_a_hand_scanner_is_told_from_fingers() -> None:
    expression = """given.map((pause) => {
        const feed = createWedge();
        return [..."12345", "Enter"].map((key, i) => feed(key, i * pause)).at(-1);
    })"""

    told = evaluate("createWedge", "driver/scans.js", expression, [10, 200])

    assert told == ["12345", None]
