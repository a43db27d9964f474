"""Typical wrong attempts at the exercises and the code questions, and what a learner must be told about each.

Question → list of (attempt, words of the verdict). ``True`` in their place means that the attempt is right, ``None``
that there is no verdict, "" that no reason is known.
"""

import math
import random
import statistics
from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd

__all__ = ["ATTEMPTS"]

# ruff: noqa: E741


def printed(*arguments):
    print(*arguments)


def _pop(bag, picks):
    return [bag.pop(i) for i in picks]


def _first_only(bag, picks):
    for i in picks:
        return bag[i]
    return None


def _overwrites(bag, picks):
    new = [bag[i] for i in picks]
    bag[:] = new
    return bag


def _appends(last, picks, originals):
    originals.append([last[i] for i in picks])
    return originals


def _plus_equals(last, picks, originals):
    originals += [last[i] for i in picks]
    return originals


def _extends(last, picks, originals):
    originals.extend(last[i] for i in picks)
    return originals


def _one_by_one(last, picks, originals):
    for i in picks:
        originals.append(last[i])
    return originals


def _words_in_place(bag, rounds):
    found = [len(set(bag))]
    for picks in rounds:
        bag[:] = [bag[i] for i in picks]
        found.append(len(set(bag)))
    return found


M1 = {
    "M1.e1": [
        (lambda b, p: ..., None),
        (lambda b, p: [b[i - 1] for i in p], "first slip has place 0"),
        (lambda b, p: [b[i + 1] for i in p], "place that it does not have"),
        (lambda b, p: list(np.random.default_rng().choice(b, size=len(p))), "Do not draw at random"),
        (lambda b, p: p, "returns picks as it was given"),
        (lambda b, p: b, "old bag"),
        (lambda b, p: {b[i] for i in p}, "a set"),
        (lambda b, p: np.array(b)[p], True),
        (lambda b, p: tuple(b[i] for i in p), True),
        (lambda b, p: map(b.__getitem__, p), "list(…)"),
        (lambda b, p: (b[i] for i in p), "list(…)"),
        (lambda b, p: filter(None, [b[i] for i in p]), "list(…)"),
        (lambda b, p: pd.Series(b).iloc[p], True),
        (lambda b, p: deque(b[i] for i in p), "deque"),
        (lambda b, p: b[p], "one place at a time"),
        (lambda b, p: " ".join(b[i] for i in p), "a text"),
        (lambda b, p: str([b[i] for i in p]), "a text"),
        (lambda b, p: b[p[0]], "a text"),
        (_first_only, "a text"),
        (_pop, "takes the slip out"),
        (printed, None),
        (_overwrites, "changes bag"),
        (lambda b, p: sorted(b[i] for i in p), "These are the right values"),
        (lambda b, p: list(dict.fromkeys(b[i] for i in p)), "twice"),
        (lambda b: b, "called with bag, picks"),
        (lambda b, p, n: b, "called with bag, picks"),
        (lambda b, p: [p[i] for i in b], "one place at a time"),
        (lambda b, p: [b[i] for i in range(len(p))], "takes the first slips"),
        (lambda b, p: [b[i] for i in p[:-1]], "too few"),
        (lambda b, p: [b[i] for i in p[1:]], "too few, at the beginning"),
        (lambda b, p: [[b[i]] for i in p], "nested"),
        (lambda b, p: [b[i] for i in p][::-1], "from the last to the first"),
        (lambda b, p: [[i, b[i]] for i in p], "lists inside"),
        (lambda b, p: [i for i in p if b[i]], "returns picks as it was given"),
        (lambda b, p: [].extend(b[i] for i in p), None),
    ],
    "M1.e2": [
        (lambda l, p, o: [l[i] for i in p], "originals are missing"),
        (lambda l, p, o: o + [o[i % len(o)] for i in p], "not in the originals"),
        (lambda l, p, o: o + [o[i] for i in p], "place that it does not have"),
        (lambda l, p, o: [l[i] for i in p] + o, "originals come first"),
        (lambda l, p, o: [o, [l[i] for i in p]], "nested"),
        (_appends, "nested"),
        (lambda l, p, o: o.extend([l[i] for i in p]), None),
        (lambda l, p, o: np.concatenate([o, np.array(l)[p]]), True),
        (lambda l, p, o: [*o, *(l[i] for i in p)], True),
        (_plus_equals, "changes originals"),
        (_extends, "changes originals"),
        (_one_by_one, "changes originals"),
        (lambda l, p, o: (o + [l[i] for i in p])[: len(l)], "too few, at the end"),
        (lambda l, p, o: o + [(o + l)[i] for i in p], "not in both lists"),
        (lambda l, p, o: o + p, "numbers in the list"),
        (lambda l, p, o: o + l, "whole last hour"),
        (lambda l, p, o: o, "returns originals as it was given"),
        (lambda l, p, o: o + (l[i] for i in p), "Only a list can be joined"),
        (lambda l, p, o: sorted(o + [l[i] for i in p]), "These are the right values"),
        (lambda l, p, o: {*o, *(l[i] for i in p)}, "a set"),
        (lambda l, p, o: list(dict.fromkeys(o + [l[i] for i in p])), "twice"),
        (lambda l, p, o: o + [l[i - 1] for i in p], "first song has place 0"),
        (lambda l, p: l, "called with last_hour, picks, originals"),
        (lambda l, p, o: o + l[p], "one place at a time"),
        (printed, None),
    ],
    "M1.06": [
        (lambda b, r: _words(b, r, first=False), "generation 0"),
        (lambda b, r: [len(set(b))] + [len({b[i] for i in p}) for p in r], "drawn from the real one"),
        (lambda b, r: [len(b)] * (len(r) + 1), "counts slips"),
        (lambda b, r: [len(set(b))] * (len(r) + 1), "make it anew in each round"),
        (_words_in_place, True),
        (lambda b, r: random.sample(b), "sample is called with another number of arguments"),
        (lambda b, r: list(range(10**6)), "It returned 1,000,000 values"),
        (lambda b, r: _words(b, r)[-1], "A list is wanted"),
        (lambda b, r: [len(set(p)) for p in r], "too few"),
        (lambda b, r: [len(set(b))] + [len(set(p)) for p in r], "drawn from the real one"),
        (lambda b, r: _words(b, r)[:-1], "at the end"),
        (lambda b, r: [len(set(b)) for p in r], "too few, at the end"),
        (lambda b, r: (n for n in _words(b, r)), "list(…)"),
        (lambda b, r: [str(n) for n in _words(b, r)], "texts in the list"),
        (lambda b, r: [n - 1 for n in _words(b, r)], "too small"),
        (lambda b, r: [b, *r], "lists inside"),
        (lambda b, r: sorted(_words(b, r)), "from the last to the first"),
        (lambda b, r: [set(b)], "texts in the list"),
        (printed, None),
    ],
}


def _words(bag, rounds, first=True):
    found = [len(set(bag))] if first else []
    for picks in rounds:
        bag = [bag[i] for i in picks]
        found.append(len(set(bag)))
    return found


# ---------------------------------------------------------------- M2


def _chain(real, noise, start=0, ddof=1, sd=np.std, keep=lambda v: v):
    data, found = np.array(real), [keep(np.var(real, ddof=ddof))]
    for z in noise:
        data = data.mean() + sd(data, ddof=ddof) * np.array(z)
        found.append(keep(data.var(ddof=ddof)))
    return found[start:]


def _puts_in_front(real, noise):
    found = _chain(real, noise)
    noise.insert(0, real)
    return found


def _made_anew(real, noise):
    for z in noise:
        found = [np.var(z, ddof=1)]
    return found if noise else []


def _model(fit=lambda self, X: setattr(self, "mean_", X.mean()), sample=None, returns=True):
    class Exponential:
        def fit(self, X, sample_weight=None):
            fit(self, X)
            return self if returns else None

    Exponential.sample = sample or (lambda self, n, rng: rng.exponential(self.mean_, size=(n, 1)))
    return Exponential


class _NoRows:
    def fit(self):
        return self


class _NoGenerator:
    def fit(self, X):
        self.mean_ = X.mean()
        return self

    def sample(self, n):
        return np.full((n, 1), self.mean_)


@cache
def _medians(n):
    from collapse_edu import ensemble

    return np.median(ensemble.gaussian(n=n, generations=3 * n, chains=20_000, seed=7)["variance"], axis=1)


def _half_life(n):
    from collapse_edu import theory

    return theory.gaussian.half_life(n)


M2 = {
    "M2.02": [
        (lambda r, z: _chain(r, z, ddof=0), "divides by n"),
        (lambda r, z: _chain(r, z, sd=np.var), "the variance took its place"),
        (lambda r, z: _chain(r, z, start=1), "real set is missing"),
        (lambda r, z: _chain(r, z)[:-1], "too few"),
        (lambda r, z: _chain(r, z)[-1], "A list is wanted"),
        (lambda r, z: _chain(r, z, keep=np.sqrt), "square root"),
        (lambda r, z: [np.var(r, ddof=1)] + [np.var(x, ddof=1) for x in z], "standard deviation is missing"),
        (lambda r, z: [np.var(r, ddof=1)] + [np.var(r, ddof=1) * np.var(x, ddof=1) for x in z], "first model"),
        (lambda r, z: _chain(r, [np.random.default_rng().normal(size=len(r)) for _ in z]), "Do not draw at random"),
        (lambda r, z: np.std(r) * z + np.mean(r), "multiplied"),
        (_made_anew, "too few"),
        (lambda r, z: _chain(r, z)[::-1], "from the last to the first"),
        (lambda r, z: {t: v for t, v in enumerate(_chain(r, z))}, "a dictionary"),
        (lambda r, z: (v for v in _chain(r, z)), "list(…)"),
        (lambda r: r, "called with real, noise"),
        (_puts_in_front, True),
        (lambda r, z: [1.0001 * value for value in _chain(r, z)], ""),
        (lambda r, z: [_chain(r, z)[0] + 1, *_chain(r, z)[1:]], "Only the first value"),
        (lambda r, z: [*_chain(r, z)[:-1], _chain(r, z)[-1] + 1], "Only the last value"),
        (lambda r, z: _chain(r, z)[:1] + [1.5 * value for value in _chain(r, z)[1:]], ""),
        (lambda r, z: np.array(_chain(r, z)), True),
        (printed, None),
    ],
    "M2.e1": [
        (lambda n: np.argmax(_medians(n) < 0.5), "Row 0 is generation 1"),
        (lambda n: np.argmax(_medians(n) < 0.5) + 1, True),
        (lambda n: np.argmax(_medians(n) < 0.5) + 2, "1 too large"),
        (lambda n: np.argmax(_medians(n) > 0.5) + 1, "Or > stands for <"),
        (lambda n: _medians(n), "One value is wanted"),
        (lambda n: _medians(n) < 0.5, "One value is wanted"),
        (lambda n: np.where(_medians(n) < 0.5)[0], "One value is wanted"),
        (lambda n: (_medians(n) < 0.5).sum(), "counts the generations"),
        (lambda n: _medians(n)[np.argmax(_medians(n) < 0.5)], "the median itself"),
        (_half_life, "by theory"),
        (lambda n: 0.69 * (n - 1), "lesson's formula"),
        (lambda n: np.log(2) * (n - 1), "lesson's formula"),
        (lambda n: n, "as it was given"),
        (lambda n: (_medians(n) < 0.5).any(), "True or False"),
        (lambda n: str(np.argmax(_medians(n) < 0.5) + 1), "a text"),
        (lambda: 1, "called with n"),
        (lambda n: history, "no value yet"),  # noqa: F821
        (printed, None),
    ],
    "M2.e2": [
        (_model(returns=False), "fit must return self"),
        (_model(fit=lambda self, X: setattr(self, "mean_", X.mean(axis=0))), "one number is needed"),
        (_model(fit=lambda self, X: setattr(self, "mean_", np.median(X))), "the mean of the rows is"),
        (_model(fit=lambda self, X: None), "there is no mean_"),
        (_model(sample=lambda self, n, rng: rng.exponential(self.mean_, size=n)), "has the shape"),
        (_model(sample=lambda self, n, rng: rng.exponential(1 / self.mean_, size=(n, 1))), "the exponential law has"),
        (_model(sample=lambda self, n, rng: rng.exponential(size=(n, 1))), "do not use what fit learned"),
        (_model(sample=lambda self, n, rng: rng.normal(self.mean_, self.mean_, size=(n, 1))), "never negative"),
        (_model(sample=lambda self, n, rng: rng.poisson(self.mean_, size=(n, 1))), "the exponential law has"),
        (_model(sample=lambda self, n, rng: np.full((n, 1), self.mean_)), "the exponential law has"),
        (
            _model(sample=lambda self, n, rng: np.random.default_rng().exponential(self.mean_, size=(n, 1))),
            "draw with rng alone",
        ),
        (
            _model(sample=lambda self, n, rng: np.random.default_rng(0).exponential(self.mean_, size=(n, 1))),
            "draws the same from each rng",
        ),
        (
            _model(sample=lambda self, n, rng: np.sort(rng.exponential(self.mean_, size=(n, 1)), axis=0)),
            "come in order of size",
        ),
        (_model(sample=lambda self, n, rng: rng.exponential(self.mean_, size=(n, 1)).tolist()), "an array is needed"),
        (_model(fit=lambda self, X: setattr(self, "mean", X.mean())), "keep the mean of the rows in self.mean_"),
        (_model(sample=lambda self, n: 1), "is called with another number of arguments"),
        (_NoRows, "fit is called with self and X, the rows. Exponential, fitted to"),
        (_NoGenerator, "sample is called with self, n and rng. Exponential, fitted to"),
        (_model(), True),
    ],
}

# ---------------------------------------------------------------- M3


def _dates(alive, living=None):
    many = np.sum(alive, axis=0)
    return [living if count == len(alive) else int(count) + 1 for count in many]


def _from_zero(alive):
    return [next((t for t, row in enumerate(alive) if not row[w]), None) for w in range(len(alive[0]))]


def _swapped(alive):
    return [next((t for t, x in enumerate(alive[w], 1) if not x), None) for w in range(len(alive[0]))]


def _dots_left(alive):
    dates = []
    for word in range(len(alive[0])):
        dates.append(...)
        for t, row in enumerate(alive, 1):
            if not row[word]:
                dates[-1] = t
                break
    return dates


def _ordered(hours):
    return sorted(hours, key=lambda life: math.inf if life is None else life)


def _sorts(hours):
    hours.sort(key=lambda life: math.inf if life is None else life)
    return hours[len(hours) // 2]


def _or(value, hours, name):
    return name if value == math.inf else value


def _median_with(hours, life):
    return statistics.median(life if each is None else each for each in hours)


def _mine(counts, dates, wanted):
    return [date for count, date in zip(counts, dates, strict=True) if count == wanted]


def _living(counts, dates, wanted, t):
    return sum(date is None or date > t for date in _mine(counts, dates, wanted))


M3 = {
    "M3.e1": [
        (_from_zero, "The first row is generation 1"),
        (_dates, True),
        (lambda a: [None if s == len(a) else s + 1 for s in np.sum(a, axis=0)], True),
        (lambda a: _dates(a, math.inf), "no date: None"),
        (lambda a: _dates(a, 0), "no date: None"),
        (lambda a: _dates(a, math.nan), "the living get None"),
        (lambda a: _dates(a, len(a)), "no date yet: None"),
        (lambda a: _dates(a, len(a) + 1), "where None is wanted"),
        (lambda a: [None if s == len(a) else int(s) for s in np.sum(a, axis=0)], "The first row is generation 1"),
        (lambda a: np.array(_dates(a), dtype=object), True),
        (lambda a: list(np.argmin(a, axis=0) + 1), "the living get 1"),
        (lambda a: [int(s) for s in np.sum(a, axis=0)], ""),
        (lambda a: _dates(a, "None"), "without quotes"),
        (lambda a: dict(enumerate(_dates(a))), "a dictionary"),
        (lambda a: pd.Series(_dates(a)), "nan is no number"),
        (_swapped, "goes over generations"),
        (_dots_left, None),
        (lambda a: [date for date in _dates(a) if date], "living are left out"),
        (lambda a: _dates(a)[0], "returns nothing here"),
        (lambda a: [[date] for date in _dates(a)], "nested"),
        (lambda a: [a[t].index(False) for t in range(len(a))], "does not hold"),
        (lambda a: [not word for word in a[-1]], "are True and False"),
        (lambda a, t: a, "called with alive"),
        (printed, None),
    ],
    "M3.e2": [
        (lambda h: statistics.median(x for x in h if x is not None), "leaves out the lamps"),
        (lambda h: _median_with(h, 1000), "If the middle one burns"),
        (lambda h: _median_with(h, 0), "lived longest of all"),
        (lambda h: _median_with(h, math.inf), "Infinity is no life"),
        (lambda h: np.median(np.array(h, dtype=float)), "nan is no number"),
        (lambda h: _or(_median_with(h, math.inf), h, None), True),
        (lambda h: sorted(h)[len(h) // 2], "None is among the values"),
        (lambda h: statistics.median(h), "None is among the values"),
        (lambda h: None if None in h else statistics.median(h), "the middle one may have gone out"),
        (lambda h: h[len(h) // 2], "in order first"),
        (lambda h: np.nanmedian(np.array(h, dtype=float)), "leaves out the lamps"),
        (lambda h: pd.Series(h).median(), "leaves out the lamps"),
        (_sorts, True),
        (lambda h: _or(_median_with(h, math.inf), h, "later"), "without quotes"),
        (lambda h: statistics.mean(x for x in h if x is not None), "the mean of the lamps"),
        (lambda h: _ordered(h)[len(h) // 2 - 1], "one before the middle"),
        (lambda h: _ordered(h)[len(h) // 2 + 1], "one after the middle"),
        (lambda h: _ordered(h), "One value is wanted"),
        (lambda h: _ordered(h)[len(h) / 2], "must be a whole number"),
        (lambda h: [_ordered(h)[len(h) // 2]], "Return the value itself"),
        (lambda h: max(x for x in h if x is not None), ""),
        (lambda h: len(h) // 2, "middle place"),
        (lambda h: str(_ordered(h)[len(h) // 2]), "a text"),
        (lambda: 0, "called with hours"),
        (printed, None),
    ],
    "M3.06": [
        (_living, "Divide it by"),
        (lambda c, d, w, t: _living(c, d, w, t) / len(c), "not by all words"),
        (lambda c, d, w, t: 1 - _living(c, d, w, t) / len(_mine(c, d, w)), "the share that is lost"),
        (lambda c, d, w, t: _living(c, d, w, t - 1) / len(_mine(c, d, w)), "lost in generation t already"),
        (lambda c, d, w, t: sum(x > t for x in _mine(c, d, w)) / len(_mine(c, d, w)), "None is among the values"),
        (lambda c, d, w, t: sum(x is None for x in _mine(c, d, w)) / len(_mine(c, d, w)), "alive to the end"),
        (lambda c, d, w, t: sum(x is None or x > t for x in d) / len(d), "takes all words"),
        (
            lambda c, d, w, t: sum(x is not None and x < t for x in _mine(c, d, w)) / len(_mine(c, d, w)),
            "lost before t",
        ),
        (
            lambda c, d, w, t: np.mean([x > t for x in _mine(c, d, w) if x is not None]),
            "they count",
        ),
        (lambda c, d, w, t: [x is None or x > t for x in _mine(c, d, w)], "One value is wanted"),
        (lambda c, d, w, t: any(x is None or x > t for x in _mine(c, d, w)), "True or False"),
        (lambda c, d, w, t: Fraction(_living(c, d, w, t), len(_mine(c, d, w))), True),
        (lambda c, d, w, t: Decimal(_living(c, d, w, t)) / len(_mine(c, d, w)), True),
        (lambda c, d, w, t: 100 * _living(c, d, w, t) / len(_mine(c, d, w)), "not in per cent"),
        (lambda c, d, w, t: round(_living(c, d, w, t) / len(_mine(c, d, w)), 2), "rounded"),
        (lambda c, d, w, t: _living(c, d, w, t) // len(_mine(c, d, w)), "the same for all"),
        (lambda c, d, w: 1, "called with counts, dates, wanted, t"),
        (printed, None),
    ],
}

# ---------------------------------------------------------------- M4


def _near(real, synthetic, radius):
    real, synthetic = np.array(real), np.array(synthetic)
    return np.sqrt(((synthetic[:, None] - real) ** 2).sum(axis=2)) < radius


def _entropy(shares, log=np.log):
    p = np.array(shares)
    p = p[p > 0]
    return -np.sum(p * log(p))


M4 = {
    "M4.02": [
        (lambda r, s, d: _near(r, s, d).any(axis=1).mean(), True),
        (lambda r, s, d: _near(r, s, d).any(axis=0).mean(), "recall"),
        (lambda r, s, d: _near(r, s, d).all(axis=1).mean(), "One of them is enough"),
        (lambda r, s, d: _near(r, s, d).mean(), "share of pairs"),
        (lambda r, s, d: _near(r, s, d).any(axis=1).sum(), "Divide it by"),
        (lambda r, s, d: _near(r, s, d).any(axis=1).sum() / len(r), "divide by their number"),
        (lambda r, s, d: _near(r, s, d).any(), "True or False"),
        (lambda r, s, d: _near(r, s, d).any(axis=1), "One value is wanted"),
        (lambda r, s, d: _near(r, s, d).mean(axis=1), "One value is wanted"),
        (lambda r, s, d: 1 - _near(r, s, d).any(axis=1).mean(), "near no real point"),
        (lambda r, s, d: 100 * _near(r, s, d).any(axis=1).mean(), "not in per cent"),
        (lambda r, s, d: round(_near(r, s, d).any(axis=1).mean()), "whole number"),
        (lambda r, s: 0, "called with real, synthetic, radius"),
        (lambda r, s, d: np.array(s) - np.array(r), "do not fit together"),
        (lambda r, s, d: s - r, "do not go together"),
        (printed, None),
    ],
    "M4.e1": [
        (lambda p: np.exp(_entropy(p)), True),
        (_entropy, "Take its exponential"),
        (lambda p: -_entropy(p), "minus the logarithm"),
        (lambda p: np.exp(-_entropy(p)), "upside down"),
        (lambda p: np.exp(_entropy(p, np.log2)), "in bits"),
        (lambda p: 2 ** _entropy(p), "np.exp"),
        (lambda p: 2 ** _entropy(p, np.log2), True),
        (lambda p: 1 / np.sum(np.square(p)), "another effective number"),
        (lambda p: sum(x > 0 for x in p), "however rare"),
        (len, "the empty ones, too"),
        (lambda p: np.exp(-np.sum(np.array(p) * np.log(p))), "nan is no number"),
        (lambda p: np.exp(-sum(x * math.log(x) for x in p)), "A logarithm or a root"),
        (lambda p: 1 / max(p), "one over the largest"),
        (lambda p: np.exp(-np.mean([x * np.log(x) for x in p if x > 0])), "mean over the classes"),
        (lambda p: [x for x in p if x > 0], "One value is wanted"),
        (lambda p: p[p > 0], "not supported between"),
        (printed, None),
    ],
}


def _copier(sample, fit=lambda self, X: setattr(self, "rows_", X), returns=True):
    class Copier:
        def fit(self, X, sample_weight=None):
            fit(self, X)
            return self if returns else None

    Copier.sample = sample
    return Copier


M4["M4.e2"] = [
    (_copier(lambda self, n, rng: self.rows_[rng.integers(len(self.rows_), size=n)]), True),
    (_copier(lambda self, n, rng: rng.choice(self.rows_, size=n)), True),
    (_copier(lambda self, n, rng: self.rows_[rng.integers(len(self.rows_) - 1, size=n)]), "last row is never drawn"),
    (_copier(lambda self, n, rng: self.rows_[rng.integers(1, len(self.rows_), size=n)]), "500 are expected"),
    (_copier(lambda self, n, rng: self.rows_[np.arange(n) % len(self.rows_)]), "repeats the rows in turn"),
    (_copier(lambda self, n, rng: self.rows_), "is needed"),
    (_copier(lambda self, n, rng: self.rows_[:n]), "is needed"),
    (_copier(lambda self, n, rng: self.rows_[rng.integers(len(self.rows_))]), "is needed"),
    (_copier(lambda self, n, rng: rng.choice(self.rows_, size=n, replace=False)), "Cannot take a larger sample"),
    (_copier(lambda self, n, rng: rng.integers(len(self.rows_), size=n)), "is needed"),
    (_copier(lambda self, n, rng: self.rows_[np.random.default_rng().integers(len(self.rows_), size=n)]), "rng alone"),
    (_copier(lambda self, n, rng: rng.permuted(np.repeat(self.rows_, 500, axis=0), axis=0)), "no rows that"),
    (_copier(lambda self, n, rng: np.repeat(self.rows_, 500, axis=0)), "no random draw"),
    (_copier(lambda self, n, rng: self.rows_, returns=False), "fit must return self"),
    (_copier(lambda self, n, rng: self.rows_, fit=lambda self, X: None), "has no attribute"),
    (_copier(lambda self, n: self.rows_), "is called with another number of arguments"),
    (
        _copier(lambda self, n, rng: self.rows_[np.random.default_rng(0).integers(len(self.rows_), size=n)]),
        "draws the same from each rng",
    ),
    (
        _copier(
            lambda self, n, rng: self.rows[rng.integers(len(self.rows), size=n)],
            fit=lambda self, X: setattr(self, "rows", X),
        ),
        True,
    ),
]

# ---------------------------------------------------------------- M5


def _first_without(word, texts):
    for t, text in enumerate(texts):
        if word not in text:
            return t
    return None


def _last_with(word, texts):
    for t, text in enumerate(texts):
        if word in text:
            last = t
    return last


def _bent_in_place(probabilities, temperature):
    for place, probability in enumerate(probabilities):
        probabilities[place] = probability ** (1 / temperature)
    return [bent / sum(probabilities) for bent in probabilities]


def _bent(p, power, scale=sum):
    q = [x**power for x in p]
    return [x / scale(q) for x in q]


M5 = {
    "M5.04": [
        (_bent_in_place, True),
        (lambda p, t: _bent(p, t), "The power is 1/temperature"),
        (lambda p, t: [x ** (1 / t) for x in p], "do not sum to 1"),
        (lambda p, t: [x / t / sum(p) for x in p], "divides by the temperature"),
        (lambda p, t: _bent([x / t for x in p], 1), "A factor cancels"),
        (lambda p, t: _bent(p, 1 / t, max), "by the largest"),
        (lambda p, t: _bent(p, 1 / t, len), "by how many"),
        (lambda p, t: list(np.exp(np.array(p) / t) / np.exp(np.array(p) / t).sum()), "Take a power of them"),
        (lambda p, t: p, "as it was given"),
        (lambda p, t: _bent(p, 1 / t)[0], "A list is wanted"),
        (lambda p, t: sum(_bent(p, 1 / t)), "A list is wanted"),
        (lambda p, t: (x for x in _bent(p, 1 / t)), "list(…)"),
        (lambda p, t: _bent(p, 1 / t)[::-1], "from the last to the first"),
        (lambda p, t: [round(x, 2) for x in _bent(p, 1 / t)], "rounded"),
        (lambda p, t: p ** (1 / t), "do not go together"),
        (lambda p, t: _bent(p, 1 // t), "// cuts"),
        (lambda p: p, "called with probabilities, temperature"),
        (printed, None),
    ],
    "M5.e1": [
        (_first_without, True),
        (lambda w, texts: next((t for t, text in enumerate(texts, 1) if w not in text), None), "one too many"),
        (lambda w, texts: next((t for t, text in enumerate(texts[1:]) if w not in text), None), "still holds"),
        (lambda w, texts: sum(w in text for text in texts), "may come back"),
        (_last_with, "the last text that holds"),
        (lambda w, texts: next(t for t, text in enumerate(texts) if w in text), "Say not in"),
        (lambda w, texts: next(t for t, text in enumerate(texts) if w not in text), "second value"),
        (lambda w, texts: len(texts), ""),
        (lambda w, texts: _first_without(w, texts) or len(texts), "not known: None"),
        (lambda w, texts: _first_without(w, texts) or -1, "None is wanted"),
        (lambda w, texts: w, "as it was given"),
        (lambda w, texts: [t for t, text in enumerate(texts) if w not in text], "One value is wanted"),
        (lambda w, texts: w in texts[0], "True or False"),
        (lambda w, texts: int((texts[0] == w).sum()), "does not fix the date"),
        (lambda w, texts: (w in texts) * 1, "many truth values"),
        (lambda w, texts: texts.index(w), "many truth values"),
        (lambda w: w, "called with word, texts"),
        (printed, None),
    ],
    "M5.e2": [
        (lambda r, s: (~np.isin(r, s)).sum(axis=1), True),
        (lambda r, s: np.isin(r, s).sum(axis=1), "still alive"),
        (lambda r, s: (~np.isin(r, s)).sum(), "One number for each passage"),
        (lambda r, s: (~np.isin(r, s)).sum(axis=0), "axis=1"),
        (lambda r, s: ~np.isin(r, s), "lists inside"),
        (lambda r, s: (~np.isin(r, s)).any(axis=1), "True and False"),
        (lambda r, s: (~np.isin(s, r)).sum(axis=1), "Turn the two round"),
        (lambda r, s: [len(np.setdiff1d(row, s)) for row in r], "counted types"),
        (lambda r, s: (~np.isin(r, s)).mean(axis=1), "Each number is 0.2 times"),
        (lambda r, s: r not in s, "do not fit together"),
        (lambda r, s: [row for row in r if row not in s], "lists inside"),
        (lambda r, s: (r != s).sum(axis=1), "do not fit together"),
        (lambda r: r, "called with real, synthetic"),
        (printed, None),
    ],
}

# ---------------------------------------------------------------- M6


def _cumulated(steps, keep, divide):
    found, error = [], 0.0
    for t, step in enumerate(steps, 1):
        error = divide(error, step, t, keep)
        found.append(error)
    return found


def _from_zero_steps(steps, keep):
    found, error = [], 0.0
    for t, step in enumerate(steps):
        error = error + (step / t if keep else step)
        found.append(error)
    return found


def _fit(errors, floor, start):
    t = np.arange(1, len(errors) + 1)[start:]
    return np.polyfit(np.log(t), np.log(np.array(errors)[start:] - floor), 1)[0]


def _two(errors, floor, i, j):
    return np.log((errors[i] - floor) / (errors[j] - floor))


def _pops(steps, keep):
    found = _cumulated(steps, keep, lambda e, x, t, k: e + (x / t if k else x))
    steps.pop()
    return found


M6 = {
    "M6.09": [
        (_pops, True),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: e + (x / t if k else x)), True),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: e + x), "one set of t"),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: e + x / t), "added whole"),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: e + (x if k else x / t)), "swapped"),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: (e + x) / t if k else e + x), "parentheses"),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: x / t if k else x), "last error is missing"),
        (lambda s, k: _cumulated(s, k, lambda e, x, t, k: e + (x / (t + 1) if k else x)), "t starts with 1"),
        (_from_zero_steps, "divided by 0"),
        (lambda s, k: _cumulated(s, False, lambda e, x, t, k: e + x)[-1], "A list is wanted"),
        (lambda s, k: [0.0, *_cumulated(s, k, lambda e, x, t, k: e + (x / t if k else x))], "at the beginning"),
        (lambda s, k: np.cumsum(s) / (np.arange(len(s)) + 1 if k else 1), "Only the new step"),
        (lambda s, k: sum(s), "A list is wanted"),
        (lambda s, k: s, "as it was given"),
        (lambda s: s, "called with steps, keep"),
        (printed, None),
    ],
    "M6.e1": [
        (lambda a, e, b, f: np.log(e / f) / np.log(b / a), True),
        (lambda a, e, b, f: math.log10(e / f) / math.log10(b / a), True),
        (lambda a, e, b, f: np.log(f / e) / np.log(b / a), "The sign"),
        (lambda a, e, b, f: np.log(b / a) / np.log(e / f), "upside down"),
        (lambda a, e, b, f: (e - f) / (b - a), "plain axes"),
        (lambda a, e, b, f: (e / f) / (b / a), "These are ratios"),
        (lambda a, e, b, f: np.log(e / f) / (b / a), "both ratios"),
        (lambda a, e, b, f: np.log(e / f) / (b - a), "not of n"),
        (lambda a, e, b, f: np.log(e / f), "log of one ratio"),
        (lambda a, e, b, f: np.log(e) - np.log(f) / np.log(b) - np.log(a), "parentheses"),
        (lambda a, e, b, f: round(np.log(e / f) / np.log(b / a), 2), "rounded"),
        (lambda a, e, b, f: (np.log(e / f) / np.log(b / a), 1), "One value is wanted"),
        (lambda a, e, b, f: np.log(e / f) / np.log2(b / a), "ln 2 times"),
        (lambda a, e, b, f: log(e / f), "no value yet"),  # noqa: F821
        (lambda a, b: a, "called with n_1, e_1, n_2, e_2"),
        (lambda a, e, b, f: (f - e) / (b - a), ""),
        (printed, None),
    ],
    "M6.e2": [
        (lambda e, f: _two(e, f, -1, len(e) // 2 - 1) / np.log(2), True),
        (lambda e, f: _fit(e, f, len(e) // 2 - 1), True),
        (lambda e, f: _two(e, f, -1, len(e) // 2 - 1), "ln 2 times"),
        (lambda e, f: _two(e, 0, -1, len(e) // 2 - 1) / np.log(2), "Take the floor off first"),
        (lambda e, f: _two(e, f, -1, len(e) // 2) / np.log(2), "errors[0] is month 1"),
        (lambda e, f: _two(e, f, -1, 0) / np.log(len(e)), "with the first one"),
        (lambda e, f: _fit(e, f, 0), "fits all months"),
        (lambda e, f: _two(e, f, len(e) // 2 - 1, -1) / np.log(2), "sign"),
        (lambda e, f: (e[-1] - f) / (e[len(e) // 2 - 1] - f), "ratio of last and middle"),
        (lambda e, f: (e[-1] - e[len(e) // 2 - 1]) / (len(e) / 2), "plain axes"),
        (lambda e, f: _two(e, f, -1, len(e) // 2 - 1) / np.log(len(e)), "t doubles"),
        (lambda e, f: e[-1] - f, ""),
        (lambda e, f: np.log(e - f), "do not go together"),
        (lambda e, f: _two(e, f, -1, len(e) / 2) / np.log(2), "must be a whole number"),
        (lambda e, f: np.log(np.array(e) - f), "One value is wanted"),
        (lambda e: e, "called with errors, floor"),
        (printed, None),
    ],
}

# ---------------------------------------------------------------- M7


def _kept(n, m):
    from collapse_edu import theory

    return theory.mixing.stationary_moments(n, m, ddof=0)[0]


def _squared_errors(rounds, step):
    found = [1.0]
    for _ in range(rounds):
        found.append(step(found))
    return found


def _costs(plans, enough, real, learn):
    return {name: real * r + learn * t for name, kept, r, t in plans if kept >= enough}


def _least(costs):
    return min(costs, key=costs.get, default=None)


M7 = {
    "M7.06": [
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * (e[-1] + r)), True),
        (lambda w, r, g: _squared_errors(g, lambda e: w**2 + (1 - w) ** 2 * (e[-1] + r)), "too many"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * e[-1]), "own noise"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w + (1 - w) * (e[-1] + r)), "its square"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * (e[0] + r)), "found[-1]"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * e[-1] * r), "not times"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: (1 - w) ** 2 + w**2 * (e[-1] + r)), "1 - weight"),
        (
            lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * (e[-1] + r))[1:],
            "first fit is missing",
        ),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w) ** 2 * (e[-1] + r))[-1], "A list is wanted"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: w**2 + (1 - w**2) * (e[-1] + r)), "Square all of 1 - weight"),
        (lambda w, r, g: _squared_errors(g - 1, lambda e: 1.0), ""),
        (lambda w, r: 1, "called with weight, ratio, generations"),
        (printed, None),
    ],
    "M7.e1": [
        (lambda n, s: next(m for m in range(1, n + 1) if _kept(n, m) >= s), True),
        (lambda n, s: next(m for m in range(1, n + 1) if _kept(n, m) > s), True),
        (lambda n, s: next(m for m in range(n) if _kept(n, m + 1) >= s), "a little less"),
        (lambda n, s: next(m for m in range(1, n + 1) if _kept(n, m) >= s) + 1, "1 too large"),
        (lambda n, s: 1, "the same for all"),
        (lambda n, s: next(_kept(n, m) for m in range(1, n + 1) if _kept(n, m) >= s), "the variance that is kept"),
        (lambda n, s: round(n / 10), "A tenth of n"),
        (lambda n, s: round(n * s), "that share of n"),
        (lambda n, s: n, "as it was given"),
        (lambda n, s: [m for m in range(1, n + 1) if _kept(n, m) >= s], "One value is wanted"),
        (lambda n, s: _kept(n, 1) >= s, "True or False"),
        (lambda n, s: next(m for m in range(1, n + 1) if _kept(n, m) >= s) / n, "a share"),
        (lambda n, s: sum(_kept(n, m) >= s for m in range(1, n + 1)), ""),
        (lambda n: n, "called with n, share"),
        (printed, None),
    ],
    "M7.e2": [
        (lambda p, e, a, b: _least(_costs(p, e, a, b)), True),
        (lambda p, e, a, b: _least(_costs(p, 0, a, b)), "may not keep enough"),
        (lambda p, e, a, b: _least(_costs(p, e + 1e-6, a, b)), "just enough"),
        (lambda p, e, a, b: _least(_costs(p, e, b, a)), "prices are swapped"),
        (lambda p, e, a, b: _least(_costs(p, e, 0, b)), "real sets cost"),
        (lambda p, e, a, b: _least(_costs(p, e, a, 0)), "learned costs"),
        (lambda p, e, a, b: min(_costs(p, e, a, b)), "nothing at all"),
        (lambda p, e, a, b: min(_costs(p, e, a, b).values(), default=None), "It returns a number"),
        (lambda p, e, a, b: min(_costs(p, e, a, b), key=_costs(p, e, a, b).get), "nothing at all"),
        (lambda p, e, a, b: max(_costs(p, e, a, b), key=_costs(p, e, a, b).get, default=None), "dearest"),
        (lambda p, e, a, b: next((x[0] for x in p if x[1] >= e), None), "the first plan"),
        (lambda p, e, a, b: _costs(p, e, a, b), "a dictionary"),
        (lambda p, e, a, b: next((x for x in p if x[0] == _least(_costs(p, e, a, b))), None), "One value is wanted"),
        (lambda p, e, a, b: max(p, key=lambda x: x[1])[0], "the same for all"),
        (lambda p, e, a, b: _least(_costs(p, e, a, b)) or "None", "without quotes"),
        (lambda p, e: p, "called with plans, enough, price_real, price_learn"),
        (printed, None),
    ],
}

# ---------------------------------------------------------------- M8


def _limit(quiet, k):
    return sorted(quiet, reverse=True)[k - 1] if k else None


def _share(f, n, tp, fp):
    return (f / n - fp) / (tp - fp)


def _cut(x):
    return min(1, max(0, x))


def _share_in_place(documents, audited, real):
    total = sum(documents)
    for place, (seen, right) in enumerate(zip(audited, real, strict=True)):
        documents[place] *= right / seen
    return sum(documents) / total


M8 = {
    "M8.05": [
        (lambda d, a, r: sum(n * x / s for n, s, x in zip(d, a, r, strict=True)) / sum(d), True),
        (lambda d, a, r: sum(n * x / s for n, s, x in zip(d, a, r, strict=True)), "Divide it by all documents"),
        (lambda d, a, r: sum(n * x / s for n, s, x in zip(d, a, r, strict=True)) / len(d), "number of labels"),
        (lambda d, a, r: sum(r) / sum(a), "one pot"),
        (lambda d, a, r: np.mean(np.array(r) / np.array(a)), "mean over labels"),
        (lambda d, a, r: sum(r) / sum(d), "Only the audited"),
        (lambda d, a, r: 1 - sum(n * x / s for n, s, x in zip(d, a, r, strict=True)) / sum(d), "one minus"),
        (lambda d, a, r: [n * x / s for n, s, x in zip(d, a, r, strict=True)], "One value is wanted"),
        (lambda d, a, r: 100 * sum(n * x / s for n, s, x in zip(d, a, r, strict=True)) / sum(d), "not in per cent"),
        (_share_in_place, True),
        (lambda d, a, r: sum(n * (x // s) for n, s, x in zip(d, a, r, strict=True)) / sum(d), "// gives 0"),
        (lambda d, a, r: sum(n * x // s for n, s, x in zip(d, a, r, strict=True)) / sum(d), ""),
        (lambda d, a, r: d * r / a, "cannot be multiplied"),
        (lambda d, a: d, "called with documents, audited, real"),
        (printed, None),
    ],
    "M8.e1": [
        (lambda f, n, tp, fp: _cut(_share(f, n, tp, fp)), True),
        (lambda f, n, tp, fp: f / n, "the flagged share"),
        (_share, "cut off"),
        (lambda f, n, tp, fp: max(0, _share(f, n, tp, fp)), "not above 1"),
        (lambda f, n, tp, fp: min(1, _share(f, n, tp, fp)), "not below 0"),
        (lambda f, n, tp, fp: _cut((f / n - fp) / tp), "Divide by true_positive - false_positive"),
        (lambda f, n, tp, fp: (f / n - fp) / tp, "and cut what is"),
        (lambda f, n, tp, fp: _cut(f / n / tp), "take false_positive off first"),
        (lambda f, n, tp, fp: _cut(f / n - fp), "something to divide by"),
        (lambda f, n, tp, fp: _cut((f - fp) / (tp - fp)), "divide it by n first"),
        (lambda f, n, tp, fp: round(_cut(_share(f, n, tp, fp)), 2), "rounded"),
        (lambda f, n, tp, fp: 100 * _cut(_share(f, n, tp, fp)), "not in per cent"),
        (lambda f, n, tp, fp: n * _cut(_share(f, n, tp, fp)), "number of documents"),
        (lambda f, n, tp, fp: 1 - _cut(_share(f, n, tp, fp)), "the real share"),
        (lambda f, n, tp, fp: _cut(f / n - fp / tp - fp), "parentheses"),
        (lambda f, n, tp, fp: None if _share(f, n, tp, fp) < 0 else _cut(_share(f, n, tp, fp)), "returns nothing here"),
        (lambda f, n: f / n, "called with flagged, n, true_positive, false_positive"),
        (printed, None),
    ],
    "M8.e2": [
        (lambda q, m: _limit(q, (len(q) + 1) // m), True),
        (lambda q, m: _limit(q, round((len(q) + 1) / m)), "Rounding"),
        (lambda q, m: _limit(q, math.ceil((len(q) + 1) / m)), "Rounding up"),
        (lambda q, m: _limit(q, len(q) // m), "The new day"),
        (lambda q, m: max(q), "not the lowest limit"),
        (lambda q, m: sorted(q, reverse=True)[(len(q) + 1) // m - 1], "too few days"),
        (lambda q, m: sorted(q, reverse=True)[(len(q) + 1) // m], "place k - 1"),
        (lambda q, m: sorted(q)[(len(q) + 1) // m - 1] if (len(q) + 1) // m else None, "reverse=True"),
        (lambda q, m: q[(len(q) + 1) // m - 1] if (len(q) + 1) // m else None, "in order first"),
        (lambda q, m: (len(q) + 1) // m, "how many days"),
        (lambda q, m: np.quantile(q, 1 - 1 / m), "A quantile"),
        (lambda q, m: statistics.mean(q), "the mean"),
        (lambda q, m: sorted(q, reverse=True)[(len(q) + 1) / m], "must be a whole number"),
        (lambda q, m: _limit(q, (len(q) + 1) // m) or 0, "None is wanted"),
        (lambda q, m: sorted(q, reverse=True)[: (len(q) + 1) // m], "whose last value is right"),
        (lambda q: q, "called with quiet, m"),
        (printed, None),
    ],
}

# ---------------------------------------------------------------- M9


def _learns_the_test(training, test):
    share = _unknown(training, test) / len(test)
    training += test
    return share


def _empties_the_test(training, test):
    n = len(test)
    return sum(test.pop() not in training for _ in range(n)) / n


def _unknown(training, test):
    return sum(kind not in training for kind in test)


def _users(price, variable, fixed):
    return None if price <= variable else fixed / (price - variable)


M9 = {
    "M9.08": [
        (lambda a, b: _unknown(a, b) / len(b), True),
        (_learns_the_test, True),
        (_empties_the_test, True),
        (_unknown, "Divide it by"),
        (lambda a, b: _unknown(a, b) / len(a), "not of the training"),
        (lambda a, b: len(set(b) - set(a)) / len(set(b)), "share of the different kinds"),
        (lambda a, b: len(set(b) - set(a)), "different kinds"),
        (lambda a, b: 1 - _unknown(a, b) / len(b), "that is known"),
        (lambda a, b: _unknown(b, a) / len(a), "Turn the two round"),
        (lambda a, b: set(b) - set(a), "a set"),
        (lambda a, b: [kind not in a for kind in b], "One value is wanted"),
        (lambda a, b: any(kind not in a for kind in b), "True or False"),
        (lambda a, b: b - a, "do not go together"),
        (lambda a, b: 100 * _unknown(a, b) / len(b), "not in per cent"),
        (lambda a: a, "called with training, test"),
        (printed, None),
    ],
    "M9.e1": [
        (_users, True),
        (lambda p, v, f: f / (p - v), "divided by 0"),
        (lambda p, v, f: f / (p - v) if p != v else None, "adds to the loss"),
        (lambda p, v, f: None if p <= v else f / p, "Each user also costs"),
        (lambda p, v, f: None if p <= v else f / p - v, "parentheses"),
        (lambda p, v, f: None if p <= v else math.ceil(f / (p - v)), "need not be whole"),
        (lambda p, v, f: None if p <= v else round(f / (p - v)), "whole number"),
        (lambda p, v, f: None if p <= v else f // (p - v), "// cuts"),
        (lambda p, v, f: 0 if p <= v else f / (p - v), "0 users"),
        (lambda p, v, f: math.inf if p <= v else f / (p - v), "None is wanted"),
        (lambda p, v, f: "None" if p <= v else f / (p - v), "without quotes"),
        (lambda p, v, f: None if p < v else f / (p - v), "divided by 0"),
        (lambda p, v, f: None if p <= v else f / (v - p), "sign"),
        (lambda p, v, f: None if p <= v else (f + v) / p, "not all users together"),
        (lambda p, v, f: None if p <= v else (p - v) / f, "upside down"),
        (lambda p, v, f: None if p <= v else f / v, "The users pay price"),
        (lambda p, v, f: None if p <= v else f / (p + v), "take one off the other"),
        (lambda p, v: p, "called with price, variable, fixed"),
        (printed, None),
    ],
    "M9.e2": [
        (lambda c: sum(n == 1 for n in c) / sum(c), True),
        (lambda c: Counter(c)[1] / sum(c), True),
        (lambda c: sum(n == 1 for n in c) / len(c), "number of beetles"),
        (lambda c: sum(n == 1 for n in c), "Divide it by the number of beetles"),
        (lambda c: 1 / (sum(c) + 1), "add-one"),
        (lambda c: len(c) / (sum(c) + len(c)), "for each species found"),
        (lambda c: 0, "come next"),
        (lambda c: 0.5, "the same for all"),
        (lambda c: sum(n == 1 for n in c) / (sum(c) + 1), "not among those counted"),
        (lambda c: 1 - sum(n == 1 for n in c) / sum(c), "that she has"),
        (lambda c: min(c) / sum(c), "rarest species"),
        (lambda c: 1 / len(c), "one of the species"),
        (lambda c: len(c) / sum(c), "All species"),
        (lambda c: [n == 1 for n in c], "One value is wanted"),
        (lambda c: c.count(1) / c, "do not go together"),
        (lambda: 1, "called with counts"),
        (printed, None),
    ],
}

ATTEMPTS = M1 | M2 | M3 | M4 | M5 | M6 | M7 | M8 | M9
