"""Dataclasses whose methods were compiled before are those that would be compiled now."""

import dataclasses
import marshal
from typing import Any

import pytest

from chalicelib.precompiled import executing, install


def make() -> type[Any]:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: list[int] = dataclasses.field(default_factory=list)

    return Point


def test_known_sources_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: dict[str, bytes] = {}

    def record(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        codes[source] = marshal.dumps(compile(source, "<string>", "exec"))
        exec(source, names, found)  # noqa: S102 - as dataclasses

    monkeypatch.setattr(dataclasses, "exec", record, raising=False)
    compiled = make()
    known = dict.fromkeys(codes, b"")  # of these, marshal would make nothing
    monkeypatch.setattr(dataclasses, "exec", executing(known), raising=False)
    with pytest.raises(EOFError):
        make()

    monkeypatch.setattr(dataclasses, "exec", executing(codes), raising=False)
    loaded = make()

    for point in (compiled, loaded):
        assert repr(point(1)).endswith("Point(x=1, y=[])")
        assert (point(1) == point(1), point(1) == point(2)) == (True, False)
        with pytest.raises(dataclasses.FrozenInstanceError):
            point(1).x = 2
        assert [field.name for field in dataclasses.fields(point)] == ["x", "y"]


def test_other_sources_are_compiled_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataclasses, "exec", executing({}), raising=False)

    assert make()(1, [2]).y == [2]


def test_without_packaging_nothing_changes() -> None:
    install()

    assert "exec" not in vars(dataclasses)
