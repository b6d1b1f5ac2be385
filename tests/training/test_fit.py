"""`fit` as a whole: against training written by hand, repeated, with each of its options, and with wrong ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import Tensor, datasets, nn, no_grad
from backprop.training import (
    SGD,
    Adam,
    Callback,
    CosineDecay,
    DataError,
    EarlyStopping,
    History,
    OneCycle,
    ReduceOnPlateau,
    StopAfter,
    fit,
)
from backprop.training.fit import _described


def points(count=70, seed=0):
    return datasets.moons(count, noise=0.1, seed=seed)


def network(sizes=(2, 8, 2), seed=3, **options):
    return nn.MLP(sizes, activation="tanh", seed=seed, **options)


def same_bits(model, other):
    ours, theirs = model.state_dict(), other.state_dict()
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[name], theirs[name]) for name in ours)


def softmax_step(w, x, y):
    """Loss and gradients of a network 2-8-2 with tanh, by hand."""
    first, shift, second, bias = w
    h = np.tanh(x @ first + shift)
    z = h @ second + bias
    z = z - z.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    p /= len(y)
    d = (p @ second.T) * (1 - h * h)
    return loss, [x.T @ d, d.sum(0), h.T @ p, p.sum(0)]


def by_hand(w, x, y, epochs, size, seed, update):
    rng, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        order, total = rng.permutation(len(x)), 0.0
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            loss, gradients = softmax_step(w, x[rows], y[rows])
            total += loss * len(rows)
            update(w, gradients)
        losses.append(total / len(x))
    return losses


def sgd(rate):
    def update(w, gradients):
        for value, gradient in zip(w, gradients, strict=True):
            value -= rate * gradient

    return update


def adam(rate):
    means, squares, steps = {}, {}, [0]

    def update(w, gradients):
        steps[0] += 1
        for i, (value, g) in enumerate(zip(w, gradients, strict=True)):
            means[i] = 0.9 * means.get(i, 0) + 0.1 * g
            squares[i] = 0.999 * squares.get(i, 0) + 0.001 * g * g
            corrected = squares[i] / (1 - 0.999 ** steps[0])
            value -= rate * means[i] / (1 - 0.9 ** steps[0]) / (np.sqrt(corrected) + 1e-8)

    return update


class TestAgainstHandWrittenNumPy:
    @pytest.mark.parametrize("plan", [False, True])
    @pytest.mark.parametrize(("optimizer", "rate", "update"), [("sgd", 0.3, sgd), ("adam", 0.01, adam)])
    def test_same_losses_and_weights(self, optimizer, rate, update, plan):
        x, y = points()
        model = network()
        w = [p.value.copy() for p in model.parameters()]
        expected = by_hand(w, x, y, epochs=6, size=16, seed=5, update=update(rate))
        history = fit(
            model, (x, y), epochs=6, batch_size=16, seed=5, optimizer=optimizer, learning_rate=rate, plan=plan
        )
        np.testing.assert_allclose(history.loss, expected, rtol=1e-12, atol=0)
        for parameter, value in zip(model.parameters(), w, strict=True):
            np.testing.assert_allclose(parameter.value, value, rtol=1e-11, atol=1e-13)

    def test_validation_loss_is_that_of_the_weights_after_the_epoch(self):
        model, held_out = network(), points(33, seed=9)
        history = fit(model, points(), validation=held_out, epochs=3, metrics=["accuracy"])
        outputs = model.predict(held_out[0])
        assert history.validation_loss[-1] == pytest.approx(float(nn.CrossEntropy()(outputs, held_out[1])), abs=1e-14)
        assert history.validation_metrics["accuracy"][-1] == np.mean(outputs.argmax(1) == held_out[1])
        assert history.metrics["accuracy"][-1] == np.mean(model.predict(points()[0]).argmax(1) == points()[1])

    def test_loss_of_an_epoch_weighs_the_classes(self):
        """With a learning rate of 0 the mean over the batches is the loss of all the examples, whatever the batches."""
        x, y = points(50)
        for loss in (nn.CrossEntropy(class_weights=(1, 9)), nn.CrossEntropy(label_smoothing=0.1)):
            model = network()
            history = fit(model, (x, y), loss=loss, epochs=1, batch_size=7, optimizer=SGD(0.0))
            assert history.loss[0] == pytest.approx(float(loss(model.predict(x), y)), rel=1e-13)

    def test_gradient_norm_is_measured_before_clipping(self):
        x, y = points(20)
        model = network()
        _, gradients = softmax_step([p.value for p in model.parameters()], x, y)
        norm = np.sqrt(sum(np.sum(g * g) for g in gradients))
        history = fit(model, (x, y), epochs=1, batch_size=20, clip_norm=norm / 10, optimizer="sgd")
        assert history.gradient_norm[0] == pytest.approx(norm, rel=1e-12)


class TestReproducibility:
    @pytest.mark.parametrize("plan", [False, True])
    def test_same_seed_gives_the_same_bits(self, plan):
        runs = [network(dropout=0.2) for _ in range(2)]
        histories = [fit(m, points(), epochs=4, seed=7, validation=0.2, plan=plan) for m in runs]
        assert same_bits(*runs)
        assert histories[0].loss == histories[1].loss
        assert histories[0].validation_loss == histories[1].validation_loss

    def test_another_seed_gives_another_order(self):
        runs = [network(), network()]
        for model, seed in zip(runs, (0, 1), strict=True):
            fit(model, points(), epochs=1, seed=seed)
        assert not same_bits(*runs)

    def test_without_a_seed_every_run_differs(self):
        runs = [network(), network()]
        for model in runs:
            fit(model, points(), epochs=1, seed=None)
        assert not same_bits(*runs)

    def test_without_shuffling_the_seed_does_not_matter(self):
        runs = [network(), network()]
        for model, seed in zip(runs, (0, 1), strict=True):
            fit(model, points(), epochs=2, seed=seed, shuffle=False)
        assert same_bits(*runs)

    def test_the_optimizer_passed_is_not_changed(self):
        optimizer, runs = Adam(0.02), [network(), network()]
        for model in runs:
            fit(model, points(), epochs=2, optimizer=optimizer, schedule="cosine")
        assert same_bits(*runs)
        assert optimizer.learning_rate == 0.02
        assert optimizer.steps == 0

    def test_watching_changes_nothing(self):
        plain, watched = network(dropout=0.1), network(dropout=0.1)
        fit(plain, points(), epochs=4)
        fit(
            watched,
            points(),
            epochs=4,
            validation=points(9, seed=4),
            metrics=["accuracy"],
            early_stopping=EarlyStopping(50, restore_best=False),
            time_limit=1e6,
        )
        assert same_bits(plain, watched)

    @settings(max_examples=15)
    @given(
        count=st.integers(2, 40),
        size=st.integers(1, 50),
        shuffle=st.booleans(),
        seed=st.integers(0, 2**40),
    )
    def test_plan_and_eager_agree(self, count, size, shuffle, seed):
        histories = [
            fit(network(), points(count), epochs=2, batch_size=size, shuffle=shuffle, seed=seed, plan=plan)
            for plan in (False, True)
        ]
        np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-10)


class TestModelAfterwards:
    def test_it_is_an_ordinary_model_again(self):
        model = network()
        fit(model, points(), epochs=1)
        for parameter in model.parameters():
            assert parameter._value.base is None
        model.parameters()[0].value = np.zeros((2, 8))
        assert not model.state_dict()["layers.0.weight"].any()

    def test_modes_are_as_before(self):
        model = network(dropout=0.5).eval()
        next(m for _, m in model.named_modules() if isinstance(m, nn.Dropout)).training = True
        modes = [m.training for _, m in model.named_modules()]
        fit(model, points(), epochs=1, validation=0.2)
        assert [m.training for _, m in model.named_modules()] == modes

    def test_dropout_is_active_in_an_evaluated_model(self):
        """`fit` trains in training mode, whatever mode it found."""
        runs = [network(dropout=0.5), network(dropout=0.5).eval(), network().eval()]
        for model in runs:
            fit(model, points(), epochs=1)
        assert same_bits(runs[0], runs[1])
        assert not np.array_equal(runs[0].parameters()[0].value, runs[2].parameters()[0].value)

    def test_graphs_from_before_are_refused(self):
        model = network()
        x, y = points()
        loss = nn.CrossEntropy()(model(x), y)
        fit(model, (x, y), epochs=1)
        with pytest.raises(RuntimeError, match="was given a new value"):
            loss.backward()

    def test_it_trains_where_recording_is_off(self):
        with no_grad():
            model = network()
            history = fit(model, points(), epochs=30, learning_rate=0.03, plan=False)
        assert history.loss[-1] < 0.5 * history.loss[0]

    def test_precision_is_kept(self):
        model = network(dtype="float32")
        fit(model, points(), epochs=1, clip_norm=1.0, early_stopping=3)
        assert {p.dtype for p in model.parameters()} == {np.dtype("float32")}


class Scale(nn.Module):
    """One number to learn."""

    def __init__(self):
        self.factor = Tensor(0.1)

    def forward(self, x):
        return x * self.factor


class TestOptions:
    @pytest.mark.parametrize("plan", [False, True])
    def test_a_parameter_that_is_one_number(self, plan):
        x = np.linspace(-1, 1, 20)[:, None]
        model = Scale()
        fit(model, (x, 3 * x), loss="mean_squared_error", epochs=100, optimizer="sgd", learning_rate=0.2, plan=plan)
        assert model.factor.value == pytest.approx(3, abs=1e-6)
        assert type(model.factor.value) is float

    def test_regression_with_targets_in_one_dimension(self):
        x = np.linspace(-1, 1, 64)[:, None]
        history = fit(
            nn.MLP((1, 16, 1), activation="tanh", seed=0),
            (x, np.sin(3 * x[:, 0])),
            loss="mean_squared_error",
            metrics=["r2_score"],
            epochs=400,
            learning_rate=0.02,
        )
        assert history.metrics["r2_score"][-1] > 0.99

    def test_indices_for_a_table(self):
        model = nn.Sequential(nn.Embedding(5, 3, seed=0), nn.Flatten(), nn.Linear(6, 2, seed=1))
        x = np.random.default_rng(0).integers(0, 5, (40, 2))
        history = fit(model, (x, (x[:, 0] > x[:, 1]).astype(int)), epochs=80, learning_rate=0.05, metrics=["accuracy"])
        assert history.metrics["accuracy"][-1] > 0.9

    def test_clipping_bounds_the_step(self):
        for option in ({"clip_norm": 1e-3}, {"clip_value": 1e-3 / np.sqrt(42)}):
            model = network()
            before = np.concatenate([p.value.ravel() for p in model.parameters()])
            fit(model, points(), epochs=1, batch_size=70, optimizer="sgd", learning_rate=1.0, **option)
            moved = np.concatenate([p.value.ravel() for p in model.parameters()]) - before
            assert 0 < np.linalg.norm(moved) <= 1e-3 * (1 + 1e-9)

    def test_weight_decay_and_learning_rate_replace_those_of_the_optimizer(self):
        runs = [network(), network()]
        fit(runs[0], points(), epochs=2, optimizer=SGD(0.5), learning_rate=0.1, weight_decay=0.01)
        fit(runs[1], points(), epochs=2, optimizer=SGD(0.1, weight_decay=0.01))
        assert same_bits(*runs)

    def test_schedule_of_epochs(self):
        history = fit(network(), points(), epochs=4, learning_rate=0.2, schedule=CosineDecay())
        expected = [0.1 * (1 + np.cos(np.pi * epoch / 4)) for epoch in range(4)]
        np.testing.assert_allclose(history.learning_rate, expected, rtol=1e-12)

    def test_schedule_of_steps(self):
        seen = []

        class Rates(Callback):
            def on_batch_end(self, training):
                seen.append(training.optimizer.learning_rate)

        schedule = OneCycle()
        fit(network(), points(), epochs=3, batch_size=16, learning_rate=0.2, schedule=schedule, callbacks=[Rates()])
        assert seen == [schedule.rate(step, 15, 0.2) for step in range(15)]

    def test_schedule_that_hears_the_loss(self):
        schedule = ReduceOnPlateau(patience=0, factor=0.5, threshold=0.0)
        history = fit(network(), points(), epochs=4, optimizer=SGD(1e-300), schedule=schedule, shuffle=False)
        assert history.learning_rate == [1e-300, 1e-300, 5e-301, 2.5e-301]

    def test_fraction_for_validation_has_its_share_of_each_class(self):
        shapes = []

        class Look(Callback):
            def on_start(self, training):
                shapes.append((len(training.examples.x), np.bincount(training.validation.y).tolist()))

        fit(network(), points(100), epochs=1, validation=0.2, callbacks=[Look()])
        assert shapes == [(80, [10, 10])]

    def test_history_says_how_it_was_computed_and_why_it_ended(self):
        assert fit(network(), points(), epochs=1, plan=False).plan == "eager, because plan=False"
        history = fit(network(), points(), epochs=1)
        assert (history.plan, history.stopped_by, history.epochs) == ("captured plan", "epochs", 1)

    def test_a_model_that_no_plan_can_hold_is_trained_eagerly(self):
        class Signs(nn.Module):
            def __init__(self):
                self.inner = network()

            def forward(self, x):
                y = self.inner(x)
                return y if float(y.sum()) > 0 else y * 2.0

        histories = [fit(Signs(), points(), epochs=3, plan=plan) for plan in (False, True)]
        assert histories[0].loss == histories[1].loss
        assert histories[1].plan.startswith("eager, because ")

    def test_every_batch_of_an_epoch_has_all_examples_once(self):
        seen = []

        class Record(nn.Module):
            def __init__(self):
                self.inner = network()

            def forward(self, x):
                if self.training:
                    seen.append(np.array(x))
                return self.inner(x)

        x, y = points(50)
        fit(Record(), (x, y), epochs=1, batch_size=16, plan=False)
        assert [len(batch) for batch in seen] == [16, 16, 16, 2]
        rows = np.concatenate(seen)
        assert not np.array_equal(rows, x)
        np.testing.assert_array_equal(rows[np.lexsort(rows.T)], x[np.lexsort(x.T)])


class TestWrongArguments:
    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"epochs": 0}, ValueError, "epochs is 0; it must be at least 1"),
            ({"epochs": 2.5}, TypeError, "epochs is 2.5; it must be a whole number"),
            ({"batch_size": 0}, ValueError, "batch_size is 0; it must be at least 1"),
            ({"batch_size": True}, TypeError, "batch_size is True; it must be a whole number"),
            ({"checkpoint_every": 0}, ValueError, "checkpoint_every is 0; it must be at least 1"),
            ({"optimizer": "adan"}, ValueError, "there is no optimizer 'adan'; choose from adam, adamw, rmsprop, sgd"),
            ({"optimizer": Adam}, TypeError, r"Adam is a class; pass an optimizer, Adam\(\)"),
            ({"learning_rate": -1}, ValueError, "learning_rate is -1; it must be at least 0"),
            ({"learning_rate": "fast"}, TypeError, "learning_rate is 'fast'; it must be a number"),
            ({"weight_decay": float("nan")}, ValueError, "weight_decay is nan; it must be finite"),
            ({"schedule": "slower"}, ValueError, "there is no schedule 'slower'"),
            ({"loss": "cross"}, ValueError, "no loss is called 'cross'; there are cross_entropy"),
            ({"metrics": [lambda *_: 1, lambda *_: 2]}, ValueError, "two metrics are called '<lambda>'"),
            ({"metrics": [lambda outputs: 1]}, TypeError, r"metric is called with \(outputs, targets\), and <lambda>"),
            ({"metrics": ["acuracy"]}, ValueError, "there is no metric 'acuracy': did you mean 'accuracy'?"),
            ({"metrics": "accuracy"}, TypeError, r"metrics is 'accuracy'; give a list: metrics=\['accuracy'\]"),
            ({"seed": -1}, ValueError, "seed is -1; it must be at least 0"),
            ({"seed": 1.0}, TypeError, "seed is 1.0; it must be a whole number"),
            ({"clip_norm": 0}, ValueError, "clip_norm is 0; it must be above 0"),
            ({"clip_value": -1.0}, ValueError, "clip_value is -1.0; it must be above 0"),
            ({"time_limit": 0}, ValueError, "time_limit is 0; it must be above 0"),
            ({"target_loss": float("nan")}, ValueError, "target_loss is nan; it must be finite"),
            ({"early_stopping": 0}, ValueError, "early_stopping is 0; it must be at least 1"),
            ({"early_stopping": True}, TypeError, "early_stopping is True; it must be a whole number"),
            ({"callbacks": [print]}, TypeError, "callbacks holds <built-in function print>, which is no Callback"),
            ({"callbacks": StopAfter(1)}, TypeError, r"callbacks is one StopAfter; give a list"),
            ({"resume": True}, ValueError, 'resume=True needs the file to go on from: checkpoint="run.npz"'),
            ({"validation": 1.5}, DataError, "the validation fraction should lie between 0 and 1"),
            ({"validation": "some"}, DataError, r"validation is a str; give \(x, y\), or a fraction of the data"),
            ({"validation": ([[1.0]], [0])}, DataError, r"the model cannot take x of validation"),
            ({"executor": 3}, TypeError, "executor: 3 has no submit"),
            (
                {"early_stopping": EarlyStopping(3, monitor="validation_loss")},
                ValueError,
                r"there is no 'validation_loss' to watch; there are loss; give validation=\(x, y\)",
            ),
        ],
    )
    def test_message(self, options, error, message):
        model = network()
        before = model.state_dict()
        with pytest.raises(error, match=message):
            fit(model, points(), **options)
        assert all(np.array_equal(before[name], value) for name, value in model.state_dict().items())
        assert all(p.value.shape == before[name].shape for name, p in model.named_parameters())

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (None, "data is None"),
            ((np.zeros((3, 2)), [0, 1]), "x of data has 3 examples and y has 2"),
            ((np.full((2, 2), np.nan), [0, 1]), "x holds NaN in row 0, column 0"),
            ((np.zeros((2, 3)), [0, 1]), r"the model cannot take x, with examples of shape \(3,\)"),
            ((np.zeros((2, 2)), [0, 2]), "2"),
            ((np.zeros((0, 2)), []), "empty"),
        ],
    )
    def test_data(self, data, message):
        with pytest.raises(ValueError, match=message):
            fit(network(), data)

    def test_no_model(self):
        with pytest.raises(TypeError, match=r"model is a function; fit trains a backprop.nn.Module"):
            fit(lambda x: x, points())

    def test_nothing_to_train(self):
        with pytest.raises(ValueError, match="the model has no parameters: there is nothing to train"):
            fit(nn.Sequential(nn.Tanh()), points())

    def test_unknown_argument(self):
        with pytest.raises(TypeError, match="epoch"):
            fit(network(), points(), epoch=3)


def test_a_description_says_nothing_of_this_process():
    assert "0x" not in _described(Callback())
    assert _described(None) is None
    assert _described(SGD(0.5)) == repr(SGD(0.5))


def test_it_returns_a_history():
    assert isinstance(fit(network(), points(), epochs=1), History)
