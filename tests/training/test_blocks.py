import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.training.blocks import CACHE_LINE, HUGE_PAGE, side_by_side

sizes = st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["float32", "float64", "bool"])), max_size=8)


@given(sizes)
def test_each_vector_has_its_own_memory(vectors):
    made = side_by_side(vectors)
    assert [(v.size, v.dtype.name) for v in made] == vectors
    for i, vector in enumerate(made):
        assert vector.flags.writeable
        assert vector.size == 0 or vector.ctypes.data % CACHE_LINE == 0
        vector.fill(i % 2)
    for i, vector in enumerate(made):
        assert np.all(vector == i % 2)


@pytest.mark.parametrize(("count", "aligned"), [(HUGE_PAGE // 4, HUGE_PAGE), (HUGE_PAGE // 8, CACHE_LINE)])
def test_a_large_block_begins_at_a_huge_page(count, aligned):
    first, _ = side_by_side([(count // 2, "float32"), (count // 2, "float32")])
    assert first.ctypes.data % aligned == 0
