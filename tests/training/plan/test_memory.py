"""Where results are kept: arrays take each other's place, but never that of something that is still needed."""

from typing import Any

import numpy as np

from backprop.training.plan.memory import Memory, base, needed
from backprop.training.plan.program import Program, Value


def memory(program: Program, results: list[Value], places: dict[Value, Any] | None = None) -> Memory:
    return Memory(needed(program, results), results, places or {})


def chain(length: int) -> tuple[Program, list[Value]]:
    program = Program()
    values = [program.argument("x", (4, 3), float)]
    for _ in range(length):
        values.append(np.tanh(values[-1]))
    return program, values[1:]


def test_a_chain_needs_one_array():
    program, values = chain(10)
    arrays = memory(program, values[-1:]).arrays
    assert len({id(arrays[v].base) for v in values}) == 1


def test_what_is_read_later_is_kept():
    program, values = chain(3)
    last = values[2] * values[0]
    arrays = memory(program, [last]).arrays
    assert not np.shares_memory(arrays[values[0]], arrays[values[1]])


def test_results_are_never_overwritten():
    program, values = chain(3)
    arrays = memory(program, values).arrays
    for i, v in enumerate(values):
        assert not any(np.shares_memory(arrays[v], arrays[w]) for w in values[:i])


def test_what_a_result_is_a_view_of_is_never_overwritten():
    """As the gradients of b and c in x + (b + c.reshape(1, 3)): one is the other in another shape."""
    program, (value,) = chain(1)
    seen = np.reshape(value, (2, 6))
    other = np.exp(value)
    arrays = memory(program, [seen, other]).arrays
    assert np.shares_memory(arrays[seen], arrays[value])
    assert not np.shares_memory(arrays[seen], arrays[other])


def test_an_operand_that_is_also_read_through_a_view_is_not_overwritten():
    program = Program()
    value = np.exp(program.argument("x", (3, 3), float))
    total = value + value.T
    arrays = memory(program, [total]).arrays
    assert not np.shares_memory(arrays[total], arrays[value])


def test_free_arrays_are_used_again_in_other_shapes():
    program = Program()
    a = np.exp(program.argument("x", (4, 3), float))
    narrow = program.product(a, np.ones((3, 2)))
    wide = program.product(narrow, np.ones((2, 3)))
    arrays = memory(program, [wide]).arrays
    assert arrays[wide].base is arrays[a].base


def test_precisions_share_no_array():
    program = Program()
    a = np.exp(program.argument("x", (4,), "float32"))
    b = np.exp(program.copy(a, float))
    arrays = memory(program, [b]).arrays
    assert arrays[a].dtype == "float32"
    assert not np.shares_memory(arrays[a], arrays[b])


def test_places():
    program, values = chain(2)
    place = np.zeros((4, 3))
    assert memory(program, values, {values[1]: place}).arrays[values[1]] is place


def test_views_of_arguments_and_numbers_have_no_array():
    program = Program()
    x = program.argument("x", (4, 3), float)
    total = np.sum(x)
    found = memory(program, [x.T, total])
    assert found.array(x.T) is None
    assert found.array(total) is None


def test_views_that_cannot_be_are_copies():
    program = Program()
    turned = np.reshape(np.exp(program.argument("x", (4, 3), float)).T, (12,))
    found = memory(program, [turned])
    assert found.copied == {turned}
    assert not np.shares_memory(found.arrays[turned], found.arrays[base(turned)])


def test_needed():
    program, values = chain(4)
    assert needed(program, values[1:2]) == values[:2]
