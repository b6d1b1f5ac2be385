import numpy as np
import pytest

from backprop.nn.arguments import between, positive, precision


def test_what_is_right_comes_back():
    assert positive("size", np.int64(3)) == 3
    assert type(positive("size", np.int64(3))) is int
    assert between("rate", 0, 0, 1) == 0.0
    assert precision("float32") == np.float32


@pytest.mark.parametrize(
    ("check", "error", "message"),
    [
        (lambda: positive("size", 0), ValueError, "size is at least 1, not 0"),
        (lambda: positive("size", 1.0), TypeError, r"size is a whole number, not 1\.0"),
        (lambda: positive("size", "3"), TypeError, "size is a whole number, not '3'"),
        (lambda: between("rate", 1.0, 0, 1), ValueError, r"rate is at least 0 and less than 1, not 1\.0"),
        (lambda: between("rate", float("nan"), 0, 1), ValueError, "not nan"),
        (lambda: precision("int64"), ValueError, "floating-point numbers, float32 or float64, not int64"),
    ],
)
def test_what_is_wrong_is_named(check, error, message):
    with pytest.raises(error, match=message):
        check()
