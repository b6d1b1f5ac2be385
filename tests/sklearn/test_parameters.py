"""Parameters: every one has a rule, and is refused by `fit` with its name, its value and what it may be."""

import numpy as np
import pytest

from backprop.sklearn import MLPClassifier, MLPRegressor
from backprop.sklearn.parameters import ACTIVATIONS, RULES, check_parameters, hidden_sizes
from backprop.training import RMSProp

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = [0, 0, 1, 1]

WRONG = [
    ("hidden_layer_sizes", 0),
    ("hidden_layer_sizes", (4, -1)),
    ("hidden_layer_sizes", (4.5,)),
    ("hidden_layer_sizes", True),
    ("hidden_layer_sizes", "64"),
    ("hidden_layer_sizes", None),
    ("activation", "swish"),
    ("activation", "softmax"),
    ("activation", ["relu"]),
    ("solver", "lbfgs"),
    ("solver", RMSProp),
    ("alpha", -1e-3),
    ("alpha", np.nan),
    ("alpha", "0"),
    ("batch_size", 0),
    ("batch_size", "all"),
    ("batch_size", 2.5),
    ("learning_rate_init", 0.0),
    ("learning_rate_init", np.inf),
    ("max_iter", 0),
    ("max_iter", True),
    ("shuffle", 1),
    ("random_state", "seed"),
    ("random_state", -1),
    ("tol", -1.0),
    ("verbose", "yes"),
    ("warm_start", None),
    ("momentum", 1.0),
    ("nesterovs_momentum", "no"),
    ("early_stopping", 0),
    ("validation_fraction", 0.0),
    ("validation_fraction", 1.0),
    ("beta_1", 1.0),
    ("beta_2", -0.1),
    ("epsilon", 0.0),
    ("n_iter_no_change", 0),
    ("n_iter_no_change", 1.5),
]

RIGHT = [
    ("hidden_layer_sizes", ()),
    ("hidden_layer_sizes", 4),
    ("hidden_layer_sizes", [4, 3]),
    ("hidden_layer_sizes", np.array([4, 3])),
    ("hidden_layer_sizes", np.int64(4)),
    *(("activation", name) for name in ACTIVATIONS),
    ("solver", "sgd"),
    ("solver", RMSProp(0.01)),
    ("alpha", 0),
    ("batch_size", np.int32(2)),
    ("batch_size", 1000),
    ("random_state", np.random.RandomState(0)),
    ("random_state", None),
    ("shuffle", np.False_),
    ("n_iter_no_change", np.inf),
    ("momentum", 0),
    ("verbose", 0),
]


@pytest.mark.parametrize("estimator", [MLPClassifier, MLPRegressor])
def test_every_parameter_has_a_rule_and_its_default_obeys(estimator):
    assert set(estimator().get_params()) == set(RULES)
    check_parameters(estimator.__name__, estimator().get_params(), RULES)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_value_is_refused_by_fit_and_not_before(name, value):
    model = MLPClassifier().set_params(**{name: value})
    with pytest.raises(ValueError, match=rf"^MLPClassifier: {name} must be .*, and is ") as caught:
        model.fit(X, Y)
    assert str(caught.value).endswith(repr(value))
    assert not hasattr(model, "model_")


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_right_value_is_accepted(name, value):
    settings = {"hidden_layer_sizes": (3,), "max_iter": 2, "tol": 1e9, "n_iter_no_change": 1, "random_state": 0}
    model = MLPClassifier(**{**settings, name: value})
    if value is np.inf:
        model.set_params(max_iter=3)
        with pytest.warns(match="still improving"):
            model.fit(X, Y)
        assert model.n_iter_ == 3
    else:
        assert set(model.fit(X, Y).predict(X)) <= {0, 1}


def test_every_wrong_case_names_a_parameter_and_all_are_tried():
    assert {name for name, _ in WRONG} == set(RULES)


@pytest.mark.parametrize(("value", "sizes"), [(7, (7,)), ((), ()), (np.array([2, 3]), (2, 3)), ([np.int8(5)], (5,))])
def test_hidden_sizes(value, sizes):
    assert hidden_sizes(value) == sizes
