"""API keys of shippers and staff."""

from typing import Final

from chalicelib.api.schemas.keys import KeyIn, KeyOut, KeysOut, KnownKeyOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Deactivated, NotFound, TooManyKeys
from chalicelib.domain.ids import KeyId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import ADMINS
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.accounts.issue_keys import IssuedKey
from chalicelib.services.repeats import Memory

keys: Final = Endpoints(__name__)


@keys.endpoint(
    "/v1/keys",
    method="POST",
    principals=ADMINS,
    takes=KeyIn,
    gives=KeyOut,
    status=201,
    commits_answer=True,
    refusals=(NotFound, Deactivated, TooManyKeys),
)
def post_key(actor: Actor, body: KeyIn, memory: Memory) -> IssuedKey:
    """Issue a key; its text is in this answer and nowhere else."""
    return container().issue_keys(
        Role(body.role),
        label=body.label,
        actor=actor,
        shipper_id=None if body.shipper_id is None else ShipperId(body.shipper_id),
        expires_at=body.expires_at,
        scopes=body.scopes,
        memory=memory,
    )


@keys.endpoint("/v1/keys", method="GET", principals=ADMINS, query=ListingQuery, gives=KeysOut)
def get_keys(_: Actor, query: ListingQuery, position: Position) -> Listing[ApiKey]:
    """All keys without their secrets, oldest first."""
    return container().show_accounts.of_keys(limit=query.limit, position=position)


@keys.endpoint("/v1/keys/{key_id}", method="GET", principals=ADMINS, gives=KnownKeyOut)
def get_key(_: Actor, key_id: str) -> ApiKey:
    """One key without its secret."""
    return container().show_accounts.key(KeyId(key_id))


@keys.endpoint("/v1/keys/{key_id}", method="DELETE", principals=ADMINS, gives=KnownKeyOut)
def delete_key(actor: Actor, key_id: str) -> ApiKey:
    """End a key; within 60 s nobody can use it any more."""
    return container().issue_keys.revoke(KeyId(key_id), actor=actor)
