"""Computational graphs in our engine, as in frameworks, and plans."""

# --8<-- [start:graph]
from backprop import Tensor
from backprop.explain import figure, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
g.backward()
print(x.grad, y.grad, z.grad)
show(figure(g, gradients=True))
# --8<-- [end:graph]

# --8<-- [start:twice]
w = Tensor(2.0, "w")
a = Tensor(5.0, "a")


def forward():
    return w * w + w * a


q = forward()
q.backward()
print(w.grad)

q = forward()
q.backward()
print(w.grad)
# --8<-- [end:twice]


# --8<-- [start:branch]
def f(theta):
    if theta > 0:
        return theta**3
    return -5 * theta


for number in 2.0, -3.0:
    theta = Tensor(number, "theta")
    output = f(theta).named("f")
    output.backward()
    show(figure(output, gradients=True))
# --8<-- [end:branch]

# --8<-- [start:kept]
from backprop import grad


def kept(theta):  # what a run at theta = 2 has seen of f
    return theta**3


print(grad(f)(-3.0), grad(kept)(-3.0))
# --8<-- [end:kept]

# --8<-- [start:model]
from backprop import nn


class Product(nn.Module):
    def __init__(self):
        self.x = Tensor(1.0)
        self.y = Tensor(3.0)
        self.z = Tensor(-3.0)

    def forward(self, _):
        return (self.x + self.y) * self.z


# --8<-- [end:model]

# --8<-- [start:plan]
from textwrap import dedent
from types import SimpleNamespace

import numpy as np

from backprop.training import FlatParameters
from backprop.training.plan import PlannedStep

no_data = np.zeros(1)
itself = SimpleNamespace(compute=lambda output, _: output)


def plan_of(model):
    flat = FlatParameters(dict(model.named_parameters()))
    planned = PlannedStep(model, itself, flat)
    print(planned.step(no_data, no_data), flat.gradients)
    _, body = planned.sources[1].split("\n", 1)
    print(dedent(body).strip())


plan_of(Product())
# --8<-- [end:plan]

# --8<-- [start:fit]
from textwrap import fill

from backprop import where
from backprop.training import fit


class Model(nn.Module):
    def __init__(self, rule):
        self.weight = Tensor([[0.5]])
        self.rule = rule

    def forward(self, batch):
        return self.rule(batch @ self.weight)


def with_if(values):
    if values.mean() > 0:
        return values**3
    return -5 * values


def with_where(values):
    return where(values.mean() > 0, values**3, -5 * values)


# --8<-- [end:fit]

# --8<-- [start:why]
inputs = np.linspace(-1.0, 2.0, 8).reshape(8, 1)


def train(rule):
    data = inputs, 2 * inputs
    history = fit(
        Model(rule), data, loss="mean_squared_error", epochs=5
    )
    print(fill(f"{rule.__name__}: {history.plan}", 66))
    return history.loss


losses_if = train(with_if)
losses_where = train(with_where)
print("same losses:", np.allclose(losses_if, losses_where))
# --8<-- [end:why]

# --8<-- [start:added]
weight, stored = Tensor(0.5, "w"), 0.0
for _ in range(3):
    loss = (weight * 2 - 3) ** 2
    loss.backward()
    stored = stored + weight.grad  # as without zero_grad()
    weight.value = weight.value - 0.1 * stored
    print(f"{weight.value:.6g}")
# --8<-- [end:added]

# --8<-- [start:constant]
x_cut, z_cut = Tensor(1.0, "x"), Tensor(-3.0, "z")
p_cut = x_cut + 3
g_cut = p_cut.value * z_cut  # .value is a number without a history
g_cut.backward()
print(z_cut.grad, x_cut.grad)
# --8<-- [end:constant]

# --8<-- [start:exercise-translate]
v = Tensor(-3.0, "v")
c_1 = (v**2).named("c_1")
c_2 = (v * c_1).named("c_2")
L = (c_1 + c_2).named("L")
L.backward()
print(L.value, v.grad)
# --8<-- [end:exercise-translate]

# --8<-- [start:exercise-twice]
w_ours, a_ours = Tensor(4.0, "w"), Tensor(-3.0, "a")
(w_ours * w_ours + w_ours * a_ours).backward()
first = w_ours.grad

w_ours.value = 6.0
(w_ours * w_ours + w_ours * a_ours).backward()
second = w_ours.grad
print(first, second)
# --8<-- [end:exercise-twice]


# --8<-- [start:exercise-plan]
class FanOut(nn.Module):
    def __init__(self):
        self.w = Tensor(2.0)
        self.a = Tensor(5.0)

    def forward(self, _):
        return self.w * self.w + self.w * self.a


plan_of(FanOut())
# --8<-- [end:exercise-plan]


# --8<-- [start:exercise-which]
def three_times(values):
    for _ in range(3):
        values = np.tanh(values)
    return values


def until_small(values):
    while values.mean() > 0.1:
        values = values / 2
    return values


def by_size(values):
    if len(values) > 4:
        return values**3
    return -5 * values


# --8<-- [end:exercise-which]

# --8<-- [start:exercise-which-check]
for rule in three_times, until_small, by_size:
    train(rule)
# --8<-- [end:exercise-which-check]
