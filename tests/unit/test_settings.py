from typing import Final

import pytest

from chalicelib.settings import Settings, SettingsError
from infra.template import Stack

ENVIRONMENT: Final = Stack("dev").environment()


@pytest.mark.parametrize(
    "value",
    [
        "great_circle",
        "amazon_location",
        "osrm:https://roads.example",
        "osrm:http://10.0.0.7:5000",
        "valhalla:https://roads.example:8443/finland/",
        "valhalla:http://[fd00::7]:8002",
    ],
)
def test_every_kind_of_road_network_may_be_named(value: str) -> None:
    assert Settings.from_env(ENVIRONMENT | {"ROAD_NETWORK": value}).road_network == value


@pytest.mark.parametrize(
    "value",
    [
        "Great_Circle",
        "google",
        "great_circle:",
        "amazon_location:https://roads.example",
        "osrm",
        "osrm:",
        "osrm:roads.example",
        "osrm://roads.example",
        "osrm:ftp://roads.example",
        "osrm:file:///etc/passwd",
        "osrm:https://",
        "osrm:https://roads.example:0",
        "osrm:https://roads.example:99999",
        "osrm:https://roads.example:port",
        "osrm:https://[roads.example",
        "osrm:https://user:secret@roads.example",
        "osrm:https://roads.example?key=secret",
        "osrm:https://roads.example#here",
        "valhalla:https://roads.example/ä",
        "valhalla:https://roads.example/a b",
        "valhalla:https://roads.example\r\nHost: other",
        " osrm:https://roads.example",
    ],
)
def test_any_other_road_network_is_refused_at_the_start_in_words(value: str) -> None:
    with pytest.raises(SettingsError, match="ROAD_NETWORK must be great_circle, amazon_location"):
        Settings.from_env(ENVIRONMENT | {"ROAD_NETWORK": value})


@pytest.mark.parametrize(
    "value",
    ["built_in", "amazon_location", "vroom:https://vroom.example", "vroom:http://[::1]:3000/x"],
)
def test_every_kind_of_route_optimizer_may_be_named(value: str) -> None:
    assert Settings.from_env(ENVIRONMENT | {"ROUTE_OPTIMIZER": value}).route_optimizer == value


@pytest.mark.parametrize(
    "value",
    [
        "none",
        "ortools",
        "vroom",
        "vroom:",
        "vroom:vroom.example",
        "vroom:https://a:b@vroom.example",
    ],
)
def test_any_other_route_optimizer_is_refused_at_the_start_in_words(value: str) -> None:
    with pytest.raises(SettingsError, match="ROUTE_OPTIMIZER must be built_in, amazon_location"):
        Settings.from_env(ENVIRONMENT | {"ROUTE_OPTIMIZER": value})


@pytest.mark.parametrize(
    "value",
    ["none", "amazon_location", "photon:https://search.example", "nominatim:http://[fd00::7]:8080"],
)
def test_every_kind_of_address_search_may_be_named(value: str) -> None:
    assert Settings.from_env(ENVIRONMENT | {"GEOCODER": value}).geocoder == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEOCODER", "google"),
        ("GEOCODER", "photon:"),
        ("GEOCODER", "nominatim:https://user:secret@search.example"),
        ("ROUGH_PLACES", "guess"),
    ],
)
def test_any_other_address_search_is_refused_at_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be"):
        Settings.from_env(ENVIRONMENT | {name: value})


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match="settings are missing: ROAD_NETWORK, STAGE"):
        Settings.from_env(ENVIRONMENT | {"ROAD_NETWORK": "", "STAGE": ""})


def test_the_base_url_never_ends_with_a_slash() -> None:
    given = ENVIRONMENT | {"PUBLIC_BASE_URL": "https://track.example/"}

    assert Settings.from_env(given).public_base_url == "https://track.example"


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "1000001", "٣"])
def test_a_limit_of_requests_is_a_number_that_lets_somebody_in(value: str) -> None:
    with pytest.raises(SettingsError, match="KEY_REQUESTS_PER_MINUTE"):
        Settings.from_env(ENVIRONMENT | {"KEY_REQUESTS_PER_MINUTE": value})
