import math

import numpy as np
import pytest
from differences import assert_close, differences

from backprop import (
    GraphError,
    Tensor,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    matmul,
    no_grad,
    relu,
    sin,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
)

X = np.array([[0.3, -1.2], [0.7, 2.0]])


def smooth(x):
    """A function of a 2 x 2 matrix in which every entry meets every other."""
    return (sin(matmul(x, x)) * exp(x * 0.3)).sum() + (x**3).mean()


class TestGrad:
    def test_number(self):
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert type(grad(sin)(0.0)) is float

    def test_array(self):
        assert_close(grad(smooth)(X), differences(lambda x: float(smooth(x)), [X], 0))

    @pytest.mark.parametrize("argument", [2, 2.0, np.float64(2), [2.0], np.array([2]), np.array(2.0)])
    def test_kinds_of_arguments(self, argument):
        gradient = grad(lambda x: (x * x).sum())(argument)
        assert np.shape(gradient) == np.shape(argument)
        assert float(np.sum(gradient)) == 4.0

    def test_several_arguments(self):
        f = lambda x, y, z: (x + y) * z  # noqa: E731
        assert grad(f, (0, 1, 2))(1.0, 3.0, -3.0) == (-3.0, -3.0, 4.0)
        assert grad(f, 2)(1.0, 3.0, -3.0) == 4.0
        assert grad(f, -1)(1.0, 3.0, -3.0) == 4.0
        assert grad(f, (1,))(1.0, 3.0, -3.0) == (-3.0,)

    def test_keyword_arguments_are_passed_on(self):
        assert grad(lambda x, factor: x * factor)(1.0, factor=5.0) == 5.0

    def test_argument_by_name(self):
        for derivative in (grad, jacobian):
            with pytest.raises(TypeError, match="argument 0 is asked for, but 0 were given"):
                derivative(lambda x: x)(x=1.0)

    def test_value_and_gradient(self):
        assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)

    def test_function_that_does_not_depend_on_its_argument(self):
        assert grad(lambda x: 3.0)(1.0) == 0.0
        np.testing.assert_array_equal(grad(lambda x: Tensor(2.0) * 3)([1.0, 2.0]), [0.0, 0.0])
        assert grad(lambda x, y: x * 2, (0, 1))(1.0, 5.0) == (2.0, 0.0)

    def test_result_that_is_no_scalar(self):
        with pytest.raises(GraphError, match="not a scalar"):
            grad(lambda x: x * 2)([1.0, 2.0])
        with pytest.raises(GraphError, match=r"shape \(2,\); only a scalar has a gradient"):
            grad(lambda x: np.ones(2))(1.0)

    @pytest.mark.parametrize("result", [(1.0,), [1.0], {}])
    def test_result_that_is_no_number(self, result):
        with pytest.raises(GraphError, match=f"gave a {type(result).__name__}"):
            grad(lambda x: result)(1.0)

    def test_precision(self):
        assert grad(lambda x: (x * x).sum())(np.float32([1, 2])).dtype == np.float32

    def test_works_inside_no_grad(self):
        with no_grad():
            assert grad(lambda x: x * x)(3.0) == 6.0
            assert hessian(lambda x: (x**3).sum())([2.0])[0, 0] == 12.0

    def test_leaves_of_the_caller_are_untouched(self):
        x = Tensor(3.0)
        gradient = grad(lambda u: u * u)(x)
        assert x.grad is None
        assert gradient.value == 6.0
        gradient.backward()
        assert x.grad == 2.0

    def test_results_are_arrays_of_their_own(self):
        x = np.array([1.0, 2.0])
        a, b = grad(lambda u, v: (u + v).sum(), (0, 1))(x, x)
        a += 1
        np.testing.assert_array_equal(b, [1.0, 1.0])


class TestHigherDerivatives:
    @pytest.mark.parametrize(
        ("f", "third"),
        [
            (lambda x: x**5, lambda x: 60 * x**2),
            (sin, lambda x: -math.cos(x)),
            (exp, math.exp),
            (log, lambda x: 2 / x**3),
            (sqrt, lambda x: 3 / 8 * x**-2.5),
            (lambda x: 1 / x, lambda x: -6 / x**4),
            (tanh, lambda x: (4 * math.sinh(x) ** 2 - 2) / math.cosh(x) ** 4),
            (lambda x: exp(sin(x * x)), None),
        ],
    )
    def test_third(self, f, third):
        x, h = 0.8, 1e-4
        second = grad(grad(f))
        by_differences = (8 * (second(x + h) - second(x - h)) - second(x + 2 * h) + second(x - 2 * h)) / (12 * h)
        assert grad(second)(x) == pytest.approx(by_differences, rel=1e-7)
        if third:
            assert grad(second)(x) == pytest.approx(third(x), rel=1e-12)

    def test_nested_functions_do_not_mix(self):
        """The inner derivative is with respect to the inner variable only."""
        assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(5.0) == 1.0
        assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(5.0) == 10.0
        assert grad(lambda x: grad(lambda y: x * y)(x))(5.0) == 1.0
        assert grad(lambda x: x * jvp(lambda y: x * y, (2.0,), (1.0,))[1])(5.0) == 10.0
        assert grad(lambda x: x * vjp(lambda y: x * y, 2.0)[1](1.0)[0])(5.0) == 10.0
        assert grad(lambda x: (x * jacobian(lambda y: x * y)([2.0, 3.0])).sum())(5.0) == 20.0
        assert grad(lambda x: value_and_grad(lambda y: x)(2.0)[0] * 3)(5.0) == 3.0

    def test_function_that_uses_a_tensor_gives_one(self):
        """Else a penalty on a slope would be a constant for the parameters, without a word."""
        w = Tensor(3.0)
        slope = grad(lambda x: w * w * x)(2.0)
        (slope * slope).backward()
        assert (slope.value, w.grad) == (9.0, 108.0)
        assert type(grad(lambda x: Tensor(3.0) * x)(2.0)) is float

    def test_gradient_penalty(self):
        """The gradient with respect to w of the squared norm of a gradient with respect to x."""
        w, x = np.array([[0.5, -0.3], [0.2, 0.9]]), np.array([0.7, -0.4])

        def penalty(w):
            slope = grad(lambda x: tanh(matmul(w, x)).sum())(Tensor(x))
            return (slope * slope).sum()

        assert_close(grad(penalty)(w), differences(lambda w: float(penalty(Tensor(w)).value), [w], 0))

    def test_relu(self):
        assert grad(grad(relu))(1.0) == 0.0


class TestVjp:
    def test_pullback_can_be_called_again(self):
        y, pullback = vjp(lambda a, b: a * b, 2.0, 5.0)
        assert y == 10.0
        assert pullback(1.0) == (5.0, 2.0)
        assert pullback(2.0) == (10.0, 4.0)

    def test_is_the_transposed_jacobian(self):
        u = np.array([[1.0, -2.0], [0.5, 3.0]])
        f = lambda x: matmul(x, sin(x))  # noqa: E731
        _, pullback = vjp(f, X)
        assert_close(pullback(u)[0], np.tensordot(u, jacobian(f)(X), 2))

    def test_seed_of_another_shape(self):
        _, pullback = vjp(lambda x: x * 2, [1.0, 2.0])
        with pytest.raises(ValueError, match=r"the seed has shape \(3,\)"):
            pullback(np.ones(3))

    def test_upstream_tensor(self):
        u = Tensor([1.0, 2.0])
        _, pullback = vjp(lambda x: x * x, [3.0, 4.0])
        (gradient,) = pullback(u)
        gradient.sum().backward()
        np.testing.assert_array_equal(u.grad, [6.0, 8.0])


class TestJvp:
    def test_is_the_jacobian_times_the_direction(self):
        v = np.array([[1.0, -2.0], [0.5, 3.0]])
        f = lambda x: matmul(x, sin(x))  # noqa: E731
        y, tangent = jvp(f, (X,), (v,))
        np.testing.assert_array_equal(y, f(X))
        assert_close(tangent, np.tensordot(jacobian(f)(X), v, 2))

    def test_function_that_does_not_depend_on_its_argument(self):
        assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
        _, tangent = jvp(lambda x: x * [1.0, 2.0] * 0, (1.0,), (1.0,))
        np.testing.assert_array_equal(tangent, [0.0, 0.0])

    def test_inside_grad(self):
        derivative = lambda x: jvp(lambda u: u**3, (x,), (1.0,))[1]  # noqa: E731
        assert grad(derivative)(2.0) == pytest.approx(12.0)

    @pytest.mark.parametrize(
        ("args", "tangents", "message"),
        [
            (([1.0, 2.0],), ([1.0],), r"argument 0 has shape \(2,\), its tangent \(1,\)"),
            ((1.0, 2.0), (1.0,), "2 arguments need 2 tangents, not 1"),
        ],
    )
    def test_shapes(self, args, tangents, message):
        with pytest.raises(ValueError, match=message):
            jvp(lambda *xs: xs[0], args, tangents)


class TestJacobianAndHessian:
    def test_jacobian_of_a_matrix_function(self):
        f = lambda x: (x @ X).sum(axis=0)  # noqa: E731
        found = jacobian(f)(X)
        assert found.shape == (2, 2, 2)
        for i in range(2):
            assert_close(found[i], differences(lambda x, i=i: float(np.sum(x @ X, axis=0)[i]), [X], 0))

    def test_jacobian_for_another_argument(self):
        np.testing.assert_array_equal(jacobian(lambda a, b: a * b, 1)([2.0, 3.0], [4.0, 5.0]), np.diag([2.0, 3.0]))

    def test_jacobian_of_a_number(self):
        assert jacobian(lambda x: x * x)(3.0) == 6.0
        np.testing.assert_array_equal(jacobian(lambda x: x * [1.0, 2.0])(3.0), [1.0, 2.0])

    def test_jacobian_of_nothing(self):
        assert jacobian(lambda x: x[:0])([1.0, 2.0]).shape == (0, 2)
        assert grad(lambda x: jacobian(lambda u: u[:0])(x).sum())(np.ones(2)).shape == (2,)

    def test_precision(self):
        assert jacobian(lambda x: x * x)(np.float32([1, 2])).dtype == np.float32

    def test_hessian(self):
        found = hessian(smooth)(X)
        assert found.shape == (2, 2, 2, 2)
        np.testing.assert_allclose(found, found.transpose(2, 3, 0, 1), rtol=1e-12)
        for index in np.ndindex(2, 2):
            assert_close(found[index], differences(lambda x, i=index: float(grad(smooth)(x)[i]), [X], 0))

    def test_hessian_vector_product(self):
        v = np.array([[1.0, -2.0], [0.5, 3.0]])
        assert_close(hvp(smooth, X, v), np.tensordot(hessian(smooth)(X), v, 2), 1e-12)
        with pytest.raises(ValueError, match=r"x has shape \(2, 2\) and v \(2,\)"):
            hvp(smooth, X, v[0])

    def test_hessian_of_a_linear_function(self):
        np.testing.assert_array_equal(hessian(lambda x: (x * 3).sum())([1.0, 2.0]), np.zeros((2, 2)))
