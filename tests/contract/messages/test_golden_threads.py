"""Threads and messages that earlier releases have written are read for ever."""

from collections.abc import Iterator
from typing import Final

import pytest

from chalicelib.domain.ids import MessageId, RouteId, ShipmentId
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.messages.threads import Author, Thread, Written
from tests.contract.conftest import Stores, on_moto
from tests.support.aws import SESSION, STAGE, stack_of, table_names
from tests.support.builders import NOON, make_message, minutes
from tests.support.golden import golden_item, golden_names

SHIPMENT: Final = ShipmentId("shp_01M8F8AFNJ6A4AD4YEY1ENRM5T")
ROUTE: Final = RouteId("rte_01M8F8AFNJ6A4AD4YEY1ENRM5T")
QUESTION: Final = make_message(
    1, id=MessageId("msg_01M8F8C0VP0G4C61DAMBTBNWZG"), shipment_id=SHIPMENT, text="Ovi on auki 🚚"
)
ANSWER: Final = make_message(
    2,
    id=MessageId("msg_01M8F8C1RPWC87M9DM1AM0R5BJ"),
    shipment_id=SHIPMENT,
    author=Author.DRIVER,
    text=None,
    quick_reply=QuickReply.ON_MY_WAY,
)
THREAD: Final = Thread(
    shipment_id=SHIPMENT,
    version=3,
    count=2,
    newest=(
        Written("0123456789abcdef", QUESTION.id, Author.RECIPIENT, NOON),
        Written("fedcba9876543210", ANSWER.id, Author.DRIVER, NOON + minutes(1)),
    ),
    read={Author.DRIVER: QUESTION.id},
    told_at=NOON + minutes(1),
)
FILES: Final = {
    "thread": "shipments",
    "question": "shipments",
    "answer": "shipments",
    "copy": "routes",
}


@pytest.fixture(scope="module")
def written() -> Iterator[Stores]:
    with on_moto() as stores:
        client, tables = SESSION.client("dynamodb"), table_names(stack_of(STAGE))
        for name, table in FILES.items():
            item = golden_item("v3", "threads", name) | {"added_later": {"S": "unknown"}}
            client.put_item(TableName=tables[table], Item=item)
        yield stores


def test_all_are_read_here() -> None:
    assert set(golden_names("v3", "threads")) == set(FILES)


def test_a_thread_is_read(written: Stores) -> None:
    assert written.threads.get(SHIPMENT) == THREAD
    assert written.threads.page(SHIPMENT, limit=9, position=None).data == (QUESTION, ANSWER)


def test_the_copy_of_a_route_is_read(written: Stores) -> None:
    written.clock.at = NOON

    assert written.route_messages.page(ROUTE, limit=9, position=None).data == (QUESTION,)
