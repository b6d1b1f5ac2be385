"""Every worked number gives the typical mistakes away: with each of them a reader finds another number."""

from pathlib import Path

import numpy as np
import pytest
from array_mistakes import array_mistakes
from example_graphs import Graph, example_graphs
from mistakes import Hidden, Mistake, differ, gradients, hidden, settings
from scalar_mistakes import scalar_mistakes, total_derivative

from backprop import Tensor, exp, relu, sigmoid, sin
from backprop.explain.trace import Trace, is_scalar

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.py"))
MOST_NODES, MOST_ENTRIES = 60, 2000
"""Larger graphs are not worked out by anybody."""

RUNNING = {"x": 1.0, "y": 3.0, "z": -3.0}
NEURON = {"w_0": 2.0, "x_0": -1.0, "w_1": -3.0, "x_1": -2.0, "w_2": -3.0}
EXCEPTIONS: dict[tuple[str, str, str], dict[str, float]] = {
    # The seeds' neuron has z = 1 and x_0 = −1, and the derivative of σ is even: σ'(x_0) is σ'(z).
    ("sigmoid_neuron", "a", "wrong inner argument x_0, a → z"): NEURON,
    # Taken apart, the exponential gets −z, which is x_0.
    ("sigmoid_neuron", "a", "wrong inner argument x_0, u_2 → u_1"): NEURON,
}
"""What hides in one of the two examples whose numbers are given by the seeds: the file, the output, the mistake and
its place, as the test reports them; and the inputs. The page tells it and shows it with other numbers."""


ZERO_ON_PURPOSE = {
    # What a weight of 0 in the output neuron does to the gradients before it, and what all zeros do.
    ("two_layer_network", "zero"),
}
"""Sections that ask what a zero does: with it whole paths vanish, whoever makes which mistake on them."""


def mistakes_of(trace: Trace) -> list[Mistake]:
    scalar = all(is_scalar(node.value) for node in trace.nodes)
    return list(scalar_mistakes(trace) if scalar else array_mistakes(trace))


def all_hidden(graph: Graph) -> list[Hidden]:
    nodes = graph.trace.nodes
    if len(nodes) > MOST_NODES or sum(int(np.size(node.value)) for node in nodes) > MOST_ENTRIES:
        return []
    return list(hidden(graph.trace, graph.shown, mistakes_of(graph.trace)))


def found_in(output: Tensor, *, everything: bool = True) -> set[str]:
    """What the numbers of a graph hide, if the gradients of all nodes are shown or of the inputs only."""
    trace = Trace(output)
    shown = {node.index for node in trace.nodes} if everything else set()
    return {f"{h.mistake.name}, {h.mistake.place}" for h in all_hidden(Graph(trace, "", shown))}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_no_number_hides_a_mistake(example: Path) -> None:
    left = {key: inputs for key, inputs in EXCEPTIONS.items() if key[0] == example.stem}
    problems, purposes = [], {key for key in ZERO_ON_PURPOSE if key[0] == example.stem}
    for graph in example_graphs(example):
        trace, section = graph.trace, (example.stem, graph.section)
        for h in all_hidden(graph):
            key = (example.stem, trace.output.key, f"{h.mistake.name}, {h.mistake.place}")
            if EXCEPTIONS.get(key) == {node.key: node.value for node in trace.inputs}:
                left.pop(key, None)
            elif section in ZERO_ON_PURPOSE and any(node.value == 0 for node in trace.inputs):
                purposes.discard(section)
            else:
                problems.append(f"{example.name}:{graph.section}, {trace.output.key}: {h}")
    problems += [f"{key}: does not hide any more, so it is no exception" for key in [*left, *sorted(purposes)]]
    assert not problems, "\n".join(["choose other numbers:", *problems])


def test_exceptions_are_for_the_fixed_examples_only() -> None:
    assert all(inputs in (RUNNING, NEURON) for inputs in EXCEPTIONS.values())
    assert {key[0] for key in [*EXCEPTIONS, *ZERO_ON_PURPOSE]} <= {example.stem for example in EXAMPLES}


def test_the_pages_show_gradients() -> None:
    graphs = example_graphs(next(path for path in EXAMPLES if path.stem == "backward_pass"))
    assert len(graphs) >= 5
    assert any(len(graph.shown) == len(graph.trace.nodes) for graph in graphs)
    assert any(len(mistakes_of(graph.trace)) > 20 for graph in graphs)


class TestNumbersThatHideMistakes:
    """The test can fail: numbers that once stood on the pages, or could."""

    def test_a_value_that_is_its_own_square(self) -> None:
        t = Tensor(1.0, "t")
        s = exp(sin((t**2).named("u")).named("v")).named("s")
        assert "wrong inner argument t, v → u" in found_in(s)

    def test_a_local_gradient_of_1(self) -> None:
        t = Tensor(0.5, "t")
        s = sin(exp((t**2).named("u")).named("v")).named("s")
        assert "local forgotten, u → t" in found_in(s)

    def test_equal_factors(self) -> None:
        b, c = Tensor(1.0, "b"), Tensor(2.0, "c")
        k = ((b + c).named("k_1") * (c + 1.0).named("k_2")).named("k")
        assert {"factors not swapped, k → k_1", "factors not swapped, k → k_2"} <= found_in(k)

    def test_a_factor_of_1(self) -> None:
        x, y, z = Tensor(2.0, "x"), Tensor(-1.0, "y"), Tensor(5.0, "z")
        assert found_in(((x + y).named("p") * z).named("g")) == {"local forgotten, g → z"}

    def test_an_upstream_gradient_of_1(self) -> None:
        x, y, z = Tensor(2.0, "x"), Tensor(5.0, "y"), Tensor(1.0, "z")
        assert "upstream forgotten, m → x" in found_in(((x * y).named("m") * z).named("g"))

    def test_a_contribution_of_0(self) -> None:
        w, a = Tensor(3.0, "w"), Tensor(0.0, "a")
        q = ((w * w).named("m") + (a * sin(w).named("n")).named("o")).named("q")
        found = found_in(q)
        assert {"contribution doubled, n → w", "sign lost, n → w"} <= found

    def test_a_total_derivative_that_is_the_partial_one(self) -> None:
        v = Tensor(0.0, "v")
        c = (v**2).named("c_1")
        found = found_in((c + (v * c).named("c_2")).named("L"))
        assert "counted twice, as the total derivative, the uses of v, everywhere" in found
        assert "the last contribution only, v" in found

    def test_what_is_not_shown_gives_nothing_away(self) -> None:
        t, a = Tensor(0.0, "t"), Tensor(5.0, "a")
        s = ((t**2).named("u") * a).named("s")
        mistake = "factors not swapped, s → u"
        assert mistake in found_in(s, everything=False)
        assert mistake not in found_in(s)

    def test_a_batch_with_an_empty_example(self) -> None:
        x, w = Tensor([[1.0, 2.0], [0.0, 0.0]], "X"), Tensor([[3.0], [-1.0]], "W")
        y = (x @ w).named("Y")
        assert "sum over the batch forgotten, Y → W" in found_in((y * y).sum().named("L"), everything=False)

    def test_a_symmetric_matrix(self) -> None:
        w, v = Tensor([[2.0, 3.0], [3.0, 4.0]], "W"), Tensor([[1.5, -0.5], [2.5, 0.7]], "V")
        y = (v @ w).named("Y")
        assert found_in((y * y).sum().named("L")) == {"transpose forgotten, Y → V"}

    def test_report_is_readable(self) -> None:
        t = Tensor(0.5, "t")
        trace = Trace(sin((t**2).named("u")).named("s"))
        [report] = [str(h) for h in all_hidden(Graph(trace, "")) if h.mistake.name == "local forgotten"]
        number = f"{np.cos(0.25):.6g}"
        assert report == (
            f"local forgotten, u → t, does not show at t = 0.5: ∂s/∂t = {number} (with the mistake {number})"
        )


class TestNumbersThatShowThem:
    def test_running_example(self) -> None:
        x, y, z = (Tensor(value, name) for name, value in RUNNING.items())
        assert found_in(((x + y).named("p") * z).named("g"), everything=False) == set()

    def test_fan_out(self) -> None:
        w, a = Tensor(2.0, "w"), Tensor(5.0, "a")
        assert found_in(((w * w).named("m") + (w * a).named("n")).named("q")) == set()

    def test_composite(self) -> None:
        t = Tensor(1.5, "t")
        assert found_in(exp(sin((t**2).named("u")).named("r")).named("s"), everything=False) == set()

    def test_skip_connection(self) -> None:
        v = Tensor(2.0, "v")
        c = (v**2).named("c_1")
        assert found_in((c + (v * c).named("c_2")).named("L")) == set()

    def test_what_hides_whatever_the_inputs_are_is_not_the_fault_of_the_numbers(self) -> None:
        x, y = Tensor(0.7, "x"), Tensor(-3.1, "y")
        assert found_in((2.0 * x + y).named("f")) == set()
        assert found_in(relu((x * y).named("z")).named("a")) == set()  # all is 0 while z is negative

    def test_layer(self) -> None:
        x = np.array([[1.5, -0.5], [0.4, 2.0], [-1.2, 0.3]])
        w, b = Tensor([[0.3, -0.8, 0.5], [1.2, 0.6, -0.9]], "W"), Tensor([0.1, -0.2, 0.7], "b")
        h = sigmoid(x @ w + b).named("H")
        assert found_in((h * h).sum().named("L"), everything=False) == set()


EXAMPLE = """
# --8<-- [start:shown]
from backprop import Tensor
from backprop.explain import backward_table, check_table, derivation, figure, forward_table, show

def graph(x, y):
    x, y = Tensor(x, "x"), Tensor(y, "y")
    return x, y, ((x * y).named("m") + y).named("s")

x, y, s = graph(2.0, 3.0)
show(figure(s, values=True), forward_table(s), derivation(s, y))
x, y, s = graph(4.0, 3.0)
show(check_table(s))
x, y, s = graph(5.0, 3.0)
show(backward_table(s))
x, y, s = graph(6.0, 3.0)
backward_table(s)
# --8<-- [end:shown]

# --8<-- [start:passes]
for i in range(3):
    x, y, s = graph(7.0 + i, 3.0)
    s.backward()
x, y, s = graph(5.0, 3.0)
s.backward()
# --8<-- [end:passes]
"""


class TestGraphsOfAnExample:
    def test_what_is_shown_of_each(self, tmp_path: Path) -> None:
        path = tmp_path / "example.py"
        path.write_text(EXAMPLE, "utf-8")
        found = {
            graph.trace.inputs[0].value: (graph.section, {graph.trace.nodes[i].key for i in graph.shown})
            for graph in example_graphs(path)
        }
        assert found == {
            2.0: ("shown", {"y"}),
            4.0: ("shown", set()),
            5.0: ("shown", {"x", "y", "m", "s"}),  # once, though there are two
            7.0: ("passes", set()),  # of a loop the first
        }


class TestSweep:
    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
    def test_without_a_mistake_it_is_the_backward_pass(self, example: Path) -> None:
        for graph in example_graphs(example):
            own = gradients(graph.trace)
            assert own.keys() == {node.index for node in graph.trace.gradients}
            for node, gradient in graph.trace.gradients.items():
                np.testing.assert_allclose(own[node.index], gradient, rtol=1e-9, atol=1e-12)

    def test_wrong_numbers(self) -> None:
        """The numbers of readers who make the mistakes, at q = w w + w a."""
        w, a = Tensor(2.0, "w"), Tensor(5.0, "a")
        trace = Trace(((w * w).named("m") + (w * a).named("n")).named("q"))
        i = trace.node(w).index
        found: dict[str, set[float]] = {}
        for mistake in mistakes_of(trace):
            if i in mistake.nodes:
                found.setdefault(mistake.name, set()).add(mistake.gradients(trace)[i])
        assert gradients(trace)[i] == 9
        assert found["the first contribution only"] == {5}
        assert found["the last contribution only"] == {2}
        assert found["counted twice, as the total derivative, the uses of w"] == {13}
        assert found["contribution doubled"] == {9 + 2, 9 + 5}
        assert found["factors not swapped"] == {9, 6}  # in w w there is nothing to swap

    def test_total_derivative(self) -> None:
        v = Tensor(2.0, "v")
        c1 = (v**2).named("c_1")
        c2 = (v * c1).named("c_2")
        trace = Trace((c1 + c2).named("L"))
        assert total_derivative(trace, trace.node(c2), trace.node(v)) == 12
        assert total_derivative(trace, trace.node(c1), trace.node(c2)) == 0

    def test_other_settings_keep_signs_and_stay_on_the_same_side_of_kinks(self) -> None:
        x, y = Tensor(-0.7, "x"), Tensor(3.1, "y")
        trace = Trace(relu(x + y) * y)
        for other in settings(trace):
            (a, b), slope = (node.value for node in other.inputs), other.contributions[2].local
            assert a < 0 < b
            assert slope == 1

    def test_results_that_differ(self) -> None:
        assert not differ(2.0, 2.001)
        assert differ(2.0, 2.01)
        assert differ(0.0, 1e-9)
        assert differ(1.0, float("nan"))
        assert differ(None, 0.0)
        assert not differ(None, None)
        assert differ(np.array([1.0, 2.0]), np.array([1.0, 2.1]))
        assert differ(np.zeros(2), np.zeros(3))
