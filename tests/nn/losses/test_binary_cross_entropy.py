import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor, check_gradients
from backprop.nn import BinaryCrossEntropy, CrossEntropy, TargetError

RNG = np.random.default_rng(0)
LOGITS, LABELS = 3 * RNG.normal(size=(6, 2)), RNG.integers(0, 2, (6, 2))
PROBABILITIES = RNG.uniform(size=(6, 2))

every_option = pytest.mark.parametrize(
    ("smoothing", "weights"), [(0.0, None), (0.2, None), (0.0, (0.5, 3.0)), (0.2, (0.5, 3.0))]
)


@every_option
@pytest.mark.parametrize("targets", [LABELS, PROBABILITIES], ids=["labels", "probabilities"])
def test_same_as_torch(torch, smoothing, weights, targets):
    x, given = Tensor(LOGITS), torch.tensor(LOGITS, requires_grad=True)
    loss = BinaryCrossEntropy(smoothing, weights)(x, targets)
    t = torch.tensor(targets, dtype=torch.float64)
    smooth = (1 - smoothing) * t + smoothing / 2
    no, yes = weights or (1.0, 1.0)
    terms = torch.nn.functional.binary_cross_entropy_with_logits(
        given, smooth, pos_weight=torch.tensor(yes / no), reduction="none"
    )
    expected = no * terms.sum() / (yes * t + no * (1 - t)).sum()
    loss.backward()
    expected.backward()
    assert float(loss) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(x.grad, given.grad.numpy(), rtol=0, atol=1e-12)


@every_option
def test_same_as_cross_entropy_of_two_classes(smoothing, weights):
    pairs = np.stack([np.zeros(LOGITS.size), LOGITS.ravel()], axis=-1)
    expected = CrossEntropy(smoothing, weights)(pairs, LABELS.ravel())
    assert float(BinaryCrossEntropy(smoothing, weights)(LOGITS, LABELS)) == pytest.approx(float(expected), rel=1e-12)


@every_option
def test_gradients(smoothing, weights):
    assert check_gradients(lambda x: BinaryCrossEntropy(smoothing, weights)(x, PROBABILITIES), LOGITS) < 1e-6


@every_option
def test_precision(smoothing, weights):
    x = Tensor(LOGITS.astype(np.float32))
    y = BinaryCrossEntropy(smoothing, weights)(x, LABELS)
    y.backward()
    assert y.dtype == x.grad.dtype == np.float32


@every_option
def test_logits_that_are_large(smoothing, weights):
    y = BinaryCrossEntropy(smoothing, weights)(np.array([1e4, -1e4]), [1, 0])
    assert float(y) == pytest.approx(smoothing / 2 * 1e4, rel=1e-12)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.integers(1, 11), st.booleans())
def test_weights_combine_the_means_of_parts(targets, cut, weighted):
    cut = min(cut, len(targets) - 1)
    loss = BinaryCrossEntropy(0.1, (0.5, 3.0) if weighted else None)
    logits = np.random.default_rng(0).normal(size=(len(targets), 1))
    prepared = loss.prepare(targets, logits.shape, float)
    parts = [slice(None, cut), slice(cut, None)]
    total = sum(float(loss.compute(logits[p], prepared[p])) * loss.weight(prepared[p]) for p in parts)
    assert total / loss.weight(prepared) == pytest.approx(float(loss(logits, targets)), rel=1e-12)


def test_one_output_can_be_given_a_vector():
    column = BinaryCrossEntropy().prepare([0, 1, 1], (3, 1), np.float32)
    assert column.shape == (3, 1)
    assert column.dtype == np.float32
    assert not column.flags.writeable


def test_bools_are_labels():
    assert float(BinaryCrossEntropy()(LOGITS, LABELS.astype(bool))) == float(BinaryCrossEntropy()(LOGITS, LABELS))


@pytest.mark.parametrize(
    ("shape", "targets", "message"),
    [
        ((3, 1), [0, 1, 2], r"^2\.0 in row 2, column 0 of the targets is neither a label, 0 or 1, nor a probability$"),
        ((3,), [0, 1, -0.1], r"^-0\.1 in row 2 of the targets is neither"),
        ((3,), [0, 1, np.nan], "^nan in row 2 of the targets is not finite"),
        ((3, 2), [0, 1, 1], r"^targets of shape \(3,\) do not fit outputs of shape \(3, 2\)$"),
        ((3,), [[0], [1], [1]], r"^targets of shape \(3, 1\) do not fit outputs of shape \(3,\)$"),
    ],
)
def test_refuses(shape, targets, message):
    with pytest.raises(TargetError, match=message):
        BinaryCrossEntropy().prepare(targets, shape, float)
