"""Vectors in one block of memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .steps import Array

CACHE_LINE, HUGE_PAGE = 64, 2**21
"""In bytes."""


def side_by_side(vectors: Sequence[tuple[int, Any]]) -> list[Array]:
    """Make vectors, given as (size, dtype), that lie side by side; their contents are arbitrary.

    Each begins at a cache line. A large block begins at a huge page, of which NumPy asks the system to make use: a
    matrix product of 1024 x 1024 numbers then takes about 3 % less time than in arrays that were made one by one.

    >>> [(v.shape, v.dtype.name) for v in side_by_side([(3, "float32"), (2, "float64")])]
    [((3,), 'float32'), ((2,), 'float64')]

    """
    lengths = [size * np.dtype(dtype).itemsize for size, dtype in vectors]
    starts = np.cumsum([0, *(-(-length // CACHE_LINE) * CACHE_LINE for length in lengths)]).tolist()
    alignment = HUGE_PAGE if starts[-1] >= HUGE_PAGE else CACHE_LINE
    block = np.empty(starts[-1] + alignment, np.uint8)
    block = block[-block.ctypes.data % alignment :]
    parts = zip(starts, lengths, vectors, strict=False)
    return [block[start : start + length].view(dtype) for start, length, (_, dtype) in parts]
