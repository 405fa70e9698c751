"""Conditional writes: what a change becomes in a table.

Every condition accepts the writer's own ``token`` too: after a lost answer the SDK repeats the
write and would otherwise fail on what it wrote itself.
"""

import secrets
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb.item import Item


@dataclass(frozen=True, slots=True)
class Put:
    """An item to write where its condition holds; without a condition, whatever is there."""

    item: Item
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """An item to add to, by actions that a repeat and another order leave as they are.

    It is made where there is none; of ``item`` only the keys count.
    """

    item: Item
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """An item to take away where its condition holds; of ``item`` only the keys count."""

    item: Item
    condition: Condition


def new_token(random_bytes: int = 9) -> str:
    """A writer's mark: short, since it is part of every item."""
    return secrets.token_urlsafe(random_bytes)


def unchanged(
    key: UnicodeAttribute,
    version: NumberAttribute,
    mark: UnicodeAttribute,
    expected: int | None,
    token: str,
) -> Condition:
    """Still at the expected version (None: still absent), or written by the holder of ``token``."""
    as_read = key.does_not_exist() if expected is None else version == expected
    condition: Condition = as_read | (mark == token)
    return condition
