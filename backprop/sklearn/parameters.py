"""What values the parameters of the estimators may have: checked when they are fitted, as scikit-learn asks."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state  # type: ignore[import-untyped]

from ..nn import activations as nn
from ..training import Optimizer

ACTIVATIONS = {name: name for name in nn.ACTIVATIONS if name != "softmax"} | {"logistic": "sigmoid"}
"""Our name of each activation that hidden layers may have; `logistic` is scikit-learn's name of one."""


class Rule(NamedTuple):
    """The values that a parameter may have, and how to say so."""

    allows: Callable[[Any], bool]
    words: str


def check_parameters(name: str, parameters: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    """Refuse the first parameter whose value its rule does not allow.

    Args:
        name: of the estimator, for the message.
        parameters: values by name, from `get_params`.
        rules: by name of parameter.

    Raises:
        ValueError: says the parameter, its value and what it may be.

    >>> check_parameters("MLPClassifier", {"momentum": 1.5}, RULES)
    Traceback (most recent call last):
    ...
    ValueError: MLPClassifier: momentum must be a number ≥ 0 and < 1, and is 1.5

    """
    for parameter, value in parameters.items():
        if not rules[parameter].allows(value):
            raise ValueError(f"{name}: {parameter} must be {rules[parameter].words}, and is {value!r}")


def hidden_sizes(value: Any) -> tuple[int, ...]:
    """Widths of the hidden layers, from one number or a sequence of them."""
    return (int(value),) if isinstance(value, Integral) else tuple(int(size) for size in value)


def _is_sizes(value: Any) -> bool:
    sizes = [value] if isinstance(value, Integral) else value
    try:
        return all(_is_count(size) for size in sizes)
    except TypeError:
        return False


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_seed(value: Any) -> bool:
    try:
        check_random_state(value)
    except ValueError:
        return False
    return True


def _number(words: str, within: Callable[[float], bool]) -> Rule:
    return Rule(lambda value: isinstance(value, Real) and not _is_flag(value) and within(float(value)), words)


def _one_of(*names: str) -> Rule:
    return Rule(lambda value: isinstance(value, str) and value in names, "one of " + ", ".join(map(repr, names)))


_POSITIVE = _number("a number > 0", lambda value: 0 < value < np.inf)
_NOT_NEGATIVE = _number("a number ≥ 0", lambda value: 0 <= value < np.inf)
_BELOW_ONE = _number("a number ≥ 0 and < 1", lambda value: 0 <= value < 1)
_FLAG = Rule(_is_flag, "True or False")
_COUNT = Rule(_is_count, "an integer ≥ 1")

RULES = {
    "hidden_layer_sizes": Rule(_is_sizes, "an integer ≥ 1, or a sequence of them"),
    "activation": _one_of(*ACTIVATIONS),
    "solver": Rule(
        lambda value: isinstance(value, Optimizer) or (isinstance(value, str) and value in ("adam", "sgd")),
        "'adam', 'sgd' or an optimizer of backprop.training",
    ),
    "alpha": _NOT_NEGATIVE,
    "batch_size": Rule(lambda value: value == "auto" or _is_count(value), "'auto' or an integer ≥ 1"),
    "learning_rate_init": _POSITIVE,
    "max_iter": _COUNT,
    "shuffle": _FLAG,
    "random_state": Rule(_is_seed, "None, an integer ≥ 0 or a numpy.random.RandomState"),
    "tol": _NOT_NEGATIVE,
    "verbose": Rule(lambda value: _is_flag(value) or isinstance(value, Integral), "True, False or an integer"),
    "warm_start": _FLAG,
    "momentum": _BELOW_ONE,
    "nesterovs_momentum": _FLAG,
    "early_stopping": _FLAG,
    "validation_fraction": _number("a number > 0 and < 1", lambda value: 0 < value < 1),
    "beta_1": _BELOW_ONE,
    "beta_2": _BELOW_ONE,
    "epsilon": _POSITIVE,
    "n_iter_no_change": Rule(lambda value: value == np.inf or _is_count(value), "an integer ≥ 1, or infinity"),
}
