"""Every operation of the registry, by one table: value, derivatives, precision and notation."""

import re
from typing import Any

import numpy as np
import pytest
from differences import assert_close, differences
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_cases import CASES, Case, Problem

from backprop import Tensor, jvp
from backprop.operations import REGISTRY, multiply, sum_
from backprop.operations.operation import Operation, fill, refuse_tensors
from backprop.transforms import grad

EXAMPLES = 40
every_operation = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def differentiable(operands: list[Any]) -> list[int]:
    return [i for i, x in enumerate(operands) if np.asarray(x).dtype.kind == "f"]


def weights(shape: tuple[int, ...]) -> Any:
    """An upstream gradient in which no two entries are alike."""
    return np.random.default_rng(7).uniform(0.5, 1.5, shape)[()]


def put(operands: list[Any], positions: list[int], values: Any) -> list[Any]:
    changed = list(operands)
    for position, value in zip(positions, values, strict=True):
        changed[position] = value
    return changed


def backward(case: Case, problem: Problem) -> tuple[Tensor, list[Tensor], Any]:
    """Result, leaves and upstream gradient of one forward and one backward pass."""
    operands, parameters = problem
    positions = differentiable(operands)
    leaves = [Tensor(operands[i]) for i in positions]
    y = case.call(*put(operands, positions, leaves), **parameters)
    seed = weights(y.shape)
    y.backward(seed)
    return y, leaves, seed


def test_table_has_every_operation():
    own = {name for name, operation in REGISTRY.items() if operation.__module__.startswith("backprop.")}
    assert set(CASES) == own


@every_operation
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_value(case: Case, data: st.DataObject):
    operands, parameters = data.draw(case.problems)
    expected = np.asarray(case.reference(*operands, **parameters))
    y, _, _ = backward(case, (operands, parameters))
    assert y.operation is not None
    for value in (y.value, case.call(*operands, **parameters)):
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
        assert np.shape(value) == expected.shape
        assert not isinstance(value, Tensor)


@every_operation
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_gradient(case: Case, data: st.DataObject):
    operands, parameters = data.draw(case.problems)
    _, leaves, seed = backward(case, (operands, parameters))

    def weighted(*values: Any) -> Any:
        return np.sum(seed * case.call(*values, **parameters))

    for leaf, position in zip(leaves, differentiable(operands), strict=True):
        assert_close(leaf.grad, differences(weighted, operands, position))
        assert type(leaf.grad) is float if isinstance(operands[position], float) else leaf.grad.dtype == np.float64


@every_operation
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_directional_derivative(case: Case, data: st.DataObject):
    operands, parameters = data.draw(case.problems)
    positions = differentiable(operands)
    points = [operands[i] for i in positions]
    directions = [weights(np.shape(x)) for x in points]

    def function(*values: Any) -> Any:
        return case.call(*put(operands, positions, values), **parameters)

    y, tangent = jvp(function, points, directions)
    np.testing.assert_array_equal(y, function(*points))
    step = 1e-4
    ends = [function(*(x + t * step * v for x, v in zip(points, directions, strict=True))) for t in (2, 1, -1, -2)]
    assert_close(tangent, (8 * (ends[1] - ends[2]) - (ends[0] - ends[3])) / (12 * step))


@every_operation
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_second_derivative(case: Case, data: st.DataObject):
    """The gradient of (gradient times a fixed direction) against differences of the same number."""
    operands, parameters = data.draw(case.problems)
    positions = differentiable(operands)
    points = [operands[i] for i in positions]
    shape = np.shape(case.call(*operands, **parameters))

    def output(*values: Any) -> Any:
        return sum_(multiply(weights(shape), case.call(*put(operands, positions, values), **parameters)))

    def slope(*values: Any) -> Any:
        gradients = grad(output, tuple(range(len(points))))(*values)
        total = 0.0
        for gradient, x in zip(gradients, points, strict=True):
            total = total + sum_(multiply(weights(np.shape(x)), gradient))
        return total

    for position, second in enumerate(grad(slope, tuple(range(len(points))))(*points)):
        assert_close(second, differences(slope, points, position))


@every_operation
@settings(max_examples=10)
@given(data=st.data())
def test_precision(case: Case, data: st.DataObject):
    """float32 stays float32; with operands of two precisions, each gradient has that of its operand."""
    operands, parameters = data.draw(case.problems)
    positions = differentiable(operands)
    if "dtype" in parameters:
        parameters["dtype"] = np.float32
    single = put(operands, positions, [np.asarray(operands[i], np.float32) for i in positions])
    y, leaves, _ = backward(case, (single, parameters))
    assert y.dtype == np.float32
    assert [leaf.grad.dtype for leaf in leaves] == [np.float32] * len(leaves)
    mixed = put(single, positions[1:], [np.asarray(operands[i], np.float64) for i in positions[1:]])
    y, leaves, _ = backward(case, (mixed, parameters))
    assert y.dtype == (np.float64 if leaves[1:] else np.float32)
    assert [leaf.grad.dtype for leaf in leaves] == [np.float32, *[np.float64] * len(leaves[1:])]
    double = put(mixed, positions, [np.asarray(mixed[i], np.float64) for i in positions])
    _, exact, _ = backward(case, (double, parameters))
    for rough, fine in zip(leaves, exact, strict=True):
        assert_close(rough.grad, fine.grad, tolerance=1e-3)


ELEMENTWISE = [name for name, operation in REGISTRY.items() if operation.local_latex and name != "where"]


@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=10)
@given(data=st.data())
def test_python_floats_stay(name: str, data: st.DataObject):
    case = CASES[name]
    operands, parameters = data.draw(case.problems.filter(lambda problem: all(np.size(x) for x in problem[0])))
    scalars = [float(np.ravel(x)[0]) for x in operands]
    y, leaves, _ = backward(case, (scalars, parameters))
    assert type(y.value) is float
    assert [type(leaf.grad) for leaf in leaves] == [float] * len(leaves)
    assert type(case.call(*scalars, **parameters)) is float
    arrays, of_arrays, _ = backward(case, ([np.array([x]) for x in scalars], parameters))
    np.testing.assert_allclose(y.value, arrays.value[0], rtol=1e-14, atol=1e-15)
    for leaf, entry in zip(leaves, of_arrays, strict=True):
        np.testing.assert_allclose(leaf.grad / weights(()), entry.grad[0] / weights((1,))[0], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("operation", REGISTRY.values(), ids=REGISTRY.keys())
def test_notation(operation: type[Operation]):
    """Every placeholder of a template can be filled, and every operand that gets a gradient has its template."""
    parameters = set(getattr(operation, "__dataclass_fields__", ()))
    operands = set(operation.arguments)
    known = operands | parameters
    for template, names in [
        (operation.latex, known),
        (operation.definition, known),
        *((template, known) for where, taken in operation.conventions.items() for template in (where, *taken.values())),
        *((template, known | {"y"}) for template in operation.local_latex.values()),
        *((template, known | {"y", "g", "x"}) for template in operation.vjp_latex.values()),
    ]:
        filled = fill(template, dict.fromkeys(names, "0"))
        assert not re.search(r"<\w+>", filled)
        assert filled.count("{") == filled.count("}")
    receiving = {a for a, vjp in zip(operation.arguments, operation.vjps, strict=True) if vjp is not None}
    notation = operation.local_latex or operation.vjp_latex
    assert not (operation.local_latex and operation.vjp_latex)
    assert {operand for taken in operation.conventions.values() for operand in taken} <= set(operation.local_latex)
    assert set(notation) == (receiving if operation.arguments else {"x"})
    assert operation.name
    assert operation.symbol
    assert operation.domain
    assert operation.__doc__
    assert operation.precedence in (1, 2, 3, 4)


def test_fill_refuses_unknown_placeholder():
    with pytest.raises(KeyError, match="b"):
        fill("<a> + <b>", {"a": 1})


def test_argument_names():
    assert REGISTRY["multiply"]().argument_names(2) == ("a", "b")
    assert REGISTRY["stack"]().argument_names(3) == ("x0", "x1", "x2")


def test_parameters_and_repr():
    clip = REGISTRY["clip"](0.0, 1.0)
    assert clip.parameters() == {"low": 0.0, "high": 1.0}
    assert repr(clip) == "clip(low=0.0, high=1.0)"
    assert repr(REGISTRY["sin"]()) == "sin"


def test_abstract_operation_has_no_forward():
    with pytest.raises(NotImplementedError):
        Operation().forward(1.0)


def test_tensor_is_no_parameter():
    refuse_tensors("elu", alpha=1.0)
    with pytest.raises(TypeError, match="elu: alpha is a parameter"):
        refuse_tensors("elu", alpha=Tensor(1.0))
