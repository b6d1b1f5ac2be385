import numpy as np
import pytest

from backprop import Tensor
from backprop.numpy_protocols import FUNCTIONS, INSTEAD, UFUNCS

X = Tensor([[0.5, 1.5], [2.0, 3.0]], "x")
V = np.array([[0.5, 1.5], [2.0, 3.0]])
COMPARISONS = [np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal]
PLAIN = [*COMPARISONS, np.isfinite, np.isnan, np.isinf, np.sign]


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda f: f.__name__)
def test_ufunc(ufunc):
    """Recorded, unless it has no derivative: then plain values."""
    arguments = [X, V + 1][: ufunc.nin]
    values = [V, V + 1][: ufunc.nin]
    found, expected = ufunc(*arguments), ufunc(*values)
    if ufunc in PLAIN:
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, expected)
    else:
        assert found.inputs[0] is X
        np.testing.assert_allclose(found.value, expected, rtol=1e-14)
    if ufunc.nin == 2:
        reflected = ufunc(V + 1, X)
        expected = ufunc(V + 1, V)
        np.testing.assert_allclose(getattr(reflected, "value", reflected), expected, rtol=1e-14)


CALLS = {
    np.sum: [lambda x: np.sum(x), lambda x: np.sum(x, axis=0), lambda x: np.sum(x, 1, keepdims=True)],
    np.mean: [lambda x: np.mean(x, axis=(0, 1))],
    np.prod: [lambda x: np.prod(x, 0)],
    np.max: [lambda x: np.max(x, axis=-1)],
    np.amax: [lambda x: np.amax(x)],
    np.min: [lambda x: np.min(x)],
    np.amin: [lambda x: np.amin(x, 0)],
    np.var: [lambda x: np.var(x, axis=0, ddof=1), lambda x: np.var(x, keepdims=True)],
    np.std: [lambda x: np.std(x, ddof=1)],
    np.cumsum: [lambda x: np.cumsum(x), lambda x: np.cumsum(x, axis=1)],
    np.dot: [lambda x: np.dot(x, V), lambda x: np.dot(V, x)],
    np.outer: [lambda x: np.outer(x, V)],
    np.einsum: [lambda x: np.einsum("ij,jk->ik", V, x)],
    np.reshape: [lambda x: np.reshape(x, (4, 1)), lambda x: np.reshape(x, -1)],
    np.ravel: [lambda x: np.ravel(x)],
    np.transpose: [lambda x: np.transpose(x), lambda x: np.transpose(x, axes=(1, 0))],
    np.swapaxes: [lambda x: np.swapaxes(x, 0, 1)],
    np.expand_dims: [lambda x: np.expand_dims(x, axis=1)],
    np.squeeze: [lambda x: np.squeeze(x[None]), lambda x: np.squeeze(x[None], axis=0)],
    np.broadcast_to: [lambda x: np.broadcast_to(x, (3, 2, 2))],
    np.concatenate: [lambda x: np.concatenate([x, V]), lambda x: np.concatenate((V, x), axis=1)],
    np.stack: [lambda x: np.stack([x, x]), lambda x: np.stack((V, x), axis=-1)],
    np.pad: [lambda x: np.pad(x, 1), lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=7.0)],
    np.where: [lambda x: np.where(V > 1, x, 0.0), lambda x: np.where(V > 1, V, x)],
    np.clip: [lambda x: np.clip(x, 1.0, 2.0), lambda x: np.clip(x, a_min=1.0, a_max=None)],
    np.shape: [lambda x: np.shape(x)],
    np.ndim: [lambda x: np.ndim(x)],
    np.size: [lambda x: np.size(x)],
    np.zeros_like: [lambda x: np.zeros_like(x)],
    np.ones_like: [lambda x: np.ones_like(x)],
}


def test_every_function_is_called():
    assert set(CALLS) == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("function", "call"),
    [(function, call) for function, calls in CALLS.items() for call in calls],
    ids=lambda f: f.__name__,
)
def test_function(function, call):
    found, expected = call(X), call(V)
    if function in (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like):
        assert type(found) is type(expected)
        np.testing.assert_array_equal(found, expected)
        return
    assert type(found) is Tensor
    assert found.operation is not None
    np.testing.assert_allclose(found.value, expected, rtol=1e-14)
    assert found.shape == np.shape(expected)
    x = Tensor(V)
    call(x).sum().backward()
    assert x.grad.shape == V.shape


def test_gradient_through_numpy_functions():
    x = Tensor([0.3, 0.4])
    np.sum(np.tanh(np.concatenate([x, x])) * np.array([1.0, 2.0, 3.0, 4.0])).backward()
    np.testing.assert_allclose(x.grad, (1 - np.tanh(x.value) ** 2) * [4.0, 6.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: np.log2(X), r"np\.log2 is not supported on tensors: use np\.log\(x\) / np\.log\(2\)"),
        (lambda: np.vstack([X, X]), r"np\.vstack .* use np\.concatenate or np\.stack"),
        (lambda: np.linalg.norm(X), r"np\.linalg\.norm .* use np\.sqrt\(np\.sum\(x \* x\)\)"),
        (lambda: np.add.reduce(X), r"np\.add\.reduce .* use np\.sum"),
        (lambda: np.maximum.reduce(X), r"np\.maximum\.reduce .* use np\.max"),
        (lambda: np.multiply.outer(X, X), r"np\.multiply\.outer is not supported .* np\.multiply"),
        (lambda: np.arcsinh(X), r"np\.arcsinh .*; for the numbers alone, call it on \.value"),
        (lambda: np.median(X), r"np\.median .*supported are in backprop\.operations"),
        (lambda: np.allclose(X, X), r"on the values"),
        (lambda: np.tanh(X, out=np.zeros((2, 2))), r"np\.tanh with out= would overwrite a value"),
        (lambda: np.add(X, X, where=V > 1), r"np\.add on a tensor takes no where"),
        (lambda: np.exp(X, dtype=np.float32), r"np\.exp on a tensor takes no dtype"),
        (lambda: np.sum(X, dtype=np.float32), r"np\.sum on a tensor takes \(x, axis, keepdims\).*'dtype'"),
        (lambda: np.sum(X, 0, np.float32), r"np\.sum on a tensor takes \(x, axis, keepdims\)"),
        (lambda: np.concatenate([X, X], out=V), r"np\.concatenate on a tensor takes \(arrays, axis\).*'out'"),
        (lambda: np.pad(X, 1, mode="edge"), r"np\.pad on a tensor supports mode='constant' only, not 'edge'"),
        (lambda: np.array(X), r"cannot be put into a NumPy array.*backprop\.stack or backprop\.concatenate"),
        (lambda: np.asarray([X, X]), r"cannot be put into a NumPy array"),
        (lambda: np.full(2, X[0, 0]), r"cannot be put into a NumPy array"),
    ],
)
def test_what_is_refused_says_what_to_use(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_errors_of_an_operation_are_its_own():
    with pytest.raises(TypeError, match="clip: the bounds are numbers"):
        np.clip(X, V, V)
    with pytest.raises(ValueError, match="not equal to one"):
        np.squeeze(X, axis=0)


def test_advice_is_for_functions_that_are_not_supported():
    names = {f.__name__ for f in (*UFUNCS, *FUNCTIONS)}
    assert not names & set(INSTEAD)
    for name in INSTEAD:
        assert hasattr(np, name) or hasattr(np.linalg, name)
