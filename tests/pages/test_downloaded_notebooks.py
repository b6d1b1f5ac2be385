"""The notebook of every page runs by itself, in a fresh kernel and an empty folder, and gives what it stores.

In one language: in the others only the words differ, and those of the results come from the same labels. It is one
whose words are not the default ones, so that a notebook that forgot its language would show.
"""

from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat
import pytest
from course import PAGES, course
from notebooks import kernel_environment, run, shown

from backprop.site.notebooks.notebook import notebook, text_of
from backprop.site.notebooks.opening import Origin, opening

LANGUAGE = "ko"


def downloaded(page: str) -> Any:
    prepared = course()[LANGUAGE, page]
    first = opening(Origin(page, "backprop", None, LANGUAGE), None, None)
    return nbformat.reads(text_of(notebook(prepared, first)), as_version=4)


def results(downloaded: Any) -> list[list[str]]:
    return [shown(cell) for cell in downloaded.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_gives_what_it_stores(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_environment(tmp_path, monkeypatch)
    stored = downloaded(page)
    (tmp_path / "empty").mkdir()
    executed = downloaded(page)
    run(executed, tmp_path / "empty")
    assert any(results(stored))
    for number, (old, new) in enumerate(zip_longest(results(stored), results(executed)), 1):
        assert old == new, f"results of code cell {number}"
    assert not list((tmp_path / "empty").iterdir())
