"""The graphs of graphs_in_frameworks.py in PyTorch."""

# --8<-- [start:graph]
import torch

x = torch.tensor(1.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
z = torch.tensor(-3.0, requires_grad=True)

p = x + y
g = p * z
g.backward()
print(x.grad.item(), y.grad.item(), z.grad.item())
# --8<-- [end:graph]

# --8<-- [start:twice]
w = torch.tensor(2.0, requires_grad=True)
a = torch.tensor(5.0)


def forward():
    return w * w + w * a


q = forward()
q.backward()
print(w.grad.item())

q = forward()
q.backward()
print(w.grad.item())
# --8<-- [end:twice]

# --8<-- [start:reset]
optimizer = torch.optim.SGD([w], lr=0.1)
optimizer.zero_grad()  # now w.grad is None

q = forward()
q.backward()
print(w.grad.item())
# --8<-- [end:reset]

# --8<-- [start:loop]
weight = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.1)

weights = []
for _ in range(3):
    optimizer.zero_grad()
    loss = (weight * 2 - 3) ** 2
    loss.backward()
    optimizer.step()
    weights.append(weight.item())
print(weights)
# --8<-- [end:loop]

# --8<-- [start:exercise-translate]
v = torch.tensor(-3.0, requires_grad=True)
c_1 = v**2
c_2 = v * c_1
L = c_1 + c_2
L.backward()
print(L.item(), v.grad.item())
# --8<-- [end:exercise-translate]

# --8<-- [start:exercise-twice]
w = torch.tensor(4.0, requires_grad=True)
a = torch.tensor(-3.0)
(w * w + w * a).backward()
first = w.grad.item()

with torch.no_grad():
    w.fill_(6.0)
(w * w + w * a).backward()
second = w.grad.item()
print(first, second)
# --8<-- [end:exercise-twice]
