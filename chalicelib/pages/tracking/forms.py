"""What the forms of the tracking page share: words as people write them, and the way back.

A form works with and without a script. Its answer always leads back to the page by a GET, which
says what became of it: loading the page again sends nothing again.
"""

from typing import Annotated
from urllib.parse import quote

from chalice.app import Response
from pydantic import Field

from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.cleaning import cleaned, is_blank
from chalicelib.edge.schemas import Schema

Field64 = Annotated[str, Field(max_length=64)]
NO_WORDS = ""


class PageForm(Schema):
    """Base of a form of the page. ``lang`` is the language that the page is in."""

    lang: Field64 = ""


def own_words(text: str, most: int) -> str:
    """The text as people mean it; empty where there is nothing to see.

    Raises ValueError for what is no text, and for more than ``most`` characters.
    """
    words = cleaned(text)
    if len(words) > most:
        raise ValueError(most)
    return NO_WORDS if is_blank(words) else words


def back(
    endpoints: Endpoints, token: str, said: str, lang: str, *, part: str, what: str = ""
) -> Response:
    """To this part of the page, which says what became of the form (``said``, about ``what``)."""
    path: str = endpoints.current_request.context["path"]
    base = path.partition("/t/")[0]
    language = f"&lang={quote(lang)}" if lang else ""
    about = f"&what={quote(what)}" if what else ""
    return replies.see_other(f"{base}/t/{token}?said={said}{about}{language}#{part}")
