"""Gates: what each operation does to the gradient that arrives."""

# --8<-- [start:add]
from backprop import Tensor, grad, log, maximum, relu, sqrt
from backprop.explain import figure, show

a = Tensor(2.5, "a")
b = Tensor(-4.0, "b")


def watch(y, **more):
    output = (5 * y.named("y")).named("L")
    show(figure(output, gradients=True, **more))


watch(a + b)
# --8<-- [end:add]

# --8<-- [start:multiply]
watch(a * b)
# --8<-- [end:multiply]

# --8<-- [start:max]
watch(maximum(a, b))
# --8<-- [end:max]

# --8<-- [start:copy]
L = ((7 * a).named("y_1") + (a * b).named("y_2")).named("L")
show(figure(L, gradients=True))
# --8<-- [end:copy]

# --8<-- [start:all-four]
c = Tensor(-12.0, "c")
d = Tensor(13.0, "d")

y_1 = (a * b).named("y_1")
y_2 = maximum(y_1, c).named("y_2")
y_3 = (y_1 + d).named("y_3")
L = (y_2 * y_3).named("L")
show(figure(L, step=("backward", 0)))
# --8<-- [end:all-four]

# --8<-- [start:all-four-backward]
L.backward()
show(figure(L, gradients=True))
# --8<-- [end:all-four-backward]

# --8<-- [start:arithmetic]
from backprop.explain import local_derivative_table

sums = ("add", "subtract", "negative")
products = ("multiply", "divide", "reciprocal")
show(local_derivative_table(*sums, *products))
# --8<-- [end:arithmetic]

# --8<-- [start:quotients]
watch(a - b)
watch(a / b)
# --8<-- [end:quotients]

# --8<-- [start:power]
watch(Tensor(3.0, "a") ** Tensor(2.0, "b"), locals=True)
# --8<-- [end:power]

# --8<-- [start:powers]
show(local_derivative_table("power", "sqrt"))
# --8<-- [end:powers]

# --8<-- [start:functions]
show(local_derivative_table("exp", "log", "sin", "cos"))
show(local_derivative_table("tanh", "sigmoid"))
# --8<-- [end:functions]

# --8<-- [start:kinks]
from backprop.explain import plot

points = [-2.0, -1.0, 0.0, 1.0, 2.0]
curves = {
    "ReLU": (points, [relu(x) for x in points]),
    "|x|": (points, [abs(x) for x in points]),
}
show(plot(curves, x="x", y="y"))
# --8<-- [end:kinks]


# --8<-- [start:slopes]
def slopes(f, x, h=0.001):
    left = (f(x) - f(x - h)) / h
    right = (f(x + h) - f(x)) / h
    central = (f(x + h) - f(x - h)) / (2 * h)
    return left, right, central, grad(f)(x)


def larger(a):  # its kink is the tie, at a = 2
    return maximum(a, 2.0)


kinks = [("ReLU", relu, 0.0), ("abs", abs, 0.0), ("max", larger, 2.0)]
print("       left  right  central  program")
for name, f, x in kinks:
    print(f"{name:4}", *(f"{slope:6.1f}" for slope in slopes(f, x)))
# --8<-- [end:slopes]

# --8<-- [start:conventions]
show(local_derivative_table("relu", "abs", "maximum", "minimum"))
# --8<-- [end:conventions]


# --8<-- [start:infinite]
import numpy as np


def one_over(x):
    return 1 / x


print("     x   sqrt    log      1/x")
with np.errstate(divide="ignore"):
    for x in (0.01, 0.0025, 0.0):
        local = [grad(f)(x) for f in (sqrt, log, one_over)]
        print("{:6g}{:7g}{:7g}{:9g}".format(x, *local))
# --8<-- [end:infinite]


# --8<-- [start:nan]
def size(x):
    return sqrt(x**2)


def safe_size(x):
    return sqrt(x**2 + 1e-6)


with np.errstate(all="ignore"):
    print(grad(size)(-3.0), grad(size)(0.0), grad(safe_size)(0.0))
# --8<-- [end:nan]


# --8<-- [start:mistakes]
def difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


subtracted = difference(lambda b: 5 * (2.5 - b), -4.0)
divided = difference(lambda b: 5 * 2.5 / b, -4.0)
raised = difference(lambda b: 2.0**b, 5.0)
print(f"right: {subtracted:.4f} {divided:.5f} {raised:.4f}")

wrong_sign, wrong_divisor, wrong_exponent = 5, 5 / -4, 5 * 2.0**4
print("wrong:", wrong_sign, wrong_divisor, wrong_exponent)
# --8<-- [end:mistakes]

# --8<-- [start:patterns]
a1, b1 = Tensor(7.0, "a"), Tensor(2.5, "b")
c1, d1 = Tensor(-3.0, "c"), Tensor(-1.5, "d")
difference1 = (a1 - b1).named("y_1")
larger1 = maximum(c1, d1).named("y_2")
L1 = (difference1 * larger1).named("L")
show(figure(L1, gradients=True))
# --8<-- [end:patterns]

# --8<-- [start:blanks]
a2, b2 = Tensor(3.0, "a"), Tensor(-4.0, "b")
L2 = ((a2 / b2).named("y") ** 2).named("L")
L2.backward()
show(figure(L2, gradients=True, locals=True))
# --8<-- [end:blanks]

# --8<-- [start:own-power]
from backprop.explain import derivation

b3 = Tensor(2.5, "b")
own_power = (b3**b3).named("L")
show(derivation(own_power, b3))
# --8<-- [end:own-power]

# --8<-- [start:distance]
a4, b4 = Tensor(5.0, "a"), Tensor(-12.0, "b")
y_4 = ((a4**2).named("y_1") + (b4**2).named("y_2")).named("y_3")
distance = sqrt(y_4).named("L")
show(figure(distance, gradients=True))


def distance_to(a, b):
    return sqrt(a**2 + b**2)


with np.errstate(all="ignore"):
    print(grad(distance_to, (0, 1))(0.0, 0.0))
# --8<-- [end:distance]

# --8<-- [start:error]
a5, b5 = Tensor(-1.5, "a"), Tensor(-6.0, "b")
L5 = relu((a5 * b5).named("y")).named("L")
show(figure(L5, gradients=True))
# --8<-- [end:error]
