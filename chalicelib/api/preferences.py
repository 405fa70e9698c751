"""What recipients prefer to be told, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.preferences import PreferencesIn, PreferencesOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, StoppedByRecipient
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.edge.preconditions import tag_of
from chalicelib.edge.principals import SHIPPERS_AND_DISPATCH, SHIPPERS_AND_STAFF

preferences: Final = Endpoints(__name__)


@preferences.endpoint(
    "/v1/shipments/{shipment_id}/preferences",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=PreferencesOut,
    versioned=True,
    refusals=(NotFound,),
)
def get_preferences(actor: Actor, shipment_id: str) -> Answer:
    """What the recipient wants to be told, and whether messages are stopped."""
    return _shown(actor, shipment_id)


@preferences.endpoint(
    "/v1/shipments/{shipment_id}/preferences",
    method="PATCH",
    principals=SHIPPERS_AND_DISPATCH,
    takes=PreferencesIn,
    gives=PreferencesOut,
    versioned=True,
    refusals=(NotFound, StoppedByRecipient),
)
def patch_preferences(
    actor: Actor, body: PreferencesIn, expected: Expected, shipment_id: str
) -> Answer:
    """Choose for the recipient, or stop the messages."""
    container().change_preferences.by_office(
        ShipmentId(shipment_id),
        body.of,
        stops=body.is_stopped if "is_stopped" in body.said() else None,
        expected=expected,
        actor=actor,
    )
    return _shown(actor, shipment_id)


def _shown(actor: Actor, shipment_id: str) -> Answer:
    found = container().show_preferences.one(ShipmentId(shipment_id), actor)
    return Answer(PreferencesOut.of(found), headers={"ETag": tag_of(found.version)})
