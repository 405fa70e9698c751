"""Seals over many documents: each one is proven alone, and nothing else is."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evidence.seals import (
    SealFacts,
    is_in,
    leaf_of,
    path_of,
    root_from,
    root_of,
    sealed,
    statement_of,
)
from tests.support.builders import NOON


def h(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def test_the_tree_is_that_of_rfc_9162() -> None:
    a, b, c = (leaf_of(text) for text in (b"a", b"b", b"c"))

    assert a == h(b"\x00", b"a")
    assert root_of([a]) == a
    assert root_of([a, b, c]) == h(b"\x01", h(b"\x01", a, b), c)
    assert path_of([a, b, c], 2) == (h(b"\x01", a, b),)
    assert path_of([a, b, c], 0) == (b, c)


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=20), st.data())
def test_each_document_is_in_its_seal_and_no_other(
    documents: list[bytes], data: st.DataObject
) -> None:
    statement = statement_of(documents, "sky_1", NOON)
    facts = SealFacts.of(statement)
    seals = sealed(documents, statement, b"signature")
    stranger = data.draw(st.binary(max_size=6).filter(lambda each: each not in documents))

    assert facts is not None
    assert (facts.key_id, facts.count, facts.sealed_at) == (
        "sky_1",
        len(documents),
        "2026-11-23T12:00:00.000Z",
    )
    for document, seal in zip(documents, seals, strict=True):
        assert is_in(document, seal, facts)
        assert not is_in(stranger, seal, facts)
        assert len(seal.path) <= 5


@pytest.mark.parametrize(
    ("index", "count"), [(-1, 3), (3, 3), (0, 1), (2, 3), (5, 10**30)], ids=repr
)
def test_a_way_that_fits_no_tree_leads_nowhere(index: int, count: int) -> None:
    leaves = [leaf_of(bytes([n])) for n in range(3)]
    path = path_of(leaves, 0)

    assert root_from(leaves[0], index, count, path) != root_of(leaves)


def test_a_part_of_the_way_proves_nothing() -> None:
    documents = [bytes([n]) for n in range(5)]
    statement = statement_of(documents, "sky_1", NOON)
    facts = SealFacts.of(statement)
    assert facts is not None
    (first, *_) = sealed(documents, statement, b"")

    assert not is_in(documents[0], replace(first, path=first.path[:-1]), facts)
    assert not is_in(documents[0], replace(first, path=(*first.path, b"x")), facts)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":"doorstep-seal/1"}', "[" * 100_000])
def test_other_texts_are_no_statements(text: str) -> None:
    assert SealFacts.of(text) is None
