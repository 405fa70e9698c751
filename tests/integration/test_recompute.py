"""The command that counts metrics anew: whole days, and the same bytes each time."""

from datetime import timedelta

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.metrics.periods import Period
from chalicelib.services.metrics.count_metrics import Outcome
from infra.recompute import day, recompute
from tests.support.aws import SESSION
from tests.support.carrier import Carrier


def test_days_are_counted_from_nothing_and_a_repeat_changes_no_byte(carrier: Carrier) -> None:
    van = carrier.round(2).started()
    for stop in range(2):
        van.drive(-100.0 + 500.0 * stop)
        assert van.work(stop, "arrive").status == 200
        assert van.work(stop, "deliver").status == 200
    carrier.round(1)  # planned, and not driven
    today = carrier.clock.now().date()
    period = Period(today - timedelta(days=1), today + timedelta(days=1))

    first = recompute(bootstrap.container(), period)
    before = carrier.rows("metrics")
    second = recompute(bootstrap.container(), period)

    assert first.routes == {
        Outcome.CHANGED: 1,
        Outcome.SAME: 0,
        Outcome.FINAL: 0,
        Outcome.NOT_DRIVEN: 1,
    }
    assert first.days[Outcome.CHANGED] == 1
    assert "1 changed" in str(first)
    assert second.routes[Outcome.SAME] == second.days[Outcome.SAME] == 1
    assert carrier.rows("metrics") == before
    assert first.failed == second.failed == []

    for row in before:  # and from an empty table, the same again
        SESSION.client("dynamodb").delete_item(
            TableName=bootstrap.container().settings.metrics_table,
            Key={"owner_id": row["owner_id"], "item": row["item"]},
        )
    recompute(bootstrap.container(), period)

    def content(rows: list[dict[str, object]]) -> list[object]:
        return [
            (r["owner_id"], r["item"], r.get("packed"), r["expires_at"])
            for r in sorted(rows, key=lambda r: str(r["item"]))
        ]

    assert content(carrier.rows("metrics")) == content(before)


def test_the_topic_leads_to_figures_without_a_command(carrier: Carrier) -> None:
    van = carrier.round(1).started()
    van.drive(-100.0)
    assert van.work(0, "arrive").status == 200
    assert van.work(0, "deliver").status == 200

    bridge = carrier.bridge()
    bridge.settle()
    assert not carrier.rows("metrics"), "the queue holds news back, to count once"
    carrier.clock.advance(timedelta(minutes=6))
    bridge.settle()

    day_text = carrier.clock.now().date()
    span = f"from_day={day_text - timedelta(days=1)}&to_day={day_text + timedelta(days=1)}"
    (row,) = carrier.call("GET", f"/v1/metrics?{span}", token=carrier.dispatcher).json["data"]
    assert row["figures"]["delivery_success"]["value"] == 1.0


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(Exception, match="2026"):
        day("yesterday")
