"""Values that operations have used cannot be changed without a word."""

import numpy as np
import pytest

from backprop import InPlaceError, Tensor


class TestInPlace:
    def test_entry_of_a_tensor(self):
        x = Tensor([1.0, 2.0])
        with pytest.raises(InPlaceError, match=r"cannot be changed in place.*stack, concatenate or where"):
            x[0] = 1

    def test_value_of_a_computed_tensor(self):
        y = Tensor(1.0) * 2
        with pytest.raises(InPlaceError, match="the result of multiply was computed by multiply"):
            y.value = 3.0

    @pytest.mark.parametrize("value", [1.0, [1.0, 2.0]])
    def test_assignment_between_the_passes(self, value):
        w = Tensor(value, "w")
        loss = (w * w).sum()
        w.value = w.value * 2
        with pytest.raises(InPlaceError, match=r"w.* was given a new value after the result of multiply"):
            loss.backward()

    @pytest.mark.parametrize("value", [2.0, [2.0, 4.0], np.float32([2.0, 4.0])])
    def test_step_of_gradient_descent(self, value):
        w = Tensor(value)
        dtype = w.dtype
        for _ in range(2):
            loss = (w * w).sum()
            loss.backward()
            w.value -= 0.25 * w.grad
        np.testing.assert_array_equal(w.value, np.asarray(value) / 4)
        assert w.dtype == dtype

    def test_assignment_of_another_tensor_does_not_matter(self):
        w, v = Tensor(2.0), Tensor(3.0)
        loss = w * w
        v.value = 5.0
        loss.backward()
        assert w.grad == 4.0

    def test_assigned_value_is_copied_and_cast(self):
        w, new = Tensor(np.float32([1, 2])), np.array([3.0, 4.0])
        w.value = new
        new[0] = 9
        assert w.dtype == np.float32
        np.testing.assert_array_equal(w.value, [3, 4])
        w.value = [5, 6]
        np.testing.assert_array_equal(w.value, [5, 6])

    def test_assignment_of_another_shape(self):
        with pytest.raises(ValueError, match=r"a value of shape \(3,\) to a tensor of shape \(2,\)"):
            Tensor([1.0, 2.0]).value = np.ones(3)

    def test_earlier_value_is_untouched(self):
        w = Tensor([1.0, 2.0])
        before = w.value
        w.value -= 1.0
        np.testing.assert_array_equal(before, [1.0, 2.0])


class TestAssignmentIntoAnArray:
    @pytest.mark.parametrize("x", [Tensor(1.0), Tensor([1.0]), Tensor([1.0, 2.0]).sum(), Tensor(np.array(2.0))])
    def test_entry(self, x):
        """NumPy wraps the error that says what to do."""
        array = np.zeros(2)
        with pytest.raises(ValueError, match="setting an array element") as error:
            array[0] = x
        assert isinstance(error.value.__cause__, TypeError)
        assert "backprop.stack or backprop.concatenate" in str(error.value.__cause__)
        np.testing.assert_array_equal(array, [0.0, 0.0])

    def test_slice(self):
        array = np.zeros(2)
        with pytest.raises(TypeError, match=r"backprop\.stack or backprop.concatenate"):
            array[:] = Tensor([1.0, 2.0])
        with pytest.raises(TypeError, match="leave out= away"):
            array += Tensor([1.0, 2.0])

    def test_float_is_the_way_to_drop_the_graph(self):
        array = np.zeros(2)
        array[0] = float(Tensor(3.0))
        array[1] = Tensor(4.0).value
        np.testing.assert_array_equal(array, [3.0, 4.0])
