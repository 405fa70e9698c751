"""Any request that the reference allows, and many that it does not: each answer is as it says.

In a usual run a few requests an operation. Under `make test-deep` at least 200, and walks along the
links of the answers.
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
    """A route under way; what may be deleted is nobody's."""
    under_way = shared.round(3).started()
    shop = under_way.shop
    hook = {"url": "https://shop.example/parcels"}
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
            "driver_id": under_way.driver_id,
            "hub_id": shared.hub_id,
            "shipper_id": shop.shipper_id,
            "webhook_id": shared.made("/v1/webhooks", hook, shop.key)["id"],
        },
    )


def test_every_answer_is_as_the_reference_says(world: World) -> None:
    phases = ["examples", "coverage", "fuzzing", *(["stateful"] if DEEP else [])]

    report = explored(DOCUMENT, world, phases=phases, max_examples=times(quick=3, deep=200))

    note(
        f"{report.cases} requests, {report.checks} checks, {dict(sorted(report.statuses.items()))}"
    )
    assert report.failures == []
    assert report.cases > 1_000
    assert {"200", "201", "404", "405", "409", "415", "422"} <= set(report.statuses)


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
