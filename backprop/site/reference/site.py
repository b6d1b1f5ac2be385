"""The reference of a site: where every name stands, what is wrong with what a page lists, and the page's entries."""

import os
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from pathlib import Path

from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url

from ..cache import Store
from ..checks.findings import Finding, shown
from ..checks.model import Section
from ..checks.page import read_page
from ..programs import Page
from .entries import Entries, Reading
from .listing import LANGUAGE, Listed, listed, read
from .rendering import Entry, Voice, render, resolve

_PLACE = re.compile(r'<h(?P<level>[1-6])\b[^>]*?\bid="(?P<id>[^"]*)"|<div class="bp-reference">(?P<listed>[^<]*)</div>')
RULE = "reference"


def fence() -> dict[str, object]:
    """The fence that lists names, for pymdownx.superfences: it keeps the place of the entries."""

    def keep(source: str, *_: object, **__: object) -> str:
        return f'<div class="bp-reference">{escape(source, quote=False)}</div>'

    return {"name": LANGUAGE, "class": LANGUAGE, "format": keep}


class Reference:
    """The entries that the pages of a site list."""

    def __init__(self, root: Path, cache: Path, language: str) -> None:
        self._root, self._store, self._language = root, Store(cache / "reference"), language
        self._read = Entries()
        self._places: dict[tuple[str, str], tuple[Path, int]] = {}
        self._pages: list[Page] = []
        self._reading: Reading | None = None
        self._lessons: dict[Path, list[Section]] = {}

    def begin(self, pages: Sequence[Page]) -> None:
        """Start to read what these pages list, and has not been read."""
        self._pages = [page for page in pages if any(fence.language == LANGUAGE for fence in page.scan.fences)]
        self._lessons.clear()
        names = {item.name for page in self._pages for item in _items(page)}
        if names - self._read.entries.keys():
            self._reading = Reading(sorted(names | self._read.entries.keys()), self._root, self._store)

    def finish(self) -> list[Finding]:
        """What is wrong with what the pages list.

        Raises:
            ReadingError: the process that reads the docstrings ended without an answer.

        """
        if self._reading is not None:
            reading, self._reading = self._reading, None
            self._read = reading.finish()
        return [finding for page in self._pages for item in _items(page) for finding in self._findings(page, item)]

    def fill(self, html: str, page: SitePage, of: Page, files: Files) -> str:
        """Put the entries into a page, and into its table of contents."""
        if LANGUAGE not in {fence.language for fence in of.scan.fences}:
            return html
        urls = {Path(file.abs_src_path): file.url for file in files.documentation_pages() if file.abs_src_path}
        voice, shown_names = Voice(of.language, self._language), []
        heading, level = "", 1

        def url(name: str) -> str | None:
            place = self._place(of.language, name)
            target = urls.get(place) if place else None
            return None if target is None else f"{_relative(target, page.url)}#{name}"

        def replace(match: re.Match[str]) -> str:
            nonlocal heading, level
            if match["listed"] is None:
                heading, level = match["id"], int(match["level"])
                return match[0]
            entries = []
            for item in read(tuple(unescape(match["listed"]).split("\n"))):
                if entry := self._read.entries.get(item.name):
                    entries.append(render(entry, voice, min(level + 1, 5), self._lesson(item, of, page, urls)))
                    shown_names.append((heading, level, entry))
            return resolve("".join(entries), url)

        html = _PLACE.sub(replace, html)
        for under, depth, entry in shown_names:
            _add_to_contents(page, under, depth, entry)
        return html

    def _place(self, language: str, name: str) -> Path | None:
        """The page of an entry or of its member."""
        for known in (name, name.rpartition(".")[0]):
            if (language, known) in self._places:
                return self._places[language, known][0]
        return None

    def _findings(self, page: Page, item: Listed) -> list[Finding]:
        messages = list(self._read.problems.get(item.name, ()))
        before = self._places.setdefault((page.language, item.name), (page.path, item.line))
        if before != (page.path, item.line):
            messages.append(f"{item.name} is already listed at {shown(before[0])}:{before[1]}")
        if item.lesson is not None and (wrong := self._wrong_lesson(page, item.lesson)):
            messages.append(wrong)
        return [Finding(page.path, item.line, RULE, message) for message in messages]

    def _wrong_lesson(self, page: Page, lesson: str) -> str | None:
        path, section = _target(page.path, lesson)
        if path.suffix != ".md" or not path.is_file():
            return f"there is no page {lesson.partition('#')[0]}, seen from this one"
        ids = {part.id for part in self._sections(path, page.language)}
        return f"{shown(path)} has no section #{section}" if section and section not in ids else None

    def _lesson(self, item: Listed, of: Page, page: SitePage, urls: Mapping[Path, str]) -> str:
        """A link to the page that teaches a name, with that page's title."""
        if item.lesson is None:
            return ""
        path, section = _target(of.path, item.lesson)
        if path not in urls:
            return ""
        titles = [part.title for part in self._sections(path, of.language) if part.level == 1]
        address = _relative(urls[path], page.url) + (f"#{section}" if section else "")
        return f'<a href="{escape(address)}">{escape(titles[0] if titles else path.stem)}</a>'

    def _sections(self, path: Path, language: str) -> list[Section]:
        """The sections of a page that teaches something; it is read once in a build."""
        if path not in self._lessons:
            self._lessons[path] = read_page(path, language, path.name).sections
        return self._lessons[path]


def _items(page: Page) -> list[Listed]:
    return [item for fence in page.scan.fences if fence.language == LANGUAGE for item in listed(fence)]


def _target(page: Path, lesson: str) -> tuple[Path, str]:
    """The file and the section that a link of a page means."""
    path, _, section = lesson.partition("#")
    return Path(os.path.normpath(page.parent / path)), section


def _relative(url: str, page: str) -> str:
    """The address of a page as seen from another; of this one, nothing."""
    return "" if url == page else get_relative_url(url, page)


def _add_to_contents(page: SitePage, heading: str, level: int, entry: Entry) -> None:
    """Show an entry below its heading in the table of contents, and let links to it and its members be checked."""
    name = entry["name"]
    anchors = {name, *(member["name"] for member in entry["members"])}
    page.present_anchor_ids = (page.present_anchor_ids or set()) | anchors
    waiting = list(page.toc.items)
    while waiting:
        link = waiting.pop()
        if link.id == heading:
            title = f"<code>{name.rpartition('.')[2]}</code>"
            link.children.append(AnchorLink(title, name, level))
            return
        waiting += link.children
