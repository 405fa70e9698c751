"""Vehicles on DynamoDB."""

from collections.abc import Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, page_of
from chalicelib.adapters.dynamodb.accounts.team_documents import vehicle_from
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.ids import VehicleId
from chalicelib.domain.listings import Listing

VEHICLE: Final = "VEHICLE"


class DynamoVehicles:
    """The port ``Vehicles``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, vehicle_id: VehicleId) -> Vehicle:
        """One read."""
        return vehicle_from(self._partitions.get(vehicle_id, VEHICLE))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Vehicle]:
        """From the index, oldest first."""
        return page_of(
            VEHICLE, lambda item: vehicle_from(item.document), limit=limit, position=position
        )
