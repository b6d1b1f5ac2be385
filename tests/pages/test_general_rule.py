"""The general rule is right as the pages state it: the formula itself is read and evaluated."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stated_rule import NotationError, evaluate, read_rule

from backprop import Tensor, exp, sin, tanh
from backprop.explain.trace import Trace
from backprop.site.scan import scan

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*/backward-pass.md"))
SECTIONS = ("fan-out", "rule")
"""Where the rule is stated. Elsewhere a page may show a false one, as a mistake."""

SUM_OVER_EDGES = re.compile(r"\\frac\{\\partial L\}\{\\partial v\}\s*=\s*\\sum_\{\([^&\n]*?(?=\\\\|&|\n|\\end|$)")
"""The rule in a row of a larger formula."""

EDGES = r"\frac{\partial L}{\partial v} = \sum_{(c,\,j)} \frac{\partial L}{\partial c}\,\partial_j c"
CONSUMERS = r"\frac{\partial L}{\partial v} = \sum_{i} \frac{\partial L}{\partial c_i}\,\frac{\partial c_i}{\partial v}"
"""As it once stood on the pages; "a node that uses it twice counts twice"."""


def twice() -> tuple[Tensor, Tensor]:
    w, a = Tensor(2.0, "w"), Tensor(5.0, "a")
    return (w * w + w * a).named("q"), w


def skip() -> tuple[Tensor, Tensor]:
    v = Tensor(2.0, "v")
    c_1 = (v**2).named("c_1")
    return (c_1 + v * c_1).named("L"), v


def by_rule(formula: str, output: Tensor, tensor: Tensor, *, again: bool = True) -> float:
    trace = Trace(output)
    return evaluate(read_rule(formula), trace, trace.node(tensor), again=again)


def stated_in(page: Path) -> list[str]:
    """The formulas of the page's sections about the rule that are sums of derivatives of L."""
    formulas, inside = [], False
    for part in re.split(r"(?m)^(?=#{1,6} )", page.read_text("utf-8")):
        heading = part.partition("\n")[0]
        if not heading.startswith("### "):  # subsections belong to their section
            inside = any(f"#{name} }}" in heading for name in SECTIONS)
        if inside:
            formulas += [f.tex for f in scan(part).formulas if f.display]
    return [tex for tex in formulas if r"\sum" in tex and r"\partial L" in tex]


class TestPages:
    def test_every_language_has_the_page(self) -> None:
        assert {page.parent.name for page in PAGES} >= {"en", "es", "zh", "ko", "pt"}

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
    def test_rule_is_right_as_it_is_stated(self, page: Path) -> None:
        stated = stated_in(page)
        assert stated, f"{page}: no general rule is found in the sections {SECTIONS}"
        for formula in stated:
            for again in (True, False):
                twice_, skip_ = by_rule(formula, *twice(), again=again), by_rule(formula, *skip(), again=again)
                assert twice_ == pytest.approx(9, rel=1e-6), f"{page}: q = w w + w a: {formula}"
                assert skip_ == pytest.approx(16, rel=1e-6), f"{page}: a skip connection: {formula}"

    @pytest.mark.parametrize("page", sorted(DOCS.glob("*/*.md")), ids=lambda page: f"{page.parent.name}-{page.stem}")
    def test_sums_over_edges_are_right_on_every_page(self, page: Path) -> None:
        for match in SUM_OVER_EDGES.finditer("\n".join(f.tex for f in scan(page.read_text("utf-8")).formulas)):
            assert by_rule(match[0], *twice()) == pytest.approx(9, rel=1e-6), f"{page}: {match[0]}"
            assert by_rule(match[0], *skip()) == pytest.approx(16, rel=1e-6), f"{page}: {match[0]}"

    def test_false_rule_elsewhere_is_not_taken_for_it(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            f"# P {{ #page }}\n\n$$\n{CONSUMERS}\n$$\n\n## R {{ #rule }}\n\n$${EDGES}$$ and $a$\n\n"
            f"### S {{ #more }}\n\n$$\n{EDGES}.\n$$\n\n## M {{ #mistakes }}\n\n$$\n{CONSUMERS}\n$$\n",
            "utf-8",
        )
        assert stated_in(page) == [EDGES, EDGES + "."]


class TestEvaluator:
    @pytest.mark.parametrize("again", [True, False])
    def test_sum_over_edges(self, again: bool) -> None:
        assert by_rule(EDGES, *twice(), again=again) == pytest.approx(9, rel=1e-6)
        assert by_rule(EDGES, *skip(), again=again) == pytest.approx(16, rel=1e-6)

    def test_sum_over_consumers_with_total_derivatives_is_false(self) -> None:
        """w w counts its total derivative twice; c_2 and L count those through c_1 again."""
        assert by_rule(CONSUMERS, *twice(), again=False) == pytest.approx(4 + 4 + 5, rel=1e-6)
        assert by_rule(CONSUMERS, *skip(), again=False) == pytest.approx(3 * 4 + 1 * 12, rel=1e-6)
        assert by_rule(CONSUMERS, *twice()) == pytest.approx(13, rel=1e-6)
        assert by_rule(CONSUMERS, *skip()) == pytest.approx((3 + 2) * 4 + 1 * 12, rel=1e-6)

    def test_forgotten_factors_are_seen(self) -> None:
        no_upstream = EDGES.replace(r"\frac{\partial L}{\partial c}", "")
        no_local = EDGES.replace(r"\partial_j c", "")
        assert by_rule(no_upstream, *skip()) == pytest.approx(4 + 4, rel=1e-6)
        assert by_rule(no_local, *twice()) == pytest.approx(3)

    def test_spelling_does_not_matter(self) -> None:
        spelled = r"\frac{\partial f}{\partial u} = \sum_{(k, i)} \frac{\partial f}{\partial k} \cdot \partial_{i} k."
        assert by_rule(spelled, *twice()) == pytest.approx(9, rel=1e-6)

    @pytest.mark.parametrize(
        "formula",
        [
            EDGES.replace("=", r"\approx"),
            EDGES.replace(r"\sum", r"\prod"),
            EDGES.replace(r"\sum_{(c,\,j)}", r"\sum_{c \in C}"),
            EDGES.replace(r"\partial_j c", r"\nabla_j c"),
            EDGES.replace(r"\partial_j c", r"\partial_j c + 1"),
            EDGES.replace(r"\partial_j c", r"\frac{d c}{d v}"),
            EDGES.replace(r"\partial_j c", r"\partial_k c"),
            EDGES.replace(r"\partial_j c", r"\partial_j d"),
            EDGES.replace(r"\frac{\partial L}{\partial c}", r"\frac{\partial L}{\partial v}"),
            EDGES.replace(r"\frac{\partial L}{\partial c}", r"\frac{\partial c}{\partial L}"),
            CONSUMERS.replace("c_i", "c"),
            EDGES[: EDGES.index(r"\frac{\partial L}{\partial c}")],
            "",
        ],
    )
    def test_unknown_notation_is_an_error(self, formula: str) -> None:
        with pytest.raises(NotationError):
            by_rule(formula, *twice())

    @settings(max_examples=40)
    @given(st.data())
    def test_sum_over_edges_is_what_the_backward_pass_computes(self, data: st.DataObject) -> None:
        output, inputs = data.draw(graphs())
        output.backward()
        for tensor in inputs:
            expected = tensor.grad
            assert by_rule(EDGES, output, tensor) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Tensor, list[Tensor]]:
    """A graph of up to ten operations, in which nodes are used several times, and its inputs."""
    numbers = st.floats(-2, 2).map(lambda x: round(x, 3))
    inputs = [Tensor(draw(numbers), name) for name in "xyz"[: draw(st.integers(1, 3))]]
    pool = list(inputs)
    for _ in range(draw(st.integers(1, 6))):
        a, b = (pool[draw(st.integers(0, len(pool) - 1))] for _ in range(2))
        choices = (a + b, a - b, tanh(a * b), sin(a), exp(tanh(a)), a / (b * b + 1.0))
        pool.append(choices[draw(st.integers(0, len(choices) - 1))])
    output = pool[-1]
    for x in inputs:
        output = output + x * pool[-1]
    return output, inputs
