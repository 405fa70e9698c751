"""How well it all goes, for those who run it."""

from typing import Final

from chalicelib.api.schemas.figure_tables import headings, lines
from chalicelib.api.schemas.figures import (
    BehindOut,
    BehindPageOut,
    BehindQuery,
    MetricsOut,
    MetricsQuery,
    TableQuery,
    row_position,
    shown_behind,
)
from chalicelib.api.schemas.metrics import DayAccuracyOut, EtaAccuracyQuery, JudgedRouteOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import RouteId
from chalicelib.domain.listings import Listing
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.csv_files import csv_of
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.edge.queries import Position
from chalicelib.services.learning.show_accuracy import RouteAccuracy

metrics: Final = Endpoints(__name__)


@metrics.endpoint(
    "/v1/metrics",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=MetricsQuery,
    gives=MetricsOut,
    refusals=(NotFound,),
)
def get_metrics(actor: Actor, query: MetricsQuery, position: Position) -> Listing[object]:
    """Figures of service days, each with numerator, denominator and definition."""
    report = container().show_metrics(query.to_domain(), actor)
    first = row_position(position)
    rows = tuple(report.rows[first : first + query.limit])
    last = first + len(rows)
    return Listing((report, *rows), {"row": str(last)} if last < len(report.rows) else None)


@metrics.endpoint(
    "/v1/metrics/csv",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=TableQuery,
    media_types=(replies.CSV,),
    refusals=(NotFound,),
)
def get_metrics_csv(actor: Actor, query: TableQuery) -> object:
    """The same figures as a file for a spreadsheet, all rows at once."""
    report = container().show_metrics(query.to_domain(), actor)
    name = f"metrics-{query.from_day.isoformat()}-{query.to_day.isoformat()}.csv"
    return replies.csv_file(csv_of(headings(report), lines(report)), file_name=name)


@metrics.endpoint(
    "/v1/metrics/shipments",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=BehindQuery,
    gives=BehindPageOut,
    refusals=(NotFound,),
)
def get_metrics_shipments(
    actor: Actor, query: BehindQuery, position: Position
) -> Listing[BehindOut]:
    """The shipments behind a figure, in the order of their days."""
    page = container().show_metrics.behind(
        query.to_domain(),
        query.figure,
        actor,
        has_part=query.counted,
        limit=query.limit,
        position=position,
    )
    shown = (shown_behind(each, is_of_shipper=actor.role not in STAFF) for each in page.data)
    return Listing(tuple(shown), page.position)


@metrics.endpoint(
    "/v1/metrics/eta",
    method="GET",
    principals=STAFF,
    query=EtaAccuracyQuery,
    gives=(DayAccuracyOut, JudgedRouteOut),
    refusals=(NotFound,),
)
def get_eta_accuracy(
    _: Actor, query: EtaAccuracyQuery, position: Position
) -> Listing[RouteAccuracy] | JudgedRouteOut:
    """Error and coverage of ETAs by horizon: of one route, or of a hub's routes of a day."""
    if query.route_id is not None:
        found = container().show_accuracy.of_route(RouteId(query.route_id))
        return JudgedRouteOut.of(found)
    service_day, hub_id = query.day_of_hub()
    return container().show_accuracy.of_day(
        service_day, hub_id, limit=query.limit, position=position
    )
