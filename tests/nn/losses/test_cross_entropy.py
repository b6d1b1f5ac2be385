from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor, check_gradients
from backprop.nn import CrossEntropy, TargetError
from backprop.nn.losses import cross_entropy as module

SMALL, MEDIUM, MANY = 5, module.DENSE_CLASSES + 1, module.TABLE_CLASSES + 1
"""Numbers of classes for which labels become rows before training, in each step, and never."""


def problem(classes, kind, shape=(7,), seed=0):
    rng = np.random.default_rng(seed)
    logits = 3 * rng.normal(size=(*shape, classes))
    if kind == "labels":
        return logits, rng.integers(0, classes, shape)
    return logits, rng.dirichlet(np.ones(classes), shape)


def weights_of(classes):
    return tuple(np.random.default_rng(9).uniform(0.2, 3, classes))


CASES = list(product((2, SMALL, MEDIUM, MANY), (0.0, 0.1), (False, True), ("labels", "probabilities")))


@pytest.mark.parametrize(("classes", "smoothing", "weighted", "kind"), CASES)
class TestEveryWay:
    def test_same_as_torch(self, torch, classes, smoothing, weighted, kind):
        logits, targets = problem(classes, kind)
        weights = weights_of(classes) if weighted else None
        x, given = Tensor(logits), torch.tensor(logits, requires_grad=True)
        loss = CrossEntropy(smoothing, weights)(x, targets)
        expected = torch.nn.functional.cross_entropy(
            given,
            torch.tensor(targets),
            weight=torch.tensor(weights) if weighted else None,
            label_smoothing=smoothing,
        )
        loss.backward()
        expected.backward()
        assert float(loss) == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(x.grad, given.grad.numpy(), rtol=0, atol=1e-12)

    def test_same_as_the_formula(self, classes, smoothing, weighted, kind):
        logits, targets = problem(classes, kind)
        weights = np.array(weights_of(classes)) if weighted else np.ones(classes)
        hard = kind == "labels"
        t = np.eye(classes)[targets] if hard else targets
        t = ((1 - smoothing) * t + smoothing / classes) * weights
        p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        expected = -np.sum(t * np.log(p)) / (weights[targets].sum() if hard else len(targets))
        loss = CrossEntropy(smoothing, tuple(weights) if weighted else None)
        assert float(loss(logits, targets)) == pytest.approx(expected, rel=1e-12)

    def test_precision(self, classes, smoothing, weighted, kind):
        logits, targets = problem(classes, kind)
        loss = CrossEntropy(smoothing, weights_of(classes) if weighted else None)
        x = Tensor(logits.astype(np.float32))
        y = loss(x, targets)
        y.backward()
        assert y.dtype == x.grad.dtype == np.float32
        assert float(y) == pytest.approx(float(loss(logits, targets)), rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, (0.5, 1.0, 3.0)])
@pytest.mark.parametrize("kind", ["labels", "probabilities"])
def test_gradients(smoothing, weights, kind):
    logits, targets = problem(3, kind, (4, 2))
    assert check_gradients(lambda x: CrossEntropy(smoothing, weights)(x, targets), logits) < 1e-6


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, (0.5, 1.0, 3.0)])
def test_the_ways_of_labels_agree(monkeypatch, smoothing, weights):
    logits, labels = problem(3, "labels", (4, 2))
    found = []
    for dense, table in ((64, 1024), (0, 1024), (0, 0)):
        monkeypatch.setattr(module, "DENSE_CLASSES", dense)
        monkeypatch.setattr(module, "TABLE_CLASSES", table)
        x = Tensor(logits)
        loss = CrossEntropy(smoothing, weights)
        y = loss(x, labels)
        y.backward()
        found.append((float(y), x.grad))
        assert check_gradients(lambda x, loss=loss: loss(x, labels), logits) < 1e-6
    for value, gradient in found[1:]:
        assert value == pytest.approx(found[0][0], rel=1e-13)
        np.testing.assert_allclose(gradient, found[0][1], atol=1e-15)


def test_logits_that_are_large():
    logits = np.array([[1e4, -1e4], [-1e4, 1e4]])
    for weights in (None, (1.0, 1.0)):
        assert float(CrossEntropy(0, weights)(logits, [0, 1])) == 0.0
        assert float(CrossEntropy(0, weights)(logits, [1, 0])) == 2e4


def test_what_is_prepared():
    labels = [2, 0]
    dense = CrossEntropy(0.3).prepare(labels, (2, 3), np.float32)
    np.testing.assert_array_equal(dense, np.array([[0.1, 0.1, 0.8], [0.8, 0.1, 0.1]], np.float32))
    for loss, classes in ((CrossEntropy(class_weights=(1, 2, 3)), 3), (CrossEntropy(), MEDIUM)):
        prepared = loss.prepare(labels, (2, classes), np.float32)
        assert prepared.dtype == np.intp
        np.testing.assert_array_equal(prepared, labels)
    for array in (dense, prepared):
        assert not array.flags.writeable


def test_targets_changed_later_have_no_effect():
    labels, probabilities = np.array([0, 1]), np.array([[1.0, 0.0], [0.0, 1.0]])
    for targets in (labels, probabilities):
        for loss in (CrossEntropy(), CrossEntropy(class_weights=(1, 2))):
            prepared = loss.prepare(targets, (2, 2), float)
            kept = prepared.copy()
            targets[:] = targets[::-1].copy()
            np.testing.assert_array_equal(prepared, kept)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=12), st.integers(1, 11), st.booleans())
def test_weights_combine_the_means_of_parts(labels, cut, weighted):
    cut = min(cut, len(labels) - 1)
    loss = CrossEntropy(0.1, (0.5, 1.0, 3.0) if weighted else None)
    logits = np.random.default_rng(0).normal(size=(len(labels), 3))
    prepared = loss.prepare(labels, logits.shape, float)
    parts = [slice(None, cut), slice(cut, None)]
    total = sum(float(loss.compute(logits[p], prepared[p])) * loss.weight(prepared[p]) for p in parts)
    assert total / loss.weight(prepared) == pytest.approx(float(loss(logits, labels)), rel=1e-12)


def test_weight_of_probabilities_is_their_number():
    loss = CrossEntropy(class_weights=(1, 5))
    assert loss.weight(loss.prepare([[0.5, 0.5], [1, 0]], (2, 2), float)) == 2
    assert loss.weight(loss.prepare([1, 1], (2, 2), float)) == 10


def test_sums_that_are_not_quite_1_are_divided_by():
    rough = np.array([[0.33335, 0.33335, 0.33335]])
    np.testing.assert_allclose(CrossEntropy().prepare(rough, (1, 3), float), np.full((1, 3), 1 / 3), rtol=1e-15)


def test_one_hot_rows_of_whole_numbers_are_probabilities():
    logits, labels = problem(3, "labels")
    one_hot = np.eye(3, dtype=int)[labels]
    assert float(CrossEntropy()(logits, one_hot)) == float(CrossEntropy()(logits, labels))
    assert float(CrossEntropy()(logits, one_hot.astype(bool))) == float(CrossEntropy()(logits, labels))


@pytest.mark.parametrize(
    ("shape", "targets", "message"),
    [
        ((3, 2), [0, 1, 2], "^2 in row 2 of the targets is no class: with 2 outputs the labels are 0 to 1$"),
        ((3, 2), [0, -1, 1], "^-1 in row 1 of the targets is no class"),
        ((2, 2, 2), [[0, 1], [0, 5]], "^5 in row 1, column 1 of the targets is no class"),
        ((2, 3), [0.0, 1.0], r"labels are whole numbers, not float64; convert them with \.astype\(int\)"),
        ((2, 3), [0.0, np.nan], "^nan in row 1 of the targets is not a label; drop the example$"),
        (
            (2, 3),
            [[0], [1]],
            r"\(2, 1\) do not fit outputs of shape \(2, 3\); give labels of shape \(2,\), as y.ravel\(\)",
        ),
        ((2, 3), [[0, 1], [1, 0]], r"\(2, 2\) do not fit outputs of shape \(2, 3\); give labels of shape \(2,\), or"),
        ((2, 2), [[0.5, 0.6], [1, 0]], r"^1\.1 in row 0 of the targets is what the probabilities add up to, instead"),
        ((2, 2), [[1, 0], [-0.5, 1.5]], r"^-0\.5 in row 1, column 0 of the targets is no probability"),
        ((2, 2), [[1, 0], [0, np.nan]], "^nan in row 1, column 1 of the targets is no probability"),
        ((2, 1), [0, 1], "two classes at least, not .* use binary_cross_entropy; for numbers .* mean_squared"),
        ((), 0, "two classes at least"),
    ],
)
def test_refuses(shape, targets, message):
    with pytest.raises(TargetError, match=message):
        CrossEntropy().prepare(targets, shape, float)


def test_refuses_another_number_of_weights():
    with pytest.raises(TargetError, match="2 class weights for 3 classes: give one for each output"):
        CrossEntropy(class_weights=(1, 2)).prepare([0, 1], (2, 3), float)
