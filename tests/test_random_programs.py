"""What holds for every graph, on random graphs of up to 50 operations."""

import numpy as np
import pytest
from differences import assert_close, differences
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import NUMPY, OWN, random_program

from backprop import Tensor
from backprop.engine import history, seed_for
from backprop.sweep import sweep

programs = st.builds(
    lambda seed, size: random_program(np.random.default_rng(seed), NUMPY, size),
    st.integers(0, 2**32 - 1),
    st.integers(7, 50),
)


class TestRandomPrograms:
    @settings(max_examples=60)
    @given(programs)
    def test_gradient_is_that_of_central_differences(self, program):
        leaves = [Tensor(x) for x in program.leaves]
        y = program.run(leaves, OWN)
        assert float(y) == pytest.approx(float(program.run(program.leaves, NUMPY)), rel=1e-9)
        y.backward()
        expected = [differences(lambda *v: program.run(list(v), NUMPY), program.leaves, i) for i in range(len(leaves))]
        scale = max(1.0, *(np.max(np.abs(gradient)) for gradient in expected))
        for leaf, gradient in zip(leaves, expected, strict=True):
            assert_close(leaf.grad / scale, gradient / scale)

    @settings(max_examples=30)
    @given(programs)
    def test_backward_twice_gives_the_same(self, program):
        leaves = [Tensor(x) for x in program.leaves]
        y = program.run(leaves, OWN)
        y.backward()
        first = [np.array(leaf.grad) for leaf in leaves]
        y.backward()
        for leaf, gradient in zip(leaves, first, strict=True):
            np.testing.assert_array_equal(leaf.grad, gradient)

    @settings(max_examples=30)
    @given(programs)
    def test_gradients_share_no_memory(self, program):
        leaves = [Tensor(x) for x in program.leaves]
        y = program.run(leaves, OWN)
        y.backward()
        arrays = [t.grad for t in (*leaves, *history(y)) if isinstance(t.grad, np.ndarray)]
        values = [t.value for t in (*leaves, *history(y)) if isinstance(t.value, np.ndarray)]
        for i, gradient in enumerate(arrays):
            assert gradient.flags.writeable
            assert not any(np.shares_memory(gradient, other) for other in (*arrays[:i], *values))

    @settings(max_examples=30)
    @given(programs)
    def test_history_is_a_topological_order(self, program):
        y = program.run([Tensor(x) for x in program.leaves], OWN)
        nodes = history(y)
        assert nodes[-1] is y
        place = {node: i for i, node in enumerate(nodes)}
        for node in nodes:
            assert all(place[x] < place[node] for x in node.inputs if isinstance(x, Tensor) and x.operation)

    @settings(max_examples=30)
    @given(programs)
    def test_recorded_sweep_gives_the_same(self, program):
        leaves = [Tensor(x) for x in program.leaves]
        y = program.run(leaves, OWN)
        plain = dict(sweep(y, seed_for(y)))
        recorded = dict(sweep(y, Tensor(seed_for(y)), record=True))
        assert plain.keys() == recorded.keys()  # tensors are hashed by identity
        for x, gradient in plain.items():
            value = recorded[x].value
            assert np.shape(value) == np.shape(gradient) == x.shape
            np.testing.assert_allclose(value, gradient, rtol=1e-9, atol=1e-9)
