"""Synchronous data-parallel training on any executor: each worker computes the gradient of a shard of the batch.

The loss of a batch is a weighted mean over its rows, so its gradient is the weighted sum of the gradients of the
shards: the parameters are shared, and what a shared tensor is given adds up, as it does within one graph.
"""

import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol, TypeAlias

import numpy as np

from .flat import FlatParameters
from .raised import Raised
from .shards import Answer, Computed, Shard, compute_shard, forget, skeleton_of
from .steps import Array

ATTEMPTS = 3
"""So often in a row an executor may fail without finishing a step; then the training goes on without it."""

PATIENCE = 1.0
"""Seconds between two looks at whether an executor that has not answered is still there."""
DESERTED = 60.0
"""For so many seconds a Dask cluster without a single worker is waited for: it may be about to start new ones."""


class Future(Protocol):
    """What an executor gives for a call: its result, later."""

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result, or raise what the call raised, or TimeoutError."""
        ...

    def done(self) -> bool:
        """Whether there is a result, or an error."""
        ...

    def cancel(self) -> Any:
        """Say that the result is not needed."""
        ...


class Executor(Protocol):
    """What runs calls elsewhere: a pool of `concurrent.futures`, or `client.get_executor()` of Dask."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future:
        """Have a function called."""
        ...


ExecutorOrFactory: TypeAlias = Executor | Callable[[], Executor]


class ParallelStep:
    """Computes the loss of a batch and its gradient in the workers of an executor.

    The rows of a batch are split into consecutive shards of the same size, give or take a row. Each goes to a worker
    together with the parameters, and workers remember nothing that matters: a shard gives the same numbers wherever,
    and however often, it is computed. Losses and gradients are added up in the order of the shards. So a training
    can be repeated bit for bit, whatever the workers do, and differs from one process by rounding only.

    A worker that dies loses no step. If the executor does not care for that itself, as Dask does, its shards are
    submitted again; a broken pool is replaced by a new one if `executor` is a function that makes it. If that does
    not help, or a Dask cluster has had no worker for a minute or has lost its scheduler, the shards, and those of
    all later steps, are computed in this process, and a warning says so once.

    Random numbers: for each step, the model's generators (that of a dropout, say) give one seed each, from which
    every shard has its own numbers. The same seed and number of shards give the same losses; another number of
    shards gives other masks, and so other losses, as does training without an executor.

    Args:
        model: called with inputs, gives outputs. It goes to the workers with each step, as it is then; what its
            forward pass changes in it stays there.
        loss: has `compute(outputs, targets)` and `weight(targets)`, the weight of a mean over these targets.
        flat: the parameters of the model.
        executor: has `submit`: `ThreadPoolExecutor`, `ProcessPoolExecutor`, `client.get_executor()` of
            `dask.distributed`. Or a function without arguments that makes one, such as
            `lambda: ProcessPoolExecutor(2)`: then it is shut down by `close()`.
        shards: how many; by default one for each worker, or for each thread of a Dask cluster, as there are now,
            and one for each processor where the executor does not tell. Fixed for the whole training.
        plan: whether workers use captured plans where the model allows it.

    Attributes:
        shards: see above. A batch of fewer rows has fewer shards.
        reason: why workers compute eagerly; None while they use plans.

    Raises:
        TypeError: the executor has no `submit`, or the model cannot be pickled.
        ValueError: fewer than 1 shard.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from backprop.nn import MLP, MeanSquaredError
    >>> model, loss = MLP((2, 1), seed=0), MeanSquaredError()
    >>> x, y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[1.0], [1.0], [0.0]])
    >>> flat = FlatParameters(dict(model.named_parameters()))
    >>> with ThreadPoolExecutor(2) as pool, ParallelStep(model, loss, flat, pool) as parallel:
    ...     bool(np.isclose(parallel.step(x, y), float(loss(model(x), y))))
    True

    """

    def __init__(
        self,
        model: Any,
        loss: Any,
        flat: FlatParameters,
        executor: ExecutorOrFactory,
        shards: int | None = None,
        plan: bool = True,
    ) -> None:
        self._model = model
        self._loss = loss
        self._flat = flat
        self._plan = plan
        self.reason = None if plan else "plan=False"
        skeleton_of(model, loss, flat.tensors)  # better now than in the first step, if it cannot be pickled
        self._factory: Callable[[], Executor] | None = None
        self._executor: Executor | None = None
        if hasattr(executor, "submit") and not isinstance(executor, type):  # a class is a function that makes one
            self._executor = executor
        elif callable(executor):
            self._factory = executor
            self._executor = executor()
        if not hasattr(self._executor, "submit"):
            raise TypeError(
                f"executor: {self._executor or executor!r} has no submit(function, …); give a concurrent.futures "
                "executor, client.get_executor() of Dask, or a function that makes one"
            )
        self._failures = 0
        self.shards = _workers(self._executor) if shards is None else shards
        if self.shards < 1:
            raise ValueError(f"shards is {shards}: a batch has at least one")

    def step(self, x: Array, y: Array) -> float:
        """Compute the mean loss of a batch, and leave its gradients in the flat parameters.

        Raises:
            Exception: what the model raises in a worker, as it is, with the traceback there as a note.

        """
        parts = self._split(x, y)
        answers = self._compute([shard for shard, _ in parts])
        total = sum(weight for _, weight in parts)
        mean, gradients = 0.0, self._flat.gradients
        gradients.fill(0)
        for (_, weight), answer in zip(parts, answers, strict=True):
            share = weight / total
            mean += share * answer.loss
            gradients += share * answer.gradients
            self.reason = self.reason or answer.reason
        return mean

    def close(self) -> None:
        """Shut down the executor if it was made here. Call it when the training has ended, however it has."""
        forget()
        executor, self._executor = self._executor, None
        if self._factory is not None and executor is not None:
            _shut_down(executor, wait=True)

    def __enter__(self) -> "ParallelStep":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _split(self, x: Array, y: Array) -> list[tuple[Shard, float]]:
        """The shards of a batch with their weights, without those of no weight: they have no mean."""
        skeleton, generators = skeleton_of(self._model, self._loss, self._flat.tensors)
        seeds = [int(generator.integers(2**63)) for generator in generators]
        errors = dict(np.geterr())

        def shard(part: slice, i: int) -> Shard:
            own = tuple((seed, i) for seed in seeds)
            return Shard(skeleton, self._flat.values, x[part], y[part], own, self._plan, errors)

        rows = len(x)
        count = min(self.shards, rows)
        parts = []
        for i in range(count):
            part = slice(i * rows // count, (i + 1) * rows // count)
            weight = float(self._loss.weight(y[part]))
            if weight != 0:
                parts.append((shard(part, i), weight))
        return parts or [(shard(slice(None), 0), 1.0)]  # of no weight: what one process makes of that

    def _compute(self, shards: list[Shard]) -> list[Computed]:
        """Have the shards computed, again and again if it has to be."""
        answers: dict[int, Computed] = {}
        while len(answers) < len(shards):
            waiting = [i for i in range(len(shards)) if i not in answers]
            if self._executor is None:
                answers.update({i: _checked(compute_shard(shards[i])) for i in waiting})
                continue
            failure, broken = self._round(shards, waiting, answers)
            if failure is None:
                self._failures = 0
            else:
                self._failures += 1
                self._recover(failure, broken)
        return [answers[i] for i in range(len(shards))]

    def _round(
        self, shards: list[Shard], waiting: list[int], answers: dict[int, Computed]
    ) -> tuple[Exception | None, bool]:
        """Submit shards and wait for all; return the last failure of the executor, and whether it is broken."""
        failure: Exception | None = None
        broken, futures = False, {}
        try:
            try:
                with _without_advice(self._executor):
                    for i in waiting:
                        futures[i] = self._executor.submit(compute_shard, shards[i])  # type: ignore[union-attr]
            except Exception as error:  # the pool is broken or shut down, the client is closed
                failure, broken = error, True
            for i, future in futures.items():
                try:
                    answer = self._result(future)
                except Exception as error:  # killed, cancelled, connection lost: what the model raises is an answer
                    closed = _closed(self._executor)
                    failure = ConnectionError("the client is closed, or lost its scheduler") if closed else error
                    broken = broken or closed or isinstance(error, BrokenExecutor)
                else:
                    answers[i] = _checked(answer)
        finally:
            for future in futures.values():
                future.cancel()
        return failure, broken

    def _result(self, future: Future) -> Any:
        """Wait for a result. Dask waits forever for a cluster that is lost, so look after it meanwhile."""
        workers_seen = monotonic()
        while True:
            try:
                return future.result(timeout=PATIENCE)
            except TimeoutError:
                if future.done():  # what came in this moment, or an error of the executor's own
                    return future.result()
                if _closed(self._executor):
                    raise
                if _has_workers(self._executor):
                    workers_seen = monotonic()
                elif monotonic() - workers_seen > DESERTED:
                    raise BrokenExecutor(f"the cluster has had no worker for {DESERTED:g} seconds") from None

    def _recover(self, failure: Exception, broken: bool) -> None:
        """Make a new executor in the place of a broken one, or do without if there is none, or none that works."""
        hopeless = self._failures >= ATTEMPTS
        if not (broken or hopeless):
            return
        executor, self._executor = self._executor, None
        if self._factory is not None:
            _shut_down(executor, wait=False)
            if not hopeless:
                self._executor = self._factory()
                return
        advice = (
            f"it failed {self._failures} times in a row"
            if hopeless
            else "to have a broken pool replaced, give a function that makes one, executor=lambda: …"
        )
        warnings.warn(
            f"the executor failed ({type(failure).__name__}: {failure}); no step was lost, but from here on this "
            f"process computes alone: {advice}",
            RuntimeWarning,
            stacklevel=2,
        )


def _checked(answer: Answer) -> Computed:
    if isinstance(answer, Raised):
        raise answer.error()
    return answer


def _client(executor: Any) -> Any:
    """The Dask client of an executor; the executor itself if it has none."""
    return getattr(executor, "_client", executor)


def _closed(executor: Any) -> bool:
    return getattr(_client(executor), "status", None) in ("closing", "closed")


def _has_workers(executor: Any) -> bool:
    client = _client(executor)
    return not hasattr(client, "nthreads") or bool(client.nthreads())


@contextmanager
def _without_advice(executor: Any) -> Iterator[None]:
    """Dask advises to send large data only once: but these are parameters, which are others in every step."""
    if not hasattr(_client(executor), "nthreads"):
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        yield


def _workers(executor: Any) -> int:
    """How many calls an executor runs at a time."""
    client = _client(executor)
    if hasattr(client, "nthreads"):
        return max(1, int(sum(client.nthreads().values())))
    return int(getattr(executor, "_max_workers", None) or os.cpu_count() or 1)


def _shut_down(executor: Any, wait: bool) -> None:
    if hasattr(executor, "shutdown"):
        executor.shutdown(wait=wait)
