"""Shipments, events and uploads that earlier releases have written are read for ever."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb.shipments.events import from_image
from chalicelib.domain.proofs.proofs import AllowedProof, ProofKind
from chalicelib.domain.shipments.shipments import Shipment
from tests.contract.conftest import Stores, on_moto
from tests.contract.shipments.golden_values import (
    COMPANY,
    EVENTS,
    FORGOTTEN,
    OFFICE,
    OFFICE_EVENTS,
    PREFERRING,
    PROVEN,
    RATED,
    REPORTED,
    SHIPMENTS,
    UPLOADS,
    WANTED,
    WHOLE,
    WISHED,
)
from tests.support.golden import golden_items, golden_versions, put_golden_items


@pytest.fixture(scope="module", params=golden_versions("shipments"))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def written(version: str) -> Iterator[Stores]:
    """What lies in a table that this version has taken over from those before it."""
    with on_moto() as stores:
        for each in golden_versions("shipments"):
            if each <= version:
                put_golden_items(each, "shipments")
        yield stores


def as_read(shipment: Shipment, version: str) -> Shipment:
    """The first version knew no details apart from the rest."""
    return replace(shipment, details_version=0) if version == "v1" else shipment


def later(version: str) -> list[Shipment]:
    """What later versions have added."""
    return [
        *(WHOLE.values() if version >= "v2" else ()),
        *(
            [
                *WANTED.values(),
                *OFFICE.values(),
                *RATED.values(),
                *WISHED.values(),
                *REPORTED.values(),
                *PROVEN.values(),
                *PREFERRING.values(),
                *FORGOTTEN.values(),
                *COMPANY.values(),
            ]
            if version >= "v3"
            else ()
        ),
    ]


def test_all_are_read_somewhere_here() -> None:
    details = {name.replace("shipment-", "details-") for name in SHIPMENTS}

    assert set(golden_items("v1", "shipments")) == {*SHIPMENTS, *EVENTS, *UPLOADS}
    assert set(golden_items("v2", "shipments")) == {*SHIPMENTS, *details, *WHOLE}
    office = {name.replace("shipment-", "details-") for name in OFFICE}
    wanted = {*WANTED, "details-wanted-day", *OFFICE, *office, *OFFICE_EVENTS}
    wanted |= {*RATED, "details-rated", *WISHED, "details-wished", *REPORTED, "details-reported"}
    wanted |= {*PROVEN, "details-proven", *PREFERRING, "details-preferring"}
    wanted |= {*FORGOTTEN, "details-forgotten", *COMPANY, "details-company"}
    assert set(golden_items("v3", "shipments")) == wanted
    assert golden_versions("shipments") == ["v1", "v2", "v3"]


@pytest.mark.parametrize("name", SHIPMENTS)
def test_a_shipment_is_read(written: Stores, version: str, name: str) -> None:
    value = as_read(SHIPMENTS[name], version)

    assert written.shipments.get(value.id) == value
    assert written.shipments.get_many([value.id]) == {value.id: value}


def test_a_list_shows_them(written: Stores, version: str) -> None:
    values = [as_read(value, version) for value in SHIPMENTS.values()]
    values += later(version)
    own = {value.id: value for value in values if value.shipper_id == "shr_1"}

    listed = written.shipments.by_shipper(
        SHIPMENTS["shipment-loaded"].shipper_id, limit=50, position=None
    )

    assert {value.id: value for value in listed.data} == own


def test_what_a_version_has_added_is_read(written: Stores, version: str) -> None:
    for value in later(version):
        assert written.shipments.get(value.id) == value


def test_what_the_office_has_done_is_read(written: Stores, version: str) -> None:
    if version < "v3":
        return
    _, history = written.shipments.with_history(OFFICE["shipment-corrected"].id, newest=20)
    assert history == tuple(OFFICE_EVENTS.values())


def test_the_history_is_read(written: Stores, version: str) -> None:
    shipment = as_read(SHIPMENTS["shipment-created-minimal"], version)
    images = golden_items("v1", "shipments")

    assert written.shipments.with_history(shipment.id, newest=20) == (
        shipment,
        tuple(EVENTS.values()),
    )
    assert {name: from_image(images[name]) for name in EVENTS} == EVENTS
    later = {"added_later": {"S": "unknown"}}
    assert {name: from_image(images[name] | later) for name in EVENTS} == EVENTS


def test_the_uploads_are_read(written: Stores) -> None:
    for shipment_id, proof_id, content_type in UPLOADS.values():
        allowed = AllowedProof(ProofKind.PHOTO, content_type)
        assert written.allowed_proofs.of(shipment_id)[proof_id] == allowed
