"""The forward pass: the value of every node, in topological order."""

# --8<-- [start:inputs]
from backprop import Tensor, exp, sin
from backprop.explain import figure, forward_table, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
show(figure(g, step=("forward", 0)))
# --8<-- [end:inputs]

# --8<-- [start:first]
show(figure(g, step=("forward", 1)))
# --8<-- [end:first]

# --8<-- [start:second]
show(figure(g, step=("forward", 2)))
# --8<-- [end:second]

# --8<-- [start:table]
show(forward_table(g))
# --8<-- [end:table]

# --8<-- [start:chain]
t = Tensor(1.5, "t")

u = (t**2).named("u")
r = sin(u).named("r")
s = exp(r).named("s")
show(figure(s, values=True), forward_table(s))
# --8<-- [end:chain]

# --8<-- [start:slips]
swapped = exp(sin(t) ** 2)  # the square of the sine
degrees = exp(sin(u * 3.14159265 / 180))  # in degrees
print(f"{float(s):.6g} {float(swapped):.6g} {float(degrees):.6g}")
# --8<-- [end:slips]


# --8<-- [start:other-inputs]
def forward(x, y, z):
    p = (Tensor(x, "x") + Tensor(y, "y")).named("p")
    return p, (p * Tensor(z, "z")).named("g")


p2, g2 = forward(4.0, -6.0, 5.0)
show(forward_table(g2))
# --8<-- [end:other-inputs]

# --8<-- [start:at-zero]
t0 = Tensor(0.0, "t")
s0 = exp(sin((t0**2).named("u")).named("r")).named("s")
show(forward_table(s0))
# --8<-- [end:at-zero]

# --8<-- [start:shared]
w = Tensor(3.0, "w")
a = Tensor(-2.0, "a")

m = (w * w).named("m")
n = (w * a).named("n")
q = (m + n).named("q")
show(forward_table(q))
# --8<-- [end:shared]

# --8<-- [start:only-z]
p3, g3 = forward(1.0, 3.0, 2.0)
show(figure(g3, values=True))
# --8<-- [end:only-z]

# --8<-- [start:mistake]
p4, g4 = forward(2.0, -5.0, -4.0)
show(forward_table(g4))
# --8<-- [end:mistake]
