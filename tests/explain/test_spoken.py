import re
import tomllib

import pytest

from backprop import Tensor, exp, maximum, mean_squared_error, sin
from backprop.explain import Trace
from backprop.explain.describe import describe
from backprop.explain.labels import LABELS_FILE, languages
from backprop.explain.moment import Moment
from backprop.explain.spoken import enumeration, operation_name, spoken
from backprop.operations import REGISTRY
from backprop.operations.operation import Operation

SENTENCES = tomllib.loads(LABELS_FILE.read_text("utf-8"))["spoken"]
OF = {"en": "of", "es": "de", "zh": "的", "ko": "의", "pt": "de"}

READ = {
    ("add", "x", "y"): ("x plus y", "x más y", "x 加 y", "x 더하기 y", "x mais y"),
    ("subtract", "x", "1"): ("x minus 1", "x menos 1", "x 减 1", "x 빼기 1", "x menos 1"),
    ("multiply", "p", "z"): ("p times z", "p por z", "p 乘 z", "p 곱하기 z", "p vezes z"),
    ("divide", "1", "d"): (
        "1 divided by d", "1 dividido entre d", "1 除以 d", "1 나누기 d", "1 dividido por d",
    ),
    ("negative", "x"): ("the negative of x", "opuesto de x", "x 的相反数", "마이너스 x", "oposto de x"),
    ("power", "t", "2"): ("t squared", "t al cuadrado", "t 的平方", "t의 제곱", "t ao quadrado"),
    ("power", "t", "3"): ("t cubed", "t al cubo", "t 的立方", "t의 세제곱", "t ao cubo"),
    ("power", "t", "4"): ("t to the power of 4", "t elevado a 4", "t 的 4 次方", "t의 4제곱", "t elevado a 4"),
    ("exp", "n"): ("e to the power of n", "e elevado a n", "e 的 n 次方", "e의 n제곱", "e elevado a n"),
    ("sin", "u"): ("sine of u", "seno de u", "u 的正弦", "사인 u", "seno de u"),
    ("maximum", "a", "b"): (
        "maximum of a and b", "máximo de a y b", "a 和 b 的最大值", "a, b의 최댓값", "máximo de a e b",
    ),
    ("relu", "z"): ("ReLU of z", "ReLU de z", "z 的 ReLU", "z의 ReLU", "ReLU de z"),
}  # fmt: skip


def made(name: str) -> Operation:
    """An operation whose parameters do not matter here."""
    return REGISTRY[name].__new__(REGISTRY[name])


@pytest.mark.parametrize("case", READ, ids=" ".join)
def test_it_is_what_a_teacher_says(case: tuple[str, ...]) -> None:
    name, *operands = case
    said = tuple(spoken(made(name), operands, language) for language in ("en", "es", "zh", "ko", "pt"))
    assert said == READ[case]


@pytest.mark.parametrize("name", REGISTRY)
def test_every_operation_can_be_said(name: str, language: str) -> None:
    operands = [f"Q{i}" for i in range(1, 1 + (len(REGISTRY[name].arguments) or 2))]
    said = spoken(made(name), operands, language)
    assert all(said.count(operand) == 1 for operand in operands), said
    assert not re.search(r"[{}_]", said)
    assert not re.search(rf"\b{OF[language]} {OF[language]}\b|的\s*的|의\s*의 ", said)
    if enumeration(["a", "b"], language) != "a, b":  # as Korean has it
        assert not re.search(r"Q1[,、] ?Q2", said), "a pair is not a list"
    assert "  " not in said
    assert said == said.strip(" ,、")
    if language == "zh":
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", said)


def test_every_sentence_is_of_an_operation() -> None:
    assert set(SENTENCES) - {"of", "square", "cube"} <= set(REGISTRY)


def test_lists() -> None:
    assert [enumeration(["a", "b", "c"], language) for language in ("en", "es", "zh", "ko", "pt")] == [
        "a, b and c", "a, b y c", "a、b 和 c", "a, b, c", "a, b e c",
    ]  # fmt: skip
    assert {enumeration(["a"], language) for language in languages()} == {"a"}


@pytest.mark.parametrize("name", ["y", "y₁", "Y = 3", "i", "input", "índice", "hidden"])
def test_the_spanish_and_before_an_i(name: str) -> None:
    assert enumeration(["x", name], "es") == f"x e {name}"
    assert enumeration(["x", name], "en") == f"x and {name}"


@pytest.mark.parametrize("name", ["z", "h_1", "yes", "hiato", "loss", "2"])
def test_the_spanish_and_before_anything_else(name: str) -> None:
    assert enumeration(["x", name], "es") == f"x y {name}"


def test_an_operation_without_labels_goes_by_its_name_in_python() -> None:
    class Doubling(Operation, registered=False):
        name, symbol, latex = "doubling", "2×", "2 <x>"

        def forward(self, x: float) -> float:
            return 2 * x

    assert operation_name(Doubling(), "ko") == "doubling"
    assert [spoken(Doubling(), ["x"], language) for language in ("en", "zh")] == ["doubling of x", "x 的 doubling"]


def test_a_description_says_sentences(language: str) -> None:
    t, d = Tensor(1.5, "t"), Tensor(4.0, "d")
    y = maximum(exp(sin(t**2).named("r")).named("s"), (1 / d).named("k")).named("y")
    said = describe(Moment(Trace(mean_squared_error(y, 2.0).named("L"))), False, False, language)
    expected = {
        "en": "r: sine of v₁. s: e to the power of r. k: 1 divided by d. y: maximum of s and k. "
        "L: mean squared error between y and 2.",
        "es": "r: seno de v₁. s: e elevado a r. k: 1 dividido entre d. y: máximo de s y k. "
        "L: error cuadrático medio entre y y 2.",
        "zh": "r：v₁ 的正弦。s：e 的 r 次方。k：1 除以 d。y：s 和 k 的最大值。L：y 和 2 之间的均方误差。",
        "ko": "r: 사인 v₁. s: e의 r제곱. k: 1 나누기 d. y: s, k의 최댓값. L: y, 2 사이의 평균 제곱 오차.",
        "pt": "r: seno de v₁. s: e elevado a r. k: 1 dividido por d. y: máximo de s e k. "
        "L: erro quadrático médio entre y e 2.",
    }
    assert expected[language] in said
