"""Computational graphs: a sum, a product, a composite function, and a value with several uses."""

# --8<-- [start:sum]
from backprop import Tensor, exp, sin
from backprop.explain import figure, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")

p = (x + y).named("p")
show(figure(p))
# --8<-- [end:sum]

# --8<-- [start:product]
z = Tensor(-3.0, "z")

g = (p * z).named("g")
show(figure(g))
# --8<-- [end:product]

# --8<-- [start:composite]
t = Tensor(1.0, "t")

u = (t**2).named("u")
v = sin(u).named("v")
s = exp(v).named("s")
show(figure(s))
# --8<-- [end:composite]

# --8<-- [start:shared]
w = Tensor(2.0, "w")
a = Tensor(5.0, "a")

q = (w * w + w * a).named("q")
show(figure(q))
# --8<-- [end:shared]

# --8<-- [start:count]
from backprop.engine import history  # every computed node, oldest first

b = Tensor(1.0, "b")
c = Tensor(2.0, "c")
h = ((b + c) * (c + 1)).named("h")

operations = len(history(h))
edges = sum(len(node.inputs) for node in history(h))
show(figure(h))
# --8<-- [end:count]

# --8<-- [start:logistic]
k = Tensor(0.0, "k")

n = (-k).named("n")
e = exp(n).named("e")
d = (1 + e).named("d")
r = (1 / d).named("r")
show(figure(r))
# --8<-- [end:logistic]
