"""The rating form of the tracking page, with or without a script. Only its POST counts."""

from typing import Annotated, Final

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, RatingClosed, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.ratings.ratings import MAX_COMMENT, MOST_STARS, RatingReason, Verdict
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import Field64, PageForm, back, own_words

rating: Final = Endpoints(__name__)

STARS: Final = {str(stars): stars for stars in range(1, MOST_STARS + 1)}


class RatingForm(PageForm):
    """Stars from 1 to 5, a field for each reason that was ticked, and a comment."""

    stars: Field64 = ""
    punctuality: Field64 = ""
    driver: Field64 = ""
    information: Field64 = ""
    instructions: Field64 = ""
    place: Field64 = ""
    condition: Field64 = ""
    comment: Annotated[str, Field(max_length=4 * MAX_COMMENT)] = ""


@rating.endpoint(
    "/t/{token}/rating",
    method="POST",
    principals=RECIPIENTS,
    takes=RatingForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_rating(_: Actor, body: RatingForm, token: str) -> Response:
    """Rate the delivery, and go back to the page."""
    token, verdict = bare_token(token), _verdict(body)
    if verdict is None:
        said = "rating_unfit" if body.stars in STARS else "rating_none"
        return _back(token, said, body.lang)
    try:
        container().rate_delivery(token, verdict)
    except RatingClosed:
        return _back(token, "rating_closed", body.lang)
    except Unavailable:
        return _back(token, "rating_wait", body.lang)
    return _back(token, "rated", body.lang)


def _verdict(form: RatingForm) -> Verdict | None:
    """What the form says; None without stars, or with a comment that is no text."""
    if form.stars not in STARS:
        return None
    reasons = tuple(reason for reason in RatingReason if getattr(form, reason.value))
    try:
        comment = own_words(form.comment, MAX_COMMENT)
    except ValueError:
        return None
    return Verdict(STARS[form.stars], reasons, comment or None)


def _back(token: str, said: str, lang: str) -> Response:
    return back(rating, token, said, lang, part="rating")
