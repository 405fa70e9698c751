"""“Add a phone”: codes and links that set a location app up, and whether the phone was heard from.

Who has the address has the key, so the page shows no more than the key opens. It shows the key only
until the phone is heard from, and for a day at most. A GET uses nothing up: a preview of the link
in a chat ends nothing. No script.
"""

from datetime import timedelta
from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.devices import Device, DeviceApp
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import DomainError, Unauthorized, Unavailable
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import DEVICES
from chalicelib.edge.problems import headers_of, status_of
from chalicelib.pages.labels.codes import qr_of
from chalicelib.pages.phones.ages import age_phrase
from chalicelib.pages.rendering import asset_names, render

phones: Final = Endpoints(__name__)

NAMES: Final = {
    DeviceApp.TRACCAR_NATIVE: "Traccar Client, a version from before 2025",
    DeviceApp.TRACCAR_9: "Traccar Client 9",
    DeviceApp.TRACCAR_10: "Traccar Client 10",
    DeviceApp.GPSLOGGER: "GPSLogger",
    DeviceApp.OSMAND: "an app that speaks as OsmAnd does",
    DeviceApp.OWNTRACKS: "OwnTracks",
    DeviceApp.OVERLAND: "Overland",
}
RECENTLY: Final = timedelta(minutes=15)


def _refused(error: DomainError) -> Response:
    """A page in place of a problem document; nothing in it depends on the key."""
    body = _rendered("phone_refused.html", is_busy=isinstance(error, Unavailable))
    reply = replies.html(body, policy=replies.content_security_policy(), status=status_of(error))
    reply.headers.update(headers_of(error))
    return reply


@phones.endpoint(
    "/phones/{key}",
    method="GET",
    principals=DEVICES,
    media_types=(replies.HTML,),
    refuse=_refused,
)
def phone_page(_: Actor, key: str) -> Response:
    """The page that sets a phone up, and later says when it was last heard from."""
    device = container().recognise_device.device(key)
    manage = container().manage_devices
    now = manage.clock.now()
    driver = container().show_accounts.driver(device.driver_id)
    if device.epoch != driver.epoch:
        raise Unauthorized
    if device.shows_key(now):
        setup = manage.setup(device, key)
        codes = {
            "traccar": qr_of(setup.traccar_link, error="l"),
            "owntracks": qr_of(setup.owntracks_link, error="l"),
            "overland": qr_of(setup.overland_link, error="l"),
        }
        body = _rendered("phone.html", device=device, driver=driver, setup=setup, codes=codes)
    else:
        age = None if device.last_seen_at is None else now - device.last_seen_at
        body = _rendered(
            "phone_connected.html",
            device=device,
            driver=driver,
            age=None if age is None else age_phrase(age),
            is_recent=age is not None and age <= RECENTLY,
            app=_name(device),
            interval_s=_seldom_s(device),
        )
    return replies.html(body, policy=replies.content_security_policy())


def _seldom_s(device: Device) -> int | None:
    """How many seconds lie between two positions, where that is too long to follow a van."""
    interval = container().manage_devices.reports_too_seldom(device.driver_id)
    return None if interval is None else round(interval.total_seconds())


def _name(device: Device) -> str:
    return "" if device.app is None else NAMES[device.app]


def _rendered(template: str, **values: object) -> str:
    path: str = phones.current_request.context["path"]
    base = path.partition("/phones")[0]
    return render(template, state=None, base=base, assets=asset_names(), **values)
