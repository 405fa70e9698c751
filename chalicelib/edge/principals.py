"""The sets of roles that routes are open to; those of the carrier's own people are the domain's."""

from typing import Final

from chalicelib.domain.actors import DISPATCH, STAFF, Role

PUBLIC: Final = frozenset({Role.PUBLIC})
"""Anybody, without a key."""
RECIPIENTS: Final = frozenset({Role.RECIPIENT})
"""Everyone who holds the address: a tracking link carries its own secret."""
DEVICES: Final = frozenset({Role.DEVICE})
"""A phone with a location app, by the key in the address that it reports to."""
SHIPPERS: Final = frozenset({Role.SHIPPER})
SHIPPERS_AND_STAFF: Final = SHIPPERS | STAFF
SHIPPERS_AND_DISPATCH: Final = SHIPPERS | DISPATCH
"""Those who change a shipment: managers only read."""
DRIVERS: Final = frozenset({Role.DRIVER})
ADMINS: Final = frozenset({Role.ADMIN})

NEEDS_NO_KEY: Final = (PUBLIC, RECIPIENTS, DEVICES)
"""Only exactly these sets are let in without a key of their own: a forgotten role opens nothing."""
