import multiprocessing
import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from threading import Lock
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sharded_models import DyingOnce, RefusalError, Refusing, Wrapped, die
from sharded_training import EPOCHS, LABELS, ROWS, STEPS, X, assert_same, train

from backprop import nn
from backprop.training import FlatParameters, ParallelStep, fit, load_checkpoint
from backprop.training.eager import EagerStep
from backprop.training.parallel import ATTEMPTS

spawned = partial(ProcessPoolExecutor, 2, multiprocessing.get_context("spawn"))
served = partial(ProcessPoolExecutor, 2, multiprocessing.get_context("forkserver"))
threads = partial(ThreadPoolExecutor, 2)


def here():
    """An executor that computes at once, in this thread, and counts."""
    return Here()


class Here:
    def __init__(self, workers=3):
        self._max_workers = workers
        self.calls = 0
        self.open = True

    def submit(self, function, *arguments):
        self.calls += 1
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait=True):
        self.open = False


@pytest.fixture(scope="module")
def alone():
    return train(Wrapped())


def kill_a_worker(pool):
    os.kill(next(iter(pool._processes)), signal.SIGKILL)
    while not pool._broken:  # else the other worker may do all that is left before the pool knows
        sleep(0.01)


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize("pool", [threads, spawned, served, here])
def test_the_losses_are_those_of_one_process(pool, plan, alone):
    assert_same(train(Wrapped(), pool, plan=plan), alone)


def test_two_runs_are_the_same_to_the_last_bit():
    first, second = (train(Wrapped(dropout=0.4), spawned) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@pytest.mark.parametrize("pool", [spawned, served])
def test_a_worker_killed_in_the_middle_of_a_step_loses_none(pool, alone, tmp_path):
    assert_same(train(DyingOnce(tmp_path / "killed"), pool, plan=False), alone)
    assert (tmp_path / "killed").exists()


@pytest.mark.parametrize("make", [spawned, served])
def test_without_a_function_that_makes_another_pool_this_process_goes_on(make, alone, tmp_path):
    with make() as pool, pytest.warns(RuntimeWarning, match="no step was lost.* executor=lambda") as caught:
        assert_same(train(DyingOnce(tmp_path / "killed"), pool, plan=False), alone)
    assert len(caught) == 1


@pytest.mark.parametrize("make", [spawned, served])
def test_a_worker_killed_between_two_steps_loses_none(make, alone):
    pools = []

    def factory():
        pools.append(make())
        return pools[-1]

    assert_same(train(Wrapped(), factory, sixth=lambda: kill_a_worker(pools[0])), alone)
    assert len(pools) == 2


def test_a_pool_of_threads_that_is_shut_down_meanwhile_loses_no_step(alone):
    pool = threads()
    with pytest.warns(RuntimeWarning, match="no step was lost"):
        assert_same(train(Wrapped(), pool, sixth=pool.shutdown), alone)


def test_a_killed_worker_does_not_change_the_masks_of_dropout(tmp_path):
    expected = train(Wrapped(dropout=0.4), spawned, plan=False)
    assert_same(train(DyingOnce(tmp_path / "killed", dropout=0.4), spawned, plan=False), expected)
    assert (tmp_path / "killed").exists()


def test_after_pools_that_never_work_this_process_goes_on(alone):
    pools = []

    def factory():
        pools.append(ProcessPoolExecutor(2, multiprocessing.get_context("forkserver"), initializer=die))
        return pools[-1]

    with pytest.warns(RuntimeWarning, match=f"failed {ATTEMPTS} times in a row"):
        assert_same(train(Wrapped(), factory), alone)
    assert len(pools) == ATTEMPTS


def test_lost_and_cancelled_shards_are_computed_again(alone):
    class Unsteady(Here):
        def submit(self, function, *arguments):
            future = super().submit(function, *arguments)
            if self.calls % 5 == 0:
                future = Future()
                future.cancel()
                future.set_running_or_notify_cancel()
            elif self.calls % 7 == 0:
                future = Future()
                future.set_exception(ConnectionResetError("the worker is gone"))
            return future

    executor = Unsteady()
    assert_same(train(Wrapped(), executor), alone)
    assert executor.calls > STEPS * 3


@pytest.mark.parametrize("pool", [threads, spawned])
def test_what_the_model_raises_reaches_the_caller_as_it_is(pool):
    with pytest.raises(RefusalError, match="row 7: no such colour") as caught:
        train(Refusing(), pool)
    assert caught.value.row == 7
    notes = "".join(getattr(caught.value, "__notes__", []))
    assert ("In a worker" in notes and "sharded_models.py" in notes) == (pool is spawned)


def test_a_model_that_raises_is_computed_once():
    executor = Here(workers=1)
    with pytest.raises(RefusalError):
        train(Refusing(), executor)
    assert executor.calls == 1


@pytest.mark.parametrize("error", [KeyError("x"), OSError(2, "No such file", "a.npy"), TimeoutError("slow")])
def test_errors_of_the_kinds_that_executors_raise_are_still_the_models(error):
    class Failing(Wrapped):
        def before(self):
            if self.training:
                raise error

    with pytest.raises(type(error)) as caught:
        train(Failing(), Here(workers=1))
    assert str(caught.value) == str(error)


def test_numbers_overflow_as_they_do_in_one_process():
    model = Wrapped()
    flat = FlatParameters(dict(model.named_parameters()))
    with threads() as pool:
        step = ParallelStep(model, nn.MeanSquaredError(), flat, pool, plan=False)
        with np.errstate(over="raise"), pytest.raises(FloatingPointError):
            step.step(X, np.full((ROWS, 3), 1e200))
        with np.errstate(over="ignore"):
            assert step.step(X, np.full((ROWS, 3), 1e200)) == np.inf


@given(
    rows=st.integers(1, 12),
    shards=st.integers(1, 7),
    loss=st.sampled_from(
        [
            nn.CrossEntropy(),
            nn.CrossEntropy(label_smoothing=0.1, class_weights=(1.0, 5.0, 0.25)),
            nn.MeanSquaredError(),
            nn.BinaryCrossEntropy(class_weights=(0.5, 3.0)),
        ]
    ),
    plan=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_loss_and_gradient_are_those_of_the_whole_batch(rows, shards, loss, plan, dtype):
    x = X[:rows].astype(dtype)
    raw = LABELS[:rows] if isinstance(loss, nn.CrossEntropy) else np.eye(3)[LABELS[:rows]]
    y = loss.prepare(raw, (rows, 3), dtype)
    results = []
    for parallel in (False, True):
        model = nn.MLP((4, 5, 3), seed=1, dtype=dtype)
        flat = FlatParameters(dict(model.named_parameters()))
        step = ParallelStep(model, loss, flat, Here(), shards, plan=plan) if parallel else EagerStep(model, loss, flat)
        results.append((step.step(x, y), flat.gradients))
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    assert results[1][0] == pytest.approx(results[0][0], rel=tolerance, abs=tolerance)
    np.testing.assert_allclose(results[1][1], results[0][1], rtol=tolerance, atol=tolerance)
    assert results[1][1].dtype == dtype


class Masked(nn.MeanSquaredError):
    """Counts only the rows whose target is not negative."""

    name = "masked"

    def compute(self, outputs, prepared):
        kept = (prepared >= 0).astype(float)
        return (kept * (outputs - prepared) ** 2).sum() / kept.sum()

    def weight(self, prepared):
        return float((prepared >= 0).sum())


def test_a_shard_of_no_weight_counts_nothing():
    y = np.vstack([np.full((4, 3), -1.0), np.ones((4, 3))])
    model = Wrapped()
    flat = FlatParameters(dict(model.named_parameters()))
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = ParallelStep(model, Masked(), flat, Here(), shards=4, plan=False).step(X[:8], y)
        gradients = flat.gradients.copy()
        assert loss == pytest.approx(EagerStep(model, Masked(), flat).step(X[:8], y), rel=1e-12)
        np.testing.assert_allclose(gradients, flat.gradients, rtol=1e-12)
        nothing = ParallelStep(model, Masked(), flat, Here(), shards=4, plan=False).step(X[:4], y[:4])
    assert np.isnan(nothing), "as in one process: the mean of nothing"


def test_dropout_depends_on_the_number_of_shards_and_on_nothing_else():
    def losses(executor):
        return train(Wrapped(dropout=0.5), executor)[0]

    np.testing.assert_array_equal(losses(Here(2)), losses(Here(2)))
    assert np.all(losses(Here(2)) != losses(Here(3)))


def test_every_shard_has_its_own_mask():
    model = Wrapped(dropout=0.5)
    losses = []

    class Telling(Here):
        def submit(self, function, *arguments):
            future = super().submit(function, *arguments)
            losses.append(future.result().loss)
            return future

    step = ParallelStep(model, nn.MeanSquaredError(), FlatParameters(dict(model.named_parameters())), Telling(4))
    for _ in range(2):
        step.step(np.ones((16, 4)), np.zeros((16, 3)))
    assert len(set(losses)) == 8


def test_a_training_with_dropout_can_be_resumed_to_the_last_bit(tmp_path):
    path = tmp_path / "run.npz"
    whole = train(Wrapped(dropout=0.5), Here())
    train(Wrapped(dropout=0.5), Here(), epochs=1, checkpoint=path)
    rest = train(Wrapped(dropout=0.5), Here(), checkpoint=path, resume=True)
    assert load_checkpoint(path).epoch == EPOCHS
    np.testing.assert_array_equal(rest[0], whole[0][-len(rest[0]) :])
    np.testing.assert_array_equal(rest[1], whole[1])


def test_what_is_changed_in_the_model_during_training_reaches_the_workers():
    model = Wrapped(dropout=0.5)
    dropout = next(m for _, m in model.named_modules() if isinstance(m, nn.Dropout))

    def turn_off():
        dropout.rate = 0.0

    assert np.any(train(model, Here(), sixth=turn_off)[0][6:] != train(Wrapped(dropout=0.5), Here())[0][6:])


def test_shared_parameters_stay_shared_in_the_workers():
    class Tied(nn.Module):
        def __init__(self):
            self.first = nn.Linear(4, 4, seed=0)
            self.second = self.first

        def forward(self, x):
            return self.second(self.first(x))

    results = []
    for parallel in (False, True):
        model, loss = Tied(), nn.MeanSquaredError()
        flat = FlatParameters(dict(model.named_parameters()))
        step = ParallelStep(model, loss, flat, Here(), plan=False) if parallel else EagerStep(model, loss, flat)
        results.append([step.step(X, X), *flat.gradients])
    np.testing.assert_allclose(*results, rtol=1e-12)


@pytest.mark.parametrize("model", [Wrapped, Refusing])
def test_a_pool_made_for_the_training_is_shut_down_and_a_given_one_is_not(model):
    made, given_one = Here(), Here()
    for executor in (lambda: made, given_one):
        try:
            train(model(), executor)
        except RefusalError:
            assert model is Refusing
    assert given_one.calls == made.calls > 0
    assert (made.open, given_one.open) == (False, True)


def shards_of(executor, shards=None):
    model = Wrapped()
    flat = FlatParameters(dict(model.named_parameters()))
    return ParallelStep(model, nn.MeanSquaredError(), flat, executor, shards).shards


def test_there_is_a_shard_for_each_worker_unless_a_number_is_given():
    assert shards_of(Here(5)) == 5
    assert shards_of(Here(5), shards=2) == 2
    assert shards_of(lambda: Here(4)) == 4
    untold = Here()
    del untold._max_workers
    assert shards_of(untold) == os.cpu_count()
    with pytest.raises(ValueError, match="shards is 0"):
        shards_of(Here(), shards=0)


def test_shards_are_an_argument_of_fit():
    executor = Here(2)
    fit(Wrapped(), (X, LABELS), epochs=1, batch_size=16, executor=executor, shards=5)
    assert executor.calls == 3 * 5 + 2
    with pytest.raises(ValueError, match="give executor=… as well"):
        fit(Wrapped(), (X, LABELS), shards=5)


def test_a_class_is_a_function_that_makes_an_executor():
    assert shards_of(ThreadPoolExecutor) == ThreadPoolExecutor()._max_workers


def test_a_batch_of_few_rows_has_few_shards():
    executor = Here(8)
    train(Wrapped(), executor)
    assert executor.calls == EPOCHS * (3 * 8 + 2)  # batches of 16, 16, 16 and 2 rows


def test_what_is_no_executor_is_refused():
    with pytest.raises(TypeError, match=r"2 has no submit\(function, …\)"):
        shards_of(2)
    with pytest.raises(TypeError, match=r"give a concurrent.futures executor"):
        shards_of(lambda: "pool")


def test_a_model_that_cannot_be_pickled_is_refused_before_the_first_step():
    model = Wrapped()
    model.lock = Lock()
    executor = Here()
    with pytest.raises(TypeError, match=r"cannot be sent to workers: .*lock"):
        train(model, executor)
    assert executor.calls == 0


def test_it_says_why_workers_have_no_plan():
    class Branching(Wrapped):
        def forward(self, x):
            y = self.inner(x)
            return y if float(np.sum(y.value)) > 0 else -y

    model, loss = Branching(), nn.MeanSquaredError()
    flat = FlatParameters(dict(model.named_parameters()))
    step = ParallelStep(model, loss, flat, Here())
    step.step(X, np.zeros((ROWS, 3)))
    assert step.reason is not None
    assert ParallelStep(model, loss, flat, Here(), plan=False).reason == "plan=False"
    model = Wrapped()
    step = ParallelStep(model, loss, FlatParameters(dict(model.named_parameters())), Here())
    step.step(X, np.zeros((ROWS, 3)))
    assert step.reason is None
