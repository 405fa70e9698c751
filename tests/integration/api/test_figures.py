"""Metrics over HTTP: a driven day, who sees what of it, and questions that are refused."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.services.metrics.count_metrics import Outcome
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import STREET_M, Carrier, Reply, Round, note

PATH: Final = "/v1/metrics"
ULID: Final = "0" * 26
NOBODY: Final = f"hub_{ULID}"


def drive(found: Round) -> Round:
    """Deliver all stops but the last, where nobody is at home."""
    last = len(found.stop_ids) - 1
    for stop in range(last + 1):
        for step in range(6):
            found.drive(STREET_M * (stop - 1 + step / 6))
        found.carrier.clock.advance(timedelta(seconds=1))
        assert found.work(stop, "arrive").status == 200
        found.carrier.clock.advance(timedelta(minutes=1))
        body = found.action(reason="not_home") if stop == last else None
        reply = found.work(stop, "fail" if stop == last else "deliver", body)
        assert reply.status == 200, reply.body
    return found


def count(carrier: Carrier, *routes: Round) -> None:
    counting = bootstrap.container().count_metrics
    for each in routes:
        counting.of_route(RouteId(each.route_id))
    counting.of_day(HubId(carrier.hub_id), day_of(routes[0]))


def day_of(found: Round) -> date:
    service_day = found.carrier.call(
        "GET", f"/v1/routes/{found.route_id}", token=found.carrier.dispatcher
    ).json["service_day"]
    return date.fromisoformat(service_day)


@pytest.fixture(scope="module")
def hub(shared: Carrier) -> Carrier:
    return replace(shared, _hub_id="")  # a hub of its own


@pytest.fixture(scope="module")
def driven(hub: Carrier) -> Round:
    found = drive(hub.round(3).started())
    count(hub, found)
    return found


def asked(carrier: Carrier, path: str = "", token: str | None = None, **query: Any) -> Reply:
    wanted = "&".join(f"{name}={value}" for name, value in query.items())
    return carrier.call("GET", f"{PATH}{path}?{wanted}", token=token or carrier.dispatcher)


def of_day(found: Round, path: str = "", token: str | None = None, **query: Any) -> Reply:
    day = day_of(found).isoformat()
    hub = {} if token else {"hub_id": found.carrier.hub_id}
    return asked(found.carrier, path, token, **{"from_day": day, "to_day": day} | hub | query)


def test_a_driven_day_has_its_figures(driven: Round) -> None:
    reply = of_day(driven)

    assert reply.status == 200, reply.body
    (row,) = reply.json["data"]
    figures = row["figures"]
    assert (figures["delivery_success"]["numerator"], row["totals"]["tried"]) == (2, 3)
    assert figures["delivery_success"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["first_attempt_success"]["denominator"] == 3
    assert row["totals"]["routes"] == 1
    assert row["totals"]["stops_done"] == 3
    assert row["totals"]["distance_m"] > STREET_M
    assert row["failure_reasons"] == {"not_home": 1}
    assert row["spreads"]["service"]["count"] == 3
    assert row["spreads"]["service"]["mean_s"] == 60.0
    assert row["eta"]["at_start"]["count"] == 3
    assert figures["promise_kept"]["denominator"] == 3
    assert figures["stops_per_hour"]["value"] > 1
    assert row["recomputed_at"] is not None
    assert row["late_changes"] == []


def test_what_there_is_no_data_for_says_so_and_is_never_zero(driven: Round) -> None:
    (row,) = of_day(driven).json["data"]
    assert row["figures"]["rating"] == {
        "value": None,
        "numerator": 0,
        "denominator": 0,
        "is_small_sample": True,
        "note": "No ratings.",
    }
    assert row["spreads"]["answer"] is None

    (empty,) = of_day(driven, from_day="2020-01-01", to_day="2020-02-01").json["data"]
    assert {each["value"] for each in empty["figures"].values()} == {None}
    assert all(each["note"].startswith("No ") for each in empty["figures"].values())
    assert empty["recomputed_at"] is None


def test_every_figure_has_a_definition_with_unit_and_sums(driven: Round) -> None:
    found = of_day(driven).json
    (row,) = found["data"]

    assert set(row["figures"]) == set(found["definitions"])
    assert set(row["totals"]) == set(found["totals"])
    assert set(row["spreads"]) == set(found["spreads"])
    for definition in found["definitions"].values():
        assert definition["meaning"].endswith(".")
        assert definition["unit"] in {"ratio", "s", "m", "stars", "1/h", "each"}


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_a_period_is_cut_into_parts_with_and_without_data(driven: Round, step: str) -> None:
    day = day_of(driven)
    first = (day - timedelta(days=40)).isoformat()

    rows = of_day(driven, step=step, from_day=first, limit=100).json["data"]

    assert [row["totals"]["tried"] for row in rows][-1] == 3
    assert sum(row["totals"]["tried"] for row in rows) == 3
    assert (rows[0]["from_day"], rows[-1]["to_day"]) == (first, day.isoformat())


def test_rows_by_hub_driver_team_and_shipper(driven: Round) -> None:
    hub_id = driven.carrier.hub_id
    (by_hub,) = of_day(driven, by="hub").json["data"]
    (by_driver,) = of_day(driven, by="driver").json["data"]
    (by_shipper,) = of_day(driven, by="shipper").json["data"]

    assert by_hub["group_id"] == hub_id
    assert by_driver["group_id"].startswith("drv_")
    assert by_driver["group_name"] == "Matti"
    assert by_driver["figures"] == by_hub["figures"]
    assert "stops_per_hour" not in by_shipper["figures"]
    assert by_shipper["totals"]["tried"] == 3
    assert of_day(driven, by="team").json["data"] == []


def test_a_figure_leads_to_the_shipments_behind_it(driven: Round) -> None:
    (row,) = of_day(driven).json["data"]
    token = driven.carrier.dispatcher
    link = f"{row['shipments']}&figure=delivery_success"

    found = driven.carrier.call("GET", link, token=token).json["data"]
    missed = driven.carrier.call("GET", f"{link}&counted=false", token=token).json["data"]

    figure = row["figures"]["delivery_success"]
    assert sum(each["denominator"] for each in found) == figure["denominator"]
    assert sum(each["numerator"] for each in found) == figure["numerator"]
    assert [each["shipment_id"] for each in missed] == [driven.ids[2][0]]
    assert {each["route_id"] for each in found} == {driven.route_id}
    pages = [
        of_day(driven, "/shipments", figure="tried", limit=2).json,
    ]
    pages.append(
        of_day(driven, "/shipments", figure="tried", limit=2, cursor=pages[0]["next_cursor"]).json
    )
    assert [len(page["data"]) for page in pages] == [2, 1]


def test_a_shipper_sees_its_own_and_nothing_of_vans(shared: Carrier) -> None:
    carrier = replace(shared, _hub_id="")
    driven, other = drive(carrier.round(3).started()), drive(carrier.round(2).started())
    count(carrier, driven, other)

    (own,) = of_day(driven, token=driven.shop.key).json["data"]
    behind = of_day(driven, "/shipments", driven.shop.key, figure="tried").json["data"]

    assert own["totals"]["tried"] == 3
    assert "distance_m" not in own["totals"]
    assert "stops_per_hour" not in own["figures"]
    assert {each["shipment_id"] for each in behind} == {ids[0] for ids in driven.ids}
    assert {each["driver_id"] for each in behind} == {None}
    (by_name,) = of_day(driven, token=driven.shop.key, by="shipper").json["data"]
    assert by_name["group_name"] == "Kirjakauppa"
    (all_of_it,) = of_day(driven).json["data"]
    assert all_of_it["totals"]["tried"] == 5


@pytest.mark.parametrize("query", [{"by": "driver"}, {"by": "hub"}, {"hub_id": NOBODY}])
def test_a_shipper_may_not_ask_about_the_carrier(driven: Round, query: dict[str, str]) -> None:
    reply = of_day(driven, token=driven.shop.key, **query)

    assert (reply.status, reply.pointers) == (422, [f"?{next(iter(query))}"])


def test_what_is_foreign_or_unknown_is_not_found(driven: Round, hub: Carrier) -> None:
    other = hub.shop("Another shop")

    assert of_day(driven, token=driven.shop.key, shipper_id=other.shipper_id).status == 404
    assert of_day(driven, hub_id=NOBODY).status == 404
    assert of_day(driven, team_id=f"tem_{ULID}").status == 404
    assert of_day(driven, driver_id=f"drv_{ULID}").status == 404
    assert of_day(driven, shipper_id=f"shr_{ULID}").status == 404


def test_late_truth_changes_the_day_and_says_so(hub: Carrier) -> None:
    carrier = replace(hub, _hub_id="")
    found = drive(carrier.round(2).started())
    count(carrier, found)
    (before,) = of_day(found).json["data"]
    carrier.clock.advance(timedelta(days=3))
    reply = carrier.call(
        "POST",
        f"/v1/shipments/{found.ids[0][0]}/corrections",
        {"outcome": "attempt_failed", "reason": "refused", "explanation": "It was refused."},
        token=carrier.dispatcher,
    )
    assert reply.status == 200, reply.body

    count(carrier, found)

    (after,) = of_day(found).json["data"]
    assert before["figures"]["delivery_success"]["numerator"] == 1
    assert after["figures"]["delivery_success"]["numerator"] == 0
    assert after["failure_reasons"] == {"not_home": 1, "refused": 1}
    (change,) = after["late_changes"]
    assert change["service_day"] == day_of(found).isoformat()
    assert change["changed_at"] == after["recomputed_at"] > before["recomputed_at"]


def test_a_route_whose_track_expires_keeps_its_facts(hub: Carrier) -> None:
    carrier = replace(hub, _hub_id="")
    found = drive(carrier.round(1).started())
    count(carrier, found)
    (before,) = of_day(found).json["data"]

    carrier.clock.advance(timedelta(days=59, hours=12))
    counting = bootstrap.container().count_metrics

    assert counting.of_route(RouteId(found.route_id)) is Outcome.FINAL
    assert of_day(found).json["data"] == [before]


def test_the_table_is_a_file_without_formulas(driven: Round) -> None:
    reply = of_day(driven, "/csv", by="driver", step="day")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="metrics-')
    lines = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert {line["by"] for line in lines} == {"driver"}
    assert sum(int(line["tried"]) for line in lines) == 3
    assert lines[0]["rating"] == ""


def test_a_day_costs_few_reads_and_a_repeat_writes_nothing(driven: Round, hub: Carrier) -> None:
    counting = bootstrap.container().count_metrics
    with CapacityMeter().watching(*hub.clients()) as meter:
        assert counting.of_route(RouteId(driven.route_id)) is Outcome.SAME
        assert counting.of_day(HubId(hub.hub_id), day_of(driven)) is Outcome.SAME
    note(f"metrics, a repeat: {meter.call_count} calls, {meter.read_units:g} RRU, 0 WRU")
    assert meter.write_units == 0
    assert meter.calls["Query"] <= 3 + 3 + 3  # shipments; departures and tracks; the day
    with CapacityMeter().watching(*hub.clients()) as meter:
        assert of_day(driven).status == 200
    note(f"metrics, a question: {meter.call_count} calls, {meter.read_units:g} RRU")
    assert meter.write_units <= 1  # the count of the key's requests
    assert meter.read_units <= 4


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER, Role.ADMIN])
def test_staff_may_know(driven: Round, role: Role) -> None:
    assert of_day(driven, "", driven.carrier.key(role)).status == 200


def test_drivers_may_not(driven: Round) -> None:
    assert of_day(driven, "", driven.token).status == 403


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "?from_day"),
        ({"from_day": "2026-11-23"}, "?to_day"),
        ({"from_day": "today", "to_day": "2026-11-23"}, "?from_day"),
        ({"from_day": "2026-11-24", "to_day": "2026-11-23"}, "?to_day"),
        ({"from_day": "2025-01-01", "to_day": "2026-11-23"}, "?to_day"),
        ({"from_day": "2026-11-23", "to_day": "2026-11-23", "step": "hour"}, "?step"),
        ({"from_day": "2026-11-23", "to_day": "2026-11-23", "by": "van"}, "?by"),
        ({"from_day": "2026-11-23", "to_day": "2026-11-23", "hub_id": "x"}, "?hub_id"),
        ({"from_day": "2026-11-23", "to_day": "2026-11-23", "since": "x"}, "?since"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(
    shared: Carrier, query: dict[str, str], pointer: str
) -> None:
    for path in ("", "/csv"):
        reply = asked(shared, path, **query)
        assert (reply.status, reply.pointers) == (422, [pointer])


def test_a_span_over_400_days_is_refused_in_a_sentence(shared: Carrier) -> None:
    reply = asked(shared, from_day="2025-01-01", to_day="2026-11-23")

    assert reply.json["errors"][0]["detail"] == "The period has 692 days. Ask for 400 at most."


def test_drivers_of_one_shipper_are_not_kept(driven: Round) -> None:
    shipper_id = driven.shop.shipper_id
    reply = of_day(driven, by="driver", shipper_id=shipper_id)

    assert (reply.status, reply.pointers) == (422, ["?by"])
    assert of_day(driven, "/shipments", figure="success").pointers == ["?figure"]
