"""Every example runs in a Jupyter notebook, section by section, and shows what the script prints."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.py"))
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
    """What script and kernel both see: English, and nobody's own settings of Jupyter and IPython."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("BACKPROP_LANGUAGE", "en")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return dict(os.environ)


def printed(example: Path, environment: dict[str, str]) -> str:
    result = subprocess.run(
        [sys.executable, str(example)], capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )
    return result.stdout


def shown(example: Path, folder: Path) -> list[Any]:
    """What the cells of the notebook show, below the docstring as text; an error in one of them is raised here."""
    title, *cells = cells_of(example.read_text("utf-8"))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(ast.literal_eval(title)), *map(nbformat.v4.new_code_cell, cells)]
    )
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # it warns that messages to this machine itself are not encrypted
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def as_text(output: Any) -> str:
    if output.output_type == "stream":
        assert output.name == "stdout", output.text
        return str(output.text)
    assert output.output_type == "display_data", f"only a notebook would show this, the script does not: {output}"
    assert "text/html" in output.data
    return str(output.data["text/plain"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_notebook_shows_what_the_script_prints(example: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    expected = printed(example, environment)
    found = "\n".join(map(as_text, shown(example, tmp_path)))
    assert expected
    assert found.split() == expected.split()  # every number; only the space between views is another


def test_cells() -> None:
    first = "# --8<-- [start:a]\nx = 1\n\n# --8<-- [end:a]\n"
    second = "# --8<-- [start:b-c]\ny = 2\n# --8<-- [end:b-c]\nz = 3\n"
    source = f'"""A."""\n\n{first}\n\n{second}'
    assert cells_of(source) == ['"""A."""', "x = 1", "y = 2", "z = 3"]
