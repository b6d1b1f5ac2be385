"""Entries as HTML, in the language of a page: the words around them are of that language, the docstrings of theirs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from ..messages import message
from .listing import SCHEME

Entry = dict[str, Any]

_LINK = re.compile(rf'<a href="{SCHEME}(?P<name>[^"]*)">(?P<content>.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Voice:
    """The language of a page, and that of the docstrings."""

    page: str
    docstrings: str

    @property
    def attribute(self) -> str:
        """Says that a docstring is in another language than the page."""
        return "" if self.page == self.docstrings else f' lang="{self.docstrings}"'


def render(entry: Entry, voice: Voice, level: int, taught: str = "") -> str:
    """An entry with its members; `taught` is a link to the page that teaches it."""
    path, dot, name = entry["name"].rpartition(".")
    lesson = f"<p>{message('reference_lesson', voice.page)} {taught}</p>" if taught else ""
    return (
        f'<section class="bp-entry" data-pagefind-weight="0.2">{_heading(entry["name"], level, path + dot, name)}'
        f"{_body(entry, voice, lesson)}{_members(entry, voice, level + 1)}</section>"
    )


def resolve(html: str, url: Callable[[str], str | None]) -> str:
    """HTML with links to the pages of other entries; where there is no page, the text alone."""

    def replace(match: re.Match[str]) -> str:
        target = url(match["name"])
        return f'<a href="{escape(target)}">{match["content"]}</a>' if target else match["content"]

    return _LINK.sub(replace, html)


def _heading(anchor: str, level: int, path: str, name: str) -> str:
    return (
        f'<h{level} id="{anchor}" data-pagefind-weight="10"><code><span class="bp-path">{path}</span>{name}</code>'
        f'<a class="headerlink" href="#{anchor}" aria-label="#{anchor}">&para;</a></h{level}>'
    )


def _members(entry: Entry, voice: Voice, level: int) -> str:
    shown = []
    for member in entry["members"]:
        owner, name = member["name"].split(".")[-2:]
        heading = _heading(member["name"], level, f"{owner}.", name)
        shown.append(f'<section class="bp-member">{heading}{_body(member, voice, "")}</section>')
    return "".join(shown)


def _body(entry: Entry, voice: Voice, lesson: str) -> str:
    bases = ", ".join(
        f'<a href="{target}"><code>{escape(name)}</code></a>' if target else f"<code>{escape(name)}</code>"
        for name, target in entry["bases"]
    )
    bases = f"<p>{message('reference_bases', voice.page)} {bases}</p>" if bases else ""
    summary = f"<p{voice.attribute}>{entry['summary']}</p>" if entry["summary"] else ""
    sections = "".join(_section(section, voice) for section in entry["sections"])
    signature = f'<div class="highlight bp-signature"><code translate="no">{entry["signature"]}</code></div>'
    return f'{signature}{summary}<div class="bp-about">{bases}{lesson}</div>{sections}'.replace(
        '<div class="bp-about"></div>', ""
    )


def _section(section: dict[str, Any], voice: Voice) -> str:
    if "html" in section:
        return f"<div{voice.attribute}>{section['html']}</div>"
    label = f'<p class="bp-label">{message("reference_" + section["kind"], voice.page)}</p>'
    items = "".join((f"<dt>{name}</dt>" if name else "") + f"<dd>{html}</dd>" for name, html in section["items"])
    if all(name for name, _ in section["items"]):
        return f"{label}<dl{voice.attribute}>{items}</dl>"
    texts = "".join(f"<p>{html}</p>" for _, html in section["items"])
    return f"{label}<div{voice.attribute}>{texts}</div>"
