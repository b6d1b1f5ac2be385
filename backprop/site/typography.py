"""A Markdown extension: where lines of Chinese are joined, and what Korean particles stay together with.

Only between a Han character and a Latin letter is there a space, so other lines of Chinese are joined without one. A
Korean particle stays on the line of the bracket, the quotation mark or the code before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]

HAN, MARK = "\u3400-\u9fff\uf900-\ufaff", "\u3000-\u303f\uff00-\uffef"
"""For a class of a pattern: Chinese characters, and punctuation as wide as they are."""
_BREAK = re.compile(rf"(?<=[{HAN}])\n[ \t]*(?=[{HAN}])|(?<=[{MARK}])\n[ \t]*|\n[ \t]*(?=[{MARK}])")
_CODE = "\ue005"
"""Stands for code and its like, which stay as they are."""
_PARTICLE = re.compile(rf"(?<=[)’”{_CODE}])(?=[가-힣])")
_TOGETHER = "\u2060"
_VERBATIM = {"code", "kbd", "samp", "pre", "script", "style", "textarea"}
_LINE = {"br", "hr"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece of text is in the tree."""

    element: Element
    attribute: str
    """`text`, within the tags of the element, or `tail`, after them; empty for the code that an element is."""

    @property
    def text(self) -> str:
        return (getattr(self.element, self.attribute) or "") if self.attribute else _CODE


class _Typography(Treeprocessor):  # type: ignore[misc]
    def run(self, root: Element) -> None:
        for places in self._lines(root):
            whole, end = "".join(place.text for place in places), 0
            for place in places:
                start, end = end, end + len(place.text)
                if place.attribute and end > start:
                    before, after = whole[max(start - 1, 0) : start], whole[end : end + 1].strip()
                    text = _BREAK.sub("", before + place.text + after).removesuffix(after)
                    setattr(place.element, place.attribute, _PARTICLE.sub(_TOGETHER, text)[len(before) :])

    def _lines(self, root: Element) -> Iterator[list[_Place]]:
        """The pieces of each paragraph, cell, heading: what stands beside each other, through tags such as `em`."""
        line: list[_Place] = []
        for place in self._places(root):
            if place is None:
                yield line
                line = []
            else:
                line.append(place)
        yield line

    def _places(self, element: Element) -> Iterator[_Place | None]:
        """The pieces below an element; None where one line ends and another begins."""
        block = element.tag in _LINE or self.md.is_block_level(element.tag)
        if block:
            yield None
        if element.tag in _VERBATIM:
            yield _Place(element, "")
        else:
            yield _Place(element, "text")
            for child in element:
                yield from self._places(child)
        if block:
            yield None
        yield _Place(element, "tail")


class TypographyExtension(Extension):  # type: ignore[misc]
    """Comes after the inline patterns, which make tags such as `em`, and before the table of contents."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Markdown's name)
        """Register the processor."""
        md.treeprocessors.register(_Typography(md), "backprop-typography", 15)


def makeExtension() -> TypographyExtension:  # noqa: N802 (Markdown's name)
    """Make the extension; Markdown finds it by this name."""
    return TypographyExtension()
