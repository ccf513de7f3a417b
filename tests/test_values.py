"""Typed values: transport, comparison and text."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingstone.values import NotALiteral, TooLarge, canonical, decode, encode, from_text, to_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.binary()
HASHABLE = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(HASHABLE, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_comes_through_transport_with_its_types(value: object) -> None:
    assert canonical(decode(encode(value))) == canonical(value)
    assert repr(decode(encode([value]))) == repr([value]) or canonical(decode(encode([value]))) == canonical([value])


@given(VALUES)
def test_the_text_of_a_value_reads_back_as_that_value(value: object) -> None:
    assert canonical(from_text(to_text(value))) == canonical(value)


@given(VALUES, VALUES)
def test_canonical_bytes_of_unequal_values_differ(left: object, right: object) -> None:
    if left != right:
        assert canonical(left) != canonical(right)


@pytest.mark.parametrize(
    ("left", "right"), [(1, True), (1, 1.0), ([1], (1,)), (0.0, -0.0), ("1", 1), (b"a", "a"), ({1}, frozenset({1}))]
)
def test_values_of_different_types_are_unequal(left: object, right: object) -> None:
    assert canonical(left) != canonical(right)


def test_order_of_a_dictionary_is_kept_in_transport_but_no_matter_in_comparison() -> None:
    assert list(decode(encode({"b": 1, "a": 2}))) == ["b", "a"]
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})


def test_nan_travels_but_has_no_text() -> None:
    assert math.isnan(decode(encode(math.nan)))
    with pytest.raises(NotALiteral, match="no literal"):
        to_text([math.nan])


def test_a_subclass_of_a_builtin_is_refused() -> None:
    class AlwaysEqual(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    with pytest.raises(NotALiteral, match="AlwaysEqual"):
        encode([AlwaysEqual(3)])


def test_a_cyclic_list_is_refused() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(TooLarge):
        encode(cycle)


def test_a_long_value_is_refused() -> None:
    with pytest.raises(TooLarge):
        encode("x" * 2_000_000)


def test_a_huge_integer_is_refused_without_being_printed() -> None:
    with pytest.raises(TooLarge, match="bits"):
        encode(1 << 10_000_000)


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b"1.5", b'{"x":1}', b'{"i":"0x1","f":"1"}', b'{"s":[[1]]}', b'{"b":"*"}', b"{}", b"[" * 5000]
)
def test_what_encode_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(NotALiteral):
        decode(data)


def test_big_integers_travel_as_hexadecimal() -> None:
    assert json.loads(encode(2**64)) == {"i": "0x10000000000000000"}
