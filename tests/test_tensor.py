import copy
import math
import pickle

import numpy as np
import pytest

from backprop import GraphError, ShapeError, Tensor, concatenate, stack


class TestValue:
    @pytest.mark.parametrize("value", [2, True, np.int64(2), np.bool_(True), np.float64(2.0), 2.0])
    def test_one_number_becomes_a_float(self, value):
        assert type(Tensor(value).value) is float

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_precision_is_kept(self, dtype):
        for value in (np.array([1, 2], dtype), np.array(1, np.float32).astype(dtype)):
            x = Tensor(value)
            assert x.dtype == dtype
            assert (x * 2).dtype == dtype
            assert x.exp().dtype == dtype

    @pytest.mark.parametrize("value", [[1, 2], np.array([1, 2]), np.array([True, False]), [[1], [2]]])
    def test_whole_numbers_become_floating_point(self, value):
        assert Tensor(value).dtype == np.float64

    def test_array_is_copied(self):
        array = np.ones(2)
        x = Tensor(array)
        array[0] = 5
        np.testing.assert_array_equal(x.value, [1.0, 1.0])

    def test_shape_ndim_size(self):
        x = Tensor(np.ones((2, 3)))
        assert (x.shape, x.ndim, x.size, len(x)) == ((2, 3), 2, 6, 2)
        assert (Tensor(1.0).shape, Tensor(1.0).ndim, Tensor(1.0).size) == ((), 0, 1)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("a", "real numbers, not str"),
            (None, "real numbers, not NoneType"),
            (1j, "real numbers, not complex"),
            (np.array([1j]), "complex128"),
            (np.array(["a"]), "real numbers"),
            (np.array(["2020-01-01"], "datetime64[D]"), "datetime64"),
            ([[1], [1, 2]], "differ in length"),
            (Tensor(1.0), "a tensor already"),
            ([Tensor(1.0), Tensor(2.0)], "backprop.stack"),
            ([[Tensor([1.0])]], "backprop.stack"),
        ],
    )
    def test_what_is_refused(self, value, message):
        with pytest.raises(TypeError, match=message):
            Tensor(value)

    def test_subclass_is_refused(self):
        with pytest.raises(TypeError, match="cannot be subclassed"):
            type("Parameter", (Tensor,), {})


OTHERS = [3, 3.0, np.float64(3), np.float32(3), np.array([3.0, 4.0]), [3, 4], Tensor(3.0), Tensor([3.0, 4.0])]


class TestArithmetic:
    @pytest.mark.parametrize("x", [Tensor(2.0), Tensor([2.0, 5.0])], ids=["number", "array"])
    @pytest.mark.parametrize("other", OTHERS, ids=repr)
    def test_operators_on_both_sides(self, x, other):
        a, b = np.asarray(x.value), np.asarray(other.value if isinstance(other, Tensor) else other)
        for y, expected in [
            (x + other, a + b),
            (other + x, b + a),
            (x - other, a - b),
            (other - x, b - a),
            (x * other, a * b),
            (other * x, b * a),
            (x / other, a / b),
            (other / x, b / a),
            (x**other, a**b),
            (other**x, b**a),
        ]:
            assert type(y) is Tensor
            np.testing.assert_allclose(y.value, expected, rtol=1e-7)
            assert len(y.inputs) == 2

    def test_operands_are_kept_in_order_as_given(self):
        x = Tensor(2.0)
        assert (x * 2).inputs == (x, 2)
        assert (2 * x).inputs == (2, x)
        assert (x * x).inputs == (x, x)
        assert (2 - x).inputs == (2, x)
        assert x.inputs == ()
        assert len(concatenate([Tensor([1.0])] * 3).inputs) == 3

    def test_matmul_and_signs(self):
        x, w = Tensor([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        assert float(x @ w) == 11.0
        np.testing.assert_array_equal((w @ x).value, [[3, 6], [4, 8]])
        assert (-Tensor(2.0)).value == -2.0
        assert abs(Tensor(-2.0)).value == 2.0
        assert +x is x

    def test_augmented_assignment_makes_a_new_tensor(self):
        x = Tensor(2.0)
        y = x
        y += 1
        y *= x
        y.backward()
        assert (x.value, y.value, x.grad) == (2.0, 6.0, 5.0)

    @pytest.mark.parametrize("other", ["a", None, (1, 2), {}, 1j, object()])
    def test_no_number(self, other):
        for operate in (lambda: Tensor(1.0) + other, lambda: other * Tensor([1.0]), lambda: Tensor(1.0) ** other):
            with pytest.raises(TypeError):
                operate()

    def test_no_number_in_an_array(self):
        with pytest.raises(TypeError, match="multiply takes tensors and real numbers, not ndarray"):
            Tensor(1.0) * np.array(["a"])

    def test_shapes_that_do_not_fit(self):
        with pytest.raises(ShapeError, match=r"^add cannot be applied to shapes \(2,\) and \(3,\)"):
            Tensor([1.0, 2.0]) + np.ones(3)
        assert issubclass(ShapeError, ValueError)

    def test_constant_changed_after_use_has_no_effect(self):
        x, c = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
        view = c[:]
        view.flags.writeable = False
        y = (x * c).sum() + (x * view).sum() + (x * np.broadcast_to(c, (2, 2))).sum()
        c[:] = 0
        y.backward()
        np.testing.assert_array_equal(x.grad, [12.0, 16.0])


class TestConversions:
    def test_one_number(self):
        for x in (Tensor(2.5), Tensor([[2.5]]), Tensor(np.float32(2.5))):
            assert float(x) == 2.5
            assert int(x) == 2
            assert bool(x)
            assert f"{x:.2f}" == "2.50"
        assert not Tensor(0.0)
        assert math.floor(Tensor(2.5)) == 2

    @pytest.mark.parametrize(("convert", "name"), [(float, "float"), (int, "int")])
    def test_several_numbers(self, convert, name):
        with pytest.raises(TypeError, match=rf"a tensor of shape \(2,\) is not one number: {name}\(\) cannot"):
            convert(Tensor([1.0, 2.0]))

    def test_truth_of_several_numbers(self):
        with pytest.raises(ValueError, match="ambiguous"):
            bool(Tensor([1.0, 2.0]))

    def test_iteration_is_recorded(self):
        x = Tensor([[1.0, 2.0], [3.0, 4.0]])
        first, second = x
        (first * second).sum().backward()
        np.testing.assert_array_equal(x.grad, [[3.0, 4.0], [1.0, 2.0]])

    def test_a_number_cannot_be_iterated_over(self):
        for operate in (len, iter, list):
            with pytest.raises(TypeError, match=r"a tensor of shape \(\) is one number"):
                operate(Tensor(1.0))

    def test_comparisons_give_plain_values(self):
        x = Tensor([1.0, 2.0, 3.0])
        np.testing.assert_array_equal(x > 2, [False, False, True])
        np.testing.assert_array_equal(x >= Tensor(2.0), [False, True, True])
        np.testing.assert_array_equal(np.array([2.0] * 3) > x, [True, False, False])
        np.testing.assert_array_equal(x <= np.array([1, 1, 4]), [True, False, True])
        np.testing.assert_array_equal(x == 2, [False, True, False])
        np.testing.assert_array_equal(x != x, [False, False, False])
        assert Tensor(1.0) < Tensor(2.0)
        assert (Tensor(1.0) == Tensor(1.0)) is True
        assert Tensor(1.0) != None  # noqa: E711

    def test_hash_is_that_of_the_object(self):
        x, y = Tensor(1.0), Tensor(1.0)
        assert x == y
        assert len(set([x, y] * 2)) == 2
        arrays = {Tensor([1.0, 2.0]): i for i in range(50)}
        assert sorted(arrays.values()) == list(range(50))

    @pytest.mark.parametrize(
        ("x", "text"),
        [
            (Tensor(1.0), "Tensor(1.0)"),
            (Tensor(1.0, "x"), "Tensor(1.0, name='x')"),
            (Tensor(1.0) * 2, "Tensor(2.0, operation=multiply)"),
            ((Tensor(1.0) * 2).named("p"), "Tensor(2.0, name='p', operation=multiply)"),
            (Tensor([1.0, 2.5]), "Tensor([1. , 2.5])"),
            (Tensor(np.float32([1.0])), "Tensor([1.], dtype=float32)"),
            (Tensor([1.0, 2.0]).sum(), "Tensor(3., operation=sum)"),
        ],
        ids=str,
    )
    def test_repr(self, x, text):
        assert repr(x) == f"{x}" == text

    def test_label(self):
        x = Tensor([1.0, 2.0])
        assert x.label == "a leaf of shape (2,)"
        assert (x * 2).label == "the result of multiply of shape (2,)"
        assert x.sum().named("total").label == "total"

    def test_named_returns_the_tensor(self):
        x = Tensor(1.0)
        assert x.named("x") is x
        assert x.name == "x"


class TestCopies:
    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
    def test_leaf(self, copied):
        for x in (Tensor(2.0, "x"), Tensor(np.float32([1, 2]), "w")):
            y = copied(x)
            assert y is not x
            assert (y.name, y.dtype, y.operation, y.grad) == (x.name, x.dtype, None, None)
            np.testing.assert_array_equal(y.value, x.value)
            y.value = y.value + 1
            np.testing.assert_array_equal(y.value, x.value + 1)

    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_computed_tensor(self, copied):
        with pytest.raises(GraphError, match="pickling or copying it would lose its graph"):
            copied(Tensor(2.0) * 2)


def test_methods_are_the_operations_of_their_name():
    x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])
    v = x.value
    for y, expected in [
        (x.exp(), np.exp(v)),
        (x.log(), np.log(v)),
        (x.sqrt(), np.sqrt(v)),
        (x.tanh(), np.tanh(v)),
        (x.sigmoid(), 1 / (1 + np.exp(-v))),
        ((-x).relu(), 0 * v),
        (x.sum(), v.sum()),
        (x.sum(0, keepdims=True), v.sum(0, keepdims=True)),
        (x.mean(axis=(0, 1)), v.mean()),
        (x.max(1), v.max(1)),
        (x.min(axis=0), v.min(0)),
        (x.reshape(3, 2), v.reshape(3, 2)),
        (x.reshape((-1,)), v.ravel()),
        (x.reshape(-1), v.ravel()),
        (x.transpose(), v.T),
        (x.transpose(1, 0), v.T),
        (x.T, v.T),
        (stack([x, x]).transpose(2, 0, 1), np.stack([v, v]).transpose(2, 0, 1)),
    ]:
        np.testing.assert_allclose(y.value, expected, rtol=1e-14)
        assert type(y) is Tensor
        assert y.shape == np.shape(expected)
