"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

from backprop import Tensor
from backprop.explain import figure

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_ten_lines() -> None:
    [code] = re.findall(r"```python\n(from backprop import Tensor\n.*?)```", README, flags=re.DOTALL)
    printed = re.findall(r"print\(.*\)\s+# (.*)", code)
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert len(code.strip().splitlines()) <= 10
    assert result.stdout.splitlines()[0] == printed[0]
    assert "(−3) · 1 = −3" in result.stdout


def test_the_loop_of_ones_own() -> None:
    [code] = re.findall(r"```python\n(from backprop import cross_entropy.*?)```", README, flags=re.DOTALL)
    [printed] = re.findall(r"print\(.*\)\s+# (.*)", code)
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert result.stdout.strip() == printed


def test_the_picture() -> None:
    """The picture is drawn by the package: `python -m pytest` tells when it has to be renewed."""
    x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
    g = ((x + y).named("p") * z).named("g")
    assert (ROOT / "docs/assets/graph.svg").read_text("utf-8") == figure(g, gradients=True).svg("en") + "\n"


def test_ci_runs_its_test_command() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    for command in re.findall(r"&& (python -m \w+)", README):
        assert command in script or command == "python -m mkdocs serve"


def test_the_map_exists() -> None:
    for path in re.findall(r"\| `((?:backprop|docs|tests)/[\w./]*)`", README):
        assert (ROOT / path).exists(), path
