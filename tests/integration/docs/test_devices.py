"""The commands of docs/devices.md, run for a driver who is on a route."""

from typing import Final

from tests.support.carrier import Carrier
from tests.support.guides import BASE, Shell, commands

PAGE: Final = "devices.md"


def test_three_apps_report_the_same_van(carrier: Carrier) -> None:
    van = carrier.round(1).started()
    known = {"BASE": BASE, "DISPATCHER_KEY": carrier.dispatcher, "DRIVER": van.driver_id}
    shell = Shell(carrier, known)

    for command in commands(PAGE, "Try it"):
        if not command.startswith("now()"):
            shell.run(command)

    _, first, *_, listed = shell.replies
    assert first.json == {"accepted": 1, "duplicate": 0, "ignored": 0}
    assert len(van.track()) == 3
    (phone,) = listed.json["data"]
    assert (phone["label"], phone["app"]) == ("Pixel 8", "owntracks")
