"""The command line of a flow: settings from a TOML file and from options, one clear error, and an orderly end."""

import argparse
import contextlib
import logging
import signal
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prefect import Flow, Task
from prefect.settings import PREFECT_API_URL
from pydantic import ValidationError
from pydantic_settings import BaseSettings, CliApp, PydanticBaseSettingsSource, SettingsConfigDict
from rich.console import Console
from rich.markup import escape

from infra.processes import start
from infra.running import running
from infra.services import check_services, environment, prefect_served
from infra.stopping import STOPPED, UiStop
from steppingstone.disks import REMEDY, full_among
from steppingstone.errors import BadInput, SteppingstoneError
from steppingstone.mirror import working_folder
from steppingstone.redaction import redacted
from steppingstone.settings import Settings
from tasks.check import check

_LOG = logging.getLogger(__name__)
Check = Task[[Settings, bool], None]
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def run_locally(flow: Flow[..., Any], argv: list[str], check: Check = check) -> int:
    """Runs a flow with the settings of the command line, on the Prefect server that is configured or on one of its own.

    `check` is what the flow begins with; what costs nothing of it is done before a server is started, too. Returns the exit
    code: 0, 1 for a failure, 2 for bad input, 130 for Ctrl-C.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    folders, stop = [tempfile.gettempdir()], UiStop()
    try:
        settings = read_settings(f"flows.{flow.name}", argv)
        folders.append(str(working_folder(settings.data_root)))
        check_services()
        if PREFECT_API_URL.value():
            flow.on_running(stop.heed)
            flow(settings)
            return 0
        check.fn(settings, ahead=True)
        return _with_own_server(flow.name, argv, working_folder(settings.data_root))
    except BadInput as error:
        return _say(f"[bold red]Bad input:[/] {escape(str(error))}", BAD_INPUT)
    except SteppingstoneError as error:
        return _say(f"[bold red]Failed:[/] {escape(_with_remedy(str(error), folders))}", FAILED)
    except Exception as error:
        # One line for the person who waits; what Prefect logged of the run has the traceback.
        _LOG.debug("the run ended with an exception that nobody expected", exc_info=True)
        said = redacted(_with_remedy(f"{type(error).__name__}: {error}", folders))
        return _say(f"[bold red]Failed:[/] {escape(said)}", FAILED)
    except KeyboardInterrupt:
        stop.settle()
        return _say(STOPPED, INTERRUPTED)


def _with_own_server(name: str, argv: list[str], data_root: Path) -> int:
    """Runs the same command in a process that ends before the server does: Prefect writes its last logs at exit.

    What `make up` has up for the data root is used; two servers on one database would lock each other out.
    """
    with _prefect_of(data_root) as env:
        _say(f"Prefect's UI, while this runs: {env['PREFECT_API_URL'].removesuffix('/api')}", 0)
        # Once this process is gone there is no server to tell of the run's end.
        process = start([sys.executable, "-m", f"flows.{name}", *argv], env, orphaned=signal.SIGKILL)
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Not SIGINT, which a process started in the background may have been told to ignore.
            process.terminate()
            return process.wait()


@contextlib.contextmanager
def _prefect_of(data_root: Path) -> Iterator[dict[str, str]]:
    if up := running(data_root):
        if not up.environment:
            raise BadInput(f"`make up` is starting for {data_root}; give the command again once it has said where all is")
        yield environment() | up.environment
    else:
        with prefect_served(data_root) as env:
            yield env


def _with_remedy(said: str, folders: list[str]) -> str:
    """What ended a run. If a disk is full that comes first: anything may fail then, each in words of its own."""
    if REMEDY not in said and (full := full_among(folders)):
        return f"the disk of {full.absolute()} is full; {REMEDY}. The run ended with: {said}"
    return said


def _say(message: str, code: int) -> int:
    Console(stderr=True).print(message, highlight=False, soft_wrap=True)
    return code


def read_settings(module: str, argv: list[str]) -> Settings:
    """Settings from `--settings FILE.toml`, then from options such as `--seeds.count 50`, which win. Raises `BadInput`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--settings", metavar="FILE.toml")
    known, options = parser.parse_known_args(argv)
    from_file = _read_toml(known.settings) if known.settings else {}
    try:
        parsed = CliApp.run(_command_line(module), cli_args=options, **from_file)
        return Settings.model_validate(parsed.model_dump())
    except ValidationError as error:
        raise BadInput("; ".join(_fault(dict(fault)) for fault in error.errors())) from error


def _command_line(module: str) -> type[BaseSettings]:
    class CommandLine(Settings, BaseSettings):
        """Options of the flow; each can stand in a file given by --settings FILE.toml, too."""

        model_config = SettingsConfigDict(cli_prog_name=f"python -m {module}", cli_hide_none_type=True, extra="forbid")

        @classmethod
        def settings_customise_sources(
            cls, _: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings,)

    return CommandLine


def _read_toml(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"settings file {path!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"settings file {path!r} is not TOML: {error}") from error


def _fault(fault: dict[str, Any]) -> str:
    said = fault["msg"].removeprefix("Value error, ")
    return f"{'.'.join(map(str, fault['loc']))} = {redacted(repr(fault['input']))}: {said}" if fault["loc"] else said


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
