"""Metrics as a table: a line for each row, and for each figure its value and both sums."""

from collections.abc import Iterator, Sequence

from chalicelib.api.schemas.figures import hides_vans
from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.metrics import figures
from chalicelib.domain.metrics.figures import DEFINITIONS, SPREADS, TOTALS
from chalicelib.domain.metrics.reports import Row
from chalicelib.domain.metrics.risks import GRADED
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.services.metrics.show_metrics import Report

PLACES = 4


def headings(report: Report) -> list[str]:
    """The names of the columns."""
    found = ["from_day", "to_day", "by", "group_id", "group_name", "recomputed_at"]
    found += _totals(report)
    for name in _figures(report):
        found += [name, f"{name}.numerator", f"{name}.denominator"]
    for name in _spreads(report):
        found += [f"{name}.count", f"{name}.mean_s", f"{name}.median_s", f"{name}.p90_s"]
    for horizon in Horizon:
        name = f"eta.{horizon.value}"
        found += [f"{name}.count", f"{name}.coverage", f"{name}.median_s", f"{name}.p90_s"]
    found += [f"risk.{horizon.value}.brier" for horizon in GRADED]
    found += [f"failed.{reason.value}" for reason in FailureReason]
    return [*found, *(f"stars.{stars}" for stars in figures.by_stars({}))]


def lines(report: Report) -> Iterator[Sequence[object]]:
    """The cells of each row. What has no value is empty."""
    for row in report.rows:
        yield _line(report, row)


def _line(report: Report, row: Row) -> list[object]:
    tally = row.tally
    counted_at = row.counted_at
    found: list[object] = [
        row.period.first.isoformat(),
        row.period.last.isoformat(),
        report.question.by.value,
        row.group_id or None,
        report.names.get(row.group_id),
        None if counted_at is None else counted_at.isoformat(timespec="seconds"),
    ]
    found += [tally.get(name, 0) for name in _totals(report)]
    for name in _figures(report):
        figure = figures.figure(tally, name)
        found += [_rounded(figure.value), figure.numerator, figure.denominator]
    for name in _spreads(report):
        spread = figures.spread_of(tally, name)
        found += (
            [0, None, None, None]
            if spread is None
            else [spread.count, *map(_rounded, (spread.mean_s, spread.median_s, spread.p90_s))]
        )
    accuracy = figures.eta_accuracy(tally)
    for horizon in Horizon:
        each = accuracy.get(horizon)
        found += (
            [0, None, None, None]
            if each is None
            else [
                each.error.count,
                _rounded(each.coverage.value),
                _rounded(each.error.median_s),
                _rounded(each.error.p90_s),
            ]
        )
    grades = figures.risk_grades(tally)
    found += [_rounded(grades[h].brier) if h in grades else None for h in GRADED]
    reasons = figures.by_reason(tally)
    found += [reasons.get(reason.value, 0) for reason in FailureReason]
    return [*found, *figures.by_stars(tally).values()]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def _totals(report: Report) -> list[str]:
    hides = hides_vans(report)
    return [name for name, (_, _, is_of_vans) in TOTALS.items() if not (is_of_vans and hides)]


def _figures(report: Report) -> list[str]:
    hides = hides_vans(report)
    return [name for name, means in DEFINITIONS.items() if not (means.is_of_vans and hides)]


def _spreads(report: Report) -> list[str]:
    hides = hides_vans(report)
    return [name for name, (_, is_of_vans) in SPREADS.items() if not (is_of_vans and hides)]
