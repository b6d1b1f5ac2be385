from types import SimpleNamespace

import numpy as np
import pytest

from backprop import Tensor
from backprop.explain.derivatives import central_differences, path_sum, relative_error, replay
from backprop.explain.trace import Trace


def test_sum_over_paths(shared: SimpleNamespace) -> None:
    trace = Trace(shared.q)
    assert path_sum(trace, trace.node(shared.w)) == 9.0
    assert path_sum(Trace(shared.q, seed=2.0), Trace(shared.q).node(shared.w)) is not None


def test_arrays_have_no_sum_over_paths(layer: SimpleNamespace) -> None:
    trace = Trace(layer.L)
    assert path_sum(trace, trace.node(layer.b)) is None


def test_differences_of_every_entry(layer: SimpleNamespace) -> None:
    trace = Trace(layer.L)
    for tensor in (layer.W, layer.b):
        node = trace.node(tensor)
        np.testing.assert_allclose(central_differences(trace, node), trace.gradients[node], rtol=1e-8)


def test_of_a_large_array_some_entries_are_checked() -> None:
    big = Tensor(np.linspace(0, 1, 2000).reshape(40, 50), "X")
    trace = Trace((big * big).sum())
    differences = central_differences(trace, trace.inputs[0])
    assert np.isfinite(differences).sum() <= 500
    assert np.isfinite(differences.flat[[0, 1, -1]]).all()
    assert relative_error(trace.gradients[trace.inputs[0]], differences) < 1e-7


def test_single_precision_is_replayed_in_double() -> None:
    x = Tensor(np.array([1.0, 2.0], np.float32), "x")
    trace = Trace((x * x).sum())
    assert replay(trace, {}).dtype == np.float64


def test_errors() -> None:
    assert relative_error(1.0, 1.0) == 0.0
    assert relative_error(np.array([10.0, 0.0]), np.array([11.0, 0.0])) == pytest.approx(1 / 11)
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0.0
    assert np.isnan(relative_error(1.0, float("nan")))
