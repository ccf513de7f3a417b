"""Real model servers on this machine's CPU. `make test-servers` makes an environment for them and names its Python; without
that nothing here is collected.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from infra.processes import free_port, server_process

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("SERVERS_PYTHON", "")
KEY = "sesame"
START_S = 600
QUIET = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "VLLM_NO_USAGE_STATS": "1", "OMP_NUM_THREADS": "1"}

collect_ignore_glob = [] if PYTHON else ["test_*.py"]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    subprocess.run([PYTHON, ROOT / "tests" / "tiny_model.py", folder], env=os.environ | QUIET, check=True)
    return folder


@pytest.fixture(scope="session")
def vllm(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of vLLM, started as on a GPU machine: by infra/vllm/serve.sh. It wants `KEY`, and has the model `tiny`."""
    port = free_port()
    env = {
        "PATH": f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}",
        "MODEL": str(tiny_model),
        "PORT": str(port),
        "MAX_MODEL_LEN": "16384",
        "VLLM_API_KEY": KEY,
        "VLLM_TARGET_DEVICE": "cpu",
        "VLLM_CPU_KVCACHE_SPACE": "1",
    }
    # vLLM 0.32.0 dies on a CPU of a prompt that is prefilled in parts under a seed.
    for_a_cpu = ["--enforce-eager", "--no-enable-chunked-prefill", "--max-num-batched-tokens", "32768"]
    command = [str(ROOT / "infra" / "vllm" / "serve.sh"), *for_a_cpu, "--reasoning-parser", "deepseek_r1"]
    log = tmp_path_factory.mktemp("logs") / "vllm.log"
    with server_process("vLLM", command, os.environ | QUIET | env, log, lambda: _answers(port), START_S):
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(scope="session")
def transformers_serve(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve`, which gives one choice a request. Its model is called by its folder."""
    port = free_port()
    command = [PYTHON, "-m", "transformers.cli.transformers", "serve", str(tiny_model), "--device", "cpu"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path_factory.mktemp("logs") / "transformers.log"
    with server_process("transformers serve", command, os.environ | QUIET, log, lambda: _answers(port), START_S):
        yield f"http://127.0.0.1:{port}/v1"


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False
