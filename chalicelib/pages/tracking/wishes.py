"""The form for the door: instructions, a safe place, a neighbour, no contact.

The page never shows again what was written: whoever gets the link could let themselves in with it.
A field that is left empty stays as it is.
"""

from typing import Annotated, Any, Final

from chalice.app import Response
from pydantic import Field, StringConstraints

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, NotFound, Outdated, TooLateToChange, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.tracking.tracking import ShownWishes
from chalicelib.domain.wishes.wishes import (
    MAX_NOTE,
    MAX_WORDS,
    Absence,
    Access,
    Neighbour,
    Part,
    SafePlace,
    Spot,
    WishesOrder,
)
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.edge.schemas import written_as
from chalicelib.pages.tracking.forms import Field64, PageForm, back, own_words

wishes: Final = Endpoints(__name__)

SAID: Final = {
    ("/safe_place", "missing"): "wishes_no_place",
    ("/neighbour", "missing"): "wishes_no_name",
}
Words = Annotated[str, Field(max_length=4 * MAX_WORDS)]
Note = Annotated[str, Field(max_length=4 * MAX_NOTE)]


_NUMBER: Final = r"^[0-9]{1,6}$"
Number = Annotated[
    str,
    StringConstraints(pattern=_NUMBER),
    written_as(_NUMBER, "invalid_number", "Write a number, like 3."),
]


class WishesForm(PageForm):
    """What a recipient wants at the door. ``seen`` is the number of the wishes on the page,
    ``before`` the choice for an absence that was ticked on it.
    """

    seen: Number
    entrance: Words = ""
    door_code: Words = ""
    floor: Words = ""
    note: Note = ""
    forget: Field64 = ""
    before: Field64 = ""
    absence: Field64 = ""
    safe_place: Field64 = ""
    safe_place_note: Note = ""
    neighbour_name: Words = ""
    neighbour_door: Words = ""
    contact_free: Field64 = ""

    def to_domain(self) -> WishesOrder:
        """The order. Raises ValueError for what is no text, or too long."""
        name = _words(self.neighbour_name)
        place = self.safe_place if self.safe_place in set(SafePlace) else None
        return WishesOrder(
            seen=int(self.seen),
            access=Access(
                _words(self.entrance),
                _words(self.door_code),
                _words(self.floor),
                own_words(self.note, MAX_NOTE) or None,
            ),
            forgets_access=bool(self.forget),
            absence=self._absence(has_place=bool(place), has_name=bool(name)),
            safe_place=(
                Spot(SafePlace(place), own_words(self.safe_place_note, MAX_NOTE) or None)
                if place
                else None
            ),
            neighbour=Neighbour(name, _words(self.neighbour_door)) if name else None,
            is_contact_free=bool(self.contact_free),
        )

    def _absence(self, *, has_place: bool, has_name: bool) -> Absence:
        """The one that is ticked. Whoever fills in another one and leaves the tick means that one:
        the page fills in nothing but the place that was ticked.
        """
        ticked = Absence(self.absence) if self.absence in set(Absence) else Absence.NOTHING
        if self.absence != self.before:
            return ticked
        means_place = has_place and ticked is not Absence.SAFE_PLACE
        means_name = has_name and ticked is not Absence.NEIGHBOUR
        if means_place == means_name:
            return ticked
        return Absence.SAFE_PLACE if means_place else Absence.NEIGHBOUR


@wishes.endpoint(
    "/t/{token}/wishes",
    method="POST",
    principals=RECIPIENTS,
    takes=WishesForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_wishes(_: Actor, body: WishesForm, token: str) -> Response:
    """Say what is to happen at the door, and go back to the page."""
    token = bare_token(token)
    try:
        order = body.to_domain()
    except ValueError:
        return _back(token, "wishes_unfit", body.lang)
    try:
        container().change_wishes(token, order)
    except TooLateToChange:
        return _back(token, "wishes_late", body.lang)
    except Outdated as exc:
        changed: Any = exc.data.get("changed", ())
        return _back(token, "wishes_changed", body.lang, what=",".join(changed))
    except Invalid as exc:
        found: Any = exc.data["errors"]
        said = SAID.get((found[0]["pointer"], found[0]["code"]), "wishes_not_offered")
        return _back(token, said, body.lang)
    except Unavailable:
        return _back(token, "wishes_wait", body.lang)
    return _back(token, "wishes_saved", body.lang)


def absence_of(shown: ShownWishes | None) -> str:
    """What the page says is to happen when nobody opens."""
    if shown is None or not (shown.safe_place or shown.has_neighbour):
        return Absence.NOTHING.value
    return (Absence.SAFE_PLACE if shown.safe_place else Absence.NEIGHBOUR).value


def changed_in_words(names: str, locale: Locale) -> str:
    """The parts of the wishes in this list of names; what is no name is left out."""
    known = [part for part in Part if part.value in names.split(",")]
    return ", ".join(locale.say(f"wishes.part.{part}") for part in known)


def _words(text: str) -> str | None:
    """One line of words."""
    return " ".join(own_words(text, MAX_WORDS).split()) or None


def _back(token: str, said: str, lang: str, *, what: str = "") -> Response:
    return back(wishes, token, said, lang, part="wishes", what=what)
