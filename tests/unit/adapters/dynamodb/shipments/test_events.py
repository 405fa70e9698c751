import json
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.shipments.events import (
    from_attributes,
    from_image,
    item_key,
    to_attributes,
)
from chalicelib.domain.errors import Invalid
from chalicelib.domain.shipments.events import Event
from tests.support.builders import make_event
from tests.support.strategies import events


def image_of(attributes: dict[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in attributes.items()}


@given(events())
def test_an_event_comes_back_from_its_item_and_from_the_stream(event: Event) -> None:
    attributes = to_attributes(event)

    assert from_attributes(attributes) == event
    assert from_image(json.loads(json.dumps(image_of(attributes)))) == event


@given(st.integers(1, 99_999_999), st.integers(1, 99_999_999))
def test_items_sort_as_their_sequences(a: int, b: int) -> None:
    assert (item_key(a) < item_key(b)) == (a < b)


GOOD = to_attributes(make_event())


@pytest.mark.parametrize(
    "change",
    [
        {"type": "shipment.teleported"},
        {"actor_role": "thief"},
        {"data": "not json"},
        {"data": "[1]"},
        {"data": None},
        {"seq": "x"},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2026-11-23T12:00:00"},
    ],
)
def test_what_no_version_has_written_is_invalid(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        from_attributes({**GOOD, **change})


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"item"}))
def test_an_item_without_one_of_its_attributes_is_invalid(name: str) -> None:
    image = image_of(GOOD)
    del image[name]

    with pytest.raises(Invalid):
        from_image(image)


def test_an_image_of_keys_alone_is_invalid() -> None:
    keys = {"shipment_id": {"S": "shp_1"}, "item": {"S": "EVENT#00000001"}}

    with pytest.raises(Invalid):
        from_image(keys)
    with pytest.raises(Invalid):
        from_image({**keys, "seq": {}})
