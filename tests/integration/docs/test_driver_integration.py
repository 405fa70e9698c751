"""The commands of docs/driver-integration.md, run against a route that waits for its driver."""

from typing import Final

from tests.support.carrier import Carrier
from tests.support.guides import BASE, Shell, commands

PAGE: Final = "driver-integration.md"
SECTIONS: Final = ("Sign in", "Load and leave", "On the road", "At the door", "When it fails")


def test_an_app_of_its_own_drives_a_route(carrier: Carrier) -> None:
    trip = carrier.round(2)
    path = f"/v1/drivers/{trip.driver_id}/invitations"
    code = carrier.made(path, {}, carrier.dispatcher)["code"]
    shell = Shell(carrier, {"BASE": BASE, "CODE": code, "JSON": "Content-Type: application/json"})

    for section in SECTIONS:
        for command in commands(PAGE, section):
            shell.run(command)

    (delivered,), (failed,) = trip.ids
    assert trip.shop.get(delivered)["status"] == "delivered"
    assert trip.shop.get(failed)["status"] == "attempt_failed"
