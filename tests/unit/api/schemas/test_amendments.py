"""Changes of a shipment: what is read can be written back, and bad values are pointed at."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.api.schemas.amendments import CorrectionIn, RetryIn, ShipmentChangesIn
from chalicelib.api.schemas.shipments import ShipmentOut
from chalicelib.domain.shipments.amendments import Detail, changed_details
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.edge.problems import Unfit
from tests.support.builders import NOON, make_range, make_shipment

SHIPMENT = make_shipment(
    1, window=make_range(NOON, timedelta(hours=2, milliseconds=5)), service_time_s=90.0
)


def changed(said: Any, shipment: Shipment = SHIPMENT) -> Shipment:
    return ShipmentChangesIn.model_validate_json(json.dumps(said)).of(shipment)


def pointers(said: Any) -> list[str]:
    try:
        changed(said)
    except Unfit as exc:
        return [error["pointer"] for error in exc.data["errors"]]  # type: ignore[attr-defined] # a list
    except ValidationError as exc:
        return ["/" + "/".join(map(str, error["loc"])) for error in exc.errors()]
    return []


def test_what_is_read_can_be_written_back_under_the_same_names() -> None:
    answer = ShipmentOut.told(SHIPMENT, tracking_url="https://track.example/t/x").model_dump(
        mode="json"
    )
    names = ("recipient", "address", "window", "service_time_s")

    assert changed({name: answer[name] for name in names}) == SHIPMENT


@pytest.mark.parametrize(
    ("said", "details"),
    [
        ({}, ()),
        ({"address": {"instructions": "At the back"}}, (Detail.INSTRUCTIONS,)),
        ({"address": {"instructions": None}}, (Detail.INSTRUCTIONS,)),
        ({"recipient": {"phone": "040 765 4321"}}, (Detail.RECIPIENT,)),
        ({"recipient": {"phone": None, "email": None}}, (Detail.RECIPIENT,)),
        ({"service_time_s": None}, (Detail.SERVICE_TIME,)),
        ({"window": None}, (Detail.WINDOW,)),
        ({"window": {"start": "2026-11-24", "end": "2026-11-24"}}, (Detail.WINDOW,)),
        ({"address": {"lines": ["Mannerheimintie 14"]}}, (Detail.ADDRESS,)),
        ({"address": {"lat_deg": 60.18, "lon_deg": 24.95}}, (Detail.PLACE,)),
    ],
)
def test_what_is_left_out_stays_and_null_takes_away(
    said: dict[str, Any], details: tuple[Detail, ...]
) -> None:
    after = changed(said)

    assert changed_details(SHIPMENT, after) == details
    assert (after.reference, after.parcels, after.version) == (
        SHIPMENT.reference,
        SHIPMENT.parcels,
        SHIPMENT.version,
    )


def test_a_phone_number_is_read_in_the_country_of_the_address_that_is_there() -> None:
    assert changed({"recipient": {"phone": "040 765 4321"}}).recipient.phone == "+358407654321"


def test_a_day_is_the_whole_day_at_the_address() -> None:
    window = changed({"window": {"start": "2026-11-24", "end": "2026-11-24"}}).window

    assert window is not None
    assert window.earliest.isoformat() == "2026-11-23T22:00:00+00:00"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"recipient": {"name": None}}, "/recipient/name"),
        ({"recipient": {"phone": "12"}}, "/recipient/phone"),
        ({"address": {"city": None}}, "/address/city"),
        ({"address": {"country": None}}, "/address/country"),
        ({"address": {"lat_deg": 24.93, "lon_deg": 60.17}}, "/address/lat_deg"),
        ({"address": None}, "/address"),
        ({"window": {"start": "2026-11-25", "end": "2026-11-24"}}, "/window/end"),
        ({"window": {"latest": "2026-11-25"}}, "/window/earliest"),
        ({"status": "delivered"}, "/status"),
        ({"parcels": []}, "/parcels"),
    ],
)
def test_what_does_not_fit_is_pointed_at(said: dict[str, Any], pointer: str) -> None:
    assert pointers(said) == [pointer]


def test_a_window_for_another_attempt_is_read_at_the_address() -> None:
    said = {"window": {"start": "2026-11-24T10:00", "end": "2026-11-24T12:00"}}
    window = RetryIn.model_validate_json(json.dumps(said)).of(SHIPMENT).window

    assert window is not None
    assert window.earliest.isoformat() == "2026-11-24T08:00:00+00:00"
    assert RetryIn().of(SHIPMENT) is SHIPMENT


def test_another_attempt_may_be_for_a_day() -> None:
    wanted = RetryIn.model_validate_json('{"service_day": "2026-11-24"}').of(SHIPMENT)

    assert (wanted.window, str(wanted.service_day)) == (None, "2026-11-24")


def test_entries_of_metadata_are_added_changed_and_taken_away_one_by_one() -> None:
    before = replace(SHIPMENT, metadata={"source": "web", "gift": "yes"})
    said = '{"metadata": {"source": "app", "gift": null, "floor": "3"}}'

    after = ShipmentChangesIn.model_validate_json(said).of(before)

    assert after.metadata == {"source": "app", "floor": "3"}
    assert changed_details(before, after) == (Detail.METADATA,)


@pytest.mark.parametrize(
    "metadata", [{"No Name": "x"}, {f"name_{i}": "x" for i in range(21)}, {"a": ""}]
)
def test_metadata_follows_the_rules_of_orders(metadata: dict[str, str]) -> None:
    with pytest.raises((Unfit, ValidationError)):
        ShipmentChangesIn.model_validate_json(json.dumps({"metadata": metadata})).of(SHIPMENT)


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        ({"outcome": "attempt_failed", "reason": "not_home"}, True),
        ({"outcome": "attempt_failed"}, False),
        ({"outcome": "delivered"}, True),
        ({"outcome": "delivered", "reason": "not_home"}, False),
        ({"outcome": "none"}, True),
    ],
)
def test_only_a_failure_has_a_reason(said: dict[str, Any], is_right: bool) -> None:  # noqa: FBT001 - a case
    body = CorrectionIn.model_validate_json(json.dumps(said | {"explanation": "Wrong door."}))
    if is_right:
        assert body.to_domain().explanation == "Wrong door."
        return
    with pytest.raises(Unfit):
        body.to_domain()
