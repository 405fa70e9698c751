"""Drivers' phones that report with a location app of somebody else."""

from typing import Final

from chalicelib.api.schemas.devices import DeviceIn, DevicesOut, IssuedDeviceOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.devices import Device
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import Deactivated
from chalicelib.domain.ids import DeviceId, DriverId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.accounts.manage_devices import IssuedDevice
from chalicelib.services.repeats import Memory

devices: Final = Endpoints(__name__)


@devices.endpoint(
    "/v1/drivers/{driver_id}/devices",
    method="POST",
    principals=DISPATCH,
    takes=DeviceIn,
    gives=IssuedDeviceOut,
    status=201,
    commits_answer=True,
    refusals=(Deactivated,),
)
def post_device(actor: Actor, body: DeviceIn, memory: Memory, driver_id: str) -> IssuedDevice:
    """Add a phone: the answer holds its key and the page that sets it up.

    The key reports positions of this driver, and opens nothing else.
    """
    return container().manage_devices(
        DriverId(driver_id), label=body.label, actor=actor, memory=memory
    )


@devices.endpoint(
    "/v1/drivers/{driver_id}/devices",
    method="GET",
    principals=STAFF,
    query=ListingQuery,
    gives=DevicesOut,
)
def get_devices(
    _: Actor, query: ListingQuery, position: Position, driver_id: str
) -> Listing[Device]:
    """A driver's phones, when each was last seen, and with which app."""
    return container().manage_devices.of_driver(
        DriverId(driver_id), limit=query.limit, position=position
    )


@devices.endpoint(
    "/v1/drivers/{driver_id}/devices/{device_id}", method="DELETE", principals=DISPATCH, status=204
)
def delete_device(actor: Actor, driver_id: str, device_id: str) -> None:
    """Revoke a phone's key: within a minute it opens nothing. A repeat changes nothing."""
    container().manage_devices.revoke(DriverId(driver_id), DeviceId(device_id), actor=actor)
