import numpy as np
import pytest
from differences import assert_close, differences

from backprop import ShapeError, Tensor, dot, einsum, matmul, outer

MATMUL = [
    ((3,), (3,)),
    ((0,), (0,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 0), (0, 4)),
    ((0, 3), (3, 2)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((4, 1, 2, 3), (5, 3, 2)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)),
    ((0, 2, 3), (3, 2)),
    ((4, 5, 2, 3), (3,)),
    ((3,), (4, 5, 3, 2)),
]
DOT = [*(pair for pair in MATMUL if max(map(len, pair)) <= 2), ((), ()), ((), (2, 3)), ((2, 3), ())]
DOT += [((4, 2, 3), (3,)), ((3,), (4, 3, 2)), ((4, 2, 3), (5, 3, 2)), ((2, 3), (4, 5, 3, 2)), ((2, 0), (4, 0, 3))]
OUTER = [((3,), (2,)), ((), ()), ((2, 3), (2,)), ((0,), (2,)), ((), (3,))]
EINSUM = [
    ("i,i", (3,), (3,)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ba", (2, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iii->", (2, 2, 2)),
    ("iji->j", (2, 3, 2)),
    ("ij->", (2, 3)),
    ("ij,kl->jk", (2, 3), (4, 2)),
    ("ij,ij,ij->i", (2, 3), (2, 3), (2, 3)),
    ("...ij,...jk->...ik", (5, 1, 2, 3), (4, 3, 2)),
    ("...ij,...jk", (4, 2, 3), (3, 2)),
    ("i...,i...->...", (2, 3), (2, 1)),
    ("...->...", (2, 3)),
    ("i...->...", (2, 3, 4)),
    ("...,...->...", (2, 1), (3,)),
    (" ij , jk -> ik ", (2, 3), (3, 2)),
    ("aB,Bc->ca", (2, 3), (3, 2)),
    ("ij,ij->j", (3, 2), (1, 2)),
    ("ij,ij->", (1, 2), (3, 2)),
    ("ij,jk->ik", (0, 3), (3, 2)),
    ("ij,jk->ik", (2, 0), (0, 3)),
]


def check(call, reference, *shapes):
    """Value against NumPy, gradients against differences, at fixed random operands."""
    rng = np.random.default_rng(3)
    values = [rng.normal(size=shape) for shape in shapes]
    leaves = [Tensor(v) for v in values]
    y = call(*leaves)
    expected = np.asarray(reference(*values))
    np.testing.assert_allclose(y.value, expected, rtol=1e-13, atol=1e-15)
    assert y.shape == expected.shape
    seed = rng.normal(size=y.shape)
    y.backward(seed)
    for position, leaf in enumerate(leaves):
        assert_close(leaf.grad, differences(lambda *v: np.sum(seed * reference(*v)), values, position))


@pytest.mark.parametrize(("a", "b"), MATMUL)
def test_matmul(a, b):
    check(matmul, np.matmul, a, b)


@pytest.mark.parametrize(("a", "b"), DOT)
def test_dot(a, b):
    check(dot, np.dot, a, b)


@pytest.mark.parametrize(("a", "b"), OUTER)
def test_outer(a, b):
    check(outer, np.outer, a, b)


@pytest.mark.parametrize(("subscripts", "shapes"), [(s, shapes) for s, *shapes in EINSUM])
def test_einsum(subscripts, shapes):
    check(lambda *xs: einsum(subscripts, *xs), lambda *xs: np.einsum(subscripts, *xs), *shapes)


@pytest.mark.parametrize(
    ("operation", "a", "b"),
    [(matmul, (2, 3), (2, 3)), (matmul, (3,), ()), (dot, (2, 3), (2, 3)), (matmul, (2, 2, 3), (3, 3, 2))],
)
def test_shapes_that_do_not_fit_are_named(operation, a, b):
    with pytest.raises(ShapeError) as error:
        operation(Tensor(np.ones(a)), Tensor(np.ones(b)))
    assert operation.name in str(error.value)
    assert f"{a} and {b}" in str(error.value)


def test_einsum_needs_a_string():
    for call in (einsum, np.einsum):
        with pytest.raises(TypeError, match="give the subscripts first, as a string"):
            call(Tensor(np.eye(2)), [0, 0])


def test_constant_operand_gets_no_gradient():
    a, b = Tensor(np.ones((2, 2))), np.ones((2, 2))
    y = (a @ b + b @ a).sum()
    y.backward()
    np.testing.assert_array_equal(a.grad, np.full((2, 2), 4.0))
