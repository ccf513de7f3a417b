"""The prompt templates: text files with `$name` placeholders that a person can read and edit."""

from functools import cached_property
from importlib import resources
from pathlib import Path
from string import Template

from steppingstone.errors import BadInput
from steppingstone.records import content_id
from steppingstone.storage import at_hand

OURS = "steppingstone.prompts"


class Templates:
    """Templates by name: from our package, from that of another environment, and from a folder of the user's.

    A file of the folder stands in for the template of its name.
    """

    def __init__(self, folder: str | None = None, package: str = OURS) -> None:
        self.folder = folder
        self.package = package

    @cached_property
    def texts(self) -> dict[str, str]:
        """All templates, read once. Raises `BadInput` for a file of the folder that can't stand in for one of them."""
        texts = _read_package(OURS) | _read_package(self.package)
        return texts if self.folder is None else texts | _read_folder(self.folder, texts)

    def fill(self, template: str, /, **values: object) -> str:
        """The named template with its placeholders filled."""
        return Template(self.texts[template]).substitute({key: str(value) for key, value in values.items()}).strip()

    def digest(self, environment: str) -> str:
        """16 hexadecimal digits that change with any template that this environment uses, and with no other."""
        own = (f"rules_{environment}", f"student_{environment}")
        used = {name: text for name, text in self.texts.items() if name in own or not name.startswith(("rules_", "student_"))}
        return content_id(*(part for pair in sorted(used.items()) for part in pair))


def _read_package(package: str) -> dict[str, str]:
    files = [file for file in resources.files(package).iterdir() if file.name.endswith(".md")]
    return {file.name.removesuffix(".md"): file.read_text(encoding="utf-8") for file in files}


def _read_folder(folder: str, known: dict[str, str]) -> dict[str, str]:
    with at_hand(folder) as files:
        paths = sorted(files.glob("*.md"))
        if not paths:
            raise BadInput(f"prompts folder {folder!r}: no template (*.md) there; templates are {', '.join(sorted(known))}")
        return {path.stem: _read_file(path, known) for path in paths}


def _read_file(path: Path, known: dict[str, str]) -> str:
    """A template of the user's, which has to have the placeholders of the one that it stands in for."""
    if path.stem not in known:
        raise BadInput(f"{path} replaces no template; templates are {', '.join(sorted(known))}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read as UTF-8 text: {error}") from error
    there, due = Template(text), set(Template(known[path.stem]).get_identifiers())
    if not there.is_valid():
        raise BadInput(f"{path}: a $ that begins no placeholder; write $$ for a dollar sign")
    if set(there.get_identifiers()) != due:
        names = ", ".join(f"${name}" for name in sorted(due)) or "none"
        raise BadInput(f"{path}: its placeholders have to be {names}, each once or more")
    return text
