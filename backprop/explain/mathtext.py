"""Formulas as a line of Unicode, for terminals and for what is read aloud."""

import re
from collections.abc import Callable

from .mathtree import EMPTY, Kind, Piece, parse
from .names import Name

_BINARY = set("→+−=≈·⊙<>≤≥≠∈⊗∘")


def to_text(latex: str) -> str:
    r"""A formula as one line of Unicode; the lines of `aligned` stay lines.

    >>> to_text(r"\frac{\partial g}{\partial x} = (-3) \cdot 1 = -3")
    '∂g/∂x = (−3) · 1 = −3'
    """
    return re.sub(r" {2,}", " ", _text(parse(latex))).strip()


def _text(node: Piece) -> str:
    writer: dict[Kind, Callable[[], str]] = {
        "row": lambda: _text_of_row(node.parts),
        "frac": lambda: "/".join(_enclosed(part) for part in node.parts),
        "sqrt": lambda: "√" + _enclosed(node.parts[0]),
        "bar": lambda: _text(node.parts[0]) + "\u0304",
        "scripts": lambda: _text_of_scripts(node),
        "rows": lambda: _text_of_rows(node),
    }
    return writer[node.kind]() if node.kind in writer else node.text


def _text_of_row(parts: tuple[Piece, ...]) -> str:
    text = ""
    before: Piece | None = None
    for part in parts:
        piece = _text(part)
        last: Piece | None = part
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


def _gap(before: Piece | None, part: Piece, piece: str) -> str:
    """What separates two factors that stand side by side in LaTeX."""
    core = part.parts[0] if part.kind == "scripts" else part
    if before is None or (core.kind in ("operator", "space", "fence") and core.text not in "∑∏") or piece[:1] in "(|[":
        return ""
    if before.kind == part.kind == "frac":
        return " · "
    open_function = before.kind in ("word", "function") or before.text in ("∑", "∏")
    return " " if open_function or ("frac" in (before.kind, part.kind) and before.kind != "operator") else ""


def _is_power_of_ten(parts: tuple[Piece, ...], dot: Piece) -> bool:
    after = parts[next(i for i, part in enumerate(parts) if part is dot) + 1 :]
    return bool(after) and after[0].kind == "scripts" and after[0].parts[0] == Piece("number", "10")


def _enclosed(part: Piece) -> str:
    """A part of a fraction or the operand of a root: in brackets unless it is one thing."""
    text = _text(part)
    one_thing = part.kind != "row" or re.fullmatch(r"[∂d][^\s()/·+−]+", text)
    return text if one_thing and part.kind != "frac" else f"({text})"


def _text_of_scripts(node: Piece) -> str:
    base, below, above = node.parts
    if (base.kind == "operator" and base.text in "∑∏") or base.kind == "row":
        scripts = [f"{mark}({_text(s)})" for mark, s in (("_", below), ("^", above)) if s != EMPTY]
        return _text(base) + "".join(scripts)
    lower, upper = map(_text, (below, above))
    if upper == "⊤":
        return _text(base) + Name("", lower).text + "ᵀ"
    if upper and above.kind not in ("number", "variable") and not re.fullmatch(r"\(\d+\)|−\d+", upper):
        upper = f"({upper})"
    return _text(base) + Name("", lower, upper.replace("−", "-")).text.replace("-", "−")


def _text_of_rows(node: Piece) -> str:
    if node.text == "pmatrix":
        return "[" + ", ".join("[" + ", ".join(map(_text, row.parts)) + "]" for row in node.parts) + "]"
    lines = (" ".join(map(_text, row.parts)).strip() for row in node.parts)
    return "\n".join(re.sub(r" =(?! )", " = ", line) for line in lines)
