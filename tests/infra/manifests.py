"""What compose.yaml and the Kubernetes manifests declare, for the tests of both."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from prefect.settings import Settings
from prefect.settings.legacy import _get_settings_fields

ROOT = Path(__file__).parent.parent.parent
INFRA = ROOT / "infra"
KUBERNETES = INFRA / "kubernetes"


def composed() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, variables as they are written."""
    services: dict[str, dict[str, Any]] = yaml.safe_load((INFRA / "compose.yaml").read_text())["services"]
    return services


def resources() -> list[dict[str, Any]]:
    """What kustomization.yaml names, as written."""
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    return [each for name in listed for each in yaml.safe_load_all((KUBERNETES / name).read_text())]


def pods() -> dict[str, dict[str, Any]]:
    """The pods that the manifests ask for, by the name of who makes them."""
    found = {}
    for each in resources():
        name = each["metadata"]["name"]
        if each["kind"] == "DaskCluster":
            found |= {f"{name}-{part}": each["spec"][part]["spec"] for part in ("scheduler", "worker")}
        elif "template" in each.get("spec", {}):
            found[name] = each["spec"]["template"]["spec"]
    return found


def containers() -> Iterator[tuple[str, dict[str, Any]]]:
    """All containers of all pods."""
    for name, pod in pods().items():
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            yield f"{name}/{container['name']}", container


def unread(names: set[str]) -> set[str]:
    """The variables that none of our code, Prefect, Dask, PostgreSQL or vLLM reads."""
    others = {"POSTGRES_USER", "POSTGRES_PASSWORD", "PGDATA", "HF_TOKEN", "VLLM_API_KEY", "DASK_SCHEDULER_ADDRESS"}
    ours = "\n".join(path.read_text() for folder in ("steppingstone", "infra") for path in (ROOT / folder).rglob("*.py"))
    scripts = (INFRA / "vllm" / "serve.sh").read_text()
    known = others | set(_get_settings_fields(Settings))
    return {name for name in names - known if f'"{name}"' not in ours and f"${{{name}:-" not in scripts}


def options_of_serve_sh(folder: Path) -> list[str]:
    """What infra/vllm/serve.sh passes to vLLM when nothing is set but the address, as `--name=value` in order."""
    vllm = folder / "vllm"
    vllm.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    vllm.chmod(0o755)
    env = {"PATH": f"{folder}:/usr/bin:/bin", "VLLM_TARGET_DEVICE": "cpu", "HOST": "0.0.0.0"}
    script = folder / "serve.sh"
    script.write_text((INFRA / "vllm" / "serve.sh").read_text())
    told = subprocess.run(["bash", str(script)], env=env, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    options: list[str] = []
    for word in told[1:]:
        if options and not word.startswith("--") and options[-1].startswith("--") and "=" not in options[-1]:
            options[-1] += f"={word}"
        else:
            options.append(word)
    return options
