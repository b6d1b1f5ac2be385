"""The README's ten lines: they train a model on the moons and on the spirals, to an accuracy of at least 0.99."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_ten_lines_reach_their_accuracy():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), flags=re.DOTALL)
    [code] = [block for block in blocks if "from backprop.datasets import" in block]
    assert len(code.strip().splitlines()) <= 10
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    accuracies = dict(line.split() for line in result.stdout.splitlines())
    assert accuracies.keys() == {"moons", "spirals"}
    assert all(float(accuracy) >= 0.99 for accuracy in accuracies.values()), accuracies
