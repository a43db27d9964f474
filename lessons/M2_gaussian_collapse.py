# %% [markdown]
# # M2 · Gaussian collapse
#
# **Questions.** What happens when each model learns from the samples of the last one? Why can one run mislead you?
# What changes when the real data stay?
#
# **Objectives.** After this lesson you can
#
# * run a recursive chain, and an ensemble of chains;
# * predict the mean and the median of an ensemble, and say why they differ;
# * estimate from the sample size how long the variance lives;
# * show on a run what keeping the real data changes.
#
# **Minutes.** 60: reading 20, doing 40. The deeper parts take 20 more.
#
# **You need.** [Mean, variance, median, logarithms, functions](../docs/bridge.md).

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np

from collapse_edu import Gaussian, History, ensemble, generations, keep_run, run, theory
from collapse_edu import accumulate, anchor, mix, replace
from collapse_edu.course.desk.own_seed import own_seed
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import GaussianExplorer
from collapse_edu.plots import plot_ellipses, plot_history
from collapse_edu.course.quiz import ask, check, explain, hint, predict, solution, welcome
from collapse_edu.loop.source import KnownDistribution, normal

welcome("M2")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M0](M0_start_here.ipynb) and [M1](M1_telephone_game.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M0.02", again=True)

# %% tags=["core", "retrieval"]
ask("M1.04", again=True)

# %% [markdown] tags=["core"]
# ## The loop
#
# This is the game of M1, with numbers in place of slips.
#
# * The **real law** is the normal law with mean 0 and variance 1. [Real data](../docs/glossary.md#real-data) are n
#   samples from it.
# * A [model](../docs/glossary.md#model) learns a mean and a variance (divided by n - 1) from n samples. Then it draws n
#   [synthetic](../docs/glossary.md#synthetic-data) samples from the normal law with this mean and variance.
# * The model of [generation](../docs/glossary.md#generation) 1 learns from real data, that of generation 2 from the
#   samples of generation 1, and so on. Under the regime *[replace](../docs/glossary.md#replace)*, the last synthetic
#   set is all there is.
#
# The next cell runs the loop twice. `generations` hands out generations; `islice(…, 5)` takes five.

# %% tags=["core", "open"]
for seed in (1, 3):
    rng = np.random.default_rng(seed)
    source = normal(n=30).open(rng)
    chain = generations(Gaussian(), source, replace, rng, n_samples=30)
    # In one dimension the covariance has one row and one column: the variance.
    variances = [generation.model.covariance_[0, 0] for generation in islice(chain, 5)]
    print(f"seed {seed}: fitted variances {np.round(variances, 2)}")

# %% [markdown] tags=["core"]
# ## Idea 1: What does one chain show?
#
# Above, two runs stop after five generations. Where does such a run get to? Choose before you look.

# %% tags=["core", "predict"]
predict("M2.p1")

# %% [markdown] tags=["core", "run"]
# Put a number of your own between the quotes: your birthday as month and day, such as 0307. It fixes the random draws of
# your chain. Run the cell, and play the film. If your prediction stands for one number, it is the purple diamond.

# %% tags=["core", "run", "explorer", "open"] instructor="The room is the ensemble: each learner takes another seed and calls out the last variance. Write all of them on the board, sorted, before anybody moves on. With 25 learners about three end above 1.4."
my_seed = own_seed("1231")
GaussianExplorer(prediction="M2.p1", n=30, generations=60, chains=1, seed=my_seed)

# %% [markdown] tags=["core", "run"]
# Now forty other chains, each with its own real data.

# %% tags=["core", "run"]
forty = run(Gaussian(), normal(n=30), replace, generations=60, chains=40, seed=my_seed)
ends = forty["variance"][-1]
print(f"below 0.7: {np.sum(ends < 0.7)} of 40")
print(f"0.7 to 1.4: {np.sum((ends >= 0.7) & (ends <= 1.4))} of 40")
print(f"above 1.4: {np.sum(ends > 1.4)} of 40")
print(f"lowest {ends.min():.3f}, highest {ends.max():.1f}")

# %% tags=["core", "explain"]
explain("M2.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# Each generation multiplies the variance by a random factor. The factor is above 1 in some
# generations and below 1 in others. Sixty factors in a row lead most chains far down, and some up. The fitted mean
# wanders, too: nothing pulls it back to 0.
#
# One chain is one draw. It cannot tell you what chains do. From here on we look at ensembles.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 2: Mean or median?

# %% tags=["core", "predict"]
predict("M2.p2")

# %% [markdown] tags=["core", "run"]
# Run it, and play the film. The thick line is the median of 1,000 chains, the dashed line is their mean, the dotted
# lines are theory. The [band](../docs/glossary.md#band) holds 90 % of the chains. Thin lines are single chains; the black one is chain 0.

# %% tags=["core", "run", "explorer"] instructor="Stop the film at generation 69: the mean is still near 1, the median near 0.5. Ask what a headline would say in each case."
GaussianExplorer(prediction="M2.p2", n=100, generations=100, chains=1000)

# %% tags=["core", "explain"]
explain("M2.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why they differ</b></summary>
#
# The random factor has mean 1, so the mean over all *possible* chains stays at 1. (We come back to
# the 0.87 of your 1,000.) But its *logarithm* has a mean below 0. Factors 0.5 and 1.5 show why: they average to 1, but
# $0.5 \cdot 1.5 = 0.75$. Factors multiply, so logarithms add, and the log variance walks down a straight line, by about
# $1/(n-1)$ a generation.
#
# To halve, it must walk $\ln 2 = 0.69$. So the median halves about every $0.69\,(n-1)$ generations: its
# [half-life](../docs/glossary.md#half-life). Ten times the samples make it ten times longer. Under replace they delay the
# loss, and do not prevent it.
#
# </details>
#
# `ensemble.gaussian` draws means and variances directly: same law as `run`, but faster.

# %% tags=["core", "explain"]
rows = []
for n in (10, 30, 100):
    history = ensemble.gaussian(replace, n=n, generations=n, chains=20_000, seed=n)
    end = history["variance"][-1]
    rows.append(
        {
            "n": n,
            "half-life": theory.gaussian.half_life(n),
            "median at t = n": np.median(end),
            "median, theory": theory.gaussian.variance_quantile(0.5, n, n),
            "share above 1 at t = n": (end > 1).mean(),
            "share, theory": theory.gaussian.probability_above(1, n, n),
        }
    )
table_of(rows, digits=2)

# %% [markdown] tags=["core"]
# Both theory columns take the log variance as normal. For n = 10, this makes the median at t = n about 4 % too small.
#
# After n generations, about a quarter of the chains still lie *above* the start. "The variance falls in every run"
# is wrong. "With a fixed n it goes to 0 in the end, with probability 1" is right.
#
# ### Is the theory wrong?
#
# Theory says that the mean variance is 1 in every generation. Now take n = 10, run for 100 generations, and look at the
# dashed line, the mean of 1,000 chains. If it is not at 1, who is wrong: the theory, the simulation, or neither?

# %% tags=["core"]
predict("M2.p4")

# %% [markdown] tags=["core"]
# Play the film. Each seed shows another thousand chains.

# %% tags=["core", "explorer"] instructor="Let them vote. Many say that the simulation has too few chains. They are right, but no affordable number of chains mends it for long."
GaussianExplorer(prediction="M2.p4", n=10, generations=100, chains=1000)

# %% [markdown] tags=["core"]
# Repeat it ten times, each time with 1,000 new chains:

# %% tags=["core"]
n = 10
history = ensemble.gaussian(replace, n=n, generations=10 * n, chains=10_000, seed=5)
rows = []
for t in (n, 2 * n, 5 * n, 10 * n):
    means = history["variance"][t - 1].reshape(10, 1000).mean(axis=1)
    ranked = np.sort(history["variance"][t - 1])[::-1]
    rows.append(
        {
            "generation": t,
            "lowest mean": means.min(),
            "middle mean": np.median(means),
            "highest mean": means.max(),
            "theory": theory.gaussian.expected_variance(t, n),
            "held by the top 1 %": f"{100 * ranked[:100].sum() / ranked.sum():.0f} %",
        }
    )
table_of(rows, digits=2)

# %% tags=["core"]
explain("M2.p4")

# %% [markdown] tags=["core"]
# **Neither is wrong.** The mean over *all* chains is still 1. But soon nearly all of it sits in a few chains with a
# huge variance. After $10\,n$ generations these are so rare that 1,000 chains usually hold none of them. Then the mean
# of the 1,000 is far too low; now and then one turns up, and it is far too high.
#
# This is why the course reports medians and bands. Here the mean of 1,000 chains misleads after about $2\,n$ generations.

# %% [markdown] tags=["core"]
# ## Idea 3: What if the real data stay?
#
# So far each generation threw away all data but the last synthetic set. Change only that.

# %% tags=["core", "predict"]
predict("M2.p3")

# %% [markdown] tags=["core", "run"]
# The control *keep real data?* is the switch. Run the cell, then set the switch to "no", and back again.

# %% tags=["core", "run", "explorer", "real-data"]
GaussianExplorer(
    prediction="M2.p3",
    challenge="M2.c1",
    n=30,
    generations=60,
    chains=1000,
    regime="accumulate",
)

# %% [markdown] tags=["core", "run"]
# Four regimes side by side. *[Accumulate](../docs/glossary.md#accumulate)* keeps the real set and every synthetic set. *Anchor* keeps the real set and
# the last synthetic set. *[Mix](../docs/glossary.md#mix)(0.1)* trains on 27 synthetic and 3 fresh real samples in each generation.

# %% tags=["core", "run", "real-data"]
regimes = [replace, accumulate, anchor, mix(0.1)]
together = History.together(
    *(
        ensemble.gaussian(regime, n=30, generations=60, chains=4000, seed=3)
        for regime in regimes
    )
)
title = "Fitted variance under four regimes, 4,000 chains each"
plot_history(together, "variance", title=title, log=True)

# %% [markdown] tags=["core", "run"]
# The comparison is not quite even. In generation 60, accumulate trains on 1,800 numbers, anchor on 60, the others on
# 30. Mix(0.1) has used 207 real numbers by then, the others 30. Lesson M7 separates these effects.

# %% tags=["core", "explain"]
explain("M2.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why accumulate stops it.** Generation t adds n samples to a pool of $t\,n$. So it moves the pool by about $1/t$ of
# what it would move a fresh start. Random steps add up by their squares, and $1 + 1/4 + 1/9 + \dots$ has a finite sum.
# Theory gives the mean variance exactly. "Error" is the standard error of the simulated mean; four of them are a wide margin.
#
# </details>

# %% tags=["core", "explain"]
rows = []
for n in (10, 30, 100):
    history = ensemble.gaussian(accumulate, n=n, generations=200, chains=10_000, seed=n)
    end = history["variance"][-1]
    rows.append(
        {
            "n": n,
            "mean variance, t = 200": end.mean(),
            "error": end.std(ddof=1) / np.sqrt(len(end)),
            "theory": theory.accumulate.expected_variance(200, n, ddof=1),
        }
    )
table_of(rows, digits=4)

# %% [markdown] tags=["core"]
# So "model collapse is inevitable" says too much: it names no regime. "Keeping the data is as good as fresh data" says
# too much as well: some variance is lost, and the single chains still differ.
#
# ### Keep a run
#
# M6 asks by which definition your chains collapsed. So the next cell keeps a run in the folder of your answers.

# %% tags=["core"]
kept = History.together(
    *(
        ensemble.gaussian(regime, n=30, generations=60, chains=400, seed=my_seed)
        for regime in (replace, anchor)
    )
)
print(keep_run("M2", kept))

# %% [markdown] tags=["core"]
# ## Your turn
#
# **1. Find the half-life.** Replace the dots, and keep the line above them: another seed gives other chains.
# `history["variance"]` has one row for each generation and one column for each chain. Stuck? Say `hint("M2.e1")` in a cell of your own, and later `solution("M2.e1")`.


# %% tags=["core", "exercise"]
def halving_time(n):
    """Return the first generation in which the median variance is below one half."""
    history = ensemble.gaussian(n=n, generations=3 * n, chains=20_000, seed=7)
    medians = ...
    return ...


# %% tags=["core", "check"]
check("M2.e1", halving_time)

# %% [markdown] tags=["core"]
# **2. Another law.** Waiting times often follow the exponential law. It has one parameter: its mean. Write a model that
# learns the mean and draws waiting times. Guess first: does it lose its mean under replace? (`hint("M2.e2")` helps.)


# %% tags=["core", "exercise", "transfer"]
class Exponential:
    def fit(self, X, sample_weight=None):
        self.mean_ = ...  # one number, from the rows of X
        return self

    def sample(self, n, rng):
        return ...  # n rows and one column: rng.exponential has an argument size


# %% tags=["core", "check"]
verdict = check("M2.e2", Exponential)
verdict

# %% [markdown] tags=["core"]
# A `KnownDistribution` is a law that you can draw real data from. [`measures`](../docs/glossary.md#measure) say what a run writes down.

# %% tags=["core"]
if verdict.right:
    waiting_times = KnownDistribution(
        lambda n, rng: rng.exponential(1.0, size=(n, 1)), n=30
    )
    fitted_mean = {"fitted mean": lambda generation, source: float(generation.model.mean_)}
    history = run(
        Exponential(),
        waiting_times,
        generations=60,
        chains=400,
        measures=fitted_mean,
        seed=8,
    )
    print(history.describe("fitted mean"))
    print(
        "It is lost in the typical chain: each fitted mean is the last one times a random factor."
    )
else:
    print(
        "Write the model first. Then this cell runs it for 60 generations, in 400 chains."
    )

# %% [markdown] tags=["deeper"]
# ## Deeper: Sampling that plays safe
#
# Many systems sample a little closer to the middle than they learned. The *[sampling bias](../docs/glossary.md#sampling-bias)* λ stands for that: samples
# come from the normal law with variance $\lambda v$. λ = 1 is faithful. Now even the mean variance falls, by a factor
# λ in each generation after the first.

# %% tags=["deeper", "explorer"]
GaussianExplorer(deeper=True, n=100, generations=30, chains=1000, sampling_bias=0.8)

# %% [markdown] tags=["deeper"]
# ## Deeper: Two dimensions
#
# In two dimensions the model learns a mean and a covariance matrix. Does the cloud shrink evenly?

# %% tags=["deeper"]
rng = np.random.default_rng(2)
fits = islice(ensemble.gaussian_fits(replace, n=20, d=2, chains=1, rng=rng), 60)
shown = [
    (fit.t, fit.mean[0], fit.covariance[0]) for fit in fits if fit.t in (1, 15, 30, 60)
]
plot_ellipses(shown, title="One chain in two dimensions")

# %% [markdown] tags=["deeper"]
# Grey is the real law; each outline holds 95 % of a fitted one. This one chain flattens into a line first. Do all? The logs of the two eigenvalues of the covariance (the variances
# along and across the cloud) fall at different speeds. Theory gives both speeds. They are speeds in the long run, so
# the simulation measures 4,000 chains from generation 200 to 400.

# %% tags=["deeper"]
rng = np.random.default_rng(9)
fits = islice(ensemble.gaussian_fits(replace, n=20, d=2, chains=4000, rng=rng), 400)
logs = {
    fit.t: 2 * np.log(np.linalg.svd(fit.factor, compute_uv=False)).mean(axis=0)
    for fit in fits
    if fit.t in (200, 400)
}
print(
    "log eigenvalues per generation, simulated:", ((logs[400] - logs[200]) / 200).round(3)
)
print(
    "log eigenvalues per generation, theory:   ",
    theory.wishart.lyapunov_spectrum(20, 2).round(3),
)

# %% [markdown] tags=["deeper"]
# ## Deeper: A distance that grows without end, on average
#
# The squared Wasserstein-2 distance to the real law adds the squared shift of the mean and the squared change of the
# standard deviation. Its *expectation* grows without end under replace (Shumailov et al., Theorem 3.1). Does the
# typical chain run away, too?

# %% tags=["deeper"]
history = ensemble.gaussian(replace, n=30, generations=900, chains=4000, seed=10)
rows = [
    {
        "generation": t,
        "expected (theory)": theory.gaussian.expected_squared_w2(t, 30),
        "first order 1.5 t/n": theory.gaussian.first_order_squared_w2(t, 30),
        "median (4,000 chains)": np.median(history["squared_w2"][t - 1]),
    }
    for t in (3, 15, 30, 300, 900)
]
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# No. The typical chain settles: once its variance is gone, its mean cannot move any more. Rare chains that grow carry
# the expectation. The theorem is about the expectation.
#
# ## Deeper: Sets that grow
#
# So far each model saw n samples. Let model j see $20\,j^g$ of them, and no old ones. Which growth g saves the variance?


# %% tags=["deeper"]
# Sizes 20, 20·2^g, 20·3^g, …: theory and 4,000 exact chains, after 300 fits.
def chains_of(sizes):
    """Return the history of chains whose model t draws as many samples as the next fit sees."""
    return ensemble.gaussian(
        n=20, n_samples=lambda t: sizes[t % 300], generations=300, chains=4000, seed=11
    )


rows = []
for g in (0, 1, 2):
    sizes = 20 * np.arange(1, 301) ** g
    history = chains_of(sizes)
    rows.append(
        {
            "growth g": g,
            "sum of 1/n": (1 / sizes).sum(),
            "geometric mean variance": np.exp(
                theory.changing_sizes.expected_log_variance(sizes)[-1]
            ),
            "median variance": np.median(history["variance"][-1]),
            "expected squared distance": theory.changing_sizes.expected_squared_w2(sizes)[
                -1
            ],
        }
    )
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# What counts is the sum of all $1/n_j$: while it is small, the expected squared distance to the real law is about 1.5 times
# it (Shumailov et al.). For g = 2 the sum has a bound, so the loss ends, though every old set is thrown away. For g = 1 it
# grows like a logarithm: that only looks like safety. "The variance goes to 0" needs sets that do not grow faster than that.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M2")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M2")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * Under *replace* with a fixed n, the variance goes to 0 with probability 1, even with a perfect model and unbiased
#   fits. It takes time: after n generations a quarter of the chains still lie above the start.
# * The mean variance over all chains stays at 1. It describes no typical chain.
# * The median variance halves about every $0.69\,(n-1)$ generations. A larger n delays the loss in proportion.
# * One chain proves nothing. Show ensembles: a median and a band.
# * In this Gaussian, under *accumulate*, the loss is bounded. Name the regime before you say "collapses".
#
# ## Where this comes from
#
# * **Shumailov et al. (2024)**, *Nature* 631, 755-759, Theorem 3.1: under replace with a fixed n, the fitted covariance
#   goes to 0 with probability 1 and the expected distance diverges. The theorem is not about training sets that keep real
#   data, nor about sets that grow: with $20 j^2$ samples in set $j$, the median variance stays near 0.93 for ever.
# * **Alemohammad et al. (2024)**, ICLR: the sampling bias λ, and loops with fixed or fresh real data. They report that
#   a fixed real set only delays the loss in image models.
# * **Gerstgrasser et al. (2024)**, COLM: accumulating data bounds the error of linear regression. They do not claim that
#   it equals fresh real data; in their image model it slows the loss and does not stop it.
# * **Kazdan et al.**, *Collapse or Thrive?*, arXiv:2410.16713: the Gaussian under accumulate.
# * **Suresh et al. (2025)**, AISTATS: how fast the standard deviation goes to 0.
#
# ## Next
#
# Test yourself: [Q2](../quizzes/Q2_gaussian_collapse.ipynb), twelve questions with your own numbers. Then
# [M3 · Losing the tails](M3_losing_the_tails.ipynb): a whole novel in a bag.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
