"""Address searches for tests: places that they know, answered in the format of each server.

The formats are those of the references: Nominatim's `/search` (jsonv2, with address details),
Photon's `/api` (GeoJSON) and Amazon Location's `Geocode` (geo-places 2020-11-19).
"""

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from chalicelib.domain.shipments.placing import FoundPlace, Precision
from tests.support.roads import Answer, Question, Tell

Known = dict[str, FoundPlace]
"""Places by street and house number."""


def tell_nominatim(known: Known) -> Tell:
    def tell(question: Question) -> Answer:
        url = urlsplit(question.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (question.method, url.path, asked["format"]) == ("GET", "/search", "jsonv2")
        assert asked["countrycodes"] == "fi"
        found = known.get(asked["street"])
        return 200, [] if found is None else [_nominatim(found)]

    return tell


def _nominatim(found: FoundPlace) -> dict[str, Any]:
    ranks = {Precision.DOOR: 30, Precision.STREET: 26, Precision.AREA: 16}
    parts = {"house_number": found.house_number, "postcode": found.postal_code}
    return {
        "place_id": 77381932,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. https://osm.org/copyright",
        "lat": str(found.coordinates.lat_deg),
        "lon": str(found.coordinates.lon_deg),
        "category": "building",
        "type": "yes",
        "place_rank": ranks[found.precision],
        "display_name": found.label,
        "address": {"city": "Helsinki", "country": "Suomi / Finland", "country_code": "fi"}
        | {name: text for name, text in parts.items() if text},
    }


def tell_photon(known: Known) -> Tell:
    def tell(question: Question) -> Answer:
        url = urlsplit(question.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (question.method, url.path) == ("GET", "/api")
        street, _, town = asked["q"].partition(", ")
        assert town == "00100 Helsinki"
        found = known.get(street)
        abroad = {"geometry": {"type": "Point", "coordinates": [0.0, 1.0]}, "type": "Feature"}
        other = abroad | {"properties": {"countrycode": "SE", "type": "house", "housenumber": "1"}}
        features = [] if found is None else [other, _photon(found)]
        return 200, {"type": "FeatureCollection", "features": features}

    return tell


def _photon(found: FoundPlace) -> dict[str, Any]:
    kinds = {Precision.DOOR: "house", Precision.STREET: "street", Precision.AREA: "city"}
    parts = {
        "osm_type": "W",
        "type": kinds[found.precision],
        "name": found.label,
        "housenumber": found.house_number,
        "postcode": found.postal_code,
        "countrycode": "FI",
    }
    place = [found.coordinates.lon_deg, found.coordinates.lat_deg]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {name: text for name, text in parts.items() if text},
    }


def tell_amazon(known: Known) -> Tell:
    def tell(question: Question) -> Answer:
        asked = question.body
        assert (question.method, urlsplit(question.path).path) == ("POST", "/v2/geocode")
        assert asked["Filter"] == {"IncludeCountries": ["FI"]}
        assert asked["IntendedUse"] == "Storage"  # what is kept must be asked for so
        found = known.get(asked["QueryText"].partition(", ")[0])
        return 200, {"ResultItems": [] if found is None else [_amazon(found)]}

    return tell


_KINDS: Final = {
    Precision.DOOR: "PointAddress",
    Precision.STREET: "InterpolatedAddress",
    Precision.AREA: "Locality",
}


def _amazon(found: FoundPlace) -> dict[str, Any]:
    parts = {"PostalCode": found.postal_code, "AddressNumber": found.house_number}
    return {
        "PlaceId": "AQAAAFUA",
        "PlaceType": _KINDS[found.precision],
        "Title": found.label,
        "Position": [found.coordinates.lon_deg, found.coordinates.lat_deg],
        "Address": {"Label": found.label, "Country": {"Code2": "FI", "Code3": "FIN"}}
        | {name: text for name, text in parts.items() if text},
        "MatchScores": {"Overall": 0.98},
    }
