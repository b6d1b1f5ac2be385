from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import GraphError, Tensor, no_grad, sin, where
from backprop.explain.trace import Trace


def test_forward_pass(running: SimpleNamespace) -> None:
    trace = Trace(running.g)
    assert [node.key for node in trace.nodes] == ["x", "y", "p", "z", "g"]
    assert [(node.step, node.key, node.value) for node in trace.steps] == [(1, "p", 4.0), (2, "g", -12.0)]


def test_backward_pass(running: SimpleNamespace) -> None:
    found = [(c.step, c.node.key, c.operand.key, c.upstream, c.local, c.value) for c in Trace(running.g).contributions]
    assert found == [
        (1, "g", "p", 1.0, -3.0, -3.0),
        (1, "g", "z", 1.0, 4.0, 4.0),
        (2, "p", "x", -3.0, 1.0, -3.0),
        (2, "p", "y", -3.0, 1.0, -3.0),
    ]


def test_a_value_used_three_times_gets_three_contributions(shared: SimpleNamespace) -> None:
    to_w = [c for c in Trace(shared.q).contributions if c.operand.key == "w"]
    assert sorted(c.value for c in to_w) == [2.0, 2.0, 5.0]
    assert [(c.before, c.total) for c in to_w] == [(None, 5.0), (5.0, 7.0), (7.0, 9.0)]


def test_the_same_operand_twice_has_two_edges() -> None:
    x = Tensor(3.0, "x")
    trace = Trace(x * x)
    assert trace.inputs[0].uses == [(trace.output, 0), (trace.output, 1)]
    assert [(c.position, c.local) for c in trace.contributions] == [(0, 3.0), (1, 3.0)]


def test_gradients_of_the_tensors_are_left_as_they_are(running: SimpleNamespace) -> None:
    running.x.grad = 42.0
    assert Trace(running.g).gradients
    assert (running.x.grad, running.g.grad) == (42.0, None)


def test_constants_are_nodes_of_their_own() -> None:
    x = Tensor(3.0, "x")
    trace = Trace((x * 2 + 2).named("y"))
    assert [(n.kind, n.key, n.value) for n in trace.nodes] == [
        ("input", "x", 3.0),
        ("constant", "", 2),
        ("computed", "v_1", 6.0),
        ("constant", "", 2),
        ("computed", "y", 8.0),
    ]


@given(seed=st.integers(0, 10**6))
def test_running_totals_end_at_the_gradients_of_the_engine(
    random_graph: Callable[[int], tuple[Tensor, list[Tensor]]], seed: int
) -> None:
    output, inputs = random_graph(seed)
    trace = Trace(output)
    output.backward()
    for node in trace.inputs:
        assert node.tensor in inputs
        assert node.tensor is not None
        np.testing.assert_allclose(trace.gradients[node], node.tensor.grad, rtol=1e-12, atol=1e-12)
    for c in trace.contributions:
        np.testing.assert_allclose(c.upstream * c.local, c.value, rtol=1e-12)


def test_arrays_have_a_local_derivative_only_where_it_is_a_factor(layer: SimpleNamespace) -> None:
    contributions = {(c.node.key, c.operand.key): c for c in Trace(layer.L).contributions}
    assert contributions["v_1", "W"].local is None
    assert contributions["h", "v_2"].local.shape == (2, 2)
    assert contributions["v_2", "b"].value.shape == (2,)


def test_gradients_after_a_step(running: SimpleNamespace) -> None:
    trace = Trace(running.g)
    assert {node.key: g for node, g in trace.gradients_after(0).items()} == {"g": 1.0}
    assert {node.key: g for node, g in trace.gradients_after(1).items()} == {"g": 1.0, "p": -3.0, "z": 4.0}


def test_no_gradient_flows_to_a_condition() -> None:
    condition, a = Tensor(1.0, "c"), Tensor(2.0, "a")
    trace = Trace(where(condition, a, 0.0))
    assert [c.operand.key for c in trace.contributions] == ["a"]


def test_a_leaf_has_no_trace() -> None:
    with pytest.raises(GraphError, match="no recorded operation"):
        Trace(Tensor(1.0, "x"))
    with no_grad():
        y = Tensor(1.0, "x") * 2.0
    with pytest.raises(GraphError, match="no_grad"):
        Trace(y)
    with pytest.raises(TypeError, match="float"):
        Trace(1.0)  # type: ignore[arg-type]


def test_the_backward_pass_of_an_array_needs_a_seed() -> None:
    y = Tensor([1.0, 2.0], "x") * 2.0
    assert Trace(y).steps
    with pytest.raises(GraphError, match="not a scalar"):
        _ = Trace(y).contributions
    np.testing.assert_array_equal(list(Trace(y, seed=[1.0, 3.0]).gradients.values())[1], [2.0, 6.0])


def test_a_tensor_that_is_not_in_the_graph_is_named(running: SimpleNamespace) -> None:
    with pytest.raises(GraphError, match="g does not depend on w"):
        Trace(running.g).node(Tensor(1.0, "w"))


def test_bottlenecks_are_what_every_path_passes() -> None:
    x = Tensor(0.5, "x")
    a = sin(x).named("a")
    b = (a * a).named("b")
    c = (sin(b) + b).named("c")
    assert {n.key for n in Trace(c).bottlenecks} == {"x", "a", "b", "c"}
    assert not Trace(x * Tensor(1.0, "y")).bottlenecks


def test_deep_graphs_need_no_recursion() -> None:
    y = Tensor(1.0, "x")
    for _ in range(20_000):
        y = y + 1e-4
    trace = Trace(y)
    assert trace.gradients[trace.inputs[0]] == 1.0
