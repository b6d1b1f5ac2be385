r"""The little LaTeX that this package writes, taken apart.

Operations state their notation once, as LaTeX. A site or a paper takes it as it is; a terminal needs a line
of Unicode and a notebook or a table cell needs MathML. Only what operations and derivations use is known:
letters, numbers, scripts, `\frac`, `\sqrt`, `\operatorname`, `\left…\right`, `pmatrix`, `aligned` and symbols.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .names import GREEK

Kind: TypeAlias = Literal[
    "row",
    "variable",
    "number",
    "operator",
    "word",
    "function",
    "space",
    "frac",
    "sqrt",
    "scripts",
    "rows",
    "bar",
    "fence",
]

_SYMBOLS = {
    "cdot": "·", "odot": "⊙", "partial": "∂", "sum": "∑", "prod": "∏", "top": "⊤", "ldots": "…", "infty": "∞",
    "to": "→", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "lnot": "¬", "in": "∈", "times": "×",
    "otimes": "⊗", "circ": "∘", "{": "{", "}": "}", "#": "#", "$": "$", "%": "%", "&": "&", "_": "_",
    "backslash": "\\",
}  # fmt: skip
_SPACES = {",": " ", " ": " ", "quad": " ", "!": "", ";": " ", ":": " "}
_IGNORED = {"textstyle", "displaystyle"}
FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log", "max", "min"}
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\d+(?:\.\d+)?)|(\s+)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a formula: its kind, its characters if it has any, its parts if it has any."""

    kind: Kind
    text: str = ""
    parts: tuple["Piece", ...] = ()


EMPTY = Piece("row")
"""What stands where there is nothing, such as a subscript that is not there."""


def parse(latex: str) -> Piece:
    """Take a formula apart.

    Raises:
        ValueError: it has a command that is not known, or ends too early.

    """
    return _Parser(latex).row()


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = [m for m in _TOKEN.finditer(latex) if m[3] is None]
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def take(self) -> "re.Match[str]":
        self.place += 1
        return self.tokens[self.place - 1]

    def row(self, *ends: str) -> Piece:
        parts: list[Piece] = []
        while self.peek() and self.peek() not in ends:
            parts.append(self.scripted())
        return (
            parts[0] if len(parts) == 1 else Piece("row", parts=tuple(p for p in parts if p.kind != "row" or p.parts))
        )

    def scripted(self) -> Piece:
        base = self.atom()
        scripts = {"_": EMPTY, "^": EMPTY}
        while self.peek() in scripts:
            mark = self.take()[0]
            scripts[mark] = self.atom()
        if all(s == EMPTY for s in scripts.values()):
            return base
        return Piece("scripts", parts=(base, scripts["_"], scripts["^"]))

    def atom(self) -> Piece:
        if not self.peek():
            raise ValueError(f"the formula {self.latex!r} ends too early")
        token = self.take()
        if token[1]:
            return self.command(token[1])
        if token[2]:
            return Piece("number", token[2])
        if token[4] == "{":
            inside = self.row("}")
            self.take()
            return inside
        if token[4].isalpha():
            return Piece("variable", token[4])
        return Piece("operator", {"-": "−", "'": "′"}.get(token[4], token[4]))

    def command(self, name: str) -> Piece:
        if name in ("frac", "tfrac"):
            return Piece("frac", parts=(self.atom(), self.atom()))
        if name == "sqrt":
            return Piece("sqrt", parts=(self.atom(),))
        if name == "bar":
            return Piece("bar", parts=(self.atom(),))
        if name in ("operatorname", "mathrm", "text", "mathbb"):
            word = self.raw_group()
            if name == "mathbb":
                return Piece("operator", "ℝ")
            return Piece("function" if name == "operatorname" else "word", word)
        if name == "begin":
            return self.environment(self.raw_group())
        if name in GREEK:
            return Piece("variable", GREEK[name])
        if name in FUNCTIONS:
            return Piece("function", name)
        if name in _SPACES:
            return Piece("space", _SPACES[name])
        if name in ("left", "right"):
            return Piece("fence", self.take()[0])
        if name in _IGNORED:
            return EMPTY
        if name in _SYMBOLS:
            return Piece("number" if name == "infty" else "operator", _SYMBOLS[name])
        raise ValueError(f"unknown command \\{name} in the formula {self.latex!r}")

    def raw_group(self) -> str:
        """The characters between the braces that follow; escapes undone."""
        start = self.take().end()
        while self.take()[0] != "}":
            pass
        return re.sub(r"\\(.)", r"\1", self.latex[start : self.tokens[self.place - 1].start()])

    def environment(self, name: str) -> Piece:
        rows: list[list[Piece]] = [[]]
        while True:
            rows[-1].append(self.row("&", r"\\", r"\end"))
            end = self.take()[0]
            if end == r"\end":
                self.raw_group()
                return Piece("rows", name, tuple(Piece("row", parts=tuple(row)) for row in rows))
            if end == r"\\":
                rows.append([])
