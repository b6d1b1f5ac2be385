r"""The little LaTeX that this package writes, turned into plain text and into MathML.

Operations state their notation once, as LaTeX. A site or a paper takes it as it is; a terminal needs a line
of Unicode and a notebook or a table cell needs MathML. Only what operations and derivations use is known:
letters, numbers, scripts, `\frac`, `\sqrt`, `\operatorname`, `\left…\right`, `pmatrix`, `aligned` and symbols.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

from .names import GREEK, Name

Kind: TypeAlias = Literal[
    "row", "variable", "number", "operator", "word", "space", "frac", "sqrt", "scripts", "rows", "bar", "fence"
]

_SYMBOLS = {
    "cdot": "·", "odot": "⊙", "partial": "∂", "sum": "∑", "prod": "∏", "top": "⊤", "ldots": "…", "infty": "∞",
    "to": "→", "le": "≤", "ge": "≥", "ne": "≠", "lnot": "¬", "in": "∈", "times": "×", "otimes": "⊗", "circ": "∘",
    "{": "{", "}": "}", "#": "#", "$": "$", "%": "%", "&": "&", "_": "_", "backslash": "\\",
}  # fmt: skip
_SPACES = {",": " ", " ": " ", "quad": " ", "!": "", ";": " ", ":": " "}
_IGNORED = {"textstyle", "displaystyle"}
_FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log", "max", "min"}
_BINARY = set("→+−=·⊙<>≤≥≠∈⊗∘")
_THIN_SPACE = '<mspace width="0.17em"></mspace>'
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\d+(?:\.\d+)?)|(\s+)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of a formula: its kind, its characters if it has any, its parts if it has any."""

    kind: Kind
    text: str = ""
    parts: tuple["_Node", ...] = ()


def to_text(latex: str) -> str:
    r"""A formula as one line of Unicode; the lines of `aligned` stay lines.

    >>> to_text(r"\frac{\partial g}{\partial x} = (-3) \cdot 1 = -3")
    '∂g/∂x = (−3) · 1 = −3'
    """
    return re.sub(r" {2,}", " ", _text(_parse(latex))).strip()


def to_mathml(latex: str, display: bool = False) -> str:
    r"""A formula as a MathML element, which browsers show without help.

    >>> to_mathml("x^2")
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    block = ' display="block"' if display else ""
    return f"<math{block}>{_mathml(_parse(latex))}</math>"


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

    def row(self, *ends: str) -> _Node:
        parts: list[_Node] = []
        while self.peek() and self.peek() not in ends:
            parts.append(self.scripted())
        return (
            parts[0] if len(parts) == 1 else _Node("row", parts=tuple(p for p in parts if p.kind != "row" or p.parts))
        )

    def scripted(self) -> _Node:
        base = self.atom()
        scripts = {"_": _Node("row"), "^": _Node("row")}
        while self.peek() in scripts:
            mark = self.take()[0]
            scripts[mark] = self.atom()
        if all(s == _Node("row") for s in scripts.values()):
            return base
        return _Node("scripts", parts=(base, scripts["_"], scripts["^"]))

    def atom(self) -> _Node:
        if not self.peek():
            raise ValueError(f"the formula {self.latex!r} ends too early")
        token = self.take()
        if token[1]:
            return self.command(token[1])
        if token[2]:
            return _Node("number", token[2])
        if token[4] == "{":
            inside = self.row("}")
            self.take()
            return inside
        if token[4].isalpha():
            return _Node("variable", token[4])
        return _Node("operator", {"-": "−", "'": "′"}.get(token[4], token[4]))

    def command(self, name: str) -> _Node:
        if name in ("frac", "tfrac"):
            return _Node("frac", parts=(self.atom(), self.atom()))
        if name == "sqrt":
            return _Node("sqrt", parts=(self.atom(),))
        if name == "bar":
            return _Node("bar", parts=(self.atom(),))
        if name in ("operatorname", "mathrm", "text", "mathbb"):
            word = self.raw_group()
            return _Node("operator", "ℝ") if name == "mathbb" else _Node("word", word)
        if name == "begin":
            return self.environment(self.raw_group())
        if name in GREEK:
            return _Node("variable", GREEK[name])
        if name in _FUNCTIONS:
            return _Node("word", name)
        if name in _SPACES:
            return _Node("space", _SPACES[name])
        if name in ("left", "right"):
            return _Node("fence", self.take()[0])
        if name in _IGNORED:
            return _Node("row")
        if name in _SYMBOLS:
            return _Node("operator", _SYMBOLS[name])
        raise ValueError(f"unknown command \\{name} in the formula {self.latex!r}")

    def raw_group(self) -> str:
        """The characters between the braces that follow; escapes undone."""
        start = self.take().end()
        while self.take()[0] != "}":
            pass
        return re.sub(r"\\(.)", r"\1", self.latex[start : self.tokens[self.place - 1].start()])

    def environment(self, name: str) -> _Node:
        rows: list[list[_Node]] = [[]]
        while True:
            rows[-1].append(self.row("&", r"\\", r"\end"))
            end = self.take()[0]
            if end == r"\end":
                self.raw_group()
                return _Node("rows", name, tuple(_Node("row", parts=tuple(row)) for row in rows))
            if end == r"\\":
                rows.append([])


def _parse(latex: str) -> _Node:
    return _Parser(latex).row()


def _text(node: _Node) -> str:
    writer: dict[Kind, Callable[[], str]] = {
        "row": lambda: _text_of_row(node.parts),
        "frac": lambda: "/".join(_enclosed(part) for part in node.parts),
        "sqrt": lambda: "√" + _enclosed(node.parts[0]),
        "bar": lambda: _text(node.parts[0]) + "\u0304",
        "scripts": lambda: _text_of_scripts(node),
        "rows": lambda: _text_of_rows(node),
    }
    return writer[node.kind]() if node.kind in writer else node.text


def _text_of_row(parts: tuple[_Node, ...]) -> str:
    text = ""
    before: _Node | None = None
    for part in parts:
        piece = _text(part)
        last: _Node | None = part
        if part.kind == "operator" and part.text == ",":
            text += ", "
        elif part.kind == "operator" and part.text in _BINARY and _ends_operand(text):
            power_of_ten = part.text == "·" and _is_power_of_ten(parts, part)
            text += piece if power_of_ten else f" {piece} "
        elif before is not None and part.kind == "space" and before.kind == "frac":
            text, last = text + " · ", None
        else:
            text += _gap(before, part, piece) + piece
        before = before if last is not None and last.kind == "space" else last
    return text


def _ends_operand(text: str) -> bool:
    """Whether a sign that follows joins two operands and is not the sign of one."""
    opening_bar = text.endswith("|") and text.count("|") % 2 == 1
    return bool(text) and not text.endswith(("(", "[", ",", " ")) and not opening_bar


def _gap(before: _Node | None, part: _Node, piece: str) -> str:
    """What separates two factors that stand side by side in LaTeX."""
    core = part.parts[0] if part.kind == "scripts" else part
    if before is None or (core.kind in ("operator", "space", "fence") and core.text not in "∑∏") or piece[:1] in "(|[":
        return ""
    if before.kind == part.kind == "frac":
        return " · "
    open_function = before.kind == "word" or before.text in ("∑", "∏")
    return " " if open_function or ("frac" in (before.kind, part.kind) and before.kind != "operator") else ""


def _is_power_of_ten(parts: tuple[_Node, ...], dot: _Node) -> bool:
    after = parts[next(i for i, part in enumerate(parts) if part is dot) + 1 :]
    return bool(after) and after[0].kind == "scripts" and after[0].parts[0] == _Node("number", "10")


def _enclosed(part: _Node) -> str:
    """A part of a fraction or the operand of a root: in brackets unless it is one thing."""
    text = _text(part)
    one_thing = part.kind != "row" or re.fullmatch(r"[∂d][^\s()/·+−]+", text)
    return text if one_thing and part.kind != "frac" else f"({text})"


def _text_of_scripts(node: _Node) -> str:
    base, below, above = node.parts
    if (base.kind == "operator" and base.text in "∑∏") or base.kind == "row":
        scripts = [f"{mark}({_text(s)})" for mark, s in (("_", below), ("^", above)) if s != _Node("row")]
        return _text(base) + "".join(scripts)
    lower, upper = map(_text, (below, above))
    if upper == "⊤":
        return _text(base) + Name("", lower).text + "ᵀ"
    if upper and above.kind not in ("number", "variable") and not re.fullmatch(r"\(\d+\)|−\d+", upper):
        upper = f"({upper})"
    return _text(base) + Name("", lower, upper.replace("−", "-")).text.replace("-", "−")


def _text_of_rows(node: _Node) -> str:
    if node.text == "pmatrix":
        return "[" + ", ".join("[" + ", ".join(map(_text, row.parts)) + "]" for row in node.parts) + "]"
    lines = (" ".join(map(_text, row.parts)).strip() for row in node.parts)
    return "\n".join(re.sub(r" =(?! )", " = ", line) for line in lines)


def _mathml(node: _Node) -> str:
    inner = _mathml_of_row(node.parts) if node.kind in ("row", "sqrt") else ""
    if node.kind in ("frac", "scripts"):
        inner = "".join(_grouped(part) for part in node.parts if node.kind == "frac" or part != _Node("row"))
    writer: dict[Kind, Callable[[], str]] = {
        "row": lambda: inner,
        "frac": lambda: f"<mfrac>{inner}</mfrac>",
        "sqrt": lambda: f"<msqrt>{inner}</msqrt>",
        "bar": lambda: f'<mover accent="true">{_grouped(node.parts[0])}<mo>¯</mo></mover>',
        "scripts": lambda: "<{0}>{1}</{0}>".format(_script_element(node), inner),
        "rows": lambda: _mathml_of_rows(node),
        "variable": lambda: f"<mi>{escape(node.text)}</mi>",
        "number": lambda: f"<mn>{node.text}</mn>",
        "word": lambda: f'<mi mathvariant="normal">{escape(node.text)}</mi>',
        "space": lambda: _THIN_SPACE if node.text else "",
        "fence": lambda: f"<mo>{escape(node.text)}</mo>",
        "operator": lambda: f'<mo stretchy="false">{escape(node.text)}</mo>',
    }
    return writer[node.kind]()


def _mathml_of_row(parts: tuple[_Node, ...]) -> str:
    """Parts side by side. What MathML cannot know from them: which signs belong to one operand, which words apply."""
    written = ""
    before: _Node | None = None
    for part in parts:
        opening = before is None or (before.kind in ("operator", "fence") and before.text not in (")", "]", "|", "…"))
        if (
            part.kind == "operator"
            and part.text in "+−"
            and (opening or (before is not None and before.kind == "space"))
        ):
            written += f'<mo form="prefix" stretchy="false">{part.text}</mo>'
        else:
            applies = before is not None and before.kind == "word" and before.text in _FUNCTIONS
            if applies:
                written += "<mo>&#x2061;</mo>"
                if part.text not in ("(", "|") and part.kind != "space":
                    written += _THIN_SPACE
            written += _mathml(part)
        before = part
    return written


def _grouped(part: _Node) -> str:
    """One element: fractions and scripts count their children."""
    return f"<mrow>{_mathml(part)}</mrow>" if part.kind == "row" else _mathml(part)


def _script_element(node: _Node) -> str:
    _, below, above = node.parts
    return "msup" if below == _Node("row") else "msub" if above == _Node("row") else "msubsup"


def _cells(row: _Node) -> str:
    return "".join(f"<mtd>{_mathml(cell)}</mtd>" for cell in row.parts)


def _mathml_of_rows(node: _Node) -> str:
    if node.text == "pmatrix":
        cells = "".join(f"<mtr>{_cells(row)}</mtr>" for row in node.parts)
        return f"<mrow><mo>(</mo><mtable>{cells}</mtable><mo>)</mo></mrow>"
    sides = ("right", "left")
    rows = (
        "<mtr>" + "".join(f'<mtd style="text-align:{side};padding-inline:0">{_mathml(cell)}</mtd>'
                          for side, cell in zip(sides, row.parts, strict=False)) + "</mtr>"
        for row in node.parts
    )  # fmt: skip
    return f'<mtable displaystyle="true" class="bp-aligned">{"".join(rows)}</mtable>'
