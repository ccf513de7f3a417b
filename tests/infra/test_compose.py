"""compose.yaml as its format wants it, closed, and true to what the project reads. test_composed.py brings it up."""

import json
from importlib import resources
from typing import Any

import pytest

from tests.infra.composed import services
from tests.infra.manifests import INFRA, composed, unread

PASSWORD = {"POSTGRES_PASSWORD": "secret"}


def test_it_is_what_the_compose_specification_says() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("check_jsonschema", reason="the specification's schema is in the package check-jsonschema")
    import yaml

    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(yaml.safe_load((INFRA / "compose.yaml").read_text()), json.loads(schema.read_text()))


def test_nothing_starts_without_a_password_and_none_is_in_the_file() -> None:
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD"):
        services({})
    text = (INFRA / "compose.yaml").read_text()
    assert all(line.split(": ")[1].startswith("${") for line in text.splitlines() if "PASSWORD:" in line or "API_KEY: " in line)


@pytest.mark.parametrize("name", composed())
def test_a_container_can_write_nowhere_but_where_it_must(name: str) -> None:
    service = composed()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add"} & set(service)
    assert "build" in service or service["user"] not in ("root", "0")


def test_who_waits_for_another_waits_until_it_is_well() -> None:
    declared = composed()
    for name, service in declared.items():
        for other, how in service.get("depends_on", {}).items():
            lasts = declared[other].get("restart") != "no"
            assert how["condition"] == ("service_healthy" if lasts else "service_completed_successfully"), name
            assert not lasts or declared[other]["healthcheck"]["test"][0] == "CMD"


def test_each_variable_is_read_by_someone() -> None:
    assert unread({name for service in composed().values() for name in service.get("environment", {})} - {"HEALTH"}) == set()


def test_every_name_in_an_address_is_a_service() -> None:
    declared = services(PASSWORD)
    values: list[Any] = [value for service in declared.values() for value in service.get("environment", {}).values() if value]
    hosts = {value.split("://")[1].split(":")[0] for value in values if "://" in value}
    assert hosts <= {*declared, "127.0.0.1"}


def test_nothing_is_open_to_other_machines() -> None:
    assert [port for service in composed().values() for port in service.get("ports", [])] == ["127.0.0.1:4200:4200"]
