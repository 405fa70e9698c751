"""What becomes of a parcel at a hub, on the wire."""

from chalicelib.edge.schemas import Out
from chalicelib.services.shipments.receive_parcels import HubVerdict


class HubScanOut(Out):
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous scan can mean."""

    action_id: str
    verdict: HubVerdict
    shipment_id: str | None
    choices: tuple[str, ...]


class HubScansOut(Out):
    """A verdict for each."""

    results: tuple[HubScanOut, ...]
