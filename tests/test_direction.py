"""The direction of imports: flows → tasks → steppingstone, and nothing back."""

import ast
import subprocess
import sys
from pathlib import Path

PLATFORM = {
    "prefect",
    "prefect_dask",
    "dask",
    "distributed",
    "great_expectations",
    "tasks",
    "flows",
    "infra",
    "sql",
    "expectations",
}
ROOT = Path(__file__).parent.parent


def test_importing_the_package_loads_no_orchestrator() -> None:
    program = """
import pkgutil, sys, steppingstone
for module in pkgutil.walk_packages(steppingstone.__path__, "steppingstone."):
    if not module.name.endswith("__main__") and ".sandbox.program" not in module.name:
        __import__(module.name)
print(*sorted(PLATFORM & set(sys.modules)))
""".replace("PLATFORM", repr(PLATFORM))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_tasks_import_no_flow_and_no_infrastructure() -> None:
    for folder in ("tasks", "sql", "expectations"):
        for path in (ROOT / folder).glob("*.py"):
            assert not imported(path) & {"flows", "infra"}, path
            assert folder == "tasks" or not imported(path) & {"tasks"}, path


def test_the_package_imports_nothing_of_the_platform_anywhere() -> None:
    for path in (ROOT / "steppingstone").rglob("*.py"):
        assert not imported(path) & PLATFORM, path


def test_no_file_of_flows_or_tasks_has_a_twin_or_is_named_after_a_library() -> None:
    flows = {path.stem for path in (ROOT / "flows").glob("[!_]*.py")}
    tasks = {path.stem for path in (ROOT / "tasks").glob("[!_]*.py")}
    core = {path.stem for path in (ROOT / "steppingstone").glob("[!_]*")}
    assert not flows & tasks
    assert not tasks & core
    assert not flows & core
    assert not (flows | tasks) & (set(sys.stdlib_module_names) | {"dask", "prefect", "duckdb", "openai", "rich"})


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
    return names
