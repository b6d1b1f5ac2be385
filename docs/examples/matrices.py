"""From scalars to matrices: a layer entry by entry, then a network."""

# --8<-- [start:layer]
import numpy as np

from backprop import Tensor
from backprop.explain import figure, show

X = np.array([[2.0, -5.0], [4.0, 3.0]])  # one row for each example
W = np.array([[3.0, 1.5], [-2.0, 0.5]])  # one column for each unit
b = np.array([4.0, -3.0])  # one number for each unit

X_node, W_node, b_node = Tensor(X, "X"), Tensor(W, "W"), Tensor(b, "b")
Z = (X_node @ W_node + b_node).named("Z")
show(figure(Z, values=True))
# --8<-- [end:layer]

# --8<-- [start:upstream]
dZ = np.array([[-7.0, 8.0], [-9.0, 6.0]])
# --8<-- [end:upstream]

# --8<-- [start:one-weight]
delta_11, delta_21 = -7.0, -9.0
w_11 = Tensor(3.0, "w_11")

z_11 = (2 * w_11 + 14).named("z_11")
z_21 = (4 * w_11 - 2).named("z_21")
U = (delta_11 * z_11 + delta_21 * z_21).named("U")
show(figure(U, values=True))
# --8<-- [end:one-weight]

# --8<-- [start:one-weight-backward]
U.backward()
show(figure(U, gradients=True))
# --8<-- [end:one-weight-backward]

# --8<-- [start:by-hand]
dW = X.T @ dZ
dX = dZ @ W.T
db = dZ.sum(axis=0)  # add up the rows: one sum for each column

L = (Z * dZ).sum().named("L")
L.backward()
for tensor, gradient in [(W_node, dW), (X_node, dX), (b_node, db)]:
    print(gradient.tolist(), np.array_equal(gradient, tensor.grad))
# --8<-- [end:by-hand]

# --8<-- [start:shapes]
rng = np.random.default_rng(0)
inputs = rng.normal(size=(3, 2))  # 3 examples, 2 inputs
weights = rng.normal(size=(2, 4))  # 2 inputs, 4 units
upstream = rng.normal(size=(3, 4))  # the shape of the product

print((inputs.T @ upstream).shape, (upstream @ weights.T).shape)
try:
    inputs @ upstream
except ValueError:
    print(inputs.shape, "times", upstream.shape, "is not defined")
# --8<-- [end:shapes]

# --8<-- [start:examples]
first = np.outer(X[0], dZ[0])  # inputs times deltas
second = np.outer(X[1], dZ[1])
print(np.array_equal(first + second, dW))
# --8<-- [end:examples]

# --8<-- [start:column]
x = X[0].reshape(2, 1)  # the first example as a column
delta = dZ[0].reshape(2, 1)
print(np.array_equal(delta @ x.T, first.T))
# --8<-- [end:column]

# --8<-- [start:broadcast]
bias = np.zeros((1, 4))
print(upstream.sum(axis=0, keepdims=True).shape)
print((bias - 0.1 * upstream).shape)  # the sum is forgotten
# --8<-- [end:broadcast]

# --8<-- [start:network-graph]
from backprop import datasets, tanh

points, labels = datasets.xor(200)
targets = labels.reshape(200, 1)  # a column: one row for each example
W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)

names = ["W^(1)", "b^(1)", "W^(2)", "b^(2)"]
nodes = [Tensor(*pair) for pair in zip([W1, b1, W2, b2], names)]
Z1_node = (Tensor(points, "X") @ nodes[0] + nodes[1]).named("Z^(1)")
A1_node = tanh(Z1_node).named("A^(1)")
Z2_node = (A1_node @ nodes[2] + nodes[3]).named("Z^(2)")
show(figure(Z2_node))
# --8<-- [end:network-graph]


# --8<-- [start:forward]
def forward(X, W1, b1, W2, b2):
    A1 = np.tanh(X @ W1 + b1)
    A2 = 1 / (1 + np.exp(-(A1 @ W2 + b2)))
    return A1, A2


def cost(A2, Y):  # not for outputs that round to 0 or 1
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(X, Y, A1, A2, W2):
    dZ2 = (A2 - Y) / len(Y)  # the mean: divided by n once
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (1 - A1**2)  # entry by entry
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2


# --8<-- [end:backward]

# --8<-- [start:network-check]
from backprop import binary_cross_entropy

A1, A2 = forward(points, W1, b1, W2, b2)
gradients = backward(points, targets, A1, A2, W2)

C = binary_cross_entropy(Z2_node, targets)  # with sigmoid and mean
C.backward()
for node, gradient in zip(nodes, gradients):
    difference = np.abs(node.grad - gradient).max()
    print(gradient.shape, "difference below 1e-12:", difference < 1e-12)
# --8<-- [end:network-check]

# --8<-- [start:finite-difference]
h = 1e-5
step = np.zeros((2, 8))
step[0, 3] = h  # nudge one weight
above = cost(forward(points, W1 + step, b1, W2, b2)[1], targets)
below = cost(forward(points, W1 - step, b1, W2, b2)[1], targets)
print(f"{(above - below) / (2 * h):.6f} {gradients[0][0, 3]:.6f}")
# --8<-- [end:finite-difference]

# --8<-- [start:train]
from backprop.explain import plot

eta = 1.0
parameters = [W1, b1, W2, b2]
costs = []
for _ in range(400):
    A1, A2 = forward(points, *parameters)
    costs.append(cost(A2, targets))
    gradients = backward(points, targets, A1, A2, parameters[2])
    parameters = [w - eta * dw for w, dw in zip(parameters, gradients)]

show(plot({"cost": costs}, x="update", y="cost"))
print(f"{costs[0]:.6f} -> {costs[-1]:.6f}")
# --8<-- [end:train]

# --8<-- [start:boundary]
from backprop.explain import boundary


def predict(points):
    return forward(points, *parameters)[1][:, 0]


show(boundary(predict, points, labels))
right_count = np.sum((predict(points) > 0.5) == labels)
print(f"right: {right_count} of {len(labels)}")
# --8<-- [end:boundary]

# --8<-- [start:transposed]
print((X @ dZ).tolist())  # X is not transposed
print((dZ @ W).tolist())  # W is not transposed
# --8<-- [end:transposed]

# --8<-- [start:axis]
print(dZ.sum(axis=1).tolist())
print(upstream.sum(axis=1).shape)  # the layer with four units
# --8<-- [end:axis]

# --8<-- [start:mean]
A1, A2 = forward(points, W1, b1, W2, b2)
with_mean = backward(points, targets, A1, A2, W2)[2]
without_mean = A1.T @ (A2 - targets)
ratios = without_mean / with_mean
print(f"{ratios.min():.6f} {ratios.max():.6f}")
# --8<-- [end:mean]

# --8<-- [start:pairs]
answers = forward(points, *parameters)[1] > 0.5  # (200, 1)
print((answers == targets).shape, np.mean(answers == targets))
print((answers == labels).shape, np.mean(answers == labels))
# --8<-- [end:pairs]

# --8<-- [start:exercise-shapes]
batch = rng.normal(size=(64, 5))
V1, c1 = rng.normal(size=(5, 7)), np.zeros(7)
V2, c2 = rng.normal(size=(7, 3)), np.zeros(3)
outputs = forward(batch, V1, c1, V2, c2)
for gradient in backward(batch, np.ones((64, 3)), *outputs, V2):
    print(gradient.shape)  # of W1, b1, W2, b2
# --8<-- [end:exercise-shapes]

# --8<-- [start:exercise-blanks]
X_new = np.array([[3.0, -4.0], [-2.0, 6.0]])
W_new = np.array([[4.0, 3.0], [0.5, -2.0]])
dZ_new = np.array([[5.0, 2.0], [-8.0, 7.0]])
print((X_new.T @ dZ_new).tolist())
print((dZ_new @ W_new.T).tolist())
# --8<-- [end:exercise-blanks]

# --8<-- [start:exercise-bias]
dZ_three = np.array([[2.0, -5.0], [7.0, 3.0], [-4.0, 8.0]])
print(dZ_three.sum(axis=0).tolist(), dZ_three.sum())
# --8<-- [end:exercise-bias]


# --8<-- [start:exercise-error]
def friends_backward(X, Y, A1, A2, W2):
    dZ2 = (A2 - Y) / len(Y)
    dW2 = A1.T @ dZ2
    db2 = dZ2.mean(axis=0)
    dZ1 = dZ2 @ W2.T * (1 - A1**2)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2


ours = backward(points, targets, A1, A2, W2)
theirs = friends_backward(points, targets, A1, A2, W2)
for mine, other in zip(ours, theirs):
    print(mine.shape, f"{np.mean(other / mine):.6f}")
# --8<-- [end:exercise-error]


# --8<-- [start:exercise-three]
def backward_layers(A, W, dZ):
    gradients = []
    for k in reversed(range(len(W))):  # A[k] goes into W[k]
        gradients.append((A[k].T @ dZ, dZ.sum(axis=0)))
        if k > 0:
            dZ = dZ @ W[k].T * (1 - A[k] ** 2)
    return gradients[::-1]


# --8<-- [end:exercise-three]

# --8<-- [start:exercise-three-check]
from backprop import sigmoid

sizes = [(2, 6), (6, 5), (5, 1)]
Ws = [Tensor(rng.normal(size=size)) for size in sizes]
bs = [Tensor(rng.normal(size=size[1])) for size in sizes]
As = [Tensor(points)]
for W_k, b_k in zip(Ws, bs):
    Z_k = As[-1] @ W_k + b_k
    As.append(tanh(Z_k))
binary_cross_entropy(Z_k, targets).backward()

A = [node.value for node in As]
error = (sigmoid(Z_k.value) - targets) / len(targets)
pairs = backward_layers(A, [node.value for node in Ws], error)
for nodes_k, pair in zip(zip(Ws, bs), pairs):
    print([np.allclose(n.grad, g) for n, g in zip(nodes_k, pair)])
# --8<-- [end:exercise-three-check]
