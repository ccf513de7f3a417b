"""The Kubernetes manifests: as the API and the Dask operator want them, closed, and the same programs as compose.yaml's."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.command import read_settings
from tests.infra.manifests import INFRA, KUBERNETES, composed, containers, options_of_serve_sh, pods, resources, unread


def wanted_by_the_api(resource: dict[str, Any]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="the API's schemas are in the package kubernetes-validate")
    validate.validate(resource, "1.32", strict=True)


@pytest.mark.parametrize("resource", resources(), ids=lambda each: f"{each['kind']}/{each['metadata']['name']}")
def test_the_api_takes_it(resource: dict[str, Any]) -> None:
    if resource["kind"] != "DaskCluster":
        wanted_by_the_api(resource)
        return
    scheduler, worker = resource["spec"]["scheduler"], resource["spec"]["worker"]
    assert (set(resource["spec"]), set(scheduler), set(worker)) == (
        {"scheduler", "worker"},
        {"spec", "service"},
        {"spec", "replicas"},
    )
    # What the operator makes of it.
    wanted_by_the_api({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": scheduler["service"]})
    for pod in (scheduler["spec"], worker["spec"]):
        wanted_by_the_api({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": pod})


def test_kustomize_names_image_namespace_and_settings_throughout() -> None:
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not installed")
    built = subprocess.run(["kubectl", "kustomize", KUBERNETES], capture_output=True, text=True, check=True).stdout
    made = list(yaml.safe_load_all(built))
    assert {each["kind"] for each in made} == {each["kind"] for each in resources()} | {"ConfigMap"}
    assert {each["metadata"].get("namespace") for each in made if each["kind"] != "Namespace"} == {"steppingstone"}
    assert not re.findall(r"image: steppingstone$", built, re.M)
    (settings,) = (each["metadata"]["name"] for each in made if each["kind"] == "ConfigMap")
    assert f"name: {settings}\n" in built.split("kind: Deployment", 1)[1]


@pytest.mark.parametrize("name", pods())
def test_a_pod_is_one_that_the_restricted_policy_admits(name: str) -> None:
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert not any("hostPath" in volume for volume in pod["volumes"])
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        closed = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["securityContext"] == closed
        assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]


def test_programs_are_those_of_compose() -> None:
    ours = {name: container["args"] for name, container in containers() if container["image"] == "steppingstone"}
    service = {
        "prefect/server": "prefect",
        "prefect-worker/deploy": "deploy",
        "prefect-worker/worker": "worker",
        "steppingstone-scheduler/scheduler": "scheduler",
        "steppingstone-worker/worker": "dask-worker",
    }
    assert set(ours) == set(service)
    ours["steppingstone-worker/worker"] = ours["steppingstone-worker/worker"][: -len(["--name", "$(DASK_WORKER_NAME)"])]
    ours["prefect-worker/deploy"][-1] = Path(ours["prefect-worker/deploy"][-1]).name
    assert ours == {name: composed()[other]["command"] for name, other in service.items()}


def test_vllm_gets_the_options_of_serve_sh(tmp_path: Path) -> None:
    (vllm,) = (container for name, container in containers() if name == "vllm/vllm")
    assert vllm["args"] == options_of_serve_sh(tmp_path)
    assert vllm["image"] == composed()["vllm"]["image"]


def test_each_variable_is_read_by_someone_and_none_holds_a_secret() -> None:
    variables = [variable for _, container in containers() for variable in container.get("env", [])]
    assert unread({variable["name"] for variable in variables}) == set()
    secret = [variable for variable in variables if re.search("PASSWORD|KEY|TOKEN|WEBHOOK", variable["name"])]
    assert secret
    assert all(set(variable["valueFrom"]) == {"secretKeyRef"} for variable in secret)


def test_every_address_is_that_of_a_service_and_a_port_which_it_has() -> None:
    there = {
        f"{each['metadata']['name']}:{port['port']}"
        for each in resources()
        if each["kind"] == "Service"
        for port in each["spec"]["ports"]
    }
    (dask,) = (each for each in resources() if each["kind"] == "DaskCluster")
    name = dask["metadata"]["name"]
    there |= {f"{name}-scheduler:{port['port']}" for port in dask["spec"]["scheduler"]["service"]["ports"]}
    texts = [(KUBERNETES / "settings.toml").read_text(), *(path.read_text() for path in KUBERNETES.glob("*.yaml"))]
    named = {found for text in texts for found in re.findall(r"(?:http|tcp)://([\w-]+:\d+)", text)}
    assert named
    assert named <= there
    assert dask["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"] == name


def test_every_probe_and_every_service_finds_its_port() -> None:
    ports = {name: {port["name"] for port in container.get("ports", [])} for name, container in containers()}
    for name, container in containers():
        probes = [container[probe] for probe in ("startupProbe", "readinessProbe", "livenessProbe") if probe in container]
        assert probes or name.endswith("/deploy")
        assert {probe["httpGet"]["port"] for probe in probes if "httpGet" in probe} <= ports[name]


def test_its_settings_are_taken_and_need_no_shared_disk() -> None:
    settings = read_settings("nightly", ["--settings", str(KUBERNETES / "settings.toml")])
    assert settings.data_root.startswith("s3://")
    assert settings.teacher.base_urls == settings.student.base_urls == ("http://vllm:8000/v1",)


def test_every_secret_is_made_by_a_command_of_the_operating_page() -> None:
    page = (INFRA / "OPERATING.md").read_text()
    for _, container in containers():
        for variable in container.get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                assert re.search(rf"create secret generic {reference['name']} .*{reference['key']}=", page), reference
