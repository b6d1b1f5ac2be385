"""scikit-learn is optional: without it the message says what to install."""

import re
import subprocess
import sys

import pytest

import backprop.sklearn as package

WITHOUT = """
import sys
sys.modules["sklearn"] = None
import backprop, backprop.nn, backprop.training
try:
    import backprop.sklearn
except ImportError as error:
    print(error)
"""


def test_message_without_scikit_learn():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert 'pip install "backprop-tutorial[sklearn]"' in done.stdout


def test_nothing_else_imports_scikit_learn():
    code = "import sys, backprop.nn, backprop.training; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_public_names():
    assert package.__all__ == ["MLPClassifier", "MLPRegressor", "MultilayerPerceptron"]
    public = {name for name, thing in vars(package).items() if isinstance(thing, type)}
    assert public == set(package.__all__)
    assert all(getattr(package, name).__doc__ for name in public)


def test_parameters_and_attributes_are_documented_and_no_others():
    documented = set(re.findall(r"^        (\w+): ", package.MultilayerPerceptron.__doc__, re.MULTILINE))
    model = package.MLPClassifier((2,), max_iter=1, tol=9.0, n_iter_no_change=1, early_stopping=True)
    with pytest.warns(match="still improving"):
        model.fit([[0.0], [1.0]] * 20, [0, 1] * 20)
    fitted = {name for name in vars(model) if not name.startswith("_")} | {"feature_names_in_"}
    assert documented == fitted - {"classes_"}
