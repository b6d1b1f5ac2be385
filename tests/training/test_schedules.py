"""Schedules: equal to PyTorch's where there is the same, and options that are refused."""

import json
from copy import deepcopy

import numpy as np
import pytest
from frameworks import framework
from hypothesis import given
from hypothesis import strategies as st

from backprop.nn.errors import StateError
from backprop.training.schedules import (
    ConstantRate,
    CosineDecay,
    CustomRate,
    ExponentialDecay,
    LinearWarmup,
    OneCycle,
    ReduceOnPlateau,
    StepDecay,
    schedule_for,
)

STEPS, BASE = 40, 0.3


def rates(schedule, steps=STEPS, base=BASE):
    return [schedule.rate(step, steps, base) for step in range(steps)]


def torch_rates(make, steps=STEPS, base=BASE, losses=None):
    """Rates in each step under the scheduler that `make(torch.optim.lr_scheduler, optimizer)` gives."""
    torch = framework("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        if step < steps - 1:
            optimizer.step()
            if losses is None:
                scheduler.step()
            else:
                scheduler.step(losses[step])
    return found


def warmup_and(then):
    """Torch's equal of `LinearWarmup(7, start=0.25, then=…)`."""

    def make(lr, optimizer):
        first = lr.LinearLR(optimizer, start_factor=0.25, end_factor=1.0, total_iters=7)
        return lr.SequentialLR(optimizer, [first, then(lr, optimizer)], milestones=[7])

    return make


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (ConstantRate(), lambda lr, o: lr.ConstantLR(o, factor=1.0)),
        (StepDecay(7), lambda lr, o: lr.StepLR(o, 7)),
        (StepDecay(1, factor=0.9), lambda lr, o: lr.StepLR(o, 1, gamma=0.9)),
        (ExponentialDecay(0.85), lambda lr, o: lr.ExponentialLR(o, 0.85)),
        (CosineDecay(), lambda lr, o: lr.CosineAnnealingLR(o, STEPS)),
        (CosineDecay(minimum=0.01), lambda lr, o: lr.CosineAnnealingLR(o, STEPS, eta_min=0.01)),
        (LinearWarmup(7, start=0.25), lambda lr, o: lr.LinearLR(o, 0.25, 1.0, total_iters=7)),
        (LinearWarmup(7), lambda lr, o: lr.LinearLR(o, 1 / 8, 1.0, total_iters=7)),
        (
            LinearWarmup(7, start=0.25, then=CosineDecay(0.02)),
            warmup_and(lambda lr, o: lr.CosineAnnealingLR(o, STEPS - 7, eta_min=0.02)),
        ),
        (LinearWarmup(7, 0.25, then=StepDecay(5)), warmup_and(lambda lr, o: lr.StepLR(o, 5))),
        (OneCycle(), lambda lr, o: lr.OneCycleLR(o, BASE, total_steps=STEPS, cycle_momentum=False)),
        (
            OneCycle(rise=0.6, division=10, final_division=50),
            lambda lr, o: lr.OneCycleLR(
                o, BASE, STEPS, pct_start=0.6, div_factor=10, final_div_factor=50, cycle_momentum=False
            ),
        ),
    ],
    ids=lambda value: None if callable(value) else repr(value),
)
@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")
def test_equal_to_torch(schedule, make):
    np.testing.assert_allclose(rates(schedule), torch_rates(make), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "options", [{}, {"patience": 0}, {"cooldown": 3}, {"minimum": 0.02}, {"threshold": 0.1}, {"factor": 0.5}], ids=str
)
@pytest.mark.parametrize("kind", ["falling", "flat", "noisy"])
def test_plateau_equal_to_torch(options, kind):
    noise = np.random.default_rng(3).uniform(0.5, 1, STEPS)
    losses = {"falling": 0.9 ** np.arange(STEPS), "flat": np.ones(STEPS), "noisy": noise}[kind].tolist()
    options = {"patience": 3, **options}
    theirs = {"minimum": "min_lr"}
    torch_options = {theirs.get(name, name): value for name, value in options.items()}

    schedule, ours = ReduceOnPlateau(**options), []
    for step, loss in enumerate(losses):
        ours.append(schedule.rate(step, STEPS, BASE))
        schedule.tell(loss)
    expected = torch_rates(lambda lr, o: lr.ReduceLROnPlateau(o, eps=0, **torch_options), losses=losses)
    np.testing.assert_allclose(ours, expected, rtol=1e-12)
    assert (len(set(ours)) > 1) == (kind != "falling")


def test_plateau_of_losses_below_zero():
    schedule = ReduceOnPlateau(patience=0, factor=0.5)
    for loss in [-1.0, -2.0, -3.0]:
        schedule.tell(loss)
    assert schedule.rate(3, 10, 1.0) == 1.0
    schedule.tell(-3.0)
    assert schedule.rate(4, 10, 1.0) == 0.5


def test_plateau_takes_nan_as_no_improvement():
    schedule = ReduceOnPlateau(patience=1, factor=0.5)
    for loss in [1.0, np.nan, np.nan]:
        schedule.tell(loss)
    assert schedule.rate(3, 10, 1.0) == 0.5


def test_minimum_above_the_base():
    assert ReduceOnPlateau(minimum=0.5).rate(0, 10, base=0.1) == 0.1


def test_cosine_with_warmup():
    expected = rates(LinearWarmup(5, then=CosineDecay(0.01)))
    assert rates(CosineDecay(0.01, warmup=5)) == expected
    np.testing.assert_allclose(expected[:6], BASE * np.array([1, 2, 3, 4, 5, 6]) / 6)


@given(
    st.sampled_from(
        [
            ConstantRate(),
            StepDecay(3),
            ExponentialDecay(0.9),
            CosineDecay(),
            CosineDecay(1e-4, warmup=4),
            LinearWarmup(4, then=OneCycle()),
            LinearWarmup(1, start=0.0),
            OneCycle(),
            OneCycle(rise=0.0),
            OneCycle(rise=0.999),
            ReduceOnPlateau(),
        ]
    ),
    st.integers(1, 30),
    st.integers(0, 40),
    st.floats(1e-3, 10),
)
def test_rates_are_between_zero_and_base(schedule, steps, step, base):
    """Also beyond the end of the training, and in a training that is shorter than the warm-up."""
    assert 0 <= schedule.rate(step, steps, base) <= base * (1 + 1e-12)


def test_cosine_and_one_cycle_stay_at_the_end():
    assert CosineDecay(0.01).rate(99, 10, 1.0) == pytest.approx(0.01)
    assert OneCycle().rate(99, 10, 1.0) == pytest.approx(1 / 25 / 1e4)


def test_function():
    schedule = schedule_for(lambda step, steps, base: base * step / steps)
    assert isinstance(schedule, CustomRate)
    assert schedule.rate(2, 4, 1.0) == 0.5
    assert CustomRate(lambda *_: 1, per="step").per == "step"


@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf])
def test_function_that_gives_no_rate(rate):
    with pytest.raises(ValueError, match=f"function gave {rate} for epoch 2 of 4; a rate is at least 0"):
        CustomRate(lambda *_: rate).rate(2, 4, 1.0)


def test_schedule_for():
    assert repr(schedule_for("constant")) == "ConstantRate(per='epoch')"
    assert isinstance(schedule_for("one_cycle"), OneCycle)
    given = ReduceOnPlateau(patience=0)
    schedule_for(given).tell(1.0)
    assert given.state_dict()["best"] is None


def test_units():
    assert [s.per for s in (OneCycle(), CosineDecay(per="step"), LinearWarmup(3))] == ["step", "step", "epoch"]


@pytest.mark.parametrize("wrap", [lambda schedule: schedule, lambda schedule: LinearWarmup(2, then=schedule)])
@given(losses=st.lists(st.floats(0, 1), max_size=20), cut=st.integers(0, 20))
def test_state(wrap, losses, cut):
    make = lambda: wrap(ReduceOnPlateau(patience=1, cooldown=1))  # noqa: E731
    whole, first, second = make(), make(), make()
    for loss in losses:
        whole.tell(loss)
    for loss in losses[:cut]:
        first.tell(loss)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    for loss in losses[cut:]:
        second.tell(loss)
    assert second.state_dict() == whole.state_dict()
    assert second.rate(10, 30, BASE) == whole.rate(10, 30, BASE)


def test_stateless():
    schedule = CosineDecay()
    schedule.tell(1.0)
    assert schedule.state_dict() == {}
    schedule.load_state_dict({})


STATE = ReduceOnPlateau().state_dict()


@pytest.mark.parametrize(
    ("schedule", "state", "error", "message"),
    [
        (CosineDecay(), STATE, StateError, "it has best, waited, cooling, reductions, and needs nothing"),
        (ReduceOnPlateau(), {}, StateError, "it has nothing, and needs best, waited, cooling, reductions"),
        (ReduceOnPlateau(), {**STATE, "waited": -1}, ValueError, "waited is -1; it must be at least 0"),
        (ReduceOnPlateau(), {**STATE, "best": "low"}, TypeError, "best is 'low'; it must be a number"),
        (ReduceOnPlateau(), {**STATE, "best": 1.0, "reductions": 0.5}, TypeError, "reductions is 0.5"),
    ],
)
def test_bad_state(schedule, state, error, message):
    before = deepcopy(schedule.state_dict())
    with pytest.raises(error, match=message):
        schedule.load_state_dict(state)
    assert schedule.state_dict() == before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: CosineDecay(per="batch"), ValueError, 'per is \'batch\'; it must be "epoch" or "step"'),
        (lambda: CosineDecay(minimum=-1), ValueError, "minimum is -1; it must be at least 0"),
        (lambda: CosineDecay(warmup=0.5), TypeError, "warmup is 0.5; it must be a whole number"),
        (lambda: StepDecay(0), ValueError, "every is 0; it must be at least 1"),
        (lambda: StepDecay(2, factor=np.nan), ValueError, "factor is nan; it must be finite"),
        (lambda: ExponentialDecay(0.0), ValueError, "factor is 0.0; it must be above 0"),
        (lambda: LinearWarmup(0), ValueError, "length is 0; it must be at least 1"),
        (lambda: LinearWarmup(3, start=1.5), ValueError, "start is 1.5; it must be from 0 to 1"),
        (lambda: LinearWarmup(3, then="cosine"), TypeError, r"then is 'cosine'; it must be a schedule"),
        (lambda: OneCycle(rise=1.0), ValueError, "rise is 1.0; it must be at least 0 and below 1"),
        (lambda: OneCycle(division=0), ValueError, "division is 0; it must be above 0"),
        (lambda: OneCycle(final_division=-1), ValueError, "final_division is -1; it must be above 0"),
        (lambda: ReduceOnPlateau(patience=-1), ValueError, "patience is -1; it must be at least 0"),
        (lambda: ReduceOnPlateau(factor=1.0), ValueError, "factor is 1.0; it must be below 1, for the rate to fall"),
        (lambda: ReduceOnPlateau(threshold=-1), ValueError, "threshold is -1; it must be at least 0"),
        (lambda: ReduceOnPlateau(per="step"), ValueError, "per must be 'epoch'"),
        (lambda: schedule_for("cosin"), ValueError, "no schedule 'cosin'; choose from constant, cosine, one_cycle"),
        (lambda: schedule_for(CosineDecay), TypeError, "CosineDecay is a class; pass a schedule"),
        (lambda: schedule_for(3), TypeError, "3 is no schedule"),
    ],
)
def test_bad_options(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_function_that_takes_other_arguments():
    with pytest.raises(TypeError, match=r"function is called with \(step, steps, base\), and <lambda>\(epoch\) "):
        schedule_for(lambda epoch: 0.1)


@pytest.mark.parametrize("rate", [None, "fast"])
def test_function_that_gives_no_number(rate):
    with pytest.raises(TypeError, match=f"the schedule's function gave {rate!r} for epoch 2 of 4; a rate is a number$"):
        schedule_for(lambda *_: rate).rate(2, 4, 1.0)
