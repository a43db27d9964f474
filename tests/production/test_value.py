"""What one more real row is worth: ensembles against closed forms and against rows that are really added."""

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.production.value import MODALITIES, value_by_rank, value_curve, value_from_rank
from tests.evidence import assert_within


def test_numbers_under_anchor_cost_what_theory_says():
    """n times the squared error of the mean is 1 + 1/3 in the long run; that of the deviation, 2/3 of it again / 2."""
    curve = value_curve("numbers", [200, 400], chains=20_000)
    limit = theory.pathways.anchor_error(5) * (1 + 0.5)  # mean, and standard deviation with half the variance
    for n, errors in zip(curve.sizes, curve.errors, strict=True):
        assert errors.mean() * n == pytest.approx(limit, rel=0.03)


@pytest.mark.parametrize("n", [300, 3000])
def test_words_that_are_not_known_are_those_of_the_real_rows(n):
    """Anchor keeps the real rows, so all generations know what the first one knew: Σ p (1 - p)^n."""
    from collapse_edu.production.value import _book

    curve = value_curve("words", [n, 2 * n], chains=50)
    assert_within(curve.errors[0], theory.tails.expected_error(n, _book()), resolves=0.02)


@pytest.mark.parametrize(
    ("modality", "sizes"), [("numbers", [5, 20, 100]), ("words", [50, 500, 5000]), ("images", [30, 120, 600])]
)
def test_each_further_row_is_worth_less(modality, sizes):
    curve = value_curve(modality, sizes, chains={"numbers": 2000, "words": 50, "images": 6}[modality])
    first, last = curve.worth
    noise = curve.standard_error
    assert first - 4 * noise[0] > last + 4 * noise[1] > 0
    assert curve.table().shape == (3, 3)
    assert set(MODALITIES) == {"numbers", "words", "images"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("smells", [1, 2]), "modality must be one of numbers, words, images; got 'smells'"),
        (("words", [5]), "sizes must contain at least two growing numbers"),
        (("words", [9, 5]), "sizes must contain at least two growing numbers"),
        (("images", [10, 50]), "sizes must be an integer from 20 to 898; got 10"),
        (("words", ["few", 9]), "sizes must be an integer of at least 2; got 'few'"),
    ],
)
def test_bad_input_gets_one_line(arguments, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        value_curve(*arguments, chains=3)


LAW = theory.tails.zipf_law(300, 1.3)


@pytest.mark.parametrize("t", [1, 4])
@pytest.mark.parametrize("rank", [20, 60, 200])
def test_a_row_that_is_really_added(t, rank):
    """Chains of counts: what the kind of this rank adds to what model t knows."""
    rng, n = np.random.default_rng(rank), 200
    counts = rng.multinomial(n, LAW, size=20_000)
    for _ in range(t - 1):
        counts = rng.multinomial(n, counts / n)
    gained = LAW[rank - 1] * (counts[:, rank - 1] == 0)
    expected = value_by_rank(LAW, n, t)[rank - 1]
    # The closed form takes counts as Poisson, as n is large: a few per cent are its own.
    assert abs(gained.mean() - expected) < 4 * gained.std() / np.sqrt(len(gained)) + 0.01 * expected


def test_the_worth_of_all_kinds_is_the_lost_mass():
    for t in (1, 5):
        lost = theory.tails.expected_lost_mass(t, 200, LAW)
        assert value_by_rank(LAW, 200, t).sum() == pytest.approx(lost)


def test_most_is_worth_the_kind_that_is_expected_once():
    law = theory.tails.zipf_law(100_000, 1.5)
    best = value_by_rank(law, 10_000).argmax()
    assert law[best] * 10_000 == pytest.approx(1, abs=0.01)
    late = value_by_rank(law, 10_000, 10).argmax()
    assert law[late] * 10_000 * theory.drift.survival_rate(10) == pytest.approx(1, abs=0.02)
    assert late < best


def test_rows_of_the_tail_by_brute_force():
    """Draw the rows, look which kinds are new, and add up their share."""
    rng, n, rows, start = np.random.default_rng(3), 200, 50, 30
    tail = np.where(np.arange(300) >= start - 1, LAW, 0)
    gains = []
    for _ in range(4000):
        known = rng.multinomial(n, LAW) > 0
        bought = rng.multinomial(rows, tail / tail.sum()) > 0
        gains.append(LAW[bought & ~known].sum())
    expected = rows * value_from_rank(LAW, [start], rows=rows, n=n)[0]
    error = np.std(gains) / np.sqrt(len(gains))
    assert abs(np.mean(gains) - expected) < 4 * error + 0.01 * expected


def test_the_tail_is_worth_more_than_the_bulk_up_to_a_depth():
    law = theory.tails.zipf_law(100_000, 1.5)
    everywhere, near, deep = value_from_rank(law, [1, 150, 50_000], rows=1000, n=10_000)
    assert near > 5 * everywhere
    assert deep < everywhere / 20


def test_a_law_must_be_one():
    with pytest.raises(ValueError, match="p must sum to 1"):
        value_by_rank([0.5, 0.2], 10)
    with pytest.raises(ValueError, match="starts must be an integer from 1 to 300; got 301"):
        value_from_rank(LAW, [301], rows=5, n=10)
