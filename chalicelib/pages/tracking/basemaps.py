"""The ground of the map, read from the operator's TILE_URL: tiles of any XYZ server, or streets.

``https://tile.example/{z}/{x}/{y}.png``   tiles; their host is the page's one foreign image source
``/static/…`` or another path              the same from this deployment, below its stage prefix
``streets:/static/demo-streets.json``      GeoJSON lines, drawn by the page itself (the local demo)
``demo`` or ``none``                       short for the line above; no background at all
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

DEMO_STREETS: Final = "streets:/static/demo-streets.json"
_STREETS: Final = "streets:"


@dataclass(frozen=True, slots=True)
class Basemap:
    """``kind`` is tiles, streets or none.

    ``image_source`` and ``connect_source`` are what the page's policy must let through beyond its
    own origin ('' = nothing).
    """

    kind: str
    url: str
    attribution: str
    image_source: str = ""
    connect_source: str = ""


def basemap(tile_url: str, attribution: str, *, base_path: str) -> Basemap:
    """The base map of a deployment under ``base_path`` ('' or a stage prefix such as '/api').

    >>> basemap("https://{s}.tiles.example/{z}/{x}/{y}.png", "", base_path="").image_source
    'https://*.tiles.example'
    """
    wanted = DEMO_STREETS if tile_url == "demo" else tile_url
    if wanted in {"", "none"}:
        return Basemap("none", "", "")
    kind = "streets" if wanted.startswith(_STREETS) else "tiles"
    url = wanted.removeprefix(_STREETS)
    if url.startswith("/") and not url.startswith("//"):
        return Basemap(kind, f"{base_path}{url}", attribution)
    source = origin(url)
    return Basemap(
        kind,
        url,
        attribution,
        image_source=source if kind == "tiles" else "",
        connect_source=source if kind == "streets" else "",
    )


def origin(url: str) -> str:
    """Scheme and host as a source expression; a host template ({s}) becomes a wildcard."""
    parts = urlsplit(url)
    _, braces, domain = parts.netloc.rpartition("}")
    return f"{parts.scheme}://*{domain}" if braces else f"{parts.scheme}://{parts.netloc}"
