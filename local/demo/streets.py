"""The streets of the demo: a road graph that a van can drive, and addresses next to it.

The graph is the largest part of the extract where a van can drive from every corner to every other
one, with one-way streets. It is kept in `.cache/`, together with the drawing of the streets. The
tracking page shows the drawing when there is no network.
"""

import heapq
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chalicelib.domain.geography import EARTH_RADIUS_M, Coordinates, distance_m

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache" / "helsinki.json"
DRAWING: Final = ROOT / "chalicelib" / "pages" / "static" / "demo-streets.json"
VERSION: Final = 2
"""Raise this when the format of the cache changes."""
KERB_M: Final = 30.0
"""An address farther than this from a corner of the graph gets no deliveries."""
STRAIGHT_DEG: Final = 0.000012
"""About 1.3 m. A smaller bend is not drawn."""
SHORTEST_PATH_M: Final = 20.0
"""A shorter footpath is not drawn."""
_FOR_FEET: Final = {"footway", "path", "steps"}
ATTRIBUTION: Final = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Door:
    """An address where a van can stop. `corner` is the index of the nearest corner."""

    street: str
    number: str
    postal_code: str
    place: Coordinates
    corner: int


@dataclass(frozen=True)
class Streets:
    """Corners, and for each corner the next corners for a car with the metres to them."""

    corners: Sequence[Coordinates]
    onward: Sequence[Sequence[tuple[int, float]]]
    doors: Sequence[Door]

    def path(self, start: int, end: int) -> list[int]:
        """The shortest way as corners, both ends included. There is always one."""
        distances_m, came_from = {start: 0.0}, {}
        queue = [(0.0, start)]
        while queue:
            so_far_m, corner = heapq.heappop(queue)
            if corner == end:
                break
            if so_far_m > distances_m[corner]:
                continue
            for following, length_m in self.onward[corner]:
                total_m = so_far_m + length_m
                if total_m < distances_m.get(following, float("inf")):
                    distances_m[following], came_from[following] = total_m, corner
                    heapq.heappush(queue, (total_m, following))
        path = [end]
        while path[-1] != start:
            path.append(came_from[path[-1]])
        return path[::-1]

    def length_m(self, path: Sequence[int]) -> float:
        return sum(
            distance_m(self.corners[a], self.corners[b]) for a, b in itertools.pairwise(path)
        )

    def nearest(self, place: Coordinates) -> int:
        """The corner nearest to a place."""
        return min(
            range(len(self.corners)), key=lambda corner: distance_m(place, self.corners[corner])
        )


def load(cache: Path = CACHE, drawing: Path = DRAWING) -> Streets:
    """Load Helsinki from the cache, or the first time from the map extract.

    This also writes the drawing. Raises FileNotFoundError without both cache and extract.
    """
    kept = _read_cache(cache)
    if kept is None:
        from local.demo import osm  # noqa: PLC0415 (needs the osmium library; the second start does not)

        extract = osm.read(osm.extract_path())
        kept = {"version": VERSION, **_graph(extract), "drawing": _drawing(extract)}
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, kept)
    if not drawing.is_file() or drawing.stat().st_mtime < cache.stat().st_mtime:
        drawing.parent.mkdir(parents=True, exist_ok=True)
        _write(drawing, kept["drawing"])
    return _streets(kept)


def _read_cache(cache: Path) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(cache.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return kept if kept.get("version") == VERSION else None


def _write(path: Path, content: Any) -> None:
    """Write the whole file or nothing, so two first starts at the same time do no harm."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _streets(kept: Mapping[str, Any]) -> Streets:
    corners = [Coordinates(lat_deg, lon_deg) for lat_deg, lon_deg in kept["corners"]]
    onward = [
        [(following, distance_m(place, corners[following])) for following in reachable]
        for place, reachable in zip(corners, kept["onward"], strict=True)
    ]
    doors = [
        Door(street, number, code, Coordinates(lat_deg, lon_deg), corner)
        for street, number, code, lat_deg, lon_deg, corner in kept["doors"]
    ]
    return Streets(corners, onward, doors)


def _graph(extract: Any) -> dict[str, Any]:
    """Corners, one-way edges and doors as plain lists."""
    places: dict[int, tuple[float, float]] = {}
    edges: dict[int, dict[int, None]] = {}  # a dict keeps the file's order, a set does not
    for way in extract.ways:
        for (a, place_a), (b, place_b) in itertools.pairwise(
            zip(way.node_ids, way.points, strict=True)
        ):
            if way.forwards or way.backwards:
                places |= {a: place_a, b: place_b}
            if way.forwards:
                edges.setdefault(a, {})[b] = None
            if way.backwards:
                edges.setdefault(b, {})[a] = None
    connected = _largest_connected(places, edges)
    index = {node: number for number, node in enumerate(connected)}
    corners = [Coordinates(*places[node]) for node in connected]
    return {
        "corners": [[round(degrees, 6) for degrees in places[node]] for node in connected],
        "onward": [
            [index[following] for following in edges.get(node, ()) if following in index]
            for node in connected
        ],
        "doors": list(_doors(extract.addresses, corners)),
    }


def _largest_connected(nodes: Iterable[int], edges: Mapping[int, Iterable[int]]) -> list[int]:
    """The largest set of nodes where every node can be reached from every other one."""
    reverse: dict[int, list[int]] = {}
    for node, reachable in edges.items():
        for following in reachable:
            reverse.setdefault(following, []).append(node)
    left, best = dict.fromkeys(nodes), set[int]()
    while left:
        start = next(iter(left))
        component = _reach(start, edges) & _reach(start, reverse)
        best = max(best, component, key=len)
        for node in component:
            left.pop(node, None)
    return [node for node in dict.fromkeys(nodes) if node in best]


def _reach(start: int, edges: Mapping[int, Iterable[int]]) -> set[int]:
    reached, queue = {start}, [start]
    while queue:
        for following in edges.get(queue.pop(), ()):
            if following not in reached:
                reached.add(following)
                queue.append(following)
    return reached


def _doors(addresses: Iterable[Any], corners: Sequence[Coordinates]) -> Iterable[list[Any]]:
    """One door for each address near a corner of the graph."""
    common = Counter(address.street for address in addresses)
    taken = set[tuple[str, str]]()
    for address in addresses:
        name = (address.street, address.number)
        nearest = _corner_at(Coordinates(*address.point), corners)
        if name in taken or nearest is None or common[address.street] < 5:  # rare ones are misspelt
            continue
        taken.add(name)
        code = address.postal_code if len(address.postal_code) == 5 else "00100"
        lat_deg, lon_deg = (round(degrees, 6) for degrees in address.point)
        yield [*name, code, lat_deg, lon_deg, nearest]


def _corner_at(place: Coordinates, corners: Sequence[Coordinates]) -> int | None:
    """The nearest corner that is near enough to stop at. The latitude alone rules out most."""
    margin_deg = math.degrees(KERB_M / EARTH_RADIUS_M)
    near = {
        corner: distance_m(place, other)
        for corner, other in enumerate(corners)
        if abs(other.lat_deg - place.lat_deg) <= margin_deg
    }
    nearest = min(near, key=near.__getitem__, default=None)
    return nearest if nearest is not None and near[nearest] <= KERB_M else None


def _drawing(extract: Any) -> dict[str, Any]:
    """GeoJSON lines to draw below the van, each with its kind in OpenStreetMap's words."""
    return {
        "type": "FeatureCollection",
        "attribution": ATTRIBUTION,
        "features": [
            {
                "type": "Feature",
                "properties": {"highway": kind},
                "geometry": {"type": "LineString", "coordinates": _positions(line)},
            }
            for kind, line in _lines(extract.ways)
        ]
        + [
            {
                "type": "Feature",
                "properties": {"area": area.kind},
                "geometry": {"type": "Polygon", "coordinates": [_positions(area.points)]},
            }
            for area in extract.areas
        ],
    }


def _lines(ways: Iterable[Any]) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Ways of one kind joined into lines where they continue: the same picture, but smaller."""
    by_kind: dict[str, dict[Any, list[tuple[float, float]]]] = {}
    for way in ways:
        lines = by_kind.setdefault(way.kind.removesuffix("_link"), {})
        before, after = lines.pop(way.points[0], []), list(way.points)
        lines[_free_end(after[-1], lines)] = [*before[:-1], *after]
    for kind, lines in by_kind.items():
        yield from (
            (kind, line)
            for line in lines.values()
            if kind not in _FOR_FEET or _line_m(line) >= SHORTEST_PATH_M
        )


def _line_m(line: Sequence[tuple[float, float]]) -> float:
    return sum(distance_m(Coordinates(*a), Coordinates(*b)) for a, b in itertools.pairwise(line))


def _free_end(end: tuple[float, float], lines: Mapping[Any, Any]) -> Any:
    """The key by which a line can be continued; a key that nothing continues if it is taken."""
    return end if end not in lines else (end, len(lines))


def _positions(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Points in GeoJSON's order, longitude first. Five decimals are a metre."""
    return [[round(lon_deg, 5), round(lat_deg, 5)] for lat_deg, lon_deg in _straightened(points)]


def _straightened(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The line without points that hardly leave the line of their neighbours (Douglas, Peucker)."""
    if len(points) < 3:
        return list(points)
    first, last = points[0], points[-1]
    offsets = [_offset_deg(point, first, last) for point in points[1:-1]]
    farthest = max(range(len(offsets)), key=offsets.__getitem__)
    if offsets[farthest] < STRAIGHT_DEG:
        return [first, last]
    middle = farthest + 1
    return _straightened(points[: middle + 1])[:-1] + _straightened(points[middle:])


def _offset_deg(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Distance from a point to a line in degrees of latitude; on a ring, to the ring's start."""
    shrink = math.cos(math.radians(start[0]))
    (x, y), (dx, dy) = (
        ((other[1] - start[1]) * shrink, other[0] - start[0]) for other in (point, end)
    )
    length = math.hypot(dx, dy)
    return abs(x * dy - y * dx) / length if length else math.hypot(x, y)
