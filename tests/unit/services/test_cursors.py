import pytest

from chalicelib.adapters.signing import HmacSigner
from chalicelib.domain.errors import Invalid
from chalicelib.services.cursors import Cursors

CURSORS = Cursors(HmacSigner(lambda: (b"k" * 32,)))


def test_a_cursor_leads_back_to_its_position() -> None:
    cursor = CURSORS.seal({"after": "shp_1"}, "me|/v1/shipments")

    assert CURSORS.open(cursor, "me|/v1/shipments") == {"after": "shp_1"}


def test_the_last_page_has_no_cursor_and_the_first_needs_none() -> None:
    assert CURSORS.seal(None, "me") is None
    assert CURSORS.open(None, "me") is None


@pytest.mark.parametrize("cursor", ["", "abc", "\u0000", "A" * 5_000])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CURSORS.open(cursor, "me")

    assert refusal.value.data == {
        "errors": [
            {
                "pointer": "?cursor",
                "code": "invalid_cursor",
                "detail": "This cursor does not belong to this listing.",
            }
        ]
    }


def test_a_cursor_of_another_listing_is_refused() -> None:
    cursor = CURSORS.seal({"after": "shp_1"}, "me|/v1/shipments")

    with pytest.raises(Invalid):
        CURSORS.open(cursor, "you|/v1/shipments")


def test_what_was_sealed_for_something_else_is_no_cursor() -> None:
    sealed = CURSORS.signer.seal("driver", {"s": "me", "p": {"after": "shp_1"}})

    with pytest.raises(Invalid):
        CURSORS.open(sealed, "me")
