"""Tries of guesses: an item for each link, with the tags of the guesses.

It lies behind what is read together with a shipment: history, state and details.
"""

from pynamodb.expressions.condition import size

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.shipments.items import PinTriesItem
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.proofs.pins import Tried


class DynamoPinTries:
    """The port ``PinTries`` on DynamoDB."""

    def may_try(
        self,
        shipment_id: ShipmentId,
        link_generation: int,
        tag: str,
        *,
        most: int,
        of: Tried = Tried.PIN,
    ) -> bool:
        """One conditional write: the table itself counts."""
        item = PinTriesItem(shipment_id=shipment_id, item=f"TRIED_{of.upper()}#{link_generation}")
        guesses = PinTriesItem.guesses
        is_first = guesses.does_not_exist()
        try:
            with translated(missing=NotFound):
                item.update(
                    actions=[guesses.add({tag})],
                    condition=is_first | guesses.contains(tag) | (size(guesses) < most),
                )
        except NotFound:
            return False
        return True
