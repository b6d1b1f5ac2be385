"""What the plugin looks for in a page's Markdown: executed fences, `{{ expressions }}` and formulas.

The scan rewrites the page: everything it finds is replaced by a token of private-use characters, which Markdown
carries untouched into the HTML, where `weave` fills it in. Code fences, inline code, comments and raw `<pre>`,
`<script>` and `<style>` are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

_OPEN, _CLOSE, _ZERO = "\ue000", "\ue001", 0xE010
_KINDS = {"x": "\ue002", "f": "\ue003"}  # expression, formula
TOKEN = re.compile("\ue000([\ue002\ue003])([\ue010-\ue019]+)\ue001")

_FENCE = re.compile(r"^(?P<prefix>[ \t]*(?:>[ \t]*)*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_OPTION = re.compile(r"(?P<key>[\w-]+)=(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>\S+))")
_OURS = r"\b(?:exec|source)=(?:\"[^\"]*\"|'[^']*'|\S+)"
_EXPRESSION = r"\{\{(?P<expression>[^\n]+?)\}\}"
# TeX has braces of its own: inside a formula an expression must keep its inner spaces.
_IN_FORMULA = re.compile(r"\{\{\s+([^\n]+?)\s+\}\}")
_BLANK = r"\n[ \t>]*(?=\n)"
_INLINE = re.compile(
    rf"""
      (?P<escape> \\[\\`$] )
    | (?P<code> (?<!`)(?P<ticks>`+)(?!`) (?:(?!{_BLANK})[\s\S])+? (?<!`)(?P=ticks)(?!`) )
    | (?P<raw> <!--[\s\S]*?--> | <(?P<tag>pre|script|style)\b[\s\S]*?</(?P=tag)> )
    | (?P<display> \$\$(?P<display_tex>(?:\\[\s\S]|(?!{_BLANK})[^\\$])+?)\$\$ )
    | (?P<inline> \$(?!\s)(?P<inline_tex>(?:\\[\s\S]|(?!{_BLANK})[^\\$])+?)(?<![\s])\$(?!\d) )
    | (?P<value> {_EXPRESSION} )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Fence:
    """A fenced code block: its first and last line number, its information string and its lines."""

    line: int
    end: int
    prefix: str
    fence: str
    info: str
    body: tuple[str, ...]

    @property
    def language(self) -> str:
        """The language named first in the information string."""
        words = self.info.strip("{ }").lstrip(".").split()
        return words[0] if words else ""

    @property
    def options(self) -> dict[str, str]:
        """The `key="value"` options of the information string."""
        return {m["key"]: m["double"] or m["single"] or m["bare"] or "" for m in _OPTION.finditer(self.info)}

    @cached_property
    def executed(self) -> bool:
        """Whether the page asks for this code to be run."""
        flag = self.options.get("exec", "no").lower()
        return self.language in {"python", "py"} and flag not in {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Expression:
    """`{{ code }}` on a line of the page; `section` counts the executed fences before it."""

    line: int
    code: str
    section: int


@dataclass(frozen=True)
class Formula:
    """TeX between dollar signs; the expressions inside it are replaced by their tokens."""

    line: int
    tex: str
    display: bool


@dataclass
class Scan:
    """A page's Markdown with tokens in place of what was found."""

    text: str = ""
    fences: list[Fence] = field(default_factory=list)
    expressions: list[Expression] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)

    @property
    def executed(self) -> list[Fence]:
        """The executed fences, in order."""
        return [fence for fence in self.fences if fence.executed]


def token(kind: str, index: int) -> str:
    """The characters that stand for the expression (`x`) or the formula (`f`) of that index."""
    return _OPEN + _KINDS[kind] + "".join(chr(_ZERO + int(digit)) for digit in str(index)) + _CLOSE


def read_token(match: re.Match[str]) -> tuple[str, int]:
    """The kind and the index that a match of `TOKEN` stands for."""
    kind = next(kind for kind, sign in _KINDS.items() if sign == match[1])
    return kind, int("".join(str(ord(digit) - _ZERO) for digit in match[2]))


def scan(text: str, first_line: int = 1) -> Scan:
    """Scan a page's Markdown, whose first line has number `first_line` in its file (after the front matter)."""
    found = Scan()
    pieces: list[str] = []
    lines = text.split("\n")
    fences = list(find_fences(lines))
    edges = [(0, 0), *((fence.line - 1, fence.end) for fence in fences), (len(lines), len(lines))]
    for (_, start), (stop, end) in pairwise(edges):
        if start < stop:
            pieces.append(_prose("\n".join(lines[start:stop]), first_line + start, found))
        if stop < len(lines):
            fence = fences[len(found.fences)]
            found.fences.append(_moved(fence, first_line - 1))
            pieces.append(_rewritten(fence, len(found.executed) - 1) if fence.executed else _kept(lines, stop, end))
    found.text = "\n".join(pieces)
    return found


def find_fences(lines: list[str]) -> Iterator[Fence]:
    """The fenced code blocks of a page, in order; an unclosed one ends with the page."""
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        start, mark, prefix = number, opening["fence"], opening["prefix"]
        number += 1
        body = []
        while number < len(lines):
            line = _without(prefix, lines[number])
            if set(line.strip()) == {mark[0]} and len(line.strip()) >= len(mark):
                break
            body.append(line)
            number += 1
        number += 1
        yield Fence(start + 1, min(number, len(lines)), prefix, mark, opening["info"].strip(), tuple(body))


def _without(prefix: str, line: str) -> str:
    """A line of a fence without the indentation and the quotation marks that its opening line has."""
    for sign in prefix.rstrip() if prefix.strip() else prefix:
        line = line.lstrip(" \t").removeprefix(">") if sign == ">" else line.removeprefix(sign)
    return line.removeprefix(" ") if prefix.strip() else line


def _moved(fence: Fence, lines: int) -> Fence:
    moved = fence.line + lines, fence.end + lines
    return Fence(*moved, fence.prefix, fence.fence, fence.info, fence.body)


def _kept(lines: list[str], start: int, stop: int) -> str:
    return "\n".join(lines[start:stop])


def _rewritten(fence: Fence, index: int) -> str:
    """An executed fence as markdown-exec is to see it: its results are HTML, and are asked for by its number."""
    own = {"exec", "html", "id"}
    rest = _OPTION.sub(lambda m: "" if m["key"] in own else m[0], fence.info).split(maxsplit=1)[1:]
    info = " ".join([f'python exec="on" html="on" id="{index}"', *(option.strip() for option in rest)])
    lines = ["", fence.fence + info, *fence.body, fence.fence, ""]
    return "\n".join((fence.prefix + line).rstrip() for line in lines)


def _prose(text: str, first_line: int, found: Scan) -> str:
    def replace(match: re.Match[str]) -> str:
        line = first_line + text.count("\n", 0, match.start())
        if match["value"]:
            found.expressions.append(Expression(line, match["expression"].strip(), len(found.executed)))
            return token("x", len(found.expressions) - 1)
        if match["display"] or match["inline"]:
            display = bool(match["display"])
            return _formula(match[f"{'display' if display else 'inline'}_tex"], line, display, match, found)
        return match[0]

    return _INLINE.sub(replace, text)


def _formula(tex: str, line: int, display: bool, match: re.Match[str], found: Scan) -> str:
    def replace(inner: re.Match[str]) -> str:
        at = line + tex.count("\n", 0, inner.start())
        found.expressions.append(Expression(at, inner[1], len(found.executed)))
        return token("x", len(found.expressions) - 1)

    tex_with_tokens = re.sub(r"\n[ \t]*(?:>[ \t]?)*", "\n", _IN_FORMULA.sub(replace, tex)).strip()
    first = line + tex[: len(tex) - len(tex.lstrip())].count("\n")
    found.formulas.append(Formula(first, tex_with_tokens, display))
    mark = token("f", len(found.formulas) - 1)
    if not display:
        return mark
    # A displayed formula alone on its lines is a paragraph of its own, also where no blank line surrounds it.
    before = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
    after = match.string[match.end() :].split("\n", 1)[0]
    if before.strip(" \t>") or after.strip():
        return mark
    return f"\n{before}{mark}\n{before.rstrip()}"
