import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backprop import Tensor
from backprop.training.inputs import DataError, as_pair, prepare_inputs


class Sparse:
    def toarray(self) -> None: ...


WRONG: list[tuple[Any, str]] = [
    (None, r"x is None"),
    (3.0, r"shape \(\)"),
    ({1: 2}, r"x is one dict"),
    (Tensor([[1.0]]), r"Tensor: give its \.value"),
    (Sparse(), r"sparse Sparse.*\.toarray\(\)"),
    (np.ma.masked_array([[1.0, 2.0]], [[False, True]]), r"masked in row 0, column 1"),
    ([[1.0, 2.0], [3.0, 4.0], [5.0]], r"ragged: row 0 has shape \(2,\), and row 2 has \(1,\)"),
    ([[1.0, 2.0], [3.0, "red"]], r"'red' in row 1, column 1, a str.*one-hot"),
    ([["1", "2"]], r"numbers as <U1: convert them with \.astype\(float\)"),
    ([[1.0, None]], r"None in row 0, column 1"),
    (np.array([[1.0, 2.0]], object), r"numbers as object"),
    ([[1 + 2j]], r"complex"),
    (np.array([["2024-01-01"]], "datetime64[D]"), r"dates"),
    (np.zeros((2, 2), [("a", float)]), r"type \[\('a'"),
    ([1.0, 2.0], r"shape \(2,\).*\.reshape\(-1, 1\)"),
    (np.zeros((0, 3)), r"empty.*\(0, 3\) means no example"),
    (np.zeros((3, 0)), r"examples with nothing in them"),
    ([[0.0, 1.0], [np.nan, 1.0]], r"NaN in row 1, column 0: drop that row"),
    ([[0.0, 1.0], [1.0, -np.inf]], r"infinity in row 1, column 1: look for a division"),
    (np.where(np.arange(24).reshape(2, 3, 4) == 17, np.nan, 0.0), r"NaN in row 1, entry \[1, 1\]"),
]


@pytest.mark.parametrize(("x", "message"), WRONG)
def test_every_defect_has_its_message(x: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prepare_inputs(x)


def test_messages_differ() -> None:
    texts = set()
    for x, _ in WRONG:
        with pytest.raises(DataError) as caught:
            prepare_inputs(x)
        texts.add(re.sub(r"\d", "", str(caught.value)))
    assert len(texts) == len(WRONG)


def test_the_name_is_in_the_message() -> None:
    with pytest.raises(DataError, match=r"^validation x holds NaN"):
        prepare_inputs([[np.nan]], name="validation x")


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
        hnp.array_shapes(min_dims=2, max_dims=4, max_side=5),
        elements={"min_value": 0, "max_value": 1},
    ),
    st.sampled_from(["float32", "float64"]),
)
def test_real_numbers_are_converted(x: Any, dtype: str) -> None:
    prepared = prepare_inputs(x, dtype)
    assert prepared.dtype == dtype
    assert prepared.flags.c_contiguous
    assert not prepared.flags.writeable
    assert np.array_equal(prepared, x.astype(dtype))
    assert np.array_equal(prepare_inputs(x.tolist(), dtype), prepared)


def test_nothing_is_copied_without_need() -> None:
    x = np.ones((3, 2))
    assert np.shares_memory(prepare_inputs(x), x)
    assert x.flags.writeable


def test_large_numbers_are_not_taken_for_infinity() -> None:
    x = np.full((100, 2), 3e38, np.float32)
    assert np.array_equal(prepare_inputs(x, "float32"), x)


def test_a_number_too_large_for_the_precision_of_the_model() -> None:
    with pytest.raises(DataError, match=r'1e\+300 in row 1, column 0, too large for float32.*dtype="float64"'):
        prepare_inputs([[1.0], [1e300]], "float32")


def test_indices_of_a_table() -> None:
    prepared = prepare_inputs([0, 4, 2], table_rows=5)
    assert prepared.dtype == np.intp
    assert prepared.tolist() == [0, 4, 2]
    for x, message in (
        ([[0, 5]], r"holds 5 in row 0, column 1, and the table has the rows 0 to 4"),
        ([[0], [-1]], r"holds -1 in row 1, column 0"),
        ([[0.0]], r"type float64.*whole numbers"),
        ([[True]], r"type bool"),
        (np.zeros((0,), int), r"no example"),
    ):
        with pytest.raises(DataError, match=message):
            prepare_inputs(x, table_rows=5)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"^data is None"),
        (np.zeros((2, 2)), r"pair \(x, y\).*not one ndarray"),
        ((1, 2, 3), r"not 3 things"),
        ((None, [1]), r"x of data is None: training needs inputs"),
        (([1], None), r"y of data is None: training needs targets"),
        (([1], 3), r"y of data is one int"),
        ((np.float64(1), [1]), r"x of data is one float64"),
        ((np.zeros((3, 2)), np.zeros(4)), r"3 examples and y has 4"),
    ],
)
def test_what_is_no_pair_is_refused(data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_pair(data)
