"""Checkpoints: a training goes on to the last bit as if nothing had been between, also after SIGKILL in a write.

Run as a program, this file is the process of which `test_killed_at_200_moments` kills the children.
"""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import nn
from backprop.training import (
    SGD,
    Adam,
    AdamW,
    Callback,
    CosineDecay,
    EarlyStopping,
    ExponentialDecay,
    LinearWarmup,
    OneCycle,
    ReduceOnPlateau,
    RMSProp,
    StepDecay,
    fit,
)
from backprop.training.archive import write_archive
from backprop.training.checkpoint import (
    Checkpoint,
    CheckpointError,
    generator_state,
    load_checkpoint,
    load_weights,
    restore_generator,
    save_checkpoint,
    save_weights,
)

EPOCHS = 10
_rng = np.random.default_rng(0)
X = _rng.normal(size=(50, 3))
LABELS = (X.sum(axis=1) + _rng.normal(size=50) > 0).astype(int)


def bits(state):
    """A digest of named arrays: equal only if all are, to the bit."""
    sums = hashlib.sha256()
    for name, array in state.items():
        sums.update(f"{name} {array.shape} {array.dtype}".encode() + array.tobytes())
    return sums.hexdigest()


# Going on as if nothing had been between.


class CrashError(Exception):
    pass


LAST_BATCH = 99  # the end of an epoch comes after all of its batches


class CrashAfter(Callback):
    """Raise when an epoch is complete, but not yet saved."""

    def __init__(self, epoch):
        self.moment = epoch, LAST_BATCH

    def on_epoch_end(self, training):
        if (training.epoch, LAST_BATCH) == self.moment:
            raise CrashError


class CrashWithin(Callback):
    """Raise when some batches of an epoch are done."""

    def __init__(self, epoch, batch):
        self.moment = epoch, batch

    def on_batch_end(self, training):
        if (training.epoch + 1, training.batch) == self.moment:
            raise CrashError


def build(seed=0, dropout=0.0, dtype="float64", outputs=2):
    return nn.MLP((3, 8, outputs), activation="tanh", dropout=dropout, seed=seed, dtype=dtype)


def trained(model, callbacks=(), y=LABELS, **options):
    """What must be the same: weights, generators, and all of the history but the time it took."""
    history = fit(model, (X, y), **{"epochs": EPOCHS, "batch_size": 16, "callbacks": callbacks, **options}).to_dict()
    history.pop("seconds")
    generators = {name: generator_state(generator) for name, generator in model.named_generators()}
    return bits(model.state_dict()), repr(generators), json.dumps(history)


def check_resuming(folder, crashes, build=build, may_end_before=False, **options):
    """Compare a training with one that crashes, and is resumed each time by another model of that shape."""
    expected = trained(build(0), **options)
    path = folder / "run.npz"
    path.unlink(missing_ok=True)
    saving = {**options, "checkpoint": path, "resume": True}
    for seed, crash in enumerate(crashes):
        try:
            trained(build(seed), [crash], **saving)
        except CrashError:
            pass
        else:
            assert may_end_before, "it did not crash"
        load_checkpoint(path)
    assert trained(build(99), **saving) == expected
    assert trained(build(99), **saving) == expected  # there was nothing left to do
    assert os.listdir(folder) == ["run.npz"]


OPTIMIZERS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    RMSProp(0.01),
    RMSProp(0.01, momentum=0.9, centered=True, weight_decay=0.01),
    Adam(0.01),
    Adam(0.01, weight_decay=0.01, amsgrad=True),
    AdamW(0.01),
]


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_resuming_is_exact_with_every_optimizer(tmp_path, optimizer, plan):
    crashes = [CrashWithin(1, 2), CrashAfter(3), CrashWithin(6, 3)]
    check_resuming(tmp_path, crashes, optimizer=optimizer, plan=plan)


SCHEDULES = [
    StepDecay(every=3, factor=0.5),
    ExponentialDecay(0.9),
    CosineDecay(),
    OneCycle(),
    LinearWarmup(5),
    ReduceOnPlateau(patience=1, factor=0.5),
    lambda epoch, epochs, rate: rate / (1 + epoch),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: type(schedule).__name__)
def test_resuming_is_exact_with_every_schedule(tmp_path, schedule):
    check_resuming(tmp_path, [CrashAfter(4), CrashWithin(7, 1)], schedule=schedule, validation=0.3, learning_rate=0.2)


@pytest.mark.parametrize(
    "options",
    [
        {"shuffle": False},
        {"clip_norm": 0.1, "clip_value": 0.05},
        {"metrics": ["accuracy"], "validation": (X[:9], LABELS[:9])},
        {"loss": nn.CrossEntropy(label_smoothing=0.1, class_weights=[1, 3])},
        {"loss": "huber", "y": X[:, :2]},
        {"checkpoint_every": 4},
        {"batch_size": 50},
        {"plan": False, "metrics": ["accuracy"]},
    ],
    ids=repr,
)
def test_resuming_is_exact_with_every_setting(tmp_path, options):
    check_resuming(tmp_path, [CrashAfter(1), CrashAfter(7)], **options)


@pytest.mark.parametrize("restore_best", [True, False])
def test_resuming_is_exact_with_early_stopping(tmp_path, restore_best):
    """The best epoch comes before the crash, the end of the patience after it."""
    options = {"learning_rate": 0.3, "epochs": 100, "validation": 0.3}
    stopping = EarlyStopping(patience=6, restore_best=restore_best)
    model = build()
    history = fit(model, (X, LABELS), batch_size=16, early_stopping=stopping, **options)
    assert history.stopped_by == "patience"
    best, end = stopping.best_epoch, history.epochs
    assert best + 6 == end
    crashes = [CrashAfter(best + 2), CrashWithin(end, 1), CrashAfter(end)]
    check_resuming(tmp_path, crashes, early_stopping=stopping, **options)


class Normed(nn.Module):
    """Two generators, a normalization, and a layer that is used twice."""

    def __init__(self, seed):
        self.first = nn.Linear(3, 8, seed=seed)
        self.norm = nn.LayerNorm(8)
        self.shared = nn.Linear(8, 8, seed=seed + 1)
        self.last = nn.Linear(8, 2, seed=seed + 2)
        self.drops = [nn.Dropout(0.2, seed=seed), nn.Dropout(0.4, seed=seed + 1)]

    def forward(self, x):
        x = self.drops[0](self.norm(self.first(x)))
        return self.last(self.drops[1](self.shared(self.shared(x))))


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize("build", [lambda seed: build(seed, dropout=0.3, dtype="float32"), Normed])
def test_resuming_is_exact_with_dropout(tmp_path, build, plan):
    check_resuming(tmp_path, [CrashWithin(2, 3), CrashAfter(5), CrashWithin(6, 1)], build, plan=plan)


@settings(max_examples=30)
@given(
    crashes=st.lists(
        st.builds(CrashAfter, st.integers(1, EPOCHS))
        | st.builds(CrashWithin, st.integers(1, EPOCHS), st.integers(1, 3)),
        min_size=1,
        max_size=3,
        unique_by=lambda crash: crash.moment,
    ),
    dropout=st.sampled_from([0.0, 0.5]),
    dtype=st.sampled_from(["float32", "float64"]),
    optimizer=st.sampled_from(OPTIMIZERS),
    schedule=st.sampled_from([None, *SCHEDULES]),
    checkpoint_every=st.integers(1, 4),
    validation=st.sampled_from([None, 0.2]),
    shuffle=st.booleans(),
    plan=st.booleans(),
)
def test_resuming_is_exact_whatever_the_settings(tmp_path_factory, crashes, dropout, dtype, **options):
    crashes.sort(key=lambda crash: crash.moment)  # so that each of them comes
    options = {"early_stopping": 4, "may_end_before": True, **options}
    check_resuming(tmp_path_factory.mktemp("run"), crashes, lambda seed: build(seed, dropout, dtype), **options)


def test_a_seed_chosen_by_chance_is_resumed(tmp_path):
    path = tmp_path / "run.npz"
    with pytest.raises(CrashError):
        trained(build(), [CrashAfter(5)], seed=None, checkpoint=path)
    seed = load_checkpoint(path).configuration["seed"]
    resumed = trained(build(), seed=None, checkpoint=path, resume=True)
    assert resumed == trained(build(), seed=seed)


def test_a_training_that_is_over_goes_on_with_more_epochs(tmp_path):
    path = tmp_path / "run.npz"
    trained(build(), epochs=4, checkpoint=path)
    assert trained(build(1), checkpoint=path, resume=True)[0] == trained(build())[0]


def test_without_resume_a_training_is_not_replaced(tmp_path):
    path = tmp_path / "run.npz"
    trained(build(), checkpoint=path)
    old = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"run.npz exists already.*resume=True, or remove it"):
        trained(build(), epochs=2, checkpoint=path)
    assert path.read_bytes() == old


# What a checkpoint refuses.


def test_a_checkpoint_of_other_data_of_the_same_shape_is_refused(tmp_path):
    trained(build(), checkpoint=tmp_path / "run.npz")
    with pytest.raises(CheckpointError, match=r"other settings \(data: \S+ then, \S+ now\)"):
        trained(build(), y=1 - LABELS, checkpoint=tmp_path / "run.npz", resume=True)


def test_a_checkpoint_of_other_settings_is_refused_and_the_model_is_as_it_was(tmp_path):
    path = tmp_path / "run.npz"
    trained(build(), checkpoint=path)
    old, model = path.read_bytes(), build(3)
    before = bits(model.state_dict())
    with pytest.raises(CheckpointError, match=r"other settings \(.*batch_size: 16 then, 8 now"):
        trained(model, batch_size=8, checkpoint=path, resume=True)
    assert bits(model.state_dict()) == before
    assert path.read_bytes() == old


def test_check_configuration_names_every_difference():
    checkpoint = Checkpoint({}, {}, 1, configuration={"a": [1, 2], "b": float("nan"), "c": 1, "d": 5, "n": None})
    checkpoint.check_configuration({"a": (1, 2), "b": float("nan"), "c": 1, "d": 5, "n": None})
    message = r"\(c: 1 then, true now; d: 5 then, not set now; n: null then, not set now; e: not set then, 7 now\)"
    with pytest.raises(CheckpointError, match=message):
        checkpoint.check_configuration({"a": [1, 2], "b": float("nan"), "c": True, "e": 7})


@pytest.mark.parametrize(
    "change", [{"epoch": "1"}, {"epoch": None}, {"epoch": -1}, {"epoch": True}, {"model": []}, {"extra": 1}]
)
def test_a_file_with_other_parts_is_refused(tmp_path, change):
    parts = {part.name: {} for part in fields(Checkpoint)} | {"epoch": 1}
    write_archive(tmp_path / "run.npz", "checkpoint", parts)
    assert load_checkpoint(tmp_path / "run.npz") == Checkpoint({}, {}, 1)
    write_archive(tmp_path / "run.npz", "checkpoint", parts | change)
    with pytest.raises(CheckpointError, match=r"run.npz: has not the parts of a checkpoint"):
        load_checkpoint(tmp_path / "run.npz")


def test_weights_are_no_checkpoint(tmp_path):
    save_weights(build(), tmp_path / "weights.npz")
    with pytest.raises(CheckpointError, match="holds 'weights', where 'checkpoint' is needed"):
        load_checkpoint(tmp_path / "weights.npz")


# Weights and generators.


def test_weights_are_loaded_to_the_bit_from_their_file_and_from_a_checkpoint(tmp_path):
    model = build(dtype="float32")
    fit(model, (X, LABELS), epochs=2, checkpoint=tmp_path / "run.npz")
    save_weights(model, tmp_path / "weights.npz")
    for name in ("weights.npz", "run.npz"):
        other = build(5, dtype="float32")
        load_weights(other, tmp_path / name)
        assert bits(other.state_dict()) == bits(model.state_dict())
    with np.load(tmp_path / "weights.npz") as file:
        assert file["model/layers.0.weight"].shape == (3, 8)


def test_weights_of_another_model_are_refused(tmp_path):
    save_weights(build(outputs=3), tmp_path / "weights.npz")
    model = build()
    before = bits(model.state_dict())
    with pytest.raises(nn.StateError, match=re.escape("layers.2.weight")):
        load_weights(model, tmp_path / "weights.npz")
    assert bits(model.state_dict()) == before
    for content in ({}, {"model": [1]}, {"model": {"layers.0.weight": 1}}):
        write_archive(tmp_path / "weights.npz", "weights", content)
        with pytest.raises(CheckpointError, match="has no parameters of a model"):
            load_weights(model, tmp_path / "weights.npz")


KINDS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


@pytest.mark.parametrize("kind", KINDS)
@given(
    seed=st.integers(0, 2**64), draws=st.lists(st.sampled_from(["random", "standard_normal", "integers"]), max_size=5)
)
def test_generators_go_on_after_a_file(tmp_path_factory, kind, seed, draws):
    generator, other = np.random.Generator(kind(seed)), np.random.Generator(kind(0))
    for draw in draws:  # 32-bit integers leave half a word behind
        generator.integers(9, dtype="int32") if draw == "integers" else getattr(generator, draw)()
    path = tmp_path_factory.mktemp("generator") / "run.npz"
    save_checkpoint(path, Checkpoint({}, {}, 0, shuffling=generator_state(generator)))
    restore_generator(other, load_checkpoint(path).shuffling)
    for generator_draw in (lambda g: g.integers(9, size=3, dtype="int32"), lambda g: g.random(100)):
        assert generator_draw(generator).tolist() == generator_draw(other).tolist()


def test_states_of_no_generator_are_refused():
    generator = np.random.default_rng(0)
    state = generator_state(generator)
    first = generator.random()
    with pytest.raises(CheckpointError, match="of a generator 'MT19937', and this one is PCG64"):
        restore_generator(generator, generator_state(np.random.Generator(np.random.MT19937(0))))
    for wrong in ({"state": {}}, {"state": {"state": "x", "inc": 1}}, {"state": None}, {"has_uint32": None}):
        with pytest.raises(CheckpointError, match="the state of the generator PCG64 is malformed"):
            restore_generator(generator, state | wrong)
    with pytest.raises(CheckpointError, match="of a generator None"):
        restore_generator(generator, {})
    restore_generator(generator, state)
    assert generator.random() == first


# Killed at any moment.

KILLS = 200
RUNS = 4  # trained at the same time, each killed and resumed 50 times
LAST = 1000  # epochs: more than a run comes to


class Weights(Callback):
    """The weights after each number of epochs."""

    def __init__(self):
        self.at = []

    def on_start(self, training):
        self.at.append(bits(training.model.state_dict()))

    on_epoch_end = on_start


class Ready(Callback):
    """Write a byte when the first epoch is done: from here on, saving and training take turns."""

    def __init__(self, pipe):
        self.pipe = pipe

    def on_epoch_end(self, training):
        if self.pipe is not None:
            os.write(self.pipe, b"!")
            self.pipe = None


def long_training(epochs=LAST, **options):
    data = np.tile(X, (8, 1)), np.tile(LABELS, 8)
    return fit(build(dropout=0.2), data, epochs=epochs, batch_size=64, optimizer=Adam(0.01), **options)


def child(path):
    """Fork a process that resumes the training; return its id when it has finished an epoch."""
    end, pipe = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            long_training(checkpoint=path, resume=True, callbacks=[Ready(pipe)])
        finally:
            os._exit(1)  # with none of what the parent would do at its end
    os.close(pipe)
    assert os.read(end, 1) == b"!", "the child ended before it had finished an epoch"
    os.close(end)
    return process


def leftovers(folder):
    return {name for name in os.listdir(folder) if name.endswith(".part")}


def kill_at_random(folder):
    """Kill a training at 200 moments; after each, its file has the weights that it has if nobody kills it."""
    weights = Weights()
    long_training(callbacks=[weights])
    start = time.perf_counter()
    long_training(epochs=20, checkpoint=folder / "timed.npz")
    cycle = (time.perf_counter() - start) / 20
    paths = [folder / str(run) / "run.npz" for run in range(RUNS)]
    for path in paths:
        path.parent.mkdir()
    moments = random.Random()
    in_writing, epochs = 0, set()
    for _ in range(KILLS // RUNS):
        before = {path: leftovers(path.parent) for path in paths}
        processes = [child(path) for path in paths]
        for path, process in zip(paths, processes, strict=True):
            time.sleep(moments.uniform(0, 2 * cycle))
            os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            assert os.WIFSIGNALED(status), "it had ended before it was killed"
            checkpoint = load_checkpoint(path)
            assert bits(checkpoint.model) == weights.at[checkpoint.epoch]
            assert len(checkpoint.history["loss"]) == checkpoint.epoch
            in_writing += len(leftovers(path.parent) - before[path])
            epochs.add((path, checkpoint.epoch))
    for path in paths:
        epoch = load_checkpoint(path).epoch + 3
        long_training(epochs=epoch, checkpoint=path, resume=True)
        assert bits(load_checkpoint(path).model) == weights.at[epoch]
        assert os.listdir(path.parent) == ["run.npz"], "what killed writers left was not removed"
    print(json.dumps({"kills": KILLS, "in_writing": in_writing, "different_epochs": len(epochs)}))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_200_moments(tmp_path):
    """At least a tenth of the kills come while a file is half written, which shows in what they leave behind."""
    command = [sys.executable, __file__, str(tmp_path)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run(command, env=one_thread, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    counts = json.loads(result.stdout)
    assert counts["kills"] == 200
    assert counts["in_writing"] >= 20
    assert counts["different_epochs"] >= 100


if __name__ == "__main__":
    kill_at_random(Path(sys.argv[1]))


def test_path_in_the_place_of_the_model(tmp_path):
    path = tmp_path / "weights.npz"
    for function in (save_weights, load_weights):
        with pytest.raises(TypeError, match=rf"^{function.__name__}\(model, path\) takes a model first, and .* a str$"):
            function(str(path), nn.Linear(1, 1))
