"""The comparison with other libraries, with this package among them.

    python tests/benchmarks/compare.py FOLDER --works w2_digits w3_medium -- --threads 1 --rounds 7

FOLDER has the benchmark scripts, which are not part of this repository. They are copied, `peers.py` is put beside
them and entered in their tables, and each work is run; what stands behind `--` goes to the scripts.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WORKS = ("w1_scalar", "w2_digits", "w3_medium", "w4_large", "w5_overhead")
ADAPTERS = {
    "mlp.py": {"backprop": "mlp", "backprop eager": "mlp_eager"},
    "w1_scalar.py": {"backprop": "scalar"},
}
"""In which file a table `PEERS` gets which peers, and which function of `peers.py` each is."""


def with_our_package(scripts: Path, folder: Path) -> None:
    """Copy the scripts to a folder, and enter this package in their tables.

    Raises:
        ValueError: a script has no table of peers, or no list of names, to enter it in.

    """
    shutil.copytree(scripts, folder, dirs_exist_ok=True)
    shutil.copy(Path(__file__).with_name("peers.py"), folder / "backprop_peers.py")
    for name, peers in ADAPTERS.items():
        functions = ""
        for function in peers.values():
            # The import stays inside, so that no other peer's process pays for it.
            functions += (
                f"def backprop_{function}(*args):\n"
                f"    import backprop_peers\n\n    return backprop_peers.{function}(*args)\n\n\n"
            )
        entries = "".join(f'"{peer}": backprop_{function}, ' for peer, function in peers.items())
        _insert(folder / name, "PEERS = {", functions + "PEERS = {" + entries)
    names = "".join(f'"{peer}", ' for peer in ADAPTERS["mlp.py"])
    for work in WORKS[1:]:
        _insert(folder / f"{work}.py", "NAMES = [", "NAMES = [" + names)


def _insert(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{path.name} should have one line with {old!r}: the benchmark scripts have changed")
    path.write_text(text.replace(old, new), "utf-8")


def main() -> int:
    """Run the works that are asked for; the exit code is that of the first that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", type=Path, help="folder of the benchmark scripts")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=WORKS)
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    options = parser.parse_args(given[:end])
    with tempfile.TemporaryDirectory() as folder:
        with_our_package(options.scripts, Path(folder))
        for work in options.works:
            print(f"\n## {work}", flush=True)
            result = subprocess.run([sys.executable, f"{work}.py", *given[end + 1 :]], cwd=folder, check=False)
            if result.returncode:
                return result.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
