"""The public names of `backprop.nn`: all documented, and nothing else; and what importing it takes."""

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

from backprop import nn


def test_names_are_unique_and_complete():
    assert len(nn.__all__) == len(set(nn.__all__))
    public = {n for n, thing in vars(nn).items() if not n.startswith("_") and not isinstance(thing, ModuleType)}
    assert public == set(nn.__all__)


@pytest.mark.parametrize("name", [n for n in nn.__all__ if not n.isupper() or n in ("ELU", "GELU", "MLP")])
def test_name_is_documented(name):
    thing = getattr(nn, name)
    assert len(thing.__doc__.split()) >= 3
    for member, value in vars(thing).items() if inspect.isclass(thing) else ():
        if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{member}"


def test_errors_are_built_in_errors_too():
    assert issubclass(nn.StateError, ValueError)
    assert issubclass(nn.TargetError, ValueError)


def test_importing_it_takes_nothing_but_numpy():
    program = "import sys, backprop; before = set(sys.modules); import backprop.nn; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert loaded
    assert [name for name in loaded if not name.startswith("backprop.nn")] == []
