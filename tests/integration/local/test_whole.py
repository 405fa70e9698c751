"""From the command line and from a shop's request to the recipient's phone."""

import json
import signal
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from local import environment
from local.demo import carrier, planning
from local.demo.people import Customer
from local.demo.streets import Door
from local.stack import RunningStack
from tests.support.builders import HELSINKI

ROOT = Path(__file__).parents[3]
PATIENCE_S = 120
OUTSIDE = environment.present()
"""As it is before any stack runs, whose AWS a command would take for the user's own emulator."""


def test_what_a_van_does_reaches_the_recipients_phone(stack: RunningStack) -> None:
    opened = carrier.small(stack.api())
    door = Door("Bulevardi", "1", "00100", HELSINKI, 0)
    customer = Customer("Aino Laine", "+358400001000", "aino.laine@example.com", "en", door)
    order = planning.Order(
        0,
        ("006412345000000012",),
        {
            "reference": "R-1",
            "recipient": customer.recipient,
            "address": customer.address(None),
            "parcels": [{"barcode": "006412345000000012"}],
        },
    )
    made = opened.shops[0].api.post("/v1/shipments", order.body)
    now = stack.clock.now().isoformat()
    route = opened.dispatcher.post(
        "/v1/routes",
        {
            "driver_id": opened.driver_ids[0],
            "hub_id": opened.hub_id,
            "service_day": now[:10],
            "starts_at": now,
            "shipment_ids": [made["id"]],
        },
    )
    driver = carrier.signed_in(opened.dispatcher, opened.driver_ids[0])
    scan = {"action_id": "a1", "barcode": order.barcodes[0], "scanned_at": now}
    driver.post("/v1/driver/scans", {"scans": [scan]})
    driver.post("/v1/driver/route/start", {"action_id": "a2", "occurred_at": now})

    stack.settle()
    stop = f"/v1/driver/stops/{route['stops'][0]['id']}"
    driver.post(f"{stop}/fail", {"action_id": "a3", "occurred_at": now, "reason": "not_home"})
    stack.settle()

    letters = stack.inbox.letters()
    assert sorted(letter.kind for letter in letters) == ["email", "sms"]
    assert all(made["tracking_url"] in letter.text for letter in letters)
    with urllib.request.urlopen(made["tracking_url"]) as page:  # noqa: S310 (our own address)
        assert page.status == 200


def test_the_command_prints_one_line_when_ready_and_ends_with_ctrl_c() -> None:
    command = [sys.executable, "-m", "local", "--json", "--port", "0", "--seed", "3"]
    with (
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=OUTSIDE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
        ExitStack() as closing,
    ):
        closing.callback(process.kill)  # else a failure in here would wait for it for ever
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        with urllib.request.urlopen(f"{facts['tracking_links'][0]}/state") as state:  # noqa: S310
            shown = json.load(state)
        with urllib.request.urlopen(f"{facts['inbox_url']}.json") as inbox:  # noqa: S310
            assert "letters" in json.load(inbox)
        process.send_signal(signal.SIGINT)
        rest, log = process.communicate(timeout=PATIENCE_S)

    addresses = {"base_url", "tracking_links", "inbox_url", "driver_link", "console_url"}
    assert set(facts) == {"keys", "members", *addresses}
    assert set(facts["members"]) == {"dispatcher", "manager", "admin", "shipper"}
    assert set(facts["keys"]) == {"admin", "dispatcher", "shipper", "driver"}
    assert all(facts["keys"].values())
    assert shown["status"] in {"out_for_delivery", "arriving", "arrived"}
    assert shown["position"] is not None
    assert rest == ""
    assert process.returncode == 0, log


def test_a_taken_port_is_said_at_once(stack: RunningStack) -> None:
    port = stack.base_url.rpartition(":")[2]

    ended = subprocess.run(
        [sys.executable, "-m", "local", "--port", port],
        cwd=ROOT,
        env=OUTSIDE,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
