"""The prompt templates: text files with `$name` placeholders that a person can read and edit."""

from functools import cached_property
from importlib import resources
from pathlib import Path
from string import Template

from steppingstone.errors import BadInput
from steppingstone.records import content_id


class Templates:
    """Templates by name, from the package or from a folder of the user's, whose files stand in for ours of the same name."""

    def __init__(self, folder: str | None = None) -> None:
        self.folder = folder

    @cached_property
    def texts(self) -> dict[str, str]:
        """All templates, read once. Raises `BadInput` where a file of the folder replaces none of ours."""
        ours = {
            path.name[:-3]: path for path in resources.files("steppingstone.prompts").iterdir() if path.name.endswith(".md")
        }
        texts = {name: path.read_text(encoding="utf-8") for name, path in sorted(ours.items())}
        if self.folder is None:
            return texts
        return texts | self._read_folder(self.folder, set(texts))

    @staticmethod
    def _read_folder(folder: str, known: set[str]) -> dict[str, str]:
        files = sorted(Path(folder).glob("*.md"))
        unknown = [path.name for path in files if path.stem not in known]
        if not files or unknown:
            fault = f"{unknown[0]} replaces no template" if unknown else "no template (*.md) there"
            raise BadInput(f"prompts folder {folder!r}: {fault}; templates are {', '.join(sorted(known))}")
        return {path.stem: path.read_text(encoding="utf-8") for path in files}

    def fill(self, template: str, /, **values: object) -> str:
        """The named template with its placeholders filled. Raises `BadInput` on a placeholder that has no value."""
        try:
            return Template(self.texts[template]).substitute({key: str(value) for key, value in values.items()}).strip()
        except (KeyError, ValueError) as error:
            raise BadInput(f"template {template}.md: placeholder {error}; it may use {', '.join(sorted(values))}") from error

    def digest(self, environment: str) -> str:
        """16 hexadecimal digits that change with any template that this environment uses, and with no other."""
        others = ("_induction", "_abduction", "_deduction", "_fuzzing")
        used = {
            name: text for name, text in self.texts.items() if name.endswith(f"_{environment}") or not name.endswith(others)
        }
        return content_id(*(part for pair in sorted(used.items()) for part in pair))
