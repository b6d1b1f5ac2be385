"""Training a model: `fit` checks everything it is given, puts the parts of a training together, and runs it."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from ..engine import recording
from ..nn import Loss, Module, loss_for
from .callbacks import Callback, ProgressBar
from .checkpoint import Checkpoint, CheckpointError, load_checkpoint
from .clipping import clip_by_norm, clip_by_value
from .data import Batches
from .eager import EagerStep
from .evaluation import Metrics
from .examples import prepare_examples
from .flat import FlatParameters
from .history import History
from .hyperparameters import number, positive, whole
from .inputs import Array
from .interruption import undisturbed
from .metrics import Metric, metric_for
from .optimizers import Optimizer, optimizer_for
from .parallel import ExecutorOrFactory, ParallelStep
from .plan import PlannedStep
from .schedules import Schedule, schedule_for
from .state import Training
from .steps import Step
from .stopping import EarlyStopping, StopAfter, StopAtLoss


def fit(
    model: Module,
    data: tuple[Any, Any],
    *,
    loss: str | Loss = "cross_entropy",
    validation: tuple[Any, Any] | float | None = None,
    epochs: int = 100,
    batch_size: int = 32,
    optimizer: str | Optimizer = "adam",
    learning_rate: float | None = None,
    schedule: str | Schedule | Callable[[int, int, float], float] | None = None,
    shuffle: bool = True,
    seed: int | None = 0,
    metrics: Iterable[str | Metric] = (),
    early_stopping: int | EarlyStopping | None = None,
    target_loss: float | None = None,
    time_limit: float | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    weight_decay: float | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    plan: bool = True,
    executor: ExecutorOrFactory | None = None,
    shards: int | None = None,
) -> History:
    """Train a model by gradient descent on mini-batches, and return what happened, epoch by epoch.

    The same seed, data and model give the same weights, bit for bit, on the same machine with the same number of
    threads. The model's own random numbers, those of dropout, come from the seeds that it was built with.

    Args:
        model: what to train; it is changed. Every module is in the mode (`train` or `eval`) afterwards that it was in.
        data: inputs, shape (examples, …), and targets, which the loss describes: labels of shape (examples,) for
            cross-entropy; as many numbers as the model has outputs for mean squared error.
        loss: "cross_entropy", "binary_cross_entropy", "mean_squared_error", "huber", or a `Loss`.
        validation: inputs and targets to measure after each epoch; or the fraction of the data to set aside for it.
        epochs: how many times to go through the data, at most.
        batch_size: how many examples to average the gradient over; the last batch of an epoch may be smaller.
        optimizer: "adam", "adamw", "rmsprop", "sgd", or an optimizer, of which the hyperparameters are used. The
            object itself is not changed, and a second training does not go on from the state of a first.
        learning_rate: instead of the optimizer's own.
        schedule: how the learning rate changes in the course of training: a schedule, or "constant", "cosine",
            "one_cycle", "plateau"; or a function of the epoch (from 0), their number and the learning rate.
        shuffle: whether each epoch has an order of its own.
        seed: of the order of the examples, and of the validation fraction; None for another one each time.
        metrics: what else to measure after each epoch, on the training examples too: names such as "accuracy", or
            functions of (outputs, targets).
        early_stopping: after how many epochs without improvement to stop; or an `EarlyStopping`. The model then has
            the weights of its best epoch.
        target_loss: stop once the loss of an epoch is this or less.
        time_limit: stop after the epoch in which so many seconds are over.
        clip_norm: the gradient of a batch is scaled down to this norm if it is longer.
        clip_value: entries of the gradient beyond ± this are set to it.
        weight_decay: instead of the optimizer's own.
        callbacks: are called at the start, after each batch and epoch, and at the end.
        progress: whether to draw a progress bar.
        checkpoint: a file that always holds the state of the last epoch, or of the start. It is replaced all at once:
            whenever the process is killed, the file is whole. One that exists is not replaced unless `resume` is given.
        checkpoint_every: after how many epochs the file is written; after the last one it always is.
        resume: whether to go on from the checkpoint, where there is one; to the last bit as if nothing had been
            between. Give the same model, data and settings; epochs, limits, callbacks, plan and executor may differ.
        plan: whether to run the steps as a captured plan where the model allows it; `history.plan` says whether it
            was so, or why not. The losses are the same to rounding.
        executor: computes shards of each batch in its workers, as `ParallelStep` says: a `concurrent.futures` pool,
            `client.get_executor()` of Dask, or a function that makes one.
        shards: into how many parts the executor's workers share a batch; one for each worker, if it is not given. With
            dropout the losses depend on it.

    Returns:
        What was measured. `history.stopped_by` says what ended the training.

    Raises:
        DataError: inputs or targets that cannot be trained on; says what and where.
        ValueError: an argument out of its range, or a name that is not known.
        TypeError: an argument of a wrong type.
        CheckpointError: the checkpoint cannot be used, or is of a training with other settings.
        DivergenceError: the loss became NaN or infinite. The model keeps its last finite weights, and the checkpoint
            that of the last epoch before.
        KeyboardInterrupt: Ctrl-C, like an exception in a callback, leaves the model with the weights of the last
            complete epoch, and the checkpoint as it was. Its attribute `history` is that of the epochs until then.

    >>> from backprop import datasets, nn
    >>> x, labels = datasets.moons(200, noise=0.1, seed=0)
    >>> model = nn.MLP((2, 16, 2), activation="tanh", seed=0)
    >>> history = fit(model, (x, labels), epochs=100, learning_rate=0.02, metrics=["accuracy"])
    >>> history.epochs, history.metrics["accuracy"][-1] > 0.99
    (100, True)

    """
    if not isinstance(model, Module):
        raise TypeError(f"model is a {type(model).__name__}; fit trains a backprop.nn.Module, such as MLP((2, 16, 2))")
    epochs = whole("epochs", epochs, least=1)
    batch_size = whole("batch_size", batch_size, least=1)
    checkpoint_every = whole("checkpoint_every", checkpoint_every, least=1)
    if shards is not None and executor is None:
        raise ValueError("shards are computed by an executor: give executor=… as well")
    loss = loss_for(loss)
    optimizer = optimizer_for(optimizer, learning_rate=learning_rate, weight_decay=weight_decay)
    schedule = None if schedule is None else schedule_for(schedule)
    measures = _metrics(metrics)
    watching = [*_criteria(early_stopping, target_loss, time_limit), *_callbacks(callbacks)]
    clip = _clipping(clip_norm, clip_value)
    saved = _saved(checkpoint, resume)
    seed = _seed(seed, saved)
    examples, held_out = prepare_examples(model, loss, data, validation, seed)
    configuration = {
        "parameters": {name: list(tensor.shape) for name, tensor in model.named_parameters()},
        "dtype": str(model.dtype),
        "examples": list(examples.x.shape),
        "data": None if checkpoint is None else _fingerprint(examples.x, examples.prepared),
        "validation": None if held_out is None else list(held_out.x.shape),
        "metrics": list(measures),
        "loss": _described(loss),
        "optimizer": _described(optimizer),
        "schedule": _described(schedule),
        "batch_size": batch_size,
        "shuffle": bool(shuffle),
        "seed": seed,
        "clip_norm": clip_norm,
        "clip_value": clip_value,
    }
    if saved is not None:
        saved.check_configuration(configuration)
        model.load_state_dict(saved.model)
    with recording(), _in_training(model) as flat, ExitStack() as stack:
        step = _step(model, loss, flat, plan, executor, shards)
        stack.callback(getattr(step, "close", lambda: None))
        training = Training(
            model=model,
            loss=loss,
            flat=flat,
            step=step,
            optimizer=optimizer,
            batches=Batches(examples.x, examples.prepared, batch_size, shuffle, np.random.default_rng(seed)),
            epochs=epochs,
            examples=examples,
            validation=held_out,
            metrics=measures,
            callbacks=[*watching, ProgressBar()] if progress else watching,
            schedule=schedule,
            clip=clip,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            configuration=configuration,
        )
        return training.run(saved)


def _seed(seed: int | None, saved: Checkpoint | None) -> int:
    """The seed itself; without one a new one, or that of the training that is resumed."""
    if seed is not None:
        return whole("seed", seed)
    if saved is not None:
        return int(saved.configuration["seed"])
    return secrets.randbits(64)


def _saved(checkpoint: str | PathLike[str] | None, resume: bool) -> Checkpoint | None:
    if checkpoint is None:
        if resume:
            raise ValueError('resume=True needs the file to go on from: checkpoint="run.npz"')
        return None
    exists = Path(checkpoint).exists()
    if exists and not resume:
        raise CheckpointError(
            f"{checkpoint} exists already, and a new training would replace it from its start: go on from it with "
            "resume=True, or remove it, or give another name"
        )
    return load_checkpoint(checkpoint) if exists else None


def _fingerprint(*arrays: Array) -> str:
    """A few digits that other data will not have: the checksum of what is trained on."""
    checksum = 0
    for array in arrays:
        checksum = crc32(np.ascontiguousarray(array).data, checksum)
    return f"{checksum:08x}"


def _described(part: Any) -> str | None:
    """What a part of a training is, as a checkpoint remembers it: its repr, less where it is in this memory."""
    return None if part is None else re.sub(r" at 0x[0-9a-fA-F]+", "", repr(part))


def _criteria(
    early_stopping: int | EarlyStopping | None, target_loss: float | None, time_limit: float | None
) -> list[Callback]:
    criteria: list[Callback] = []
    if isinstance(early_stopping, EarlyStopping):
        criteria.append(early_stopping)
    elif early_stopping is not None:
        criteria.append(EarlyStopping(whole("early_stopping", early_stopping, least=1)))
    if target_loss is not None:
        criteria.append(StopAtLoss(number("target_loss", target_loss)))
    if time_limit is not None:
        criteria.append(StopAfter(positive("time_limit", time_limit)))
    return criteria


def _callbacks(callbacks: Sequence[Callback]) -> Sequence[Callback]:
    if isinstance(callbacks, Callback):
        raise TypeError(f"callbacks is one {type(callbacks).__name__}; give a list: callbacks=[…]")
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise TypeError(f"callbacks holds {callback!r}, which is no Callback; derive a class from it")
    return callbacks


def _metrics(metrics: Iterable[str | Metric]) -> Metrics:
    if isinstance(metrics, str) or not isinstance(metrics, Iterable):
        raise TypeError(f"metrics is {metrics!r}; give a list: metrics=[{metrics!r}]")
    found: dict[str, Metric] = {}
    for metric in map(metric_for, metrics):
        if found.setdefault(metric.__name__, metric) is not metric:
            raise ValueError(f"two metrics are called {metric.__name__!r}: give functions with names of their own")
    return found


def _step(
    model: Module,
    loss: Loss,
    flat: FlatParameters,
    plan: bool,
    executor: ExecutorOrFactory | None,
    shards: int | None,
) -> Step:
    if executor is not None:
        return ParallelStep(model, loss, flat, executor, shards, plan=plan)
    return PlannedStep(model, loss, flat) if plan else EagerStep(model, loss, flat)


def _clipping(norm: float | None, value: float | None) -> Callable[[Array], Any] | None:
    """One function for what is to be clipped: entries first, so that the norm is what was asked for."""
    if norm is not None:
        norm = positive("clip_norm", norm)
    if value is not None:
        value = positive("clip_value", value)
    if norm is None and value is None:
        return None

    def clip(gradients: Array) -> None:
        if value is not None:
            clip_by_value(gradients, value)
        if norm is not None:
            clip_by_norm(gradients, norm)

    return clip


@contextmanager
def _in_training(model: Module) -> Iterator[FlatParameters]:
    """The parameters in one vector and all modules in training mode; in the end everything is as it was."""
    modes = [(module, module.training) for _, module in model.named_modules()]
    flat = FlatParameters(dict(model.named_parameters()))
    try:
        model.train()
        yield flat
    finally:
        with undisturbed():
            flat.release()
            for module, training in modes:
                module.training = training
