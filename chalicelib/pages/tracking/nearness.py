"""How near the van is in words: stops, distance, and all that the map shows."""

from zoneinfo import ZoneInfo

from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.phrases.days import moment_in_sentence
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import ShownPlace, TrackingView
from chalicelib.pages import distances
from chalicelib.pages.tracking.words import MapWords


def nearness_of(view: TrackingView, locale: Locale) -> tuple[str, ...]:
    """How many stops and how far, as far as it may be known; nothing once the driver is there."""
    if view.status not in ON_THE_WAY or view.status is Status.ARRIVED:
        return ()
    if view.is_overdue and view.silent_s is not None:
        return ()
    near = []
    if view.stops_before is not None:
        near.append(stops_in_words("stops", view.stops_before, locale))
    way_m = _way_m(view)
    if way_m is not None:
        near.append(_away(view, way_m, locale))
    return tuple(near)


def _away(view: TrackingView, way_m: float, locale: Locale) -> str:
    if distances.is_at_the_door(way_m, _error_m(view)):
        return locale.say("distance.door")
    written = distances.distance(way_m, _error_m(view), view.country, locale)
    return _sentence_case(locale.say("distance", distance=written))


def _error_m(view: TrackingView) -> float | None:
    return view.position.accuracy_m if view.position else None


def stops_in_words(key: str, stops_before: int, locale: Locale) -> str:
    return locale.count(key, stops_before) if stops_before else locale.say(f"{key}.next")


def _way_m(view: TrackingView) -> float | None:
    if view.position is None:
        return None
    van = Coordinates(view.position.lat_deg, view.position.lon_deg)
    return distance_m(van, view.destination)


def map_words(view: TrackingView, locale: Locale) -> MapWords:
    """There is a map while a van can be seen on it, and of the place of a photo."""
    way_m = _way_m(view)
    if view.outcome is not None and view.outcome.place is not None:
        return MapWords(is_shown=True, text=_of_the_photo(view, view.outcome.place, locale))
    if view.status not in ON_THE_WAY or way_m is None:
        return MapWords(is_shown=False, text="")
    return MapWords(is_shown=True, text=" ".join(_on_the_map(view, way_m, locale)))


def proof_facts(view: TrackingView, locale: Locale) -> tuple[str, ...]:
    """Who took it, and when and where the photo was taken, as far as the driver said so."""
    if view.outcome is None:
        return ()
    said, place = list[str](), view.outcome.place
    if view.outcome.received_by is not None:
        said.append(locale.say("outcome.received_by", person=view.outcome.received_by))
    if place is None:
        return tuple(said)
    said.append(_of_the_photo(view, place, locale))
    if place.taken_at is not None:
        zone = ZoneInfo(view.time_zone)
        told = moment_in_sentence(place.taken_at, view.server_now, zone, locale.style)
        said.append(locale.say("outcome.taken_at", moment=told))
    return tuple(said)


def _of_the_photo(view: TrackingView, place: ShownPlace, locale: Locale) -> str:
    at = Coordinates(place.lat_deg, place.lon_deg)
    way_m = distance_m(at, view.destination)
    if distances.is_at_the_door(way_m, place.accuracy_m):
        return locale.say("outcome.at_the_address")
    written = distances.distance(way_m, place.accuracy_m, view.country, locale)
    return locale.say("outcome.from_the_address", distance=written)


def _on_the_map(view: TrackingView, way_m: float, locale: Locale) -> list[str]:
    """All that the map shows: van and door, and the error of the position where it is drawn."""
    error_m = _error_m(view)
    if distances.is_at_the_door(way_m, error_m):
        return [locale.say("map.door")]
    written = distances.distance(way_m, error_m, view.country, locale)
    if view.stops_before is None or view.status is Status.ARRIVED:
        said = [locale.say("map.distance", distance=written)]
    else:
        stops = stops_in_words("map.stops", view.stops_before, locale)
        said = [locale.say("map.distance_and_stops", distance=written, stops=stops)]
    if error_m is not None and distances.is_rough(error_m):
        said.append(
            locale.say("map.error", distance=distances.error(error_m, view.country, locale))
        )
    return said


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
