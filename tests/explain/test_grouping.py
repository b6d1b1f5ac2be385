import numpy as np

from backprop import Tensor, tanh
from backprop.explain.grouping import LARGEST_GRAPH, group_edges, group_nodes
from backprop.explain.trace import Trace


def deep(layers: int, named: bool = True) -> Tensor:
    h = Tensor(np.ones((4, 8)), "X")
    for i in range(layers):
        names = [f"layers.{i}.weight", f"layers.{i}.bias"] if named else [None, None]
        h = tanh(h @ Tensor(np.eye(8) * 0.5, names[0]) + Tensor(np.zeros(8), names[1]))
    return (h**2).mean().named("loss")


def test_a_small_graph_is_not_grouped() -> None:
    assert group_nodes(Trace(deep(7))) is None


def test_layers_are_groups() -> None:
    trace = Trace(deep(9))
    groups = group_nodes(trace)
    assert groups is not None
    assert [group.title for group in groups] == ["X", *(f"layers.{i}" for i in range(9))]
    assert [group.summary("en") for group in groups][1] == "@ + tanh"
    assert sum(len(group.nodes) for group in groups) == sum(node.kind != "constant" for node in trace.nodes)
    assert len(group_edges(groups)) == 9


def test_layers_written_as_superscripts_are_groups() -> None:
    values = [Tensor(0.5, "x_1"), Tensor(-1.0, "x_2")]
    for layer in (1, 2, 3):
        values = [
            tanh(sum((Tensor(0.1 * i + j, f"w^({layer})_{i}{j}") * v for i, v in enumerate(values)), Tensor(0.1)))
            for j in range(3)
        ]
    groups = group_nodes(Trace(values[0]))
    assert groups is not None
    assert {"x_1", "x_2", "(1)", "(2)", "(3)"} <= {group.title for group in groups}


def test_without_names_groups_are_by_depth_and_never_too_many() -> None:
    for layers in (9, 200):
        groups = group_nodes(Trace(deep(layers, named=False)))
        assert groups is not None
        assert 2 < len(groups) <= LARGEST_GRAPH


def test_a_layer_that_is_used_again_makes_no_cycle() -> None:
    first, second = Tensor(np.eye(3), "a.weight"), Tensor(np.eye(3), "b.weight")
    h = Tensor(np.ones((1, 3)), "x")
    for _ in range(20):
        h = tanh(tanh(h @ first) @ second)
    groups = group_nodes(Trace(h.sum()))
    assert groups is not None
    order = {group.key: i for i, group in enumerate(groups)}
    assert all(order[source] < order[target] for source, target in group_edges(groups))
