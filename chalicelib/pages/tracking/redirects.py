"""The form for another address. What becomes of it is a word in the address of the page."""

from typing import Annotated, Final

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    Invalid,
    NotFound,
    Outdated,
    TooLateToChange,
    TooManyRequests,
    Unavailable,
)
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.links import bare_token
from chalicelib.domain.shipments.redirects import RedirectOrder
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import Field64, PageForm, back, own_words
from chalicelib.pages.tracking.wishes import Number

redirects: Final = Endpoints(__name__)

MOST: Final = 80
MOST_LAT_DEG: Final = 90.0
MOST_LON_DEG: Final = 180.0
SAID: Final = {
    "place_unknown": "address_unknown",
    "place_unsure": "address_unknown",
    "out_of_reach": "address_far",
    "not_offered": "address_closed",
}
Words = Annotated[str, Field(max_length=4 * MOST)]


class RedirectForm(PageForm):
    """The new address. ``seen`` is the version of what the page has shown. Only a page with its
    script has a map to put a point on; without it both are empty.
    """

    seen: Number
    street: Words = ""
    more: Words = ""
    postal_code: Words = ""
    city: Words = ""
    lat_deg: Field64 = ""
    lon_deg: Field64 = ""

    def to_domain(self) -> RedirectOrder | None:
        """The order; None without a street or a city, and for what is no text or no point."""
        try:
            street, more, code, city = (
                " ".join(own_words(each, MOST).split())
                for each in (self.street, self.more, self.postal_code, self.city)
            )
            point = self._point()
        except ValueError:
            return None
        if not street or not city:
            return None
        lines = (street, more) if more else (street,)
        return RedirectOrder(lines, code or None, city, int(self.seen), point)

    def _point(self) -> Coordinates | None:
        """Raises ValueError for what is no place on earth."""
        if not self.lat_deg and not self.lon_deg:
            return None
        lat_deg, lon_deg = float(self.lat_deg), float(self.lon_deg)
        if not (abs(lat_deg) <= MOST_LAT_DEG and abs(lon_deg) <= MOST_LON_DEG):
            msg = "This is no place on earth."
            raise ValueError(msg)
        return Coordinates(round(lat_deg, 6), round(lon_deg, 6))


@redirects.endpoint(
    "/t/{token}/address",
    method="POST",
    principals=RECIPIENTS,
    takes=RedirectForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_address(_: Actor, body: RedirectForm, token: str) -> Response:
    """Send it to another address, and go back to the page."""
    token, order = bare_token(token), body.to_domain()
    said = "address_unfit" if order is None else _redirected(token, order)
    return back(redirects, token, said, body.lang, part="address")


def _redirected(token: str, order: RedirectOrder) -> str:
    try:
        container().redirect_delivery(token, order)
    except TooLateToChange:
        return "address_late"
    except Outdated:
        return "address_changed"
    except TooManyRequests:
        return "address_often"
    except Invalid as exc:
        found = exc.data["errors"]
        code = found[0]["code"] if isinstance(found, list | tuple) else ""
        return SAID.get(code, "address_unknown")
    except Unavailable:
        return "address_wait"
    return "address_saved"
