import numpy as np
import pytest

from backprop import Tensor
from backprop.nn import Flatten


@pytest.mark.parametrize(
    ("shape", "flat"),
    [((2, 3, 4), (2, 12)), ((2, 3), (2, 3)), ((2,), (2, 1)), ((0, 3, 4), (0, 12)), ((2, 0, 4), (2, 0))],
)
def test_shape(shape, flat):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    np.testing.assert_array_equal(Flatten()(x), x.reshape(flat))
    assert Flatten()(Tensor(x)).shape == flat
