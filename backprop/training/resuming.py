"""From a training under way to a checkpoint and back: everything that influences what follows, and nothing else."""

from typing import TYPE_CHECKING, Any

from .callbacks import Callback
from .checkpoint import Checkpoint, CheckpointError, generator_state, restore_generator
from .history import History

if TYPE_CHECKING:
    from .state import Training


def snapshot(training: "Training") -> Checkpoint:
    """The state at the end of an epoch. What it holds is its own: it stays as it is while the training goes on."""
    return Checkpoint(
        model=training.model.state_dict(),
        optimizer=training.optimizer.state_dict(),
        epoch=training.epoch,
        shuffling=generator_state(training.batches.rng),
        generators={name: generator_state(rng) for name, rng in training.model.named_generators()},
        history=training.history.to_dict(),
        schedule={} if training.schedule is None else training.schedule.state_dict(),
        stopping={name: state for name, callback in _named(training) if (state := callback.state_dict())},
        configuration=training.configuration,
    )


def restore(training: "Training", checkpoint: Checkpoint) -> None:
    """Take the state of a checkpoint, so that what follows is the same to the last bit. The model has its weights.

    Raises:
        CheckpointError: the model has other random generators.
        ValueError: the state of the optimizer or of the schedule does not fit.

    """
    generators = dict(training.model.named_generators())
    if generators.keys() != checkpoint.generators.keys():
        then, now = (", ".join(names) or "none" for names in (checkpoint.generators, generators))
        raise CheckpointError(
            f"the checkpoint is of a model with other random generators ({then}) than this one ({now}): "
            "build the model as it was, or start anew with another file"
        )
    for name, rng in generators.items():
        restore_generator(rng, checkpoint.generators[name])
    restore_generator(training.batches.rng, checkpoint.shuffling)
    training.optimizer.load_state_dict(checkpoint.optimizer)
    if training.schedule is not None:
        training.schedule.load_state_dict(checkpoint.schedule)
    training.history = History.from_dict(checkpoint.history)
    training.epoch = checkpoint.epoch


def restore_callbacks(training: "Training", checkpoint: Checkpoint) -> None:
    """Give the callbacks their states: those that have one in the checkpoint."""
    for name, callback in _named(training):
        if name in checkpoint.stopping:
            callback.load_state_dict(checkpoint.stopping[name])


def _named(training: "Training") -> "list[tuple[str, Callback]]":
    """The callbacks under their classes' names, the second of a class under `Name 2`: others may come and go."""
    counts: dict[str, int] = {}
    named: list[tuple[str, Any]] = []
    for callback in training.callbacks:
        name = type(callback).__name__
        counts[name] = number = counts.get(name, 0) + 1
        named.append((name if number == 1 else f"{name} {number}", callback))
    return named
