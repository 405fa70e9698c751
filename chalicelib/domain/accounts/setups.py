"""Setups: what a location app reads to know where to report to, and how often.

Each is made of the address of this deployment and of a device's key, so it is as secret as the key.
Formats: Traccar Client 10 (https link), OwnTracks (``owntracks:///config``), Overland
(``overland://setup``), GPSLogger (custom URL).
"""

import base64
import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from chalicelib.domain.ids import DeviceId

INTERVAL_S: Final = 15
DISTANCE_M: Final = 25
OVERLAND_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Setup:
    """The setups of one device. ``base_url`` has no slash at its end."""

    base_url: str
    key: str
    device_id: DeviceId

    @property
    def osmand_url(self) -> str:
        """Where Traccar Client and GPSLogger report to."""
        return f"{self.base_url}/in/osmand/{self.key}"

    @property
    def owntracks_url(self) -> str:
        """Where OwnTracks reports to."""
        return f"{self.base_url}/in/owntracks/{self.key}"

    @property
    def overland_url(self) -> str:
        """Where Overland reports to."""
        return f"{self.base_url}/in/overland/{self.key}"

    @property
    def page_url(self) -> str:
        """The page that shows all of this to whoever sets the phone up."""
        return f"{self.base_url}/phones/{self.key}"

    @property
    def traccar_link(self) -> str:
        """What Traccar Client takes from a QR code: its address, and how it is to work.

        Left alone it reports every 300 s and only after 75 m: too seldom for a van to be followed.
        """
        options = {
            "id": self.device_id,
            "interval": INTERVAL_S,
            "distance": DISTANCE_M,
            "accuracy": "high",
            "stop_detection": "false",
            "buffer": "true",
        }
        return f"{self.osmand_url}?{urlencode(options)}"

    @property
    def owntracks_link(self) -> str:
        """What OwnTracks opens as its configuration: HTTP mode, moving."""
        configuration = {
            "_type": "configuration",
            "mode": 3,
            "url": self.owntracks_url,
            "auth": False,
            "tid": "dr",
            "monitoring": 2,
            "locatorInterval": INTERVAL_S,
            "locatorDisplacement": DISTANCE_M,
        }
        text = json.dumps(configuration, separators=(",", ":"))
        inline = base64.b64encode(text.encode()).decode()
        return f"owntracks:///config?inline={quote(inline, safe='')}"

    @property
    def overland_link(self) -> str:
        """What Overland opens as its set-up."""
        options = {"url": self.overland_url, "device_id": self.device_id}
        return f"overland://setup?{urlencode(options)}"

    @property
    def gpslogger_url(self) -> str:
        """What is typed into GPSLogger; it fills in what stands behind percent signs.

        Speed is ``spd``, in m/s: ``speed`` would be knots.
        """
        values = {
            "lat": "LAT",
            "lon": "LON",
            "timestamp": "TIMESTAMP",
            "accuracy": "ACC",
            "bearing": "DIR",
            "batt": "BATT",
            "spd": "SPD",
        }
        filled = "&".join(f"{name}=%{placeholder}" for name, placeholder in values.items())
        return f"{self.osmand_url}?id={self.device_id}&{filled}"
