"""Computational graphs: operations, their order, and fan-out."""

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
t = Tensor(1.5, "t")

u = (t**2).named("u")
r = sin(u).named("r")
s = exp(r).named("s")
show(figure(s))
# --8<-- [end:composite]

# --8<-- [start:shared]
w = Tensor(2.0, "w")
a = Tensor(5.0, "a")

m = (w * w).named("m")
n = (w * a).named("n")
q = (m + n).named("q")
show(figure(q))
# --8<-- [end:shared]

# --8<-- [start:blanks]
b = Tensor(4.0, "b")
c = Tensor(2.0, "c")

d_1 = (b * c).named("d_1")
d_2 = sin(d_1).named("d_2")
d = (d_2 + b).named("d")
show(figure(d))
# --8<-- [end:blanks]

# --8<-- [start:count]
from backprop.engine import history

k_1 = (b + c).named("k_1")
k_2 = (c + 1).named("k_2")
k = (k_1 * k_2).named("k")

computed = history(k)  # every computed node, oldest first
operations = len(computed)
edges = sum(len(node.inputs) for node in computed)
print(operations, "operations,", edges, "edges into them")
show(figure(k))
# --8<-- [end:count]

# --8<-- [start:logistic]
j = Tensor(0.5, "j")

j_1 = (-j).named("j_1")
j_2 = exp(j_1).named("j_2")
j_3 = (1 + j_2).named("j_3")
j_4 = (1 / j_3).named("j_4")
show(figure(j_4))
# --8<-- [end:logistic]
