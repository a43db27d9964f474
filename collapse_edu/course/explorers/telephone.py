"""The explorer of M1: the telephone game, with a coin or with a bag of words."""

from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu import datasets, ensemble, theory
from collapse_edu.checks import integer
from collapse_edu.course.explorers.controls import (
    REGIMES,
    chains_dropdown,
    dropdown,
    generations_slider,
    seed_box,
    slider_with_box,
    switch,
)
from collapse_edu.course.explorers.explorer import Explorer, written
from collapse_edu.course.films import Film, Trace, bag_film
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import milestones

__all__ = ["Game", "TelephoneExplorer", "bag_of"]

_LARGEST = 100  # words in a bag


def bag_of(name: str, n: int) -> tuple[list[str], NDArray[np.int_]]:
    """Return the words of a bag, the commonest first, and how often each is in it.

    Parameters
    ----------
    name : {"coin", "moby-dick"}
        n tosses of a coin, half of them heads; or the first n words of *Moby-Dick*.
    n : int
        Size of the bag, from 2 to 100.

    Returns
    -------
    words : list of str
    counts : ndarray of int, shape (len(words),)

    Raises
    ------
    TypeError, ValueError
        If the bag has another name, or n is out of range.

    Examples
    --------
    >>> bag_of("coin", 10)
    (['heads', 'tails'], array([5, 5]))
    >>> words, counts = bag_of("moby-dick", 100)
    >>> len(words), words[:4], counts[:4]
    (69, ['i', 'the', 'and', 'whenever'], array([6, 6, 5, 4]))
    """
    n = integer("n", n, 2, _LARGEST)
    if name not in ("coin", "moby-dick"):
        raise ValueError(f'name must be "coin" or "moby-dick"; got {name!r}')
    if name == "coin":
        return ["heads", "tails"], np.array([n // 2, n - n // 2])
    types, first, counts = np.unique(_opening()[:n], return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))  # as often: the one that comes first in the book
    return [str(word) for word in types[order]], counts[order]


@cache
def _opening():
    book = datasets.moby_dick()
    return [book.vocabulary[i] for i in book.tokens[:_LARGEST]]


@dataclass(frozen=True, eq=False)
class Game:
    """What the explorer computes: many games of telephone.

    Attributes
    ----------
    history : History
        Measures ``types_alive`` and ``first_share`` (of the first word: heads) of what each model drew.
    words : list of str
    bags : ndarray of int, shape (generations + 1, len(words))
        The bags of chain 0; the first row is the real bag.
    """

    history: History
    words: list[str]
    bags: NDArray[np.int_]

    @property
    def of_coin(self) -> bool:
        """Whether it is played with a coin."""
        return len(self.words) == 2

    @property
    def values(self) -> NDArray[np.float64]:
        """The share of heads, or how many different words were drawn, shape (generations, chains)."""
        return self.history["first_share" if self.of_coin else "types_alive"]


class TelephoneExplorer(Explorer[Game]):
    """Explore the telephone game: the bag, its size, generations, chains, regime, seed.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects in the last generation: different words left, or the share of heads; it is drawn.
    **settings
        Values that the controls start from: bag ("coin" or "moby-dick"), n (10-100), generations (5-100), chains (1,
        10, 100 or 1000), regime ("replace", "accumulate", "anchor", "preserve(0.1)"), seed.

    Examples
    --------
    >>> explorer = TelephoneExplorer(bag="moby-dick", n=100, generations=20, chains=1000)
    >>> explorer.table(explorer.result)[["generation", "mean", "theory: mean"]].tail(1)
        generation  mean theory: mean
    20          20  8.59         8.63
    """

    main = ("bag", "n", "regime")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        bags = {"a coin": "coin", "the first words of Moby-Dick": "moby-dick"}
        return {
            "bag": dropdown("bag", bags),
            "n": slider_with_box("draws n", value=10, low=10, high=_LARGEST),
            "generations": generations_slider(30),
            "chains": chains_dropdown(1, 10, 100, 1000, value=100),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(bag: str, n: int, generations: int, chains: int, regime: str, seed: int) -> Game:
        """Return the :class:`Game`: :func:`collapse_edu.ensemble.categorical_counts`, by the values of the controls."""
        words, counts = bag_of(bag, n)
        rng = np.random.default_rng(seed)
        steps = ensemble.categorical_counts(counts, REGIMES[regime], chains=chains, rng=rng)
        bags, alive, share = [counts], [], []
        for step in islice(steps, generations):
            types = np.broadcast_to(step.types, step.synthetic.shape)
            bags.append(np.bincount(types[0], weights=step.synthetic[0], minlength=len(words)).astype(int))
            alive.append(step.types_alive)
            share.append(np.where(types == 0, step.synthetic, 0).sum(axis=1) / n)
        values = {(regime, "types_alive"): np.array(alive), (regime, "first_share"): np.array(share)}
        settings = {"n_real": n, "generations": generations, "chains": chains, "seed": seed}
        return Game(History(values, settings), words, np.array(bags))

    def film(self, game: Game) -> Film:
        """Return the film of a game, with theory and prediction."""
        real = game.bags[0][0] / game.bags[0].sum() if game.of_coin else len(game.words)
        values = np.vstack([np.full(game.values.shape[1], real), game.values])
        trace = (
            Trace(values, "What happens to the share of heads", "share of heads", 1)
            if game.of_coin
            else Trace(values, "How many words are drawn", "different words drawn", 10 * -(-len(game.words) // 10))
        )
        return bag_film(
            game.words, game.bags, trace,
            regime=game.history.regimes[0], theory=self.expected(game), **self.said,
        )  # fmt: skip

    @staticmethod
    def expected(game: Game) -> NDArray[np.float64] | None:
        """Return the exact mean over all chains, where it is known; None elsewhere, and for a single chain.

        Parameters
        ----------
        game : Game

        Returns
        -------
        ndarray or None
            One value for each generation: the share of heads under every regime, the number of words under replace.
        """
        settings, real = game.history.settings, game.bags[0]
        if settings["chains"] == 1:
            return None
        if game.of_coin:
            return np.full(settings["generations"], real[0] / real.sum())
        if game.history.regimes[0] == "replace":
            return np.asarray(theory.drift.expected_types(real, np.arange(1, settings["generations"] + 1)))
        return None

    @staticmethod
    def describe(game: Game, t: int) -> str:
        """Return a sentence about generation t."""
        real, n = game.bags[0], game.history.settings["n_real"]
        if t == 0:
            what = f"{real[0]} heads and {real[1]} tails" if game.of_coin else f"{len(game.words)} different words"
            return f"Generation 0 is the real bag: {what} in {n} draws."
        regime = game.history.regimes[0]
        start = f"Generation {t} of {len(game.bags) - 1} under {regime}, n = {n}: "
        chains = game.history.settings["chains"]
        if game.of_coin:
            share = game.history["first_share"][t - 1]
            error = share.std(ddof=1) / np.sqrt(chains) if chains > 1 else 0
            start += f"chain 0 drew {game.bags[t][0]} heads"
            ended = np.mean((share == 0) | (share == 1))
            mean = f"{share.mean():.2f} ± {error:.2f}"  # with its standard error: so far it may be off by chance
            many = f"; the mean share of heads is {mean}, and {ended:.0%} of the chains show one side only"
        else:
            alive = game.history["types_alive"][t - 1]
            start += f"chain 0 drew {alive[0]:.0f} of {len(game.words)} words"
            many = f"; the mean of {chains:,} chains is {alive.mean():.1f}, from {alive.min():.0f} to {alive.max():.0f}"
        return start + (many if chains > 1 else "") + "."

    def table(self, game: Game) -> pd.DataFrame:
        """Return the numbers of a few generations, with theory beside them."""
        rows = milestones(1, len(game.values))
        values, theirs = game.values[rows - 1], self.expected(game)
        table = pd.DataFrame({"generation": rows}, index=rows)
        table["chain 0"] = written(values[:, 0], ".3g")
        if values.shape[1] > 1:
            table["mean"] = written(values.mean(axis=1), ".3g")
            table["lowest"] = written(values.min(axis=1), ".3g")
            table["highest"] = written(values.max(axis=1), ".3g")
        if theirs is not None:
            table["theory: mean"] = written(theirs[rows - 1], ".3g")
        return table

    @staticmethod
    def code(bag: str, n: int, generations: int, chains: int, regime: str, seed: int) -> str:
        """Return Python that gives the same numbers."""
        name = REGIMES[regime].family
        if bag == "coin":
            return (
                "from itertools import islice\n\n"
                "import numpy as np\n"
                f"from collapse_edu import ensemble, {name}\n"
                "from collapse_edu.course.explorers import bag_of\n\n"
                f'sides, counts = bag_of("coin", {n})\n'
                f"rng = np.random.default_rng({seed})\n"
                f"steps = ensemble.categorical_counts(counts, {regime}, chains={chains}, rng=rng)\n"
                f"heads = [np.where(step.types == 0, step.synthetic, 0).sum(axis=1) / {n} "
                f"for step in islice(steps, {generations})]\n"
                "np.mean(heads, axis=1)"
            )
        return (
            f"from collapse_edu import ensemble, {name}\n"
            "from collapse_edu.course.explorers import bag_of\n\n"
            f'words, counts = bag_of("{bag}", {n})\n'
            f"settings = dict(generations={generations}, chains={chains}, seed={seed})\n"
            f"history = ensemble.categorical(counts, {regime}, **settings)\n"
            'history["types_alive"].mean(axis=1)'
        )
