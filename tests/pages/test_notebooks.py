"""Every example runs in a Jupyter notebook, section by section, and shows what the script prints."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import as_text, kernel_environment, run

ROOT = Path(__file__).parents[2]
"""Where examples run, as on the site: some read files of the project."""
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))
MARKER = re.compile(r"# --8<-- \[(?:start|end):[\w-]+\]\n?")


def cells_of(source: str) -> list[str]:
    """The code of a file, a cell for each section and for what stands between sections."""
    cells, lines = [], []
    for line in [*source.splitlines(keepends=True), "# --8<-- [end:file]\n"]:
        if MARKER.fullmatch(line):
            cells.append("".join(lines).strip("\n"))
            lines = []
        else:
            lines.append(line)
    return [cell for cell in cells if cell.strip()]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return kernel_environment(tmp_path, monkeypatch)


def printed(example: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, str(example)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )
    return result.stdout


def shown(example: Path) -> list[Any]:
    """What the cells of the notebook show, below the docstring as text; an error in one of them is raised here."""
    title, *cells = cells_of(example.read_text("utf-8"))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(ast.literal_eval(title)), *map(nbformat.v4.new_code_cell, cells)]
    )
    run(notebook, ROOT)
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_notebook_shows_what_the_script_prints(example: Path, environment: dict[str, str]) -> None:
    expected = printed(example, environment)
    found = "\n".join(map(as_text, shown(example)))
    assert expected
    assert found.split() == expected.split()  # every number; only the space between views is another


def test_cells() -> None:
    first = "# --8<-- [start:a]\nx = 1\n\n# --8<-- [end:a]\n"
    second = "# --8<-- [start:b-c]\ny = 2\n# --8<-- [end:b-c]\nz = 3\n"
    source = f'"""A."""\n\n{first}\n\n{second}'
    assert cells_of(source) == ['"""A."""', "x = 1", "y = 2", "z = 3"]
