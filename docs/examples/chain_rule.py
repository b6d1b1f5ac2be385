"""The chain rule: multiply along a path, add over the paths."""

# --8<-- [start:rates]
from backprop import Tensor, cos, exp, sin
from backprop.explain import derivation, figure, plot, show

t = Tensor(1.5, "t")
u = (t**2).named("u")
r = sin(u).named("r")
show(figure(r, values=True))

du_dt, dr_du = 2 * 1.5, cos(2.25)
slope = dr_du * du_dt
# --8<-- [end:rates]


# --8<-- [start:nudge]
def change_in_r(h):
    return sin((1.5 + h) ** 2) - sin(1.5**2)


print("h       change/h   remainder/h")
for h in (0.1, 0.01, 0.001, 0.0001):
    change = change_in_r(h)
    remainder = change - slope * h
    print(f"{h:<6}  {change / h:.5f}  {remainder / h:.5f}")
# --8<-- [end:nudge]

# --8<-- [start:composite]
s = exp(r).named("s")
s.backward()
show(figure(s, gradients=True), derivation(s, t, symbolic=True))
# --8<-- [end:composite]


# --8<-- [start:recursion]
def value_and_rate(functions, start):
    if not functions:
        return start, 1.0  # no function left: the rate of t itself
    *inner, (f, f_prime) = functions  # f is the outermost
    entering, rate = value_and_rate(inner, start)
    return f(entering), f_prime(entering) * rate


pairs = [(lambda t: t**2, lambda t: 2 * t), (sin, cos), (exp, exp)]
end, rate = value_and_rate(pairs, 1.5)
print(f"s = {end:.5f}  ds/dt = {rate:.5f}")
# --8<-- [end:recursion]

# --8<-- [start:uses]
w = Tensor(2.0, "w")
a = Tensor(5.0, "a")

m = (w * w).named("m")
n = (w * a).named("n")
q = (m + n).named("q")
show(figure(q, values=True))
# --8<-- [end:uses]


# --8<-- [start:alone]
def q_of(first, second, third):  # one name for each use of w
    return first * second + third * 5.0


before = q_of(2.0, 2.0, 2.0)
alone = [
    q_of(2.01, 2.0, 2.0) - before,
    q_of(2.0, 2.01, 2.0) - before,
    q_of(2.0, 2.0, 2.01) - before,
]
together = q_of(2.01, 2.01, 2.01) - before
print("alone:", [round(change, 4) for change in alone])
print("sum:", round(sum(alone), 4), " together:", round(together, 4))
# --8<-- [end:alone]

# --8<-- [start:uses-derivation]
q.backward()
show(derivation(q, w))
# --8<-- [end:uses-derivation]


# --8<-- [start:squares]
def squares(steps, start):
    v = Tensor(start, "v_0")
    for i in range(1, steps + 1):
        v = (v * v).named(f"v_{i}")
    return v


v_3 = squares(3, 1.1)
show(figure(v_3, values=True))
# --8<-- [end:squares]

# --8<-- [start:functions]
from backprop.engine import history  # every computed node, oldest first


def count_edges(output):
    return sum(len(node.inputs) for node in history(output))


def count_paths(node):
    if not node.inputs:
        return 1
    return sum(map(count_paths, node.inputs))


# --8<-- [end:functions]

# --8<-- [start:count]
steps = list(range(1, 11))
chains = [squares(k, 1.0) for k in steps]  # only the graph matters
paths = [count_paths(chain) for chain in chains]
edges = [count_edges(chain) for chain in chains]
counts = {"paths": (steps, paths), "edges": (steps, edges)}
show(plot(counts, x="k", y="count", log="y"))
# --8<-- [end:count]

# --8<-- [start:memory]
from functools import cache


@cache
def count_with_memory(node):
    if not node.inputs:
        return 1
    return sum(map(count_with_memory, node.inputs))


chain = squares(280, 1.0)
number = count_with_memory(chain)
print(f"{number:.3g} paths, {count_edges(chain)} edges")
# --8<-- [end:memory]

# --8<-- [start:running]
x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
show(figure(g, values=True))
# --8<-- [end:running]


# --8<-- [start:forward-mode]
def forward_mode(x_dot, y_dot, z_dot):
    p_dot = x_dot + y_dot
    g_dot = p_dot * z.value + p.value * z_dot
    return p_dot, g_dot


for seed in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
    print(seed, forward_mode(*seed))
# --8<-- [end:forward-mode]

# --8<-- [start:reverse-mode]
g.backward()
show(figure(g, gradients=True))
# --8<-- [end:reverse-mode]


# --8<-- [start:cost]
def long_sum(count):
    inputs = [Tensor(0.1 * i) for i in range(1, count + 1)]
    total, *others = [sin(theta) * theta for theta in inputs]
    for term in others:
        total = total + term
    return total


sizes = [1, 3, 10, 30, 100, 300, 1000]
reverse = [count_edges(long_sum(size)) for size in sizes]
forward = [size * visits for size, visits in zip(sizes, reverse)]
both = {
    "forward_mode": (sizes, forward),
    "reverse_mode": (sizes, reverse),
}
show(plot(both, x="inputs", y="multiplications", log="xy"))
# --8<-- [end:cost]

# --8<-- [start:jvp]
from backprop import grad, jvp, vjp


def output(x, y, z):
    return (x + y) * z


value, slope_along = jvp(output, (1.0, 3.0, -3.0), (0.5, -0.2, 2.0))
print(value, slope_along)
# --8<-- [end:jvp]

# --8<-- [start:vjp]
value, pull_back = vjp(output, 1.0, 3.0, -3.0)
print(value, pull_back(10.0))
# --8<-- [end:vjp]

# --8<-- [start:grad]
gradient = grad(output, (0, 1, 2))
print(gradient(1.0, 3.0, -3.0))
# --8<-- [end:grad]


# --8<-- [start:mistakes]
def difference(f, point):  # uses nothing but values of f
    return (f(point + 1e-5) - f(point - 1e-5)) / 2e-5


ds_dt = difference(lambda t: exp(sin(t**2)), 1.5)
dq_dw = difference(lambda w: q_of(w, w, w), 2.0)
print(f"right: {ds_dt:.5f}, {dq_dw:.5f}")

wrong_argument = cos(1.5) * 3.0 * exp(sin(2.25))
factors_added = 3.0 + cos(2.25) + exp(sin(2.25))
paths_multiplied, path_forgotten = 2 * 2 * 5, 2 + 5
print(f"wrong: {wrong_argument:.5f}, {factors_added:.5f}", end=", ")
print(paths_multiplied, path_forgotten, sep=", ")
# --8<-- [end:mistakes]

# --8<-- [start:logarithm]
from backprop import log

b = Tensor(0.8, "b")
c = sin(b).named("c")
L = log(c).named("L")
show(derivation(L, b, symbolic=True))
# --8<-- [end:logarithm]


# --8<-- [start:cube]
def cube(first, second, third):
    return first * second * third


cube_alone = cube(5.01, 5.0, 5.0) - cube(5.0, 5.0, 5.0)
cube_together = cube(5.01, 5.01, 5.01) - cube(5.0, 5.0, 5.0)
print(f"alone: {cube_alone:.6f}  together: {cube_together:.6f}")
# --8<-- [end:cube]

# --8<-- [start:network]
from itertools import pairwise
from math import prod

widths = [1, 10, 10, 10, 1]
connections = sum(left * right for left, right in pairwise(widths))
print(prod(widths), "paths,", connections, "edges")
# --8<-- [end:network]

# --8<-- [start:skip]
v = Tensor(5.0, "v")
c_1 = (v**2).named("c_1")
c_2 = (v * c_1).named("c_2")
L_skip = (c_1 + c_2).named("L")
L_skip.backward()

c_1_dot = 2 * v.value * 1.0
c_2_dot = 1.0 * c_1.value + v.value * c_1_dot
L_dot = c_1_dot + c_2_dot
without_first = c_1_dot + v.value * c_1_dot
without_second = c_1_dot + c_1.value
print(L_dot, "and not", without_first, "or", without_second)
show(figure(L_skip, gradients=True))
# --8<-- [end:skip]


# --8<-- [start:error]
def product(b):
    return exp(b) * sin(b)


claimed = exp(0.8) * cos(0.8)
correct = grad(product)(0.8)
print(f"claimed: {claimed:.5f}  grad: {correct:.5f}")
print(f"difference: {difference(product, 0.8):.5f}")
# --8<-- [end:error]
