"""Items of the travel table."""

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.adapters.dynamodb.item import Connection, Item


class PageItem(Item):
    """A page of what has been learnt, or one set aside that could not be read."""

    class Meta(Connection):
        """Bound at start."""

    page = UnicodeAttribute(hash_key=True)
    packed = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()
    token = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class LearningMarkItem(Item):
    """How far a route has been learnt: the sort key of its last departure."""

    class Meta(Connection):
        """Bound at start."""

    page = UnicodeAttribute(hash_key=True)
    through = UnicodeAttribute()
    token = UnicodeAttribute()
    expires_at = NumberAttribute()
