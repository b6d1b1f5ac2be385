"""How an estimator is trained: again, further, with early stopping, and what it tells about it."""

import pickle
import warnings

import numpy as np
import pytest
from frameworks import framework
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from backprop import InPlaceError, nn
from backprop.sklearn import MLPClassifier, MLPRegressor
from backprop.training import AdamW, DivergenceError, RMSProp

X, Y = load_iris(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def weights(model):
    return np.concatenate([a.ravel() for a in (*model.coefs_, *model.intercepts_)])


def test_it_warns_when_the_epochs_were_too_few_at_the_place_of_the_call():
    with pytest.warns(ConvergenceWarning, match="max_iter=3 epochs") as caught:
        MLPClassifier((8,), max_iter=3, random_state=0).fit(X, Y)
    assert caught[0].filename == __file__


def test_it_stops_when_nothing_improves_and_does_not_warn():
    with warnings.catch_warnings(action="error"):
        model = MLPClassifier((8,), tol=10.0, n_iter_no_change=4, random_state=0).fit(X, Y)
    assert model.n_iter_ == 1 + 4
    assert len(model.loss_curve_) == 5


@quiet
def test_the_last_weights_are_kept_without_early_stopping():
    model = MLPClassifier((8,), max_iter=6, random_state=0).fit(X, Y)
    assert model.history_.restored_epoch is None
    assert model.validation_scores_ is None
    assert model.validation_loss_curve_ is None
    assert model.best_validation_score_ is None
    assert model.loss_ == model.loss_curve_[-1]
    assert model.best_loss_ == min(model.loss_curve_)
    assert model.t_ == 6 * len(X)


@quiet
def test_early_stopping_ends_with_the_best_weights():
    model = MLPClassifier(
        (32,), early_stopping=True, learning_rate_init=0.03, validation_fraction=0.3, n_iter_no_change=6, random_state=3
    ).fit(X, Y)
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == len(model.loss_curve_) == model.n_iter_
    assert model.best_validation_score_ == max(model.validation_scores_) > 0.9
    best = model.validation_scores_.index(model.best_validation_score_) + 1
    assert best < model.n_iter_
    assert model.history_.restored_epoch == best
    assert model.t_ == model.n_iter_ * 105
    shorter = MLPClassifier(**{**model.get_params(), "max_iter": best}).fit(X, Y)
    np.testing.assert_array_equal(weights(shorter), weights(model))


def test_held_out_examples_come_from_each_class_alike():
    model = MLPClassifier(validation_fraction=0.2)
    targets = np.repeat([0, 1, 2], [60, 30, 10])
    _, (_, held_out) = model._hold_out(np.zeros((100, 1)), targets, seed=5)
    assert np.bincount(held_out).tolist() == [12, 6, 2]


def test_too_few_examples_to_hold_any_out():
    with pytest.raises(ValueError, match=r"would judge by 1 example, validation_fraction=0\.1 of 10"):
        MLPRegressor(early_stopping=True).fit(X[:10], X[:10, 0])


@quiet
@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_the_same_seed_gives_the_same_bits(cls):
    first, second, other = (cls((8,), max_iter=5, random_state=s).fit(X, Y) for s in (4, 4, 5))
    np.testing.assert_array_equal(weights(first), weights(second))
    assert not np.array_equal(weights(first), weights(other))


@quiet
def test_a_random_state_object_is_drawn_from():
    state = np.random.RandomState(0)
    first, second = (MLPClassifier((8,), max_iter=2, random_state=state).fit(X, Y) for _ in range(2))
    assert not np.array_equal(weights(first), weights(second))
    np.random.seed(1)  # noqa: NPY002 (what random_state=None draws from)
    third = MLPClassifier((8,), max_iter=2).fit(X, Y)
    np.random.seed(1)  # noqa: NPY002
    np.testing.assert_array_equal(weights(third), weights(MLPClassifier((8,), max_iter=2).fit(X, Y)))


@quiet
def test_fit_begins_anew_unless_warm():
    cold = MLPClassifier((8,), max_iter=3, random_state=0)
    np.testing.assert_array_equal(weights(cold.fit(X, Y)), weights(cold.fit(X, Y)))
    assert len(cold.loss_curve_) == 3
    warm = MLPClassifier((8,), max_iter=3, random_state=0, warm_start=True).fit(X, Y)
    model = warm.model_
    assert warm.fit(X, Y).model_ is model
    assert len(warm.loss_curve_) == 6
    assert warm.n_iter_ == 3
    assert warm.t_ == 6 * len(X)
    assert warm.loss_curve_[3] < warm.loss_curve_[2]


@quiet
def test_a_warm_start_refuses_what_the_network_cannot_do():
    model = MLPClassifier((8,), max_iter=2, warm_start=True).fit(X, Y)
    with pytest.raises(ValueError, match=r"classes \[2 3\].* knows the classes \[0 1 2\]"):
        model.fit(X[:10], [2, 3] * 5)
    with pytest.raises(ValueError, match=r"\(\(4, 8, 3\), 'relu'\), and \(\(4, 9, 3\), 'relu'\) are asked for"):
        model.set_params(hidden_layer_sizes=(9,)).fit(X, Y)
    with pytest.raises(ValueError, match=r"\(\(4, 8, 3\), 'elu'\) are asked for"):
        model.set_params(hidden_layer_sizes=8, activation="elu").fit(X, Y)
    model.set_params(activation="relu").fit(X, Y)
    with pytest.raises(ValueError, match="X has 3 features"):
        model.fit(X[:, :3], Y)
    regressor = MLPRegressor((8,), max_iter=2, warm_start=True).fit(X, X)
    with pytest.raises(ValueError, match="y has 1 columns, and the network 4 outputs"):
        regressor.fit(X, Y)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_calls_of_partial_fit_are_the_epochs_of_fit(solver):
    """The optimizer goes on where it was: without shuffling, the same weights as `fit`, bit for bit."""
    settings = {"solver": solver, "shuffle": False, "learning_rate_init": 0.01, "random_state": 0, "max_iter": 4}
    settings |= {"hidden_layer_sizes": (8,), "batch_size": 32}
    with pytest.warns(ConvergenceWarning):
        whole = MLPClassifier(**settings).fit(X, Y)
    parts = MLPClassifier(**settings)
    for _ in range(4):
        assert parts.partial_fit(X, Y, classes=[0, 1, 2]) is parts
    np.testing.assert_array_equal(weights(parts), weights(whole))
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.t_ == whole.t_
    assert parts.n_iter_ == 1


def test_partial_fit_of_a_regressor_and_through_a_pickle():
    settings = {"shuffle": False, "random_state": 0}
    straight, stored = MLPRegressor((8,), **settings), MLPRegressor((8,), **settings)
    for _ in range(3):
        straight.partial_fit(X, Y)
        stored = pickle.loads(pickle.dumps(stored)).partial_fit(X, Y)
    np.testing.assert_array_equal(weights(straight), weights(stored))


def test_partial_fit_takes_a_new_learning_rate():
    model = MLPRegressor((8,), random_state=0, solver="sgd").partial_fit(X, Y)
    before = weights(model)
    model.set_params(learning_rate_init=1e-300, momentum=0.9).partial_fit(X, Y)
    moved = np.abs(weights(model) - before).max()
    assert moved < 1e-100


def test_partial_fit_knows_classes_that_come_later():
    model = MLPClassifier((16,), learning_rate_init=0.02, random_state=0)
    with pytest.raises(ValueError, match="give classes in the first call"):
        model.partial_fit(X, Y)
    for _ in range(60):
        for kind in ([0, 1], [1, 2], [0, 2]):
            chosen = np.isin(Y, kind)
            model.partial_fit(X[chosen], Y[chosen], classes=[2, 1, 0])
    assert model.score(X, Y) > 0.9
    model.partial_fit(X[:5], Y[:5])
    with pytest.raises(ValueError, match="classes are"):
        model.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(ValueError, match="knows the classes"):
        model.partial_fit(X[:2], [0, 7])
    with pytest.raises(ValueError, match="several labels"):
        model.partial_fit(X[:2], [[0, 1], [1, 1]])


def test_partial_fit_of_several_labels_needs_no_classes():
    labels = np.column_stack([Y == 0, Y == 1]).astype(int)
    model = MLPClassifier((8,), random_state=0).partial_fit(X, labels).partial_fit(X, labels)
    assert model.predict(X).shape == labels.shape


def test_partial_fit_holds_nothing_out():
    with pytest.raises(ValueError, match="partial_fit holds no examples out"):
        MLPRegressor(early_stopping=True).partial_fit(X, Y)


@quiet
@pytest.mark.parametrize("solver", [AdamW(learning_rate=0.02), RMSProp(learning_rate=0.01)], ids=str)
def test_an_optimizer_of_ones_own_is_not_changed(solver):
    before = repr(solver)
    model = MLPClassifier((16,), solver=solver, random_state=0).fit(X, Y)
    assert model.score(X, Y) > 0.95
    assert model.solver is solver
    assert repr(solver) == before
    assert solver.steps == 0
    again = clone(model).fit(X, Y)
    np.testing.assert_array_equal(weights(again), weights(model))


@quiet
def test_alpha_is_divided_by_the_batch_size():
    settings = {"solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.1, "batch_size": len(X), "random_state": 0}
    free, held = (MLPClassifier((16,), alpha=a, max_iter=1, **settings).fit(X, Y) for a in (0.0, 30.0))
    start = MLPClassifier((16,), max_iter=1, **{**settings, "learning_rate_init": 1e-300}).fit(X, Y)
    np.testing.assert_allclose(weights(free) - weights(held), 0.1 * 30 / 150 * weights(start), atol=1e-14)


@quiet
def test_fitted_attributes():
    model = MLPClassifier((8, 5), activation="elu", max_iter=2, random_state=0).fit(X, Y)
    assert isinstance(model.model_, nn.MLP)
    assert [a.shape for a in model.coefs_] == [(4, 8), (8, 5), (5, 3)]
    assert [a.shape for a in model.intercepts_] == [(8,), (5,), (3,)]
    assert model.n_layers_ == 4
    assert model.n_features_in_ == 4
    assert model.history_.loss == model.loss_curve_
    assert "plan" in model.history_.plan
    with pytest.raises(InPlaceError):
        model.coefs_[0][0, 0] = 1


@quiet
def test_a_pickle_predicts_the_same_and_is_not_much_larger_than_the_weights():
    model = MLPClassifier((400,), max_iter=2, random_state=0).fit(X, Y)
    stored = pickle.dumps(model)
    np.testing.assert_array_equal(pickle.loads(stored).predict_proba(X), model.predict_proba(X))
    assert len(stored) < weights(model).nbytes + 6000


@quiet
def test_verbose_prints_a_line_an_epoch(capsys):
    MLPClassifier((8,), max_iter=3, verbose=True, random_state=0).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 2", "epoch 3"]
    MLPClassifier((8,), max_iter=1, verbose=2, early_stopping=True, random_state=0).fit(X, Y)
    assert "validation accuracy" in capsys.readouterr().out
    MLPClassifier((8,), max_iter=1, random_state=0).fit(X, Y)
    assert capsys.readouterr().out == ""


def test_divergence_is_said():
    with pytest.raises(DivergenceError, match="epoch"):
        MLPRegressor((8,), solver="sgd", learning_rate_init=1e6, random_state=0).fit(X * 1e3, Y * 1e3)


@quiet
def test_pipeline_search_and_cross_validation():
    x = X * 100 + 7
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((16,), max_iter=80, random_state=0))
    grid = {"mlpclassifier__learning_rate_init": [1e-5, 0.02], "mlpclassifier__solver": ["adam", RMSProp()]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(x, Y)
    assert (
        search.best_params_["mlpclassifier__learning_rate_init"] == 0.02
        or search.best_params_["mlpclassifier__solver"] != "adam"
    )
    assert search.best_score_ > 0.93
    scores = cross_val_score(pipeline.set_params(mlpclassifier__learning_rate_init=0.02), x, Y, cv=3)
    assert scores.min() > 0.9


@quiet
def test_two_processes_search():
    search = GridSearchCV(
        MLPRegressor(max_iter=5, random_state=0), {"hidden_layer_sizes": [(4,), (8, 8)]}, n_jobs=2, cv=2
    )
    assert np.isfinite(search.fit(X, Y).cv_results_["mean_test_score"]).all()


@quiet
def test_names_of_columns():
    pandas = framework("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    model = MLPClassifier((8,), max_iter=2).fit(frame, Y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[["b", "a", "c", "d"]])
