"""Every example of the pages runs by itself, as a student would run it, and shows the same numbers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "docs" / "examples").glob("*.py"))


def test_there_are_examples() -> None:
    assert {example.stem for example in EXAMPLES} >= {"index", "computational_graph", "forward_pass", "backward_pass"}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example: Path, language: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "BACKPROP_LANGUAGE": language}
    command = [sys.executable, "-W", "error", str(example)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert ("계산 그래프" if language == "ko" else "omputational graph") in result.stdout
