"""A deep network: paths, deltas, and what becomes of their size."""

# --8<-- [start:network]
import numpy as np

X, Y = np.array([[1.0, 2.0]]), np.array([[0.0]])  # one example, one row
W1 = np.array([[0.3, 0.1], [-0.2, 0.4]])  # one column for each unit
W2 = np.array([[0.7, -0.4], [-0.5, 0.6]])
W3 = np.array([[0.8], [-1.1]])
weights = [W1, W2, W3]
biases = [np.array([0.05, -0.1]), np.array([0.0, 0.2]), np.array([0.1])]
# --8<-- [end:network]

# --8<-- [start:forward]
from backprop import sigmoid


def forward(X, weights, biases, f=np.tanh):
    A = [X]
    for W, b in zip(weights, biases):
        Z = A[-1] @ W + b
        A.append(f(Z))
    return [*A[:-1], sigmoid(Z)]  # the output layer has a sigmoid


A = forward(X, weights, biases)
print(*(a.round(6).tolist() for a in A[1:]))
# --8<-- [end:forward]

# --8<-- [start:paths]
from backprop import Tensor, tanh
from backprop.explain import figure, show

rest = A[1][0, 1] * W2[1] + biases[1]  # does not vary
r_1, r_2 = Tensor(rest[0], "r_1"), Tensor(rest[1], "r_2")
a1_1 = Tensor(A[1][0, 0], "a^(1)_1")
z2_1 = (0.7 * a1_1 + r_1).named("z^(2)_1")
z2_2 = (-0.4 * a1_1 + r_2).named("z^(2)_2")
a2_1 = tanh(z2_1).named("a^(2)_1")
a2_2 = tanh(z2_2).named("a^(2)_2")
z3 = (0.8 * a2_1 - 1.1 * a2_2 + 0.1).named("z^(3)")
show(figure(z3))
# --8<-- [end:paths]

# --8<-- [start:products]
delta3 = (A[3] - Y)[0, 0]
s2_1, s2_2 = 1 - A[2][0] ** 2  # slopes of tanh in layer 2
s1_1 = 1 - A[1][0, 0] ** 2  # and of the first unit in layer 1

path_1 = delta3 * 0.8 * s2_1 * 0.7 * s1_1 * X[0, 0]
path_2 = delta3 * -1.1 * s2_2 * -0.4 * s1_1 * X[0, 0]
both = path_1 + path_2
print(f"{path_1:.6f} + {path_2:.6f} = {both:.6f}")
# --8<-- [end:products]


# --8<-- [start:difference]
def loss_at(w11):
    nudged = [np.array([[w11, 0.1], [-0.2, 0.4]]), W2, W3]
    a3 = forward(X, nudged, biases)[-1][0, 0]
    return -np.log(1 - a3)  # the label is 0


h = 1e-4
print(f"{(loss_at(0.3 + h) - loss_at(0.3 - h)) / (2 * h):.6f}")
# --8<-- [end:difference]


# --8<-- [start:deltas]
def tanh_slope(a):
    return 1 - a**2


def deltas(A, Y, weights, slope):
    found = [(A[-1] - Y) / len(Y)]  # the last layer first
    for k in reversed(range(1, len(weights))):
        found.append(found[-1] @ weights[k].T * slope(A[k]))
    return found[::-1]


delta = deltas(A, Y, weights, tanh_slope)
print(*(d.round(6).tolist() for d in delta))
# --8<-- [end:deltas]

# --8<-- [start:check]
from backprop import binary_cross_entropy

nodes_W = [Tensor(W) for W in weights]
nodes_b = [Tensor(b) for b in biases]
a = X
for W, b in zip(nodes_W, nodes_b):
    z = a @ W + b
    a = tanh(z)
binary_cross_entropy(z, Y).backward()  # contains the sigmoid

for W, b, a_in, d in zip(nodes_W, nodes_b, A, delta):
    print(np.allclose(a_in.T @ d, W.grad), end=" ")
    print(np.allclose(d.sum(axis=0), b.grad))
print(nodes_W[0].grad.round(6).tolist())
# --8<-- [end:check]

# --8<-- [start:depth]
from itertools import pairwise

from backprop import datasets
from backprop.nn import glorot_normal

points, labels = datasets.moons(200, seed=0)
targets = labels.reshape(200, 1)
sizes = [2] + 12 * [50] + [1]  # 12 hidden layers, 50 units each
no_biases = [np.zeros(size) for size in sizes[1:]]


def start(gain, init=glorot_normal):
    rng = np.random.default_rng(0)
    return [gain * init(shape, rng) for shape in pairwise(sizes)]


# --8<-- [end:depth]


# --8<-- [start:measure]
def sigmoid_slope(a):
    return a * (1 - a)


def sizes_of_delta(gain, f, slope, init=glorot_normal):
    W = start(gain, init)
    outputs = forward(points, W, no_biases, f)
    found = deltas(outputs, targets, W, slope)[:-1]  # hidden layers
    rms = np.array([np.sqrt(np.mean(d**2)) for d in found])
    return rms / rms[-1]  # compared with layer 12


# --8<-- [end:measure]


# --8<-- [start:plot]
from backprop.explain import plot

layers = list(range(1, 13))
nets = {
    "gamma_1": (0.3, np.tanh, tanh_slope),
    "gamma_2": (1.0, np.tanh, tanh_slope),
    "gamma_3": (3.0, np.tanh, tanh_slope),
    "sigma": (1.0, sigmoid, sigmoid_slope),
}
curves = {name: sizes_of_delta(*net) for name, net in nets.items()}
shown = {name: (layers, curve) for name, curve in curves.items()}
show(plot(shown, x="layer", y="size_of_delta", log="y"))
# --8<-- [end:plot]

# --8<-- [start:saturation]
for name, (gain, f, slope) in nets.items():
    hidden = forward(points, start(gain), no_biases, f)[1:12]
    slopes = np.array([slope(a) for a in hidden])  # layers 1 to 11
    flat = np.mean(slopes < 0.1)
    rms = np.sqrt(np.mean(slopes**2))
    factor = curves[name][0] ** (1 / 11)  # 11 steps back
    print(f"{name}: {flat:.0%} flat, {gain} * {rms:.2f}", end=" ")
    print(f"= {gain * rms:.2f}, measured {factor:.2f}")
# --8<-- [end:saturation]


# --8<-- [start:training]
from backprop.nn import MLP, standard_normal
from backprop.training import fit


def small(shape, rng, dtype):
    return 0.3 * glorot_normal(shape, rng, dtype)


def train(f, init):
    model = MLP(sizes, f, initialization=init, seed=3)
    settings = {"loss": "binary_cross_entropy", "optimizer": "sgd"}
    settings |= {"learning_rate": 0.1, "epochs": 60}
    fit(model, (points, labels), **settings)
    answers = model.predict(points)[:, 0] > 0  # z of the output
    right = np.sum(answers == labels)
    print(f"{f}, {init.__name__}: {right} of 200 right")


# --8<-- [end:training]

# --8<-- [start:trained]
train("sigmoid", glorot_normal)
train("tanh", small)
train("tanh", standard_normal)  # weights of size 1
train("tanh", glorot_normal)
# --8<-- [end:trained]


# --8<-- [start:relu]
from backprop.nn import he_normal


def relu(z):
    return np.maximum(z, 0)


def relu_slope(a):
    return a > 0


for init in glorot_normal, he_normal:
    curve = sizes_of_delta(1.0, relu, relu_slope, init)
    print(f"{init.__name__}: {curve[0]:.2g}")
# --8<-- [end:relu]

# --8<-- [start:symmetry]
equal = [np.full((2, 3), 0.5), np.full((3, 1), 0.5)]
equal_b = [np.zeros(3), np.zeros(1)]
for _ in range(100):
    outputs = forward(points, equal, equal_b)
    found = deltas(outputs, targets, equal, tanh_slope)
    equal = [W - a.T @ d for W, a, d in zip(equal, outputs, found)]
    equal_b = [b - d.sum(axis=0) for b, d in zip(equal_b, found)]
print(equal[0].round(3), equal[1].round(3), sep="\n")
# --8<-- [end:symmetry]

# --8<-- [start:wrong]
own = (delta[1] @ W1.T * tanh_slope(A[1])).round(6)  # W1 for W2
after = (delta[1] @ W2.T * tanh_slope(A[2])).round(6)  # layer 2
print("right", delta[0].round(6).tolist())
print("wrong", own.tolist(), after.tolist())
# --8<-- [end:wrong]

# --8<-- [start:exercise-paths]
print(f"{50**11:.3g}")
# --8<-- [end:exercise-paths]

# --8<-- [start:exercise-blanks]
W_next = np.array([[2.0, -3.0], [0.5, 4.0]])
upstream = np.array([0.4, -0.6]) @ W_next.T
blank = upstream * (1 - np.array([0.5, -0.8]) ** 2)
print(upstream.round(6).tolist(), blank.round(6).tolist())
# --8<-- [end:exercise-blanks]

# --8<-- [start:exercise-gates]
Z_relu = np.array([0.7, -1.2, 0.4])
W_relu = np.array([[3.0, -2.0], [5.0, 1.5], [-4.0, 2.5]])
arriving = np.array([0.6, 0.2]) @ W_relu.T
print(arriving.round(6).tolist())
print((arriving * (Z_relu > 0)).round(6).tolist())
# --8<-- [end:exercise-gates]

# --8<-- [start:exercise-chain]
slope_far = sigmoid(2.5) * (1 - sigmoid(2.5))
print(f"weights 3: at most {(3 / 4) ** 9:.6f}")
print(f"weights 6: {6 * slope_far:.6f}", end=", ")
print(f"nine steps {(6 * slope_far) ** 9:.6f}")
# --8<-- [end:exercise-chain]

# --8<-- [start:exercise-error]
rng = np.random.default_rng(0)
signal = rng.normal(size=(100, 256))
for _ in range(5):
    signal = np.tanh(signal @ (rng.normal(size=(256, 256)) / 256))
    print(f"{np.sqrt(np.mean(signal**2)):.1g}")
# --8<-- [end:exercise-error]
