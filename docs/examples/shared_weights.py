"""Shared weights: in space, in time and among workers."""

# --8<-- [start:two-places]
from backprop import Tensor
from backprop.explain import figure, show

shared = Tensor(3.0, "w")
z = (shared * 2 - 8).named("z")
L = (shared * z).named("L")
L.backward()
show(figure(L, gradients=True))
# --8<-- [end:two-places]

# --8<-- [start:copies]
first, second = Tensor(3.0, "w_a"), Tensor(3.0, "w_b")
L_copies = (second * (first * 2 - 8).named("z")).named("L")
L_copies.backward()
show(figure(L_copies, gradients=True))
print(f"{first.grad} + {second.grad} = {first.grad + second.grad}")
# --8<-- [end:copies]

# --8<-- [start:slide]
w_1, w_2 = Tensor(-1.5, "w_1"), Tensor(0.5, "w_2")
z_1 = (w_1 * 6 + w_2 * (-2)).named("z_1")
z_2 = (w_1 * (-2) + w_2 * 5).named("z_2")
z_3 = (w_1 * 5 + w_2 * 7).named("z_3")
U = (4 * z_1 - 3 * z_2 + 2 * z_3).named("U")
U.backward()
show(figure(U, gradients=True))
# --8<-- [end:slide]

# --8<-- [start:correlate]
import numpy as np

signal = np.array([6.0, -2.0, 5.0, 7.0])
kernel = np.array([-1.5, 0.5])
delta = np.array([4.0, -3.0, 2.0])  # one for each position
print(np.correlate(signal, kernel).tolist())  # forward pass
print(np.correlate(signal, delta).tolist())  # gradient of the kernel
# --8<-- [end:correlate]


# --8<-- [start:slices]
def correlate(x, w):
    count = len(x) - len(w) + 1  # how many positions there are
    z = w[0] * x[0:count]
    for j in range(1, len(w)):
        z = z + w[j] * x[j : j + count]
    return z


x_node, w_node = Tensor(signal, "x"), Tensor(kernel, "w")
Z = correlate(x_node, w_node)
Z.backward(delta)  # with these upstream gradients
print(Z.value.tolist(), w_node.grad.tolist())
# --8<-- [end:slices]

# --8<-- [start:step]
from backprop import tanh

w, u, b = Tensor(1.5, "w"), Tensor(-0.7, "u"), Tensor(0.2, "b")


def step(h, x, t):
    z = (w * h + (u * x + b)).named(f"z_{t}")
    return tanh(z).named(f"h_{t}")


show(figure(step(Tensor(0.6, "h_0"), Tensor(0.8, "x_1"), 1)))
# --8<-- [end:step]

# --8<-- [start:unroll]
x = {1: 0.8, 2: 2.5, 3: -0.5}
h_0, y = 0.6, 0.5

h_1 = step(h_0, x[1], 1)
h_2 = step(h_1, x[2], 2)
h_3 = step(h_2, x[3], 3)
loss = ((h_3 - y) ** 2).named("L")
for state in h_1, h_2, h_3, loss:
    print(f"{state.name} {state.value:.6f}")
# --8<-- [end:unroll]

# --8<-- [start:unroll-backward]
loss.backward()
show(figure(loss, gradients=True))
# --8<-- [end:unroll-backward]

# --8<-- [start:through-time]
h = [h_0, h_1.value, h_2.value, h_3.value]
deltas, terms = {}, {}
upstream = 2 * (h[3] - y)
for t in 3, 2, 1:
    deltas[t] = upstream * (1 - h[t] ** 2)
    terms[t] = deltas[t] * h[t - 1]  # what comes back to w
    upstream = deltas[t] * w.value  # for the step before

dw = terms[1] + terms[2] + terms[3]
du = sum(deltas[t] * x[t] for t in deltas)
db = sum(deltas.values())
for by_hand, node in (dw, w), (du, u), (db, b):
    print(f"{by_hand:.6f} {node.grad:.6f}")
# --8<-- [end:through-time]

# --8<-- [start:truncated]
print(f"1 step back:  {terms[3]:.6f}")
print(f"2 steps back: {terms[3] + terms[2]:.6f}")
print(f"3 steps back: {terms[3] + terms[2] + terms[1]:.6f}")
# --8<-- [end:truncated]

# --8<-- [start:cell]
from backprop import nn

cell = nn.RecurrentCell(1, 1)  # one input, one unit
parameters = {"hidden_weight": [[1.5]], "input_weight": [[-0.7]]}
parameters["bias"] = [0.2]
cell.load_state_dict(parameters)

state = np.array([[h_0]])
for t in 1, 2, 3:
    state = cell(np.array([[x[t]]]), state)  # the same cell
((state - y) ** 2).sum().backward()
for node in cell.hidden_weight, cell.input_weight, cell.bias:
    print(f"{node.grad.item():.6f}")
# --8<-- [end:cell]

# --8<-- [start:powers]
from backprop.explain import plot

n = np.arange(41)
powers = {"0.8^n": 0.8**n, "1.0^n": 1.0**n, "1.2^n": 1.2**n}
show(plot(powers, x="n", y="w^n", log="y"))
# --8<-- [end:powers]


# --8<-- [start:parts]
def gradient(w, x, y):
    return float(np.mean(2 * (w * x - y) * x))  # of the mean loss


xs = np.array([2.0, 4.0, -2.0, 5.0])
ys = np.array([5.0, 9.0, -1.0, 14.0])
whole = gradient(3.0, xs, ys)
part_1 = gradient(3.0, xs[:1], ys[:1])  # one example
part_2 = gradient(3.0, xs[1:], ys[1:])  # three examples
print(whole, part_1, part_2)
# --8<-- [end:parts]

# --8<-- [start:dask]
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import dask
from distributed import Client


@contextmanager  # to be used after `with`
def two_workers():
    options = {"n_workers": 2, "threads_per_worker": 1}
    options["dashboard_address"] = ":0"  # at any free port
    with (
        TemporaryDirectory() as folder,  # for the workers' files
        dask.config.set(temporary_directory=folder),
        Client(processes=False, **options) as client,
    ):
        yield client


# --8<-- [end:dask]

# --8<-- [start:submit]
with two_workers() as client:
    future_1 = client.submit(gradient, 3.0, xs[:1], ys[:1])
    future_2 = client.submit(gradient, 3.0, xs[1:], ys[1:])
    answers = client.gather([future_1, future_2])
combined = (1 * answers[0] + 3 * answers[1]) / 4
print(answers, combined)
# --8<-- [end:submit]

# --8<-- [start:fit]
from backprop import datasets
from backprop.training import fit

points, classes = datasets.moons(200, seed=0)


def train(**options):
    model = nn.MLP((2, 8, 2), activation="tanh", seed=0)
    return fit(model, (points, classes), epochs=3, **options).loss


alone = train()
with two_workers() as client:
    together = train(executor=client)
for one, two in zip(alone, together):
    print(f"{one:.6f} {two:.6f}")
# --8<-- [end:fit]

# --8<-- [start:mean-of-means]
print((part_1 + part_2) / 2)
# --8<-- [end:mean-of-means]

# --8<-- [start:flipped]
print(np.convolve(signal, delta, "valid").tolist())
# --8<-- [end:flipped]

# --8<-- [start:apart]
eta = 0.1
new_first = first.value - eta * first.grad
new_second = second.value - eta * second.grad
new_shared = shared.value - eta * shared.grad
print(f"{new_first:.6g} {new_second:.6g}, shared {new_shared:.6g}")
# --8<-- [end:apart]

# --8<-- [start:exercise-kernel]
x_five = np.array([3.0, -1.0, 4.0, 2.0, -5.0])
delta_new = np.array([2.0, -3.0, 6.0])
print(np.correlate(x_five, delta_new).tolist())
# --8<-- [end:exercise-kernel]

# --8<-- [start:exercise-signal]
print(x_node.grad.tolist())
print(np.convolve(delta, kernel).tolist())
# --8<-- [end:exercise-signal]

# --8<-- [start:exercise-time-by-hand]
state_1 = np.tanh(-1.2 * 0 + 0.6 * 2 + 0.1)
state_2 = np.tanh(-1.2 * state_1 + 0.6 * (-1.5) + 0.1)
delta_2 = 2 * (state_2 - 0.4) * (1 - state_2**2)
delta_1 = delta_2 * (-1.2) * (1 - state_1**2)
dw_two = delta_2 * state_1
du_two = delta_1 * 2 + delta_2 * (-1.5)
print(f"h_1 {state_1:.6f}, h_2 {state_2:.6f}")
print(f"delta_2 {delta_2:.6f}, delta_1 {delta_1:.6f}")
print(f"dw {dw_two:.6f}, du {du_two:.6f}")
# --8<-- [end:exercise-time-by-hand]

# --8<-- [start:exercise-time]
cell_new = nn.RecurrentCell(1, 1)
parameters = {"hidden_weight": [[-1.2]], "input_weight": [[0.6]]}
parameters["bias"] = [0.1]
cell_new.load_state_dict(parameters)
layer = nn.Recurrent(cell_new)  # starts from the state 0
last = layer(np.array([[[2.0], [-1.5]]]))  # one sequence, two steps
((last - 0.4) ** 2).sum().backward()
dw_new = cell_new.hidden_weight.grad[0, 0]
du_new = cell_new.input_weight.grad[0, 0]
print(f"dw {dw_new:.6f}, du {du_new:.6f}")
# --8<-- [end:exercise-time]

# --8<-- [start:exercise-workers]
print((2 * 6 + 5 * (-1) + 3 * 4) / 10)
# --8<-- [end:exercise-workers]


# --8<-- [start:exercise-error]
def friends_update(w, eta):
    upstream = 2 * (h[3] - y)
    for t in 3, 2, 1:
        delta_t = upstream * (1 - h[t] ** 2)
        w = w - eta * delta_t * h[t - 1]
        upstream = delta_t * w
    return w


friends_w = friends_update(1.5, eta)
right_w = 1.5 - eta * dw
print(f"{friends_w:.6f}, right {right_w:.6f}")
# --8<-- [end:exercise-error]

# --8<-- [start:exercise-error-larger]
friends_w = friends_update(1.5, 0.5)
right_w = 1.5 - 0.5 * dw
print(f"{friends_w:.6f}, right {right_w:.6f}")
# --8<-- [end:exercise-error-larger]
