import numpy as np
import pytest

from backprop import InPlaceError, Tensor
from backprop.frozen import FrozenArray, freeze, lent


@pytest.fixture
def value():
    return Tensor([[1.0, 2.0], [3.0, 4.0]]).value


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.__setitem__(0, 1.0),
        lambda v: v[0].__setitem__(0, 1.0),
        lambda v: v.T.__setitem__(..., 1.0),
        lambda v: v.reshape(-1).__setitem__(slice(None), 1.0),
        lambda v: np.add(v, 1.0, out=v),
        lambda v: np.tanh([[1.0, 2.0], [3.0, 4.0]], v),
        lambda v: np.add.at(v, 0, 1.0),
        lambda v: v.__ifloordiv__(2.0),
    ],
)
def test_change_in_place(value, change):
    with pytest.raises((InPlaceError, ValueError), match=r"cannot be changed in place|read-only"):
        change(value)
    np.testing.assert_array_equal(value, [[1.0, 2.0], [3.0, 4.0]])


def test_message_says_what_to_do():
    t = Tensor([1.0, 2.0])
    with pytest.raises(InPlaceError, match=r"v = t\.value\.copy\(\); v\[index\] = …; t\.value = v"):
        t.value[0] = 5
    v = t.value.copy()
    v[0] = 5
    t.value = v
    np.testing.assert_array_equal(t.value, [5.0, 2.0])


@pytest.mark.parametrize("change", [lambda v: v.sort(), lambda v: v.fill(0), lambda v: np.copyto(v, 0.0)])
def test_methods_that_change_in_place(value, change):
    with pytest.raises(ValueError, match=r"read-only"):
        change(value)


def test_augmented_assignment_makes_a_new_array(value):
    before = value
    expected = np.array(value)
    for update in ("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__"):
        new = getattr(value, update)(2.0)
        np.testing.assert_array_equal(new, getattr(expected, update.replace("__i", "__"))(2.0))
        assert type(new) is np.ndarray
    np.testing.assert_array_equal(before, expected)


def test_results_are_plain_arrays(value):
    for result in (value + 1, -value, np.tanh(value), value @ value, value.copy(), value > 2, np.maximum(value, 2)):
        assert type(result) is np.ndarray
    assert type(value.sum()) is np.float64


@pytest.mark.parametrize("make", [np.zeros_like, np.empty_like, lambda v: v.astype(np.float32), lambda v: v.flatten()])
def test_copies_by_numpy_can_be_changed(value, make):
    copy = make(value)
    same = copy
    copy[...] = 1.0
    copy += 1.0
    copy *= 3.0
    np.testing.assert_array_equal(same, np.full_like(same, 6.0))
    np.add(copy, 1.0, out=copy)
    np.testing.assert_array_equal(same, np.full_like(same, 7.0))


def test_repr_is_that_of_an_array(value):
    assert repr(value) == "array([[1., 2.],\n       [3., 4.]])"


class TestFreeze:
    def test_number(self):
        assert freeze(2.0) == 2.0

    def test_array_that_can_be_changed_is_copied(self):
        array = np.ones(2)
        frozen = freeze(array)
        array[0] = 5
        np.testing.assert_array_equal(frozen, [1.0, 1.0])
        assert not frozen.flags.writeable

    def test_read_only_view_of_an_array_that_can_be_changed_is_copied(self):
        array = np.ones(2)
        for view in (np.broadcast_to(array, (2, 2)), array.view(FrozenArray)):
            view.flags.writeable = False
            frozen = freeze(view)
            assert frozen is not view
            assert not np.shares_memory(frozen, array)

    def test_frozen_array_is_itself(self):
        frozen = freeze(np.ones(2))
        assert freeze(frozen) is frozen
        assert freeze(frozen[:1]).base is frozen


class TestLent:
    def test_is_used_as_it_is_also_in_parts(self):
        array = np.arange(6.0).reshape(3, 2)
        view = lent(array)
        assert freeze(view) is view
        part = view[1:]
        assert freeze(part) is part
        assert freeze(array[1:]) is not array[1:]
        assert np.shares_memory(view, array)

    def test_is_read_only_and_keeps_the_array_alive(self):
        view = lent(np.arange(3.0))
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 1
        np.testing.assert_array_equal(view, [0, 1, 2])

    @pytest.mark.parametrize("array", [np.zeros((0, 2)), np.arange(4)[::2], np.zeros((2, 3), "float32").T])
    def test_shape_strides_and_precision_stay(self, array):
        view = lent(array)
        assert (view.shape, view.dtype) == (array.shape, array.dtype)
        assert view.strides == array.strides or array.size == 0
        np.testing.assert_array_equal(view, array)
