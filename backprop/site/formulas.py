"""Formulas: TeX to MathML at build time, with the values of the expressions inside them."""

import re
from collections.abc import Mapping

from math_core import LatexError, LatexToMathML

_OFFSET = re.compile(r"^(\d+): ")


class FormulaError(ValueError):
    """TeX that does not convert: `line` counts from the first line of the formula, which is 0."""

    def __init__(self, tex: str, line: int, message: str) -> None:
        super().__init__(f"${tex}$: {message}")
        self.line = line


class Formulas:
    """Converts TeX to MathML Core, with the macros of the site.

    >>> Formulas().convert("x^2", display=False)
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """

    def __init__(self, macros: Mapping[str, str] | None = None) -> None:
        self._converter = LatexToMathML(macros=dict(macros or {}), fancy_error=False)

    def convert(self, tex: str, *, display: bool) -> str:
        """MathML of a formula.

        Raises:
            FormulaError: the TeX does not convert.

        """
        try:
            mathml = self._converter.convert_with_local_state(tex, displaystyle=display)
        except LatexError as error:
            offset = _OFFSET.match(str(error))
            line = tex.count("\n", 0, int(offset[1])) if offset else 0
            raise FormulaError(tex, line, _OFFSET.sub("", str(error))) from None
        # HTML knows &ApplyFunction; the tools that read a page as XML do not.
        return mathml.replace("&ApplyFunction;", "\u2061")
