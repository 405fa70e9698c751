"""Any request that the reference allows, and many that it does not: each answer is as it says.

In a usual run a few requests an operation. Under `make test-deep` at least 200, each boundary of
each field, and walks along the links of the answers.
"""

import socket
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

import pytest

from app import app
from chalicelib.domain.actors import Role
from infra.reference.document import document
from tests.support.carrier import Carrier, note
from tests.support.depth import DEEP, times
from tests.support.exploring import World, explored
from tests.support.phones import Phone

DOCUMENT: Final = document(app)


@pytest.fixture(scope="module")
def names() -> Iterator[None]:
    """Every name of a host has the same public address: nobody is asked."""

    def found(_host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        yield


@pytest.fixture(scope="module")
def world(shared: Carrier, names: None) -> World:
    """A route under way. Accounts that may be ended are not those that ask."""
    under_way = shared.round(3).started()
    shop = under_way.shop
    hook = {"url": "https://shop.example/parcels"}
    spare_driver, _ = shared.driver()
    invitations = f"/v1/drivers/{spare_driver}/invitations"
    new_key = {"role": "manager", "label": "spare"}
    new_hub = {"name": "H", "lat_deg": 60.2, "lon_deg": 24.9, "time_zone": "Europe/Helsinki"}
    return World(
        tick=lambda: shared.clock.advance(timedelta(seconds=1)),
        tokens={
            Role.SHIPPER: shop.key,
            Role.ADMIN: shared.admin,
            Role.DRIVER: under_way.token,
        },
        ids={
            "shipment_id": under_way.ids[0][0],
            "route_id": under_way.route_id,
            "stop_id": under_way.stop_ids[0],
            "driver_id": shared.driver()[0],
            "hub_id": shared.hub_id,
            "shipper_id": shop.shipper_id,
            "team_id": shared.made("/v1/teams", {"name": "T"}, shared.admin)["id"],
            "import_id": shared.made("/v1/imports", {"file_name": "may.csv"}, shop.key)["id"],
        },
        spare={
            "driver_id": spare_driver,
            "hub_id": shared.made("/v1/hubs", new_hub, shared.admin)["id"],
            "shipper_id": shared.shop().shipper_id,
            "team_id": shared.made("/v1/teams", {"name": "S"}, shared.admin)["id"],
            "vehicle_id": shared.made("/v1/vehicles", {"name": "V"}, shared.admin)["id"],
            "key_id": shared.made("/v1/keys", new_key, shared.admin)["id"],
            "invitation_id": shared.made(invitations, {}, shared.admin)["id"],
            "device_id": Phone.of(shared, spare_driver).id,
            "key": Phone.of(shared, under_way.driver_id).key,
            "webhook_id": shared.made("/v1/webhooks", hook, shop.key)["id"],
        },
    )


def test_every_answer_is_as_the_reference_says(world: World) -> None:
    phases = ["examples", "fuzzing", *(["coverage", "stateful"] if DEEP else [])]

    report = explored(DOCUMENT, world, phases=phases, max_examples=times(quick=6, deep=200))

    note(
        f"{report.cases} requests, {report.checks} checks, {dict(sorted(report.statuses.items()))}"
    )
    assert report.failures == []
    assert report.cases > times(quick=300, deep=8_000)
    assert {"200", "201", "404", "422"} <= set(report.statuses)


@pytest.mark.parametrize("gap", ["status", "field", "type"])
def test_a_gap_in_the_reference_is_found(world: World, gap: str) -> None:
    planted = deepcopy(DOCUMENT)
    operation = planted["paths"]["/v1/shipments/{shipment_id}"]["get"]
    shipment = planted["components"]["schemas"]["ShipmentOut"]
    match gap:
        case "status":
            del operation["responses"]["200"]
        case "field":
            del shipment["properties"]["tracking_url"]
            shipment["required"].remove("tracking_url")
        case "type":
            shipment["properties"]["attempts"] = {"type": "string"}

    report = explored(
        planted, world, max_examples=3, phases=["fuzzing"], operation_id="get_shipment"
    )

    assert report.failures
