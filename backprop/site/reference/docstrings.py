"""Docstrings as HTML: Google's sections, Markdown in their texts, examples highlighted."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape, unescape
from typing import Any

import griffe
from markdown import Markdown  # type: ignore[import-untyped]
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters.html import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers.python import PythonConsoleLexer  # type: ignore[import-untyped]

from ..hearing import hearing

_KIND = griffe.DocstringSectionKind
_LISTS = {
    _KIND.parameters: "arguments",
    _KIND.other_parameters: "arguments",
    _KIND.attributes: "attributes",
    _KIND.raises: "raises",
    _KIND.warns: "warns",
    _KIND.returns: "returns",
    _KIND.yields: "yields",
}
_UNNAMED = (_KIND.returns, _KIND.yields)
_OPTIONS: Any = {"returns_named_value": False, "returns_multiple_items": False, "warn_missing_types": False}
_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)
_CODE = re.compile(r"<code>([^<]*)</code>")
_BLOCK = re.compile(r"::(?=\n\n)")
"""How reStructuredText says that a block of code follows."""
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)

Section = dict[str, Any]
"""`kind` with `html`, for texts and examples, or with `items`: pairs of HTML, of a name and of what is said of it."""


def sections_of(docstring: griffe.Docstring, link: Callable[[str], str | None]) -> tuple[str, list[Section], list[str]]:
    """The first paragraph of a docstring, its sections, and what is wrong with it; `link` gives targets of code."""
    with hearing("griffe") as heard:
        parsed = docstring.parse("google", **_OPTIONS)
    sections = [section for part in parsed for section in _section(part, docstring.value, link)]
    summary = ""
    if sections and sections[0]["kind"] == "text":
        text = sections[0]["html"]
        first = _PARAGRAPH.match(text)
        summary = first[1] if first else text
        sections[0]["html"] = text[first.end() :].strip() if first else ""
    return summary, [section for section in sections if section.get("html", True)], heard


def _section(part: Any, whole: str, link: Callable[[str], str | None]) -> Iterator[Section]:
    if part.kind in _LISTS:
        items = [
            [_name(item, part.kind, link), _within(_prose(_description(item, part.kind, whole), link))]
            for item in (part.value if isinstance(part.value, list) else [part.value])
        ]
        yield {"kind": _LISTS[part.kind], "items": items}
    elif part.kind is _KIND.text:
        yield from _text(part.value, link)
    elif part.kind is _KIND.examples:
        for kind, text in part.value:
            yield from _text(text, link) if kind is _KIND.text else [_example(text)]
    elif part.kind is _KIND.admonition:
        yield {"kind": "text", "html": _prose(f"**{part.title or part.value.kind}**", link)}
        yield from _text(part.value.contents, link)


def _description(item: Any, kind: griffe.DocstringSectionKind, whole: str) -> str:
    """What is said of an item. Of `Returns: the sum: a number` the parser takes “the sum” for a type."""
    text = f"{item.annotation}: {item.description}"
    own = kind in _UNNAMED and text.split("\n")[0] in whole
    return text if own else str(item.description)


def _text(text: str, link: Callable[[str], str | None]) -> Iterator[Section]:
    end = 0
    for example in _EXAMPLE.finditer(text):
        if before := text[end : example.start()].strip():
            yield {"kind": "text", "html": _prose(before, link)}
        yield _example(example[0])
        end = example.end()
    if after := text[end:].strip():
        yield {"kind": "text", "html": _prose(after, link)}


def _name(item: Any, kind: griffe.DocstringSectionKind, link: Callable[[str], str | None]) -> str:
    if kind in _UNNAMED:
        return ""
    if kind not in (_KIND.raises, _KIND.warns):
        return f"<code>{escape(item.name)}</code>"
    return _linked(f"<code>{escape(str(item.annotation))}</code>", link)


def _example(code: str) -> Section:
    html = highlight(code.strip(), *_highlighting())
    return {"kind": "examples", "html": f'<div class="highlight"><pre><code>{html}</code></pre></div>'}


def _prose(text: str, link: Callable[[str], str | None]) -> str:
    return _linked(_markdown().reset().convert(_BLOCK.sub(":", text)), link)


def _linked(html: str, link: Callable[[str], str | None]) -> str:
    def replace(code: re.Match[str]) -> str:
        target = link(unescape(code[1]))
        return f'<a href="{target}">{code[0]}</a>' if target else code[0]

    return _CODE.sub(replace, html)


def _within(html: str) -> str:
    """HTML of a single paragraph without its tags."""
    only = _PARAGRAPH.fullmatch(html)
    return only[1] if only else html


@cache
def _highlighting() -> tuple[Any, Any]:
    return PythonConsoleLexer(), HtmlFormatter(nowrap=True)


@cache
def _markdown() -> Any:
    """Markdown without HTML: `<y>` in a docstring is no tag."""
    markdown = Markdown()
    markdown.preprocessors.deregister("html_block")
    markdown.inlinePatterns.deregister("html")
    return markdown
