"""Types that fresh rows bring back, against exact chains of counts; ancestors: tests/ensemble/test_ancestors.py."""

from itertools import islice

import numpy as np
import pytest

from collapse_edu import ensemble
from collapse_edu.loop import regimes
from collapse_edu.theory import immigration


@pytest.mark.parametrize(("share", "t"), [(0.5, 40), (0.1, 100), (0.02, 400)])
def test_a_type_is_kept_by_its_fresh_copies(rng, share, t):
    """Types that are at most half a per cent of 20,000 rows, against exact chains of counts."""
    n, counts = 20_000, np.array([1, 3, 10, 30, 100])
    chains = ensemble.categorical_counts([*counts, n - counts.sum()], regimes.mix(share), chains=20_000, rng=rng)
    alive = next(islice(chains, t - 1, None)).survival[:-1]
    expected = immigration.probability_kept(share * counts, share)
    error = np.sqrt(expected * (1 - expected) / 20_000)
    assert (np.abs(alive - expected) < 4 * error + 1e-3).all()


def test_without_synthetic_rows_a_type_is_there_as_often_as_its_fresh_copies_say():
    # The model of real rows with c copies draws Poisson(Poisson(c)) of them.
    assert immigration.probability_kept(2.0, 1.0) == pytest.approx(1 - np.exp(-2 * (1 - np.exp(-1))))
    assert immigration.probability_kept(0, 0.5) == 0
    with pytest.raises(ValueError, match=r"share must contain numbers in \[0.0001, 1\]; got 0"):
        immigration.probability_kept(1, 0)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_the_machines_part_of_a_crawl_holds_a_type_less_often(rng, share):
    """Chains of counts: what a model writes is the synthetic part of the next crawl, and no row more."""
    n, copies, chains = 20_000, 2.0, 20_000
    written = round(n * (1 - share))
    held = rng.poisson(copies, chains)
    for _ in range(round(8 / share)):
        of_model = rng.binomial(written, held / n)
        held = of_model + rng.poisson(copies, chains)
    expected = immigration.probability_kept(copies, share, written / n)
    error = np.sqrt(expected * (1 - expected) / chains)
    assert abs((of_model > 0).mean() - expected) < 4 * error + 1e-3
    assert expected < immigration.probability_kept(copies, share)
    assert immigration.probability_kept(copies, 1, samples_per_row=0) == 0
