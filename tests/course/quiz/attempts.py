"""Typical wrong attempts at the exercises and the code questions, and what a learner must be told about each.

Question → list of (attempt, words of the verdict). Words of ``True`` mean that the attempt is right, ``None`` that there
is no verdict.
"""

import math
import statistics
from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

__all__ = ["ATTEMPTS"]

# ruff: noqa: E731, B023


def loop(*arguments):
    while True:
        pass


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
        (_pop, "put back"),
        (printed, None),
        (loop, None),
        (_overwrites, "changes bag"),
        (lambda b, p: sorted(b[i] for i in p), "another order"),
        (lambda b, p: list(dict.fromkeys(b[i] for i in p)), "twice"),
        (lambda b: b, "called with bag, picks"),
        (lambda b, p, n: b, "called with bag, picks"),
        (lambda b, p: [p[i] for i in b], "one place at a time"),
        (lambda b, p: [b[i] for i in range(len(p))], "old bag"),
        (lambda b, p: [b[i] for i in p[:-1]], "too few, at the end"),
        (lambda b, p: [b[i] for i in p[1:]], "too few, at the beginning"),
        (lambda b, p: [[b[i]] for i in p], "nested"),
        (lambda b, p: [b[i] for i in p][::-1], "from the last to the first"),
        (lambda b, p: list(zip(p, b, strict=True)), "lists inside"),
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
        (lambda l, p, o: (o + [l[i] for i in p])[: len(l)], True),
        (lambda l, p, o: o + [(o + l)[i] for i in p], "not in both"),
        (lambda l, p, o: o + p, "themselves"),
        (lambda l, p, o: o + l, "whole last hour"),
        (lambda l, p, o: o, "as it was given"),
        (lambda l, p, o: o + (l[i] for i in p), "put list(…) around"),
        (lambda l, p, o: sorted(o + [l[i] for i in p]), "another order"),
        (lambda l, p, o: {*o, *(l[i] for i in p)}, "a set"),
        (lambda l, p, o: list(dict.fromkeys(o + [l[i] for i in p])), "twice"),
        (lambda l, p, o: o + [l[i - 1] for i in p], "first song has place 0"),
        (lambda l, p: l, "called with last_hour, picks, originals"),
        (lambda l, p, o: o + l[p], "one place at a time"),
        (printed, None),
        (loop, None),
    ],
    "M1.06": [
        (lambda b, r: _words(b, r, first=False), "generation 0"),
        (lambda b, r: [len(set(b))] + [len({b[i] for i in p}) for p in r], "drawn from the real one"),
        (lambda b, r: [len(b)] * (len(r) + 1), "counts slips"),
        (lambda b, r: _words(b, r)[-1], "One value"),
        (lambda b, r: [len(set(p)) for p in r], "generation 0"),
        (lambda b, r: [len(set(b))] + [len(set(p)) for p in r], "numbers on the picks"),
        (lambda b, r: _words(b, r)[:-1], "at the end"),
        (lambda b, r: [len(set(b)) for p in r], ""),
        (lambda b, r: (n for n in _words(b, r)), "list(…)"),
        (lambda b, r: [str(n) for n in _words(b, r)], "texts in the list"),
        (lambda b, r: [n - 1 for n in _words(b, r)], "too small"),
        (lambda b, r: [b, *r], "lists inside"),
        (lambda b, r: sorted(_words(b, r)), "from the last to the first"),
        (lambda b, r: [set(b)], "set"),
        (printed, None),
        (loop, None),
    ],
}


def _words(bag, rounds, first=True):
    found = [len(set(bag))] if first else []
    for picks in rounds:
        bag = [bag[i] for i in picks]
        found.append(len(set(bag)))
    return found
ATTEMPTS = M1
