"""The properties, each on a few hundred inputs. `make fuzz` gives each ten minutes."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppingstone.sandbox import Sandbox
from steppingstone.values import encode
from tests.fuzz import growing, properties
from tests.fuzz.growing import Choices

BYTES = st.binary(max_size=400)
TAGGED = st.binary(max_size=200).map(lambda data: encode(growing.value(Choices(data))))
FORGED = st.binary(max_size=200).map(lambda data: growing.tagged(Choices(data)))
quick = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Tagged JSON of which one stretch is cut out or replaced."""
    data = draw(TAGGED)
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 8)))
    filling = draw(
        st.sampled_from((b"", b"[", b"]", b"{", b'"', b",", b"-", b"0", b"1e9", b"nan", b'"t"', b"null", b'{"i":"0x1"}'))
    )
    return data[:start] + filling + data[end:]


@given(BYTES)
@quick
def test_frames_are_what_was_sent(data: bytes) -> None:
    properties.frames_are_what_was_sent(data)


@given(BYTES | st.from_regex(r'\A\["[a-z]*", "[a-z]*", "f", -?[0-9]+\]\Z').map(str.encode))
@quick
def test_a_failure_is_read_or_refused(data: bytes) -> None:
    properties.a_failure_is_read_or_refused(data)


@given(BYTES)
@quick
def test_requests_come_through(data: bytes) -> None:
    properties.requests_come_through(data)


@given(st.integers(0, 15), BYTES | TAGGED | FORGED | spoilt())
@quick
def test_a_claim_is_an_outcome_or_broken(kind: int, body: bytes) -> None:
    properties.a_claim_is_an_outcome_or_broken(bytes([kind]) + body)


@given(TAGGED | FORGED | spoilt())
@quick
def test_decoded_bytes_are_a_value_like_any(data: bytes) -> None:
    properties.decoded_bytes_are_a_value_like_any(data)


@given(BYTES)
@quick
def test_grown_values_come_through(data: bytes) -> None:
    properties.grown_values_come_through(data)


@given(st.binary(max_size=60))
@quick
def test_a_literal_is_read_as_python_reads_it(sandbox: Sandbox, data: bytes) -> None:
    properties.a_literal_is_read_as_python_reads_it(data, sandbox)


@given(st.binary(max_size=100).map(lambda data: growing.message(Choices(data))) | BYTES)
@quick
def test_a_message_is_read_or_refused(data: bytes) -> None:
    properties.a_message_is_read_or_refused(data)


@given(BYTES)
@quick
def test_a_sent_value_arrives(data: bytes) -> None:
    properties.a_sent_value_arrives(data)


@given(st.binary(max_size=60).map(lambda data: growing.imports(Choices(data))) | st.text(max_size=60))
@quick
def test_imports_are_routed_to_where_they_are_found(text: str) -> None:
    properties.imports_are_routed_to_where_they_are_found(text)


@given(BYTES.map(lambda data: growing.reply(Choices(data))) | st.text(max_size=200))
@quick
def test_a_reply_is_cut_into_its_lines(text: str) -> None:
    properties.a_reply_is_cut_into_its_lines(text)


@given(BYTES.map(lambda data: growing.reply(Choices(data))))
@quick
def test_a_fenced_text_is_read_back(body: str) -> None:
    properties.a_fenced_text_is_read_back(body)


@given(BYTES.map(lambda data: growing.program(Choices(data))) | st.text(max_size=100))
@quick
def test_a_program_is_shown_as_it_is_meant(code: str) -> None:
    properties.a_program_is_shown_as_it_is_meant(code)
