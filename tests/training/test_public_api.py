"""The public names of `backprop.training`: all documented, sorted, and nothing left out by mistake."""

import subprocess
import sys
from types import ModuleType

import pytest

from backprop import training


def test_nothing_public_is_left_out():
    public = {n for n, thing in vars(training).items() if not n.startswith("_") and not isinstance(thing, ModuleType)}
    assert public == set(training.__all__)
    assert len(public) == len(training.__all__)


@pytest.mark.parametrize("name", training.__all__)
def test_name_is_documented(name):
    assert len(getattr(training, name).__doc__.split()) > 3


def test_importing_the_package_does_not_import_training():
    code = (
        "import sys, backprop; "
        "assert not [m for m in sys.modules if m.startswith(('backprop.training', 'backprop.nn'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_optional_or_slow_is_imported_when_it_is_needed():
    code = (
        "import sys, numpy, backprop.training; found = {m.partition('.')[0] for m in sys.modules}; "
        "assert not found & {'dask', 'distributed', 'jax', 'matplotlib', 'sklearn', 'torch', 'tqdm'}, found; "
        "assert not [m for m in sys.modules if m.startswith('backprop.explain')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
