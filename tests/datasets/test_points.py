"""The points lie where the formulas say, the classes are balanced, and a seed gives the same bits again."""

import os
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.datasets import circles, moons, spirals, xor

MAKERS = [moons, spirals, circles, xor]
counts, seeds = st.integers(4, 300), st.integers(0, 2**32)
noises = st.floats(0.0, 1.0)


@pytest.mark.parametrize("make", MAKERS)
@given(count=counts, noise=noises, seed=seeds)
def test_shapes_types_and_balance(make, count, noise, seed):
    x, labels = make(count, noise=noise, seed=seed)
    assert x.shape == (count, 2)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert labels.shape == (count,)
    assert labels.dtype == np.int64
    zeros, ones = np.bincount(labels, minlength=2)
    assert abs(zeros - ones) <= 1


@pytest.mark.parametrize("make", MAKERS)
@given(count=counts, noise=noises, seed=seeds)
def test_a_seed_gives_the_same_bits(make, count, noise, seed):
    x, labels = make(count, noise=noise, seed=seed)
    again = make(count, noise=noise, seed=np.random.default_rng(seed))
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(labels, again[1])


@pytest.mark.parametrize("make", MAKERS)
def test_other_seeds_give_other_points(make):
    x = make(50, noise=0.1, seed=1)[0]
    assert not np.array_equal(x, make(50, noise=0.1, seed=2)[0])
    assert not np.array_equal(make(50, noise=0.1, seed=None)[0], make(50, noise=0.1, seed=None)[0])


@pytest.mark.parametrize("make", MAKERS)
@given(noise=st.floats(0.01, 10.0), seed=seeds)
def test_noise_moves_the_same_points_by_its_standard_deviation(make, noise, seed):
    exact, labels = make(400, noise=0.0, seed=seed)
    x, same_labels = make(400, noise=noise, seed=seed)
    np.testing.assert_array_equal(labels, same_labels)
    moved = (x - exact) / noise
    # 800 normal numbers: mean and standard deviation within 7 of their standard errors.
    assert abs(moved.mean()) < 7 / np.sqrt(800)
    assert abs(moved.std() - 1) < 7 / np.sqrt(1600)


@given(count=counts, seed=seeds)
def test_moons_are_half_circles(count, seed):
    x, labels = moons(count, noise=0.0, seed=seed)
    upper, lower = x[labels == 0], x[labels == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-12)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, rtol=1e-12)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


@given(count=counts.map(lambda n: 2 * n))
def test_moons_are_those_of_scikit_learn(count):
    if find_spec("sklearn") is None:
        if os.environ.get("CI"):
            pytest.fail("scikit-learn is not installed: in CI the moons are compared with its own")
        pytest.skip('scikit-learn is not installed: pip install -e ".[peers]"')
    from sklearn.datasets import make_moons

    ours, theirs = moons(count, noise=0.0), make_moons(count, noise=None, shuffle=False)
    for label in (0, 1):
        mine, other = (x[labels == label] for x, labels in (ours, theirs))
        # Each point of the one is a point of the other; sorting would be at the mercy of the last bit.
        distances = np.hypot(*(mine[:, None] - other[None]).transpose(2, 0, 1))
        assert distances.min(axis=0).max() < 1e-12
        assert distances.min(axis=1).max() < 1e-12


@given(count=counts, seed=seeds, factor=st.floats(0.01, 0.99))
def test_circles_have_their_radii_and_even_gaps(count, seed, factor):
    x, labels = circles(count, factor=factor, noise=0.0, seed=seed)
    for label, radius in ((0, 1.0), (1, factor)):
        points = x[labels == label]
        np.testing.assert_allclose(np.hypot(*points.T), radius, rtol=1e-12)
        angles = np.sort(np.arctan2(points[:, 1], points[:, 0]))
        gaps = np.diff(angles, append=angles[0] + 2 * np.pi)
        np.testing.assert_allclose(gaps, 2 * np.pi / len(points), rtol=1e-9)


@given(data=st.data(), classes=st.integers(2, 6), turns=st.floats(0.1, 3.0), seed=seeds)
def test_spirals_are_straight_lines_in_radius_and_angle(data, classes, turns, seed):
    count = data.draw(st.integers(classes, 300))
    x, labels = spirals(count, classes, turns, noise=0.0, seed=seed)
    sizes = np.bincount(labels, minlength=classes)
    assert sizes.max() - sizes.min() <= 1
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    assert radius.min() >= 0.1 - 1e-12
    assert radius.max() <= 1 + 1e-12
    revolutions = angle / (2 * np.pi) - turns * radius - labels / classes
    np.testing.assert_allclose(revolutions, np.round(revolutions), atol=1e-10)


@given(count=counts, seed=seeds)
def test_xor_is_the_truth_table(count, seed):
    x, labels = xor(count, noise=0.0, seed=seed)
    assert set(np.unique(x)) == {0.0, 1.0}
    np.testing.assert_array_equal(labels, x[:, 0] != x[:, 1])
    corners = np.unique(x, axis=0, return_counts=True)[1]
    assert len(corners) == 4
    assert corners.max() - corners.min() <= 1


def test_the_order_is_shuffled():
    labels = moons(200)[1]
    assert 60 < np.count_nonzero(np.diff(labels)) < 140  # alternating gives 199, sorted 1


def test_a_generator_is_advanced():
    rng = np.random.default_rng(0)
    assert not np.array_equal(moons(20, seed=rng)[0], moons(20, seed=rng)[0])


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"count": 1}, ValueError, "count is at least"),
        ({"count": -3}, ValueError, "count is at least"),
        ({"count": 10.0}, TypeError, "count is a whole number, not 10.0"),
        ({"count": True}, TypeError, "count is a whole number, not True"),
        ({"count": None}, TypeError, "count is a whole number, not None"),
        ({"noise": -0.1}, ValueError, r"noise is finite and at least 0\.0, not -0\.1"),
        ({"noise": float("nan")}, ValueError, r"noise is finite and at least 0\.0, not nan"),
        ({"noise": float("inf")}, ValueError, r"noise is finite and at least 0\.0, not inf"),
        ({"noise": "0.1"}, TypeError, "noise is a number, not '0.1'"),
        ({"noise": True}, TypeError, "noise is a number, not True"),
        ({"seed": -1}, ValueError, "seed is at least 0, not -1"),
        ({"seed": 1.5}, TypeError, "seed is a whole number, not 1.5"),
    ],
)
def test_arguments_of_all(make, arguments, error, message):
    with pytest.raises(error, match=f"{make.__name__}: {message}"):
        make(**arguments)


@pytest.mark.parametrize(
    ("make", "arguments", "error", "message"),
    [
        (spirals, {"classes": 1}, ValueError, "spirals: classes is at least 2, not 1"),
        (spirals, {"classes": 2.0}, TypeError, "spirals: classes is a whole number, not 2.0"),
        (spirals, {"classes": 5, "count": 4}, ValueError, "spirals: count is at least 5, not 4"),
        (spirals, {"turns": 0}, ValueError, r"spirals: turns is finite and greater than 0\.0, not 0"),
        (circles, {"factor": 1.0}, ValueError, r"circles: factor .*greater than 0\.0 and less than 1\.0, not 1\.0"),
        (circles, {"factor": 0}, ValueError, r"circles: factor .*greater than 0\.0 and less than 1\.0, not 0"),
        (xor, {"count": 3}, ValueError, "xor: count is at least 4, not 3"),
    ],
)
def test_arguments_of_one(make, arguments, error, message):
    with pytest.raises(error, match=message):
        make(**arguments)


def test_numpy_numbers_are_numbers():
    x, labels = spirals(np.int64(9), classes=np.int32(3), turns=np.float32(0.5), noise=np.float64(0), seed=np.int64(3))
    assert x.shape == (9, 2)
    assert labels.max() == 2
