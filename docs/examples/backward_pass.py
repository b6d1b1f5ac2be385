"""The backward pass: the derivatives of the output, in one sweep."""

# --8<-- [start:graph]
from backprop import Tensor, exp, sin
from backprop.explain import figure, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
show(figure(g, values=True))
# --8<-- [end:graph]


# --8<-- [start:nudge]
def square(t):
    return t**2


for h in (0.1, 0.01, 0.001):
    change = square(1.5 + h) - square(1.5)
    rate = change / h
    print(f"h = {h:<5}  change = {change:.6f}  change / h = {rate:.4f}")
# --8<-- [end:nudge]

# --8<-- [start:start]
g.backward()
show(figure(g, step=("backward", 0)))
# --8<-- [end:start]

# --8<-- [start:product]
show(figure(g, step=("backward", 1)))
# --8<-- [end:product]

# --8<-- [start:sum]
show(figure(g, step=("backward", 2)))
# --8<-- [end:sum]

# --8<-- [start:derivation]
from backprop.explain import derivation

show(derivation(g, x), derivation(g, y), derivation(g, z))
# --8<-- [end:derivation]

# --8<-- [start:weighted]
x4, y4 = Tensor(1.0, "x"), Tensor(3.0, "y")
p4 = ((2 * x4).named("i") + y4).named("p")
g4 = (p4 * Tensor(-3.0, "z")).named("g")
show(derivation(g4, x4), derivation(g4, y4))
# --8<-- [end:weighted]

# --8<-- [start:table]
from backprop.explain import backward_table

show(backward_table(g))
# --8<-- [end:table]

# --8<-- [start:shared]
w = Tensor(2.0, "w")
a = Tensor(5.0, "a")

m = (w * w).named("m")
n = (w * a).named("n")
q = (m + n).named("q")
q.backward()
show(figure(q, gradients=True), backward_table(q))
# --8<-- [end:shared]


# --8<-- [start:shared-nudge]
def output(w, a):
    return w * w + w * a


h = 0.01
change = output(2.0 + h, 5.0) - output(2.0, 5.0)
print(f"change = {change:.6f}  change / h = {change / h:.4f}")
# --8<-- [end:shared-nudge]

# --8<-- [start:shared-derivation]
show(derivation(q, w))
# --8<-- [end:shared-derivation]

# --8<-- [start:skip]
v = Tensor(3.0, "v")

c_1 = (v**2).named("c_1")
c_2 = (v * c_1).named("c_2")
L = (c_1 + c_2).named("L")
L.backward()
show(figure(L, gradients=True), backward_table(L))
# --8<-- [end:skip]

# --8<-- [start:composite]
t = Tensor(1.5, "t")

u = (t**2).named("u")
r = sin(u).named("r")
s = exp(r).named("s")
s.backward()
show(derivation(s, t), backward_table(s))
# --8<-- [end:composite]

# --8<-- [start:step]
weight = Tensor(0.5, "w")
data, label = 2.0, 3.0  # one example
eta = 0.1

prediction = (weight * data).named("m")
loss = ((prediction - label) ** 2).named("L")
loss.backward()

new_weight = weight.value - eta * weight.grad
new_loss = (new_weight * data - label) ** 2
print(f"derivative {weight.grad}, new weight {new_weight}")
print(f"loss {float(loss)}, then {new_loss:.6g}")
# --8<-- [end:step]

# --8<-- [start:check]
from backprop.explain import check_table

show(check_table(s))
# --8<-- [end:check]

# --8<-- [start:step-size]
from backprop.explain import plot


def f(t):
    return exp(sin(t**2))


steps = [10 ** (-i / 2) for i in range(2, 25)]
forward, central = [], []
for h in steps:
    ahead, behind = f(1.5 + h), f(1.5 - h)
    forward.append(abs((ahead - f(1.5)) / h / t.grad - 1))
    central.append(abs((ahead - behind) / (2 * h) / t.grad - 1))

errors = {
    "forward_difference": (steps, forward),
    "central_difference": (steps, central),
}
show(plot(errors, x="step_size", y="relative_error", log="xy"))
# --8<-- [end:step-size]

# --8<-- [start:other-inputs]
x1, y1, z1 = Tensor(4.0, "x"), Tensor(-6.0, "y"), Tensor(5.0, "z")
g1 = ((x1 + y1).named("p") * z1).named("g")
g1.backward()
show(figure(g1, gradients=True))
# --8<-- [end:other-inputs]

# --8<-- [start:blanks]
theta = Tensor(0.8, "theta")
theta_1 = (theta**2).named("theta_1")
theta_2 = exp(theta_1).named("theta_2")
theta_3 = sin(theta_2).named("theta_3")
theta_3.backward()
show(derivation(theta_3, theta))
# --8<-- [end:blanks]

# --8<-- [start:twice]
b, c = Tensor(4.0, "b"), Tensor(2.0, "c")
k_1 = (b + c).named("k_1")
k_2 = (c + 1.0).named("k_2")
k = (k_1 * k_2).named("k")
k.backward()
show(backward_table(k))
# --8<-- [end:twice]

# --8<-- [start:three-paths]
v5, a5 = Tensor(4.0, "v"), Tensor(-3.0, "a")
c5 = (v5 * a5).named("c_1")
L5 = (c5 + (v5 * c5).named("c_2")).named("L")
L5.backward()
show(backward_table(L5))
# --8<-- [end:three-paths]

# --8<-- [start:square]
w2 = Tensor(3.0, "w")
m2 = (w2 * w2).named("m")
m2.backward()
show(backward_table(m2), derivation(m2, w2))
# --8<-- [end:square]
