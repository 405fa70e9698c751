import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.shipments.proof_checks import answered, answers, is_right
from tests.support.builders import make_address

ADDRESS = make_address(lines=("Aleksanterinkatu 12 B 34",), postal_code="00 100")


@pytest.mark.parametrize(
    "guess", ["00100", "00 100", " 00-100 ", "12", "12b", "12 B", "34", "１２"]
)
def test_postal_code_and_house_number_open_as_people_write_them(guess: str) -> None:
    assert is_right(guess, ADDRESS)


@pytest.mark.parametrize("guess", ["", "0100", "1", "2", "b", "12c", "1234", "Aleksanterinkatu"])
def test_nothing_else_opens(guess: str) -> None:
    assert not is_right(guess, ADDRESS)


def test_letters_of_a_postal_code_may_be_small() -> None:
    assert is_right("sw1a1aa", make_address(lines=("10 Downing St",), postal_code="SW1A 1AA"))


def test_an_address_without_numbers_cannot_be_asked_for() -> None:
    address = make_address(lines=("The old mill",), postal_code=None)

    assert answers(address) == frozenset()
    assert not is_right("", address)


@given(st.text(max_size=50))
def test_each_text_is_an_answer_or_none(text: str) -> None:
    assert answered(answered(text)) == answered(text)
    assert isinstance(is_right(text, ADDRESS), bool)
