"""The updates: equal to PyTorch's, in place, nothing allocated, and hyperparameters that are refused."""

import tracemalloc

import numpy as np
import pytest
from frameworks import framework
from optimizer_cases import CASES, DEFAULTS

from backprop import Tensor, nn, tanh
from backprop.training.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp, optimizer, optimizer_for

STEPS = 100
ALL = CASES + DEFAULTS


def gradients_of_many_sizes(rng, size):
    """Entries from 1e-6 to 1e3, now and then all 0; the first entry always."""
    gradients = rng.normal(size=size) * 10.0 ** rng.uniform(-6, 3, size)
    gradients[rng.random(size) < 0.1] = 0
    gradients[0] = 0
    return gradients


def both(case, dtype, gradients, rates=None):
    """Values after the updates, ours and PyTorch's."""
    torch = framework("torch")
    start = np.random.default_rng(1).normal(size=gradients.shape[1]).astype(dtype)
    values, own = start.copy(), case.own()
    own.start(values)
    parameter = torch.nn.Parameter(torch.from_numpy(start.copy()))
    other = case.torch(torch, [parameter])
    for k, g in enumerate(gradients):
        if rates is not None:
            own.learning_rate = other.param_groups[0]["lr"] = rates[k]
        own.update(values, g.astype(dtype))
        parameter.grad = torch.from_numpy(g.astype(dtype))
        other.step()
    return values, parameter.detach().numpy()


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equal_to_torch(case):
    rng = np.random.default_rng(0)
    own, other = both(case, np.float64, np.array([gradients_of_many_sizes(rng, 37) for _ in range(STEPS)]))
    np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equal_to_torch_in_single_precision(case):
    own, other = both(case, np.float32, np.random.default_rng(0).normal(size=(STEPS, 37)))
    assert own.dtype == np.float32
    np.testing.assert_allclose(own, other, rtol=3e-6, atol=3e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_learning_rate_set_between_steps(case):
    rng = np.random.default_rng(0)
    own, other = both(case, np.float64, rng.normal(size=(STEPS, 5)), rates=rng.uniform(0, 0.1, STEPS))
    np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equal_to_torch_on_a_small_network(case):
    torch = framework("torch")
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    start = [rng.normal(size=shape) for shape in [(3, 8), (8,), (8, 1), (1,)]]

    own = [Tensor(value) for value in start]
    ours = case.own().attach(own)
    other = [torch.nn.Parameter(torch.from_numpy(value.copy())) for value in start]
    theirs = case.torch(torch, other)
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    losses = []
    for _ in range(STEPS):
        w1, b1, w2, b2 = own
        loss = ((tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2).mean()
        loss.backward()
        ours.step()
        losses.append(loss.value)

        w1, b1, w2, b2 = other
        theirs.zero_grad()
        ((torch.tanh(tx @ w1 + b1) @ w2 + b2 - ty) ** 2).mean().backward()
        theirs.step()
    assert losses[-1] < losses[0]
    for a, b in zip(own, other, strict=True):
        np.testing.assert_allclose(a.value, b.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_chunks_change_nothing(case, dtype, monkeypatch):
    gradients = np.random.default_rng(0).normal(size=(10, 100)).astype(dtype)

    def train(chunk):
        monkeypatch.setattr(optimizer, "CHUNK", chunk)
        values, own = np.ones(100, dtype), case.own()
        own.start(values)
        for g in gradients:
            own.update(values, g.copy())
        return values

    np.testing.assert_array_equal(train(7), train(100))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_update_allocates_nothing(case):
    def peak(size):
        values, gradients, own = np.ones(size), np.ones(size), case.own()
        own.start(values)
        own.update(values, gradients)
        gradients[:] = 1
        tracemalloc.start()
        own.update(values, gradients)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(1000) < 4000  # bytes: some views of arrays and numbers; a vector has 8000
    assert peak(3 * optimizer.CHUNK + 5) < 4000


def test_sgd_is_two_calls(monkeypatch):
    calls = []

    class Counted:
        def __getattr__(self, name):
            calls.append(name)
            return getattr(np, name)

    own, values, gradients = SGD(0.5), np.ones(3), np.ones(3)
    own.start(values)
    monkeypatch.setattr("backprop.training.optimizers.sgd.np", Counted())
    own.update(values, gradients)
    assert calls == ["multiply", "subtract"]
    np.testing.assert_array_equal(values, [0.5, 0.5, 0.5])


@pytest.mark.parametrize("make", [RMSProp, Adam, AdamW])
def test_parameters_without_gradient_stay(make):
    values = np.array([1.0, -2.0])
    own = make(weight_decay=0.0)
    own.start(values)
    for _ in range(3):
        own.update(values, np.zeros(2))
    np.testing.assert_array_equal(values, [1.0, -2.0])


def test_centered_rmsprop_takes_a_negative_variance_as_zero():
    """Of constant gradients the variance goes to 0, and its rounded value below: PyTorch then gives NaN."""
    values, own = np.ones(50), RMSProp(decay=0.5, epsilon=1.0, centered=True)
    own.start(values)
    gradients = np.random.default_rng(0).normal(size=50)
    for _ in range(200):
        own.update(values, gradients.copy())
    assert np.isfinite(values).all()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(-0.1), ValueError, "learning_rate is -0.1; it must be at least 0"),
        (lambda: Adam(float("nan")), ValueError, "learning_rate is nan; it must be finite"),
        (lambda: AdamW(np.inf), ValueError, "learning_rate is inf; it must be finite"),
        (lambda: RMSProp("0.1"), TypeError, "learning_rate is '0.1'; it must be a number"),
        (lambda: SGD(True), TypeError, "learning_rate is True; it must be a number"),
        (lambda: Adam(None), TypeError, "learning_rate is None; it must be a number"),
        (lambda: SGD(momentum=1.0), ValueError, "momentum is 1.0; it must be at least 0 and below 1"),
        (lambda: SGD(momentum=-0.5), ValueError, "momentum is -0.5; it must be at least 0 and below 1"),
        (lambda: SGD(nesterov=True), ValueError, "nesterov looks ahead along the velocity, and momentum is 0"),
        (lambda: SGD(weight_decay=-1), ValueError, "weight_decay is -1; it must be at least 0"),
        (lambda: RMSProp(decay=1.0), ValueError, "decay is 1.0; it must be at least 0 and below 1"),
        (lambda: RMSProp(decay=np.nan), ValueError, "decay is nan; it must be finite"),
        (lambda: RMSProp(epsilon=0.0), ValueError, "epsilon is 0.0; it must be above 0"),
        (lambda: RMSProp(momentum=2), ValueError, "momentum is 2; it must be at least 0 and below 1"),
        (lambda: RMSProp(weight_decay=np.nan), ValueError, "weight_decay is nan; it must be finite"),
        (lambda: Adam(betas=(1.0, 0.999)), ValueError, r"betas\[0\] is 1.0; it must be at least 0 and below 1"),
        (lambda: Adam(betas=(0.9, -0.1)), ValueError, r"betas\[1\] is -0.1; it must be at least 0 and below 1"),
        (lambda: AdamW(betas=(0.9, np.nan)), ValueError, r"betas\[1\] is nan; it must be finite"),
        (lambda: Adam(betas=0.9), TypeError, r"betas is 0.9; it must be two numbers, such as \(0.9, 0.999\)"),
        (lambda: Adam(betas=(0.9,)), TypeError, "it must be two numbers"),
        (lambda: Adam(epsilon=-1e-8), ValueError, "epsilon is -1e-08; it must be above 0"),
        (lambda: AdamW(weight_decay=-0.01), ValueError, "weight_decay is -0.01; it must be at least 0"),
        (lambda: SGD([Tensor(np.ones(500))], 0.1), TypeError, r"^learning_rate is .{40}; it must be a number. Param"),
        (lambda: Adam(nn.Linear(2, 1)), TypeError, r"as in Adam\(learning_rate=0.01\).attach\(model\)$"),
        (lambda: Adam("0.1"), TypeError, "^learning_rate is '0.1'; it must be a number$"),
        (lambda: optimizer_for("adma"), ValueError, "no optimizer 'adma'; choose from adam, adamw, rmsprop, sgd"),
        (lambda: optimizer_for(Adam), TypeError, r"Adam is a class; pass an optimizer, Adam\(\)"),
        (lambda: optimizer_for(None), TypeError, "None is no optimizer"),
        (lambda: optimizer_for("sgd", learning_rate=-1), ValueError, "learning_rate is -1"),
        (lambda: optimizer_for("sgd", amsgrad=True), TypeError, "amsgrad"),
    ],
)
def test_bad_hyperparameters(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_optimizer_for():
    given = SGD(0.5, momentum=0.9)
    given.start(np.ones(3))
    given.update(np.ones(3), np.ones(3))
    new = optimizer_for(given, weight_decay=0.1)
    assert repr(new) == "SGD(learning_rate=0.5, momentum=0.9, nesterov=False, weight_decay=0.1)"
    assert new.steps == 0
    with pytest.raises(RuntimeError, match="no state yet"):
        new.state_dict()
    assert given.weight_decay == 0
    assert repr(optimizer_for("adamw")) == repr(AdamW())
    assert isinstance(optimizer_for("rmsprop", learning_rate=1), Optimizer)


def test_numbers_of_numpy_become_floats():
    own = Adam(np.float32(0.5), betas=[np.float64(0.5), 0])
    assert type(own.learning_rate) is float
    assert own.betas == (0.5, 0.0)
    assert [type(beta) for beta in own.betas] == [float, float]


@pytest.mark.parametrize("values", [np.ones((2, 2)), np.ones(3, int), np.array(1.0), np.ones(2, complex)])
def test_start_wants_a_vector(values):
    with pytest.raises(TypeError, match=r"one vector of floating-point numbers, not .*attach\(model\)"):
        SGD().start(values)


def test_update_before_start():
    with pytest.raises(RuntimeError, match=r"the Adam has no state yet: call attach\(model\) or start\(values\)"):
        Adam().update(np.ones(2), np.ones(2))


@pytest.mark.parametrize("make", [Adam, AdamW, RMSProp])
def test_epsilon_that_is_0_in_half_precision(make):
    values = np.ones(2, "float16")
    with pytest.raises(ValueError, match=rf"^epsilon=1e-08 is 0 in float16, .*: use {make.__name__}\(epsilon=1e-4\)"):
        make().start(values)
    rule = make(epsilon=1e-4)
    rule.start(values)
    rule.update(values, np.zeros(2, "float16"))
    assert np.isfinite(values).all()
