"""What a replay showed, in figures: the same for the table and for `--json`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from chalicelib.domain.accuracy import Accuracy, Horizon, measure
from local.inbox import Letter
from local.replay import scoring
from local.replay.metering import Log, Request, quantile
from local.replay.player import Run, World

MINUTE_S: Final = 60.0
POSITIONS: Final = "POST /v1/driver/positions"


def figures(
    world: World, runs: Sequence[Run], tracks: Sequence[scoring.Track], letters: Sequence[Letter]
) -> dict[str, Any]:
    """Everything that was measured. Numerators and denominators stand beside each share."""
    shipments = sum(len(run.drops) for run in runs)
    days = sorted({run.trip.started_at.date().isoformat() for run in runs})
    return {
        "trips": len(runs),
        "vehicles": len({run.trip.vehicle for run in runs}),
        "days": days,
        "shipments": shipments,
        "fixes": dict(world.verdicts.most_common()),
        "eta": _eta(runs, tracks),
        "events": dict(world.event_types.most_common()),
        "notices": _notices(letters, shipments),
        "requests": _requests(world.log),
        "positions": _positions(world),
        "units_per_shipment": _units(world.log, shipments),
        "contradictions": dict(world.contradictions),
    }


def _eta(runs: Sequence[Run], tracks: Sequence[scoring.Track]) -> dict[str, Any]:
    ours = [scoring.arrivals(run, track) for run, track in zip(runs, tracks, strict=True)]
    naive = [scoring.naive_arrivals(run, real) for run, real in zip(runs, ours, strict=True)]
    told = measure(arrival for run in ours for arrival in run)
    plain = measure(arrival for run in naive for arrival in run)
    return {
        horizon.value: _accuracy(told[horizon]) | {"naive": _accuracy(plain[horizon])}
        for horizon in Horizon
    }


def _accuracy(accuracy: Accuracy) -> dict[str, Any]:
    return {
        "count": accuracy.count,
        "mean_absolute_error_min": _minutes(accuracy.mean_s),
        "median_absolute_error_min": _minutes(accuracy.median_s),
        "p90_absolute_error_min": _minutes(accuracy.p90_s),
        "bias_min": _minutes(accuracy.bias_s),
        "covered": accuracy.covered,
        "coverage_ratio": accuracy.coverage_ratio,
        "mean_range_min": _minutes(accuracy.mean_width_s),
    }


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / MINUTE_S, 3)


def _notices(letters: Sequence[Letter], shipments: int) -> dict[str, Any]:
    kinds = Counter(letter.kind for letter in letters)
    told = Counter((letter.recipient, letter.subject, letter.text) for letter in letters)
    return {
        "sms": kinds["sms"],
        "email": kinds["email"],
        "per_shipment": round(len(letters) / shipments, 2),
        "sms_per_shipment": round(kinds["sms"] / shipments, 2),
        "told_twice": sum(count - 1 for count in told.values()),
    }


def _requests(log: Log) -> list[dict[str, Any]]:
    ordered = sorted(log.requests, key=lambda request: request.route)
    by_route = ((route, list(found)) for route, found in groupby(ordered, lambda r: r.route))
    return [
        {
            "route": route,
            "count": len(found),
            "failed": sum(request.status >= 400 for request in found),
            "p50_ms": round(quantile([request.spent_ms for request in found], 0.5), 1),
            "p95_ms": round(quantile([request.spent_ms for request in found], 0.95), 1),
            "dynamodb": _cost(found),
        }
        for route, found in by_route
    ]


def _positions(world: World) -> dict[str, Any]:
    posted = [request for request in world.log.requests if request.route == POSITIONS]
    stops, live_bytes = max(world.live_sizes, key=lambda size: size[1], default=(0, 0))
    return {
        "steady": _cost(request for request in posted if not request.is_transaction),
        "eventful": _cost(request for request in posted if request.is_transaction),
        "live_bytes_max": live_bytes,
        "live_bytes_max_at_stops": stops,
    }


def _cost(requests: Iterable[Request]) -> dict[str, Any]:
    found = list(requests)
    return {
        "requests": len(found),
        "calls": _spread([request.calls for request in found]),
        "write_units": _spread([request.write_units for request in found]),
        "read_units": _spread([request.read_units for request in found]),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {"mean": 0.0, "max": 0.0}
    return {"mean": round(sum(values) / len(values), 2), "max": float(max(values))}


def _units(log: Log, shipments: int) -> dict[str, float]:
    """All that DynamoDB charges for a shipment, requests and background together."""
    write_units = sum(request.write_units for request in log.requests) + log.background_write_units
    read_units = sum(request.read_units for request in log.requests) + log.background_read_units
    return {
        "write": round(write_units / shipments, 1),
        "read": round(read_units / shipments, 1),
    }
