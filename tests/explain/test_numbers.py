import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from backprop import Tensor
from backprop.explain.numbers import format_factor, format_number, format_shape, format_value, relation

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
to_mathml = LatexToMathML().convert_with_local_state


def read(text: str) -> float:
    """The number that a text stands for."""
    mantissa, _, power = text.replace("−", "-").partition("·10")
    return float(mantissa.replace("∞", "inf")) * 10.0 ** int(power.translate(SUPERSCRIPTS) or 0)


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (-12.0, "−12", "-12"),
        (-0.0, "0", "0"),
        (-1e-320, "−9.99989·10⁻³²¹", r"-9.99989\cdot10^{-321}"),
        (0.1 + 0.2, "0.3", "0.3"),
        (2.319776824715853, "2.31978", "2.31978"),
        (1234567.0, "1.23457·10⁶", r"1.23457\cdot10^{6}"),
        (1234567, "1234567", "1234567"),
        (10**20, "1·10²⁰", r"1\cdot10^{20}"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1·10⁻⁵", r"1\cdot10^{-5}"),
        (math.nan, "NaN", r"\mathrm{NaN}"),
        (math.inf, "∞", r"\infty"),
        (-math.inf, "−∞", r"-\infty"),
        (np.float32(0.1), "0.1", "0.1"),
        (np.bool_(True), "1", "1"),
    ],
)
def test_numbers_in_both_styles(value: float, text: str, latex: str) -> None:
    assert format_number(value) == text
    assert format_number(value, "latex") == latex


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_can_be_read_back_to_six_digits(value: float) -> None:
    text = format_number(value)
    assert text != "−0"
    assert not text.startswith("-")
    assert math.isclose(read(text), value, rel_tol=5.1e-6, abs_tol=5e-324)


@given(st.floats())
def test_latex_style_converts(value: float) -> None:
    latex = format_number(value, "latex")
    assert latex.isascii()
    to_mathml(latex, displaystyle=False)


@given(st.integers(-(10**14), 10**14))
def test_integers_are_exact(value: int) -> None:
    assert int(format_number(value).replace("−", "-")) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Tensor(-3.0), "−3"),
        ((Tensor(-3.0), 4.0), "(−3, 4)"),
        (np.array([1.0, -2.0]), "[1, −2]"),
        (np.array([[1.0, -2.0], [0.5, 4.0]]), "[[1, −2], [0.5, 4]]"),
        (np.arange(7.0), "[0, 1, …, 6] (7)"),
        (np.zeros((64, 10)), "[0, 0, …, 0] (64×10)"),
        (np.zeros((0, 3)), "[] (0×3)"),
        (np.zeros((1, 1, 2)), "[0, 0] (1×1×2)"),
        (np.array(2.0), "2"),
    ],
)
def test_values(value: object, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize("shape", [(3,), (2, 2), (5, 5), (9,), (0,), (2, 2, 2)])
def test_arrays_in_latex_convert(shape: tuple[int, ...]) -> None:
    to_mathml(format_value(np.ones(shape), "latex"), displaystyle=False)


@pytest.mark.parametrize("value", ["text", None, np.array(["a"]), 1j])
def test_what_has_no_number_format_is_named(value: object) -> None:
    with pytest.raises(TypeError, match="number format, not"):
        format_value(value)


def test_factors_have_brackets_where_a_product_needs_them() -> None:
    assert [format_factor(v) for v in (-3.0, 4.0, 2e-9)] == ["(−3)", "4", "(2·10⁻⁹)"]
    assert format_factor(-3.0, "latex") == "(-3)"


def test_shapes() -> None:
    assert format_shape((64, 10)) == "64×10"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**5), 10**5))
def test_an_equals_sign_stands_only_before_what_is_exact(number: float, exact: int) -> None:
    shown = float(f"{number:.6g}")
    assert relation(shown, exact, exact / 8 if abs(exact) < 1000 else 0.5) == "="
    expected = r"\approx" if abs(shown - number) > 1e-12 * abs(number) else "="
    assert relation(exact, number) == relation(np.array([exact, number])) == expected


def test_noise_is_no_rounding_and_infinity_is_exact() -> None:
    assert relation(0.1 + 0.2, float("inf"), float("nan")) == "="


def test_an_integer_is_shown_with_all_its_digits() -> None:
    assert relation(1_234_567) == relation(np.array([1_234_567])) == relation(True) == "="
    assert relation(1_234_567.0) == relation(1_234_567_890_123_456) == r"\approx"
