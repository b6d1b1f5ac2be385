"""Checkpoints: all that a training run needs to go on as if it had never stopped."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from .archive import CheckpointError, read_archive, write_archive

if TYPE_CHECKING:
    from ..nn import Module

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "generator_state",
    "load_checkpoint",
    "load_weights",
    "restore_generator",
    "save_checkpoint",
    "save_weights",
]

State = dict[str, Any]


@dataclass(slots=True)
class Checkpoint:
    """The state of a training run at the end of an epoch.

    All but `epoch` are mappings from names to numbers, strings, booleans, None, arrays, and mappings and lists of
    these.

    Attributes:
        model: arrays of the parameters by name, as `model.state_dict()` gives them.
        optimizer: state of the optimizer, as its `state_dict()` gives it.
        epoch: number of epochs that are finished.
        shuffling: state of the generator that shuffles the examples, as `generator_state` gives it.
        generators: states of the model's own generators (of dropout), by name.
        history: what was measured, as `History.to_dict()` gives it.
        schedule: state of the learning rate's schedule.
        stopping: state of the stop criteria: best loss so far, epochs without a better one, best weights.
        configuration: settings that a resumed run must share: see `check_configuration`.

    >>> rng = np.random.default_rng(0)
    >>> checkpoint = Checkpoint({"weight": np.ones((2, 3))}, {"steps": 10}, epoch=1, shuffling=generator_state(rng))
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_checkpoint(pathlib.Path(folder) / "run.npz", checkpoint)
    ...     loaded = load_checkpoint(pathlib.Path(folder) / "run.npz")
    >>> loaded.epoch, loaded.optimizer, loaded.model["weight"].shape
    (1, {'steps': 10}, (2, 3))

    """

    model: State
    optimizer: State
    epoch: int
    shuffling: State = field(default_factory=dict)
    generators: State = field(default_factory=dict)
    history: State = field(default_factory=dict)
    schedule: State = field(default_factory=dict)
    stopping: State = field(default_factory=dict)
    configuration: State = field(default_factory=dict)

    def check_configuration(self, configuration: Mapping[str, Any]) -> None:
        """Check that a run with other settings is not resumed as if it were this one.

        Args:
            configuration: the settings of the run that would go on; tuples and lists are the same.

        Raises:
            CheckpointError: naming every setting that differs, with both values.

        """
        then, now = _as_text(self.configuration), _as_text(configuration)
        differences = [
            f"{name}: {then.get(name, 'not set')} then, {now.get(name, 'not set')} now"
            for name in {**then, **now}
            if then.get(name) != now.get(name)
        ]
        if differences:
            raise CheckpointError(
                f"the checkpoint is of a run with other settings ({'; '.join(differences)}). "
                "Resume with the same settings, or start anew with another file"
            )


def save_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Write a checkpoint to an .npz file; an earlier one there is replaced, all at once or not at all.

    Args:
        path: file to make or to replace. Its folder must exist.
        checkpoint: what to write.

    Raises:
        TypeError: something in the checkpoint is not a number, string, boolean, None or array of real numbers.
        CheckpointError: the file cannot be written. An earlier one is unharmed.

    """
    write_archive(path, "checkpoint", {part.name: getattr(checkpoint, part.name) for part in fields(Checkpoint)})


def load_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint that `save_checkpoint` wrote. Nothing in the file is executed, whoever made it.

    Raises:
        CheckpointError: there is no such file, or it was cut short, altered, written by something else, or by a
            newer version of this package.

    """
    _, content = read_archive(path, "checkpoint")
    states = [value for name, value in content.items() if name != "epoch"]
    epoch = content.get("epoch")
    whole = content.keys() == {part.name for part in fields(Checkpoint)} and all(isinstance(x, dict) for x in states)
    if not whole or type(epoch) is not int or epoch < 0:
        raise CheckpointError(f"{os.fspath(path)}: has not the parts of a checkpoint, but {sorted(content)}")
    return Checkpoint(**content)


def save_weights(model: "Module", path: str | os.PathLike[str]) -> None:
    """Write the parameters of a model to an .npz file, without the state of its training.

    Raises:
        TypeError: `model` is no model.
        CheckpointError: the file cannot be written. An earlier one is unharmed.

    """
    _check_model("save_weights", model)
    write_archive(path, "weights", {"model": model.state_dict()})


def load_weights(model: "Module", path: str | os.PathLike[str]) -> None:
    """Give a model the parameters in a file of `save_weights`, or in a checkpoint.

    Raises:
        TypeError: `model` is no model.
        CheckpointError: there is no such file, or it was cut short, altered or written by something else.
        StateError: the file is of a model with other parameters; this one is as it was.

    """
    _check_model("load_weights", model)
    _, content = read_archive(path, "weights", "checkpoint")
    state = content.get("model")
    if not isinstance(state, dict) or not all(isinstance(value, np.ndarray) for value in state.values()):
        raise CheckpointError(f"{os.fspath(path)}: has no parameters of a model")
    model.load_state_dict(state)


def _check_model(function: str, model: Any) -> None:
    if not hasattr(model, "state_dict"):
        raise TypeError(f"{function}(model, path) takes a model first, and it is given a {type(model).__name__}")


def generator_state(generator: np.random.Generator) -> State:
    """All that the next numbers of a generator depend on, as a file can hold it.

    >>> generator = np.random.default_rng(0)
    >>> state = generator_state(generator)
    >>> first = generator.random()
    >>> restore_generator(generator, state)
    >>> generator.random() == first
    True
    """
    return dict(generator.bit_generator.state)


def restore_generator(generator: np.random.Generator, state: Mapping[str, Any]) -> None:
    """Put a generator back to where it was when `generator_state` was taken.

    Raises:
        CheckpointError: the state is of another kind of generator, or is none.

    """
    kind = type(generator.bit_generator).__name__
    if state.get("bit_generator") != kind:
        raise CheckpointError(f"the state is of a generator {state.get('bit_generator')!r}, and this one is {kind}")
    try:
        generator.bit_generator.state = dict(state)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CheckpointError(f"the state of the generator {kind} is malformed ({error!r:.200})") from error


def _as_text(configuration: Mapping[str, Any]) -> dict[str, str]:
    """The settings as JSON: there a tuple is a list, NaN equals itself, and 1 is not true."""
    return {name: json.dumps(value) for name, value in configuration.items()}
