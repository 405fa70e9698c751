"""Shipments on the wire: what a shipper may write as an e-mail address, and what comes back."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from chalicelib.api.schemas.contacts import Email
from chalicelib.api.schemas.shipments import ShipmentOut
from chalicelib.domain.shipments.shipments import Shipment
from tests.support.builders import make_shipment
from tests.support.strategies import shipments

ROOT: Final = Path(__file__).parents[4]
EMAIL: Final[TypeAdapter[str]] = TypeAdapter(Email)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("aino@example.com", "aino@example.com"),
        ("Aino.Virtanen+parcels@Example.COM", "Aino.Virtanen+parcels@example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("aino@räkmörkö.fi", "aino@xn--rkmrk-gra2kc.fi"),
    ],
)
def test_an_address_is_kept_as_mail_servers_read_it(written: str, kept: str) -> None:
    assert EMAIL.validate_python(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "toivo",
        "toivo@",
        "@example.com",
        "toivo@localhost",
        "toivo@example",
        "toivo@example..com",
        ".toivo@example.com",
        "toivo.@example.com",
        "a..b@example.com",
        "toivo@-example.com",
        "toivo@[192.0.2.1]",
        "toivo@192.0.2.1",
        '"toivo"@example.com',
        "Toivo <toivo@example.com>, Otto",
        "toivo@example.com, toivo@example.com",
        "toivo@example.com\nBcc: toivo@example.com",
        "äinö@example.com",
        "t" * 65 + "@example.com",
        "toivo@" + "a" * 64 + ".com",
        "toivo@" + "a.b" * 90 + ".com",
    ],
    ids=lambda text: repr(text)[:40],
)
def test_what_no_mail_can_reach_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        EMAIL.validate_python(written)

    (error,) = refusal.value.errors(include_url=False, include_input=False)
    assert "toivo" not in error["msg"]


def test_an_address_is_checked_without_asking_name_servers() -> None:
    """Neither the app alone nor a check imports ``dns``, which the deployed zip does not have."""
    check = (
        "import sys, app\n"
        "assert 'email_validator' not in sys.modules\n"
        "sys.modules['dns'] = None\n"
        "from pydantic import TypeAdapter\n"
        "from chalicelib.api.schemas.contacts import Email\n"
        "print(TypeAdapter(Email).validate_python('aino@example.com'))\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (ran.stdout.strip(), ran.stderr) == ("aino@example.com", "")


@given(shipments())
def test_a_shipment_comes_back_with_all_that_its_owner_sent(shipment: Shipment) -> None:
    out = ShipmentOut.told(shipment, tracking_url="https://track.example/t/1")

    assert out.recipient.model_dump() == {
        "name": shipment.recipient.name,
        "phone": shipment.recipient.phone,
        "email": shipment.recipient.email,
        "locale": shipment.recipient.locale,
    }
    assert (out.address.lat_deg, out.address.lon_deg) == (
        shipment.address.coordinates.lat_deg,
        shipment.address.coordinates.lon_deg,
    )
    assert [parcel.barcode for parcel in out.parcels] == list(shipment.barcodes)
    assert out.route_id == (shipment.assignment.route_id if shipment.assignment else None)
    assert out.external_status.sub_status == shipment.external_status.sub_status
    assert out.tracking_url == "https://track.example/t/1"


def test_a_shipment_on_no_route_says_so() -> None:
    out = ShipmentOut.told(make_shipment(assignment=None), tracking_url="")

    assert '"route_id":null' in out.model_dump_json()
