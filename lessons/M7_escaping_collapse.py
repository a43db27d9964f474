# %% [markdown]
# # M7 · Escaping collapse
#
# **Questions.** Which regime keeps what, in which kind of data? How many real samples are enough? How much weight do
# they deserve? What does selection do? And what does each way out cost?
#
# **Objectives.** After this lesson you can
#
# * read from a map which regime keeps enough, for which kind of data;
# * compute how many fresh real samples in each generation keep a given share of a variance;
# * find the best weight of fresh real data, and say what it presumes;
# * say what selection by a reward or a verifier does to the mean and the variance;
# * choose a remedy by what it keeps and what it costs.
#
# **Minutes.** 50: reading 28, doing 22. The deeper parts take 15 more.
#
# **You need.** [Mean, variance, median, functions and loops](../docs/bridge.md), and M2 to M6.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np
import pandas as pd

from collapse_edu import Curated, Gaussian, PCAMixture, Verified
from collapse_edu import datasets, ensemble, generations, run, theory
from collapse_edu.loop import regimes
from collapse_edu import accumulate, anchor, mix, preserve, replace, subsample
from collapse_edu.course.desk.bar import Bar
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import MixingExplorer, WeightExplorer
from collapse_edu.measures import Quality, fitted_mean, fitted_variance
from collapse_edu.plots import plot_map
from collapse_edu.course.quiz import ask, check, explain, hint, predict, solution, welcome
from collapse_edu.loop.source import FiniteData, KnownDistribution, normal

welcome("M7")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M2](M2_gaussian_collapse.ipynb) and [M5](M5_text_collapse.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M2.10", again=True)

# %% tags=["core", "retrieval"]
ask("M5.10", again=True)

# %% [markdown] tags=["core"]
# ## Six training sets
#
# | [regime](../docs/glossary.md#regime) | the next generation learns from |
# |---|---|
# | [replace](../docs/glossary.md#replace) | the last synthetic set |
# | [accumulate](../docs/glossary.md#accumulate) | the real set and all synthetic sets |
# | [subsample](../docs/glossary.md#subsample) | a random part of all these, as large as the real set |
# | [preserve](../docs/glossary.md#preserve)(0.1) | the last synthetic set, a tenth of it replaced by old real data |
# | [anchor](../docs/glossary.md#anchor) | the whole real set and the last synthetic set |
# | [mix](../docs/glossary.md#mix)(0.1) | the last synthetic set, a tenth of it replaced by *fresh* real data |
#
# ## Idea 1: Which regime keeps what?
#
# Three kinds of data: a normal law, handwritten digits, the words of *Moby-Dick*. Each regime runs for 12 generations.
# Kept is the value of generation 12 as a share of that of generation 1, in the median chain.

# %% tags=["core", "predict"]
predict("M7.p1")

# %% [markdown] tags=["core", "run"]
# First the normal law, 50 samples in each set. What is kept of the variance?

# %% tags=["core", "run"]
t = 12
six = [replace, accumulate, subsample, preserve(0.1), anchor, mix(0.1)]


def kept(values):
    """Return the median of the last generation, as a share of that of the first."""
    medians = np.median(values, axis=1)
    return medians[-1] / medians[0]


variance = {}
for regime in six:
    if regime is subsample:  # its sets share samples, so there are no exact draws
        history = run(Gaussian(), normal(50), regime, generations=t, chains=400, seed=1)
    else:
        history = ensemble.gaussian(regime, n=50, generations=t, chains=20_000, seed=1)
    variance[regimes.name(regime)] = kept(history["variance"])

# %% [markdown] tags=["core", "run"]
# Then the bag of words of M3, 20,000 words in each set. How many different words does a sample of 20,000 show?

# %% tags=["core", "run", "open"]
book = datasets.moby_dick()
law = np.bincount(book.tokens) / len(book.tokens)
real = np.random.default_rng(2).multinomial(20_000, law, size=8)  # one bag for each chain
words = {}
for regime in six:
    fresh = {"distribution": law} if regime is six[-1] else {}  # where mix gets fresh words
    history = ensemble.categorical(real, regime, generations=t, chains=8, seed=2, **fresh)
    words[regimes.name(regime)] = kept(history["types_alive"])

# %% [markdown] tags=["core", "run"]
# Last the ten normal laws of M4. They learn 500 digits; 600 wait as fresh ones;
# [coverage](../docs/glossary.md#coverage) is measured on the rest.

# %% tags=["core", "run"]
images = datasets.digits().rows
digits = FiniteData(images[:500], reserve=images[500:1100])
quality = Quality(reference=images[1100:])
coverage = {}
for regime in six:
    measured = {"coverage": quality.coverage}
    history = run(
        PCAMixture(),
        digits,
        regime,
        generations=t,
        chains=8,
        measures=measured,
        seed=3,
        progress=Bar(),
    )
    coverage[regimes.name(regime)] = kept(history["coverage"])

# %% [markdown] tags=["core", "run"]
# How much must be kept? You decide. Change `enough`, and run the cell again.

# %% tags=["core", "run"]
the_map = pd.DataFrame(
    {
        "normal law: variance": variance,
        "digits: coverage": coverage,
        "Moby-Dick: words in a sample": words,
    }
)

# %% tags=["core", "run", "open"] instructor="Let each team take a number of its own for enough before they see the map, and defend it: who would notice a loss of 5 %, of 20 %?"
enough = 0.9
whole = (the_map.min(axis=1) >= enough).sum()
count = ("none", "one", "two", "three", "four", "five", "all")[whole]
plot_map(the_map, enough, title=f"Enough of all three kinds: {count} of six regimes")

# %% tags=["core", "explain"]
explain("M7.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **A regime is good for something.** A little real data holds most of a variance. It does not hold the words of a book
# here: rare words are many, and each needs copies of its own. Nor does it hold coverage: a tenth of the images, fresh or
# not, is five for each of ten laws, and does little better than none. (102 % is chance.)
#
# Later than generation 12, accumulate shows a little less than its 91 %. And it learns from twelve times as much as
# replace: we come back to this cost.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 2: Number or share?
#
# *Mix(0.1)* on 100 samples uses ten fresh real ones. In the long run it keeps about 95 % of a normal law's variance, in the
# mean over chains, with fits that divide by n (`ddof=0`). The map's 95 % is another number: the median of generation 12,
# n = 50. Now the training set grows.

# %% tags=["core", "predict"]
predict("M7.p2")

# %% [markdown] tags=["core", "run"]
# Play the film. Each cell of the map is a setting: samples in the training set, and fresh real ones among them. The frame
# is around what keeps enough in the long run; a cell outside it that shows enough has only not lost *yet*. Move *keep, in
# %* to what you want to keep, also to 98. Then set *axis* to the share: do the dotted lines still lie together?

# %% tags=["core", "run", "explorer"] instructor="Stop at generation 20: large sets have lost nothing yet, with or without real data. Ask whether that is safety or delay: the frame is that of the long run. Then show generation 100."
MixingExplorer(prediction="M7.p2", level=90)

# %% [markdown] tags=["core", "run"]
# A mean over chains is not a chain (M2). So here is the median, too, and the other fit, which divides by n - 1.

# %% tags=["core", "run"]
rows = []
for n in (100, 1000):
    for ddof, fit in ((0, "n"), (1, "n - 1")):
        history = ensemble.gaussian(
            mix(10 / n), n=n, generations=n, chains=8000, ddof=ddof, seed=4
        )
        end = history["variance"][-1]
        limit, _ = theory.mixing.stationary_moments(n, 10, ddof=ddof)
        rows.append(
            {
                "n": n,
                "fresh": 10,
                "fit divides by": fit,
                "mean": end.mean(),
                "mean, theory": limit,
                "median": np.median(end),
                "lowest 5 %": np.quantile(end, 0.05),
            }
        )
table_of(rows, digits=2)

# %% tags=["core", "explain"]
explain("M7.p2")

# %% tags=["core", "explain"]
for m in (1, 2, 5, 10, 20):
    limits = [theory.mixing.stationary_moments(n, m, ddof=0)[0] for n in (100, 1000)]
    print(
        f"{m:2} fresh: {limits[0]:.3f} at n = 100, {limits[1]:.3f} at n = 1,000; "
        f"2m / (2m + 1) = {2 * m / (2 * m + 1):.3f}"
    )

# %% [markdown] tags=["core", "explain"]
# **Why the number.** It is as with a bag of words. Follow two words back. In each generation they come from the same word
# with chance $1/n$: then they are equal. One of the two is fresh with chance $2m/n$: then they differ as two real words
# do. Whatever comes first decides, and $n$ cancels: the share $2m/(2m+1)$ of all differences is kept. The variance is half
# the mean squared difference of two samples. A large n makes it slow. Near the ceiling $1 - 1/n$ (all fresh) n counts, too.
#
# The typical chain keeps 0.89. With n - 1 the mean lies above 1: the synthetic cloud wanders off the fresh samples.
#
# And with a [sampling bias](../docs/glossary.md#sampling-bias), λ times the variance?

# %% tags=["core", "explain"]
for lam in (1, 0.99, 0.95, 0.8):
    limits = [
        theory.mixing.stationary_moments(n, 10, ddof=0, sampling_bias=lam)[0]
        for n in (100, 1000)
    ]
    print(f"λ = {lam}: {limits[0]:.3f} at n = 100, {limits[1]:.3f} at n = 1,000")

# %% [markdown] tags=["core", "explain"]
# **What it assumes.** Sampling is faithful. A bias takes the same share in each generation, however large n is. Then the
# share of fresh data counts again.
#
# ### The number of what?
#
# Ten samples hold a variance, because each sample tells about it. What about the words? Compare texts of equal length:
# 1,000 words by a late model against 1,000 words of the book. Follow them back, as the two words above. Where two come
# from one word, they are one from there on; a fresh word is an end. Count the ends: the text is as varied as that many
# words drawn from the book.


# %% tags=["core", "explain"]
def different(k):
    """Return how many different words k words of the book show, on average."""
    return (1 - (1 - law) ** np.asarray(k)[..., None]).sum(axis=-1)


rows = []
for n, m in ((1000, 100), (20_000, 2000), (20_000, 100), (5000, 500), (5000, 100)):
    behind = ensemble.ancestors(1000, n, m, chains=20, rng=np.random.default_rng(5))
    shares = different(behind) / different(1000)
    rows.append(
        {
            "words in the set": n,
            "fresh": m,
            "share": f"{m / n:.1%}",
            "different words, kept": f"{shares.mean():.3f} ± {2 * shares.std() / 20**0.5:.3f}",
            "two words differ, kept": f"{theory.immigration.expected_ancestors(2, m) - 1:.3f}",
        }
    )
table_of(rows)

# %% [markdown] tags=["core", "explain"]
# The *number* decides: 100 fresh words keep 39 % among 1,000, 44 % among 20,000. A share of 10 % keeps
# 39 %, 73 % or 91 %. Behind $L$ words stand about $2m \ln(1 + L/2m)$ real ones, in sets much larger than $L$.
# Fresh copies hold a rare word. **Count the fresh samples of what you want to keep.**
#
# <details><summary>When does the share seem to decide?</summary>
#
# When larger sets are judged by longer texts, as in the map above: its sets and its samples have 20,000 words.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 3: How much weight for real data?
#
# Each generation gets as many fresh real samples as synthetic ones, and throws away everything older. It estimates the
# mean of a law: $w$ times the mean of the fresh samples, and $1 - w$ times the mean of the synthetic ones. We square
# errors. The unit is the error of a mean of one real set.

# %% tags=["core", "predict"]
predict("M7.p3")

# %% [markdown] tags=["core", "run"]
# Move *weight, in %* until the error at the end of the film is smallest. On the right stay the weights that you tried.
# Write down the best weight, and its error.

# %% tags=["core", "run", "explorer"] instructor="Collect the weights on the board: most lie between 0.55 and 0.68, because the valley is flat. Ask what that means for somebody who misses the best weight a little."
WeightExplorer(prediction="M7.p3", challenge="M7.c1", weight=50)

# %% tags=["core", "explain"]
explain("M7.p3")

# %% tags=["core", "explain"]
weights = [1.0, 0.5, theory.pathways.optimal_weight(ratio=1)]
last = next(
    islice(
        ensemble.weighted_means(weights, chains=100_000, rng=np.random.default_rng(6)),
        29,
        None,
    )
)
for w, error in zip(weights, np.square(last).mean(axis=1), strict=True):
    limit = theory.pathways.weighted_error_limit(w)
    print(f"weight {w:.3f}: error {error:.2f} simulated, {limit:.3f} in theory")
pooled = theory.pathways.pooled_error_limit(ratio=1)
print(f"pooled against best: {pooled / limit - 1:.0%} more")
print(f"all fresh real data of 30 generations kept: {1 / 30:.3f}")
for ratio in (0.25, 1, 4):
    best = theory.pathways.optimal_weight(ratio)
    print(f"{ratio:g} real samples for each synthetic one: best weight {best:.2f}")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why, and how much</b></summary>
#
# **Synthetic samples carry old real data**, which are thrown away now. So weight 1 wastes something. The best weight is
# 0.618, the [golden ratio](../docs/glossary.md#golden-ratio); pooling (0.5) costs 8 % more error. With c real samples for
# each synthetic one, it solves $w^2 + c\,w - c = 0$.
#
# </details>
#
# **What it assumes.** Everything older is thrown away; sampling is faithful; only the mean is asked for (spread known, or
# n large). Who keeps all real data needs no synthetic ones: the error is 0.033 after 30 generations.

# %% [markdown] tags=["core"]
# ## Choosing samples
#
# People publish the best of several outputs: *[curation](../docs/glossary.md#curation)*. A
# *[reward](../docs/glossary.md#reward)* says how much a sample is liked; here it is the sample itself. The larger of two
# wins. What happens to mean and variance?


# %% tags=["core"]
def larger(rows, model):
    """Reward a sample by its size."""
    return rows[:, 0]


both = {"mean": fitted_mean, "variance": fitted_variance}
when = (1, 2, 5, 20)
best_of_two = Curated(Gaussian(), reward=larger, m=2)
rows = {}
for regime in (replace, anchor):
    history = run(
        best_of_two, normal(100), regime, generations=20, chains=200, measures=both, seed=7
    )
    for name in both:
        medians = np.median(history[name], axis=1)
        rows[f"{regimes.name(regime)}: {name}"] = [medians[t - 1] for t in when]
rows["replace, theory: mean"] = theory.selection.best_of_mean(when)
rows["replace, theory: variance"] = theory.selection.best_of_variance(when, 100)
print(f"replace: the mean stops at {theory.selection.best_of_mean_limit(2):.2f}")
shift, shrink = theory.selection.best_of_moments(2)
# Two clouds of equal size, in the long run, for large n:
wide = 0.5 / (1 - shrink / 2 - shift**2)
print(f"anchor: the mean ends at {shift * wide**0.5:.2f}, the variance at {wide:.2f}")
pd.DataFrame(rows, index=[f"t = {t}" for t in when]).T.round(2)

# %% [markdown] tags=["core"]
# Under replace the reward rises, and the variety dies: each generation keeps 68 % of the variance. Then nothing is left
# to choose from, and the mean stops. Anchor holds the mean (it ends at 0.68), and widens the fit (the variance ends at
# 1.47): its training set has two clouds, the real samples and the chosen ones.
#
# A *[verifier](../docs/glossary.md#verifier)* refuses what it takes for wrong. Say that it refuses what lies further
# than two standard deviations from the model's mean:

# %% tags=["core"]
factor = theory.selection.truncation_factor(2)
print(f"variance kept in each generation: {factor:.3f}")
print(
    f"after 12 generations under replace: {theory.selection.truncated_variance(12, 100, 2):.2f}"
)


def plausible(rows, model):
    """Accept what lies within two standard deviations of the model's mean."""
    return np.abs(rows[:, 0] - model.mean_[0]) < 2 * np.sqrt(model.covariance_[0, 0])


careful = Verified(Gaussian(), accept=plausible)
history = run(careful, normal(100), generations=12, chains=200, measures=both, seed=8)
print(f"simulated, mean of 200 chains: {history['variance'][-1].mean():.2f}")

# %% [markdown] tags=["core"]
# A verifier that looks at plausibility cuts the tails: it makes collapse faster. One that knows what is *true* is another
# matter: the first deeper part.
#
# ## Where there is no collapse, and where keeping all is not enough
#
# An honest list needs both sides. All numbers are for 100 samples in each set. One model in it is new: a
# *[kernel density](../docs/glossary.md#kernel-density)* draws one of its samples and adds noise. The noise has the
# standard deviation 0.5, its *bandwidth*.

# %% tags=["core"]
print("no collapse (variance: mean over chains in the long run, fits divide by n)")
limit = theory.accumulate.variance_limit(100, ddof=0)
print(f"  normal law, accumulate: {limit:.1%} of the variance")
limit, _ = theory.mixing.stationary_moments(100, 10, ddof=0)
print(f"  normal law, ten fresh samples a generation: {limit:.1%} of it")
limit = theory.pathways.accumulate_error_limit()
print(f"  regression, accumulate: the error stays below {limit:.3f} times the first one")

print("accumulate, and yet it goes wrong")
history = ensemble.gaussian(
    accumulate, n=100, generations=1000, chains=400, sampling_bias=0.8, seed=9
)
medians = np.median(history["variance"], axis=1)
print(
    "  biased sampler, λ = 0.8: variance",
    *[f"{medians[t - 1]:.2f}" for t in (10, 100, 1000)],
)
kernel = theory.kde.expected_accumulate_variance([10, 100, 1000], 100, bandwidth=0.5)
print("  kernel density, bandwidth 0.5: variance", *[f"{v:.2f}" for v in kernel])
print("  (generations 10, 100 and 1,000)")

# %% [markdown] tags=["core"]
# Accumulating bounds the harm of *chance*. It does not mend an error that is made in the same direction each time: the
# biased sampler goes on shrinking, and the kernel density goes on growing, only slowly. A deeper part of
# [M6](M6_how_fast.ipynb) has another one: labels that are always wrong in the same way.
#
# ## What helps, at what cost?
#
# The next cell counts, in one chain of 12 generations, how many real samples are used, and how many samples all fits
# together learn from. One real set is the unit, so the result is the same for sets of any size. What must be stored
# follows from the regime.


# %% tags=["core"]
def count_sets(regime, n=100):
    """Return real samples used and samples learned from in t generations, in real sets."""
    drawn = []

    def sample(size, rng):
        drawn.append(size)
        return rng.standard_normal((size, 1))

    rng = np.random.default_rng(1)
    chain = generations(Gaussian(), KnownDistribution(sample, n).open(rng), regime, rng, n)
    learned = [len(generation.training) for generation in islice(chain, t)]
    return sum(drawn) / n, sum(learned) / n


stored = {"replace": 0, "accumulate": t, "subsample": t, "preserve(0.1)": 1, "anchor": 1}
table = (100 * the_map).round().astype(int).add_suffix(", %")
spent = [count_sets(regime) for regime in six]
table["real sets used"] = [real for real, _ in spent]
table["sets learned from"] = [learned for _, learned in spent]
table["sets stored"] = [stored.get(name, 0) for name in table.index]
table.round(1)

# %% [markdown] tags=["core"]
# **How to decide.** Do you have the real set? Anchor keeps nearly all here, and learns from less than a third of what
# accumulate needs. Is it gone, and fresh data come in? Count the fresh samples of what you must keep. Is no real sample
# left? Keep all synthetic ones from now on: what is gone stays gone, chance takes little more. Only information from
# outside, such as a verifier that knows, brings more. Do you select? Under replace that costs variety.
#
# ## Your turn
#
# **1. How many?** Return the smallest number of fresh real samples, among n, that keeps at least this share of the
# expected variance in the long run. Stuck? Say `hint("M7.e1")`, and later `solution("M7.e1")`.


# %% tags=["core", "exercise"]
def fresh_needed(n, share):
    """Return the smallest m whose expected variance is at least this share of the real one."""
    for m in range(1, n + 1):
        variance = theory.mixing.stationary_moments(n, m, ddof=0)[0]
        if ...:
            return ...


# %% tags=["core", "check"]
check("M7.e1", fresh_needed)

# %% [markdown] tags=["core"]
# **2. Your pipeline.** `plans` is a list of `[name, kept, real, learned]`: the share that is kept, real sets used, and
# sets learned from. Return the name of the cheapest plan that keeps enough, or `None` if no plan does. Costs:
# `price_real` for each real set, `price_learn` for each set learned from. No two costs are equal. (`hint("M7.e2")` helps.)


# %% tags=["core", "exercise", "transfer"]
def cheapest(plans, enough, price_real, price_learn):
    """Return the name of the cheapest plan that keeps enough; None if there is none."""
    costs = {}
    for name, kept_share, real, learned in plans:
        if kept_share >= enough:
            costs[name] = ...
    return ...


# %% tags=["core", "check"]
verdict = check("M7.e2", cheapest)
verdict

# %% [markdown] tags=["core"]
# With it you can ask the map. Take the worst of the three columns for each regime, and prices of your own. One more plan
# learns from a fresh real set in each generation, and from nothing else. Storing is free here.

# %% tags=["core"]
if verdict.right:
    worst = the_map.min(axis=1)
    plans = [
        [name, worst[name], *cost] for name, cost in zip(table.index, spent, strict=True)
    ]
    plans.append(["fresh real data alone", 1.0, t, t])
    for price_real in (0.1, 100):
        for wanted in (0.7, 0.9):
            name = cheapest(plans, wanted, price_real, price_learn=1)
            print(f"a real set costs {price_real}, keep {wanted:.0%}: {name}")
else:
    print("Write the function first. Then this cell asks it which regime to take.")

# %% [markdown] tags=["deeper"]
# ## Deeper: A verifier that knows the truth
#
# After Feng et al., with numbers of ours: a generator labels points of two clouds, and 60 % of its labels are wrong. A
# verifier accepts 90 % of the right ones, and a share of the wrong ones: its *error*. A classifier learns from what is
# accepted. How good must the verifier be?


# %% tags=["deeper"]
def accuracy(n, error, rng, wrong=0.6, d=20, distance=1.5):
    """Return the accuracy of a linear classifier that learned from n verified labels."""
    truth = rng.choice([-1, 1], n)
    points = rng.standard_normal((n, d))
    points[:, 0] += distance * truth
    is_wrong = rng.random(n) < wrong
    accepted = rng.random(n) < np.where(is_wrong, error, 0.9)
    labels = np.where(is_wrong, -truth, truth)
    direction = (labels[:, None] * points)[accepted].mean(axis=0)
    test = rng.standard_normal((20_000, d))
    test[:, 0] += distance
    return np.mean(test @ direction > 0)


rng = np.random.default_rng(10)
errors = [0.9, 0.75, 0.6, 0.55, 0.45, 0.3, 0.0]
shares = pd.DataFrame(
    {
        f"{n:,} labels": [
            np.mean([accuracy(n, error, rng) for _ in range(10)]) for error in errors
        ]
        for n in (100, 1000, 10_000)
    },
    index=pd.Index(errors, name="wrong labels accepted"),
)
shares.round(2)

# %% [markdown] tags=["deeper"]
# There is an edge at 0.6. There, right labels accepted ($0.4 \cdot 0.9$) are as many as wrong ones ($0.6 \cdot 0.6$).
# With 10,000 labels a verifier with an error of 0.45 does nearly as well as a perfect one (0.93), and one with 0.55 comes
# to 0.88. So it need not be perfect; it must tip the majority, and the closer to the edge, the more labels it takes. This
# is one training, no loop.
#
# ## Deeper: What the verifier believes
#
# A verifier accepts samples within 1.5 of its own idea of the centre. One verifier is right (0), the other one is off
# (0.5). And does a tenth of fresh real data help? The first row is plain *replace*.


# %% tags=["deeper"]
def verified(centre):
    """Return a normal law whose samples lie within 1.5 of a centre."""
    return Verified(
        Gaussian(), accept=lambda rows, model: np.abs(rows[:, 0] - centre) < 1.5
    )


rows = []
for centre, model, regime in (
    ("no verifier", Gaussian(), replace),
    (0.0, verified(0.0), replace),
    (0.0, verified(0.0), mix(0.1)),
    (0.5, verified(0.5), replace),
    (0.5, verified(0.5), mix(0.1)),
):
    history = run(
        model, normal(100), regime, generations=100, chains=100, measures=both, seed=11
    )
    end = {name: np.median(history[name][-1]) for name in both}
    rows.append({"verifier's centre": centre, "regime": regimes.name(regime), **end})
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# Under replace the model goes where the verifier's belief is, and the variance falls to 0.04; without a verifier it is
# 0.45. Right about the centre is not right about the spread.
#
# ## Deeper: Where does the best weight come from?
#
# Let $e$ be the mean squared error, and $c$ the real samples for each synthetic one. The fresh mean has the error 1, the
# synthetic one $e$ from before and $c$ from drawing:
#
# $$ e' = w^2 + (1 - w)^2 (e + c). $$
#
# In the long run $e' = e$. At the best $w$ the derivative is zero: $w = (1 - w)(e + c)$. Put it in:
# $e = w^2 + (1 - w) w = w$. So the smallest error is the weight, and $w^2 + c w - c = 0$.

# %% tags=["deeper"]
w = np.linspace(0.001, 1, 1000)
for c in (0.25, 1, 4):
    errors = theory.pathways.weighted_error_limit(w, c)
    by_search, formula = w[errors.argmin()], (np.sqrt(c**2 + 4 * c) - c) / 2
    print(
        f"c = {c:g}: smallest error {errors.min():.3f} at w = {by_search:.3f}; formula {formula:.3f}"
    )

# %% [markdown] tags=["deeper"]
# ## Deeper: Curation and fresh data
#
# Anchor bounded the run of the best of two. Does *mix*, with a tenth of fresh real data?

# %% tags=["deeper"]
history = run(
    Curated(Gaussian(), reward=larger, m=2),
    normal(100),
    mix(0.1),
    generations=20,
    chains=100,
    measures=both,
    seed=12,
)
for name in both:
    medians = np.median(history[name], axis=1)
    print(f"{name}: {medians[4]:.1f} in generation 5, {medians[19]:.0f} in generation 20")

# %% [markdown] tags=["deeper"]
# No: it runs away. The fresh tenth lies far behind the chosen samples. One normal law must span both, and gets wide; of
# a wide law the larger of two is larger still. Real data hold against chance. Against selection, it depends.
#
# ## Deeper: People do not always take the better one
#
# Ferbach et al. let people choose with a probability: of two samples with rewards $r$ and $r'$, the first one wins with
# $\sigma(r - r')$, $\sigma$ the logistic function. This is the Bradley-Terry model. With $r = s x$, how much does one
# round of choices move a normal law, and what does it leave of the variance?

# %% tags=["deeper"]
rows = []
for slope in (0.25, 1, 4, 1000):
    mean, variance = theory.selection.bradley_terry_moments(slope)
    chosen = Curated(
        Gaussian(), lambda rows, model, s=slope: s * rows[:, 0], choice="bradley_terry"
    )
    drawn = chosen.fit([[-(0.5**0.5)], [0.5**0.5]]).sample(50_000, np.random.default_rng(3))
    rows.append(
        {
            "slope": slope,
            "mean": drawn.mean(),
            "mean, theory": mean,
            "variance": drawn.var(),
            "variance, theory": variance,
        }
    )
table_of(rows, digits=3)

# %% [markdown] tags=["deeper"]
# The best of two is the limit of a steep reward. And the choice weakens as the law gets narrow: rewards of the two
# samples are then nearly the same.
#
# ## Deeper: Kept real data and a sampler that plays safe
#
# With λ = 0.8 samples have 0.8 of the variance of their model. Where does the variance end if half of each set is real,
# kept or fresh? And do larger sets help?

# %% tags=["deeper"]
# Expected variance in the long run, fits divide by n: theory, and 10,000 chains of the small sets.
rows, biased = [], {"ddof": 0, "sampling_bias": 0.8}
for regime in (anchor, preserve(0.5), mix(0.5)):
    row = {"regime": regimes.name(regime)}
    for n in (30, 3000):
        each = n if regime is anchor else n // 2  # so many real rows, and synthetic ones
        if isinstance(regime, mix):
            limit = theory.mixing.stationary_moments(n=n, n_fresh=each, **biased)
        else:
            limit = theory.original.stationary_moments(
                n_real=n, n_kept=each, n_synthetic=each, **biased
            )
        row[f"n = {n}"] = limit[0]
    history = ensemble.gaussian(
        regime, n=30, generations=40, chains=10_000, **biased, seed=13
    )
    row["n = 30, simulated"] = history["variance"][-1].mean()
    row["any large n"] = theory.large_sets.variance_limit(0.5, 0.8)
    rows.append(row)
table_of(rows, digits=3)

# %% [markdown] tags=["deeper"]
# All end at the same 0.833 with large sets: $p/(1 - (1 - p)\lambda)$, p the real share. Real data bound this loss too, and
# no number of samples undoes it.
#
# ## Deeper: When do synthetic samples help?
#
# Alemohammad et al. ask how many real samples alone would do as well as the whole loop: $n_e$. Here 1,000 fresh
# real samples come in each generation, and a number of synthetic ones is added. A ratio $n_e/1000$ above 1 means that
# they help.

# %% tags=["deeper"]
# n_e by the squared Wasserstein-2 distance, 5,000 exact chains, generations 31 to 60.
rows = []
for bias in (1, 0.8, 0.5):
    row = {
        "λ": bias,
        "threshold, theory": theory.effective_size.synthetic_rows_threshold(bias),
    }
    for added in (20, 100, 200, 900):
        history = ensemble.gaussian(
            mix(1000 / (1000 + added)),
            n=1000,
            n_samples=1000 + added,
            generations=60,
            chains=5000,
            sampling_bias=bias,
            seed=14,
        )
        distance = history["squared_w2"][-30:].mean()
        row[f"+ {added}"] = theory.effective_size.equivalent_sample_size(distance) / 1000
    rows.append(row)
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# A faithful sampler helps a little more with each sample: synthetic samples carry earlier fresh data. With λ < 1 there is a
# threshold. Below it there is less noise, beyond it the narrow samples do more harm. The formula is for many real samples:
# with 100 of them, the turn at λ = 0.8 comes near 90.
#
# ## Deeper: Away from self-training
#
# *Neon* (Alemohammad, Wang and Baraniuk, 2025) trains a model on its own samples, and then moves its parameters the other
# way: $\theta - w\,(\theta_{self} - \theta)$. Does that repair a Gaussian?

# %% tags=["deeper"]
# Squared distance to the real law: 1,000 real and 1,000 synthetic samples, the best w for each row, and what it does.
rows = []
for bias in (0.8, 1, 1.25):
    for judged, sampled in (("drawn samples", True), ("the model", False)):
        setting = {"n_real": 1000, "n_synthetic": 1000, "sampling_bias": bias}
        w = theory.extrapolation.best_weight(**setting, sampled=sampled)
        before, after = theory.extrapolation.expected_squared_w2(
            [0, w], **setting, sampled=sampled
        )
        row = {"λ": bias, "judged": judged, "best w": w}
        rows.append({**row, "distance at w = 0": before, "at the best w": after})
table_of(rows, digits=3)

# %% [markdown] tags=["deeper"]
# It undoes the bias of the *sampler*: self-training shows which way it pulls, and w pulls back, whether it is
# too careful or too bold. (For very many samples w is $1/\sqrt{\lambda}$: 1.118 and 0.894.) It undoes no sampling error
# (λ = 1), and a model that is judged without its sampler has nothing to repair. Their models are neural, fine-tuned for a short time, and improve on real images; this is
# one normal law.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M7")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M7")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * A regime is good for something. In generation 12, accumulate and anchor keep at least 90 % in all three kinds of data
#   here; a tenth of real data does so for a variance only.
# * For a normal law and a faithful sampler the number of fresh real samples counts, not their share: ten in each
#   generation keep about 95 % of the expected variance, for 100 samples and for 1,000. With a biased sampler the share
#   counts again. In texts of equal length it is the same for words; the longer the text, the more fresh ones it takes.
# * The golden ratio is for those who throw old data away. Keeping all fresh real data beats it.
# * Under replace, selection moves the mean and takes variance. Next to real data it can widen the fit. A verifier helps as
#   far as it knows the truth.
# * Keeping all data bounds the harm of chance. It mends no error that always goes the same way.
#
# ## Where this comes from
#
# * **Gerstgrasser et al. (2024)**, COLM: accumulate. **Kazdan et al.**, arXiv:2410.16713: accumulate, and subsample with
#   its "slow and gradual" loss; whether synthetic data help depends on how many real data there are. They do not claim
#   that synthetic data are as good as real ones.
# * **Alemohammad et al. (2024)**, ICLR: loops with fixed or fresh real data. With fresh data the limit does not depend on
#   the first set. The rule $2m/(2m+1)$ is not theirs: it is Wright's rule of migration, and it holds for the normal law.
#   For more than two words it is Ewens's (1972), with immigration Etienne and Olff's (2004).
# * **He, Xu and Cheng**, arXiv:2502.18049: the weight of fresh data. They do not claim 0.618 for all sizes.
# * **Feng et al. (2025)**, ICLR: verification. Imperfect verifiers suffice, beyond an edge. The 60 %, the 90 % and the edge
#   at 0.6 are ours.
# * **Yi et al.**, arXiv:2510.16657: theory for linear regression; experiments also with images and a small language model.
#   The gain comes at first; then it levels off, and may turn, unless the verifier is perfect. The verifier may be a human
#   or a better model. What it adds is information from outside the loop, and in the end the loop knows what the verifier
#   knows (its "knowledge center").
# * **Ferbach et al. (2024)**, NeurIPS: curation optimises what people prefer. They prove stability with a share of real
#   data, under their conditions. Here one normal law must fit both clouds, and the reward has no upper bound.
# * **Barzilai and Shamir (2025)**, NeurIPS, arXiv:2505.19046: under accumulate, maximum likelihood stays consistent (its
#   error goes to 0 as the sets grow) if the model is regular (smooth in its parameters) and each set is large enough for
#   the number of generations. They also build models for which accumulating still fails. Our two examples are simpler
#   ones of our own.
#
# ## Next
#
# Test yourself: [Q7](../quizzes/Q7_escaping_collapse.ipynb), twelve questions with your own numbers. Then
# [M8 · Detect, trace, monitor](M8_detect_trace_monitor.ipynb): the same questions on a stream.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
