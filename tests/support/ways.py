"""One fix said in the words of each location app, and in those of our own."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from tests.support.app_reports import FORM
from tests.support.carrier import Reply, fix
from tests.support.phones import Phone

Spot = dict[str, Any]
"""A place and a time: ``lat`` and ``lon`` in degrees, ``at`` as an instant, ``s`` in seconds."""
Way = Callable[[Phone, Spot], Reply]


def own_fix(at: Spot) -> dict[str, Any]:
    """The same as our own app says it."""
    return fix(at["at"], lat_deg=at["lat"], lon_deg=at["lon"], accuracy_m=8.0,
               speed_mps=10.0, heading_deg=90.0, battery_ratio=0.83)  # fmt: skip


def by_query(method: str) -> Way:
    def report(phone: Phone, at: Spot) -> Reply:
        said = {"id": "1", "timestamp": at["s"], "lat": at["lat"], "lon": at["lon"],
                "speed": "19.4384", "bearing": 90, "accuracy": 8, "batt": 83}  # fmt: skip
        return phone.report("osmand", query=urlencode(said), method=method)

    return report


def by_form(phone: Phone, at: Spot) -> Reply:
    said = {"id": "1", "timestamp": at["s"], "lat": at["lat"], "lon": at["lon"],
            "speed": 19.44, "bearing": 90, "accuracy": 8, "batt": 83}  # fmt: skip
    form = {"Content-Type": f"{FORM}; charset=UTF-8"}
    return phone.report("osmand", urlencode(said).encode(), headers=form)


def by_list(phone: Phone, at: Spot) -> Reply:
    said = {"id": "1", "timestamp": at["s"], "lat": at["lat"], "lon": at["lon"],
            "speed": 19.44, "bearing": 90, "accuracy": 8, "batt": 83}  # fmt: skip
    return phone.report("osmand", [said])


def by_nested_json(phone: Phone, at: Spot) -> Reply:
    coords = {"latitude": at["lat"], "longitude": at["lon"], "accuracy": 8, "speed": 10.0,
              "heading": 90}  # fmt: skip
    location = {"timestamp": at["at"].isoformat(), "coords": coords, "battery": {"level": 0.83}}
    return phone.report("osmand", {"location": location, "device_id": "1"})


def by_gpslogger(phone: Phone, at: Spot) -> Reply:
    """As GPSLogger fills the address in that it was given."""
    values = {"LAT": at["lat"], "LON": at["lon"], "TIMESTAMP": at["s"], "ACC": 8, "DIR": 90,
              "BATT": 83, "SPD": 10.0}  # fmt: skip
    query = phone.made["addresses"]["gpslogger"].partition("?")[2]
    for name, value in values.items():
        query = query.replace(f"%{name}", str(value))
    return phone.report("osmand", query=query, method="GET")


def by_owntracks(phone: Phone, at: Spot) -> Reply:
    said = {"_type": "location", "lat": at["lat"], "lon": at["lon"], "tst": at["s"], "acc": 8,
            "vel": 36, "cog": 90, "batt": 83}  # fmt: skip
    return phone.report("owntracks", said)


def by_overland(phone: Phone, at: Spot) -> Reply:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [at["lon"], at["lat"]]},
        "properties": {"timestamp": at["at"].isoformat(), "horizontal_accuracy": 8,
                       "speed": 10.0, "course": 90, "battery_level": 0.83},
    }  # fmt: skip
    return phone.report("overland", {"locations": [feature]})


WAYS: Final[Mapping[str, Way]] = {
    "traccar_client_native": by_query("POST"),
    "osmand": by_query("GET"),
    "traccar_client_10": by_form,
    "traccar_client_10 in a list": by_list,
    "traccar_client_9": by_nested_json,
    "gpslogger": by_gpslogger,
    "owntracks": by_owntracks,
    "overland": by_overland,
}
