"""A page as prose and code in turn, with its admonitions, folded parts, tabs and footnotes in plain Markdown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ..messages import message
from ..scan import Fence, find_fences
from .inline import ATTRIBUTES, Inline

_FENCE = re.compile(r"^(?P<indent>[ \t]*)\ue006(?P<index>\d+)\ue007$")
_BOX = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?|===[!+]*)(?:[ ]+(?P<kinds>[\w-]+(?:[ ]+[\w-]+)*))?"
    r"(?:[ ]+(?P<quote>[\"'])(?P<title>.*)(?P=quote))?[ \t]*$"
)
_HEADING = re.compile(rf"^(?P<mark>#{{1,6}})[ \t]*(?P<title>\S.*?)[ \t]*#*[ \t]*(?P<attributes>{ATTRIBUTES})?[ \t]*$")
_UNDERLINE = re.compile(r"^(=+|-+)[ \t]*$")
_ID = re.compile(r"#([\w:-]+)")
_ITEM = re.compile(r"^[ \t]*(?:[-+*]|\d+\.)[ \t]+\S")
_QUOTE = re.compile(r"^[ ]{0,3}>[ ]?")
_ROW = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")

_COMMENT = re.compile(
    r"(?m)(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|^[ \t]*<!--[\s\S]*?-->[ \t]*\n?|<!--[\s\S]*?-->"
)
_RAW = re.compile(r"(?m)^[ \t]*<(pre|script|style)\b[\s\S]*?</\1>[ \t]*$")
_DEFINITION = re.compile(
    r"(?m)^[ ]{0,3}\[(?!\^)([^\[\]\n]+)\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+[\"'(][^\n]*[\"')])?[ \t]*\n?"
)
_SILENT = re.compile(r"(?m)^\*\[[^\[\]\n]+\]:.*\n?|^\[TOC\][ \t]*$")
_NOTE = re.compile(r"(?m)^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ ]{4}.*|[ \t]*(?=\n[ ]{4}\S)))*)\n?")
_TAG_LINE = re.compile(
    r"^[ \t]*(?:<(?P<open>\w+)\b[^>]*\smarkdown\b[^>]*>|</(?:div|section|article|aside|details|figure)>)[ \t]*$"
)
_LINKED = re.compile(r"\]\(#([\w:-]+)\)")


@dataclass(frozen=True)
class Prose:
    """Markdown of consecutive paragraphs; the first of them may be a heading, which begins a new cell."""

    text: str
    heading: bool = False


@dataclass(frozen=True)
class Block:
    """The executed block of that number; in a folded part of the page, with the title of that part."""

    number: int
    title: str | None = None


class Structure:
    """Takes one page apart.

    `listings` are the codes of all fences of the page, in order, with their includes.
    """

    def __init__(self, text: str, fences: Sequence[Fence], listings: Sequence[str], inline: Inline) -> None:
        self._inline, self._fences, self._listings = inline, fences, listings
        self._kept: list[str] = []
        self._language = inline.prepared.page.language
        text = self._without_fences(text)
        self._linked = set(_LINKED.findall(text))
        text = _COMMENT.sub(lambda match: match["code"] or "", text)
        text = _RAW.sub(lambda match: self._keep(match[0].strip()), text)
        self._notes = dict(_NOTE.findall(text))
        inline.definitions = {name.lower(): target for name, target in _DEFINITION.findall(text)}
        for pattern in (_NOTE, _DEFINITION, _SILENT):
            text = pattern.sub("", text)
        self._lines = text.split("\n")

    def pieces(self) -> Iterator[Prose | Block]:
        """The page in its order, then its footnotes."""
        yield from self._convert(self._lines, narrow=False)
        yield from self._footnotes()

    def _without_fences(self, text: str) -> str:
        """The page with one line in the place of every fence, which no pattern can mistake for prose."""
        lines, kept, end = text.split("\n"), [], 0
        for index, fence in enumerate(find_fences(lines)):
            prefix = fence.prefix
            kept += [
                *lines[end : fence.line - 1],
                prefix.rstrip(" \t"),
                f"{prefix}\ue006{index}\ue007",
                prefix.rstrip(),
            ]
            end = fence.end
        return "\n".join([*kept, *lines[end:]])

    def _keep(self, raw: str) -> str:
        self._kept.append(raw)
        return f"\n\ue006{len(self._fences) + len(self._kept) - 1}\ue007\n"

    def _convert(self, lines: Sequence[str], *, narrow: bool) -> Iterator[Prose | Block]:
        """Consecutive lines of one container, whose prefix they no longer have."""
        rest, listed = list(lines), False
        while rest:
            line = rest[0]
            indent = line[: len(line) - len(line.lstrip())]
            inside = narrow or bool(indent)
            box = _BOX.match(line)
            if not line.strip():
                rest.pop(0)
            elif fence := _FENCE.match(line):
                rest.pop(0)
                piece = self._fence(int(fence["index"]))
                yield piece if isinstance(piece, Block) else Prose(_prefixed(piece.text, indent))
                if isinstance(piece, Block) and indent:
                    rest, listed = _moved(rest, len(indent)), False
            elif box and (box["kinds"] or box["quote"]) and not (len(indent) >= 4 and not listed):
                rest.pop(0)
                body = _indented(rest, len(indent) + 4)
                for piece in self._box(box, body, narrow=inside):
                    yield Prose(_prefixed(piece.text, indent)) if isinstance(piece, Prose) else piece
            elif _QUOTE.match(line) and len(indent) < 4:
                body = _taken(rest, lambda text: bool(_QUOTE.match(text)))
                yield from _quoted(self._convert([_QUOTE.sub("", text) for text in body], narrow=True))
            elif (heading := _HEADING.match(line)) is not None:
                rest.pop(0)
                listed = False
                yield self._heading(heading)
            elif len(indent) >= 4 and not listed:
                code = _taken(rest, lambda text: text.startswith("    "))
                yield Prose(self._inline.verbatim("\n".join(code)))
            elif _TAG_LINE.match(line):
                yield Prose(self._inline.write(rest.pop(0).strip()))
            else:
                listed = bool(_ITEM.match(line)) or (listed and bool(indent))
                yield self._paragraph(rest, narrow=inside or listed)

    def _paragraph(self, rest: list[str], narrow: bool) -> Prose:
        """The lines up to the next blank one and to what interrupts a paragraph; all items of a list without gaps."""
        texts: list[str] = []
        listed, heading = bool(_ITEM.match(rest[0])), False
        while not texts or (listed and rest and _ITEM.match(rest[0])):
            lines = [rest.pop(0)]
            while rest and not _interrupts(rest[0]) and not (listed and _ITEM.match(rest[0])):
                lines.append(rest.pop(0))
            table = len(lines) > 1 and "|" in lines[0] and bool(_ROW.match(lines[1]))
            heading = len(lines) > 1 and bool(_UNDERLINE.match(lines[1])) and not narrow
            texts.append(self._inline.write("\n".join(lines), narrow=narrow, table=table))
        return Prose("\n".join(texts), heading)

    def _heading(self, match: "re.Match[str]") -> Prose:
        """A heading; with an anchor where a link of the page leads to it."""
        found = _ID.search(match["attributes"] or "")
        anchor = f'<a id="{found[1]}"></a>' if found and found[1] in self._linked else ""
        return Prose(f"{match['mark']} {anchor}{self._inline.write(match['title'], narrow=True)}", heading=True)

    def _fence(self, index: int) -> Prose | Block:
        if index >= len(self._fences):
            return Prose(self._kept[index - len(self._fences)])
        fence = self._fences[index]
        if fence.executed:
            return Block(sum(before.executed for before in self._fences[:index]))
        mark = "```"
        while mark in self._listings[index]:
            mark += "`"
        return Prose(f"{mark}{fence.language}\n{self._listings[index]}\n{mark}")

    def _box(self, box: "re.Match[str]", body: list[str], narrow: bool) -> Iterator[Prose | Block]:
        kinds, title = (box["kinds"] or "").split(), box["title"]
        if title is None:
            title = kinds[0].capitalize() if kinds else ""
        if box["mark"] == "???":
            yield from self._folded(title, body)
        elif box["mark"].startswith("==="):
            yield Prose(self._inline.write(f"**{title}**", narrow=True))
            yield from self._convert(body, narrow=narrow)
        else:
            head = [Prose(self._inline.write(f"**{title}**", narrow=True))] if title else []
            yield from _quoted(chain(head, self._convert(body, narrow=True)))

    def _folded(self, title: str, body: list[str]) -> Iterator[Prose | Block]:
        """What the reader unfolds: prose in `<details>`, and below it each of its blocks in a folded cell."""
        pieces = list(self._convert(body, narrow=True))
        own = [piece for piece in pieces if isinstance(piece, Block) and piece.title is None]
        numbers = {piece: f" ({place})" if len(own) > 1 else "" for place, piece in enumerate(own, 1)}
        texts = []
        for piece in pieces:
            if isinstance(piece, Prose):
                texts.append(piece.text)
            elif piece in numbers:
                texts.append(f"*{message('notebook_folded', self._language)}{numbers[piece]}*")
        summary = f"<summary>{self._inline.title(title)}</summary>"
        yield Prose("\n\n".join([f"<details>\n{summary}", *texts, "</details>"]))
        plain = self._inline.prepared.fill_text(title)
        for piece in pieces:
            if isinstance(piece, Block):
                yield Block(piece.number, plain + numbers[piece]) if piece in numbers else piece

    def _footnotes(self) -> Iterator[Prose]:
        """The footnotes in the order of their numbers; one may refer to another that has none yet."""
        numbers, done = self._inline.footnotes, 0
        while done < len(numbers):
            name = list(numbers)[done]
            done += 1
            text = re.sub(r"(?m)^[ ]{4}", "", self._notes.get(name, ""))
            parts = [piece.text for piece in self._convert(text.split("\n"), narrow=True) if isinstance(piece, Prose)]
            rule = "---\n\n" if done == 1 else ""
            yield Prose(f"{rule}<sup>{done}</sup> " + "\n\n".join(parts))


def _interrupts(line: str) -> bool:
    """Whether a line ends the paragraph before it."""
    box = _BOX.match(line)
    other = (_FENCE, _QUOTE, _TAG_LINE, _HEADING)
    return not line.strip() or bool(box and (box["kinds"] or box["quote"])) or any(p.match(line) for p in other)


def _indented(rest: list[str], width: int) -> list[str]:
    """Take the lines that are indented by at least `width`, and the blank ones between them; without indentation."""
    body: list[str] = []
    while rest and (not rest[0].strip() or rest[0].startswith(" " * width)):
        body.append(rest.pop(0)[width:])
    return body


def _taken(rest: list[str], belongs: Callable[[str], bool]) -> list[str]:
    """Take the lines that belong together."""
    lines = []
    while rest and belongs(rest[0]):
        lines.append(rest.pop(0))
    return lines


def _moved(lines: list[str], width: int) -> list[str]:
    """The lines with the indentation gone from those that have it, up to the first that has less."""
    moved: list[str] = []
    for place, line in enumerate(lines):
        if line.strip() and not line.startswith(" " * width):
            return [*moved, *lines[place:]]
        moved.append(line[width:])
    return moved


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join((prefix + line).rstrip() for line in text.split("\n")) if prefix else text


def _quoted(pieces: Iterable[Prose | Block]) -> Iterator[Prose | Block]:
    """Pieces in a quotation: paragraphs that follow each other stay in one."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Prose):
            texts.append(piece.text)
            continue
        if texts:
            yield Prose(_prefixed("\n\n".join(texts), "> "))
        texts = []
        yield piece
    if texts:
        yield Prose(_prefixed("\n\n".join(texts), "> "))
