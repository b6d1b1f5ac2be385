"""The one number format: the same digits in tables, figures, formulas and prose, in every language.

At most six significant digits, a point as the decimal mark everywhere, a true minus sign, powers of ten
written out, and never a negative zero. Style `"text"` is Unicode for prose, tables and figures; style
`"latex"` is for formulas.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

Style: TypeAlias = Literal["text", "latex"]

SIGNIFICANT_DIGITS = 6
LARGEST_EXACT_INTEGER = 10**15
NOISE = 1e-12
"""Relative size of what floating-point arithmetic leaves behind."""
LONGEST_VECTOR = 6
LARGEST_MATRIX = 4

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: Any, style: Style = "text") -> str:
    r"""One number as it is shown everywhere.

    Integers are exact; other numbers have at most six significant digits and no trailing zeros.

    >>> format_number(-12.0), format_number(1.2e-7), format_number(-0.0)
    ('−12', '1.2·10⁻⁷', '0')
    >>> format_number(-1.2e-7, "latex"), format_number(float("inf"), "latex")
    ('-1.2\\cdot10^{-7}', '\\infty')

    Raises:
        TypeError: `value` is not a real number.

    """
    if isinstance(value, int | np.integer | np.bool_) and abs(int(value)) < LARGEST_EXACT_INTEGER:
        digits = str(int(value))
    else:
        digits = f"{float(value):.{SIGNIFICANT_DIGITS}g}"
    sign = "-" if digits.startswith("-") and digits != "-0" else ""
    mantissa, _, exponent = digits.lstrip("-").partition("e")
    latex = style == "latex"
    if mantissa == "nan":
        return r"\mathrm{NaN}" if latex else "NaN"
    if mantissa == "inf":
        mantissa = r"\infty" if latex else "∞"
    elif exponent:
        power = str(int(exponent))
        mantissa += rf"\cdot10^{{{power}}}" if latex else "·10" + power.translate(_SUPERSCRIPTS)
    return (sign if latex else sign.replace("-", "−")) + mantissa


def format_shape(shape: Sequence[int]) -> str:
    """A shape as it is written in figures and beside long arrays.

    >>> format_shape((64, 10)), format_shape((3,))
    ('64×10', '3')
    """
    return "×".join(map(str, shape))


def format_value(value: Any, style: Style = "text") -> str:
    r"""A tensor, a number, an array, or a tuple or list of them, as it is shown everywhere.

    Vectors of up to six numbers and matrices of up to 4×4 are written in full; of a larger array, the first
    two numbers and the last one, and the shape.

    >>> format_value(np.array([[1.0, -2.0], [0.5, 4.0]]))
    '[[1, −2], [0.5, 4]]'
    >>> format_value(np.arange(100.0))
    '[0, 1, …, 99] (100)'
    >>> format_value(np.array([1.0, -2.0]), "latex")
    '(1,\\ {-2})'

    Raises:
        TypeError: `value` is none of these.

    """
    if _is_tensor(value):
        value = value.value
    if isinstance(value, tuple | list):
        return _row([format_value(item, style) for item in value], style, "()")
    if not isinstance(value, np.ndarray | np.generic | float | int):
        raise TypeError(f"only tensors, numbers and arrays have a number format, not {type(value).__name__}")
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"only real numbers have a number format, not {array.dtype}")
    if array.ndim == 0:
        return format_number(array[()], style)
    if _is_small(array):
        return _matrix(array, style) if array.ndim == 2 else _vector(array, style)
    return _excerpt(array, style)


def relation(*values: Any) -> str:
    r"""The sign between two sides of an equation: `=` if all these values are shown exactly, else `\approx`.

    Noise of floating-point arithmetic, such as the last digit of 0.1 + 0.2, is no rounding.

    >>> relation(0.1 + 0.2, -4.0), relation(1 / 3)
    ('=', '\\approx')
    """
    return r"\approx" if any(map(_is_rounded, values)) else "="


def format_factor(value: Any, style: Style = "text") -> str:
    r"""A value as a factor of a product: in brackets where it has a sign or a power of ten.

    >>> format_factor(-3.0), format_factor(4.0), format_factor(2e-9, "latex")
    ('(−3)', '4', '(2\\cdot10^{-9})')
    """
    text = format_value(value, style)
    return f"({text})" if re.match(r"[-−]|[\d.]+(·|\\cdot)", text) else text


def _is_rounded(value: Any) -> bool:
    """Whether digits are left out where a number, or one of an array, is shown."""
    if np.asarray(value).dtype.kind in "iub" and not np.any(np.abs(value) >= LARGEST_EXACT_INTEGER):
        return False
    array = np.asarray(value, dtype=np.float64)
    finite = array[np.isfinite(array)]
    shown = np.array([float(f"{number:.{SIGNIFICANT_DIGITS}g}") for number in finite.ravel()])
    return bool(np.any(np.abs(shown - finite.ravel()) > NOISE * np.abs(finite.ravel())))


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "operation") and hasattr(value, "value")


def _is_small(array: np.ndarray[Any, Any]) -> bool:
    if array.ndim == 1:
        return 0 < array.size <= LONGEST_VECTOR
    return array.ndim == 2 and array.size > 0 and max(array.shape) <= LARGEST_MATRIX


def _row(items: Sequence[str], style: Style, brackets: str = "[]") -> str:
    if style == "latex":
        return "(" + r",\ ".join(map(_braced, items)) + ")"
    return brackets[0] + ", ".join(items) + brackets[1]


def _braced(latex: str) -> str:
    """An entry in braces if it has a sign, so that the sign is not set as a minus between this entry and the last."""
    return f"{{{latex}}}" if latex.startswith("-") else latex


def _vector(array: np.ndarray[Any, Any], style: Style) -> str:
    return _row([format_number(number, style) for number in array], style)


def _matrix(array: np.ndarray[Any, Any], style: Style) -> str:
    if style == "text":
        return _row([_vector(row, style) for row in array], style)
    rows = (" & ".join(_braced(format_number(number, style)) for number in row) for row in array)
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _excerpt(array: np.ndarray[Any, Any], style: Style) -> str:
    """The ends of an array too large to be written in full, and its shape."""
    flat = array.reshape(-1)
    ends = [format_number(number, style) for number in (*flat[:2], *flat[max(2, flat.size - 1) :])]
    if flat.size > 3:
        ends.insert(2, r"\ldots" if style == "latex" else "…")
    row = _row(ends, style)
    if style == "latex":
        return row + r" \in \mathbb{R}^{" + r"\times".join(map(str, array.shape)) + "}"
    return f"{row} ({format_shape(array.shape)})"
