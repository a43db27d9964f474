"""Exact ensembles against NumPy that draws every sample, and against the random draws that they cannot do without."""

from functools import partial
from itertools import islice
from time import process_time

import numpy as np
import pytest

from benchmarks.conftest import seconds
from collapse_edu import datasets, ensemble

CHAINS, GENERATIONS = 20_000, 100
pytestmark = pytest.mark.benchmark(timer=process_time)


def all_samples(n, chains, generations):
    """Run chains as one writes them with NumPy: samples of all chains in one array, fitted along an axis."""
    rng = np.random.default_rng(0)
    mean, variance = np.zeros(chains), np.ones(chains)
    variances = np.empty((generations, chains))
    for row in variances:
        samples = rng.standard_normal((chains, n))
        samples *= np.sqrt(variance)[:, None]
        samples += mean[:, None]
        mean, variance = samples.mean(axis=1), samples.var(axis=1, ddof=1)
        row[:] = variance
    return variances


def exact(n):
    return ensemble.gaussian(n=n, generations=GENERATIONS, chains=CHAINS)


def draws_alone(n):
    rng = np.random.default_rng(0)
    for _ in range(GENERATIONS):
        rng.chisquare(n - 1, CHAINS)
        rng.standard_normal(CHAINS)


@pytest.mark.parametrize(("n", "times", "part"), [(100, 10, 20), (10_000, 500, 200)])
def test_gaussian_chains(beside, capsys, n, times, part):
    # The peer runs a part of the chains and its time is multiplied: so its arrays fit into the cache, in its favour.
    peers = partial(seconds, all_samples, n, CHAINS // part, GENERATIONS), partial(seconds, draws_alone, n)
    ours, theirs, draws = np.median(beside(partial(exact, n), *peers, rounds=5 if n < 1000 else 3), axis=1)
    theirs *= part
    with capsys.disabled():
        print(f"\n{CHAINS:,} chains × {GENERATIONS} generations, n = {n:,}: {ours:.3f} s with all measures")
        print(f"NumPy with all samples {theirs:.1f} s (1/{part} of it run), {theirs / ours:,.0f} times")
        print(f"as many chi-squares and normals {draws:.3f} s: ours {ours / draws:.2f} times that")
    assert theirs >= times * ours
    assert ours <= 3 * draws


def all_rows(n, d, chains, generations):
    """Run chains of several dimensions as one writes them with NumPy."""
    rng = np.random.default_rng(0)
    mean, covariance = np.zeros((chains, 1, d)), np.tile(np.eye(d), (chains, 1, 1))
    for _ in range(generations):
        rows = mean + rng.standard_normal((chains, n, d)) @ np.linalg.cholesky(covariance).transpose(0, 2, 1)
        mean = rows.mean(axis=1, keepdims=True)
        rows -= mean
        covariance = rows.transpose(0, 2, 1) @ rows / (n - 1)


def exact_fits(n, d, chains, generations):
    for fit in islice(ensemble.gaussian_fits(n=n, d=d, chains=chains, rng=np.random.default_rng(0)), generations):
        assert fit.t


def bartlett_alone(d, n, chains, generations):
    """Draw the random numbers of Bartlett's decomposition, and a mean, and nothing else."""
    rng = np.random.default_rng(0)
    for _ in range(generations):
        rng.standard_normal((chains, d))
        rng.standard_normal((chains, d * (d - 1) // 2))
        rng.chisquare(n - 1 - np.arange(d), (chains, d))


# At n = 100 a chain of samples needs 1,000 normals where Bartlett's has 65 numbers: 15 times is the most there can be.
@pytest.mark.parametrize(("n", "times", "part"), [(100, 6, 10), (10_000, 500, 200)])
def test_wishart_chains(beside, capsys, n, times, part):
    d, chains, generations = 10, 1000, 20  # of both, fits alone
    peers = (
        partial(seconds, all_rows, n, d, chains // part, generations),
        partial(seconds, bartlett_alone, d, n, chains, generations),
    )
    ours, theirs, draws = np.median(beside(partial(exact_fits, n, d, chains, generations), *peers), axis=1)
    theirs *= part
    with capsys.disabled():
        print(f"\nd = {d}, {chains:,} chains × {generations} generations, n = {n:,}: {ours:.3f} s")
        print(f"NumPy with all samples {theirs:.1f} s (1/{part} of it run), {theirs / ours:,.0f} times")
        print(f"as many normals and chi-squares {draws:.3f} s: ours {ours / draws:.2f} times that")
    assert theirs >= times * ours
    assert ours <= 3 * draws


def types(counts, chains):
    return ensemble.categorical(counts, generations=GENERATIONS, chains=chains)


def multinomials(counts, chains):
    """Return the time of the multinomial draws alone: chain by chain, of living types, without all that is around."""
    rng, total, time = np.random.default_rng(0), counts.sum(), 0.0
    for _ in range(chains):
        living = counts
        for _ in range(GENERATIONS):
            chances = living[living > 0] / total
            start = process_time()
            living = rng.multinomial(total, chances)
            time += process_time() - start
    return time


def test_types(beside, capsys):
    counts, chains = datasets.moby_dick().counts, 100
    counts = np.sort(counts)[-17_000:]
    times = beside(partial(types, counts, chains), partial(multinomials, counts, chains), rounds=3)
    ours, draws = np.median(times, axis=1)
    with capsys.disabled():
        print(f"\n{len(counts):,} types × {GENERATIONS} generations × {chains} chains: {ours:.2f} s")
        print(f"multinomial draws of living types alone {draws:.2f} s: ours {ours / draws:.2f} times that")
    assert ours <= 2 * draws


def test_summaries(beside, capsys):
    """A summary of each generation, against all paths and then their summary."""
    arguments = {"n": 50, "generations": 400, "chains": 1000}

    def of_paths():
        ensemble.gaussian(**arguments).summary()

    of_paths()
    ours, theirs = np.median(
        beside(partial(ensemble.gaussian, **arguments, keep="summary"), partial(seconds, of_paths)), 1
    )
    with capsys.disabled():
        print(f"\nkeep='summary' {ours:.3f} s, keep='paths' and summary() {theirs:.3f} s: {ours / theirs:.2f} times")
    assert ours <= 2 * theirs
