"""A page as a notebook: the cells, and the file they make."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..weave import Prepared
from .inline import Inline
from .results import outputs
from .structure import Block, Prose, Structure

Cells: TypeAlias = list[dict[str, Any]]


def notebook(
    prepared: Prepared,
    first: Sequence[tuple[str, str]],
    resolve: Callable[[str], str] = str,
    macros: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The notebook of a page, in version 4.5 of the format.

    Args:
        prepared: the page with its results.
        first: kinds and sources of the cells before the page's own.
        resolve: gives the address of the target of a link.
        macros: TeX macros of the site, without backslashes.

    """
    page = prepared.page
    listings = ["\n".join(part.shown for part in code).strip("\n") for code in page.listings]
    inline = Inline(prepared, resolve, {}, macros or {})
    structure = Structure(page.scan.text, page.scan.fences, listings, inline)
    executed = [listing for listing, fence in zip(listings, page.scan.fences, strict=True) if fence.executed]
    cells: Cells = [_cell(f"first-{place}", kind, source) for place, (kind, source) in enumerate(first, 1)]
    cells += _cells(structure.pieces(), executed, prepared)
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def text_of(notebook: dict[str, Any]) -> str:
    """The file of a notebook, the same for the same page."""
    import nbformat  # here, since it takes a tenth of a second, and only sites with notebooks need it

    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"


def _cells(pieces: Iterable[Prose | Block], codes: Sequence[str], prepared: Prepared) -> Cells:
    cells: Cells = []
    texts: list[str] = []

    def close() -> None:
        if texts:
            number = sum(cell["cell_type"] == "markdown" for cell in cells) + 1
            cells.append(_cell(f"text-{number}", "markdown", "\n\n".join(texts)))
            texts.clear()

    for piece in pieces:
        if isinstance(piece, Block) or piece.heading:
            close()
        if isinstance(piece, Prose):
            texts.append(piece.text)
            continue
        # Jupyter shows the first line of a folded cell: not a line of the solution.
        code = codes[piece.number] if piece.title is None else f"# {piece.title}\n{codes[piece.number]}"
        cell = _cell(f"code-{piece.number + 1}", "code", code)
        cell["outputs"] = outputs(prepared.result.outputs[piece.number], prepared.page.language)
        if piece.title is not None:
            hidden = {"source_hidden": True, "outputs_hidden": True}
            cell["metadata"] = {"collapsed": True, "jupyter": hidden, "tags": ["hide-input", "hide-output"]}
        cells.append(cell)
    close()
    return cells


def _cell(identity: str, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"id": identity, "cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
