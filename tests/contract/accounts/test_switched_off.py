"""Webhooks that were switched off are found without a look at the others."""

from dataclasses import replace

from chalicelib.domain.ids import ShipperId, WebhookId
from chalicelib.domain.journal.changes import AccountAdded
from tests.contract.conftest import Stores
from tests.support.builders import NOON, make_webhook, minutes


def test_those_that_get_nothing_any_more_are_listed_of_all_shippers(stores: Stores) -> None:
    hooks = [
        make_webhook(
            number, shipper_id=ShipperId(f"shr_{number}"), created_at=NOON + minutes(number)
        )
        for number in range(4)
    ]
    for hook in hooks:
        stores.journal.commit(AccountAdded(hook))
    assert stores.endpoints.switched_off(limit=10, position=None).data == ()

    for hook in hooks[:3]:
        stores.endpoints.switch_off(hook, NOON + minutes(60))

    first = stores.endpoints.switched_off(limit=2, position=None)
    rest = stores.endpoints.switched_off(limit=2, position=first.position)
    off = [replace(hook, switched_off_at=NOON + minutes(60)) for hook in hooks[:3]]
    assert [*first.data, *rest.data] == off
    assert stores.endpoints.of_shipper(hooks[0].shipper_id) == (off[0],)
    assert WebhookId(hooks[3].id) not in {each.id for each in off}
