"""Items of the accounts table."""

from pynamodb.attributes import (
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.adapters.dynamodb.item import Connection, Item


class ByKind(GlobalSecondaryIndex["AccountItem"]):
    """All accounts of one kind."""

    class Meta:
        """Named as in the template."""

        index_name = "by_kind"
        projection = AllProjection()

    kind = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class AccountItem(Item):
    """Any account; ``document`` holds its fields.

    ``version`` is the document's own, for conditions; none: 1. ``token`` marks who wrote it last.
    ``taken_by`` is the client that used an invitation up, ``taken_at_ms`` is when it did.
    ``last_used_ms`` is when a key was used, give or take an hour, or a device reported, give or
    take some minutes; ``app`` is what that device reported with. Both change without a version.
    """

    class Meta(Connection):
        """Bound at start."""

    account_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    created_at = UnicodeAttribute()
    document = UnicodeAttribute()
    taken_by = UnicodeAttribute(null=True)
    taken_at_ms = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    token = UnicodeAttribute(null=True)
    last_used_ms = NumberAttribute(null=True)
    app = UnicodeAttribute(null=True)
    by_kind = ByKind()
