"""The n-gram models against nltk.lm, markovify, and one random draw with one gather for each token."""

from functools import partial
from time import process_time

import numpy as np
import pytest

from benchmarks.conftest import seconds
from collapse_edu import datasets
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram

ORDER, START = 3, "<s>"
pytestmark = pytest.mark.benchmark(timer=process_time)


@pytest.fixture(scope="module")
def passages():
    return datasets.moby_dick(marks=True).passages(held_out=0.1)


def n_grams(row):
    """Yield all n-grams of a row up to the order, as our models count them. To nltk a token is a string."""
    row = (START,) * (ORDER - 1) + tuple(map(str, row))
    for end in range(ORDER, len(row) + 1):
        for length in range(1, ORDER + 1):
            yield row[end - length : end]


def nltk_fitted(model, rows):
    # nltk's own padding would also count the start of a row as a word, and predict it: its lower orders then hold
    # n-grams of nothing but starts. Here both count the same n-grams.
    model.fit([list(n_grams(row)) for row in rows], vocabulary_text=[START, *map(str, np.unique(rows))])
    return model


def ours(rows, n_passages, rng):
    return NGram(ORDER).fit(rows).sample(n_passages, rng)


def with_nltk(rows, n_passages):
    from nltk.lm import MLE

    model, length = nltk_fitted(MLE(ORDER), rows), len(rows[0])
    # Where a context has no continuation, nltk takes a shorter one; ours begins anew.
    return [model.generate(length, text_seed=[START] * (ORDER - 1), random_seed=i) for i in range(n_passages)]


def with_markovify(rows, n_tokens):
    from markovify import Chain

    chain, written = Chain(rows, ORDER - 1), 0
    while written < n_tokens:
        written += len(chain.walk())
    return written


def test_a_generation_of_trigrams(beside, passages, rng, capsys):
    X = np.concatenate([passages.real, passages.held_out])
    rows = X.tolist()
    times = beside(partial(ours, X, len(X), rng), partial(seconds, with_markovify, rows, X.size))
    mine, chain = np.median(times, axis=1)
    part = 8  # nltk draws an eighth of the tokens, and the rest is extrapolated
    from nltk.lm import MLE

    fitting = seconds(nltk_fitted, MLE(ORDER), rows)
    both = seconds(with_nltk, rows, len(rows) // part)
    nltk = fitting + part * max(both - fitting, 0)
    with capsys.disabled():
        print(f"\nfit and {X.size:,} tokens: {mine * 1e3:.0f} ms")
        print(f"nltk.lm {nltk:.1f} s, {nltk / mine:,.0f} times; markovify {chain:.1f} s, {chain / mine:,.0f} times")
    assert nltk >= 200 * mine
    assert chain >= 40 * mine


def test_a_token_costs_about_one_draw_and_one_gather(beside, passages, rng, capsys):
    model, n_passages = NGram(ORDER).fit(passages.real), 16_000
    table = passages.real.ravel()
    n_tokens = n_passages * passages.real.shape[1]

    def draw_and_gather():
        return table.take((rng.random(n_tokens) * len(table)).astype(np.int64))

    times = beside(partial(model.sample, n_passages, rng), partial(seconds, draw_and_gather), rounds=25)
    ratio = np.median(times[0] / times[1])
    sampled, gathered = np.median(times, axis=1) / n_tokens * 1e9
    with capsys.disabled():
        print(f"\n{n_tokens:,} tokens: {sampled:.1f} ns each ({1e3 / sampled:.0f} million a second)")
        print(f"a draw and a gather: {gathered:.1f} ns; median ratio {ratio:.2f}")
    assert ratio <= 2


def bisected(model, n, rng):
    """Return tokens of a model with weights, drawn as NumPy's choice does it: bisect the sums of all probabilities."""
    cumulative = np.cumsum(model._probability)
    block = np.full(n, model._start_block)
    tokens = np.empty((model._length, n), dtype=np.int32)
    for written in tokens:
        first = block >> 32
        last = first + (block & (2**32 - 1)) - 1
        place = np.searchsorted(cumulative, cumulative[last] - rng.random(n))
        np.clip(place, first, last, out=place)
        block = model._next_block[place]
        written[:] = model._token[place]
    return tokens


def test_a_careful_writer_is_five_times_as_fast_as_bisection(beside, passages, rng, capsys):
    model = NGram(ORDER, temperature=0.7).fit(passages.real)
    times = beside(partial(model.sample, 4000, rng), partial(seconds, bisected, model, 4000, rng), rounds=9)
    mine, theirs = np.median(times, axis=1)
    with capsys.disabled():
        print(f"\n4,000 passages at temperature 0.7: {mine * 1e3:.0f} ms, bisected {theirs / mine:.1f} times as long")
    assert theirs >= 5 * mine


def test_counting_n_grams(beside, passages, capsys):
    def three_sorts():
        context = np.zeros(X.shape, dtype=np.int64)
        for _ in range(ORDER):
            _, _, ids, _ = np.unique(
                context * passages.n_types + X, return_index=True, return_inverse=True, return_counts=True
            )
            context[:, 1:] = ids.reshape(X.shape)[:, :-1] + 1

    X = passages.real
    model = KneserNey(ORDER, passages.n_types)
    mine, theirs = np.median(beside(partial(model.fit, X), partial(seconds, three_sorts), rounds=9), axis=1)
    with capsys.disabled():
        print(f"\nKneserNey.fit {mine * 1e3:.0f} ms; np.unique alone {theirs / mine:.1f} times as long")
    assert theirs >= 1.5 * mine


def test_held_out_perplexity(beside, passages, capsys):
    from nltk.lm import KneserNeyInterpolated

    held_out = passages.held_out[:8, :]  # 512 tokens
    peer = nltk_fitted(KneserNeyInterpolated(ORDER, discount=0.75), passages.real.tolist())
    model = KneserNey(ORDER, passages.n_types, discount=0.75, unseen=0).fit(passages.real)

    def with_nltk():
        padded = [(START,) * (ORDER - 1) + tuple(map(str, row)) for row in held_out]
        places = range(ORDER - 1, ORDER - 1 + held_out.shape[1])
        return [[peer.unmasked_score(row[i], row[i - ORDER + 1 : i]) for i in places] for row in padded]

    expected = []
    theirs = seconds(lambda: expected.extend(with_nltk()))
    np.testing.assert_allclose(np.exp(model.log_probabilities(held_out)), expected, rtol=1e-10)
    mine = np.median(beside(partial(model.log_probabilities, held_out), rounds=51)[0])
    with capsys.disabled():
        print(f"\n{held_out.size} tokens: {mine * 1e3:.2f} ms against {theirs:.1f} s, {theirs / mine:,.0f} times")
    assert theirs >= 5000 * mine
