"""The package is entered in the tables of the benchmark scripts; stand-ins for them are enough to see it."""

import subprocess
import sys
from pathlib import Path

import pytest
from loading import module_at


@pytest.fixture(scope="module")
def compare():
    return module_at(Path(__file__).with_name("compare.py"))


@pytest.fixture
def scripts(compare, tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "mlp.py").write_text('PEERS = {\n    "numpy": None,\n}\n')
    (folder / "w1_scalar.py").write_text('PEERS = {"micrograd": None}\nprint(PEERS["backprop"]("expr")())\n')
    for work in compare.WORKS[1:]:
        text = 'import sys\nimport mlp\n\nNAMES = ["numpy"]\nprint(sorted(mlp.PEERS), NAMES, sys.argv[1:])\n'
        (folder / f"{work}.py").write_text(text)
    return folder


def test_runs_the_works_with_our_package(compare, scripts):
    result = subprocess.run(
        [sys.executable, compare.__file__, scripts, "--works", "w1_scalar", "w3_medium", "--", "--threads", "2"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    titles_and_rows = [line for line in result.stdout.splitlines() if line]
    assert titles_and_rows[0] == "## w1_scalar"
    assert titles_and_rows[1].startswith("{'seconds': ")
    assert titles_and_rows[2] == "## w3_medium"
    names = "['backprop', 'backprop eager', 'numpy']"
    assert titles_and_rows[3] == f"{names} {names} ['--threads', '2']"
    assert "backprop" not in (scripts / "mlp.py").read_text()


def test_scripts_that_have_changed_are_named(compare, scripts, tmp_path):
    (scripts / "w4_large.py").write_text("PEERS = []\n")
    with pytest.raises(ValueError, match=r"w4_large.py should have one line with 'NAMES = \['"):
        compare.with_our_package(scripts, tmp_path / "bench")


def test_a_work_that_fails_is_an_error(compare, scripts):
    (scripts / "w2_digits.py").write_text("NAMES = []\nraise SystemExit(3)\n")
    result = subprocess.run([sys.executable, compare.__file__, scripts, "--works", "w2_digits"], check=False)
    assert result.returncode == 3
