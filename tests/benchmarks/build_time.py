"""How much longer a build of the site takes because it executes the code of its pages.

    python tests/benchmarks/build_time.py

Each round builds in a copy of `docs/`: cold (without `.cache/`) with and without execution, then again with nothing
changed, with and without execution. What is printed are medians over the rounds, and the ratios of a round.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]


def build(site: Path, execute: bool) -> float:
    """Seconds of one `mkdocs build`."""
    environment = {**os.environ, "BACKPROP_EXECUTE": str(execute).lower()}
    start = perf_counter()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=site, env=environment, check=True)
    return perf_counter() - start


def measure(site: Path) -> dict[str, float]:
    """One round."""
    seconds = {}
    for execute in (False, True):
        shutil.rmtree(site / ".cache", ignore_errors=True)
        seconds[f"cold, {'executed' if execute else 'not executed'}"] = build(site, execute)
        build(site, execute)
        seconds[f"unchanged, {'executed' if execute else 'not executed'}"] = build(site, execute)
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        shutil.copytree(ROOT / "docs", site / "docs")
        config = (ROOT / "mkdocs.yml").read_text("utf-8")
        (site / "mkdocs.yml").write_text(config.replace("      wheel: .[docs]\n", ""), "utf-8")  # of another folder
        samples = [measure(site) for _ in range(rounds)]
    for name in samples[0]:
        print(f"{name:24} {statistics.median(sample[name] for sample in samples):6.2f} s")
    for kind in ("cold", "unchanged"):
        ratios = [sample[f"{kind}, executed"] / sample[f"{kind}, not executed"] for sample in samples]
        print(f"{kind} ratio: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
