"""Builders: a valid default of every type, in an invented Helsinki. Tests set only what they need.

All times are aware. `NOON` is the present in most tests.
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chalicelib.domain.accounts.devices import Device
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.members import Member
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import (
    DriverId,
    EventId,
    HubId,
    KeyId,
    MemberId,
    MessageId,
    ProofId,
    RouteId,
    ShipmentId,
    ShipperId,
    StopId,
    TeamId,
    VehicleId,
    WebhookId,
)
from chalicelib.domain.instants import Range
from chalicelib.domain.messages.threads import Author, Message
from chalicelib.domain.proofs.proofs import Flaw, Proof, ProofKind, kept_key, object_key
from chalicelib.domain.ratings.ratings import Rating, RatingReason, Verdict
from chalicelib.domain.routes.routes import Consignment, Route, Stop
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.delivery_days import WantedWindow
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Assignment, Attempt, Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HELSINKI: Final = Coordinates(60.1699, 24.9384)
HUB_PLACE: Final = Coordinates(60.2050, 24.9660)
M_PER_LAT_DEG: Final = 111_195.0  # on the sphere that `distance_m` measures


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def north_of(place: Coordinates, way_m: float) -> Coordinates:
    """The place `way_m` metres farther north, exact to a centimetre. A negative way leads south."""
    return Coordinates(round(place.lat_deg + way_m / M_PER_LAT_DEG, 7), place.lon_deg)


def make_range(earliest: datetime = NOON, length: timedelta = timedelta(minutes=30)) -> Range:
    return Range(earliest, earliest + length)


def make_eta(point: datetime = NOON, *, margin: timedelta = timedelta(minutes=10)) -> Eta:
    return Eta(point=point, earliest=point - margin, latest=point + margin)


def make_fix(recorded_at: datetime = NOON, **changes: Any) -> Fix:
    default: dict[str, Any] = {"coordinates": HELSINKI, "accuracy_m": 8.0}
    return Fix(recorded_at, **default | changes)


def make_drive(count: int, *, start: datetime = NOON, every_s: float = 30.0) -> tuple[Fix, ...]:
    """Fixes of a van that drives north at 10 m/s."""
    return tuple(
        make_fix(start + seconds(every_s * i), coordinates=north_of(HELSINKI, 10.0 * every_s * i))
        for i in range(count)
    )


def make_address(**changes: Any) -> Address:
    default: dict[str, Any] = {
        "lines": ("Mannerheimintie 12 B 34",),
        "city": "Helsinki",
        "country": "FI",
        "coordinates": HELSINKI,
        "time_zone": "Europe/Helsinki",
        "postal_code": "00100",
        "instructions": "Ring twice",
    }
    return Address(**default | changes)


def wanted_address(**changes: Any) -> WantedAddress:
    """The same address as it is ordered, without its place and its zone."""
    default: dict[str, Any] = {
        "lines": ("Mannerheimintie 12 B 34",),
        "city": "Helsinki",
        "country": "FI",
        "postal_code": "00100",
        "instructions": "Ring twice",
    }
    return WantedAddress(**default | changes)


def wanted_window(window: Range) -> WantedWindow:
    """A window as it is ordered, in instants."""
    return WantedWindow(window.earliest, window.latest, ("start", "end"))


def make_recipient(**changes: Any) -> Recipient:
    default = {"name": "Aino Virtanen", "phone": "+358401234567", "email": "aino@example.com"}
    return Recipient(**default | changes)


def make_shipment(number: int = 1, **changes: Any) -> Shipment:
    """A new shipment. `number` makes its id, reference and barcode unique."""
    default: dict[str, Any] = {
        "id": ShipmentId(f"shp_{number:04d}"),
        "shipper_id": ShipperId("shr_1"),
        "reference": f"ORDER-{number}",
        "recipient": make_recipient(),
        "address": make_address(),
        "parcels": (Parcel(f"BARCODE-{number}"),),
        "created_at": NOON - timedelta(days=1),
        "updated_at": NOON - timedelta(days=1),
        "version": 1,
        "details_version": 1,
        "seq": 1,
    }
    return Shipment(**default | changes)


def make_assignment(stop_index: int = 0, **changes: Any) -> Assignment:
    default: dict[str, Any] = {
        "route_id": RouteId("rte_1"),
        "stop_id": StopId(f"stp_{stop_index}"),
        "stop_number": stop_index,
        "driver_id": DriverId("drv_1"),
    }
    return Assignment(**default | changes)


def make_travelling(stop_index: int = 0, **changes: Any) -> Shipment:
    """A shipment on a van that has left, for the stop `stop_index` of `make_route`."""
    default: dict[str, Any] = {
        "status": Status.OUT_FOR_DELIVERY,
        "version": 4,
        "seq": 4,
        "assignment": make_assignment(stop_index),
        "promise": make_range(NOON),
        "first_promise": make_range(NOON),
    }
    return make_shipment(stop_index + 1, **default | changes)


def make_proof(number: int = 1, **changes: Any) -> Proof:
    proof_id = ProofId(f"prf_{number}")
    default: dict[str, Any] = {
        "id": proof_id,
        "kind": ProofKind.PHOTO,
        "object_key": kept_key(ShipmentId("shp_0001"), proof_id),
        "content_type": "image/jpeg",
        "size_bytes": 120_000,
        "etag": "0123456789abcdef",
        "uploaded_at": NOON,
        "sha256": f"{number:064x}",
    }
    return Proof(**default | changes)


def make_owed_proof(number: int = 1, flaw: Flaw | None = None) -> Proof:
    """A proof whose file has not come, or was rejected."""
    proof_id = ProofId(f"prf_{number}")
    key = object_key(ShipmentId("shp_0001"), proof_id)
    return make_proof(number, object_key=key, size_bytes=0, etag="", sha256=None, flaw=flaw)


def make_attempt(status: Status = Status.DELIVERED, **changes: Any) -> Attempt:
    default: dict[str, Any] = {
        "number": 1,
        "action_id": "action-1",
        "status": status,
        "occurred_at": NOON,
        "driver_id": DriverId("drv_1"),
    }
    return Attempt(**default | changes)


def make_event(seq: int = 1, **changes: Any) -> Event:
    default: dict[str, Any] = {
        "id": EventId(f"evt_{seq}"),
        "shipment_id": ShipmentId("shp_0001"),
        "shipper_id": ShipperId("shr_1"),
        "seq": seq,
        "type": EventType.CREATED,
        "occurred_at": NOON,
        "recorded_at": NOON,
        "actor_role": Role.SHIPPER,
        "actor_id": "key_1",
        "data": {"status": "created"},
    }
    return Event(**default | changes)


def make_stop(index: int = 0, **changes: Any) -> Stop:
    """The stop with this index. Each stop is 1 km north of the one before."""
    default: dict[str, Any] = {
        "id": StopId(f"stp_{index}"),
        "number": index,
        "coordinates": north_of(HELSINKI, 1_000.0 * index),
        "time_zone": "Europe/Helsinki",
        "consignments": (
            Consignment(ShipmentId(f"shp_{index + 1:04d}"), (f"BARCODE-{index + 1}",)),
        ),
    }
    return Stop(**default | changes)


def make_route(stops: int | Iterable[Stop] = 3, **changes: Any) -> Route:
    default: dict[str, Any] = {
        "id": RouteId("rte_1"),
        "driver_id": DriverId("drv_1"),
        "hub_id": HubId("hub_1"),
        "hub_coordinates": HUB_PLACE,
        "service_day": date(2026, 11, 23),
        "starts_at": NOON,
        "stops": tuple(map(make_stop, range(stops)) if isinstance(stops, int) else stops),
        "created_at": NOON - timedelta(hours=3),
    }
    return Route(**default | changes)


def make_live(stops: int = 3, **changes: Any) -> Live:
    """A driver on `make_route(stops)`, 5 km south of its first stop, and an ETA every half hour."""
    default: dict[str, Any] = {
        "driver_id": DriverId("drv_1"),
        "version": 1,
        "route_id": RouteId("rte_1"),
        "plan_version": 1,
        "started_at": NOON - timedelta(hours=1),
        "recent": (make_fix(coordinates=north_of(HELSINKI, -5_000.0)),),
        "estimated_at": NOON,
        "progress": tuple(
            Progress(promise=make_range(NOON + minutes(30 * i))) for i in range(stops)
        ),
        "etas": tuple(make_eta(NOON + minutes(30 * i + 15)) for i in range(stops)),
    }
    return Live(**default | changes)


def make_actor(role: Role = Role.DRIVER, **changes: Any) -> Actor:
    default: dict[str, Any] = {
        "role": role,
        "id": f"{role.value}_1",
        "shipper_id": ShipperId("shr_1") if role is Role.SHIPPER else None,
        "driver_id": DriverId("drv_1") if role is Role.DRIVER else None,
    }
    return Actor(**default | changes)


def make_shipper(number: int = 1, **changes: Any) -> Shipper:
    default: dict[str, Any] = {
        "id": ShipperId(f"shr_{number}"),
        "name": "Kirjakauppa",
        "created_at": NOON,
        "support_contact": "help@example.com",
    }
    return Shipper(**default | changes)


def make_message(number: int = 1, **changes: Any) -> Message:
    """A message of the recipient of `make_travelling()`; the next one is a minute later."""
    default: dict[str, Any] = {
        "id": MessageId(f"msg_{number:04d}"),
        "shipment_id": ShipmentId("shp_0001"),
        "author": Author.RECIPIENT,
        "written_at": NOON + minutes(number - 1),
        "text": f"Hello {number}",
    }
    return Message(**default | changes)


def make_rating(stars: int = 2, **changes: Any) -> Rating:
    """A rating of the outcome of `make_attempt()`, an hour later."""
    default: dict[str, Any] = {
        "verdict": Verdict(stars, (RatingReason.PUNCTUALITY, RatingReason.PLACE), "In the rain"),
        "attempt_number": 1,
        "rated_at": NOON + timedelta(hours=1),
        "changed_at": NOON + timedelta(hours=1),
    }
    return Rating(**default | changes)


def make_driver(number: int = 1, **changes: Any) -> Driver:
    default: dict[str, Any] = {
        "id": DriverId(f"drv_{number}"),
        "name": "Matti Korhonen",
        "created_at": NOON,
    }
    return Driver(**default | changes)


def make_hub(number: int = 1, **changes: Any) -> Hub:
    default: dict[str, Any] = {
        "id": HubId(f"hub_{number}"),
        "name": "Pasila",
        "coordinates": HUB_PLACE,
        "time_zone": "Europe/Helsinki",
        "created_at": NOON,
    }
    return Hub(**default | changes)


def make_team(number: int = 1, **changes: Any) -> Team:
    default: dict[str, Any] = {
        "id": TeamId(f"tem_{number}"),
        "name": "North",
        "created_at": NOON,
    }
    return Team(**default | changes)


def make_vehicle(number: int = 1, **changes: Any) -> Vehicle:
    default: dict[str, Any] = {
        "id": VehicleId(f"veh_{number}"),
        "name": "Van 7",
        "created_at": NOON,
        "plate": "ABC-123",
    }
    return Vehicle(**default | changes)


def make_member(number: int = 1, **changes: Any) -> Member:
    default: dict[str, Any] = {
        "id": MemberId(f"mbr_{number}"),
        "name": "Maija Korhonen",
        "email": f"maija{number}@example.com",
        "role": Role.DISPATCHER,
        "created_at": NOON,
    }
    return Member(**default | changes)


def make_key(number: int = 1, **changes: Any) -> ApiKey:
    default: dict[str, Any] = {
        "id": KeyId(f"key_{number}"),
        "role": Role.SHIPPER,
        "label": "web shop",
        "secret_hash": "ab" * 32,
        "created_at": NOON,
        "shipper_id": ShipperId("shr_1"),
    }
    return ApiKey(**default | changes)


def make_invitation(**changes: Any) -> Invitation:
    default: dict[str, Any] = {
        "code_hash": "cd" * 32,
        "driver_id": DriverId("drv_1"),
        "expires_at": NOON + timedelta(hours=1),
    }
    return Invitation(**default | changes)


def make_device(number: int = 1, **changes: Any) -> Device:
    default: dict[str, Any] = {
        "secret_hash": f"{number:x}" * 64,
        "driver_id": DriverId("drv_1"),
        "label": "Pixel",
        "created_at": NOON,
    }
    return Device(**default | changes)


def make_webhook(number: int = 1, **changes: Any) -> WebhookEndpoint:
    default: dict[str, Any] = {
        "id": WebhookId(f"whk_{number}"),
        "shipper_id": ShipperId("shr_1"),
        "url": "https://shop.example/hooks",
        "secret": "whsec_c2VjcmV0",
        "created_at": NOON,
    }
    return WebhookEndpoint(**default | changes)


def split(items: Sequence[Any], at: Iterable[int]) -> list[Sequence[Any]]:
    """The items in groups, split at these indexes."""
    cuts = [0, *sorted({cut for cut in at if 0 < cut < len(items)}), len(items)]
    return [items[a:b] for a, b in itertools.pairwise(cuts)]
