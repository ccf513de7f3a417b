"""The command `python -m infra.push REPOSITORY`: puts a published version on Hugging Face's Hub, as a dataset repository."""

import argparse
import sys

from steppingstone import versions
from steppingstone.errors import BadInput, SteppingstoneError, StorageError
from steppingstone.redaction import redacted
from steppingstone.versions import Version

FAILED, BAD_INPUT = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Prints where the version is now and returns 0; 1 if the Hub fails or refuses; 2 for what cannot be pushed."""
    chosen = _parser().parse_args(arguments)
    try:
        token, version = _token(), _chosen(chosen.data, chosen.version)
        print(push(version, chosen.repository, token, chosen.private))
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    return 0


def push(version: Version, repository: str, token: str, private: bool = False) -> str:
    """Makes a dataset repository hold what the version's folder holds, and nothing else, in one commit; returns its address.

    The repository is made if there is none; `private` counts only then. What the Hub already has is not sent again. Raises
    `BadInput` for a name that can't be a repository's, and `StorageError` if the Hub fails or refuses.
    """
    import huggingface_hub
    from httpx2 import HTTPError

    hub = huggingface_hub.HfApi(token=token)
    try:
        hub.create_repo(repository, repo_type="dataset", private=private or None, exist_ok=True)
        done = hub.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=version.folder,
            commit_message=f"Version {version.number}",
            delete_patterns=["*"],
        )
    except huggingface_hub.errors.HFValidationError as error:
        raise BadInput(f"{repository!r} can be no repository: {error}") from error
    except (HTTPError, OSError, RuntimeError, ValueError) as error:
        raise StorageError(
            f"version {version.number} was not pushed to {hub.endpoint}: {redacted(str(error), [token])}"
        ) from None
    return f"{hub.endpoint}/datasets/{repository} (commit {done.oid})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.push",
        description="Puts a published version on Hugging Face's Hub: tables, curricula, report, card, and the manifest with "
        "the run's settings, as they stand in its folder. The token is $HF_TOKEN, or that of `hf auth login`.",
    )
    parser.add_argument("repository", help="the dataset repository, as owner/name; it is made if there is none")
    parser.add_argument("--data", default="data", metavar="DIR", help="the data root, or its s3:// address (default: data)")
    parser.add_argument("--version", type=int, metavar="N", help="the version's number (default: the latest)")
    parser.add_argument("--private", action="store_true", help="if the repository is made, make it a private one")
    return parser


def _token() -> str:
    from huggingface_hub import get_token

    if token := get_token():
        return str(token)
    raise BadInput(
        "there is no token for Hugging Face's Hub: set $HF_TOKEN to one that may write (huggingface.co/settings/tokens makes "
        "them), or run `hf auth login`; nothing was pushed"
    )


def _chosen(data_root: str, number: int | None) -> Version:
    version = versions.latest(data_root) if number is None else versions.numbered(data_root, number)
    if version is None:
        raise BadInput(f"nothing is published in {data_root} yet; run the nightly flow, or name another data root with --data")
    if damaged := versions.damaged(version):
        raise BadInput(f"version {version.number} is not what was published: {', '.join(damaged)}; nothing was pushed")
    return version


if __name__ == "__main__":
    sys.exit(main())
