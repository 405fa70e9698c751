"""Every field of every input model, with all kinds of wrong values: refusals are sentences."""

import json
import re
from typing import Any, Final, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from chalicelib.edge.problems import problem_of_validation
from chalicelib.edge.sentences import ANY_OTHER, SENTENCES, sentence_of
from tests.support.input_models import INPUTS, body_with, fields_of

WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    1e308,
    "",
    " ",
    "\u200b",
    "x",
    "^$",
    "a\nb",
    "a\0b",
    "2026112818",
    "2026-11-28",
    "x" * 300,
    "x" * 100_000,
    [],
    [[]],
    ["", "", ""],
    ["x"] * 2_000,
    {},
    {"x": "^"},
)
JARGON: Final = re.compile(
    r"pattern|regex|pydantic|validat|input should|value error|unable to|instance of|\^|\\[dAZ]|"
    r"tuple|dict\b|NoneType|\bstr\b|\bint\b|enum|literal|traceback|\{\w*\}",
    re.IGNORECASE,
)
SENTENCE: Final = re.compile(r"[A-Z0-9].{8,}\.", re.DOTALL)
FIELDS: Final = [
    pytest.param(model, at, id=f"{route} {'/'.join(map(str, at))}")
    for route, model in sorted(INPUTS.items())
    for at in fields_of(model)
]


def refusals(model: type[BaseModel], body: object) -> list[dict[str, str]]:
    try:
        model.model_validate_json(json.dumps(body))
    except ValidationError as exc:
        answer = problem_of_validation(exc)
        return list(json.loads(answer.body).get("errors", ()))
    return []


def test_there_are_fields_to_walk_through() -> None:
    assert len(FIELDS) > 60


@pytest.mark.parametrize(("model", "at"), FIELDS)
def test_a_refusal_is_a_sentence_in_plain_words(
    model: type[BaseModel], at: tuple[str | int, ...]
) -> None:
    for value in WRONG:
        for error in refusals(model, body_with(at, value)):
            assert SENTENCE.fullmatch(error["detail"]), error
            assert not JARGON.search(error["detail"]), error
            assert error["detail"] != ANY_OTHER, (error, value)


@pytest.mark.parametrize("route", INPUTS)
def test_so_is_the_refusal_of_an_unknown_field_and_of_a_body_that_is_no_object(route: str) -> None:
    bodies: tuple[object, ...] = ({"nonsense": 1}, [], "x", 1, None)
    for body in bodies:
        for error in refusals(INPUTS[route], body):
            assert SENTENCE.fullmatch(error["detail"]), error
            assert not JARGON.search(error["detail"]), error


@pytest.mark.parametrize("route", INPUTS)
def test_a_blank_text_is_as_good_as_none_wherever_none_is(route: str) -> None:
    """Where null may be sent for a single value, an empty text may be sent.

    Fixes are judged one by one elsewhere.
    """
    model = INPUTS[route]
    for at in fields_of(model):
        if at[0] == "fixes":
            continue
        pointer = "".join(f"/{part}" for part in at)
        without = refusals(model, body_with(at, None))
        of_numbers = refusals(model, body_with(at, 1))
        is_compound = any(e["code"] in {"tuple_type", "model_type"} for e in of_numbers)
        if is_compound or any(error["pointer"] == pointer for error in without):
            continue
        for blank in ("", "  ", "\u200b", "\u00a0\ufeff"):
            assert refusals(model, body_with(at, blank)) == without, (at, blank)


def test_every_type_of_error_has_some_sentence() -> None:
    context = {
        "min_length": 1,
        "max_length": 2,
        "expected": "x",
        "ge": 1,
        "gt": 1,
        "le": 1,
        "lt": 1,
    }
    for kind in get_args(ErrorType):
        said = sentence_of(kind, "Value error, write this", context)
        assert SENTENCE.fullmatch(said)
        assert not JARGON.search(said)
    assert set(SENTENCES) <= set(get_args(ErrorType))
    assert sentence_of("missing", "Write this.", {"words": "Write this."}) == "Write this."


def test_a_limit_is_written_as_people_write_it() -> None:
    (error,) = [
        error
        for error in refusals(INPUTS["POST /v1/shipments"], {"service_time_s": 1e9})
        if error["pointer"] == "/service_time_s"
    ]

    assert error["detail"] == "This number must not be greater than 14400."
    assert sentence_of("less_than", "", {"lt": 0.5}) == "This number must be less than 0.5."


@pytest.mark.parametrize("route", INPUTS)
def test_what_is_no_object_is_shown_fields_of_the_object_that_is_meant(route: str) -> None:
    model = INPUTS[route]
    (error,) = refusals(model, [])

    for name in re.findall(r'"(\w+)": …', error["detail"]):
        assert name in model.model_json_schema()["properties"]
