"""Notebooks run as a student runs them: in a fresh kernel, in an empty folder, with nobody's own settings."""

import os
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient


def kernel_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a script and a kernel both see: English, and nobody's own settings of Jupyter and IPython."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(folder / name))
    monkeypatch.setenv("BACKPROP_LANGUAGE", "en")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return dict(os.environ)


def run(notebook: Any, folder: Path) -> None:
    """Run all cells in that folder, which fills in their outputs; an error in one of them is raised here."""
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # it warns that messages to this machine itself are not encrypted
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()


def shown(cell: Any) -> list[str]:
    """What a cell shows, as text; what is printed piece by piece counts as one."""
    texts = []
    for is_stream, outputs in groupby(cell.outputs, lambda output: output.output_type == "stream"):
        pieces = list(map(as_text, outputs))
        texts += ["".join(pieces)] if is_stream else pieces
    return texts


def as_text(output: Any) -> str:
    if output.output_type == "stream":
        assert output.name == "stdout", output.text
        return str(output.text)
    assert output.output_type == "display_data", f"only a notebook would show this, the script does not: {output}"
    assert "text/html" in output.data or "text/latex" in output.data
    return str(output.data["text/plain"])
