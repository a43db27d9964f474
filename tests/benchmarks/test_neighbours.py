"""Precision, recall, density and coverage against the papers' way: whole matrices of distances."""

import tracemalloc
from functools import partial
from time import process_time

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances
from threadpoolctl import threadpool_limits

from benchmarks.conftest import seconds
from collapse_edu.metrics import prdc

K = 5


def whole_matrices(real, synthetic):
    """Return what the code of Naeem et al. (2020) does: three matrices of distances, two of them partitioned.

    Its balls are open. It knows distances to about 1e-7, so it cannot say whether equal rows are inside.
    """
    real_radii = np.partition(pairwise_distances(real), K, axis=1)[:, K]
    synthetic_radii = np.partition(pairwise_distances(synthetic), K, axis=1)[:, K]
    distances = pairwise_distances(real, synthetic)
    in_real = distances < real_radii[:, None]
    return (
        in_real.any(axis=0).mean(),
        (distances < synthetic_radii).any(axis=1).mean(),
        in_real.sum(axis=0).mean() / K,
        (distances.min(axis=1) < real_radii).mean(),
    )


def peak(function, *arguments):
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.benchmark(timer=process_time)
def test_three_times_as_fast_in_a_tenth_of_the_memory(beside, rng, capsys):
    real, synthetic = rng.standard_normal((2, 5000, 64))
    np.testing.assert_allclose(prdc(real, synthetic), whole_matrices(real, synthetic), rtol=1e-12)
    with threadpool_limits(1):
        times = beside(partial(prdc, real, synthetic), partial(seconds, whole_matrices, real, synthetic))
    ours, theirs = np.min(times, axis=1)
    memory, whole = peak(prdc, real, synthetic), peak(whole_matrices, real, synthetic)
    with capsys.disabled():
        print(f"\nprdc, 5,000 × 5,000 × 64, one thread: {ours:.2f} s against {theirs:.2f} s, {theirs / ours:.1f} times")
        print(f"peak memory: {memory / 1e6:.0f} MB against {whole / 1e6:.0f} MB, {whole / memory:.0f} times less")
    assert theirs >= 3 * ours
    assert whole >= 10 * memory


def two_modes(rng, n):
    return rng.integers(0, 2, (n, 1)) + 1e-6 * rng.standard_normal((n, 64))


COLLAPSED = {
    "one point": lambda rng, n: (rng.standard_normal((n, 64)), np.repeat(rng.standard_normal((1, 64)), n, axis=0)),
    "near one point": lambda rng, n: (rng.standard_normal((n, 64)), 1 + 1e-7 * rng.standard_normal((n, 64))),
    "all rows equal": lambda rng, n: (np.ones((n, 64)), np.ones((n, 64))),
    "each row six times": lambda rng, n: np.repeat(rng.standard_normal((2, n // 6, 64)), 6, axis=1),
    "two modes": lambda rng, n: (two_modes(rng, n), two_modes(rng, n)),
}


@pytest.mark.benchmark(timer=process_time)
@pytest.mark.parametrize("kind", COLLAPSED)
def test_collapsed_sets_are_no_slower(beside, rng, capsys, kind):
    real, synthetic = COLLAPSED[kind](rng, 3000)
    with threadpool_limits(1):
        times = beside(partial(prdc, real, synthetic), partial(seconds, whole_matrices, real, synthetic), rounds=3)
    ours, theirs = np.min(times, axis=1)
    with capsys.disabled():
        print(f"\nprdc, {kind}: {ours:.2f} s against {theirs:.2f} s, {theirs / ours:.1f} times")
    assert theirs >= ours
