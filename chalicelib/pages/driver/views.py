"""The driver's app as files: shell, manifest, icon, worker. What it shows comes from /v1/driver.

The one-time code of an invitation stands behind the # of the address, so it never reaches a log. A
GET signs nobody in: the page shows a button, and the tap redeems the code by POST.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.catalogues import shipped
from chalicelib.domain.actors import Actor
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.phrases.locales import Locale, Sentence
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC
from chalicelib.pages.languages import negotiate
from chalicelib.pages.rendering import STATIC, asset_names, render

driver_app: Final = Endpoints(__name__)

JAVASCRIPT: Final = "text/javascript; charset=utf-8"
MANIFEST: Final = "application/manifest+json"
SVG: Final = "image/svg+xml"
WASM: Final = "'wasm-unsafe-eval'"
"""The scanner is WebAssembly. This allows to compile it, and no other eval."""
DIGITS: Final = "-u-nu-latn"
"""With it, Intl writes the digits 0 to 9 in every language, as the sentences do."""
PREFIX: Final = "driver."
"""So begin the names of the app's sentences in the catalogue; the app itself leaves it out."""
ICON: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<rect width="512" height="512" fill="#0b6b50"/>
<path d="M168 384V184a88 88 0 0 1 176 0v200z" fill="#fff"/>
<circle cx="302" cy="286" r="20" fill="#0b6b50"/></svg>"""


@driver_app.endpoint("/driver", method="GET", principals=PUBLIC, media_types=(replies.HTML,))
def driver_page(_: Actor) -> Response:
    """The driver's app. It asks for the route by itself, with the driver's token."""
    origin = container().follow_shipment.proofs_origin
    body = page(_locale(), base=_base_path())
    policy = replies.content_security_policy(
        image_sources=("blob:",), connect_sources=(origin,), script_sources=(WASM,)
    )
    return replies.html(body, policy=policy)


def page(locale: Locale, *, base: str) -> str:
    """The shell in one language, with all words that the app says."""
    words = _words(locale)
    return render(
        "driver.html",
        locale=locale,
        words=words,
        languages=shipped(),
        base=base,
        assets=asset_names(),
        page_data={
            "base": base,
            "language": locale.language,
            "tag": f"{locale.tag}{DIGITS}",
            "hour12": locale.style.has_half_days,
            "words": words,
            "style": f"{base}/static/{asset_names()['more.css']}",
        },
    )


@driver_app.endpoint(
    "/driver/worker.js", method="GET", principals=PUBLIC, media_types=(JAVASCRIPT,)
)
def driver_worker(_: Actor) -> Response:
    """The service worker, which knows by name all that the app needs without a network."""
    base = _base_path()
    names = offline_files()
    known = {
        "shell": f"{base}/driver",
        "files": [f"{base}/static/{name}" for name in names],
        "extras": [f"{base}/driver/app.webmanifest", f"{base}/driver/icon.svg"],
    }
    code = (STATIC / asset_names()["worker.js"]).read_text(encoding="utf-8")
    headers = _headers(JAVASCRIPT) | {"Service-Worker-Allowed": f"{base}/driver"}
    return Response(f"self.doorstep = {json.dumps(known)};\n{code}", headers=headers)


@driver_app.endpoint(
    "/driver/app.webmanifest", method="GET", principals=PUBLIC, media_types=(MANIFEST,)
)
def driver_manifest(_: Actor) -> Response:
    """What makes the page an app on the phone's first screen."""
    base = _base_path()
    icon = {"src": f"{base}/driver/icon.svg", "sizes": "any", "type": SVG}
    manifest = {
        "id": f"{base}/driver",
        "name": _locale().say(f"{PREFIX}app"),
        "short_name": "Doorstep",
        "start_url": f"{base}/driver",
        "scope": f"{base}/driver",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#0f1514",
        "theme_color": "#0b6b50",
        "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
    }
    return Response(json.dumps(manifest, ensure_ascii=False), headers=_headers(MANIFEST))


@driver_app.endpoint("/driver/icon.svg", method="GET", principals=PUBLIC, media_types=(SVG,))
def driver_icon(_: Actor) -> Response:
    """The app's icon."""
    return Response(ICON, headers=_headers(SVG))


@cache
def offline_files() -> tuple[str, ...]:
    """The built files that the app needs without a network, parts that load late among them."""
    listed = json.loads((STATIC / "offline.json").read_text(encoding="utf-8"))
    return tuple(listed)


def _words(locale: Locale) -> Mapping[str, Sentence]:
    """The app's own words, and those that the tracking page says in the same way."""
    own = {
        name.removeprefix(PREFIX): said
        for name, said in locale.phrases.items()
        if name.startswith(PREFIX)
    }
    shared = [f"reason.{each}" for each in FailureReason]
    shared += [f"quick.{each}" for each in QuickReply]
    return {**own, **{name: locale.phrases[name] for name in shared}}


def _headers(content_type: str) -> replies.Headers:
    return {
        "Content-Type": content_type,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }


def _base_path() -> str:
    path: str = driver_app.current_request.context["path"]
    return path.partition("/driver")[0]


def _locale() -> Locale:
    request = driver_app.current_request
    query: Mapping[str, Any] = request.query_params or {}
    return negotiate(query.get("lang"), request.headers.get("accept-language"))
