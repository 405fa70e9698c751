"""Tracking views of every kind. The default is a van in Helsinki, three stops away."""

from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.statuses import FailureReason, Status, external_status
from chalicelib.domain.tracking.tracking import (
    Milestone,
    Outcome,
    Position,
    Sender,
    ShownProof,
    TrackingView,
)
from tests.support.builders import NOON, minutes

DOOR: Final = Coordinates(60.16952, 24.94521)
VAN: Final = Coordinates(60.17655, 24.93802)
SOON: Final = Eta(NOON + minutes(25), NOON + minutes(12), NOON + minutes(38))
PROMISE: Final = Range(NOON + minutes(10), NOON + minutes(40))


def make_view(status: Status = Status.OUT_FOR_DELIVERY, **changes: Any) -> TrackingView:
    default: dict[str, Any] = {
        "status": status,
        "external_status": external_status(status),
        "reference": "KK-10482",
        "sender": Sender("Kukka & Korpi", "apu@kukkakorpi.example"),
        "city": "Helsinki",
        "time_zone": "Europe/Helsinki",
        "locale": "en",
        "server_now": NOON,
        "version": 4,
        "eta": SOON,
        "eta_age_s": None,
        "promise": PROMISE,
        "delayed": False,
        "window": None,
        "stops_before": 3,
        "position": make_position(),
        "position_hidden_because": None,
        "last_seen_age_s": 20,
        "destination": DOOR,
        "timeline": make_timeline(status),
        "outcome": None,
        "poll_after_s": 10,
        "country": "FI",
    }
    whole = default | changes
    if whole["eta"] is not None:
        whole = {"expected": whole["eta"].range.as_promise(minutes(5))} | whole
    return TrackingView(**whole)


def make_position(at: Coordinates = VAN, **changes: Any) -> Position:
    default: dict[str, Any] = {
        "lat_deg": at.lat_deg,
        "lon_deg": at.lon_deg,
        "recorded_at": NOON - timedelta(seconds=20),
        "age_s": 20,
        "heading_deg": 140.0,
    }
    return Position(**default | changes)


def make_waiting(status: Status = Status.CREATED, **changes: Any) -> TrackingView:
    """A view before the van has left, without driver and ETA."""
    return make_view(status, **_nobody_drives() | {"promise": None, "poll_after_s": 60} | changes)


def make_stale(**changes: Any) -> TrackingView:
    """A view four minutes after the last fix of the driver's phone."""
    silent: dict[str, Any] = {
        "position": None,
        "position_hidden_because": "stale",
        "last_seen_age_s": 250,
        "eta_age_s": 250,
    }
    return make_view(**silent | changes)


def make_delayed(**changes: Any) -> TrackingView:
    later = Range(NOON + minutes(55), NOON + minutes(80))
    told = make_milestone("eta.delayed", NOON - minutes(3), promise=later)
    default: dict[str, Any] = {
        "delayed": True,
        "promise": later,
        "eta": Eta(NOON + minutes(66), NOON + minutes(55), NOON + minutes(80)),
        "timeline": (*make_timeline(Status.OUT_FOR_DELIVERY), told),
    }
    return make_view(**default | changes)


def make_delivered(**changes: Any) -> TrackingView:
    outcome = Outcome(
        status=Status.DELIVERED,
        at=NOON - minutes(4),
        reason=None,
        note="Left with the concierge in the lobby",
        proofs=(ShownProof("prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y", "photo"),),
    )
    finished: dict[str, Any] = {"promise": None, "outcome": outcome, "poll_after_s": None}
    return make_view(Status.DELIVERED, **_nobody_drives("done") | finished | changes)


def make_failed(reason: FailureReason = FailureReason.NOT_HOME, **changes: Any) -> TrackingView:
    outcome = Outcome(
        status=Status.ATTEMPT_FAILED,
        at=NOON - minutes(4),
        reason=reason,
        note=None,
        proofs=(),
    )
    finished: dict[str, Any] = {"promise": None, "outcome": outcome, "poll_after_s": 60}
    return make_view(Status.ATTEMPT_FAILED, **_nobody_drives("done") | finished | changes)


def make_milestone(kind: str, at: datetime, **data: Any) -> Milestone:
    """A line of the history. A range as `promise` gets the form of event data."""
    return Milestone(kind, at, {key: _written(value) for key, value in data.items()})


def make_timeline(status: Status) -> tuple[Milestone, ...]:
    """The history that leads to a status."""
    told = [
        make_milestone("shipment.created", NOON - timedelta(hours=22)),
        make_milestone("shipment.accepted", NOON - timedelta(hours=5)),
        make_milestone("shipment.loaded", NOON - timedelta(hours=3)),
        make_milestone("shipment.out_for_delivery", NOON - timedelta(hours=2)),
        make_milestone("eta.promised", NOON - timedelta(hours=2), promise=PROMISE),
        make_milestone("shipment.arriving", NOON - minutes(12)),
        make_milestone("shipment.arrived", NOON - minutes(6)),
    ]
    known = {
        Status.CREATED: 1,
        Status.ACCEPTED: 2,
        Status.LOADED: 3,
        Status.OUT_FOR_DELIVERY: 5,
        Status.ARRIVING: 6,
    }
    end = {
        Status.DELIVERED: [make_milestone("shipment.delivered", NOON - minutes(4))],
        Status.ATTEMPT_FAILED: [
            make_milestone("shipment.attempt_failed", NOON - minutes(4), reason="not_home")
        ],
    }
    return tuple(told[: known.get(status, len(told))] + end.get(status, []))


def _nobody_drives(why: str | None = None) -> dict[str, Any]:
    return {
        "eta": None,
        "eta_age_s": None,
        "stops_before": None,
        "position": None,
        "position_hidden_because": why,
        "last_seen_age_s": None,
    }


def _written(value: object) -> object:
    if isinstance(value, Range):
        return {"earliest": value.earliest.isoformat(), "latest": value.latest.isoformat()}
    return value
