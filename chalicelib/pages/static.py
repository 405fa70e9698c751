"""The built style sheets and scripts, under flat hashed names, each fetched once per browser.

Text only: Lambda answers with a string body, and API Gateway compresses it. Pictures live inside
the scripts as SVG.
"""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Final

from chalice.app import Response

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC
from chalicelib.pages.rendering import STATIC

static: Final = Endpoints(__name__)

CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
IMMUTABLE: Final = "public, max-age=31536000, immutable"
CHANGEABLE: Final = "public, max-age=300"

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)
_HASHED: Final = re.compile(r".+-[A-Z0-9]{8}\.[a-z]+", re.ASCII)


@static.endpoint(
    "/static/{name}",
    method="GET",
    principals=PUBLIC,
    media_types=tuple(CONTENT_TYPES.values()),
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def static_file(_: Actor, name: str) -> Response:
    """One built file. A name is never a path: only files of the folder itself are found."""
    path = find(name, STATIC)
    headers: replies.Headers = {
        "Content-Type": CONTENT_TYPES[path.suffix],
        "Cache-Control": IMMUTABLE if _HASHED.fullmatch(name) else CHANGEABLE,
        "X-Content-Type-Options": "nosniff",
    }
    body = path.read_text(encoding="utf-8")
    return Response(body, headers=headers, status_code=HTTPStatus.OK)


def find(name: str, folder: Path) -> Path:
    """The file of that plain name in the folder. Raises NotFound for all else."""
    path = folder / name
    is_known = _NAME.fullmatch(name) and path.suffix in CONTENT_TYPES
    if not (is_known and path.is_file()):
        raise NotFound
    return path
