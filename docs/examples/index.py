"""The home page: one expression, computed forwards and backwards."""

# --8<-- [start:start]
from backprop import Tensor
from backprop.explain import figure, show

x = Tensor(1.0, "x")
y = Tensor(3.0, "y")
z = Tensor(-3.0, "z")

p = (x + y).named("p")
g = (p * z).named("g")
g.backward()

show(figure(g, gradients=True))
# --8<-- [end:start]
