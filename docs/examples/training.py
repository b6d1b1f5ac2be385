"""Training: the four steps, and how to tell that they go well."""

# --8<-- [start:data]
from backprop import datasets, nn

points, labels = datasets.moons(200)


def new_model():
    return nn.MLP((2, 16, 1), seed=0)  # inputs, hidden units, outputs


model = new_model()
print(sum(w.value.size for w in model.parameters()), "parameters")
# --8<-- [end:data]

# --8<-- [start:loop]
from backprop import binary_cross_entropy

eta = 1.0
targets = labels.reshape(200, 1)  # a column, like the outputs
costs = []
for _ in range(100):
    C = binary_cross_entropy(model(points), targets)  # forward
    C.backward()  # backward
    for w in model.parameters():  # update
        w.value = w.value - eta * w.grad
    costs.append(C.value)

print(f"cost {costs[0]:.2f} -> {costs[-1]:.2f}")
# --8<-- [end:loop]

# --8<-- [start:fit]
import numpy as np

from backprop.training import accuracy, fit

data = points, labels
loss = "binary_cross_entropy"
sgd = {"loss": loss, "optimizer": "sgd"}  # **sgd passes on both
model = new_model()
history = fit(
    model, data, **sgd, learning_rate=1.0, batch_size=200, epochs=100
)
print("the same costs:", np.allclose(history.loss, costs))
print("accuracy:", accuracy(model.predict(points), labels))
# --8<-- [end:fit]

# --8<-- [start:batches]
models = {}
for size in [200, 20, 1]:
    model = new_model()
    rest = {"learning_rate": 0.3, "batch_size": size, "epochs": 30}
    run = fit(model, data, **sgd, **rest)
    models[size] = model
    right = accuracy(model.predict(points), labels)
    print(f"{size:3}: loss {run.loss[-1]:.2g}, accuracy {right}")
# --8<-- [end:batches]

# --8<-- [start:boundary]
from backprop import sigmoid
from backprop.explain import boundary, show


def predictor(model):
    return lambda points: sigmoid(model.predict(points)[:, 0])


show(boundary(predictor(models[200]), points, labels))
show(boundary(predictor(models[1]), points, labels))
# --8<-- [end:boundary]

# --8<-- [start:rates]
from backprop.explain import plot

whole = {"batch_size": 200, "epochs": 60}
eta_1, eta_2, eta_3 = 0.03, 2.0, 10.0
losses = {}
rates = {"eta_1": eta_1, "eta_2": eta_2, "eta_3": eta_3}
for name, rate in rates.items():
    model = new_model()
    run = fit(model, data, **sgd, **whole, learning_rate=rate)
    losses[name] = run.loss
show(plot(losses, x="update", y="loss", log="y"))

W1, b1, *_ = [w.value for w in model.parameters()]  # of the last run
dead = np.all(points @ W1 + b1 <= 0, axis=0)
print("dead units:", dead.sum(), "of", dead.size)
# --8<-- [end:rates]

# --8<-- [start:divergence]
from backprop.training import DivergenceError

squared = {"loss": "mean_squared_error", "optimizer": "sgd"}
try:
    fit(new_model(), data, **squared, **whole, learning_rate=10.0)
except DivergenceError as error:
    print(str(error).split(". ")[0])
    print([f"{value:.0e}" for value in error.history.loss])
# --8<-- [end:divergence]

# --8<-- [start:optimizers]
from backprop.training import SGD, Adam

rules = {"sgd": SGD(0.3), "momentum": SGD(0.3, momentum=0.9)}
rules["adam"] = Adam(0.03)
whole["epochs"] = 100
descents = {}
for name, rule in rules.items():
    run = fit(new_model(), data, loss=loss, optimizer=rule, **whole)
    descents[name] = run.loss
show(plot(descents, x="update", y="loss"))
# --8<-- [end:optimizers]

# --8<-- [start:overfitting]
few = datasets.moons(40, noise=0.3, seed=4)
held_out = datasets.moons(200, noise=0.3, seed=1)
settings = {"loss": loss, "optimizer": Adam(0.02), "batch_size": 10}
settings |= {"validation": held_out, "epochs": 200}

large = nn.MLP((2, 64, 1), seed=0)
history = fit(large, few, **settings)
for x, y in few, held_out:
    print(len(y), "points, accuracy", accuracy(large.predict(x), y))
show(boundary(predictor(large), *few))
# --8<-- [end:overfitting]

# --8<-- [start:chart]
from backprop.explain import curves

show(curves(history, seconds=False))
# --8<-- [end:chart]

# --8<-- [start:early]
stopped = nn.MLP((2, 64, 1), seed=0)
early = fit(stopped, few, **settings, early_stopping=20)
print(f"stopped by {early.stopped_by} after epoch {early.epochs}")
show(boundary(predictor(stopped), *few))

x_test, y_test = datasets.moons(1000, noise=0.3, seed=2)
for model in large, stopped:
    print("test accuracy", accuracy(model.predict(x_test), y_test))
# --8<-- [end:early]

# --8<-- [start:power-failure]
import tempfile
from pathlib import Path

from backprop.training import Callback, load_checkpoint


class PowerFailure(Callback):
    def on_batch_end(self, training):
        if training.epoch == 11 and training.batch == 5:
            raise RuntimeError("power failure")


adam = {"loss": loss, "optimizer": "adam", "epochs": 20}
unbroken = new_model()
run = fit(unbroken, data, **adam)
# --8<-- [end:power-failure]

# --8<-- [start:resume]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "run.npz"
    saving = {**adam, "checkpoint": file}
    try:
        fit(new_model(), data, **saving, callbacks=[PowerFailure()])
    except RuntimeError as error:
        print(f"{error}; saved: epoch {load_checkpoint(file).epoch}")
    resumed = nn.MLP((2, 16, 1), seed=5)  # other weights
    fit(resumed, data, **saving, resume=True)

for a, b in zip(unbroken.parameters(), resumed.parameters()):
    print(a.value.shape, np.array_equal(a.value, b.value))
# --8<-- [end:resume]

# --8<-- [start:sklearn]
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from backprop.sklearn import MLPClassifier

classifier = MLPClassifier(
    (16,), learning_rate_init=0.03, batch_size=20, random_state=0
)
pipeline = make_pipeline(StandardScaler(), classifier)
print(cross_val_score(pipeline, points, labels, cv=5).tolist())
# --8<-- [end:sklearn]

# --8<-- [start:scale]
meters = points * [1000, 1]
try:
    fit(new_model(), (meters, labels), **sgd, learning_rate=0.3)
except DivergenceError:
    print("diverged")
scores = cross_val_score(pipeline, meters, labels, cv=5)
print(f"with scaling: {scores.mean():.3f}")
# --8<-- [end:scale]

# --8<-- [start:rate-and-size]
for size, rate in [(20, 1.0), (1, 1.0), (1, 0.1)]:
    rest = {"learning_rate": rate, "batch_size": size, "epochs": 30}
    run = fit(new_model(), data, **sgd, **rest)
    print(f"{size:2} each, rate {rate}: loss {run.loss[-1]:.2g}")
# --8<-- [end:rate-and-size]


# --8<-- [start:exercise-count]
class Count(Callback):
    def on_end(self, training):
        print(training.optimizer.steps, "updates")


thousand = datasets.moons(1000)
rest = {"epochs": 3, "callbacks": [Count()]}
run = fit(new_model(), thousand, loss=loss, **rest)
# --8<-- [end:exercise-count]

# --8<-- [start:exercise-parabola]
for rate in [0.05, 0.2, 0.3]:
    w = 3.0
    steps = [w]
    for _ in range(4):
        w = w - rate * 8 * w
        steps.append(w)
    print(rate, [f"{value:.4g}" for value in steps])
# --8<-- [end:exercise-parabola]

# --8<-- [start:exercise-patients]
check = datasets.moons(200, seed=1)
for sizes, rate in [((2, 1), 1.0), ((2, 16, 1), 10.0)]:
    patient = nn.MLP(sizes, seed=0)
    rest = {"learning_rate": rate, "epochs": 40, "validation": check}
    run = fit(patient, data, **sgd, **rest)
    show(curves(run, seconds=False))
# --8<-- [end:exercise-patients]

# --8<-- [start:exercise-weights]
from backprop.training import load_weights, save_weights

half = {**adam, "epochs": 10}
first, second = new_model(), nn.MLP((2, 16, 1), seed=5)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "weights.npz"
    fit(first, data, **half)
    save_weights(first, file)
    load_weights(second, file)
fit(second, data, **half)
pairs = list(zip(unbroken.parameters(), second.parameters()))
print([np.array_equal(a.value, b.value) for a, b in pairs])
# --8<-- [end:exercise-weights]


# --8<-- [start:exercise-criterion]
from backprop.training import StopCriterion


class AllRight(StopCriterion):
    def reason(self, training):
        if training.monitored("accuracy") == 1.0:
            return "all_right"
        return None


rest = {"metrics": ["accuracy"], "callbacks": [AllRight()]}
run = fit(new_model(), data, loss=loss, learning_rate=0.03, **rest)
print(run.stopped_by, run.epochs)
# --8<-- [end:exercise-criterion]

# --8<-- [start:exercise-error]
for rule in [SGD(0.3), SGD(0.3, momentum=0.9), SGD(3.0)]:
    run = fit(new_model(), data, loss=loss, optimizer=rule, **whole)
    name = f"rate {rule.learning_rate}, momentum {rule.momentum}"
    print(f"{name}: loss {run.loss[-1]:.2g}")
# --8<-- [end:exercise-error]

# --8<-- [start:exercise-valley]
slopes = np.array([1.0, 50.0])  # the gradient is slopes * w
for rate, mu in [(0.038, 0.0), (0.2, 0.0), (0.02, 0.9)]:
    w, V = np.ones(2), np.zeros(2)
    for _ in range(150):
        V = mu * V + slopes * w
        w = w - rate * V
    C = 0.5 * slopes @ w**2
    print(f"rate {rate}, momentum {mu}: cost {C:.0e}")
# --8<-- [end:exercise-valley]
