"""The audit on the wire."""

from chalicelib.domain.actors import Role
from chalicelib.edge.queries import QueryId
from chalicelib.edge.schemas import ListingQuery, Out, Time

Shown = str | bool | float | tuple[str, ...] | None


class AuditQuery(ListingQuery):
    """The changes of one account, or of all."""

    account_id: QueryId | None = None


class FieldChangeOut(Out):
    """A field before and after; null: it was not there. Secrets are never shown."""

    field: str
    before: Shown
    after: Shown


class AuditEntryOut(Out):
    """One change of an account: by which key, what, and when."""

    id: str
    at: Time
    actor_id: str
    actor_role: Role
    action: str
    account_id: str
    changes: tuple[FieldChangeOut, ...]


class AuditOut(Out):
    """A page of the audit, newest first."""

    data: tuple[AuditEntryOut, ...]
    next_cursor: str | None
