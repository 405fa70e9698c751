"""The page that sets a phone up: what it shows to whom, and until when."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib.domain.accounts.setups import Setup
from chalicelib.domain.ids import DeviceId
from tests.support.builders import HELSINKI, north_of
from tests.support.carrier import Carrier, Reply
from tests.support.phones import Phone

SETUP = Setup("https://track.example", "K3Y", DeviceId("dev_1"))


@pytest.fixture
def phone(shared: Carrier) -> Phone:
    driver_id, _ = shared.driver("Matti")
    return Phone.of(shared, driver_id, "Pixel <script>")


def page(phone: Phone, key: str | None = None) -> Reply:
    return phone.carrier.call("GET", f"/phones/{key or phone.key}")


def test_it_shows_the_codes_of_all_apps(phone: Phone) -> None:
    shown = page(phone)
    text = shown.body.decode()

    assert shown.status == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "script" not in shown.headers["Content-Security-Policy"].replace("script-src 'self'", "")
    assert text.count("<svg") == 3
    assert "Pixel &lt;script&gt; · Matti" in text
    assert "<script" not in text
    for address in ("osmand", "gpslogger"):
        assert phone.made["addresses"][address].replace("&", "&amp;") in text


def test_to_look_at_it_ends_nothing(phone: Phone) -> None:
    first, second = page(phone), page(phone)
    head = phone.carrier.call("HEAD", f"/phones/{phone.key}")

    assert first.body == second.body
    assert head.status == 200
    assert phone.seen()["last_seen_at"] is None


def test_a_camera_that_opens_the_code_of_an_app_is_led_to_it(phone: Phone) -> None:
    query = "id=x&interval=15&distance=25&accuracy=high&stop_detection=false&buffer=true"

    reply = phone.report("osmand", query=query, method="GET")

    assert reply.status == 302
    assert reply.headers["Location"] == f"https://track.example/phones/{phone.key}"
    assert phone.seen()["last_seen_at"] is None


def test_when_the_phone_was_heard_from_it_says_so_and_shows_no_code(phone: Phone) -> None:
    clock = phone.carrier.clock
    phone.report("owntracks", {"_type": "lwt"})
    clock.advance(timedelta(minutes=2))
    soon = page(phone).body.decode()
    clock.advance(timedelta(hours=3))
    late = page(phone).body.decode()

    assert "This phone is connected" in soon
    assert "Last heard: 2 minutes ago, with OwnTracks." in soon
    assert "This phone is silent" in late
    assert "3 hours ago" in late
    assert phone.key not in soon + late
    assert "<svg" not in soon + late


@pytest.mark.parametrize(("every_s", "is_warned"), [(15, False), (300, True)])
def test_a_phone_that_reports_too_seldom_is_told(
    shared: Carrier,
    every_s: int,
    is_warned: bool,  # noqa: FBT001 - a column of a table
) -> None:
    van = shared.round(1).started()
    phone = Phone.of(shared, van.driver_id)
    for number in range(6):
        shared.clock.advance(timedelta(seconds=every_s))
        at = north_of(HELSINKI, -9_000.0 + 150 * number)
        seconds = int(shared.clock.now().timestamp())
        said = {"_type": "location", "lat": at.lat_deg, "lon": at.lon_deg, "tst": seconds}
        assert phone.report("owntracks", said).status == 200

    text = page(phone).body.decode()

    assert (f"A position comes every {every_s} seconds" in text) == is_warned


def test_codes_that_nobody_used_are_shown_for_a_day(phone: Phone) -> None:
    phone.carrier.clock.advance(timedelta(hours=24))

    text = page(phone).body.decode()

    assert "These codes were not used" in text
    assert phone.key not in text


def test_who_has_no_key_or_a_revoked_one_sees_the_same_page(phone: Phone) -> None:
    unknown = page(phone, "0" * 26 + "a" * 24)
    phone.revoke()
    revoked = page(phone)

    assert (unknown.status, revoked.status) == (401, 401)
    assert unknown.body == revoked.body
    assert "This address is not valid" in revoked.body.decode()


class TestSetups:
    """As the apps read them."""

    def test_traccar_client_takes_address_and_options_apart(self) -> None:
        link = urlsplit(SETUP.traccar_link)
        options = {name: value for name, (value,) in parse_qs(link.query).items()}

        assert f"{link.scheme}://{link.netloc}{link.path}" == SETUP.osmand_url
        assert options == {
            "id": "dev_1",
            "interval": "15",
            "distance": "25",
            "accuracy": "high",
            "stop_detection": "false",
            "buffer": "true",
        }

    def test_owntracks_reads_base64(self) -> None:
        inline = SETUP.owntracks_link.removeprefix("owntracks:///config?inline=")
        read: dict[str, Any] = json.loads(base64.b64decode(unquote(inline)))

        assert (read["_type"], read["mode"]) == ("configuration", 3)
        assert read["url"] == "https://track.example/in/owntracks/K3Y"
        assert (read["monitoring"], read["locatorInterval"]) == (2, 15)

    def test_overland_reads_a_query(self) -> None:
        link = urlsplit(SETUP.overland_link)

        assert (link.scheme, link.netloc) == ("overland", "setup")
        assert parse_qs(link.query)["url"] == ["https://track.example/in/overland/K3Y"]

    def test_gpslogger_finds_its_placeholders(self) -> None:
        query = urlsplit(SETUP.gpslogger_url).query

        assert "lat=%LAT&lon=%LON&timestamp=%TIMESTAMP" in query
        assert "spd=%SPD" in query
        assert "&speed=" not in query
