import asyncio
import threading

import numpy as np
import pytest

from backprop import GraphError, InPlaceError, Tensor, no_grad
from backprop.engine import is_recording, pull_back, recording, seed_for, sweep


class TestBackward:
    def test_the_first_lesson(self):
        x, y, z = Tensor(1.0, "x"), Tensor(3.0, "y"), Tensor(-3.0, "z")
        p = (x + y).named("p")
        g = (p * z).named("g")
        assert x.grad is None
        g.backward()
        assert (g.grad, p.grad, x.grad, y.grad, z.grad) == (1.0, -3.0, -3.0, -3.0, 4.0)

    def test_value_used_twice_has_two_edges(self):
        x = Tensor(3.0)
        y = x * x
        assert [(position, operand) for position, operand, _ in pull_back(y, 1.0)] == [(0, x), (1, x)]
        assert [contribution for *_, contribution in pull_back(y, 1.0)] == [3.0, 3.0]
        y.backward()
        assert x.grad == 6.0

    def test_pull_back_of_a_leaf(self):
        assert list(pull_back(Tensor(1.0), 1.0)) == []

    @pytest.mark.parametrize("value", [2.0, [2.0, 3.0]])
    def test_fan_out(self, value):
        x = Tensor(value)
        a = x * 2
        (a * x + a + x).sum().backward()
        np.testing.assert_array_equal(x.grad, 4 * np.asarray(value) + 3)

    def test_diamonds_visit_each_node_once(self):
        x = Tensor(1.0)
        y = x
        for _ in range(200):  # 2^200 paths
            y = y * 0.5 + y * 0.5
        y.backward()
        assert x.grad == 1.0

    def test_gradients_of_an_earlier_output_are_replaced(self):
        x = Tensor(2.0)
        (x * 3).backward()
        (x * 5).backward()
        assert x.grad == 5.0

    def test_tensors_that_do_not_matter_keep_none(self):
        x, unused = Tensor(2.0), Tensor(3.0)
        side = x * 7
        (x * 2).backward()
        assert unused.grad is None
        assert side.grad is None

    def test_two_leaves_get_arrays_of_their_own(self):
        a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
        seed = np.ones(2)
        y = a + b
        y.backward(seed)
        a.grad += 1
        seed += 5
        np.testing.assert_array_equal(a.grad, [2.0, 2.0])
        np.testing.assert_array_equal(b.grad, [1.0, 1.0])
        np.testing.assert_array_equal(y.grad, [1.0, 1.0])

    @pytest.mark.parametrize("seed", [[1, 2], np.array([1, 2]), np.float32([1, 2]), Tensor([1.0, 2.0])])
    def test_seed(self, seed):
        x = Tensor(np.float32([3, 4]))
        (x * x).backward(seed)
        np.testing.assert_array_equal(x.grad, [6, 16])
        assert x.grad.dtype == np.float32

    def test_one_entry_needs_no_seed(self):
        x = Tensor([[3.0]])
        (x * x).backward()
        np.testing.assert_array_equal(x.grad, [[6.0]])

    def test_not_a_scalar(self):
        with pytest.raises(GraphError, match=r"multiply of shape \(2,\) is not a scalar.*backward\(seed\)"):
            (Tensor([1.0, 2.0]) * 2).backward()

    def test_constant(self):
        with pytest.raises(GraphError, match="c is a constant: no recorded operation made it"):
            Tensor(1.0, "c").backward()
        with no_grad():
            y = Tensor(1.0) * 2
        with pytest.raises(GraphError, match=r"is a constant.*outside no_grad\(\)"):
            y.backward()

    def test_seed_of_another_shape(self):
        with pytest.raises(ValueError, match=r"the seed has shape \(3,\); the output .* has shape \(2,\)"):
            (Tensor([1.0, 2.0]) * 2).backward(np.ones(3))

    def test_mixed_precision(self):
        x, w, s = Tensor(np.float32([1, 2])), Tensor([3.0, 4.0]), Tensor(2.0)
        y = (x * w * s).sum()
        y.backward()
        assert (x.grad.dtype, w.grad.dtype, type(s.grad)) == (np.float32, np.float64, float)
        assert (x * s).dtype == np.float32

    def test_recorded_gradient_keeps_precision_too(self):
        x, s = Tensor(np.float32([1, 2])), Tensor(2.0)
        y = (x * s).sum()
        recorded = dict(sweep(y, Tensor(seed_for(y)), record=True))
        assert (recorded[x].dtype, recorded[s].dtype) == (np.float32, np.float64)

    def test_assignment_of_a_leaf_used_deep_in_the_graph(self):
        x, other = Tensor(2.0, "x"), Tensor(1.0)
        y = x * 2
        for _ in range(5):
            y = y + other
        x.value = 3.0
        with pytest.raises(InPlaceError, match="x was given a new value after the result of multiply"):
            y.backward()


class TestNoGrad:
    def test_nothing_is_kept(self):
        x = Tensor([1.0, 2.0])
        with no_grad():
            y = (x * 2).sum()
        assert (y.value, y.operation, y.inputs) == (6.0, None, ())
        assert (x * 2).operation is not None

    def test_nests(self):
        with no_grad():
            with no_grad():
                assert not is_recording()
            assert not is_recording()
            with recording():
                assert is_recording()
            assert not is_recording()
        assert is_recording()

    def test_error_inside(self):
        with pytest.raises(ZeroDivisionError), no_grad():
            raise ZeroDivisionError
        assert is_recording()

    def test_decorator(self):
        @no_grad()
        def predict(x, depth):
            if depth:
                predict(x, depth - 1)
            return x * 2

        assert predict(Tensor(1.0), 3).operation is None
        assert is_recording()

    def test_other_threads_record(self):
        found = []
        with no_grad():
            thread = threading.Thread(target=lambda: found.append((Tensor(1.0) * 2).operation))
            thread.start()
            thread.join()
        assert found[0] is not None

    def test_decorated_function_in_two_threads(self):
        """The calls overlap: each must restore its own thread's state."""
        barrier, errors, states = threading.Barrier(2, timeout=10), [], []

        @no_grad()
        def overlap():
            barrier.wait()
            states.append(is_recording())

        def work():
            try:
                for _ in range(20):
                    overlap()
                    states.append(not is_recording())
            except Exception as error:
                errors.append(error)
                barrier.abort()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert not any(states)

    def test_tasks(self):
        async def quiet():
            with no_grad():
                await asyncio.sleep(0.001)
                return is_recording()

        async def loud():
            await asyncio.sleep(0)
            return is_recording()

        async def both():
            return await asyncio.gather(quiet(), loud())

        assert asyncio.run(both()) == [False, True]
