# %% [markdown]
# # M3 · Losing the tails
#
# **Questions.** When does a model forget a word? Does it matter which word it is? Which losses come from finite
# samples, and which from the model?
#
# **Objectives.** After this lesson you can
#
# * compute from its count how long a word is likely to live;
# * read a run in which some words are still alive;
# * say where a count model is the same as a population of genes, and where the likeness ends;
# * tell the three errors apart by switching on one at a time.
#
# **Minutes.** 55: reading 20, doing 35. The deeper parts take 10 more.
#
# **You need.** [Median, logarithms, functions and loops](../docs/bridge.md), and M1.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np

from collapse_edu import Categorical, History, ensemble, keep_run, measures, run, theory
from collapse_edu import anchor, mix, replace
from collapse_edu.datasets import moby_dick
from collapse_edu.course.desk.bar import Bar
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import TailsExplorer
from collapse_edu.plots import plot_forgetting, plot_lines
from collapse_edu.course.quiz import (
    ask,
    check,
    explain,
    hint,
    predict,
    said,
    solution,
    welcome,
)

welcome("M3")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M1](M1_telephone_game.ipynb) and [M2](M2_gaussian_collapse.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M1.02", again=True)

# %% tags=["core", "retrieval"]
ask("M2.01", again=True)

# %% [markdown] tags=["core"]
# ## A whole book in a bag
#
# The bag of M1 grows: it now holds all of *Moby-Dick*. A different word is a **[type](../docs/glossary.md#type)**. The
# [model](../docs/glossary.md#model) learns how often each type came, and writes as many words as the book has, each one
# drawn with these chances. It knows no order of words. So only counts matter, and everything can be computed.
#
# Most types are rare. They are the *tail* of the counts.

# %% tags=["core"]
book = moby_dick()
words = np.asarray(book.vocabulary)
counts = np.bincount(book.tokens, minlength=len(words))
n = counts.sum()
print(f"{n:,} words, {len(counts):,} types")
print(f"{(counts == 1).sum():,} types came once, {(counts == 10).sum():,} came ten times")
some = ["dream", "ramadan", "until", "whale"]
print(", ".join(f"{word}: {counts[words == word][0]}" for word in some))

# %% [markdown] tags=["core"]
# ## Idea 1: When is a word forgotten?
#
# A type is *lost* in the first [generation](../docs/glossary.md#generation) whose text lacks it. Under
# *[replace](../docs/glossary.md#replace)* no later model can know it: it is forgotten. This generation is its *date*.

# %% tags=["core", "predict"]
predict("M3.p1")

# %% [markdown] tags=["core", "run"]
# Play the film. Each dot on the left is a group of types with nearly the same count; dotted is the theory.

# %% tags=["core", "run", "explorer"] instructor="Ask before the film starts: which dots fall first, and does the curve keep its shape? It moves to the right with constant speed on the log axis of t."
TailsExplorer(generations=50)

# %% [markdown] tags=["core", "run"]
# Now the dates. Each point is a type of one [chain](../docs/glossary.md#chain), the line is the median by theory, the grey
# area holds 90 % of the dates. Types that are alive at the end of the run are the triangles on top.


# %% tags=["core", "run"]
def dates_in_a_chain(seed, generations=100):
    """Return the generation in which each type is lost; infinity for the living."""
    dates = np.full(len(counts), np.inf)
    chain = ensemble.categorical_counts(
        counts, replace, chains=1, rng=np.random.default_rng(seed)
    )
    for step in islice(chain, generations):
        dates[(step.survival == 0) & np.isinf(dates)] = step.t
    return dates


dates = np.array([dates_in_a_chain(seed) for seed in range(8)])
different = np.unique(counts)
median, early, late = (
    theory.drift.forgetting_time(different, quantile) for quantile in (0.5, 0.05, 0.95)
)
plot_forgetting(
    counts,
    dates[0],
    100,
    theory=(different, median),
    band=(early, late),
    title="Dates of one chain, and their median by theory",
    prediction=None if said("M3.p1") is None else (10, said("M3.p1")),
)

# %% tags=["core", "run"]
for count in (1, 5, 10, 20):
    low, middle, high = (
        theory.drift.forgetting_time(count, quantile) for quantile in (0.05, 0.5, 0.95)
    )
    found = np.median(dates[:, counts == count])
    print(
        f"count {count}: median date {found:.0f} in eight chains, {middle} by theory; "
        f"90 % of the dates from {low} to {high}"
    )
for t in (10, 40):
    off = 2 / t / theory.drift.survival_rate(t) - 1
    print(f"2c/t is {off:.0%} more than it should be at t = {t}")

# %% tags=["core", "explain"]
explain("M3.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why 2.9 times.** The chance to be lost by generation $t$ is about $e^{-2c/t}$ for a type with count $c$: a result on
# family trees, where each copy has one child on average. (The exponent is 16 % too large at $t = 10$, 5 % at $t = 40$.) It
# is one half at $t = 2c/\ln 2 = 2.9\,c$, a little earlier for small counts. For count 10, 90 % of the dates lie between 6 and 388. The count gives the odds. It
# does not give the date.
#
# </details>

# %% [markdown] tags=["core"]
# ### Words that are still alive
#
# The date of a type that is still alive at the end is *[censored](../docs/glossary.md#censored-date)*: all we know is that
# it is later. Take the types that came 25 to 34 times, and two medians.

# %% tags=["core"]
chosen = dates[0][(counts >= 25) & (counts < 35)]
lost = chosen[np.isfinite(chosen)]
print(f"{len(chosen)} types, {len(lost)} lost by generation 100")
print(f"median date of the lost ones: {np.median(lost):.0f}")
print(f"median date of all, the living ones last: {np.median(chosen):.0f}")
print(f"theory for count 29: {theory.drift.forgetting_time(29)}")

# %% [markdown] tags=["core"]
# Leave out the living, and every word looks short-lived. The median of all needs none of their dates.
#
# ### Keep the real data
#
# The switch again. What happens to the dots on the left when the real text stays in the training set?

# %% tags=["core", "explorer", "real-data"]
TailsExplorer(generations=50, regime="anchor")

# %% [markdown] tags=["core"]
# They stay: the real text gives each word a new chance. Nothing is lost for good here, only missed.
#
# ## Idea 2: Which of two words lives longer?
#
# *Until* is part of the language. *Ramadan* belongs to one chapter. Both came ten times.

# %% tags=["core", "predict"]
predict("M3.p2")

# %% [markdown] tags=["core", "run"]
# For the fate of three words it makes no difference which others there are. So all others are put together here.

# %% tags=["core", "run"]
three = ["dream", "ramadan", "until"]
own = [counts[words == word][0] for word in three]
chains = ensemble.categorical_counts(
    [*own, n - sum(own)], replace, chains=20_000, rng=np.random.default_rng(6)
)
step = next(islice(chains, 29, None))  # generation 30
for word, alive in zip(three, step.survival, strict=False):
    print(f"{word}: alive in {alive:.0%} of 20,000 chains")
print(f"theory for count 10: {theory.drift.probability_alive(10, 30, n):.0%}")

# %% tags=["core", "explain"]
explain("M3.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# The model draws words one by one; what a word means, or where it stood, plays no part. This
# model was known long before language models: it is the *[genetic drift](../docs/glossary.md#drift)* of Wright and
# Fisher, formula for formula. In both, for example, the chance that two draws differ falls by the factor $1 - 1/n$ in
# each generation.
#
# </details>

# %% tags=["core", "explain"]
table_of(
    [
        ("gene copy, allele", "word of the text, type"),
        ("population of size n", "text of n words"),
        (
            "neutral: no allele has an advantage",
            "each word of the text has the same chance",
        ),
        ("drift: frequencies wander", "shares of types wander"),
        ("extinction, fixation", "a type is forgotten, one type is left"),
        ("heterozygosity", "chance that two words differ"),
        ("migration, mutation", "fresh real data, new words"),
        ("selection", "temperature, curation: no longer neutral"),
    ],
    columns=["population genetics", "a model that learns from its own text"],
)

# %% [markdown] tags=["core", "explain"]
# **Where the likeness ends.** A model that samples at low [temperature](../docs/glossary.md#temperature), or whose texts
# are curated, favours some words: this is selection, and the neutral formulas no longer hold (M5, M7). The word
# "inbreeding" is a metaphor: no genes are paired here.

# %% [markdown] tags=["core"]
# ## Idea 3: Which error does what?
#
# Shumailov et al. name three sources of error, with an example of each. So far: only the first.
#
# * **[statistical error](../docs/glossary.md#statistical-error)**: the text is finite. Off: chances are passed on as they are.
# * **[functional](../docs/glossary.md#functional-error) expressivity error**: the model has no room for types that came
#   once or twice.
# * **functional approximation error**: learning misses the best fit. Here it stops early, and keeps 2 % of its first
#   guess, "all types are equally likely".

# %% tags=["core", "predict"]
predict("M3.p3")


# %% [markdown] tags=["core", "run"]
# We count the types that one text of n words would show. With no error these are 14,607 of 18,318; the model keeps the
# others.


# %% tags=["core", "run", "open"]
def chain(finite, no_room, stops_early, generations=20, rng=None):
    """Return (types that a text of n words shows, share of words that were rare) for each generation."""
    shares, seen = counts / n, []
    for _ in range(generations):
        if no_room:
            shares = np.where(shares * n > 2.5, shares, 0)
            shares = shares / shares.sum()
        if stops_early:
            shares = 0.98 * shares + 0.02 / len(shares)
        seen.append(((1 - (1 - shares) ** n).sum(), shares[counts <= 5].sum()))
        if finite:
            shares = rng.multinomial(n, shares) / n
    return np.array(seen)


# %% tags=["core", "run"]
settings = {
    "none": (False, False, False),
    "statistical": (True, False, False),
    "expressivity": (False, True, False),
    "approximation": (False, False, True),
    "all three": (True, True, True),
}
seen = {
    name: np.stack([chain(*on, rng=np.random.default_rng(seed)) for seed in range(8)])
    for name, on in settings.items()
}
t = [1, 2, 5, 10, 20]
plot_lines(
    t,
    {name: runs[:, np.array(t) - 1, 0].T for name, runs in seen.items()},
    label="different words in a text",
    title="One error at a time, and all three together",
)

# %% tags=["core", "run"]
rare = counts[counts <= 5].sum() / n
print(f"share of the real text that is rare words (count 5 or less): {rare:.0%}")
for name, runs in seen.items():
    types, share = np.median(runs[:, :, 0], axis=0), np.median(runs[:, :, 1], axis=0)
    print(
        f"{name}: {types[0]:,.0f} words at t = 1, {types[-1]:,.0f} at t = 20; rare words fill {share[-1]:.0%}"
    )

# %% tags=["core", "explain"]
explain("M3.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Three signatures.** The *statistical* error loses words in each generation. But words that were rare still fill 13 % of
# the text: a few lucky ones took the places. The *expressivity* error loses its words at once, and no more later. The *approximation* error loses no word here. It pulls the text towards the first guess: rare words fill 35 % in
# generation 20. *All three* are no sum: stopping early gives each word a little chance back.
#
# </details>

# %% [markdown] tags=["core"]
# ### Keep a run
#
# M6 asks by which definition these texts collapsed. So the next cell keeps a run in the folder of your answers.

# %% tags=["core"]
measured = {
    "test_error": measures.lost_mass,  # share of the real text whose types are gone
    "types_alive": measures.types_alive,
    "heterozygosity": measures.heterozygosity,  # how often two words differ
    "unseen_mass": measures.unseen_mass,  # share of the text that is invented
}
settings = {"generations": 12, "chains": 8, "measures": measured, "seed": 1}
kept = [
    run(Categorical(), book.source, regime, progress=Bar(), **settings)
    for regime in (replace, anchor)
]
print(keep_run("M3", History.together(*kept)))

# %% [markdown] tags=["core"]
# ## Your turn
#
# **1. Dates.** `alive` is a list of rows, one for each generation from 1 on; a row has True for each word that is there.
# Return for each word the first generation in which it is missing, or `None`. Stuck? Say `hint("M3.e1")`.


# %% tags=["core", "exercise"]
def dates_of(alive):
    """Return for each word the generation in which it is lost, None for the living."""
    dates = []
    for word in range(len(alive[0])):
        dates.append(...)
    return dates


# %% tags=["core", "check"]
check("M3.e1", dates_of)

# %% [markdown] tags=["core"]
# **2. Lamps.** A factory tests lamps for a thousand hours. `hours` holds the life of each lamp, and `None` for a lamp that
# still burns at the end. Return the median life of all lamps, or `None` if it cannot be known. (The number of lamps is
# odd.)


# %% tags=["core", "exercise", "transfer"]
def median_life(hours):
    """Return the median life of all lamps, None if it is later than the end of the test."""
    return ...


# %% tags=["core", "check"]
check("M3.e2", median_life)

# %% [markdown] tags=["deeper"]
# ## Deeper: A library of twenty documents
#
# Small populations drift fast. Twenty documents, all different; the next generation of the library is twenty draws from
# it. When is only one document left?

# %% tags=["deeper"]
one_left = []
for size in (10, 20, 50):
    history = ensemble.categorical(
        np.ones(size, dtype=int), replace, generations=40 * size, chains=2000, seed=size
    )
    times = (history["types_alive"] > 1).sum(axis=0) + 1
    one_left.append(
        {
            "documents": size,
            "mean generations": times.mean(),
            "standard error": times.std(ddof=1) / np.sqrt(len(times)),
            "theory": theory.fixation.expected_single_type_time(
                np.full(size, 1 / size), size
            ),
            "limit": theory.fixation.diffusion_single_type_time(size, size),
        }
    )
table_of(one_left, digits=1)

# %% [markdown] tags=["deeper"]
# About twice the number of documents. Theory is exact; the limit is for large libraries.
#
# ## Deeper: Fresh data, and new words
#
# With a few fresh tokens in each generation, the [heterozygosity](../docs/glossary.md#heterozygosity) falls to a level
# above 0 and stays: what drift takes, fresh data bring back. *[Mix](../docs/glossary.md#mix)* with a share of 5 %:

# %% tags=["deeper"]
start = np.full(20, 5)  # twenty words, five copies each
history = ensemble.categorical(start, mix(0.05), generations=200, chains=2000, seed=3)
level = history["heterozygosity"][-1]
error = level.std(ddof=1) / np.sqrt(len(level))
limit = (1 - 1 / 100) * theory.fixation.mix_heterozygosity_limit(0.95, 100, 5)
print(f"mix(0.05), generation 200: {level.mean():.3f} ± {error:.3f}")
print(f"theory, in the long run: {limit:.3f}; real data: 0.950")
rate = 0.01
equal = theory.fixation.mutation_identity_limit(100, rate)
print(
    f"one new word in a hundred: two words are equal with chance {equal:.2f}, in the long run"
)

# %% [markdown] tags=["deeper"]
# ## Deeper: How far from the truth, in one number?
#
# The distance $\chi^2 = \sum (q_i - p_i)^2 / p_i$ between the shares now and at the start. Its mean under replace is
# $(K - 1)[1 - (1 - 1/n)^t]$ for K words, whatever their shares are. And Suresh et al. bound the number of words that live:

# %% tags=["deeper"]
p, rng, rows = np.arange(1, 51.0) ** -1, np.random.default_rng(6), []
p /= p.sum()
shares = np.tile(p, (4000, 1))
for t in range(1, 51):
    shares = rng.multinomial(200, shares) / 200
    if t in (5, 20, 50):
        distance = ((shares - p) ** 2 / p).sum(axis=1)
        low, high = theory.bounds.types_bounds(t, 200, p)
        rows.append(
            {
                "generation": t,
                "distance": distance.mean(),
                "standard error": distance.std(ddof=1) / np.sqrt(4000),
                "theory": theory.drift.expected_chi_square(t, 200, 50),
                "words": (shares > 0).sum(axis=1).mean(),
                "lower bound": low,
                "upper bound": high,
            }
        )
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# The lower bound is close, the upper one only for rare words and early generations. In the end one word is left. If its
# share was p, the distance is $1/p - 1$: from 3.5 to 224 here, 49 on average.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M3")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M3")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * Under *replace*, a count model forgets a type after about 2.9 times its count, in the median. Single dates spread
#   widely.
# * Equal counts, equal odds: the loss is neutral drift. It favours no word, and it takes the rare ones first.
# * Leave out the living, and every lifetime looks too short.
# * Finite samples lose words in every generation; too little room loses them once; learning that stops early loses none
#   here, and is pulled towards its first guess.
#
# ## Where this comes from
#
# * **Wright (1931), Fisher (1930)**: the binomial chain of counts, fixation, heterozygosity.
# * **Suresh et al. (2025)**, AISTATS: the time to forget a word grows in proportion to its count. They study counts under
#   replace, as we do, not language models.
# * **Shumailov et al. (2024)**, *Nature* 631: the three errors, and the examples that our two functional ones follow: a
#   model that gives no likelihood to a part of what is real, and a learning procedure with a bias. Of the expressivity
#   error they write that without the other two it "can only occur at the first generation": so it does here. They speak
#   of neural networks; counts, and the numbers, are ours.
# * **Gerstgrasser et al. (2024)**, COLM: with accumulated data the loss is bounded in their settings.
#
# ## Next
#
# Test yourself: [Q3](../quizzes/Q3_losing_the_tails.ipynb), eleven questions with your own numbers. Then
# [M4 · Image collapse](M4_image_collapse.ipynb): the same loss, where no counts can be seen.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
