"""Stored documents can grow: each is read with a field less, and with a field more."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
import pytest
from msgspec import inspect

from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.accounts import documents as accounts
from chalicelib.adapters.dynamodb.shipments import details, states
from chalicelib.adapters.dynamodb.stored import (
    Packed,
    PackedPart,
    Part,
    Stored,
    from_json,
    pack,
    to_json,
    unpack,
)
from tests.support.builders import NOON

DECLARED_IN: Final = (tables, accounts, details, states)
"""All that is stored is declared once these are imported."""


def forms(base: type[Any]) -> Iterator[type[Any]]:
    """Every structure below a base, but for the bases themselves."""
    for form in base.__subclasses__():
        if form not in {Stored, Packed} and form.__module__.startswith("chalicelib."):
            yield form
        yield from forms(form)


def sample(found: inspect.Type, *, packed: bool = False) -> Any:  # noqa: C901, PLR0911, PLR0912 - one a kind of value
    """Some value of a type, in the form in which it is encoded. Every optional field is filled."""
    match found:
        case inspect.StructType(array_like=True, fields=fields):
            return [sample(field.type, packed=True) for field in fields]
        case inspect.StructType(fields=fields):
            return {field.encode_name: sample(field.type) for field in fields}
        case inspect.UnionType(types=types):
            some = next(t for t in types if not isinstance(t, inspect.NoneType))
            return sample(some, packed=packed)
        case inspect.VarTupleType(item_type=each):
            return [sample(each, packed=packed), sample(each, packed=packed)]
        case inspect.DictType(key_type=key, value_type=each):
            return {sample(key): sample(each)}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.StrType():
            return "text"
        case inspect.IntType():
            return 7
        case inspect.FloatType():
            return 1.5
        case inspect.BoolType():
            return True
        case inspect.DateTimeType():
            return NOON.isoformat()
        case inspect.BytesType():
            return b"bytes" if packed else "Ynl0ZXM="
    raise AssertionError(found)


JSON: Final = sorted({*forms(Part)}, key=lambda form: form.__qualname__)
ARRAYS: Final = sorted({*forms(PackedPart)}, key=lambda form: form.__qualname__)


def optional_fields(form: type[Any]) -> list[str]:
    """The names of the fields that have a default."""
    found = inspect.type_info(form)
    assert isinstance(found, inspect.StructType)
    return [field.name for field in found.fields if not field.required]


def defaults_of(form: type[Any]) -> list[Any]:
    """The defaults of the last fields, in their order."""
    made = ((getattr(value, "factory", None), value) for value in form.__struct_defaults__)
    return [make() if make else value for make, value in made]


def read(form: type[Any], value: object) -> Any:
    return msgspec.json.decode(json.dumps(value).encode(), type=form)


def read_packed(form: type[Any], value: object) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=form)


def test_all_that_is_stored_is_tried_here() -> None:
    names = {form.__name__ for form in (*JSON, *ARRAYS)}

    assert names >= {
        "ShipperDocument",
        "KeyDocument",
        "Details",
        "AddressPart",
        "State",
        "AttemptPart",
    }


@pytest.mark.parametrize("form", JSON)
def test_a_document_without_any_one_optional_field_is_read(form: type[Any]) -> None:
    whole = sample(inspect.type_info(form))
    names, defaults = form.__struct_fields__, defaults_of(form)
    default = dict(zip(reversed(names), reversed(defaults), strict=False))

    for name in optional_fields(form):
        older = read(form, {key: value for key, value in whole.items() if key != name})

        assert getattr(older, name) == default[name]


@pytest.mark.parametrize("form", JSON)
def test_a_document_with_a_field_of_a_later_release_is_read(form: type[Any]) -> None:
    whole = sample(inspect.type_info(form))

    assert read(form, whole | {"added_later": {"any": ["thing"]}}) == read(form, whole)


@pytest.mark.parametrize("form", ARRAYS)
def test_an_array_of_an_earlier_release_is_read(form: type[Any]) -> None:
    """Fields are only ever added at the end, so an earlier one is shorter."""
    whole = sample(inspect.type_info(form))

    for missing in range(1, len({*optional_fields(form)} - {"v"}) + 1):
        defaults = map(msgspec.to_builtins, defaults_of(form)[-missing:])

        older = read_packed(form, whole[:-missing])

        assert older == read_packed(form, [*whole[:-missing], *defaults])


@pytest.mark.parametrize("form", ARRAYS)
def test_an_array_of_a_later_release_is_read(form: type[Any]) -> None:
    whole = sample(inspect.type_info(form))

    assert read_packed(form, [*whole, {"any": ["thing"]}]) == read_packed(form, whole)


@pytest.mark.parametrize("form", [form for form in JSON if issubclass(form, Stored)])
def test_a_document_says_its_version_and_another_is_refused(form: type[Stored]) -> None:
    whole = sample(inspect.type_info(form))
    document = from_json(form, json.dumps(whole))

    assert json.loads(to_json(document))["v"] == 1
    assert from_json(form, to_json(document)) == document
    with pytest.raises(msgspec.ValidationError, match=r"\$\.v"):
        from_json(form, json.dumps(whole | {"v": 2}))


@pytest.mark.parametrize("form", [form for form in ARRAYS if issubclass(form, Packed)])
def test_a_packed_value_begins_with_its_version_and_another_is_refused(form: type[Packed]) -> None:
    whole = sample(inspect.type_info(form))
    value = unpack(form, msgspec.msgpack.encode(whole))

    assert msgspec.msgpack.decode(pack(value))[0] == 1
    assert unpack(form, pack(value)) == value
    with pytest.raises(msgspec.ValidationError, match=r"\$\[0\]"):
        unpack(form, msgspec.msgpack.encode([2, *whole[1:]]))


def test_instants_come_back_in_utc() -> None:
    document = accounts.InvitationDocument(code_hash="x", driver_id="d", expires_at=NOON)  # type: ignore[arg-type]

    found = from_json(accounts.InvitationDocument, to_json(document)).expires_at

    assert found == NOON
    assert isinstance(found, datetime)
    assert found.utcoffset() == NOON.utcoffset()
