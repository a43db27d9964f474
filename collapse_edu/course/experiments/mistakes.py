"""Common mistakes, each as an experiment of a second or two that shows it.

Each function runs one and returns a :class:`Experiment`: what was believed, what comes out, what to do instead.
"""

from dataclasses import dataclass
from html import escape
from itertools import islice

import numpy as np
import pandas as pd
from scipy.stats import norm

from collapse_edu import checks, datasets, ensemble, theory
from collapse_edu.checks import integer, number
from collapse_edu.loop import regimes
from collapse_edu.production.decision import share_of_weights
from collapse_edu.production.value import value_from_rank

__all__ = [
    "Experiment",
    "average_user",
    "deduplicated",
    "evaluated_on_synthetic",
    "more_of_the_same",
    "one_seed",
    "weights_afterwards",
]


@dataclass(frozen=True, eq=False)
class Experiment:
    """A mistake, and what an experiment shows of it.

    Attributes
    ----------
    mistake, instead : str
        What was done, and what to do instead.
    table : pandas.DataFrame
        What comes out; numbers.
    shown : pandas.DataFrame
        The same, rounded, as text.
    """

    mistake: str
    instead: str
    table: pd.DataFrame
    shown: pd.DataFrame

    def __repr__(self) -> str:
        return f"“{self.mistake}”\n{self.shown.to_string()}\nInstead: {self.instead}"

    def _repr_html_(self) -> str:
        return (
            f"<p><b>“{escape(self.mistake)}”</b></p>{self.shown.to_html(border=0)}"
            f"<p><b>Instead:</b> {escape(self.instead)}</p>"
        )


def evaluated_on_synthetic(n: int = 20_000, generations: int = 20, chains: int = 20, seed: int = 0) -> Experiment:
    """Show what a test set of model text says about models that lose words.

    Under replace, models of word counts are tested twice: on real text, and on text of the model before, of which one
    part is for training and another part for the test. The score is the share of words that the model does not know.

    Parameters
    ----------
    n : int
        Words of each text, from *Moby-Dick*.
    generations, chains : int
    seed : int

    Returns
    -------
    Experiment
        Table: index generation; columns real test, synthetic test (means of the chains).

    Examples
    --------
    >>> evaluated_on_synthetic(generations=5).table.loc[[1, 5]].round(3)
       real test  synthetic test
    1      0.148           0.148
    5      0.241           0.021
    """
    tokens = datasets.moby_dick().tokens
    book, rng = np.bincount(tokens) / len(tokens), np.random.default_rng(checks.seed(seed))
    n, chains, generations = integer("n", n, 1), integer("chains", chains, 1), integer("generations", generations, 1)
    real = rng.multinomial(n, book, size=chains)
    steps = ensemble.categorical_counts(real, regimes.replace, chains=chains, rng=rng)
    before, rows = np.broadcast_to(book, real.shape), []
    for step in islice(steps, generations):
        trained = _dense(step)
        unknown = trained == 0
        rows.append(((unknown * book).sum(axis=1).mean(), (unknown * before).sum(axis=1).mean()))
        before = trained / n
    table = pd.DataFrame(rows, columns=["real test", "synthetic test"], index=range(1, generations + 1))
    shown = table.loc[_spread(generations)].map("{:.1%}".format)
    return Experiment(
        "We test each model on text of the last one, held out.",
        "Test on real rows that no model learned from. Keep them for all models.",
        table,
        shown,
    )


def _dense(step):
    """Return the training counts of all types, shape (chains, n_types)."""
    full = np.zeros((len(step.training), step.n_types), dtype=int)
    np.put_along_axis(full, np.broadcast_to(step.types, step.training.shape), step.training, axis=1)
    return full


def deduplicated(n: int = 20_000, generations: int = 10, chains: int = 20, seed: int = 0) -> Experiment:
    """Show what deduplication does to word counts in a recursive loop.

    Three chains of count models: no deduplication; each training set deduplicated, texts of the same length; each
    training set deduplicated, and the next text as long as what is left.

    Parameters
    ----------
    n : int
        Words of the first text, the beginning of *Moby-Dick*.
    generations, chains : int
    seed : int

    Returns
    -------
    Experiment
        Table: index way; columns different words, rare words left (count 1 or 2), 50 commonest words (share of the
        text), in the last generation; means of the chains.

    Examples
    --------
    >>> deduplicated(generations=5, chains=5).table.round(2)
                         different words  rare words left  50 commonest
    no deduplication              1774.6             0.31          0.45
    same length                   4082.0             0.96          0.01
    as long as the rest            436.6             0.10          0.01
    """
    counts = np.unique(datasets.moby_dick().tokens[: integer("n", n, 100)], return_counts=True)[1]
    generations, chains = integer("generations", generations, 1), integer("chains", chains, 1)
    rng = np.random.default_rng(checks.seed(seed))
    rare, common = counts <= 2, np.argsort(-counts, kind="stable")[:50]
    ways = {"no deduplication": (False, False), "same length": (True, False), "as long as the rest": (True, True)}
    rows = []
    for unique, shrinks in ways.values():
        last = np.array([_chain(counts, unique, shrinks, generations, rng) for _ in range(chains)])
        surviving = last > 0
        share = last[:, common].sum(axis=1) / last.sum(axis=1)
        rows.append((surviving.sum(axis=1).mean(), surviving[:, rare].mean(), share.mean()))
    table = pd.DataFrame(rows, index=list(ways), columns=["different words", "rare words left", "50 commonest"])
    shown = pd.DataFrame(
        {
            "different words": table["different words"].map("{:,.0f}".format),
            "rare words left": table["rare words left"].map("{:.0%}".format),
            "50 commonest words": table["50 commonest"].map("{:.0%} of the text".format),
        }
    )
    return Experiment(
        "We deduplicate each training set, so it stays varied.",
        "Look at what it does to counts and to the number of rows. Keep the counts, or give them back as weights.",
        table,
        shown,
    )


def _chain(counts, unique, shrinks, generations, rng):
    n = counts.sum()
    for _ in range(generations):
        training = np.minimum(counts, 1) if unique else counts
        counts = rng.multinomial(training.sum() if shrinks else n, training / training.sum())
    return counts


def one_seed(
    worse: float = 0.05, better: float = 0.1, n: int = 100, generations: int = 20, seed: int = 0
) -> Experiment:
    """Show how often a comparison with few seeds picks the worse of two settings.

    Gaussian chains with fresh real rows: ``mix(worse)`` against ``mix(better)``. The score is the median squared
    distance to the real distribution, over as many seeds as are run.

    Parameters
    ----------
    worse, better : float
        Shares of fresh real rows.
    n, generations : int
    seed : int

    Returns
    -------
    Experiment
        Table: index seeds of each setting; column wrong (share of the comparisons).

    Examples
    --------
    >>> one_seed().table.loc[[1, 20]].round(2)
        wrong
    1    0.38
    20   0.12
    """
    most, comparisons = 50, 4000
    seed = checks.seed(seed)
    scores = [
        ensemble.gaussian(
            regimes.mix(share), n=n, generations=generations, chains=most * comparisons, seed=seed + place
        )["squared_w2"][-1].reshape(comparisons, most)
        for place, share in enumerate((worse, better))
    ]
    rows = {}
    for seeds in (1, 5, 20, most):
        # each group of seeds is one comparison
        groups = [score[:, : most // seeds * seeds].reshape(-1, seeds) for score in scores]
        bad, good = (np.median(group, axis=1) for group in groups)
        rows[seeds] = (bad < good).mean()
    table = pd.DataFrame({"wrong": rows})
    shown = table.map("{:.0%}".format).rename(columns={"wrong": "picked the worse one"})
    return Experiment(
        "We ran each setting once, and took the better one.",
        "Run both with many seeds, and compare medians with bands.",
        table,
        shown.rename_axis("seeds of each"),
    )


def average_user(
    price: float = 1.5, cost_per_request: float = 0.0125, mean_requests: float = 20.0, spread: float = 1.5
) -> Experiment:
    """Show what the cost of the average user hides if a few users ask very much and all pay the same.

    Requests of a user have a log-normal distribution.

    Parameters
    ----------
    price : float
        What each user pays in a month.
    cost_per_request, mean_requests : float
        Above 0.
    spread : float
        Standard deviation of the log of the requests, above 0. Assumed.

    Returns
    -------
    Experiment
        Table of one row: mean cost, median cost, users that cost more than they pay, their share of all costs.

    Examples
    --------
    The mean user costs a sixth of the price, yet some users cost more than it:

    >>> average_user().table.round(3)
       mean cost  median cost  users at a loss  their share of costs
    0       0.25        0.081            0.026                 0.328
    """
    given = {"price": price, "cost_per_request": cost_per_request, "mean_requests": mean_requests, "spread": spread}
    price, cost, mean, spread = (number(name, value, 0, np.inf, open_low=True) for name, value in given.items())
    centre = np.log(mean) - spread**2 / 2
    edge = (np.log(price / cost) - centre) / spread  # of the requests that the price pays for
    table = pd.DataFrame(
        {
            "mean cost": [cost * mean],
            "median cost": [cost * np.exp(centre)],
            "users at a loss": [norm.sf(edge)],
            "their share of costs": [norm.sf(edge - spread)],
        }
    )
    shown = pd.DataFrame(
        {
            "mean cost of a user": table["mean cost"].map("{:.2f}".format),
            "median": table["median cost"].map("{:.2f}".format),
            "users who cost more than they pay": table["users at a loss"].map("{:.1%}".format),
            "their share of all costs": table["their share of costs"].map("{:.0%}".format),
        }
    ).set_axis([""])
    return Experiment(
        "The average user is profitable, so the price is right.",
        "Look at the tail of the users: a limit, or a price for requests.",
        table,
        shown,
    )


def more_of_the_same(rows: int = 1000, n: int = 10_000, n_types: int = 100_000, exponent: float = 1.5) -> Experiment:
    """Show what bought real rows are worth if they are taken from everywhere, from the tail, and from too deep a tail.

    Parameters
    ----------
    rows : int
        Rows that are bought.
    n : int
        Real rows that the model learned from before.
    n_types, exponent
        Of the Zipf distribution of types.

    Returns
    -------
    Experiment
        Table: index first rank; column worth (lost mass that the rows take away, all together).

    Examples
    --------
    >>> more_of_the_same().table["worth"].round(5)
    1        0.00137
    196      0.01077
    50000    0.00002
    Name: worth, dtype: float64
    """
    p = theory.tails.zipf_law(n_types, exponent)
    starts = [1, round((p > 1 / n).sum() * 0.8), n_types // 2]
    worth = rows * value_from_rank(p, starts, rows=rows, n=n)
    table = pd.DataFrame({"worth": worth}, index=starts)
    shown = pd.DataFrame(
        {
            "rows from": ["everywhere", f"rank {starts[1]:,} on", f"rank {starts[2]:,} on"],
            "requests newly understood": table["worth"].map("{:.3%}".format).tolist(),
        }
    )
    return Experiment(
        "We bought more real rows like those we have.",
        "Buy where the model just stops knowing: types that occurred about once in its training set.",
        table,
        shown.set_axis([""] * 3),
    )


def weights_afterwards(seed: int = 0) -> Experiment:
    """Show how many options can be made to win, if the weights are chosen after the scores are known.

    Parameters
    ----------
    seed : int

    Returns
    -------
    Experiment
        Table: index option; column share (of all weightings for which it comes first).

    Examples
    --------
    >>> weights_afterwards().table["share"].round(2).head(3)
    traditional software       0.43
    rules                      0.37
    bought generative model    0.10
    Name: share, dtype: float64
    """
    table = pd.DataFrame({"share": share_of_weights(seed=seed)})
    shown = table.map("{:.0%}".format).rename(columns={"share": "first, of all weightings"})
    return Experiment(
        "We scored the options, and then agreed on the weights.",
        "Agree on the weights before anybody sees a score. Say which weights would change the choice.",
        table,
        shown,
    )


def _spread(last):
    """Return up to five generations from 1 to the last one."""
    return sorted({1, 2, 5, 10, last} & set(range(1, last + 1)))
