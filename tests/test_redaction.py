"""Secrets are kept out of texts, and addresses with a password out of the settings."""

import traceback

import jsonschema
import pytest
from pydantic import ValidationError

from infra.command import read_settings
from steppingstone.errors import BadInput, ModelServerError, PromptRefused
from steppingstone.redaction import redacted
from steppingstone.settings import Settings, StudentSettings
from tests.asking import ask_all, asking
from tests.model_server import Said, serving

KEY = "sk-0123456789abcdef"


def test_keys_of_the_environment_and_passwords_in_addresses_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)
    monkeypatch.setenv("SOME_PATH", "/a/long/path")
    text = f"{KEY} at http://user:p@ss@host/v1 and /a/long/path, mail me@host"
    assert redacted(text) == "*** at http://***@host/v1 and /a/long/path, mail me@host"


def test_words_that_are_short_are_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "none")
    monkeypatch.setenv("OTHER_API_KEY", "")
    assert redacted("none of it") == "none of it"


ECHOES = {
    "401": Said({"error": {"message": f"bad key {KEY}"}}, 401),
    "400": Said({"error": {"message": f"bad key {KEY}"}}, 400),
    "500": Said({"detail": f"no engine for {KEY}"}, 500),
    "an HTML page": Said(f"<html>{'<i></i>' * 570}Bearer {KEY}</html>".encode(), 502),
    "a text that is cut": Said(f"{'x' * 290} {KEY}".encode(), 500),
    "half of a JSON": Said(f'{{"choices": "{KEY}"'.encode()),
    "a reply without choices": Said({"message": KEY}),
}


@pytest.mark.parametrize("name", ECHOES)
def test_a_key_that_a_server_repeats_is_in_no_error_and_in_no_traceback(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_KEY", KEY)
    with (
        serving(lambda _: ECHOES[name]) as server,
        pytest.raises(ModelServerError) as raised,
    ):
        asking([server.base_url], lambda fleet: ask_all(fleet, 1), patience_s=0.2)
    told = "".join(traceback.format_exception(raised.value))
    assert KEY[:8] not in told
    assert isinstance(raised.value, PromptRefused) == (name == "400")


@pytest.mark.parametrize(
    "settings",
    [
        {"teacher": {"base_urls": ["http://user:hunter22@host/v1"]}},
        {"teacher": {"base_urls": ["http://user:hunter22@host:port/v1"]}},
        {"seeds": {"corpus": {"paths": ["https://user:hunter22@host/a.parquet"]}}},
        {"data_root": "s3://user:hunter22@bucket/data"},
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate(settings)
    assert "hunter22" not in str(raised.value)
    assert "user" in str(raised.value) or "no address" in str(raised.value)


def test_the_command_line_repeats_no_password() -> None:
    with pytest.raises(BadInput, match=r"\*\*\*@host") as raised:
        read_settings("nightly", ["--student.base_urls", "http://user:hunter22@host/v1"])
    assert "hunter22" not in str(raised.value)


def test_a_query_is_no_part_of_a_servers_address() -> None:
    with pytest.raises(ValidationError, match="no address"):
        StudentSettings(base_urls=("http://host/v1?api-key=hunter22",))


@pytest.mark.parametrize("address", ["http://user:hunter22@host/v1", "http://host/v1?api-key=hunter22"])
def test_prefects_form_refuses_it_before_it_is_stored(address: str) -> None:
    schema = Settings.model_json_schema()
    jsonschema.validate({"teacher": {"base_urls": ["http://host:8000/v1"]}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"teacher": {"base_urls": [address]}}, schema)
