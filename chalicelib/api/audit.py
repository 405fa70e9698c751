"""The audit: who changed which account."""

from typing import Final

from chalicelib.api.schemas.audit import AuditOut, AuditQuery
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.audit import AuditEntry
from chalicelib.domain.actors import Actor
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import ADMINS
from chalicelib.edge.queries import Position

audit: Final = Endpoints(__name__)


@audit.endpoint("/v1/audit", method="GET", principals=ADMINS, query=AuditQuery, gives=AuditOut)
def get_audit(_: Actor, query: AuditQuery, position: Position) -> Listing[AuditEntry]:
    """Changes of accounts, newest first, for 400 days."""
    return container().show_accounts.of_audit(
        account_id=query.account_id, limit=query.limit, position=position
    )
