"""Prose as Jupyter reads it: values and formulas filled in, and nothing that only Python-Markdown understands."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from ..scan import TOKEN, read_token
from ..typography import HAN, MARK
from ..weave import MISSING, Prepared
from .emphasis import robust_emphasis
from .macros import expand

_OPEN, _CLOSE = "\ue008", "\ue009"
_STASHED = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_VERBATIM = re.compile(
    r"(?=[`\\<])(?:(?P<code>(?<![`\\])(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<link><[a-z][a-z0-9+.-]*:[^<>\s]*>)|(?P<tag></?[A-Za-z][^<>]*>))",
    re.DOTALL,
)
_ADDRESS = re.compile(r"""\b(href|src)=(["'])(.*?)\2""")
_MARKDOWN_IN_HTML = re.compile(r"""\s+markdown(?:=(?:"[^"]*"|'[^']*'|\w+))?(?=[\s>/])""")

_WORD = r"(?:[#.][\w:-]+|[\w:-]+=(?:\"[^\"]*\"|'[^']*'|[^\s{}\"']+))"
ATTRIBUTES = rf"\{{:?[ ]*{_WORD}(?:[ ]+{_WORD})*[ ]*\}}"
"""An attribute list, such as `{ #id .class key="value" }`."""
_BEHIND = re.compile(rf"(?<=[)\]*_{_CLOSE}]){ATTRIBUTES}")
_ON_ITS_OWN = re.compile(rf"(?m)\n[ \t]*{ATTRIBUTES}[ \t]*$|^[ \t]*{ATTRIBUTES}[ \t]*\n?|[ \t]+{ATTRIBUTES}[ \t]*$")

_TEXT = r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
_TARGET = r"\([ \t]*\n?[ \t]*(?P<target>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_LINK = re.compile(_TEXT + _TARGET)
_REFERENCE = re.compile(_TEXT + r"(?:[ ]?\[(?P<id>[^\[\]]*)\])?")
_FOOTNOTE = re.compile(r"\[\^(?P<id>[^\]\s]+)\]")

_LINE_OF_HAN = re.compile(
    rf"(?<=[{HAN}{MARK}])([*_\]]*)\n[ \t]*([*_\[]*)(?=[{HAN}{MARK}])"
    rf"|(?<=[{MARK}])([*_\]]*)\n[ \t]*()(?![ \t]*(?:[-+#>|]|\d))|()\n[ \t]*([*_\[]*)(?=[{MARK}])"
)
# What would begin a list in the middle of a paragraph, or with a sign that Python-Markdown does not count with.
_NOT_A_LIST = re.compile(r"(?m)(?<=\n)([ \t]*)([-+*](?=\s)|\d+(?=[.)]\s))|^([ \t]*)(\d+)(?=\)\s)")
_SIGNS = re.compile(r"([\\`*_\[\]<>$|~&])")


def markdown(text: str) -> str:
    r"""Markdown of plain text.

    >>> print(markdown("a*b"))
    a\*b
    """
    return _SIGNS.sub(r"\\\1", text)


def _joined(match: "re.Match[str]") -> str:
    """Two lines of Chinese, which have no space between them, with the marks around their gap."""
    before, after = (match[1] or match[3] or ""), (match[2] or match[6] or "")
    return match[0] if before and after else before + after


@dataclass
class Inline:
    """Writes the paragraphs of one page.

    `resolve` gives the address of a link's target, `definitions` the targets of `[links][by reference]`, `macros` the
    TeX macros of the site. `footnotes` are numbered as they are met.
    """

    prepared: Prepared
    resolve: Callable[[str], str]
    definitions: Mapping[str, str]
    macros: Mapping[str, str]
    footnotes: dict[str, int] = field(default_factory=dict)

    def write(self, text: str, *, narrow: bool = False, table: bool = False) -> str:
        """A paragraph, a table or a heading; `narrow` is one in a quotation or a list, whose formulas need one line."""
        stash: list[str] = []

        def keep(text: str) -> str:
            stash.append(text)
            return f"{_OPEN}{len(stash) - 1}{_CLOSE}"

        text = _VERBATIM.sub(lambda match: keep(self._verbatim(match)), text)
        if "\n" in text and not text.isascii():
            text = _LINE_OF_HAN.sub(_joined, text)
        if "{" in text:
            text = _BEHIND.sub("", _ON_ITS_OWN.sub("", text))
        text = text.replace("$", r"\$")
        if "[" in text:
            text = _FOOTNOTE.sub(self._footnote, text)
            text = _LINK.sub(lambda match: self._link(match, match["target"], match["title"] or "", keep), text)
            text = _REFERENCE.sub(lambda match: self._reference(match, keep), text)
        text = robust_emphasis(text)
        if not table:
            text = _NOT_A_LIST.sub(self._escaped_list, text)
        alone = not narrow and TOKEN.fullmatch(text.strip()) is not None
        text = TOKEN.sub(lambda match: self._value(match, alone, table), text)
        while stash and _OPEN in text:
            text = _STASHED.sub(lambda match: stash[int(match[1])], text)
        return text

    def title(self, text: str) -> str:
        """Prose inside of HTML, where Markdown is not read: formulas stay, marks of emphasis and of code go."""
        return escape(self.verbatim(re.sub(r"(?<!\\)[*`]+", "", text)), quote=False)

    def verbatim(self, text: str) -> str:
        """Text that is no Markdown, with formulas in TeX and values as they are."""

        def value(match: "re.Match[str]") -> str:
            kind, index = read_token(match)
            return self._value(match, alone=False) if kind == "f" else self.prepared.value(index, "text") or MISSING

        return TOKEN.sub(value, text)

    def _verbatim(self, match: "re.Match[str]") -> str:
        if match["tag"]:
            tag = TOKEN.sub(lambda token: escape(self.prepared.fill_text(token[0])), match["tag"])
            tag = _ADDRESS.sub(lambda m: f"{m[1]}={m[2]}{self.resolve(m[3])}{m[2]}", tag)
            return _MARKDOWN_IN_HTML.sub("", tag)
        return match[0]

    def _link(self, match: "re.Match[str]", target: str, title: str, keep: Callable[[str], str]) -> str:
        return f"[{match['text']}{keep(f']({self.resolve(self.prepared.fill_text(target))}{title})')}"

    def _reference(self, match: "re.Match[str]", keep: Callable[[str], str]) -> str:
        target = self.definitions.get((match["id"] or match["text"]).lower())
        return match[0] if target is None else self._link(match, target, "", keep)

    def _footnote(self, match: "re.Match[str]") -> str:
        return f"<sup>{self.footnotes.setdefault(match['id'], len(self.footnotes) + 1)}</sup>"

    def _escaped_list(self, match: "re.Match[str]") -> str:
        space, sign = (match[1], match[2]) if match[2] else (match[3], match[4])
        return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"

    def _value(self, match: "re.Match[str]", alone: bool, table: bool = False) -> str:
        kind, index = read_token(match)
        if kind == "f":
            formula = self.prepared.page.scan.formulas[index]
            return self._formula(self.prepared.tex(formula), formula.display, alone, table)
        latex, text = self.prepared.value(index, "latex"), self.prepared.value(index, "text")
        if text is not None:
            return markdown(text)
        if latex is not None:
            return self._formula(latex, display=True, alone=alone, table=table)
        plain = self.prepared.value(index, "plain")
        return MISSING if plain is None else f"<pre>{escape(plain.rstrip(), quote=False)}</pre>"

    def _formula(self, tex: str, display: bool, alone: bool, table: bool) -> str:
        tex = expand(tex, self.macros).replace("<", r"\lt ").strip()
        if table:  # a stroke would end the cell
            tex = tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        if display and alone:
            return f"$$\n{tex}\n$$"
        tex = re.sub(r"\s*\n\s*", " ", re.sub(r"(?<!\\)%.*", "", tex)).strip()
        return f"$${tex}$$" if display else f"${tex}$"
