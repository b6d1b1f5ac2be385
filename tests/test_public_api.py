"""The public names: all documented, and nothing else."""

import inspect
from types import ModuleType

import numpy as np
import pytest

import backprop
from backprop import Tensor, operations
from backprop.operations import REGISTRY, Operation

NOT_EXPORTED = {"REGISTRY", "Operation", "astype", "getitem", "max_", "min_", "reciprocal", "sum_", "sum_to"}
"""Operations that are reached through `Tensor`, NumPy's functions or VJPs only; and through layers, below."""
NOT_EXPORTED |= {"affine_relu", "affine_sigmoid", "affine_tanh"}


def test_names_are_sorted_and_unique():
    assert backprop.__all__ == sorted(set(backprop.__all__))


@pytest.mark.parametrize("name", backprop.__all__)
def test_name_is_documented(name):
    thing = getattr(backprop, name)
    own = type(thing).__doc__ if isinstance(thing, Operation) else thing.__doc__
    assert own
    assert len(own.split()) >= 1
    assert not own.startswith(("Operation(", "Built-in"))


def test_nothing_public_is_left_out():
    public = {n for n, thing in vars(backprop).items() if not n.startswith("_") and not isinstance(thing, ModuleType)}
    assert public == set(backprop.__all__)


def test_every_operation_is_exported_or_reached_otherwise():
    assert set(operations.__all__) - NOT_EXPORTED <= set(backprop.__all__)
    assert not NOT_EXPORTED & set(backprop.__all__)


def test_public_members_of_a_tensor_are_documented():
    for name, member in inspect.getmembers(Tensor):
        if not name.startswith("_") and name not in ("grad", "name", "operation"):
            assert inspect.getdoc(member), name


def test_errors_are_built_in_errors_too():
    assert issubclass(backprop.ShapeError, ValueError)
    assert issubclass(backprop.GraphError, RuntimeError)
    assert issubclass(backprop.InPlaceError, backprop.GraphError)
    assert issubclass(backprop.GradientError, backprop.GraphError)


def test_operations_of_plain_values_are_plain():
    """The functions also serve without tensors, at NumPy's speed."""
    for value in (0.5, np.array([0.5, 0.25])):
        assert not isinstance(backprop.tanh(value), Tensor)
        assert not isinstance(backprop.relu(value), Tensor)
    assert backprop.add(1, 2) == 3


def test_registry_is_keyed_by_name():
    assert all(operation.name == name for name, operation in REGISTRY.items())
