"""What goes to a worker and what it does: the loss and the gradient of one shard of a batch.

A shard says everything that it needs, so that any worker can compute it, and compute it again: the parameters as one
vector, a few rows of data, seeds, and the model without its parameters. That last part hardly ever changes, and the
copy that a worker made of it serves for all shards that come with the same one.
"""

import io
import os
import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..tensor import Tensor
from .eager import EagerStep
from .flat import FlatParameters
from .plan import PlannedStep
from .raised import Raised
from .steps import Array, Step

_PROCESS = os.urandom(8)  # a forked process has the same, and another number
_KEPT = 4
_own = threading.local()  # every thread of a worker has copies of its own


def _here() -> tuple[bytes, int]:
    return _PROCESS, os.getpid()


class Computed(NamedTuple):
    """Mean loss of a shard, its gradient, and why the worker has no captured plan, if it was to have one."""

    loss: float
    gradients: Array
    reason: str | None


Answer: TypeAlias = Computed | Raised


@dataclass(eq=False, slots=True)
class Shard:
    """Some rows of a batch, and all that is needed to compute their loss and gradient anywhere.

    Attributes:
        skeleton: the model and the loss, pickled without parameters and generators.
        values: the parameters, shape (n,).
        x: inputs, shape (rows, …).
        y: targets, prepared by the loss, shape (rows, …).
        seeds: for each generator of the model, what its numbers follow from.
        plan: whether to use a captured plan where the model allows it.
        floating_point: what NumPy does on overflow and the like in the process of the caller: `np.geterr()`.

    """

    skeleton: bytes
    values: Array
    x: Array
    y: Array
    seeds: tuple[tuple[int, ...], ...]
    plan: bool
    floating_point: dict[str, Any]
    caller: tuple[bytes, int] = field(default_factory=_here, init=False)

    def __dask_tokenize__(self) -> str:
        """No two are the same to Dask: it need not read the arrays, nor give an old failure for an answer."""
        return os.urandom(16).hex()


def compute_shard(shard: Shard) -> Answer:
    """Loss and gradient of a shard, in whatever process and thread this is called.

    What the model raises is returned: all that the executor raises is then its own.
    """
    try:
        with np.errstate(**shard.floating_point):
            return _replica(shard.skeleton, shard.plan).compute(shard)
    except Exception as error:
        return Raised(error, elsewhere=shard.caller != _here())


def forget() -> None:
    """Drop the copies of models that this thread has."""
    _replicas().clear()


def skeleton_of(model: Any, loss: Any, tensors: Sequence[Tensor]) -> tuple[bytes, list[np.random.Generator]]:
    """Pickle a model and its loss without the numbers of the parameters and the states of the generators.

    Args:
        model: any object that pickle can take.
        loss: likewise.
        tensors: the parameters.

    Returns:
        What was pickled, and the generators that were left out.

    Raises:
        TypeError: something in the model cannot be pickled.

    """
    file = io.BytesIO()
    pickler = _pickler()(file, tensors)
    try:
        pickler.dump((model, loss, tuple(tensors)))
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise TypeError(
            f"the model or its loss cannot be sent to workers: {error}. Define classes and functions at the top of "
            "a module that the workers can import, or install cloudpickle, and open files or locks in forward()"
        ) from error
    return file.getvalue(), pickler.generators


@cache
def _pickler() -> type[Any]:
    """The class that pickles: of cloudpickle, which comes with Dask and takes lambdas and the classes of a notebook."""
    base = import_module("cloudpickle").Pickler if find_spec("cloudpickle") else pickle.Pickler
    return type("_Pickler", (_LeavingOut, base), {})


class _LeavingOut:
    """Leaves out what changes from step to step: pickles only which parameter or generator stands in its place."""

    def __init__(self, file: io.BytesIO, tensors: Sequence[Tensor]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)  # type: ignore[call-arg]
        self._numbers = {tensor: i for i, tensor in enumerate(tensors)}
        self._seen: dict[int, int] = {}
        self.generators: list[np.random.Generator] = []

    def persistent_id(self, thing: Any) -> Any:
        """Name what is left out; None for all else."""
        if type(thing) is Tensor and thing in self._numbers:
            number = isinstance(thing._value, float)
            return "parameter", self._numbers[thing], thing.name, thing.shape, None if number else thing.dtype.str
        if type(thing) is np.random.Generator:
            if id(thing) not in self._seen:
                self._seen[id(thing)] = len(self.generators)
                self.generators.append(thing)
            return "generator", self._seen[id(thing)], type(thing.bit_generator)
        return None


class _Unpickler(pickle.Unpickler):
    """Puts zeros in the place of parameters, and generators that have yet to be seeded."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self._made: dict[tuple[str, int], Any] = {}
        self.generators: list[np.random.Generator] = []

    def persistent_load(self, identity: Any) -> Any:
        """The one object for each name: parameters that were shared still are."""
        kind, number, *description = identity
        if (kind, number) not in self._made:
            if kind == "generator":
                made: Any = np.random.Generator(description[0](0))
                self.generators.append(made)
            else:
                name, shape, dtype = description
                made = Tensor(0.0 if dtype is None else np.zeros(shape, dtype), name)
            self._made[kind, number] = made
        return self._made[kind, number]


class _Replica:
    """A copy of a model, which computes one shard after another."""

    def __init__(self, skeleton: bytes, plan: bool) -> None:
        unpickler = _Unpickler(skeleton)
        model, loss, tensors = unpickler.load()
        self._generators = unpickler.generators
        self._flat = FlatParameters({str(i): tensor for i, tensor in enumerate(tensors)})
        self._step: Step = (PlannedStep if plan else EagerStep)(model, loss, self._flat)

    def compute(self, shard: Shard) -> Computed:
        np.copyto(self._flat.values, shard.values)
        self._flat.changed()
        for generator, seed in zip(self._generators, shard.seeds, strict=True):
            source = generator.bit_generator
            source.state = type(source)(np.random.SeedSequence(seed)).state
        loss = self._step.step(shard.x, shard.y)
        gradients = self._flat.gradients.copy()  # the next shard writes there
        return Computed(loss, gradients, getattr(self._step, "reason", None))


def _replicas() -> dict[tuple[bytes, bool], _Replica]:
    if not hasattr(_own, "replicas"):
        _own.replicas = {}
    replicas: dict[tuple[bytes, bool], _Replica] = _own.replicas
    return replicas


def _replica(skeleton: bytes, plan: bool) -> _Replica:
    """Copy of a model for this thread: the one it has, or a new one in the place of the oldest."""
    replicas, key = _replicas(), (skeleton, plan)
    if key not in replicas:
        replica = _Replica(skeleton, plan)
        if len(replicas) >= _KEPT:
            del replicas[next(iter(replicas))]
        replicas[key] = replica
    return replicas[key]
