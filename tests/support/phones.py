"""A phone with a location app, as its driver's: it reports through the HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.support.carrier import Carrier, Reply


@dataclass(frozen=True)
class Phone:
    """A device of a driver, with what its key opens."""

    carrier: Carrier = field(repr=False)
    driver_id: str
    made: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, carrier: Carrier, driver_id: str, label: str = "Pixel") -> "Phone":
        """A new one, added by a dispatcher."""
        path = f"/v1/drivers/{driver_id}/devices"
        return cls(carrier, driver_id, carrier.made(path, {"label": label}, carrier.dispatcher))

    @property
    def id(self) -> str:
        return str(self.made["id"])

    @property
    def key(self) -> str:
        return str(self.made["key"])

    def address(self, app: str) -> str:
        """The path that this app reports to."""
        return urlsplit(self.made["addresses"][app]).path

    def report(
        self,
        app: str,
        body: Any = None,
        *,
        query: str = "",
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """What the app sends; a body that is no bytes goes as JSON."""
        address = self.address(app) + (f"?{query}" if query else "")
        return self.carrier.call(method, address, body, headers=headers)

    def seen(self) -> Any:
        """The device as a dispatcher sees it."""
        path = f"/v1/drivers/{self.driver_id}/devices"
        listed = self.carrier.call("GET", path, token=self.carrier.dispatcher).json["data"]
        return next((each for each in listed if each["id"] == self.id), None)

    def revoke(self) -> Reply:
        path = f"/v1/drivers/{self.driver_id}/devices/{self.id}"
        return self.carrier.call("DELETE", path, token=self.carrier.dispatcher)
