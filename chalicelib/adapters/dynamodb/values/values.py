"""The small values inside documents: ranges, ETAs, coordinates, both ways."""

from typing import Any

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range

Document = dict[str, Any]


def range_to(value: Range | None) -> Document | None:
    """A range as a document."""
    if value is None:
        return None
    return {"earliest": to_text(value.earliest), "latest": to_text(value.latest)}


def range_from(document: Document | None) -> Range | None:
    """The range again."""
    if document is None:
        return None
    return Range(from_text(document["earliest"]), from_text(document["latest"]))


def eta_to(value: Eta | None) -> Document | None:
    """An ETA as a document."""
    if value is None:
        return None
    return {
        "point": to_text(value.point),
        "earliest": to_text(value.earliest),
        "latest": to_text(value.latest),
    }


def eta_from(document: Document | None) -> Eta | None:
    """The ETA again."""
    if document is None:
        return None
    return Eta(
        from_text(document["point"]), from_text(document["earliest"]), from_text(document["latest"])
    )


def coordinates_to(value: Coordinates) -> Document:
    """Coordinates as a document."""
    return {"lat_deg": value.lat_deg, "lon_deg": value.lon_deg}


def coordinates_from(document: Document) -> Coordinates:
    """The coordinates again."""
    return Coordinates(float(document["lat_deg"]), float(document["lon_deg"]))
