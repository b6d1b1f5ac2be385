"""Four shapes in the plane. Each has an exact formula; noise is added afterwards, and then the order is shuffled.

The points of a class are spread evenly over its curve, and classes differ in size by one point at most. With the
same seed, two calls that differ in `noise` alone give the same points in the same order, moved by other amounts.
"""

from collections.abc import Callable
from math import pi
from typing import Any, TypeAlias

import numpy as np

from .arguments import count_of, generator_of, number_of

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Labels: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Seed: TypeAlias = int | np.random.Generator | None
Curve: TypeAlias = Callable[[int, Floats], tuple[Any, Any]]
"""The point (horizontal, vertical) of group k at each t, which runs from 0 to 1."""

SPIRAL_START = 0.1
"""Radius at which the arms of the spirals begin: at the center itself they would all be one point."""


def moons(count: int = 200, noise: float = 0.1, seed: Seed = 0) -> tuple[Floats, Labels]:
    """Two half circles of radius 1 that reach into each other.

    With t from 0 to π, class 0 is the upper half circle (cos t, sin t), and class 1 the lower half circle
    (1 - cos t, 1/2 - sin t). An even number of them are the points of scikit-learn's `make_moons`.

    Args:
        count: how many points, at least 2.
        noise: standard deviation of the normal noise added to both coordinates.
        seed: a whole number, a NumPy generator, or None for other points in every call.

    Returns:
        The points, float64 of shape (count, 2), and their labels 0 and 1, int64 of shape (count,).

    Raises:
        TypeError: `count` or `seed` is no whole number, or `noise` no number.
        ValueError: an argument outside its range.

    >>> x, labels = moons(4, noise=0.0)
    >>> sorted(zip(labels.tolist(), x.round(12).tolist()))
    [(0, [-1.0, 0.0]), (0, [1.0, 0.0]), (1, [0.0, 0.5]), (1, [2.0, 0.5])]

    """

    def half_circle(k: int, t: Floats) -> tuple[Floats, Floats]:
        across, up = np.cos(pi * t), np.sin(pi * t)
        return (1 - across, 0.5 - up) if k else (across, up)

    return _sample("moons", count, noise, seed, half_circle, groups=2)


def spirals(
    count: int = 200, classes: int = 2, turns: float = 1.0, noise: float = 0.02, seed: Seed = 0
) -> tuple[Floats, Labels]:
    """Arms of a spiral, wound around each other.

    Arm k of K has, with r from 0.1 to 1, the points (r cos a, r sin a) with a = 2π (turns · r + k / K): a spiral of
    Archimedes, on which the next arm is 1 / (turns · K) farther out. After Lang and Witbrock, "Learning to tell two
    spirals apart" (Proceedings of the 1988 Connectionist Models Summer School).

    Args:
        count: how many points, at least one a class.
        classes: how many arms, at least 2.
        turns: how often an arm would go around, were it to start at the center; more than 0.
        noise: standard deviation of the normal noise added to both coordinates.
        seed: a whole number, a NumPy generator, or None for other points in every call.

    Returns:
        The points, float64 of shape (count, 2), and their labels 0 to classes - 1, int64 of shape (count,).

    Raises:
        TypeError: `count`, `classes` or `seed` is no whole number, or `turns` or `noise` no number.
        ValueError: an argument outside its range.

    >>> x, labels = spirals(6, classes=3)
    >>> x.shape, np.bincount(labels).tolist()
    ((6, 2), [2, 2, 2])

    """
    classes = count_of("spirals", "classes", classes, least=2)
    turns = number_of("spirals", "turns", turns, above=0.0)

    def arm(k: int, t: Floats) -> tuple[Floats, Floats]:
        radius = SPIRAL_START + (1 - SPIRAL_START) * t
        angle = 2 * pi * (turns * radius + k / classes)
        return radius * np.cos(angle), radius * np.sin(angle)

    return _sample("spirals", count, noise, seed, arm, groups=classes)


def circles(count: int = 200, factor: float = 0.5, noise: float = 0.05, seed: Seed = 0) -> tuple[Floats, Labels]:
    """A circle of radius 1, class 0, around one of radius `factor`, class 1; both about the origin.

    With n points on a circle of radius r, point j is (r cos a, r sin a) with a = 2π j / n.

    Args:
        count: how many points, at least 2.
        factor: radius of the inner circle, between 0 and 1.
        noise: standard deviation of the normal noise added to both coordinates.
        seed: a whole number, a NumPy generator, or None for other points in every call.

    Returns:
        The points, float64 of shape (count, 2), and their labels 0 and 1, int64 of shape (count,).

    Raises:
        TypeError: `count` or `seed` is no whole number, or `factor` or `noise` no number.
        ValueError: an argument outside its range.

    >>> x, labels = circles(100, factor=0.25, noise=0.0)
    >>> np.unique(np.hypot(x[:, 0], x[:, 1]).round(12)).tolist()
    [0.25, 1.0]

    """
    factor = number_of("circles", "factor", factor, above=0.0, below=1.0)

    def circle(k: int, t: Floats) -> tuple[Floats, Floats]:
        radius = factor if k else 1.0
        angle = 2 * pi * np.arange(t.size) / t.size  # t ends at 1, which on a circle is the first point again
        return radius * np.cos(angle), radius * np.sin(angle)

    return _sample("circles", count, noise, seed, circle, groups=2)


def xor(count: int = 200, noise: float = 0.1, seed: Seed = 0) -> tuple[Floats, Labels]:
    """Exclusive or: the corners (a, b) of the unit square, of class 1 where a and b differ.

    Args:
        count: how many points, at least 4. They are shared equally among the corners (0, 0), (0, 1), (1, 0), (1, 1);
            the first ones get what is left over.
        noise: standard deviation of the normal noise added to both coordinates. With 0 and 4 points it is the
            truth table.
        seed: a whole number, a NumPy generator, or None for other points in every call.

    Returns:
        The points, float64 of shape (count, 2), and their labels 0 and 1, int64 of shape (count,).

    Raises:
        TypeError: `count` or `seed` is no whole number, or `noise` no number.
        ValueError: an argument outside its range.

    >>> x, labels = xor(4, noise=0.0)
    >>> sorted(zip(x.tolist(), labels.tolist()))
    [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]

    """
    x, corner = _sample("xor", count, noise, seed, lambda k, _: divmod(k, 2), groups=4)
    return x, corner // 2 ^ corner % 2


def _sample(name: str, count: int, noise: float, seed: Seed, curve: Curve, *, groups: int) -> tuple[Floats, Labels]:
    """Points of each group along its curve, with noise, in random order; and the group of each."""
    count = count_of(name, "count", count, least=groups)
    noise = number_of(name, "noise", noise, least=0.0)
    rng = generator_of(name, seed)
    group = np.arange(count, dtype=np.int64) % groups
    x = np.empty((count, 2))
    for k in range(groups):
        members = group == k
        t = np.linspace(0.0, 1.0, np.count_nonzero(members))
        x[members, 0], x[members, 1] = curve(k, t)
    order = rng.permutation(count)
    return x[order] + noise * rng.standard_normal((count, 2)), group[order]
