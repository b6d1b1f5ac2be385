"""Every example of the pages runs by itself, as a student would run it, and shows the same numbers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
"""Where examples run, as on the site: some read files of the project."""
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))


def test_there_are_examples() -> None:
    assert {example.stem for example in EXAMPLES} >= {"index", "computational_graph", "forward_pass", "backward_pass"}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example: Path, language: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "BACKPROP_LANGUAGE": language}
    command = [sys.executable, "-W", "error", str(example)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout
    assert language == "en" or re.search("[가-힣]", result.stdout)  # every example shows a view
