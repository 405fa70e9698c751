"""Routes as the golden files hold them: each state that a stored plan can be in.

The files under `tests/golden` were written by the code of their version and are never written anew.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from chalicelib.domain.driving.run_sheets import Handled, Manifest, ManifestEntry
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stint, Stop
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.wishes.wishes import Access, Neighbour, Part, Wishes

STARTS_AT: Final = datetime(2026, 11, 23, 6, 30, 0, 250_000, tzinfo=UTC)
HUB: Final = Coordinates(60.205, 24.966)


def ulid(number: int) -> str:
    """An id's random part, the same for the same number."""
    return f"01KAR9Q7ZX{number:016d}"


def span(start_min: int, length_min: int) -> Range:
    start = STARTS_AT + timedelta(minutes=start_min)
    return Range(start, start + timedelta(minutes=length_min))


def eta(after_min: int) -> Eta:
    point = STARTS_AT + timedelta(minutes=after_min, seconds=17)
    return Eta(point, point - timedelta(minutes=9), point + timedelta(minutes=13))


def consignment(number: int, *barcodes: str) -> Consignment:
    codes = barcodes or (f"{640_000_000_000_000_000 + number:020d}",)
    return Consignment(ShipmentId(f"shp_{ulid(number)}"), codes)


def stop(number: int, *consignments: Consignment) -> Stop:
    """Its number is its place in the plan, from 0, unless a test says otherwise."""
    return Stop(
        id=StopId(f"stp_{ulid(1_000 + number)}"),
        number=number - 1,
        coordinates=Coordinates(60.1699 + 0.0031 * number, 24.9384 - 0.0047 * number),
        time_zone="Europe/Helsinki",
        consignments=consignments or (consignment(number),),
    )


WINDOWED: Final = replace(
    stop(1), window=span(60, 120), service_time_s=240.0, planned=eta(75), road_s=911.4
)
SHARED: Final = replace(
    stop(2, consignment(2), consignment(20, "A-1", "Ä 2", "00340000000000000017")),
    planned=eta(95),
    road_s=304.0,
)
BARE: Final = replace(stop(3), time_zone="Europe/Stockholm")
PLANNED: Final = Route(
    id=RouteId(f"rte_{ulid(1)}"),
    driver_id=DriverId(f"drv_{ulid(2)}"),
    hub_id=HubId(f"hub_{ulid(3)}"),
    hub_coordinates=HUB,
    service_day=date(2026, 11, 23),
    starts_at=STARTS_AT,
    stops=(WINDOWED, SHARED, BARE),
    created_at=STARTS_AT - timedelta(hours=14),
    breaks=(
        Break(STARTS_AT + timedelta(hours=3), STARTS_AT + timedelta(hours=5), 1_800),
        Break(STARTS_AT + timedelta(hours=6), STARTS_AT + timedelta(hours=7), 600),
    ),
)
ACTIVE: Final = replace(
    PLANNED,
    id=RouteId(f"rte_{ulid(4)}"),
    status=RouteStatus.ACTIVE,
    plan_version=2,
    started_at=STARTS_AT + timedelta(minutes=4),
    stops=(
        replace(WINDOWED, promise=span(60, 30)),
        replace(SHARED, promise=span(90, 30)),
        replace(BARE, planned=eta(120)),  # nothing for it was loaded: nothing is promised
    ),
)
ROUTES: Final[Mapping[str, Route]] = {
    "planned": PLANNED,
    "active": ACTIVE,
    "completed": replace(
        ACTIVE,
        id=RouteId(f"rte_{ulid(5)}"),
        status=RouteStatus.COMPLETED,
        plan_version=3,
        completed_at=STARTS_AT + timedelta(hours=8, milliseconds=7),
        breaks=(),
    ),
    "other_ids": replace(
        PLANNED,
        id=RouteId("rte_1"),
        driver_id=DriverId("Matti"),
        hub_id=HubId("pasila"),
        stops=(
            replace(stop(1, Consignment(ShipmentId("order/7"), ("7",))), id=StopId("first")),
            replace(stop(2, Consignment(ShipmentId("shp_é"), ())), id=StopId("stp_2")),
        ),
        breaks=(),
    ),
    "long": replace(
        ACTIVE,
        id=RouteId(f"rte_{ulid(6)}"),
        stops=tuple(
            replace(
                stop(i),
                number=i,
                planned=eta(20 + 3 * i),
                promise=span(15 + 3 * i, 30),
                road_s=60.5 + i,
            )
            for i in range(40)
        ),
    ),
}
"""What each file of that name holds, in every version."""
TAKEN_OFF: Final = replace(SHARED, consignments=SHARED.consignments[1:], promise=span(90, 30))
ADDED: Final = replace(stop(5), number=4)
EDITED: Final = replace(
    ACTIVE,
    id=RouteId(f"rte_{ulid(7)}"),
    status=RouteStatus.CANCELLED,
    plan_version=9,
    stops=(
        BARE,
        replace(WINDOWED, promise=span(75, 45)),
        ADDED,
        replace(SHARED, consignments=SHARED.consignments[:1]),
    ),
    joined=(*PLANNED.roll, *ADDED.consignments),
    taken_off=(TAKEN_OFF,),
    taken_off_with=(8,),
)
"""What ``v3/edits/edited.json`` holds: another order, one stop more, a part taken off."""
WENT_ON: Final = replace(ACTIVE, pauses=(span(480, 25), span(530, 4)))
HANDED_OVER: Final = replace(
    ACTIVE,
    driver_id=DriverId(f"drv_{ulid(9)}"),
    previous=RouteId(f"rte_{ulid(8)}"),
    stints=(
        Stint(ACTIVE.driver_id, span(120, 1).earliest, ACTIVE.previous),
        Stint(DriverId(f"drv_{ulid(8)}"), span(180, 1).earliest),
    ),
)
"""What ``v3/stints/handed-over.json`` holds: the third driver has the van."""
MANIFEST: Final = Manifest(
    route_id=PLANNED.id,
    entries=tuple(
        ManifestEntry(
            shipment_id=shipment_id,
            reference=f"ORDER-{number}",
            status=status,
            recipient_name=name,
            address_lines=lines,
            city="Helsinki",
            postal_code=postal_code,
            instructions=instructions,
            photo=photo,
        )
        for number, (
            shipment_id,
            status,
            name,
            lines,
            postal_code,
            instructions,
            photo,
        ) in enumerate(
            zip(
                [shipment_id for each in PLANNED.stops for shipment_id in each.shipment_ids],
                [Status.CREATED, Status.ACCEPTED, Status.CREATED, Status.CREATED],
                ["Aino Virtanen", "Väinö Mäkelä", "", "李雷"],
                [("Mannerheimintie 12 B 34",), ("Kulma", "Aleksanterinkatu 1"), ("x",), ("y",)],
                ["00100", None, "00120", "00130"],
                ["Ring twice", None, None, "Gate code 17"],
                [
                    Requirement.OPTIONAL,
                    Requirement.REQUIRED,
                    Requirement.NONE,
                    Requirement.OPTIONAL,
                ],
                strict=True,
            )
        )
    ),
    expires_at=datetime(2026, 11, 30, 6, 30, tzinfo=UTC),
    version=3,
)
"""What ``manifests/planned.json`` holds."""
HANDLED: Final = Handled(frozenset({0, 2, 3, 117}), frozenset({1}), frozenset({0, 3}))
"""What ``handled/planned.json`` holds."""

WISHED: Final = replace(
    MANIFEST,
    entries=(
        *MANIFEST.entries[:2],
        replace(
            MANIFEST.entries[2],
            wishes=Wishes(
                access=Access(entrance="Rappu B", door_code="4711"),
                neighbour=Neighbour("Eero", "B 12"),
                numbers={Part.INSTRUCTIONS: 1, Part.NEIGHBOUR: 2},
            ),
        ),
        *MANIFEST.entries[3:],
    ),
    version=2,
)
"""A manifest with what a recipient wants at the door."""
