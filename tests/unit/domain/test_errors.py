from collections.abc import Iterator

import pytest

from chalicelib.domain import errors
from chalicelib.domain.errors import DomainError, IllegalTransition, Invalid, Unavailable


def family(error: type[DomainError]) -> Iterator[type[DomainError]]:
    yield error
    for child in error.__subclasses__():
        yield from family(child)


OURS = [error for error in family(DomainError) if error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", OURS)
def test_every_error_has_a_place_in_the_picture(error: type[DomainError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_codes_are_unique() -> None:
    codes = [error.code for error in family(DomainError) if "code" in vars(error)]

    assert len(codes) == len(set(codes))


def test_text_is_for_people_and_data_for_machines() -> None:
    refusal = IllegalTransition(shipment_id="shp_1", current="delivered")

    assert str(refusal) == IllegalTransition.text
    assert refusal.data == {"shipment_id": "shp_1", "current": "delivered"}


def test_invalid_input_says_where() -> None:
    problem = Invalid("Too many.", pointer="/fixes", code="too_many")

    assert problem.data == {
        "errors": [{"pointer": "/fixes", "code": "too_many", "detail": "Too many."}]
    }


def test_unavailable_says_when_to_come_back() -> None:
    assert Unavailable(retry_after_s=7, dependency="dynamodb").retry_after_s == 7
    assert Unavailable(dependency="dynamodb").data == {"dependency": "dynamodb"}
