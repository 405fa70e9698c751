"""Create a shipment and follow it: python clients/follow.py URL KEY REFERENCE.

Run `make clients` first.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "generated"))

from doorstep_client import AuthenticatedClient
from doorstep_client.api.shipments import get_events, get_shipment, post_shipment
from doorstep_client.models import Problem, ShipmentIn


def main(url: str, key: str, reference: str) -> int:
    """Print what has become of the shipment."""
    doorstep = AuthenticatedClient(base_url=url, token=key)
    order = ShipmentIn.from_dict(
        {
            "reference": reference,
            "recipient": {"name": "Aino Virtanen", "locale": "fi"},
            "address": {
                "lines": ["Aleksanterinkatu 1"],
                "city": "Helsinki",
                "country": "FI",
                "lat_deg": 60.169,
                "lon_deg": 24.9525,
                "time_zone": "Europe/Helsinki",
            },
            "parcels": [{"barcode": f"BOX-{reference}"}],
        }
    )
    made = post_shipment.sync(client=doorstep, body=order, idempotency_key=f"order {reference}")
    if made is None or isinstance(made, Problem):
        print(f"The shipment was not created: {made and made.detail}", file=sys.stderr)
        return 1
    shipment = get_shipment.sync(made.id, client=doorstep)
    history = get_events.sync(made.id, client=doorstep)
    told = {
        "id": shipment.id,
        "status": shipment.status.value,
        "tracking_url": made.tracking_url,
        "events": [event.type_ for event in history.data],
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
