"""The addresses that location apps of others report to: Traccar Client, OwnTracks, Overland,
GPSLogger.

Such an app repeats or drops what it is refused, so nothing is refused but a key that opens nothing
any more. Every fix goes the way of ``/v1/driver/positions`` and gets its verdict there.
"""

from datetime import datetime
from typing import Final

from chalicelib.api.schemas.osmand import OsmAndIn, OsmAndOut, OsmAndQuery
from chalicelib.api.schemas.overland import OverlandIn, OverlandOut
from chalicelib.api.schemas.owntracks import OwnTracksIn, OwnTracksOut
from chalicelib.api.schemas.positions import IngestReportOut
from chalicelib.api.schemas.reports import Report
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Unauthorized
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import DEVICES
from chalicelib.edge.problems import NoDevice
from chalicelib.edge.reports import MAX_REPORT_BYTES
from chalicelib.services.driving.ingest_positions import FixBatch

intake: Final = Endpoints(__name__)

MOST_FIXES: Final = 1_000
"""As many as a batch of our own app has."""


@intake.endpoint(
    "/in/osmand/{key}",
    method="GET",
    principals=DEVICES,
    query=OsmAndQuery,
    gives=OsmAndOut,
    is_report=True,
    also={302: "A set-up code was opened as an address: the page that explains it."},
    refusals=(NoDevice,),
)
def get_osmand(actor: Actor, query: OsmAndQuery, key: str) -> object:
    """Take one position in, from an app that writes it into the address.

    It is kept like any other, and a repeat changes nothing.
    """
    if query.is_setup:  # the camera of a phone opens the code that is meant for the app
        return replies.found(f"{container().manage_devices.public_base_url}/phones/{key}")
    return _osmand(actor, query.report(_now()))


@intake.endpoint(
    "/in/osmand/{key}",
    method="POST",
    principals=DEVICES,
    takes=OsmAndIn,
    gives=OsmAndOut,
    max_bytes=MAX_REPORT_BYTES,
    is_report=True,
    refusals=(NoDevice,),
)
def post_osmand(actor: Actor, body: OsmAndIn, key: str) -> OsmAndOut:
    """Take positions in from Traccar Client, GPSLogger or any app that speaks as OsmAnd does."""
    del key
    return _osmand(actor, body.report(_now()))


@intake.endpoint(
    "/in/owntracks/{key}",
    method="POST",
    principals=DEVICES,
    takes=OwnTracksIn,
    media_types=(replies.JSON,),
    written=lambda: OwnTracksOut,
    max_bytes=MAX_REPORT_BYTES,
    is_report=True,
    refuse=replies.refused_in_words,
)
def post_owntracks(actor: Actor, body: OwnTracksIn, key: str) -> object:
    """Take a message of OwnTracks in."""
    del key
    _taken(actor, body.report(_now()))
    return replies.json_reply(OwnTracksOut([]))


@intake.endpoint(
    "/in/overland/{key}",
    method="POST",
    principals=DEVICES,
    takes=OverlandIn,
    gives=OverlandOut,
    max_bytes=MAX_REPORT_BYTES,
    is_report=True,
    refuse=replies.refused_as_error,
)
def post_overland(actor: Actor, body: OverlandIn, key: str) -> OverlandOut:
    """Take a batch of Overland in."""
    del key
    _taken(actor, body.report(_now()))
    return OverlandOut()


def _osmand(actor: Actor, report: Report) -> OsmAndOut:
    if not report.names_device:
        raise NoDevice
    return _taken(actor, report)


def _taken(actor: Actor, report: Report) -> OsmAndOut:
    """Take the fixes in, and note that the device was heard from.

    A report without fixes also asks whether the driver's devices are still welcome.
    """
    if actor.driver_id is None:
        raise Unauthorized
    accepted = duplicate = 0
    for first in range(0, max(len(report.fixes), 1), MOST_FIXES):
        fixes = report.fixes[first : first + MOST_FIXES]
        batch = FixBatch(driver_id=actor.driver_id, epoch=actor.epoch, fixes=fixes)
        verdicts = IngestReportOut.of(container().ingest_positions(batch))
        duplicate += verdicts.duplicates
        accepted += verdicts.accepted + sum(len(each.indexes) for each in verdicts.suspect)
    container().recognise_device.note(actor, report.app)
    ignored = len(report.fixes) - accepted - duplicate
    return OsmAndOut(accepted=accepted, duplicate=duplicate, ignored=ignored)


def _now() -> datetime:
    """When the report reached us: the time of a fix that has none of its own."""
    return container().ingest_positions.clock.now()
