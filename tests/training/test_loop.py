"""The inner loop by itself: what it adds up, in what order it does things, and that it allocates nothing."""

import tracemalloc
from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Tensor, nn
from backprop.training import SGD, DivergenceError, History
from backprop.training.flat import FlatParameters
from backprop.training.loop import _safe_square, first_nonfinite_name, run_epoch


class Ready:
    """A step that gives losses and gradients prepared in advance."""

    def __init__(self, flat, losses, gradients):
        self.flat, self.losses, self.gradients, self.seen = flat, iter(losses), iter(gradients), []

    def step(self, x, y):
        self.seen.append((x, y, self.flat.values.copy()))
        self.flat.gradients[...] = next(self.gradients)
        return next(self.losses)


def training(losses, gradients, batches=None, value=(0.0, 0.0), dtype="float64", rate=1.0, **options):
    w = Tensor(np.asarray(value, dtype), "w")
    flat = FlatParameters({"w": w})
    optimizer = SGD(rate)
    optimizer.start(flat.values)
    batches = [(np.zeros((1, 1)), np.zeros(1))] * len(losses) if batches is None else batches

    def go_back():
        flat.values[...] = value

    made = {
        "flat": flat,
        "optimizer": optimizer,
        "batches": batches,
        "step": Ready(flat, losses, gradients),
        "clip": None,
        "weigh": len,
        "watchers_of_batches": [],
        "learning_rates": lambda: None,
        "epoch": 4,
        "history": History(),
        "go_back": go_back,
        "model": nn.Sequential(),
        "loss": SimpleNamespace(compute=lambda outputs, prepared: Tensor(float("nan"), "loss") * 1.0),
    }
    return SimpleNamespace(**made | options)


class TestSums:
    @given(
        batches=st.lists(
            st.tuples(st.integers(1, 9), st.floats(-5, 5), st.floats(0, 10)),
            min_size=1,
            max_size=8,
        )
    )
    def test_loss_is_weighted_and_norm_is_not(self, batches):
        sizes, losses, norms = zip(*batches, strict=True)
        made = training(losses, [(n, 0.0) for n in norms], [(np.zeros((k, 1)), np.zeros(k)) for k in sizes])
        loss, norm = run_epoch(made)
        assert loss == pytest.approx(np.average(losses, weights=sizes), abs=1e-12)
        assert norm == pytest.approx(np.mean(norms), abs=1e-12)
        assert made.flat.values[0] == pytest.approx(-sum(norms))

    def test_the_weight_of_a_batch_is_what_the_loss_says(self):
        made = training([1.0, 4.0], [(0, 0)] * 2, [(0, 3.0), (0, 1.0)], weigh=lambda y: y)
        assert run_epoch(made)[0] == 7 / 4

    def test_each_step_has_the_weights_of_the_one_before(self):
        made = training([1.0] * 3, [(1.0, 2.0)] * 3, rate=0.5)
        run_epoch(made)
        np.testing.assert_array_equal([w for _, _, w in made.step.seen], [[0, 0], [-0.5, -1], [-1, -2]])

    def test_rate_then_clipping_then_update(self):
        made = training([1.0] * 2, [(3.0, 4.0)] * 2, learning_rates=lambda: [10.0, 100.0])
        made.clip = lambda g: np.minimum(g, 1.0, out=g)
        _, norm = run_epoch(made)
        assert norm == 5
        np.testing.assert_array_equal(made.flat.values, [-110, -110])
        assert made.optimizer.learning_rate == 100

    def test_watchers_know_batch_and_loss(self):
        seen = []
        made = training([3.0, 2.0], [(0, 0)] * 2)
        made.watchers_of_batches = [lambda t: seen.append((t.batch, t.batch_loss))]
        run_epoch(made)
        assert seen == [(1, 3.0), (2, 2.0)]


class TestGuard:
    def test_squares_that_overflow_are_looked_into(self):
        made = training([1.0], [(3e30, 4e30)], dtype="float32", rate=1e-10)
        with np.errstate(all="ignore"):
            _, norm = run_epoch(made)
        assert norm == pytest.approx(5e30, rel=1e-6)
        np.testing.assert_allclose(made.flat.values, [-3e20, -4e20], rtol=1e-6)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    @pytest.mark.parametrize("where", ["loss", "gradient"])
    def test_nothing_is_updated_from_what_is_not_finite(self, bad, where):
        losses, gradients = [1.0, 1.0, 1.0], [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]
        if where == "loss":
            losses[1] = bad
        else:
            gradients[1] = (1.0, bad)
        made = training(losses, gradients)
        with np.errstate(all="ignore"), pytest.raises(DivergenceError) as caught:
            run_epoch(made)
        assert (caught.value.epoch, caught.value.batch) == (5, 2)
        np.testing.assert_array_equal(made.flat.values, [-1, -1])
        what = f"the loss is {bad}" if where == "loss" else "the gradient of w is not finite"
        assert f"epoch 5, batch 2: {what}" in str(caught.value)

    def test_an_update_that_overflows_is_taken_back(self):
        made = training([1.0, 1.0], [(1.0, 1.0), (1e300, 1.0)], rate=1e10)
        with np.errstate(all="ignore"), pytest.raises(DivergenceError, match="batch 2: w would not be finite"):
            run_epoch(made)
        np.testing.assert_array_equal(made.flat.values, [-1e10, -1e10])

    def test_weights_lost_in_the_last_batch_are_found(self):
        made = training([1.0], [(1.0, 1.0)], value=(2.0, 3.0))
        made.optimizer.update = lambda values, gradients: values.fill(np.nan)
        with pytest.raises(DivergenceError, match="w is no longer finite, after an earlier update"):
            run_epoch(made)
        np.testing.assert_array_equal(made.flat.values, [2, 3])

    @given(
        dtype=st.sampled_from(["float16", "float32", "float64"]),
        rate=st.floats(1e-12, 1e300),
        share=st.floats(0, 1, exclude_max=True),
    )
    def test_a_safe_step_cannot_overflow(self, dtype, rate, share):
        gradients = np.zeros(1, dtype)
        safe = _safe_square(gradients, rate)
        if safe > 0:
            largest = float(np.finfo(dtype).max)
            assert sqrt(safe * share) * rate <= sqrt(largest) * 1.001
        else:
            assert rate > float(np.finfo(dtype).max) ** 0.25

    def test_first_name(self):
        views = {"a": np.zeros(2), "b": np.array([0, np.inf]), "c": np.array([np.nan])}
        assert first_nonfinite_name(views) == "b"
        assert first_nonfinite_name({"a": np.zeros(2)}) is None


def test_memory_does_not_grow_with_the_number_of_batches():
    peaks = []
    for count in (10, 1000):
        made = training([1.0] * count, [(1.0, 1.0)] * count)

        class Still:
            def step(self, x, y):
                return 1.0

        made.step = Still()
        run_epoch(made)
        tracemalloc.start()
        run_epoch(made)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= peaks[0] + 1000
