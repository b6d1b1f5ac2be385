"""Formulas as MathML, which browsers show without help."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape

from .mathtext import to_text
from .mathtree import EMPTY, Kind, Piece, parse

_APPLIED = "<mo>&#x2061;</mo>"
"""Function application, which is not seen: a screen reader says "sine of"."""
_as_text: ContextVar[bool] = ContextVar("backprop_formulas_as_text", default=False)
_THIN_SPACE = '<mspace width="0.17em"></mspace>'


def to_mathml(latex: str, display: bool = False) -> str:
    r"""A formula as a MathML element, which browsers show without help.

    >>> to_mathml("x^2")
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    if _as_text.get():
        return escape(to_text(latex), quote=False)
    block = ' display="block"' if display else ""
    return f"<math{block}>{_mathml(parse(latex))}</math>"


@contextmanager
def formulas_as_text() -> Iterator[None]:
    """Within the block, the HTML of views has its formulas in Unicode, for readers that show no MathML."""
    token = _as_text.set(True)
    try:
        yield
    finally:
        _as_text.reset(token)


def _mathml(node: Piece) -> str:
    inner = _mathml_of_row(node.parts) if node.kind in ("row", "sqrt") else ""
    if node.kind in ("frac", "scripts"):
        inner = "".join(_grouped(part) for part in node.parts if node.kind == "frac" or part != EMPTY)
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
        "function": lambda: f'<mi mathvariant="normal">{escape(node.text)}</mi>',
        "space": lambda: _THIN_SPACE if node.text else "",
        "fence": lambda: f'<mo lspace="0" rspace="0">{escape(node.text)}</mo>',
        "operator": lambda: f'<mo stretchy="false">{escape(node.text)}</mo>',
    }
    return writer[node.kind]()


def _mathml_of_row(parts: tuple[Piece, ...]) -> str:
    """Parts side by side, with what MathML cannot know: which sign belongs to one operand, which word is applied."""
    written = ""
    before = EMPTY
    for part in parts:
        if before.kind == "function":
            bracketed = part.text in ("(", "|") or part.kind == "space"
            written += _APPLIED if bracketed else _APPLIED + _THIN_SPACE
        sign = part.kind == "operator" and part.text in "+−" and not _ends_operand(before)
        written += f'<mo form="prefix" stretchy="false">{part.text}</mo>' if sign else _mathml(part)
        before = part
    return written


def _ends_operand(piece: Piece) -> bool:
    return piece.text in (")", "]", "|", "…") or piece.kind not in ("row", "operator", "fence", "space")


def _grouped(part: Piece) -> str:
    """One element: fractions and scripts count their children."""
    return f"<mrow>{_mathml(part)}</mrow>" if part.kind == "row" else _mathml(part)


def _script_element(node: Piece) -> str:
    _, below, above = node.parts
    return "msup" if below == EMPTY else "msub" if above == EMPTY else "msubsup"


def _cells(row: Piece) -> str:
    return "".join(f"<mtd>{_mathml(cell)}</mtd>" for cell in row.parts)


def _mathml_of_rows(node: Piece) -> str:
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
