"""All pages, and the files that they are made with, by how their paths begin."""

from collections.abc import Mapping
from typing import Final

BLUEPRINTS: Final[Mapping[str, str]] = {
    "/console": "chalicelib.pages.console.home:home",
    "/console/attention": "chalicelib.pages.console.dispatch:dispatch",
    "/console/live": "chalicelib.pages.console.dispatch:dispatch",
    "/console/routes": "chalicelib.pages.console.dispatch:dispatch",
    "/console/planning": "chalicelib.pages.console.board:board",
    "/console/shipments": "chalicelib.pages.console.search:search",
    "/console/sign-in": "chalicelib.pages.console.door:door",
    "/console/sign-out": "chalicelib.pages.console.door:door",
    "/driver": "chalicelib.pages.driver.views:driver_app",
    "/docs": "chalicelib.pages.reference:reference",
    "/openapi.json": "chalicelib.pages.reference:reference",
    "/phones": "chalicelib.pages.phones.views:phones",
    "/static": "chalicelib.pages.static:static",
    "/v1/shipments/{shipment_id}/label": "chalicelib.pages.labels.views:labels",
    "/v1/shipments/{shipment_id}/proofs/bundle": "chalicelib.pages.receipts.views:receipts",
    "/v1/shipments/{shipment_id}/proofs/receipt": "chalicelib.pages.receipts.views:receipts",
    "/stop": "chalicelib.pages.tracking.stopping:stopping",
    "/t": "chalicelib.pages.tracking.views:tracking",
    "/t/{token}/rating": "chalicelib.pages.tracking.rating:rating",
    "/t/{token}/reports": "chalicelib.pages.tracking.reports:reports",
    "/t/{token}/day": "chalicelib.pages.tracking.days:days",
    "/t/{token}/wishes": "chalicelib.pages.tracking.wishes:wishes",
    "/t/{token}/calendar.ics": "chalicelib.pages.tracking.calendars:calendars",
    "/t/{token}/data": "chalicelib.pages.tracking.privacy:privacy",
    "/t/{token}/address": "chalicelib.pages.tracking.redirects:redirects",
    "/t/{token}/check": "chalicelib.pages.tracking.checks:checks",
    "/t/{token}/share": "chalicelib.pages.tracking.sharing:sharing",
    "/s": "chalicelib.pages.tracking.sharing:sharing",
    "/t/{token}/settings": "chalicelib.pages.tracking.settings:settings",
    "/t/{token}/messages": "chalicelib.pages.tracking.recipients:recipients",
}
