"""The commands of docs/first-delivery.md, read from the page and run against the application."""

import json
from typing import Final

from tests.support.carrier import Carrier
from tests.support.guides import BASE, Shell, commands

PAGE: Final = "first-delivery.md"


def test_ten_calls_deliver_a_parcel(carrier: Carrier) -> None:
    json_header = "Content-Type: application/json"
    shell = Shell(carrier, {"BASE": BASE, "ADMIN_KEY": carrier.admin, "JSON": json_header})
    for command in commands(PAGE, "Accounts"):
        shell.run(command)
    accounts = len(shell.replies)

    for command in commands(PAGE, "The delivery"):
        shell.run(command)

    *_, events = shell.replies
    types = [event["type"] for event in events.json["data"]]
    assert len(shell.replies) - accounts == 10
    assert types[0] == "shipment.created"
    assert types[-1] == "shipment.delivered"
    assert "Kirjakauppa" not in json.dumps(events.json)
