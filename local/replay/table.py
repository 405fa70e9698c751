"""The figures of a replay as a table for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

HORIZONS: Final = {
    "at_start": "at start",
    "60_min_before": "60 min before",
    "30_min_before": "30 min before",
    "10_min_before": "10 min before",
    "next_stop": "next stop",
}
DASH: Final = "–"
MINUTE_S: Final = 60.0


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """The table, line by line."""
    days = figures["days"]
    yield (
        f"  {figures['trips']} recorded trips of {figures['vehicles']} buses, "
        f"{figures['shipments']} shipments, {sum(figures['fixes'].values())} fixes, "
        f"{days[0]} to {days[-1]}"
    )
    yield from _eta(figures["eta"])
    yield from _compared(figures["compared"])
    yield from _told(figures)
    yield from _requests(figures["requests"])
    yield from _positions(figures["positions"], figures["units"])
    yield from _end(figures)


def _eta(eta: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [
            name,
            str(eta[key]["count"]),
            _minutes(eta[key]["mean_absolute_error_s"]),
            _minutes(eta[key]["median_absolute_error_s"]),
            _minutes(eta[key]["p90_absolute_error_s"]),
            _signed(eta[key]["bias_s"]),
            _percent(eta[key]),
            _minutes(eta[key]["mean_range_width_s"]),
            _minutes(eta[key]["naive"]["mean_absolute_error_s"]),
            _minutes(eta[key]["naive"]["p90_absolute_error_s"]),
            _percent(eta[key]["naive"]),
        ]
        for key, name in HORIZONS.items()
    ]
    head = ["ETA error, minutes", "n", "MAE", "median", "P90", "bias", "in range", "width"]
    yield from _table([*head, "naive MAE", "P90", "in range"], rows)
    yield "  bias: + = came earlier than told; range: 80 % are meant to lie inside;"
    yield "  naive: straight line × 1.3 at 30 km/h ± 40 %, at the same moments"


def _compared(compared: Mapping[str, Any]) -> Iterator[str]:
    """The first trips compared with the last ones: the effect of learning in between."""
    count = compared["trips"]
    if not count:
        return
    rows = [
        [name, *_learnt(compared["first"][key]), *_learnt(compared["last"][key])]
        for key, name in HORIZONS.items()
    ]
    cells = ["MAE", "of naive", "bias", "in range", "width"]
    head = [f"first {count} trips", "n", *cells, f"last {count}: n", *cells]
    yield from _table(head, rows)


def _learnt(eta: Mapping[str, Any]) -> list[str]:
    return [
        str(eta["count"]),
        _minutes(eta["mean_absolute_error_s"]),
        _share(eta["mean_absolute_error_s"], eta["naive"]["mean_absolute_error_s"]),
        _signed(eta["bias_s"]),
        _percent(eta),
        _minutes(eta["mean_range_width_s"]),
    ]


def _told(figures: Mapping[str, Any]) -> Iterator[str]:
    rows = [[kind, str(count)] for kind, count in figures["events"].items()]
    yield from _table([f"event, of {figures['histories']} shipments", "count"], rows)
    notices = figures["notices"]
    yield (
        f"  notices of {notices['shipments']} shipments: "
        f"{notices['sms']} SMS and {notices['email']} e-mails, "
        f"{notices['sms_per_shipment']:.2f} SMS a shipment; told twice: {notices['told_twice']}"
    )


def _requests(requests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        [
            each["route"],
            str(each["count"]),
            str(each["failed"]),
            f"{each['p50_ms']:.0f}",
            f"{each['p95_ms']:.0f}",
            *_cost(each["dynamodb"]),
        ]
        for each in requests
    ]
    head = ["request", "n", "failed", "p50 ms", "p95 ms", "calls", "write u.", "read u."]
    yield from _table(head, rows)


def _positions(positions: Mapping[str, Any], units: Mapping[str, float]) -> Iterator[str]:
    rows = [
        [name, str(positions[key]["requests"]), *_cost(positions[key])]
        for key, name in (("steady", "steady"), ("eventful", "something happened"))
    ]
    head = ["a batch of positions, mean (max)", "n", "calls", "write u.", "read u."]
    yield from _table(head, rows)
    yield (
        f"  LIVE: at most {positions['live_bytes_max']} bytes, "
        f"on a route of {positions['live_bytes_max_at_stops']} stops"
    )
    yield (
        f"  a shipment, from creation to its end, by requests: "
        f"{units['write']:.1f} write units, {units['read']:.1f} read units"
    )
    yield (
        f"  and in the background, of all: "
        f"{units['background_write']:.0f} write units, {units['background_read']:.0f} read units"
    )


def _end(figures: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in figures["fixes"].items())
    yield f"  fixes: {verdicts or 'none'}"
    contradictions = figures["contradictions"]
    yield f"  answers that contradict the recording: {sum(contradictions.values())}"
    for what, count in contradictions.items():
        yield f"    {count} × not: {what}"
    requests = sum(each["count"] for each in figures["requests"])
    yield f"  {requests} requests in {figures['spent_s']:.0f} s"


def _cost(cost: Mapping[str, Any]) -> list[str]:
    return [
        f"{cost[key]['mean']:.1f} ({cost[key]['max']:g})"
        for key in ("calls", "write_units", "read_units")
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    yield ""
    yield _row(head, widths)
    yield "  " + "─" * (sum(widths) + 3 * (len(widths) - 1))
    for row in rows:
        yield _row(row, widths)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A row with the first column aligned left and the figures aligned right."""
    first, *rest = (
        cell.rjust(width) if index else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {'   '.join([first, *rest])}"


def _minutes(value_s: float | None) -> str:
    return DASH if value_s is None else f"{value_s / MINUTE_S:.1f}"


def _signed(value_s: float | None) -> str:
    return DASH if value_s is None else f"{value_s / MINUTE_S:+.1f}"


def _share(value: float | None, whole: float | None) -> str:
    return DASH if value is None or not whole else f"{value / whole:.2f}"


def _percent(accuracy: Mapping[str, Any]) -> str:
    ratio = accuracy["coverage_ratio"]
    return DASH if ratio is None else f"{ratio:.1%}".replace("%", " %")
