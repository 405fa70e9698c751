"""Metrics on the wire. A figure without a denominator has no value, and a sentence says why."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BeforeValidator

from chalicelib.domain.errors import Invalid
from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.ids import DriverId, HubId, ShipperId, TeamId
from chalicelib.domain.metrics import figures
from chalicelib.domain.metrics.figures import DEFINITIONS, SPREADS, TOTALS, Spread, Unit
from chalicelib.domain.metrics.periods import Period, Step
from chalicelib.domain.metrics.questions import By, Of, Question
from chalicelib.domain.metrics.reports import Row
from chalicelib.domain.metrics.tallies import Tally
from chalicelib.edge.queries import QueryDay, QueryId
from chalicelib.edge.schemas import Listed, ListingQuery, Out, Query, Time
from chalicelib.edge.sentences import refused
from chalicelib.services.metrics.show_metrics import Behind, Report

Figured = Annotated[float, AfterValidator(lambda value: round(value, 4))]
"""To four digits behind the point."""
Seconds = Annotated[float, AfterValidator(lambda value: round(value, 1))]
"""To a tenth of a second."""
PATH: Final = "/v1/metrics/shipments"


class SpanQuery(Query):
    """Service days from ``from_day`` to ``to_day``, both included, and whom it is about."""

    from_day: QueryDay
    to_day: QueryDay
    hub_id: QueryId | None = None
    team_id: QueryId | None = None
    driver_id: QueryId | None = None
    shipper_id: QueryId | None = None

    def period(self) -> Period:
        """The service days. Raises Invalid for an impossible or a too long period."""
        return Period(self.from_day, self.to_day)

    def of(self) -> Of:
        """Whom it is limited to."""
        return Of(
            hub_id=None if self.hub_id is None else HubId(self.hub_id),
            team_id=None if self.team_id is None else TeamId(self.team_id),
            driver_id=None if self.driver_id is None else DriverId(self.driver_id),
            shipper_id=None if self.shipper_id is None else ShipperId(self.shipper_id),
        )


class TableQuery(SpanQuery):
    """The same, cut into days, weeks or months, and divided by hub, team, driver or shipper."""

    step: Step = Step.TOTAL
    by: By = By.TOTAL

    def to_domain(self) -> Question:
        """The question."""
        return Question(self.period(), self.step, self.by, self.of())


class MetricsQuery(TableQuery, ListingQuery):
    """The same, a page at a time."""


def _figure_name(text: object) -> str:
    if str(text) not in DEFINITIONS and str(text) not in TOTALS:
        words = "There is no such figure. The names are in `definitions` and `totals` of metrics."
        raise refused(code="unknown_figure", words=words)
    return str(text)


class BehindQuery(SpanQuery, ListingQuery):
    """The shipments behind a figure; ``counted``: only those in its numerator, or the others."""

    figure: Annotated[str, BeforeValidator(_figure_name)]
    counted: bool | None = None

    def to_domain(self) -> Question:
        """The question whose shipments are wanted."""
        return Question(self.period(), of=self.of())


class FigureOut(Out):
    """One figure: ``numerator`` by ``denominator``, in the unit of its definition.

    ``value`` is null where the denominator is 0, and ``note`` says so. ``is_small_sample``: it
    rests on fewer than 30 cases.
    """

    value: Figured | None
    numerator: int
    denominator: int
    is_small_sample: bool
    note: str | None


class BinOut(Out):
    """How many durations are from ``from_s`` to below ``until_s`` (null: without end)."""

    from_s: int
    until_s: int | None
    count: int


class SpreadOut(Out):
    """A distribution of durations. Median and 90th percentile are off by less than a bin."""

    count: int
    mean_s: Seconds
    median_s: Seconds
    p90_s: Seconds
    bins: tuple[BinOut, ...]


class HorizonOut(Out):
    """How far off the ETAs were at a moment before the arrivals.

    ``covered`` of ``count`` arrivals were inside their range. A positive ``bias_s`` means that
    vans came earlier than told.
    """

    count: int
    covered: int
    coverage_ratio: Figured
    mean_absolute_error_s: Seconds
    median_absolute_error_s: Seconds
    p90_absolute_error_s: Seconds
    bias_s: Seconds
    mean_range_width_s: Seconds
    bins: tuple[BinOut, ...]


class RiskOut(Out):
    """How right the probabilities of broken promises were: the mean of (probability - outcome)².

    The best is 0.

    ``brier_of_the_share`` is what somebody scores who always says the share of broken promises.
    """

    count: int
    broken: int
    brier: Figured
    brier_of_the_share: Figured


class LateChangeOut(Out):
    """The figures of a service day changed more than a day after it had ended."""

    service_day: date
    changed_at: Time


class MetricsRowOut(Out):
    """One period of one group.

    ``recomputed_at`` is when its figures changed last; null: there is no data. ``shipments`` leads
    to the shipments behind a figure: add ``&figure=`` and its name.
    """

    from_day: date
    to_day: date
    group_id: str | None
    group_name: str | None
    totals: dict[str, int]
    figures: dict[str, FigureOut]
    spreads: dict[str, SpreadOut | None]
    eta: dict[Horizon, HorizonOut]
    risk: dict[Horizon, RiskOut]
    failure_reasons: dict[str, int]
    stars: dict[str, int]
    authors: dict[str, int]
    recomputed_at: Time | None
    late_changes: tuple[LateChangeOut, ...]
    shipments: str


class DefinitionOut(Out):
    """What a figure means; ``numerator`` and ``denominator`` are the names of the sums."""

    unit: Unit
    numerator: str
    denominator: str
    meaning: str


class TotalOut(Out):
    """What a sum means."""

    unit: Unit
    meaning: str


class MetricsOut(Out):
    """Rows in the order of time, then of ids, with the definitions of all figures.

    Service days are those of each hub in its own time zone.
    """

    from_day: date
    to_day: date
    step: Step
    by: By
    definitions: dict[str, DefinitionOut]
    totals: dict[str, TotalOut]
    spreads: dict[str, str]
    data: tuple[MetricsRowOut, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, value: Listed) -> Self:
        """A page of the rows of a report, which is its first entry."""
        report, *rows = value.data
        if not isinstance(report, Report):
            raise TypeError
        asked = report.question
        return cls.model_validate(
            {
                "from_day": asked.period.first,
                "to_day": asked.period.last,
                "step": asked.step,
                "by": asked.by,
                "definitions": definitions(is_of_shipper=report.is_of_shipper),
                "totals": {
                    name: {"unit": unit, "meaning": meaning}
                    for name, (unit, meaning, is_of_vans) in TOTALS.items()
                    if not (is_of_vans and hides_vans(report))
                },
                "spreads": {
                    name: meaning
                    for name, (meaning, is_of_vans) in SPREADS.items()
                    if not (is_of_vans and hides_vans(report))
                },
                "data": [_row(report, row) for row in rows if isinstance(row, Row)],
                "next_cursor": value.next_cursor,
            }
        )


class BehindOut(Out):
    """A shipment behind a figure, with its share in numerator and denominator.

    ``driver_id`` is told to the carrier's staff only.
    """

    shipment_id: str
    route_id: str
    service_day: date
    driver_id: str | None
    numerator: int
    denominator: int


class BehindPageOut(Out):
    """A page of the shipments behind a figure. It may be short and still have a next one."""

    data: tuple[BehindOut, ...]
    next_cursor: str | None


def definitions(*, is_of_shipper: bool) -> dict[str, dict[str, object]]:
    """The definitions that this reader gets."""
    return {
        name: {
            "unit": each.unit,
            "numerator": each.above,
            "denominator": each.below,
            "meaning": each.meaning,
        }
        for name, each in DEFINITIONS.items()
        if not (each.is_of_vans and is_of_shipper)
    }


def hides_vans(report: Report) -> bool:
    """Rows about shippers have nothing of vans, whoever reads them."""
    return (
        report.is_of_shipper
        or report.question.of.shipper_id is not None
        or (report.question.by is By.SHIPPER)
    )


def _row(report: Report, row: Row) -> dict[str, object]:
    hides = hides_vans(report)
    tally = row.tally
    return {
        "from_day": row.period.first,
        "to_day": row.period.last,
        "group_id": row.group_id or None,
        "group_name": report.names.get(row.group_id),
        "totals": {
            name: tally.get(name, 0)
            for name, (_, _, is_of_vans) in TOTALS.items()
            if not (is_of_vans and hides)
        },
        "figures": {
            name: shown_figure(tally, name)
            for name, means in DEFINITIONS.items()
            if not (means.is_of_vans and hides)
        },
        "spreads": {
            name: _spread(figures.spread_of(tally, name))
            for name, (_, is_of_vans) in SPREADS.items()
            if not (is_of_vans and hides)
        },
        "eta": {
            horizon: {
                "count": each.error.count,
                "covered": each.coverage.numerator,
                "coverage_ratio": each.coverage.value,
                "mean_absolute_error_s": each.error.mean_s,
                "median_absolute_error_s": each.error.median_s,
                "p90_absolute_error_s": each.error.p90_s,
                "bias_s": each.bias_s,
                "mean_range_width_s": each.mean_width_s,
                "bins": _bins(each.error),
            }
            for horizon, each in figures.eta_accuracy(tally).items()
        },
        "risk": figures.risk_grades(tally),
        "failure_reasons": figures.by_reason(tally),
        "stars": {str(stars): count for stars, count in figures.by_stars(tally).items()},
        "authors": figures.by_author(tally),
        "recomputed_at": row.counted_at,
        "late_changes": row.late_changes,
        "shipments": _link(report, row),
    }


def shown_figure(tally: Tally, name: str) -> dict[str, object]:
    """A figure, and a sentence where it has no value."""
    found = figures.figure(tally, name)
    return {
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "is_small_sample": found.is_small,
        "note": DEFINITIONS[name].nothing if found.value is None else None,
    }


def _spread(found: Spread | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "count": found.count,
        "mean_s": found.mean_s,
        "median_s": found.median_s,
        "p90_s": found.p90_s,
        "bins": _bins(found),
    }


def _bins(found: Spread) -> list[dict[str, int | None]]:
    return [
        {"from_s": begins_s, "until_s": ends_s, "count": count}
        for begins_s, ends_s, count in found.bins
    ]


def _link(report: Report, row: Row) -> str:
    """The address of what is behind the figures of a row, but for the name of the figure."""
    asked = report.question
    named: dict[str, str | None] = {
        "hub_id": asked.of.hub_id,
        "team_id": asked.of.team_id,
        "driver_id": asked.of.driver_id,
        "shipper_id": None if report.is_of_shipper else asked.of.shipper_id,
    }
    if asked.by is not By.TOTAL and not report.is_of_shipper:
        named[f"{asked.by.value}_id"] = row.group_id
    days: Mapping[str, str] = {
        "from_day": row.period.first.isoformat(),
        "to_day": row.period.last.isoformat(),
    }
    return f"{PATH}?{urlencode({**days, **{k: v for k, v in named.items() if v is not None}})}"


def shown_behind(each: Behind, *, is_of_shipper: bool) -> BehindOut:
    """A shipment behind a figure, as this reader may see it."""
    return BehindOut(
        shipment_id=each.shipment_id,
        route_id=each.route_id,
        service_day=each.service_day,
        driver_id=None if is_of_shipper else each.driver_id,
        numerator=each.numerator,
        denominator=each.denominator,
    )


def row_position(position: Mapping[str, str] | None) -> int:
    """The number of the row that a page begins with. Raises Invalid for no number."""
    text = (position or {}).get("row", "0")
    if not text.isdigit():
        raise Invalid(pointer="?cursor", code="invalid_cursor")
    return int(text)
