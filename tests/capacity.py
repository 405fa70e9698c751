"""The capacity meter of the laptop stack, which tests use too."""

from local.capacity import (
    CapacityMeter,
    Charge,
    item_bytes,
    number_bytes,
    read_units,
    value_bytes,
    write_units,
)

__all__ = [
    "CapacityMeter",
    "Charge",
    "item_bytes",
    "number_bytes",
    "read_units",
    "value_bytes",
    "write_units",
]
