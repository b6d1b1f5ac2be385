"""The backward pass: the derivative of the output with respect to every node, in one sweep."""

# --8<-- [start:graph]
from backprop import Tensor, exp, grad, jvp, sin
from backprop.explain import backward_table, check_table, derivation, figure, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
show(figure(g, values=True))
# --8<-- [end:graph]


# --8<-- [start:nudge]
def output(x, y, z):
    return (x + y) * z


h = 0.01
nudged = output(1.0 + h, 3.0, -3.0)
change = nudged - output(1.0, 3.0, -3.0)
rate = change / h
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
show(derivation(g, x), derivation(g, y), derivation(g, z))
# --8<-- [end:derivation]

# --8<-- [start:table]
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

# --8<-- [start:shared-derivation]
show(derivation(q, w))
# --8<-- [end:shared-derivation]

# --8<-- [start:composite]
t = Tensor(1.0, "t")

u = (t**2).named("u")
v = sin(u).named("v")
s = exp(v).named("s")
s.backward()
show(derivation(s, t), backward_table(s))
# --8<-- [end:composite]

# --8<-- [start:cost]
count = 20
point = [0.1] * count
runs = 0


def long_sum(*values):
    global runs
    runs += 1
    return sum(sin(value) * value for value in values)


runs = 0
backwards = grad(long_sum, tuple(range(count)))(*point)
reverse_runs = runs

runs = 0
forwards = []
for i in range(count):
    direction = [1.0 if j == i else 0.0 for j in range(count)]
    forwards.append(jvp(long_sum, point, direction)[1])
forward_runs = runs

largest_difference = max(abs(b - f) for b, f in zip(backwards, forwards))
# --8<-- [end:cost]

# --8<-- [start:check]
show(check_table(g))
# --8<-- [end:check]

# --8<-- [start:step]
eta = 0.1
W = Tensor(0.5, "W")
data, label = 2.0, 3.0  # one example

cost = ((W * data - label) ** 2).named("c")
cost.backward()
W_new = W.value - eta * W.grad
cost_new = (W_new * data - label) ** 2
# --8<-- [end:step]

# --8<-- [start:other-inputs]
x1, y1, z1 = Tensor(2.0, "x"), Tensor(-1.0, "y"), Tensor(5.0, "z")
g1 = ((x1 + y1).named("p") * z1).named("g")
g1.backward()
show(figure(g1, gradients=True))
# --8<-- [end:other-inputs]

# --8<-- [start:twice]
b, c = Tensor(1.0, "b"), Tensor(2.0, "c")
k = ((b + c) * (c + 1.0)).named("k")
k.backward()
show(backward_table(k))
# --8<-- [end:twice]

# --8<-- [start:composite-elsewhere]
t2 = Tensor(0.5, "t")
s2 = sin(exp((t2**2).named("u")).named("v")).named("s")
s2.backward()
show(derivation(s2, t2))
# --8<-- [end:composite-elsewhere]

# --8<-- [start:square]
w2 = Tensor(2.0, "w")
q2 = (w2 * w2).named("q")
show(backward_table(q2), derivation(q2, w2))
# --8<-- [end:square]
