import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.training.data import Batches, DataError, split


def data(count: int) -> tuple[Any, Any]:
    return np.arange(3.0 * count).reshape(count, 3), np.arange(count)


@given(st.integers(1, 40), st.integers(1, 50), st.booleans(), st.integers(0, 2**32))
def test_an_epoch_has_every_example_once(count: int, size: int, shuffle: bool, seed: int) -> None:
    x, y = data(count)
    batches = Batches(x, y, size, shuffle, seed)
    for _ in range(2):
        epoch = [(bx.copy(), by.copy()) for bx, by in batches]
        assert len(epoch) == len(batches) == -(-count // size)
        assert all(len(by) == size for _, by in epoch[:-1])
        labels = np.concatenate([by for _, by in epoch])
        assert np.array_equal(np.concatenate([bx for bx, _ in epoch]), x[labels])
        assert np.array_equal(np.sort(labels), y)
        if not shuffle:
            assert np.array_equal(labels, y)


def order(batches: Batches) -> list[int]:
    return [int(label) for _, by in batches for label in by]


def test_orders_depend_on_the_state_of_the_generator_alone() -> None:
    x, y = data(20)
    first = Batches(x, y, 6, rng=3)
    orders = [order(first) for _ in range(3)]
    assert len(set(map(tuple, orders))) == 3
    assert orders == [order(batches) for batches in [Batches(x, y, 6, rng=3)] for _ in range(3)]
    # A run that is resumed has a new object, with the state of the generator alone.
    later = Batches(x, y, 6, rng=3)
    order(later)
    resumed = Batches(x, y, 6, rng=99)
    resumed.rng.bit_generator.state = later.rng.bit_generator.state
    assert order(resumed) == orders[1]


def test_unshuffled_batches_are_views() -> None:
    x, y = data(7)
    assert all(np.shares_memory(bx, x) and np.shares_memory(by, y) for bx, by in Batches(x, y, 3, False))


def test_shuffled_batches_are_always_the_same_arrays() -> None:
    x, y = data(7)
    batches = Batches(x, y, 3)
    addresses = {bx.__array_interface__["data"][0] for _ in range(3) for bx, _ in batches}
    assert len(addresses) == 1
    assert [len(by) for _, by in batches] == [3, 3, 1]


def test_nothing_is_allocated_per_step() -> None:
    x, y = np.zeros((4096, 64)), np.zeros(4096, np.intp)
    batches = Batches(x, y, 256)
    steps = iter(batches)
    next(steps)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[1]
        for _ in steps:
            pass
        after = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert after - before < 2000  # a batch has 131072 bytes


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "32", None])
def test_a_size_that_is_none(size: Any) -> None:
    with pytest.raises(DataError, match=r"batch size should be a whole number"):
        Batches(*data(3), size)


def test_no_example_and_lengths_that_differ() -> None:
    with pytest.raises(DataError, match=r"no example"):
        Batches(*data(0))
    with pytest.raises(DataError, match=r"3 examples and y has 2"):
        Batches(data(3)[0], data(2)[1])


@given(st.integers(2, 60), st.floats(0.01, 0.99), st.integers(0, 100))
def test_a_split_shares_out_all_examples(count: int, fraction: float, seed: int) -> None:
    x, y = data(count)
    (x_train, y_train), (x_validation, y_validation) = split(x, y, fraction, seed)
    assert np.array_equal(np.sort(np.concatenate([y_train, y_validation])), y)
    assert np.array_equal(x[y_train], x_train)
    assert np.array_equal(x[y_validation], x_validation)
    assert len(y_train) >= 1
    assert len(y_validation) >= 1
    assert abs(len(y_validation) - fraction * count) <= 1
    assert np.array_equal(split(x, y, fraction, seed)[1][1], y_validation)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5).filter(lambda c: max(c) > 1), st.floats(0.05, 0.9))
def test_a_stratified_split_is_in_proportion(counts: list[int], fraction: float) -> None:
    labels = np.repeat([f"class {i}" for i in range(len(counts))], counts)
    (_, train), (_, validation) = split(np.zeros((len(labels), 1)), labels, fraction, stratify=True)
    assert len(train) + len(validation) == len(labels)
    for label, count in zip(np.unique(labels), counts, strict=True):
        chosen = int((validation == label).sum())
        assert chosen < count
        if fraction * count < count - len(counts) - 1:  # elsewhere, one example has to stay, and others take its place
            assert abs(chosen - fraction * count) <= len(counts)


def test_stratified_and_plain_differ() -> None:
    labels = np.repeat([0, 1], [90, 10])
    shares = [int(split(labels[:, None], labels, 0.2, seed, stratify=True)[1][1].sum()) for seed in range(20)]
    assert set(shares) == {2}
    assert len({int(split(labels[:, None], labels, 0.2, seed)[1][1].sum()) for seed in range(20)}) > 1


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, np.nan, True, "0.2"])
def test_a_fraction_that_is_none(fraction: Any) -> None:
    with pytest.raises(DataError, match=r"between 0 and 1"):
        split(*data(5), fraction)


def test_what_cannot_be_split() -> None:
    with pytest.raises(DataError, match=r"1 example\(s\) cannot be split"):
        split(*data(1), 0.5)
    with pytest.raises(DataError, match=r"one example only"):
        split(*data(5), 0.5, stratify=True)
    with pytest.raises(DataError, match=r"labels of shape \(examples,\)"):
        split(np.zeros((4, 1)), np.eye(4), 0.5, stratify=True)
