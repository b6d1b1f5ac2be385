import numpy as np
import pytest

from backprop import GraphError, InPlaceError, Tensor, affine, no_grad
from backprop.engine import next_number, seed_for
from backprop.sweep import leaf_gradients, pull_back, sweep


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


class TestLeafGradients:
    """The gradients that `backward()` gives; written where they belong where that can be."""

    @staticmethod
    def layer(rows=4):
        rng = np.random.default_rng(0)
        return rng.normal(size=(rows, 3)), Tensor(rng.normal(size=(3, 3))), Tensor(rng.normal(size=3))

    @staticmethod
    def places(*leaves):
        return {leaf: np.full(leaf.shape, np.nan, leaf.dtype) for leaf in leaves}

    def check(self, loss, places):
        found = leaf_gradients(loss, seed_for(loss), places)
        loss.backward()
        for leaf in places:
            np.testing.assert_allclose(found[leaf._number], leaf.grad, 1e-13)
        return found

    def test_written_into_their_places(self):
        x, weight, bias = self.layer()
        places = self.places(weight, bias)
        found = self.check((affine(x, weight, bias) ** 2).sum(), places)
        assert found[weight._number] is places[weight]
        assert found[bias._number] is places[bias]

    def test_no_place(self):
        x, weight, bias = self.layer()
        found = self.check((affine(x, weight, bias) ** 2).sum(), self.places(weight))
        assert set(found) == {weight._number, bias._number}

    @pytest.mark.parametrize("order", [0, 1])
    def test_shared_leaf(self, order):
        """Two operations contribute, in either order: what the first one wrote may not be lost."""
        x, weight, bias = self.layer()
        y = affine(affine(x, weight, bias), weight, bias)
        other = (weight * weight).sum() + (bias * 3.0).sum()
        self.check((y.sum() + other, other + y.sum())[order], self.places(weight, bias))

    def test_leaf_that_is_operand_twice(self):
        _, weight, bias = self.layer()
        self.check((affine(weight, weight, bias) ** 2).sum(), self.places(weight, bias))

    def test_mixed_precision(self):
        """A product in float64 cannot be written into a place of float32."""
        x, weight, bias = self.layer()
        weight = Tensor(weight.value.astype(np.float32))
        places = self.places(weight, bias)
        found = self.check((affine(x, weight, bias) ** 2).sum(), places)
        assert found[weight._number].dtype == np.float32

    @pytest.mark.parametrize("shape", [(3,), (2, 4, 3), (0, 3)])
    def test_other_numbers_of_axes(self, shape):
        _, weight, bias = self.layer()
        x = Tensor(np.random.default_rng(1).normal(size=shape))
        self.check((affine(x, weight, bias) ** 2).sum(), self.places(weight, bias, x))

    def test_leaf_that_does_not_matter(self):
        x, unused = Tensor(2.0), Tensor(3.0)
        assert leaf_gradients(x * 3.0, 1.0, {unused: np.zeros(())}) == {x._number: 3.0}

    def test_what_was_computed_before_the_leaves_changed(self):
        x, weight, bias = self.layer()
        other = Tensor(3.0) * 2.0
        kept = affine(x, weight, bias).named("h")
        since, places = next_number(), self.places(weight, bias)
        self.check(affine(x, weight, bias).sum() * other, places)
        leaf_gradients((affine(x, weight, bias) * other).sum(), 1.0, places, since)
        with pytest.raises(InPlaceError, match=r"h of shape .* was kept from an earlier step, and .* Keep its value"):
            leaf_gradients((affine(x, weight, bias) + kept).sum(), 1.0, places, since)
