"""The carrier of the replayed trips: one shop, and a driver for each bus."""

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from local.cloud.capacity import CapacityMeter
from local.cloud.shapes import Record
from local.cloud.sources import StreamSource
from local.demo.carrier import open_carrier
from local.replay.metering import Log, MeteredApi, dynamodb_clients
from local.replay.player import TIME_ZONE, WATCHED, World
from local.replay.recordings import Trip
from local.stack import RunningStack

SHOP: Final = {"name": "Corner Shop", "sms_name": "Corner Shop"}


@contextmanager
def opened(stack: RunningStack, trips: Sequence[Trip], *, seed: int) -> Iterator[World]:
    """Open the carrier, and meter all DynamoDB calls while the block runs."""
    meter = CapacityMeter()
    fleet = stack.provisioned.stack.environment()["FLEET_TABLE"]
    vehicles = sorted({trip.vehicle for trip in trips})
    with ExitStack() as closing:
        closing.enter_context(meter.watching(*dynamodb_clients()))
        log = Log(meter)
        admin = MeteredApi(stack.base_url, stack.admin_key, log=log)
        closing.callback(admin.close)
        carrier = open_carrier(
            admin,
            shops=[SHOP],
            hub_name="Depot",
            hub_place=trips[0].begins.place,
            time_zone=TIME_ZONE,
            drivers=[(f"Bus {vehicle}", "Buses") for vehicle in vehicles],
        )
        made = World(
            log=log,
            clock=stack.clock,
            carrier=carrier,
            driver_ids=dict(zip(vehicles, carrier.driver_ids, strict=True)),
            public=admin.as_(None),
            chance=random.Random(seed),
            bridge=stack.settle,
            live_bytes=lambda driver_id: meter.stored_bytes(
                fleet, {"driver_id": {"S": driver_id}, "item": {"S": "LIVE"}}
            ),
            watch_every=max(1, len(trips) // WATCHED),
        )
        _watch(stack, made.watched)
        yield made


def _watch(stack: RunningStack, shipment_ids: Collection[str]) -> None:
    """Publish only events of these shipments. The collection may grow later."""
    for source in stack.bridge.sources:
        if source.name == "publish_events" and isinstance(source, StreamSource):
            source.passes = lambda record: _shipment_id(record) in shipment_ids


def _shipment_id(record: Record) -> str:
    found: str = record["dynamodb"]["Keys"]["shipment_id"]["S"]
    return found
