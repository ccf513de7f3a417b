"""The sizing table of infra/vllm/README.md is what the script below it computes."""

import contextlib
import io
import re
from pathlib import Path

README = Path(__file__).parents[2] / "infra" / "vllm" / "README.md"


def test_the_table_is_what_the_script_prints() -> None:
    text, printed = README.read_text("utf-8"), io.StringIO()
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    with contextlib.redirect_stdout(printed):
        exec(script, {})
    assert printed.getvalue().count("\n") == 6
    assert f"| case | machine | hours | GPU-hours |\n|---|---|---|---|\n{printed.getvalue()}\n" in text
