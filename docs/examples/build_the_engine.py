"""Build the engine: about fifty lines, mistakes included."""


# --8<-- [start:node]
class Node:
    count = 0  # how many there are

    def __init__(self, value, operands=(), local=()):
        self.value = value
        self.operands = operands  # the nodes it was computed from
        self.local = local  # one local gradient for each operand
        self.grad = 0.0
        self.number = Node.count
        Node.count += 1


# --8<-- [end:node]


# --8<-- [start:operators]
def add(a, b):
    return Node(a.value + b.value, (a, b), (1.0, 1.0))


def multiply(a, b):
    return Node(a.value * b.value, (a, b), (b.value, a.value))


Node.__add__ = add  # from now on, a + b means add(a, b)
Node.__mul__ = multiply
# --8<-- [end:operators]

# --8<-- [start:forward]
x, y, z = Node(1.0), Node(3.0), Node(-3.0)
p = x + y
g = p * z
print("g:", g.value, "local gradients:", g.local)
# --8<-- [end:forward]


# --8<-- [start:assign]
def backward_1(node, contribution=1.0):
    node.grad = contribution
    for operand, local in zip(node.operands, node.local):
        backward_1(operand, node.grad * local)


backward_1(g)
print(x.grad, y.grad, z.grad)
# --8<-- [end:assign]

# --8<-- [start:square]
w = Node(3.0)
m = w * w
backward_1(m)
print(w.grad)
# --8<-- [end:square]


# --8<-- [start:add]
def backward_2(node, contribution=1.0):
    node.grad += contribution
    for operand, local in zip(node.operands, node.local):
        backward_2(operand, node.grad * local)


w = Node(3.0)
backward_2(w * w)
print(w.grad)
# --8<-- [end:add]

# --8<-- [start:again]
a, b = Node(4.0), Node(-7.0)
product = a * b
for _ in range(3):
    backward_2(product)
    print(product.grad, a.grad, b.grad)
# --8<-- [end:again]

# --8<-- [start:skip]
from backprop import Tensor
from backprop.explain import figure, show

v = Tensor(3.0, "v")
c_1 = (v * v).named("c_1")
c_2 = (v * c_1).named("c_2")
L = (c_1 + c_2).named("L")
L.backward()
show(figure(L, gradients=True))
# --8<-- [end:skip]


# --8<-- [start:too-early]
def skip(v):
    c_1 = v * v
    c_2 = v * c_1
    return c_1 + c_2


early = Node(3.0)
backward_2(skip(early))
print(early.grad)
# --8<-- [end:too-early]


# --8<-- [start:order]
def oldest_first(output):
    found, waiting = {output}, [output]
    while waiting:
        for operand in waiting.pop().operands:
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return sorted(found, key=lambda node: node.number)


# --8<-- [end:order]


# --8<-- [start:ordered]
def backward_3(output):
    nodes = oldest_first(output)
    grads = dict.fromkeys(nodes, 0.0)  # fresh in every pass
    grads[output] = 1.0
    for node in reversed(nodes):
        for operand, local in zip(node.operands, node.local):
            grads[operand] += grads[node] * local
    for node in nodes:
        node.grad = grads[node]


# --8<-- [end:ordered]

# --8<-- [start:ordered-test]
w, late = Node(3.0), Node(3.0)
for output in [g, w * w, skip(late)]:
    backward_3(output)
    backward_3(output)  # the second call changes nothing
print(x.grad, y.grad, z.grad, w.grad, late.grad)
# --8<-- [end:ordered-test]

# --8<-- [start:deep]
start, step = Node(0.5), Node(0.25)
deep = start
for _ in range(10_000):
    deep = deep + step

try:
    backward_2(deep)
except RecursionError as error:
    print(type(error).__name__)

backward_3(deep)
print(start.grad, step.grad)
# --8<-- [end:deep]

# --8<-- [start:operations]
import math


def tanh(v):
    t = math.tanh(v.value)
    return Node(t, (v,), (1 - t * t,))


Node.__neg__ = lambda v: v * Node(-1.0)
Node.__sub__ = lambda a, b: a + (-b)
# --8<-- [end:operations]

# --8<-- [start:random-graph]
import numpy as np


def random_graph(leaves, tanh, operations, seed):
    rng = np.random.default_rng(seed)
    nodes = list(leaves)
    for _ in range(operations):
        a = nodes[-1]  # the newest, so that every result is used
        b = nodes[rng.integers(len(nodes))]
        results = [a + b, a - b, a * b, tanh(a)]
        nodes.append(results[rng.integers(4)])
    return nodes[-1]


# --8<-- [end:random-graph]

# --8<-- [start:compare]
import backprop


def is_right(backward, operations, seed):
    rng = np.random.default_rng(1000 + seed)  # not that of the graph
    numbers = rng.uniform(-1.5, 1.5, size=3).tolist()
    leaves = [Node(number) for number in numbers]
    backward(random_graph(leaves, tanh, operations, seed))

    def same_graph(*tensors):
        return random_graph(tensors, backprop.tanh, operations, seed)

    expected = backprop.grad(same_graph, (0, 1, 2))(*numbers)
    found = [leaf.grad for leaf in leaves]
    return np.allclose(found, expected, rtol=1e-9, atol=1e-12)


# --8<-- [end:compare]


# --8<-- [start:count]
def count_wrong(backward, operations):
    right = [is_right(backward, operations, k) for k in range(300)]
    return right.count(False)


versions = [backward_1, backward_2, backward_3]
for operations in [2, 4, 8, 16]:
    print(operations, [count_wrong(f, operations) for f in versions])
# --8<-- [end:count]

# --8<-- [start:network]
from backprop import datasets

points, labels = datasets.xor(20)
weights = np.random.default_rng(0).normal(size=17).tolist()


def network(w, x_1, x_2):
    z = w[16]
    for k in range(0, 16, 4):  # four hidden units, four numbers each
        a = tanh(w[k] * x_1 + w[k + 1] * x_2 + w[k + 2])
        z = z + w[k + 3] * a
    return tanh(z)


# --8<-- [end:network]


# --8<-- [start:cost]
def cost_of(w):
    total = Node(0.0)
    for point, label in zip(points.tolist(), labels.tolist()):
        answer = network(w, *map(Node, point))
        error = answer - Node(2.0 * label - 1)  # -1 or 1
        total = total + error * error
    return total * Node(1 / len(points))


C = cost_of(list(map(Node, weights)))
print(len(oldest_first(C)), "nodes")
# --8<-- [end:cost]

# --8<-- [start:train]
from backprop.explain import plot


def train(backward, eta=0.2, updates=200):
    w, costs = list(map(Node, weights)), []
    for _ in range(updates):
        C = cost_of(w)  # a new graph every time
        backward(C)
        costs.append(C.value)
        for node in w:
            node.value -= eta * node.grad  # numbers, not nodes
    return w, costs


runs = {f"version_{k + 1}": train(f)[1] for k, f in enumerate(versions)}
show(plot(runs, x="update", y="cost"))
# --8<-- [end:train]

# --8<-- [start:boundary]
from backprop.explain import boundary

trained, costs = train(backward_3)
print(f"{costs[0]:.2g} -> {costs[-1]:.2g}")


def predict(points):
    answers = [network(trained, *map(Node, p)) for p in points.tolist()]
    return [(1 + answer.value) / 2 for answer in answers]  # from 0 to 1


show(boundary(predict, points, labels))
# --8<-- [end:boundary]

# --8<-- [start:modules]
import inspect

from backprop.engine import history
from backprop.explain.trace import Trace
from backprop.sweep import sweep

for thing in [Tensor, type(backprop.multiply), history, sweep, Trace]:
    print(f"{thing.__name__:8} {thing.__module__}")
# --8<-- [end:modules]

# --8<-- [start:multiply]
print(inspect.getsource(type(backprop.multiply)))
# --8<-- [end:multiply]

# --8<-- [start:set]
w = Node(3.0)
m = w * w
m.operands = set(m.operands)
backward_3(m)
print(w.grad)
# --8<-- [end:set]


# --8<-- [start:reset]
def reset_and_backward_2(output):
    for node in oldest_first(output):
        node.grad = 0.0
    backward_2(output)


costs = train(reset_and_backward_2)[1]
print(f"{costs[0]:.2g} -> {costs[-1]:.2g}")


def gradients_by(backward):
    w = list(map(Node, weights))
    backward(cost_of(w))
    return np.array([node.grad for node in w])


factors = gradients_by(backward_2) / gradients_by(backward_3)
print(f"from {factors.min():.2g} to {factors.max():.2g}")
# --8<-- [end:reset]

# --8<-- [start:exercise-by-hand]
for backward in versions:
    a, b = Node(3.0), Node(-2.0)
    d = a * b
    backward(d * d)
    print(d.grad, a.grad, b.grad)
# --8<-- [end:exercise-by-hand]


# --8<-- [start:exercise-blanks]
def exp(v):
    e = math.exp(v.value)
    return Node(e, (v,), (e,))


def reciprocal(v):
    return Node(1 / v.value, (v,), (-1 / v.value**2,))


u = Node(0.8)
backward_3(reciprocal(exp(-u) + Node(1.0)))  # the sigmoid of u
print(f"{u.grad:.6f} {backprop.grad(backprop.sigmoid)(0.8):.6f}")
# --8<-- [end:exercise-blanks]


# --8<-- [start:exercise-word]
def backward_4(node, contribution=1.0):
    node.grad += contribution
    calls = 1
    for operand, local in zip(node.operands, node.local):
        calls += backward_4(operand, contribution * local)
    return calls


doubled = Node(0.7)
for _ in range(10):
    doubled = doubled + doubled
print(count_wrong(backward_4, 16), "of 300 are wrong")
print(len(oldest_first(doubled)), backward_4(doubled))
# --8<-- [end:exercise-word]


# --8<-- [start:exercise-error]
def friends_backward(output):
    output.grad = 1.0
    seen, waiting = {output}, [output]
    while waiting:
        node = waiting.pop()
        for operand, local in zip(node.operands, node.local):
            operand.grad += node.grad * local
            if operand not in seen:
                seen.add(operand)
                waiting.append(operand)


# --8<-- [end:exercise-error]


# --8<-- [start:exercise-error-run]
def swapped(v):
    c_1 = v * v
    c_2 = v * c_1
    return c_2 + c_1  # skip has c_1 + c_2


for function in [skip, swapped]:
    node = Node(3.0)
    friends_backward(function(node))
    print(node.grad)
# --8<-- [end:exercise-error-run]


# --8<-- [start:exercise-forward]
def forward_mode(output, leaf):
    rates = {}
    for node in oldest_first(output):
        pairs = zip(node.operands, node.local)
        rates[node] = sum(local * rates[v] for v, local in pairs)
        if node is leaf:
            rates[node] = 1.0
    return rates[output]


print([forward_mode(g, leaf) for leaf in (x, y, z)])
# --8<-- [end:exercise-forward]
