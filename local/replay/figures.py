"""The figures of a replay, the same for the table and for `--json`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from chalicelib.api.schemas.metrics import AccuracyOut
from chalicelib.domain.eta.accuracy import Horizon, pool
from local.inbox import Letter
from local.replay.metering import Log, Request, quantile
from local.replay.player import Run, World
from local.replay.scoring import Judged, judged, naive

METRICS: Final = "GET /v1/metrics/eta"
POSITIONS: Final = "POST /v1/driver/positions"


@dataclass(frozen=True, slots=True)
class Score:
    """The misses of a trip: those of the ETAs told, and those of a plain tracker."""

    told: Judged
    naive: Judged


def figures(
    world: World, runs: Sequence[Run], letters: Sequence[Letter], *, compare: int
) -> dict[str, Any]:
    """Everything that was measured. Each share comes with its numerator and denominator.

    The runs are in the order of their start. The first `compare` runs are compared with as many of
    the last ones.
    """
    shipments = sum(len(run.drops) for run in runs)
    days = sorted({run.trip.started_at.date().isoformat() for run in runs})
    scores = [Score(judged(run), naive(run)) for run in runs]
    return {
        "trips": len(runs),
        "vehicles": len({run.trip.vehicle for run in runs}),
        "days": days,
        "shipments": shipments,
        "fixes": dict(world.verdicts.most_common()),
        "eta": _eta(scores),
        "compared": {
            "trips": compare,
            "first": _eta(scores[:compare]),
            "last": _eta(scores[len(scores) - compare :]),
        },
        "events": dict(world.event_types.most_common()),
        "histories": world.histories,
        "notices": _notices(letters, len(world.watched)),
        "requests": _requests(world.log),
        "positions": _positions(world),
        "units": _units(world.log, shipments),
        "contradictions": dict(world.contradictions),
    }


def _eta(scores: Sequence[Score]) -> dict[str, Any]:
    """The figures of these trips together, each beside that of the plain tracker."""
    told = pool(misses for score in scores for misses in score.told)
    plain = pool(misses for score in scores for misses in score.naive)
    return {
        horizon.value: AccuracyOut.of(told[horizon]).model_dump()
        | {"naive": AccuracyOut.of(plain[horizon]).model_dump()}
        for horizon in Horizon
    }


def _notices(letters: Sequence[Letter], shipments: int) -> dict[str, Any]:
    """The notices of the shipments whose events went on to their recipients."""
    kinds = Counter(letter.kind for letter in letters)
    told = Counter((letter.recipient, letter.subject, letter.text) for letter in letters)
    return {
        "shipments": shipments,
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
    """DynamoDB's units per shipment, for requests and for work in the background."""
    requests = [request for request in log.requests if request.route != METRICS]
    write_units = sum(request.write_units for request in requests)
    read_units = sum(request.read_units for request in requests)
    return {
        "write": round(write_units / shipments, 1),
        "read": round(read_units / shipments, 1),
        "background_write": log.background_write_units,
        "background_read": log.background_read_units,
    }
