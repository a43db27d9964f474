"""How many real rows stand behind rows of a model: against chains of counts, and against closed forms."""

from itertools import islice

import numpy as np
import pytest

from collapse_edu import ensemble, mix
from collapse_edu.ensemble import ancestors
from collapse_edu.theory import fixation, immigration
from collapse_edu.theory.tails import zipf_law
from tests.evidence import assert_within

LAWS = {"Zipf": zipf_law(60, 1.0), "equal": np.full(60, 1 / 60)}


def shown(law, k):
    """Return how many types k independent draws show, expected."""
    return (1 - (1 - law) ** np.asarray(k)[..., None]).sum(axis=-1)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("n", "m", "t"), [(40, 4, 1), (40, 4, 2), (40, 4, 6), (20, 4, 30)])
def test_rows_are_as_varied_as_so_many_real_ones(rng, law, n, m, t):
    """The expected number of types in 25 rows of the model of generation t, by chains of counts and by lines."""
    law, chains = LAWS[law], 3000
    real = rng.multinomial(n, law, size=chains)
    steps = ensemble.categorical_counts(real, mix(m / n), chains=chains, rng=rng, distribution=law)
    shares = next(islice(steps, t - 1, None)).training / n
    simulated = (1 - (1 - shares) ** 25).sum(axis=1)
    by_lines = shown(law, ancestors(25, n, m, t, chains=3000, rng=rng))
    assert_within(simulated - by_lines[rng.permutation(chains)], 0)
    assert 4 * np.hypot(simulated.std(), by_lines.std()) / np.sqrt(chains) < 0.02 * by_lines.mean()


@pytest.mark.parametrize(("n", "m"), [(30, 3), (100, 2), (200, 20)])
def test_two_rows_are_two_real_ones_as_often_as_they_differ(rng, n, m):
    kept = fixation.mix_heterozygosity_limit(1.0, n, m)
    assert_within(ancestors(2, n, m, chains=20_000, rng=rng) - 1.0, kept, resolves=0.02, oracle="F7")


@pytest.mark.parametrize("m", [5, 20])
def test_in_large_sets_their_number_is_that_of_ewens(rng, m):
    behind = ancestors(8, 1000, m, chains=2000, rng=rng)
    assert_within(behind, immigration.expected_ancestors(8, m), resolves=0.02, oracle="F7")


@pytest.mark.parametrize(("rows", "n", "m", "least"), [(1000, 1000, 100, 0.12), (1000, 500, 50, 0.2)])
def test_in_sets_that_are_no_larger_than_the_text_they_are_fewer(rng, rows, n, m, least):
    assert ancestors(rows, n, m, chains=20, rng=rng).mean() < (1 - least + 0.02) * immigration.expected_ancestors(
        rows, m
    )


def test_the_closed_form_by_hand():
    assert immigration.expected_ancestors(1, 5) == pytest.approx(1)
    assert immigration.expected_ancestors([2, 3], 5) == pytest.approx([1 + 10 / 11, 1 + 10 / 11 + 10 / 12])
    theta = 2 * 100
    assert immigration.expected_ancestors(1000, 100) == pytest.approx(theta * np.log(1 + 1000 / theta), rel=0.002)


def test_all_fresh_rows_are_real_ones_and_without_fresh_ones_one_is_left(rng):
    assert (ancestors(5, 10**6, 10**6, chains=20, rng=rng) == 5).all()
    assert (ancestors(50, 10, 0, 400, chains=20, rng=rng) == 1).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda rng: ancestors(0, 10, 1, rng=rng), "rows must be an integer of at least 1; got 0"),
        (lambda rng: ancestors(5, 10, 0, rng=rng), "n_fresh must be an integer from 1 to 10; got 0"),
        (lambda rng: ancestors(5, 10, 11, 3, rng=rng), "n_fresh must be an integer from 0 to 10; got 11"),
        (lambda rng: ancestors(5, 10, 1, 0, rng=rng), "generations must be an integer of at least 1; got 0"),
    ],
)
def test_bad_input_gets_one_line(rng, call, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        call(rng)
