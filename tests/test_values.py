"""Typed values: transport, comparison and text."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingstone.values import (
    MAX_COLLISIONS,
    MAX_DEPTH,
    MAX_NODES,
    NotALiteral,
    TooLarge,
    canonical,
    decode,
    decode_own,
    encode,
    from_text,
    to_text,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters())
    | st.binary()
)
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


@given(VALUES | st.complex_numbers() | st.frozensets(HASHABLE) | st.floats())
def test_our_own_text_is_read_without_checks_as_with_them(value: object) -> None:
    text = encode(value)
    assert repr(decode_own(b"[" + text + b"," + text + b"]")) == repr([decode(text), decode(text)])  # sets in one order, too


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
    "data",
    [
        b"",
        b"nonsense",
        b"1.5",
        b"NaN",
        b'{"x":1}',
        b'{"i":"0x1","f":"1"}',
        b'{"s":[[1]]}',
        b'{"b":"*"}',
        b"{}",
        b"[" * 5000,
        b'{"t":"abc"}',
        b'{"t":{"i":"0x1"}}',
        b'{"c":"12"}',
        b'{"c":["0x1.0p+0"]}',
        b'{"d":["ab"]}',
        b'{"d":[[1,2,3]]}',
        b'{"d":[[1,2],[true,3]]}',
        b'{"s":[1,1]}',
        b"9007199254740993",
        b'{"i":"0x1"}',
        b'{"i":" 0x20000000000001"}',
        b'{"f":"1.5"}',
        b'{"f":"infinity"}',
        b'{"b":"QR=="}',
        b'{"u":"QQ=="}',
        b'"\\ud800"',
        '["é"]'.encode(),
        "[1]".encode("utf-16"),
    ],
)
def test_what_encode_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(NotALiteral):
        decode(data)


def test_big_integers_travel_as_hexadecimal() -> None:
    assert json.loads(encode(2**64)) == {"i": "0x10000000000000000"}


def test_two_surrogates_are_not_the_character_that_they_would_encode() -> None:
    pair, character = "\ud83d\ude00", "\U0001f600"
    assert decode(encode(pair)) == pair
    assert canonical(pair) != canonical(character)


@pytest.mark.parametrize("value", [complex(1, -0.0), complex(-0.0, 1), complex(-0.0, -0.0), complex(1, 2), complex(0, -1.5)])
def test_a_complex_number_has_a_text_that_reads_back_with_the_signs_of_its_zeros_or_none(value: complex) -> None:
    assert canonical(decode(encode(value))) == canonical(value)
    try:
        text = to_text(value)
    except NotALiteral:
        return
    assert canonical(from_text(text)) == canonical(value)


def test_an_integer_of_the_longest_literal_has_a_text_and_the_next_has_none() -> None:
    assert from_text(to_text(10**4300 - 1)) == 10**4300 - 1
    with pytest.raises(TooLarge, match="digits"):
        to_text(-(10**4300))


def _nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_depth_is_bounded_alike_in_writing_and_reading() -> None:
    deepest = MAX_DEPTH + 1
    assert decode(encode(_nested(deepest))) == _nested(deepest)
    for refuse in (lambda: encode(_nested(deepest + 1)), lambda: decode(json.dumps(_nested(deepest + 1)).encode())):
        with pytest.raises(TooLarge):
            refuse()


def test_the_number_of_parts_is_bounded_alike_in_writing_and_reading() -> None:
    most = [0] * (MAX_NODES - 1)
    assert decode(encode(most)) == most
    for refuse in (lambda: encode([*most, 0]), lambda: decode(json.dumps([*most, 0]).encode())):
        with pytest.raises(TooLarge):
            refuse()


@pytest.mark.parametrize("tag", ["s", "z", "d"])
def test_a_forged_set_whose_members_share_a_hash_is_refused_before_it_costs_anything(tag: str) -> None:
    members = [{"i": hex((2**61 - 1) * factor)} for factor in range(1, 25_000)]
    items = [[member, 0] for member in members] if tag == "d" else members
    with pytest.raises(NotALiteral, match="share their hashes"):
        decode(json.dumps({tag: items}).encode())


def test_a_few_members_that_share_a_hash_are_no_fault() -> None:
    value = {(2**61 - 1) * factor for factor in range(1, MAX_COLLISIONS)} | {-1, -2}
    assert decode(encode(value)) == value
