"""Opens a carrier over the public HTTP API: shops, keys, a hub, and drivers who sign in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.domain.geography import Coordinates
from local.client import Api

MEMBERS: Final = {
    "dispatcher": "Maija Korhonen",
    "manager": "Risto Salmi",
    "admin": "Anna Lind",
    "shipper": "Kaarina Kuusi",
}
"""Invented people, by role."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shipper with a key of its own."""

    id: str
    name: str
    api: Api


@dataclass(frozen=True, slots=True)
class Carrier:
    """The people of a carrier and their clients, which hold the keys (`api.token`)."""

    dispatcher: Api
    hub_id: str
    shops: Sequence[Shop]
    driver_ids: Sequence[str]


def open_carrier(
    admin: Api,
    *,
    shops: Sequence[Mapping[str, str]],
    hub_name: str,
    hub_place: Coordinates,
    time_zone: str,
    drivers: Sequence[tuple[str, str]],
) -> Carrier:
    """Create the whole carrier. `drivers` are names with their teams."""
    dispatcher = admin.as_(_key(admin, role="dispatcher", label="Dispatch desk"))
    hub = dispatcher.post(
        "/v1/hubs",
        {
            "name": hub_name,
            "lat_deg": hub_place.lat_deg,
            "lon_deg": hub_place.lon_deg,
            "time_zone": time_zone,
        },
    )
    team_ids = {
        team: dispatcher.post("/v1/teams", {"name": team, "hub_id": hub["id"]})["id"]
        for team in dict.fromkeys(team for _, team in drivers)
    }
    return Carrier(
        dispatcher=dispatcher,
        hub_id=hub["id"],
        shops=[_shop(admin, shop) for shop in shops],
        driver_ids=[
            dispatcher.post("/v1/drivers", {"name": name, "team_id": team_ids[team]})["id"]
            for name, team in drivers
        ],
    )


def small(admin: Api) -> Carrier:
    """The smallest carrier where every key is useful: one shop, one hub, one driver."""
    return open_carrier(
        admin,
        shops=[{"name": "Corner Shop"}],
        hub_name="Hub",
        hub_place=Coordinates(60.17175, 24.93735),
        time_zone="Europe/Helsinki",
        drivers=[("Driver", "Team")],
    )


def invited(admin: Api, shipper_id: str) -> dict[str, str]:
    """Members of each role, by role: their addresses sign in to the console."""
    found = {}
    for role, name in MEMBERS.items():
        found[role] = f"{role}@example.com"
        owner = {"shipper_id": shipper_id} if role == "shipper" else {}
        admin.post("/v1/members", {"name": name, "email": found[role], "role": role, **owner})
    return found


def invitation_link(dispatcher: Api, driver_id: str) -> str:
    """The link that signs a driver's phone in once."""
    link: str = dispatcher.post(f"/v1/drivers/{driver_id}/invitations", {})["link"]
    return link


def signed_in(dispatcher: Api, driver_id: str) -> Api:
    """A client with a new token of a driver, obtained by invitation as on a phone."""
    invitation = dispatcher.post(f"/v1/drivers/{driver_id}/invitations", {})
    session = dispatcher.as_(None).post("/v1/driver/session", {"code": invitation["code"]})
    return dispatcher.as_(session["token"])


def _shop(admin: Api, shop: Mapping[str, Any]) -> Shop:
    shipper = admin.post("/v1/shippers", dict(shop))
    key = _key(admin, role="shipper", label="Web shop", shipper_id=shipper["id"])
    return Shop(shipper["id"], shop["name"], admin.as_(key))


def _key(admin: Api, **wanted: str) -> str:
    key: str = admin.post("/v1/keys", wanted)["key"]
    return key
