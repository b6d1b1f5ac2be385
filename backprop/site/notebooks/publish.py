"""What the plugin calls: makes the notebook of a page, writes it, and links it from the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file

from ..messages import message
from ..preparation import Preparation
from ..weave import Prepared
from .links import FOLDER, Links, notebook_path, relative_url
from .notebook import notebook, text_of
from .opening import Origin, opening
from .wheel import Wheel

_TITLE = re.compile(r"</h1>")


@dataclass(frozen=True)
class Made:
    """A notebook, with all that it was made of: the page, the first cells and where its links lead."""

    prepared: Prepared
    first: Sequence[tuple[str, str]]
    links: dict[str, str]
    text: str

    def is_of(self, prepared: Prepared, first: Sequence[tuple[str, str]], links: Links) -> bool:
        """Whether it would be made again as it is."""
        mine, its = self.prepared, prepared
        return (
            (mine.page.body, mine.page.listings, self.first) == (its.page.body, its.page.listings, first)
            and (mine.result.outputs, mine.result.values) == (its.result.outputs, its.result.values)
            and all(links.resolve(target) == address for target, address in self.links.items())
        )


Kept: TypeAlias = dict[str, Made]
"""The notebooks of the last build, by their paths."""


class Notebooks:
    """The notebooks of a site, and the wheel that they install, if there is one.

    `kept` is filled with what is made, and looked at first: under `mkdocs serve` most pages are as they were.
    """

    def __init__(self, preparation: Preparation, wheel: Wheel | None, kept: Kept) -> None:
        self._wheel, self._kept, self._macros = wheel, kept, preparation.sources.macros
        self._paths = {
            path.resolve(): notebook_path(prepared.page.key, prepared.page.language)
            for (path, _), prepared in preparation.pages.items()
            if prepared.page.blocks and prepared.page.downloads
        }

    def publish(self, html: str, page: Page, prepared: Prepared, files: Files, config: MkDocsConfig) -> str:
        """Write the notebook of a page into the site, and give the page's HTML with a link to it.

        Without one are pages without executed code, pages whose code has failed, and those with `notebook: false`.
        """
        path = self._of(page.file)
        if path is None or prepared.result.errors or len(prepared.result.outputs) < len(prepared.page.blocks):
            return html
        text = self._text(path, page, prepared, files, config)
        write_file(text.encode(), str(Path(config.site_dir, path)))
        return _linked(html, relative_url(path, page), prepared.page.language)

    def publish_wheel(self, site: Path) -> None:
        """Write the wheel into the site, beside the notebooks."""
        if self._wheel is not None:
            write_file(self._wheel.content, str(site / FOLDER / self._wheel.name))

    def _text(self, path: str, page: Page, prepared: Prepared, files: Files, config: MkDocsConfig) -> str:
        site_url = config.site_url or ""
        links = Links(page, files, site_url, path, self._of)
        origin = Origin(str(page.title), config.site_name, links.address, prepared.page.language)
        address = urljoin(site_url, f"{FOLDER}/{quote(self._wheel.name)}") if self._wheel and site_url else None
        first = opening(origin, self._wheel, address)
        made = self._kept.get(path)
        if made is None or not made.is_of(prepared, first, links):
            text = text_of(notebook(prepared, first, links.resolve, self._macros))
            made = self._kept[path] = Made(prepared, first, links.resolved, text)
        return made.text

    def _of(self, file: File) -> str | None:
        return self._paths.get(Path(file.abs_src_path or "").resolve())


def _linked(html: str, url: str, language: str) -> str:
    """HTML of a page with a link to its notebook below the title."""
    text = escape(message("notebook", language))
    link = f'<div class="bp-notebook" data-pagefind-ignore><a href="{escape(url)}" download>{text}</a></div>'
    title = _TITLE.search(html)
    return html[: title.end()] + link + html[title.end() :] if title else link + html
