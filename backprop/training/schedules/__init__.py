"""Schedules: how the learning rate changes during a training."""

from collections.abc import Callable
from copy import deepcopy

from .cosine import CosineDecay, OneCycle
from .decay import ExponentialDecay, StepDecay
from .plateau import ReduceOnPlateau
from .schedule import ConstantRate, CustomRate, Schedule
from .warmup import LinearWarmup

__all__ = [
    "ConstantRate",
    "CosineDecay",
    "CustomRate",
    "ExponentialDecay",
    "LinearWarmup",
    "OneCycle",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
    "schedule_for",
]

SCHEDULES: dict[str, Callable[[], Schedule]] = {
    "constant": ConstantRate,
    "cosine": CosineDecay,
    "one_cycle": OneCycle,
    "plateau": ReduceOnPlateau,
}


def schedule_for(schedule: str | Schedule | Callable[[int, int, float], float]) -> Schedule:
    """A schedule for a run of its own.

    Args:
        schedule: "constant", "cosine", "one_cycle" or "plateau"; a schedule, which is copied; or a function of
            `step`, `steps` and `base`, see `CustomRate`.

    Raises:
        TypeError: it is none of these.
        ValueError: there is no schedule of this name.

    >>> schedule_for("cosine")
    CosineDecay(per='epoch', minimum=0.0, warmup=0)

    """
    if isinstance(schedule, Schedule):
        return deepcopy(schedule)
    if isinstance(schedule, type):
        raise TypeError(f"{schedule.__name__} is a class; pass a schedule, such as CosineDecay()")
    if callable(schedule):
        return CustomRate(schedule)
    if not isinstance(schedule, str):
        raise TypeError(f"{schedule!r} is no schedule; pass one, such as CosineDecay(), its name, or a function")
    if schedule not in SCHEDULES:
        raise ValueError(f"there is no schedule {schedule!r}; choose from {', '.join(SCHEDULES)}, or pass one")
    return SCHEDULES[schedule]()
