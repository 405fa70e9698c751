"""Sort keys of departures, which the marks of what has been learnt hold too."""

from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text

DEPARTURE: Final = "DEPARTURE#"


def item_of(order: tuple[datetime, int]) -> str:
    """The sort key of a departure by its order: sorts as text in that order."""
    left_at, number = order
    return f"{DEPARTURE}{to_text(left_at)}#{number:04d}"


def order_of(item: str) -> tuple[datetime, int]:
    """The order again."""
    _, left_at, number = item.split("#")
    return from_text(left_at), int(number)
