"""Notebooks of pages written here, with results that nobody had to run for."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from backprop.site.execution import Result
from backprop.site.notebooks.notebook import notebook
from backprop.site.programs import read_page
from backprop.site.snippets import Examples
from backprop.site.weave import Prepared

Cells = list[dict[str, Any]]


def _prepared(text: str, folder: Path, language: str = "en", values: dict[str, Any] | None = None) -> Prepared:
    """A page whose blocks each print their number, and whose expressions have these values everywhere."""
    page = read_page(folder / "page.md", "page.md", language, dedent(text).strip("\n"), 1, Examples(folder), folder)
    assert not page.findings
    outputs = [[{"text": f"{number}\n"}] for number in range(len(page.blocks))]
    return Prepared(page, Result(outputs=outputs, values=[values or {} for _ in range(len(page.blocks) + 1)]))


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[[str], Prepared]:
    """A page in English."""
    return lambda text: _prepared(text, tmp_path)


@pytest.fixture
def cells(tmp_path: Path) -> Callable[..., Cells]:
    """The cells of a page, without those that come first."""

    def make(text: str, language: str = "en", values: dict[str, Any] | None = None, **options: Any) -> Cells:
        made = notebook(_prepared(text, tmp_path, language, values), [], **options)
        cells: Cells = made["cells"]
        return cells

    return make


@pytest.fixture
def markdown(cells: Callable[..., Cells]) -> Callable[..., str]:
    """The Markdown of a page without code."""

    def make(text: str, *arguments: Any, **options: Any) -> str:
        found = cells(text, *arguments, **options)
        assert all(cell["cell_type"] == "markdown" for cell in found)
        return "\n\n".join(cell["source"] for cell in found)

    return make


@pytest.fixture
def repository() -> Path:
    """Our own project."""
    return Path(__file__).parents[3]
