"""Loss and metrics of examples are those of the model in evaluation mode."""

import numpy as np
import pytest

from backprop import datasets, nn
from backprop.training import accuracy
from backprop.training.evaluation import Examples, loss_of, metrics_of, outputs_of


@pytest.fixture
def examples():
    x, y = datasets.moons(2100, noise=0.1, seed=0)
    return Examples(x, y, nn.CrossEntropy().prepare(y, (2100, 2), "float64"))


def test_outputs_are_those_of_evaluation_mode(examples):
    model = nn.MLP((2, 8, 2), dropout=0.5, seed=0)
    state = next(iter(model.named_generators()))[1].bit_generator.state
    outputs = outputs_of(model, examples)
    assert model.training
    assert next(iter(model.named_generators()))[1].bit_generator.state == state
    model.eval()
    np.testing.assert_allclose(outputs, model(examples.x).value, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("loss", [nn.CrossEntropy(), nn.CrossEntropy(class_weights=(1, 3))])
def test_loss_is_the_mean_over_all_examples_at_once(examples, loss):
    model = nn.MLP((2, 8, 2), seed=0)
    prepared = Examples(examples.x, examples.y, loss.prepare(examples.y, (2100, 2), "float64"))
    found = loss_of(loss, outputs_of(model, prepared), prepared)
    assert type(found) is float
    assert found == pytest.approx(float(loss(model(examples.x), examples.y)), rel=1e-13)


def test_metrics_are_given_the_targets_of_the_user(examples):
    outputs = outputs_of(nn.MLP((2, 8, 2), seed=0), examples)

    def first(outputs, targets):
        return targets[0]

    found = metrics_of({"accuracy": accuracy, "first": first}, outputs, examples)
    assert found == {"accuracy": np.mean(outputs.argmax(1) == examples.y), "first": examples.y[0]}


def test_overflow_is_not_warned_of(examples):
    model = nn.MLP((2, 8, 2), seed=0)
    model[0].weight.value = np.full((2, 8), 1e308)
    outputs = outputs_of(model, Examples(examples.x * 100, examples.y, examples.prepared))
    assert not np.isfinite(outputs).all()
    assert np.isnan(loss_of(nn.CrossEntropy(), outputs, examples))


@pytest.mark.parametrize("value", [None, "good", np.ones(2)])
def test_metric_that_gives_no_number(examples, value):
    outputs = outputs_of(nn.MLP((2, 8, 2), seed=0), examples)
    with pytest.raises(TypeError, match=r"^the metric mine gave .*; a metric is one number$"):
        metrics_of({"mine": lambda *_: value}, outputs, examples)
