"""Labels of shipments: a page for the printer, one sheet of 100 × 150 mm for each parcel.

It has no script, and its style sheet is named by its whole address, so that it prints as well from
where a shop's own program has put it.
"""

from typing import Any, Final
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.phrases.days import Form, dated
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.phrases.ranges import range_phrase
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.pages.labels.codes import bars_of, qr_of
from chalicelib.pages.languages import negotiate
from chalicelib.pages.rendering import asset_names, render

labels: Final = Endpoints(__name__)


@labels.endpoint(
    "/v1/shipments/{shipment_id}/label",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
)
def get_label(actor: Actor, shipment_id: str) -> Response:
    """The labels of a shipment's parcels as a page to print, 100 × 150 mm each."""
    shown = container().show_label(ShipmentId(shipment_id), actor)
    base_url = container().settings.public_base_url
    sheet = f"{base_url}/static/{asset_names()['label.css']}"
    body = render(
        "label.html",
        shipment=shown.shipment,
        sender=shown.sender,
        when=_when(shown.shipment, _locale(shown.shipment)),
        say=_locale(shown.shipment).say,
        locale=_locale(shown.shipment),
        parcels=[_parcel(parcel.barcode, parcel.description) for parcel in shown.shipment.parcels],
        style_sheet=sheet,
    )
    return replies.html(body, policy=replies.print_policy(base_url))


def _parcel(barcode: str, description: str | None) -> dict[str, Any]:
    bars, qr = bars_of(barcode), qr_of(barcode)
    return {"barcode": barcode, "description": description, "bars": bars, "qr": qr}


def _when(shipment: Shipment, locale: Locale) -> str | None:
    """The agreed time with its date: a label is read on another day than it is printed."""
    zone = ZoneInfo(shipment.address.time_zone)
    day = shipment.wanted_day
    if day is None:
        return None
    named = dated(day, day, locale.style, Form.BARE)
    if shipment.window is None:
        return named
    times = range_phrase(shipment.window, shipment.window.earliest, zone, locale.style).times
    return f"{named} {times}".strip()


def _locale(shipment: Shipment) -> Locale:
    """Labels speak the language of the recipient's country's carrier: that of the shipment."""
    return negotiate(None, None, shipment.recipient.locale)
