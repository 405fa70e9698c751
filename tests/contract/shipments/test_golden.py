"""Shipments, events and uploads that earlier releases have written are read for ever."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters.dynamodb.shipments.events import from_image
from tests.contract.conftest import Stores, on_moto
from tests.contract.shipments.golden_values import EVENTS, SHIPMENTS, UPLOADS
from tests.support.golden import golden_items, put_golden_items, versions


@pytest.fixture(scope="module", params=versions("shipments"))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def written(version: str) -> Iterator[Stores]:
    with on_moto() as stores:
        put_golden_items(version, "shipments")
        yield stores


def test_all_are_read_somewhere_here(version: str) -> None:
    assert set(golden_items(version, "shipments")) >= {*SHIPMENTS, *EVENTS, *UPLOADS}


@pytest.mark.parametrize("name", SHIPMENTS)
def test_a_shipment_is_read(written: Stores, name: str) -> None:
    value = SHIPMENTS[name]

    assert written.shipments.get(value.id) == value
    assert written.shipments.get_many([value.id]) == {value.id: value}


def test_a_list_shows_them(written: Stores) -> None:
    own = {value.id: value for value in SHIPMENTS.values() if value.shipper_id == "shr_1"}

    listed = written.shipments.by_shipper(
        SHIPMENTS["shipment-loaded"].shipper_id, limit=50, position=None
    )

    assert {value.id: value for value in listed.data} == own


def test_the_history_is_read(written: Stores, version: str) -> None:
    shipment = SHIPMENTS["shipment-created-minimal"]
    images = golden_items(version, "shipments")

    assert written.shipments.with_history(shipment.id) == (shipment, tuple(EVENTS.values()))
    assert {name: from_image(images[name]) for name in EVENTS} == EVENTS


def test_the_uploads_are_read(written: Stores) -> None:
    for shipment_id, proof_id, content_type in UPLOADS.values():
        assert written.shipments.expected_proofs(shipment_id)[proof_id] == content_type
