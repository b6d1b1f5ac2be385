"""A sigmoid neuron, two in a row, and a program with its mistakes."""

# --8<-- [start:weighted-sum]
from backprop import Tensor, exp, sigmoid
from backprop.explain import figure, show

w_0, w_1 = Tensor(2.0, "w_0"), Tensor(-3.0, "w_1")
w_2 = Tensor(-3.0, "w_2")  # the bias
x_0, x_1 = Tensor(-1.0, "x_0"), Tensor(-2.0, "x_1")

m_0 = (w_0 * x_0).named("m_0")
m_1 = (w_1 * x_1).named("m_1")
m = (m_0 + m_1).named("m")
z = (m + w_2).named("z")
show(figure(z, values=True))
# --8<-- [end:weighted-sum]


# --8<-- [start:gates]
def by_gates(z):
    u_1 = (-z).named("u_1")
    u_2 = exp(u_1).named("u_2")
    u_3 = (1 + u_2).named("u_3")
    return u_1, u_2, u_3, (1 / u_3).named("a")


u_1, u_2, u_3, alone = by_gates(Tensor(1.0, "z"))
show(figure(alone, values=True))
# --8<-- [end:gates]

# --8<-- [start:gates-backward]
show(figure(alone, gradients=True))
# --8<-- [end:gates-backward]

# --8<-- [start:whole]
from backprop.explain import backward_table, forward_table

a = by_gates(z)[-1]
a.backward()
show(forward_table(a), backward_table(a))
# --8<-- [end:whole]

# --8<-- [start:one-node]
short = sigmoid(z).named("a")
show(figure(short, gradients=True))
# --8<-- [end:one-node]

# --8<-- [start:slope]
from backprop.explain import plot

points = [k / 10 for k in range(-90, 91)]
values = [sigmoid(point) for point in points]
slopes = [(1 - value) * value for value in values]
curves = {"a": (points, values), "da/dz": (points, slopes)}
show(plot(curves, x="z", y="a, da/dz"))
# --8<-- [end:slope]

# --8<-- [start:two]
x_only = Tensor(0.9, "x")
w_first, b_first = Tensor(0.6, "w^(1)"), Tensor(-0.1, "b^(1)")
w_second, b_second = Tensor(-1.4, "w^(2)"), Tensor(0.3, "b^(2)")

z_first = (w_first * x_only + b_first).named("z^(1)")
a_first = sigmoid(z_first).named("a^(1)")
z_second = (w_second * a_first + b_second).named("z^(2)")
a_second = sigmoid(z_second).named("a^(2)")
a_second.backward()
show(figure(a_second))
# --8<-- [end:two]


# --8<-- [start:two-check]
def second_activation(b):
    return sigmoid(-1.4 * sigmoid(0.6 * 0.9 + b) + 0.3)


h = 1e-5
change = second_activation(-0.1 + h) - second_activation(-0.1 - h)
print(change / (2 * h))
# --8<-- [end:two-check]


# --8<-- [start:first-program]
def first_program():
    w, x = [2, -3, -3], [-1, -2]
    z = [w[0] * x[0] + w[1] * x[1] + w[2]]
    a = 1 / 1 + math.exp(-z)
    slope = (1 - a) * a
    grad_w = [x[0] * a + x[1] * a + 1 * a]
    grad_x = [w[0] * a + w[2] * a]
    return a, slope, grad_w, grad_x


try:
    first_program()
except NameError as error:
    print("NameError:", error)
# --8<-- [end:first-program]

# --8<-- [start:list]
import math

try:
    first_program()
except TypeError as error:
    print("TypeError:", error)
# --8<-- [end:list]

# --8<-- [start:precedence]
total = 2 * (-1) + (-3) * (-2) + (-3)

wrong_a = 1 / 1 + math.exp(-total)
wrong_slope = (1 - wrong_a) * wrong_a
print("wrong:", wrong_a, wrong_slope)

right_a = 1 / (1 + math.exp(-total))
right_slope = (1 - right_a) * right_a
print("right:", right_a, right_slope)
# --8<-- [end:precedence]

# --8<-- [start:sums]
w, x = [2, -3, -3], [-1, -2]


def as_written(factor):
    grad_w = [x[0] * factor + x[1] * factor + 1 * factor]
    grad_x = [w[0] * factor + w[2] * factor]
    return grad_w, grad_x


print("activation:", as_written(right_a))
print("slope:", as_written(right_slope))
# --8<-- [end:sums]

# --8<-- [start:commas]
print([x[0] * right_slope, x[1] * right_slope, 1 * right_slope])
print([w[0] * right_slope, w[1] * right_slope])
# --8<-- [end:commas]


# --8<-- [start:index]
def activation(bias, x_1):
    return 1 / (1 + math.exp(-(2 * (-1) + (-3) * x_1 + bias)))


def compare(bias):
    a = activation(bias, -2)
    with_bias = bias * (1 - a) * a
    with_weight = -3 * (1 - a) * a
    change = activation(bias, -2 + h) - activation(bias, -2 - h)
    return with_bias, with_weight, change / (2 * h)


print(compare(-3))
print(compare(-2.5))
# --8<-- [end:index]


# --8<-- [start:lost-sign]
def falling(z):
    return 1 / (1 + math.exp(z))  # the minus sign is lost


by_formula = (1 - falling(1)) * falling(1)
by_difference = (falling(1 + h) - falling(1 - h)) / (2 * h)
print(falling(1), by_formula, by_difference)
# --8<-- [end:lost-sign]

# --8<-- [start:knob]
step = 0.01 / w_1.grad
moved = sigmoid(2 * (-1) + (-3 + step) * (-2) + (-3))
rise = moved - a.value
print(step, moved, rise)
# --8<-- [end:knob]

# --8<-- [start:blanks]
from backprop import grad


def neuron(w_0, w_1, w_2, x_0, x_1):
    return sigmoid(w_0 * x_0 + w_1 * x_1 + w_2)


other = (1.6, -0.7, -1.5, 2.5, 3.0)
other_z = 1.6 * 2.5 + (-0.7) * 3 + (-1.5)
other_a = sigmoid(other_z)
other_slope = (1 - other_a) * other_a
other_gradient = grad(neuron, (0, 1, 2, 3, 4))(*other)
print(round(other_z, 6), other_a, other_slope)
print(other_gradient[:3])
print(other_gradient[3:])
# --8<-- [end:blanks]


# --8<-- [start:three]
def neuron_of_three(w_1, w_2, w_3, b, x_1, x_2, x_3):
    return sigmoid(w_1 * x_1 + w_2 * x_2 + w_3 * x_3 + b)


three = (0.4, -0.9, 1.3, -1.2, 1.5, -2.0, 0.7)
three_z = 0.4 * 1.5 + (-0.9) * (-2) + 1.3 * 0.7 + (-1.2)
three_a = sigmoid(three_z)
three_slope = (1 - three_a) * three_a
three_gradient = grad(neuron_of_three, tuple(range(7)))(*three)
print(round(three_z, 6), three_a, three_slope)
for derivative in three_gradient:
    print(derivative)
# --8<-- [end:three]

# --8<-- [start:twice]
once = sigmoid(1.8)
twice = sigmoid(once)
print((1 - twice) * twice)
print((1 - once) * once)
difference = (sigmoid(1.8 + h) - sigmoid(1.8 - h)) / (2 * h)
print(difference)
# --8<-- [end:twice]

# --8<-- [start:saturated]
flat = (2.4, -1.6, -0.4, 3.0, 0.5)
flat_z = 2.4 * 3 + (-1.6) * 0.5 + (-0.4)
flat_a = sigmoid(flat_z)
flat_slope = (1 - flat_a) * flat_a
flat_gradient = grad(neuron, (0, 1, 2, 3, 4))(*flat)
print(round(flat_z, 6), flat_a, flat_slope)
print(flat_gradient[:3])
print(flat_gradient[3:])
print(round(right_slope / flat_slope))
# --8<-- [end:saturated]
