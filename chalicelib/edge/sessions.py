"""Sessions of people: the cookie that a browser sends, and the proof that our own page asks.

A browser sends a cookie whoever makes it ask. So a change by a session needs more, which a page of
another site cannot have:

* it comes from our origin. Every browser says where a POST comes from: by ``Sec-Fetch-Site``, and
  by ``Origin``. A request that says neither comes from no browser of today.
* a script adds the header ``Doorstep-Console: 1``. No other site may send it: the browser would ask
  us first, and we allow no origin. A form cannot add a header, so the few forms do without.
"""

from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.domain.accounts.members import SESSION_TTL
from chalicelib.domain.errors import CrossSite

COOKIE: Final = "__Host-doorstep"
"""With this prefix a browser takes it over TLS only (or from this machine), for this host alone and
for all its paths: no other host of the domain can set or read it."""
CONSOLE: Final = "Doorstep-Console"
_ATTRIBUTES: Final = "Path=/; Secure; HttpOnly; SameSite=Lax"


def session_of(request: Request) -> str | None:
    """The text of the session that this browser holds; None where it holds none."""
    sent = request.headers.get("cookie") or ""
    if COOKIE not in sent:
        return None
    try:
        found = SimpleCookie(sent).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and found.value else None


def cookie_with(text: str) -> str:
    """The Set-Cookie header that begins a session."""
    return f"{COOKIE}={text}; Max-Age={int(SESSION_TTL.total_seconds())}; {_ATTRIBUTES}"


def no_cookie() -> str:
    """The Set-Cookie header after it has ended."""
    return f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}"


def require_own_page(request: Request, *, base_url: str, is_form: bool) -> None:
    """Raises CrossSite unless a page of ours asks; ``is_form``: by a form, without the header."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        raise CrossSite
    if site is not None and site != "same-origin":
        raise CrossSite
    if origin is not None and not _is_ours(origin, request, base_url):
        raise CrossSite
    if not is_form and request.headers.get(CONSOLE.lower()) != "1":
        raise CrossSite


def _is_ours(origin: str, request: Request, base_url: str) -> bool:
    """Whether this is the address that recipients know, or the one that the browser asked for.

    They differ behind a proxy, and on a laptop (localhost, 127.0.0.1). No page can change the Host
    that its browser sends.
    """
    said, ours = urlsplit(origin), urlsplit(base_url)
    if (said.scheme, said.netloc) == (ours.scheme, ours.netloc):
        return True
    return bool(said.netloc) and said.netloc == request.headers.get("host")
