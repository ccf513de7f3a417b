"""The folder of a Prefect server that a command starts."""

from pathlib import Path

from infra.prefect_folder import own_folder


def test_commands_that_run_at_once_have_a_folder_each_and_later_ones_the_first(tmp_path: Path) -> None:
    with own_folder(tmp_path) as first, own_folder(tmp_path) as second:
        assert (first, second) == (tmp_path / "prefect", tmp_path / "prefect-2")
    with own_folder(tmp_path) as later:
        assert later == first
