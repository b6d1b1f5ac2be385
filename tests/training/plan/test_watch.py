"""What a plan takes for granted: every change of it is noticed, and can be taken back."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backprop import Tensor
from backprop.nn import MLP, CrossEntropy, Dropout, Module
from backprop.training.plan.watch import Watch


@dataclass
class Options:
    temperature: float = 1.0


class Model(Module):
    def __init__(self) -> None:
        self.weight = Tensor(np.ones(3))
        self.scale, self.name = 0.5, "a"
        self.mask = np.array([1.0, np.nan, 0.0])
        self._private = [1, [2, 3]]
        self.table: dict[str, Any] = {"k": np.zeros(2, int)}
        self.options, self.space = Options(), SimpleNamespace(rate=0.1)
        self.inner = (Dropout(0.5, seed=0),)


CHANGES: dict[str, tuple[Any, str]] = {
    "number": (lambda m: setattr(m, "scale", 0.25), "scale"),
    "kind of number": (lambda m: setattr(m, "scale", np.float64(0.5)), "scale"),
    "string": (lambda m: setattr(m, "name", "b"), "name"),
    "array": (lambda m: m.mask.__setitem__(0, 2.0), "mask"),
    "another array": (lambda m: setattr(m, "mask", np.ones(3)), "mask"),
    "list": (lambda m: m._private.append(1), "_private"),
    "nested list": (lambda m: m._private[1].__setitem__(0, 9), "_private.1"),
    "array in a dict": (lambda m: m.table["k"].fill(1), "table.k"),
    "key": (lambda m: m.table.update(n=1), "table.n"),
    "new attribute": (lambda m: setattr(m, "new", 1), "new"),
    "attribute less": (lambda m: delattr(m, "name"), "name"),
    "dataclass": (lambda m: setattr(m.options, "temperature", 2.0), "options.temperature"),
    "namespace": (lambda m: setattr(m.space, "rate", 2.0), "space.rate"),
    "mode": (lambda m: m.eval(), "training"),
    "module inside": (lambda m: setattr(m.inner[0], "rate", 0.1), "inner.0.rate"),
    "parameter": (lambda m: setattr(m, "weight", Tensor(np.ones(3))), "weight"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_noticed_and_taken_back(name: str):
    change, where = CHANGES[name]
    model = Model()
    watch = Watch(model, CrossEntropy())
    assert watch.changed() is None
    change(model)
    assert watch.changed() == where
    watch.restore()
    assert watch.changed() is None


def test_the_same_again_is_no_change():
    model = Model()
    watch = Watch(model)
    model.scale, model.name = 1.5 - 1.0, "a"
    model.weight.value = np.zeros(3)
    assert watch.changed() is None


def test_losses_are_watched():
    loss = SimpleNamespace(factor=1.0)
    watch = Watch(Model(), loss)
    loss.factor = 2.0
    assert watch.changed() == "factor"


def test_random_numbers():
    model = Model()
    watch = Watch(model)
    assert not watch.drawn()
    first = model.inner[0].generator.random(3)
    assert watch.drawn()
    assert watch.changed() is None
    watch.restore()
    assert not watch.drawn()
    np.testing.assert_array_equal(model.inner[0].generator.random(3), first)


def test_other_generators():
    """Their states are arrays."""
    holder = SimpleNamespace(generator=np.random.Generator(np.random.MT19937(0)))
    watch = Watch(holder)
    holder.generator.random(700)
    assert watch.drawn()
    watch.restore()
    assert not watch.drawn()


def test_what_refers_to_itself():
    model = MLP((2, 3, 2), seed=0)
    model._me = [model]
    assert Watch(model).changed() is None
