"""The demo carrier against the real API: a van's whole wave, and the next one."""

import logging
import re
from datetime import timedelta
from urllib.request import urlopen

import pytest

from local.agenda import Agenda
from local.client import submit
from local.demo import helsinki, own_van, people
from local.stack import RunningStack
from tests.support.builders import NOON

WAVES = timedelta(hours=1, minutes=45)


def choose_tomorrow(tracking_url: str) -> None:
    """By the form of the page, which knows what was agreed before."""
    with urlopen(tracking_url) as answer:  # noqa: S310 - our own server
        page = answer.read().decode()
    form = re.search(r'/day">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    seen = re.search(r'name="seen" value="([^"]*)"', form[1])
    assert seen is not None
    tomorrow = (NOON + timedelta(days=1)).date().isoformat()
    assert submit(f"{tracking_url}/day", {"seen": seen[1], "choice": tomorrow}) == 303


def test_a_van_works_through_wave_after_wave(
    stack: RunningStack, caplog: pytest.LogCaptureFixture
) -> None:
    demo = helsinki.prepare(stack, seed=1, progress=lambda _step: None, drivers=people.DRIVERS[:1])
    (van,) = demo.vans
    links, first = demo.tracking_links(), list(van.stops)
    demo.world.in_a_hurry = True
    moved = first[-2]
    for parcel in moved.parcels:
        choose_tomorrow(parcel.tracking_url)

    with caplog.at_level(logging.WARNING, logger="local"):
        demo.agenda.run_until(NOON + WAVES)

    assert [record for record in caplog.records if record.name.startswith("local")] == []
    assert links
    assert all(link.startswith(f"{stack.base_url}/t/") for link in links)
    assert all(stop.outcome for stop in first)
    assert "delivered" in {stop.outcome for stop in first}
    assert (moved.outcome, moved.parcels) == ("another_day", ())
    assert van.stops[0].id != first[0].id
    shipper = demo.carrier.shops[first[0].visit.orders[0].shop].api
    shipment = shipper.get(f"/v1/shipments/{first[0].parcels[0].id}")
    assert shipment["status"] in {"delivered", "attempt_failed"}


@pytest.fixture(scope="module")
def demo(stack: RunningStack) -> helsinki.Demo:
    """A carrier with one van. No third one can be opened on a stack: its desk's key is taken."""
    return helsinki.prepare(stack, seed=2, progress=lambda _step: None, drivers=people.DRIVERS[1:2])


def test_shipments_of_long_ago_are_forgotten(stack: RunningStack, demo: helsinki.Demo) -> None:
    (van,) = demo.vans
    table = stack.provisioned.stack.resource("ShipmentsTable").name
    gone = van.stops[0].parcels[0].id

    demo.world.forget([gone])

    left = stack.session.client("dynamodb").scan(TableName=table)["Items"]
    assert gone not in {item["shipment_id"]["S"] for item in left}
    assert van.stops[1].parcels[0].id in {item["shipment_id"]["S"] for item in left}


def test_a_newcomer_drives_a_van_whose_first_recipient_writes(
    stack: RunningStack, demo: helsinki.Demo
) -> None:
    agenda = Agenda(stack.clock)
    link = own_van.invited(demo.world, agenda, stack.clock.now(), seed=3)
    code = link.partition("#code=")[2]
    session = stack.api().post("/v1/driver/session", {"code": code})
    phone = stack.api().as_(session["token"])
    route = phone.get("/v1/driver/route")
    agenda.run_until(stack.clock.now() + timedelta(seconds=30))
    assert phone.get("/v1/driver/messages")["data"] == []

    first = route["stops"][0]["shipments"][0]
    scan = {
        "action_id": "scan-1",
        "barcode": first["barcodes"][0],
        "scanned_at": stack.clock.now().isoformat(),
    }
    phone.post("/v1/driver/scans", {"scans": [scan]})
    agenda.run_until(stack.clock.now() + timedelta(seconds=30))

    (told,) = phone.get("/v1/driver/messages")["data"]
    assert (told["shipment_id"], told["author"]) == (first["id"], "recipient")
    assert len(route["stops"]) == own_van.MOST_STOPS
