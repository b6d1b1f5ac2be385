"""One logistic neuron: from a prediction to learning."""

# --8<-- [start:loss]
import numpy as np

from backprop.explain import plot, show

a_values = np.linspace(0.01, 0.99, 99)
loss_0 = -np.log(1 - a_values)  # y = 0
loss_1 = -np.log(a_values)  # y = 1
curves = {"class_0": (a_values, loss_0), "class_1": (a_values, loss_1)}
show(plot(curves, x="a", y="loss"))
for a_i in [0.9, 0.5, 0.01]:
    print(f"y = 1, a = {a_i}: loss {-np.log(a_i):.6f}")
# --8<-- [end:loss]

# --8<-- [start:forward]
from backprop import Tensor, log, sigmoid
from backprop.explain import figure, forward_table

w_1, w_2, b = Tensor(0.5, "w_1"), Tensor(-0.25, "w_2"), Tensor(0.1, "b")
x_1, x_2 = Tensor(1.5, "x_1"), Tensor(-2.0, "x_2")
y = 1.0

m_1, m_2 = (w_1 * x_1).named("m_1"), (w_2 * x_2).named("m_2")
z = ((m_1 + m_2).named("m") + b).named("z")
a = sigmoid(z).named("a")
L = (-log(a).named("r")).named("L")  # the loss for y = 1
show(figure(a, values=True), forward_table(L))
# --8<-- [end:forward]

# --8<-- [start:backward]
from backprop.explain import backward_table

L.backward()

from_z = Tensor(z.value, "z")  # the last part by itself, for the figure
r = log(sigmoid(from_z).named("a")).named("r")
show(figure((-r).named("L"), gradients=True, locals=True))
show(backward_table(L))
# --8<-- [end:backward]

# --8<-- [start:factors]
loss_by_a = (1 - y) / (1 - a.value) - y / a.value
a_by_z = a.value * (1 - a.value)
error = a.value - y
print(f"product {loss_by_a * a_by_z:.6f}, error {error:.6f}")
# --8<-- [end:factors]

# --8<-- [start:wrong-side]
z_bad = -6.0  # y is 1 all the same
a_bad = sigmoid(z_bad)
slope_squared = 2 * (a_bad - 1) * a_bad * (1 - a_bad)
slope_entropy = a_bad - 1
print(f"a {a_bad:.6f}")
print(f"slope of the square        {slope_squared:.6f}")
print(f"slope of the cross-entropy {slope_entropy:.6f}")
# --8<-- [end:wrong-side]

# --8<-- [start:step]
eta = 0.1
new_w_1 = w_1.value - eta * w_1.grad
new_w_2 = w_2.value - eta * w_2.grad
new_b = b.value - eta * b.grad
# --8<-- [end:step]

# --8<-- [start:after]
new_z = new_w_1 * x_1.value + new_w_2 * x_2.value + new_b
new_a = sigmoid(new_z)
new_loss = -np.log(new_a)
print(f"loss {L.value:.6f} -> {new_loss:.6f}")
# --8<-- [end:after]

# --8<-- [start:descent]
weights, bias = np.array([0.5, -0.25]), 0.1
inputs, label = np.array([1.5, -2.0]), 1.0
activations, losses = [], []

for _ in range(1500):
    activation = sigmoid(weights @ inputs + bias)  # forward pass
    activations.append(activation)
    losses.append(-np.log(activation))
    delta = activation - label  # backward pass: the error
    weights = weights - eta * delta * inputs
    bias = bias - eta * delta

shown = {"a": activations[:101], "loss": losses[:101]}
show(plot(shown, x="update", y="value"))
# --8<-- [end:descent]

# --8<-- [start:distance]
for distance in [0.05, 0.01, 0.001]:
    too_far = sum(1 - a_n >= distance for a_n in activations)
    print(f"1 - a < {distance} after {too_far} updates")
# --8<-- [end:distance]

# --8<-- [start:points]
from backprop import binary_cross_entropy

ones = [(1.5, -2.0), (2.2, 0.8), (0.3, 1.8), (-0.4, 2.3)]
zeros = [(-1.6, -0.7), (-0.5, -1.9), (-2.1, 0.9), (1.1, 0.4)]
points = np.array(ones + zeros)
labels = np.array([1, 1, 1, 1, 0, 0, 0, 0])


def cost(w, b):
    return binary_cross_entropy(points @ w + b, labels)


# --8<-- [end:points]

# --8<-- [start:descend]
start = np.array([0.5, -0.25]), 0.1


def descend(rate, updates):
    w, b = start
    costs = [cost(w, b)]
    for _ in range(updates):
        errors = sigmoid(points @ w + b) - labels  # one per example
        w = w - rate * (errors @ points) / len(points)
        b = b - rate * errors.mean()
        costs.append(cost(w, b))
    return w, b, costs


# --8<-- [end:descend]


# --8<-- [start:boundary]
from backprop.explain import boundary


def predictor(w, b):
    return lambda points: sigmoid(points @ w + b)


w_end, b_end, costs = descend(rate=1.0, updates=40)
right = []
for predict in predictor(*start), predictor(w_end, b_end):
    show(boundary(predict, points, labels))
    right.append(np.sum((predict(points) > 0.5) == labels))
print(f"right {right[0]} -> {right[1]}")
print(f"cost {costs[0]:.6f} -> {costs[-1]:.6f}")
# --8<-- [end:boundary]

# --8<-- [start:rates]
eta_1, eta_2, eta_3 = 0.02, 1.0, 10.0
runs = {
    "eta_1": descend(eta_1, 40)[2],
    "eta_2": descend(eta_2, 40)[2],
    "eta_3": descend(eta_3, 40)[2],
}
show(plot(runs, x="update", y="cost"))
# --8<-- [end:rates]

# --8<-- [start:stable]
lost = 1 - sigmoid(40.0)
kept = binary_cross_entropy(40.0, 0.0)
print(f"1 - a = {lost}, loss from z: {kept}")
# --8<-- [end:stable]


# --8<-- [start:wrong-sign]
up_w_1 = w_1.value + eta * w_1.grad
up_w_2 = w_2.value + eta * w_2.grad
up_b = b.value + eta * b.grad
up_z = up_w_1 * x_1.value + up_w_2 * x_2.value + up_b
print(f"loss {L.value:.6f} -> {-np.log(sigmoid(up_z)):.6f}")
# --8<-- [end:wrong-sign]


# --8<-- [start:brackets]
def without_brackets(a, y, x):
    fraction = (1 - y) * a - y * (1 - a) / (1 - a) * a
    return fraction * a * (1 - a) * x


for y_i in [1.0, 0.0]:
    wrong = without_brackets(a.value, y_i, 1.5)
    correct = (a.value - y_i) * 1.5
    print(f"y = {y_i}: wrong {wrong:.6f}, right {correct:.6f}")
# --8<-- [end:brackets]

# --8<-- [start:upstream]
no_upstream = a_by_z * x_1.value
print(f"wrong {no_upstream:.6f}, right {w_1.grad:.6f}")
# --8<-- [end:upstream]

# --8<-- [start:stale]
w_old, b_old = start
errors = sigmoid(points @ w_old + b_old) - labels  # only once
stale = []
for _ in range(41):
    stale.append(cost(w_old, b_old))
    w_old = w_old - 1.0 * (errors @ points) / len(points)
    b_old = b_old - 1.0 * errors.mean()
print(f"start {stale[0]:.6f}")
print(f"lowest {min(stale):.6f}, end {stale[-1]:.6f}")
# --8<-- [end:stale]

# --8<-- [start:exercise-zero]
weight_1, weight_2 = Tensor(0.5, "w_1"), Tensor(-0.25, "w_2")
offset = Tensor(0.1, "b")
z_0 = (weight_1 * 1.5 + weight_2 * (-2.0) + offset).named("z")
a_0 = sigmoid(z_0).named("a")
L_0 = (-log(1 - a_0)).named("L")
L_0.backward()
print(f"loss {L_0.value:.6f}")
for parameter in weight_1, weight_2, offset:
    print(f"gradient {parameter.grad:.6f}")
# --8<-- [end:exercise-zero]


# --8<-- [start:exercise-blanks]
def learn(w_1, w_2, b, x_1, x_2, y, eta):
    z = w_1 * x_1 + w_2 * x_2 + b
    error = sigmoid(z) - y
    print(f"z {z:.6f}, a {error + y:.6f}, error {error:.6f}")
    by_w_1, by_w_2, by_b = error * x_1, error * x_2, error
    print(f"gradients {by_w_1:.6f}, {by_w_2:.6f}, {by_b:.6f}")
    w_1, w_2 = w_1 - eta * by_w_1, w_2 - eta * by_w_2
    b = b - eta * by_b
    print(f"parameters {w_1:.6f}, {w_2:.6f}, {b:.6f}")
    new_z = w_1 * x_1 + w_2 * x_2 + b
    losses = [binary_cross_entropy(t, y) for t in (z, new_z)]
    print(f"loss {losses[0]:.6f} -> {losses[1]:.6f}")


learn(-0.6, 0.3, -0.2, x_1=2.5, x_2=1.6, y=1.0, eta=0.2)
# --8<-- [end:exercise-blanks]

# --8<-- [start:exercise-fresh]
learn(0.8, 0.6, -0.3, x_1=-0.5, x_2=1.7, y=0.0, eta=0.5)
# --8<-- [end:exercise-fresh]
