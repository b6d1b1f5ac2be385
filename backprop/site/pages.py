"""What is added to a page once Markdown has made HTML of it."""

import re
from collections.abc import Sequence
from html import escape
from itertools import count

from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink

from .checks.findings import Finding
from .messages import message
from .weave import Prepared

_FIGURE = re.compile(r"<figure\b(?P<attributes>[^>]*)>(?P<content>.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption\b[^>]*>")


def fill_titles(page: Page, prepared: Prepared) -> None:
    """Fill in values and formulas in the title of the page and in its table of contents."""
    if page.title:
        page.title = prepared.fill_text(page.title)

    def fill(links: Sequence[AnchorLink]) -> None:
        for link in links:
            link.title = prepared.fill(link.title)
            fill(link.children)

    fill(page.toc.items)


def number_figures(html: str, language: str) -> str:
    """Number the figures of a page at the beginning of their captions, and give each an id to link to."""
    numbers = count(1)

    def numbered(match: re.Match[str]) -> str:
        number = next(numbers)
        label = f'<span class="bp-figure-number">{message("figure", language, number=number)}</span>'
        content, captions = _CAPTION.subn(lambda caption: f"{caption[0]}{label} ", match["content"], count=1)
        if not captions:
            content += f"<figcaption>{label}</figcaption>"
        identity = "" if " id=" in match["attributes"] else f' id="figure-{number}"'
        return f"<figure{identity}{match['attributes']}>{content}</figure>"

    return _FIGURE.sub(numbered, html)


def stale_banner(findings: Sequence[Finding], language: str) -> str:
    """A banner above a translation that is behind its source, with what has changed; empty if it is not."""
    if not findings:
        return ""
    items = "".join(f"<li>{escape(finding.message)}</li>" for finding in findings)
    title = f'<p class="admonition-title">{message("stale", language)}</p>'
    return f'<div class="admonition warning bp-stale" role="status">{title}<ul lang="en">{items}</ul></div>'


def messages_of(codes: Sequence[str]) -> list[dict[str, str]]:
    """What the 404 page says in each of these languages, the first of which is at the root of the site."""
    return [
        {
            "code": code,
            "text": message("not_found", code),
            "home": message("home", code),
            "url": f"{code}/" if number else "./",
        }
        for number, code in enumerate(codes)
    ]
