"""Changes of a shipment on the wire, and what the office does with one: cancel, retry, return."""

import json
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, WithJsonSchema

from chalicelib.api.schemas.codes import Country, Language, TimeZone
from chalicelib.api.schemas.contacts import Email, Phone
from chalicelib.api.schemas.shipments import Lines, ShipmentIn, ShipmentOut, WindowIn
from chalicelib.api.schemas.values import MAX_LINE_CHARS, Day, Latitude, Line, Longitude, Text
from chalicelib.domain.shipments.addresses import Address, Placement
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.delivery_days import require_one_day
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.edge.problems import Unfit
from chalicelib.edge.schemas import Changes, Maybe, Schema, unsaid
from chalicelib.edge.sentences import misfit

MetadataChanges = Annotated[
    dict[str, Line | None],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    {"type": "string", "minLength": 1, "maxLength": MAX_LINE_CHARS},
                    {"type": "null"},
                ]
            },
        }
    ),
]
"""New words by their names; null takes one away. What comes of it follows the rules of orders."""


class RecipientChangesIn(Changes):
    """Changes of the customer. A phone number may be written as in the country of the address."""

    name: Line = unsaid()
    phone: Maybe[Phone] = unsaid()
    email: Maybe[Email] = unsaid()
    locale: Maybe[Language] = unsaid()


class AddressChangesIn(Changes):
    """Changes of the door. Another door has other coordinates, too."""

    lines: Lines = unsaid()
    city: Maybe[Line] = unsaid()
    postal_code: Maybe[Annotated[Line, StringConstraints(max_length=16)]] = unsaid()
    country: Country = unsaid()
    lat_deg: Latitude = unsaid()
    lon_deg: Longitude = unsaid()
    time_zone: TimeZone = unsaid()
    instructions: Maybe[Text] = unsaid()


class ScheduleChangesIn(Changes):
    """When a shipment is wanted: a window is written whole, or a ``service_day`` stands for it."""

    window: WindowIn | None = unsaid()
    service_day: Maybe[Day] = unsaid()

    def of(self, shipment: Shipment) -> Shipment:
        """The shipment with these changes.

        Raises Unfit where they do not fit what is there: it is read as if it came in whole. Raises
        Invalid for a window and a service_day that are two days.
        """
        said = self.model_dump(mode="json", exclude_unset=True)
        if not said:
            return shipment
        document = {**_as_written(shipment), "window": _window_of(shipment)}
        if {"window", "service_day"} & set(said):  # one of them says the day, or both agree
            document |= {"window": None, "service_day": None}
        for name, value in said.items():
            before = document[name]
            both = isinstance(before, dict) and isinstance(value, dict) and name != "window"
            document[name] = before | value if both else value
        kept = (document["metadata"] or {}).items()
        document["metadata"] = {name: words for name, words in kept if words is not None}
        try:
            order = ShipmentIn.model_validate_json(json.dumps(document)).to_domain()
        except ValidationError as exc:
            raise Unfit(exc) from exc
        address = _address_of(order.address, shipment.address)
        window = None if order.window is None else order.window.at(address.time_zone)
        require_one_day(window, order.service_day, address.time_zone)
        wanted = order.settled(address, window)
        return replace(
            shipment,
            recipient=wanted.recipient,
            address=wanted.address,
            window=wanted.window,
            service_time_s=wanted.service_time_s,
            service_day=wanted.service_day,
            metadata=wanted.metadata,
        )


class ShipmentChangesIn(ScheduleChangesIn):
    """Changes of a shipment, under the names of its answers.

    A field that is left out stays as it is, null takes away what may be absent. A window is written
    whole; a ``service_day`` without a window stands in its place. Of ``metadata``, null takes away
    one entry.
    """

    recipient: RecipientChangesIn = unsaid()
    address: AddressChangesIn = unsaid()
    service_time_s: Maybe[Annotated[float, Field(ge=0, le=14_400)]] = unsaid()
    metadata: MetadataChanges = unsaid()


class ReasonIn(Schema):
    """Why, in a person's words."""

    reason: Maybe[Text] = None


class RetryIn(ScheduleChangesIn):
    """Another attempt. Without a window or a day it is for when it was agreed before."""


class CorrectionIn(Schema):
    """How the last attempt ended in truth, and why that was not what was reported.

    ``none``: there was no attempt. ``reason`` is that of a failed one. ``attempt_number``
    says which one is meant: the correction is refused when another was made since.
    """

    outcome: TrueOutcome
    explanation: Line
    reason: Maybe[FailureReason] = None
    attempt_number: Maybe[Annotated[int, Field(ge=1)]] = None

    def to_domain(self) -> CorrectionOrder:
        """The order. Raises Unfit for a failure without a reason, and for a reason without one."""
        is_failure = self.outcome is TrueOutcome.ATTEMPT_FAILED
        if is_failure and self.reason is None:
            words = "Say why the attempt failed, like not_home."
            raise Unfit(misfit(("reason",), "missing", words))
        if not is_failure and self.reason is not None:
            words = "Only an attempt that failed has a reason. Leave it out."
            raise Unfit(misfit(("reason",), "out_of_place", words))
        return CorrectionOrder(self.outcome, self.explanation, self.reason, self.attempt_number)


def _as_written(shipment: Shipment) -> dict[str, Any]:
    """The shipment as its shipper could have sent it: answers and orders have the same names."""
    out = ShipmentOut.told(shipment, tracking_url="").model_dump(mode="json")
    document = {name: out[name] for name in ShipmentIn.model_fields}
    document["parcels"] = [{**parcel} for parcel in document["parcels"]]
    for parcel in document["parcels"]:
        del parcel["state"]
    return document


def _address_of(wanted: WantedAddress, standing: Address) -> Address:
    """The wanted address; what is written over another place was placed by who wrote it."""
    place = wanted.coordinates or standing.coordinates
    has_moved = place != standing.coordinates
    placement = Placement.GIVEN if has_moved else standing.placement
    return wanted.at(place, wanted.time_zone or standing.time_zone, placement)


def _window_of(shipment: Shipment) -> dict[str, str] | None:
    window = shipment.window
    if window is None:
        return None
    return {"earliest": window.earliest.isoformat(), "latest": window.latest.isoformat()}
