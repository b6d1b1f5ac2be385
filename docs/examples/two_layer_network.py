"""A network with one hidden unit: by hand, one update, and many."""

# --8<-- [start:network]
from backprop import Tensor, binary_cross_entropy, sigmoid, tanh
from backprop.explain import figure, show

x_1, x_2, y = Tensor(0.5, "x_1"), Tensor(-1.0, "x_2"), 1.0
w1_1, w1_2 = Tensor(0.4, "w^(1)_1"), Tensor(-0.6, "w^(1)_2")
b1 = Tensor(0.1, "b^(1)")
w2, b2 = Tensor(1.2, "w^(2)"), Tensor(-0.3, "b^(2)")

z1 = (w1_1 * x_1 + w1_2 * x_2 + b1).named("z^(1)")
a1 = tanh(z1).named("a^(1)")
z2 = (w2 * a1 + b2).named("z^(2)")
a2 = sigmoid(z2).named("a^(2)")
L = binary_cross_entropy(z2, y).named("L")
show(figure(z2))
# --8<-- [end:network]

# --8<-- [start:hidden]
show(figure(a1, values=True))
print(f"z2 {z2.value:.6f}, a2 {a2.value:.6f}, L {L.value:.6f}")
# --8<-- [end:hidden]

# --8<-- [start:output-neuron]
entering = Tensor(a1.value, "a^(1)")  # as if it were data
leaving = (w2 * entering + b2).named("z^(2)")
alone = binary_cross_entropy(leaving, y).named("L")
alone.backward()
show(figure(alone, gradients=True))

delta2 = a2.value - y
print(f"a2 - y = {delta2:.6f}")
# --8<-- [end:output-neuron]

# --8<-- [start:bridge]
start = Tensor(z1.value, "z^(1)")
end = (w2 * tanh(start).named("a^(1)") + b2).named("z^(2)")
show(figure(end, locals=True))
# --8<-- [end:bridge]

# --8<-- [start:tanh]
from backprop.explain import plot

points = [k / 10 for k in range(-40, 41)]
values = [tanh(point) for point in points]
slopes = [1 - value**2 for value in values]
curves = {"tanh": (points, values), "tanh'": (points, slopes)}
show(plot(curves, x="z", y="tanh, tanh'"))
# --8<-- [end:tanh]

# --8<-- [start:delta]
slope = 1 - a1.value**2
delta1 = delta2 * w2.value * slope
print(f"slope {slope:.6f}, delta1 {delta1:.6f}")
# --8<-- [end:delta]


# --8<-- [start:by-hand]
def by_hand(w1_1, w1_2, b1, w2, b2, x_1, x_2, y):
    a1 = tanh(w1_1 * x_1 + w1_2 * x_2 + b1)  # forward
    a2 = sigmoid(w2 * a1 + b2)
    delta2 = a2 - y  # backward
    delta1 = delta2 * w2 * (1 - a1**2)
    return delta1 * x_1, delta1 * x_2, delta1, delta2 * a1, delta2


hand = by_hand(0.4, -0.6, 0.1, 1.2, -0.3, 0.5, -1.0, 1.0)
L.backward()
print(*(f"{value:.6f}" for value in hand))
# --8<-- [end:by-hand]

# --8<-- [start:check]
from backprop import check_gradients


def loss_of(w1_1, w1_2, b1, w2, b2):
    a1 = tanh(w1_1 * x_1 + w1_2 * x_2 + b1)
    return binary_cross_entropy(w2 * a1 + b2, y)


largest = check_gradients(loss_of, 0.4, -0.6, 0.1, 1.2, -0.3)
print(f"largest error {largest:.1e}")
# --8<-- [end:check]

# --8<-- [start:long]
loss_by_a2 = (1 - y) / (1 - a2.value) - y / a2.value
a2_by_z2 = a2.value * (1 - a2.value)
product = loss_by_a2 * a2_by_z2 * w2.value * slope * x_1.value
print(f"{loss_by_a2:.6f}, {a2_by_z2:.6f}, {product:.6f}")
# --8<-- [end:long]

# --8<-- [start:update]
eta = 0.5
old = [0.4, -0.6, 0.1, 1.2, -0.3]
new = [p - eta * gradient for p, gradient in zip(old, hand)]
new_loss = loss_of(*new).value

print(*(f"{value:.6f}" for value in new))
print(f"loss {L.value:.6f} -> {new_loss:.6f}")
# --8<-- [end:update]

# --8<-- [start:training]
parameters = [Tensor(value) for value in old]
losses = []
for _ in range(300):
    loss = loss_of(*parameters)  # forward pass
    loss.backward()  # backward pass: all gradients
    losses.append(loss.value)
    for p in parameters:  # then all updates
        p.value -= eta * p.grad

show(plot({"loss": losses}, x="update", y="loss"))
print(*(f"{p.value:.6f}" for p in parameters))
# --8<-- [end:training]

# --8<-- [start:order]
w2_new, b2_new = new[3], new[4]  # layer 2 is updated first

right = delta2 * w2.value * slope  # the old w2
mixed = delta2 * w2_new * slope  # the new w2
print(f"b1: right {right:.6f}, mixed {mixed:.6f}")

fresh = by_hand(0.4, -0.6, 0.1, w2_new, b2_new, 0.5, -1.0, 1.0)[2]
print(f"b1: after a new forward pass {fresh:.6f}")
# --8<-- [end:order]

# --8<-- [start:both-ways]
for delta in [right, mixed]:
    w1_1_new = 0.4 - eta * delta * 0.5
    w1_2_new = -0.6 - eta * delta * (-1.0)
    b1_new = 0.1 - eta * delta
    reached = loss_of(w1_1_new, w1_2_new, b1_new, w2_new, b2_new)
    print(f"delta1 {delta:.6f}: loss {reached.value:.6f}")
# --8<-- [end:both-ways]

# --8<-- [start:refused]
from textwrap import fill

from backprop import InPlaceError

weight = Tensor(1.2, "w^(2)")
loss = loss_of(0.4, -0.6, 0.1, weight, -0.3)
weight.value = w2_new  # before the backward pass
try:
    loss.backward()
except InPlaceError as error:
    print(fill(str(error), 64))
# --8<-- [end:refused]

# --8<-- [start:wrong]
no_w2 = delta2 * slope
at_z = delta2 * w2.value * (1 - z1.value**2)
at_a = delta2 * w2.value * (1 - tanh(a1.value) ** 2)
print(f"right {delta1:.6f}")
print(f"wrong {no_w2:.6f} {at_z:.6f} {at_a:.6f}")
# --8<-- [end:wrong]

# --8<-- [start:wrong-sign]
uphill = [p + eta * gradient for p, gradient in zip(old, hand)]
no_bias = [new[0], new[1], old[2], new[3], old[4]]
print(f"wrong sign: loss {loss_of(*uphill).value:.6f}")
print(f"no biases:  loss {loss_of(*no_bias).value:.6f}")
# --8<-- [end:wrong-sign]

# --8<-- [start:zero]
stuck = [Tensor(p) for p in (0.4, -0.6, 0.1, 0.0, -0.3)]
loss_of(*stuck).backward()
print([p.grad == 0 for p in stuck])

nothing = [Tensor(0.0) for _ in range(5)]
for _ in range(300):
    loss_of(*nothing).backward()
    for p in nothing:
        p.value -= eta * p.grad
print([p.value == 0 for p in nothing])
# --8<-- [end:zero]

# --8<-- [start:exercise-signs]
signs = by_hand(-0.3, 0.7, 0.2, -0.8, 0.4, 1.5, -0.6, 0.0)
print(*(f"{value:.6f}" for value in signs))
# --8<-- [end:exercise-signs]

# --8<-- [start:exercise-blanks]
blank_a1 = tanh(0.9 * 0.7 + 0.2 * 1.6 - 0.15)
blank_a2 = sigmoid(-1.4 * blank_a1 + 0.5)
error_2 = blank_a2 - 1
blank_slope = 1 - blank_a1**2
print(f"a1 {blank_a1:.6f}, a2 {blank_a2:.6f}")
print(f"delta2 {error_2:.6f}, slope {blank_slope:.6f}")

blanks = by_hand(0.9, 0.2, -0.15, -1.4, 0.5, 0.7, 1.6, 1.0)
print(*(f"{value:.6f}" for value in blanks))
# --8<-- [end:exercise-blanks]

# --8<-- [start:exercise-sigmoid]
weight_1, weight_2 = Tensor(0.8), Tensor(0.3)
bias_1 = Tensor(0.4)
weight_out, bias_out = Tensor(-1.5), Tensor(0.7)

unit = sigmoid(weight_1 * 1.2 + weight_2 * (-0.7) + bias_1)
score = weight_out * unit + bias_out
binary_cross_entropy(score, 0.0).backward()

upstream = sigmoid(score.value) * (-1.5)
by_formula = upstream * unit.value * (1 - unit.value)
print(f"by hand {by_formula:.6f}, package {bias_1.grad:.6f}")
everything = [weight_1, weight_2, bias_1, weight_out, bias_out]
print(*(f"{p.grad:.6f}" for p in everything))
# --8<-- [end:exercise-sigmoid]

# --8<-- [start:exercise-mistake]
print(f"claimed {-0.25 * 0.9 * (1 - 1.4**2):.6f}")
print(f"correct {-0.25 * 0.9 * (1 - tanh(1.4) ** 2):.6f}")
# --8<-- [end:exercise-mistake]


# --8<-- [start:exercise-update]
def loss_at(w1_1, w1_2, b1, w2, b2):
    a1 = tanh(w1_1 * 1.5 + w1_2 * (-0.6) + b1)
    return binary_cross_entropy(w2 * a1 + b2, 0.0)


before = [-0.3, 0.7, 0.2, -0.8, 0.4]
after = [p - 0.4 * gradient for p, gradient in zip(before, signs)]
print(*(f"{value:.6f}" for value in after))
print(f"loss {loss_at(*before):.6f} -> {loss_at(*after):.6f}")
print(f"mixed {signs[2] / (-0.8) * after[3]:.6f}")
# --8<-- [end:exercise-update]
