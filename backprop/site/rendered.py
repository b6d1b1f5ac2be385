"""Pages as Markdown made them at the last build: under `mkdocs serve` most of them have not changed.

A page is converted anew unless everything that its HTML depends on is known to be the same: its text, the code that
it includes, the results of that code, the settings of Markdown, the rules for links, and where the files of the site
are. With extensions that are not known to depend on nothing else, every page is converted in every build.
"""

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from .extensions import NEEDED, OUR_FENCES, settings
from .hearing import hearing
from .weave import Prepared

_MARKDOWN = "abbr admonition attr_list def_list fenced_code footnotes md_in_html sane_lists smarty tables toc"
_PYMDOWN = "betterem caret details inlinehilite keys mark smartsymbols tasklist tilde"
KNOWN = {*NEEDED, *_MARKDOWN.split(), *(f"pymdownx.{name}" for name in _PYMDOWN.split())}
"""Extensions whose output depends on text and settings only; of snippets, see `_depends_on_files`."""


@dataclass
class _Kept:
    """A converted page."""

    origin: Hashable
    html: str
    toc: TableOfContents
    title: str | None
    anchors: set[str] | None
    links: list[tuple[str, dict[str, str]]]
    """Anchors in other files, each of which is named by its path."""
    filled: tuple[Hashable, str] = (None, "")


class Rendered:
    """The converted pages of the last build."""

    def __init__(self) -> None:
        self._pages: dict[str, _Kept] = {}
        self._places: tuple[Files | None, int] = (None, 0)

    def watch(self, page: Page, prepared: Prepared) -> None:
        """Let a page take what was made of it before, when MkDocs converts it."""
        page.render = partial(self._render, page, prepared)  # type: ignore[method-assign]

    def fill(self, page: Page, prepared: Prepared, html: str, make: Callable[[str], str]) -> str:
        """The HTML with values and formulas: as `make` makes it, or as it did before."""
        kept = self._pages.get(page.file.src_uri)
        origin = (html, prepared.page.language, tuple(prepared.mathml), _values(prepared))
        if kept is None:
            return make(html)
        if kept.filled[0] != origin:
            kept.filled = origin, make(html)
        return kept.filled[1]

    def _render(self, page: Page, prepared: Prepared, config: MkDocsConfig, files: Files) -> None:
        name = page.file.src_uri
        origin = None if _depends_on_files(prepared, config) else self._origin(page, prepared, config, files)
        kept = self._pages.get(name)
        if kept is None or origin is None or kept.origin != origin:
            self._pages.pop(name, None)
            warned = _convert(page, config, files)
            if origin is not None and not warned:
                self._pages[name] = _keep(origin, page)
        else:
            _restore(kept, page, files)

    def _origin(self, page: Page, prepared: Prepared, config: MkDocsConfig, files: Files) -> Hashable:
        if self._places[0] is not files:
            self._places = files, hash(frozenset((file.src_uri, file.dest_uri) for file in files))
        source = prepared.page
        results = tuple(prepared.results(number) for number in range(len(source.blocks)))
        rules = repr({**config.validation.links, "anchors": None})  # anchors are checked later, and always
        return page.markdown, source.included, results, settings(config), rules, self._places[1], page.file.dest_uri


def _depends_on_files(prepared: Prepared, config: MkDocsConfig) -> bool:
    """Whether the page may show what is in files that are not known, or is made by extensions that are not."""
    snippets = config.mdx_configs.get("pymdownx.snippets", {})
    fences = config.mdx_configs.get("pymdownx.superfences", {}).get("custom_fences", [])
    includes = sum("8<" in line for fence in prepared.page.scan.fences for line in fence.body)
    return (
        not KNOWN.issuperset(config.markdown_extensions)
        or bool(snippets.get("auto_append"))
        or not OUR_FENCES.issuperset(fence["name"] for fence in fences)
        or sum("8<" in line for line in prepared.page.scan.text.split("\n")) > includes
    )


def _values(prepared: Prepared) -> tuple[str | None, ...]:
    """What stands for the expressions, in text and inside tags."""
    indices = range(len(prepared.page.scan.expressions))
    return tuple(prepared.value(index, style) for index in indices for style in ("html", "text", "latex"))


def _convert(page: Page, config: MkDocsConfig, files: Files) -> bool:
    """Convert a page as MkDocs does; whether it warned: then the page is converted again, so that it is said again."""
    with hearing("mkdocs") as said:
        Page.render(page, config, files)
    return bool(said)


def _keep(origin: Hashable, page: Page) -> _Kept:
    links = [(file.src_uri, dict(anchors)) for file, anchors in (page.links_to_anchors or {}).items()]
    title: Any = page._title_from_render
    return _Kept(origin, page.content or "", deepcopy(page.toc), title, page.present_anchor_ids, links)


def _restore(kept: _Kept, page: Page, files: Files) -> None:
    page.content, page.toc = kept.html, deepcopy(kept.toc)
    page._title_from_render, page.present_anchor_ids = kept.title, kept.anchors
    targets = ((files.get_file_from_path(name), anchors) for name, anchors in kept.links)
    page.links_to_anchors = {file: dict(anchors) for file, anchors in targets if file is not None}
