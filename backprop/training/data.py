"""Examples in batches, and a part of them set aside for validation."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from ..frozen import lent
from .inputs import Array, DataError, as_pair, prepare_inputs

__all__ = ["Array", "Batches", "DataError", "Pair", "as_pair", "prepare_inputs", "split"]

Pair: TypeAlias = tuple[Array, Array]


class Batches:
    """The batches of one epoch, each time they are iterated over; the last one has the rows that are left.

    Args:
        x: inputs, shape (examples, …), as `prepare_inputs` gives them.
        y: targets, shape (examples, …), as the loss prepares them.
        size: number of examples in a batch.
        shuffle: a new order for each epoch.
        rng: where the orders come from: a generator, or a seed. The order of an epoch depends on its state alone.

    Without shuffling a batch is a view of the data. With it, rows are copied to the same two arrays for every batch,
    so nothing is allocated: what should outlive the step has to be copied.

    Raises:
        DataError: no example, lengths that differ, or a size that is not a positive whole number.

    >>> x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    >>> [batch_y.tolist() for _, batch_y in Batches(x, y, 2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    >>> batches = Batches(x, y, 2, rng=0)
    >>> len(batches), [batch_y.tolist() for _, batch_y in batches]
    (3, [[2, 4], [3, 0], [1]])

    """

    def __init__(
        self, x: Array, y: Array, size: int = 32, shuffle: bool = True, rng: np.random.Generator | int = 0
    ) -> None:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise DataError(f"the batch size should be a whole number from 1 up, not {size!r}")
        as_pair((x, y))
        self.examples = count = len(x)
        if count == 0:
            raise DataError("there is no example to make batches of")
        self.size = size = min(int(size), count)
        self.shuffle = shuffle
        self.rng = np.random.default_rng(rng)
        # `take` would copy an array that is not contiguous as a whole, at each step.
        self._x, self._y = x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        starts = range(0, count, size)
        # Eager operations would copy what they are given, if anybody could change it while they use it.
        if not shuffle:
            self._batches = [(lent(x[i : i + size]), lent(y[i : i + size])) for i in starts]
            return
        self._order = np.arange(count)
        buffer_x, buffer_y = np.empty_like(x[:size]), np.empty_like(y[:size])
        full, rest = (buffer_x, buffer_y), (buffer_x[: count % size], buffer_y[: count % size])
        self._rows = [self._order[i : i + size] for i in starts]
        self._buffers = [full if i + size <= count else rest for i in starts]
        shown = {id(buffers): (lent(buffers[0]), lent(buffers[1])) for buffers in (full, rest)}
        self._batches = [shown[id(buffers)] for buffers in self._buffers]

    def __len__(self) -> int:
        """Number of batches of an epoch."""
        return len(self._batches)

    def __iter__(self) -> Iterator[Pair]:
        """One epoch. With shuffling, every call draws a new order."""
        return self._shuffled() if self.shuffle else iter(self._batches)

    def _shuffled(self) -> Iterator[Pair]:
        # A permutation from scratch: shuffling the last order again would make it part of what a checkpoint saves.
        self._order[:] = self.rng.permutation(self.examples)
        take_x, take_y = self._x.take, self._y.take
        for rows, (x, y), batch in zip(self._rows, self._buffers, self._batches, strict=True):
            # The order is in range; mode "raise" would make `take` write to a copy first.
            take_x(rows, 0, x, "clip")
            take_y(rows, 0, y, "clip")
            yield batch


def split(x: Any, y: Any, fraction: float, seed: int = 0, *, stratify: bool = False) -> tuple[Pair, Pair]:
    """Set a part of the examples aside for validation.

    Args:
        x: inputs, shape (examples, …).
        y: targets, shape (examples, …).
        fraction: how many of the examples to set aside, between 0 and 1; at least one is, and at least one is left.
        seed: the same seed chooses the same examples.
        stratify: choose from each class of `y` (labels of shape (examples,)) in proportion, as exactly as whole
            numbers allow. A class with a single example is trained on.

    Returns:
        Training pair and validation pair, as copies, in the order of the data.

    Raises:
        DataError: a fraction outside (0, 1), fewer than two examples, lengths that differ, labels of another shape.

    >>> (_, y_train), (_, y_validation) = split(np.zeros((10, 2)), np.repeat([0, 1], 5), 0.4, stratify=True)
    >>> y_train.tolist(), y_validation.tolist()
    ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1])

    """
    x, y = (np.asarray(part) for part in as_pair((x, y)))
    count = len(x)
    if isinstance(fraction, bool) or not isinstance(fraction, int | float | np.number) or not 0 < fraction < 1:
        raise DataError(f"the validation fraction should lie between 0 and 1, as 0.2 does, not be {fraction!r}")
    if count < 2:
        raise DataError(f"{count} example(s) cannot be split into training and validation: give validation=(x, y)")
    rng = np.random.default_rng(seed)
    wanted = min(max(round(fraction * count), 1), count - 1)
    chosen = _from_each_class(y, wanted, rng) if stratify else rng.permutation(count)[:wanted]
    validation = np.zeros(count, bool)
    validation[chosen] = True
    return (x[~validation], y[~validation]), (x[validation], y[validation])


def _from_each_class(y: Array, wanted: int, rng: np.random.Generator) -> Array:
    """Indices of `wanted` examples, shared out among the classes by largest remainders."""
    if y.ndim != 1:
        raise DataError(f"a stratified split needs labels of shape (examples,), not targets of shape {y.shape}")
    _, classes, counts = np.unique(y, return_inverse=True, return_counts=True)
    room = counts - 1  # one of each class is left to learn from
    exact = wanted * counts / len(y)
    shares = np.minimum(np.floor(exact).astype(int), room)
    while shares.sum() < wanted and (shares < room).any():
        shares[np.where(shares < room, exact - shares, -np.inf).argmax()] += 1
    if shares.sum() == 0:
        raise DataError("every class has one example only: a stratified split would leave nothing for validation")
    members = (np.flatnonzero(classes == c) for c in range(len(counts)))
    return np.concatenate([rng.permutation(rows)[:share] for rows, share in zip(members, shares, strict=True)])
