"""The graphs of graphs_in_frameworks.py in JAX."""

# --8<-- [start:graph]
import jax


def g(x, y, z):
    p = x + y
    return p * z


gradients = jax.grad(g, argnums=(0, 1, 2))(1.0, 3.0, -3.0)
print(*[float(gradient) for gradient in gradients])
# --8<-- [end:graph]


# --8<-- [start:twice]
def q(w, a):
    return w * w + w * a


derivative = jax.grad(q)  # with respect to the first argument
print(float(derivative(2.0, 5.0)))
print(float(derivative(2.0, 5.0)))
# --8<-- [end:twice]


# --8<-- [start:friend]
@jax.jit
def f(theta):
    if theta > 0:
        return theta**3
    return -5 * theta


try:
    f(2.0)
except jax.errors.TracerBoolConversionError as error:
    print(type(error).__name__)
# --8<-- [end:friend]


# --8<-- [start:friend-fixed]
import jax.numpy as jnp


@jax.jit
def f_where(theta):
    return jnp.where(theta > 0, theta**3, -5 * theta)


slope = jax.grad(f_where)
print(float(slope(2.0)), float(slope(-3.0)))
# --8<-- [end:friend-fixed]


# --8<-- [start:global]
factor = 3.0


@jax.jit
def scaled(theta):
    return factor * theta


print(float(scaled(2.0)))
factor = 4.0
print(float(scaled(2.0)))
# --8<-- [end:global]


# --8<-- [start:exercise-translate]
def skip(v):
    c_1 = v**2
    c_2 = v * c_1
    return c_1 + c_2


value, by_v = jax.value_and_grad(skip)(-3.0)
print(float(value), float(by_v))
# --8<-- [end:exercise-translate]

# --8<-- [start:exercise-twice]
first = float(derivative(4.0, -3.0))
second = float(derivative(6.0, -3.0))
print(first, second)
# --8<-- [end:exercise-twice]
