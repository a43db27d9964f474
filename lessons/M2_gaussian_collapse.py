# %% [markdown]
# # M2 · Gaussian collapse
#
# **Questions.** What happens when each model learns from the samples of the last one? Why can one run mislead you?
# What changes when the real data stay?
#
# **Objectives.** After this lesson you can
#
# * run a recursive chain, and an ensemble of chains;
# * predict the mean and the median of an ensemble, and say why they part;
# * estimate from the sample size how long the variance lives;
# * show on a run what keeping the real data changes.
#
# **Minutes.** 40: reading 15, doing 25. The deeper parts take 30 more.
#
# **You need.** [Mean, variance, median, logarithms, functions](../docs/bridge.md).

# %% tags=["core", "setup"]
from itertools import islice

import numpy as np
import pandas as pd

from collapse_edu import Gaussian, History, ensemble, generations, run, theory
from collapse_edu import accumulate, anchor, mix, replace
from collapse_edu.explorers import GaussianExplorer
from collapse_edu.plots import plot_ellipses, plot_history
from collapse_edu.quiz import predict
from collapse_edu.source import KnownLaw, normal

# %% [markdown] tags=["core"]
# ## The loop
#
# * The **real law** is the normal law with mean 0 and variance 1. Real data are n samples from it.
# * A **model** learns a mean and a variance from n samples. Then it draws n new samples from the normal law with
#   this mean and variance. These samples are *synthetic*.
# * **Generation** 1 learns from real data. Generation 2 learns from the samples of generation 1, and so on. One such
#   run is a **chain**. Many chains are an **ensemble**.
# * The rule that makes the next training set is the **regime**. Here it is *replace*: the last synthetic set alone.
#
# This cell is the whole loop:

# %% tags=["core"]
rng = np.random.default_rng(1)
source = normal(n=30).open(rng)
chain = generations(Gaussian(), source, replace, rng, n_samples=30)
for generation in islice(chain, 5):
    model = generation.model
    print(
        f"generation {generation.t}: mean {model.mean_[0]:+.2f}, variance {model.covariance_[0, 0]:.2f}"
    )

# %% [markdown] tags=["core"]
# ## Idea 1: One chain lies
#
# What happens after five generations? Choose before you look.

# %% tags=["core", "predict"]
guess_1 = predict("M2.p1")
guess_1

# %% [markdown] tags=["core", "run"]
# Put a number of your own into `my_seed`, such as your day of birth. It fixes the random draws of your chain. Then
# run the cell, and play the film. Your prediction is the purple diamond.

# %% tags=["core", "run", "explorer"] instructor="The room is the ensemble: each learner takes another seed and calls out the last variance. Write all of them on the board, sorted, before anybody moves on."
my_seed = 2
GaussianExplorer(prediction=guess_1.value, n=30, generations=60, chains=1, seed=my_seed)

# %% [markdown] tags=["core", "run"]
# Now run twelve chains: a small class, each with its own real data.

# %% tags=["core", "run"]
twelve = run(Gaussian(), normal(n=30), replace, generations=60, chains=12, seed=my_seed)
ends = np.sort(twelve["variance"][-1])
print("variance in generation 60:", "  ".join(f"{end:.2f}" for end in ends))
print(f"{(ends < 0.7).sum()} of 12 below 0.7, {(ends > 1.4).sum()} of 12 above 1.4")

# %% tags=["core", "explain"]
guess_1.explain()

# %% [markdown] tags=["core", "explain"]
# **What happened.** Each generation multiplies the variance by a random factor. The factor is above 1 in some
# generations and below 1 in others. Sixty factors in a row lead one chain far down, and another one up.
#
# One chain is one draw. It cannot tell you what chains do. From here on we look at ensembles.

# %% [markdown] tags=["core"]
# ## Idea 2: The mean stands still while nearly every chain dies

# %% tags=["core", "predict"]
guess_2 = predict("M2.p2")
guess_2

# %% [markdown] tags=["core", "run"]
# Run it, and play the film. The thick line is the median of 1,000 chains, the dashed line is their mean, the dotted
# lines are theory. Thin lines are single chains; the black one is chain 0. Then try other values of n.

# %% tags=["core", "run", "explorer"] instructor="Stop the film at generation 20: mean still near 1, median near 0.5. Ask what a headline would say in each case."
GaussianExplorer(prediction=guess_2.value, n=30, generations=60, chains=1000)

# %% tags=["core", "explain"]
guess_2.explain()

# %% [markdown] tags=["core", "explain"]
# **Why the two part.** The random factor has mean 1, so the mean variance stays at 1. But its *logarithm* has a mean
# below 0. A fall to one half needs a doubling to make up for it, and both are not equally likely. Factors multiply,
# so logarithms add: the log variance walks down a straight line.
#
# The median therefore halves every $0.69\,(n-1)$ generations, about. That time is the *half-life*. Ten times the
# samples make it ten times longer. They delay the loss; they do not prevent it. Theory and simulation agree:

# %% tags=["core", "explain"]
rows = []
for n in (10, 30, 100):
    history = ensemble.gaussian(replace, n=n, generations=n, chains=20_000, seed=2)
    rows.append(
        {
            "n": n,
            "half-life (generations)": theory.gaussian.half_life(n),
            "median at t = n": np.median(history["variance"][-1]),
            "median, theory": theory.gaussian.variance_quantile(0.5, n, n),
            "share above 1 at t = n": (history["variance"][-1] > 1).mean(),
            "share, theory": theory.gaussian.probability_above(1, n, n),
        }
    )
pd.DataFrame(rows).round(2)

# %% [markdown] tags=["core"]
# After n generations, about a quarter of the chains still lie *above* the start. "The variance falls in every run"
# is wrong. "It goes to 0 in the end, with probability 1" is right.
#
# ### Is the theory wrong?
#
# Theory says that the mean variance is 1 in every generation. In the film, the dashed mean sinks below the dotted
# line. Before you run the next cell, choose a side. Is the theory wrong? Is the simulation wrong? Or neither?


# %% tags=["core"] instructor="Let them vote. Most say that the simulation has too few chains, and they are right; but fifty times more chains do not help for long."
def mean_variances(chains, n=30):
    rng = np.random.default_rng(5)
    fits = islice(ensemble.gaussian_fits(replace, n=n, chains=chains, rng=rng), 10 * n)
    return {
        fit.t: fit.variance.mean() for fit in fits if fit.t in (n, 2 * n, 5 * n, 10 * n)
    }


means = pd.DataFrame(
    {
        "1,000 chains": mean_variances(1_000),
        "50,000 chains": mean_variances(50_000),
    }
)
means["all chains (theory)"] = theory.gaussian.expected_variance(means.index, n=30)
means.rename_axis("generation").round(2)

# %% [markdown] tags=["core"]
# **Neither is wrong.** After $10\,n$ generations, the mean over *all* chains is still 1. But nearly all of it sits in
# extremely rare chains with a huge variance. Among 1,000 chains there is none of them; among 50,000 there are too few.
# The next cell shows who holds the variance.
#
# This is why the course reports medians and bands. A mean over many chains misleads after about $2\,n$ generations.

# %% tags=["core"]
late = ensemble.gaussian(replace, n=30, generations=150, chains=20_000, seed=6)["variance"]
for t in (30, 60, 150):
    ranked = np.sort(late[t - 1])[::-1]
    print(
        f"generation {t}: the top 1 % of the chains hold {100 * ranked[:200].sum() / ranked.sum():.0f} % of all variance"
    )

# %% [markdown] tags=["core"]
# ## Idea 3: Keep the real data
#
# So far each generation threw away all data but the last synthetic set. Change only that.

# %% tags=["core", "predict"]
guess_3 = predict("M2.p3")
guess_3

# %% [markdown] tags=["core", "run"]
# The control *keep real data?* is the switch. Run the cell, then set the switch to "no", and back again.

# %% tags=["core", "run", "explorer", "real-data"]
GaussianExplorer(
    prediction=guess_3.value, n=30, generations=60, chains=1000, regime="accumulate"
)

# %% [markdown] tags=["core", "run"]
# Four regimes side by side. *Accumulate* keeps the real set and every synthetic set. *Anchor* keeps the real set and
# the last synthetic set. *Mix(0.1)* adds 10 % fresh real samples, here 3 of 30.

# %% tags=["core", "run", "real-data"]
regimes = [replace, accumulate, anchor, mix(0.1)]
together = History.together(
    *(
        ensemble.gaussian(regime, n=30, generations=60, chains=4000, seed=3)
        for regime in regimes
    )
)
title = "Real data in the training set stop the loss"
plot_history(together, "variance", title=title, log=True)

# %% tags=["core", "explain"]
guess_3.explain()

# %% [markdown] tags=["core", "explain"]
# **Why it stops.** Under accumulate, generation t adds n samples to a pool of $t\,n$. So it moves the pool by about
# $1/t$ of what it would move a fresh start. The squares $1 + 1/4 + 1/9 + \dots$ have a finite sum. With maximum
# likelihood (ddof = 0), the mean variance ends at $\sin(\pi/\sqrt n)\,/\,(\pi/\sqrt n)$:

# %% tags=["core", "explain"]
rows = []
for n in (10, 30, 100):
    history = ensemble.gaussian(
        accumulate, n=n, generations=200, chains=4000, ddof=0, seed=4
    )
    end = history["variance"][-1]
    rows.append(
        {
            "n": n,
            "mean variance, t = 200": end.mean(),
            "standard error": end.std(ddof=1) / np.sqrt(len(end)),
            "theory, t = 200": theory.accumulate.expected_variance(200, n),
            "theory, limit": theory.accumulate.variance_limit(n),
        }
    )
pd.DataFrame(rows).round(3)

# %% [markdown] tags=["core"]
# So "model collapse is inevitable" is not a sentence that holds without a regime. Nor is "keeping the data is as good
# as fresh data": some variance is lost, and the single chains still differ. Lesson M7 compares all regimes.
#
# ## Your turn
#
# **1. Find the half-life yourself.** Replace the dots. `history["variance"]` has one row for each generation and one
# column for each chain.


# %% tags=["core", "exercise"]
def halving_time(n):
    """Return the first generation in which the median variance of 20,000 chains is below one half."""
    history = ensemble.gaussian(n=n, generations=2 * n, chains=20_000, seed=7)
    medians = ...
    return ...


# %% tags=["core", "check"]
for n in (10, 20, 30):
    yours, expected = halving_time(n), theory.gaussian.half_life(n)
    if yours is ...:
        print(
            "Not written yet. Replace the dots above, run that cell, and run this one again."
        )
        break
    verdict = "right" if abs(yours - expected) < 2.5 else "not yet: see the hint"
    print(f"n = {n}: yours {yours}, theory {expected:.1f}: {verdict}")

# %% [markdown] tags=["core", "hint", "solution"]
# <details><summary>Hint</summary>
#
# `np.median(array, axis=1)` gives one median for each row. `np.argmax(condition)` gives the first place where a
# condition is true. Row 0 is generation 1.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def halving_time(n):
#     history = ensemble.gaussian(n=n, generations=2 * n, chains=20_000, seed=7)
#     medians = np.median(history["variance"], axis=1)
#     return np.argmax(medians < 0.5) + 1
# ```
#
# Theory gives the moment at which the median passes one half. The first whole generation after it is up to 1 later.
#
# </details>

# %% [markdown] tags=["core"]
# **2. Another law.** Waiting times often follow the exponential law, which has one parameter: its mean. Write a model
# that learns the mean and draws waiting times. Guess first: does it lose its mean under replace, and how fast?


# %% tags=["core", "exercise", "transfer"]
class Exponential:
    def fit(self, X, sample_weight=None):
        self.mean_ = ...  # one number, from the rows of X
        return self

    def sample(self, n, rng):
        return ...  # n rows and one column: rng.exponential has an argument size


# %% tags=["core", "check"]
trial = Exponential().fit(np.ones((3, 1)))
if trial.mean_ is ... or trial.sample(2, np.random.default_rng(0)) is ...:
    print("Not written yet. Replace the dots above, run that cell, and run this one again.")
else:
    waiting_times = KnownLaw(lambda n, rng: rng.exponential(1.0, size=(n, 1)), n=30)
    fitted_mean = {"mean": lambda generation, source: generation.model.mean_}
    history = run(
        Exponential(),
        waiting_times,
        generations=60,
        chains=400,
        metrics=fitted_mean,
        seed=8,
    )
    ends = history["mean"][-1]
    print(
        f"generation 60: median {np.median(ends):.2f}, mean over chains {ends.mean():.2f}"
    )
    if 0.25 < np.median(ends) < 0.53:
        print("Right: under replace it collapses, too.")
    else:
        print("Not yet: theory expects a median near 0.37.")

# %% [markdown] tags=["core", "hint", "solution"]
# <details><summary>Hint</summary>
#
# `X.mean()` is the fitted mean. `rng.exponential(mean, size=(n, 1))` draws n rows.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# class Exponential:
#     def fit(self, X, sample_weight=None):
#         self.mean_ = X.mean()
#         return self
#
#     def sample(self, n, rng):
#         return rng.exponential(self.mean_, size=(n, 1))
# ```
#
# The fitted mean is again a product of random factors with mean 1. Each factor is the mean of 30 exponential draws.
# Its log has the mean $\psi(30) - \log 30 = -0.0168$, so after 60 generations the typical mean is
# $e^{-1.01} = 0.37$. The check allows four standard errors of a median of 400 chains.
#
# </details>

# %% [markdown] tags=["deeper"]
# ## Deeper: Sampling that plays safe
#
# Many systems sample a little closer to the middle than they learned. The *sampling bias* λ stands for that: samples
# come from the fitted law with variance $\lambda v$. λ = 1 is faithful. Now even the mean variance falls, by a factor
# λ in each generation. The samples look better and better in one sense: fewer of them are far out.

# %% tags=["deeper", "explorer"]
GaussianExplorer(deeper=True, n=100, generations=40, chains=1000, sampling_bias=0.8)

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
plot_ellipses(shown, title="The cloud shrinks, and it flattens")

# %% [markdown] tags=["deeper"]
# It flattens into a line first. The two log eigenvalues of the covariance fall at different speeds. Theory gives both
# speeds. They are speeds in the long run, so the simulation measures from generation 200 to 400.

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
# The squared Wasserstein-2 distance to the real law adds the squared shift of the mean and the squared loss of the
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
pd.DataFrame(rows).round(2)

# %% [markdown] tags=["deeper"]
# No. The typical chain settles: once its variance is gone, its mean cannot move any more. Rare chains that grow carry
# the expectation. The theorem is about the expectation.

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * Under *replace*, the variance of nearly every chain goes to 0, even with a perfect model and unbiased fits.
# * The mean over all chains stays at 1. It describes no typical chain.
# * The median halves every $0.69\,(n-1)$ generations. A larger n delays collapse in proportion.
# * One chain proves nothing. Show ensembles: a median and a band.
# * Keep the real data, and the loss is bounded. Name the regime before you say "collapses".
#
# ## Where this comes from
#
# * **Shumailov et al. (2024)**, *Nature* 631, 755-759, Theorem 3.1: under replace, the fitted covariance goes to 0
#   almost surely and the expected distance diverges. They do not claim this for training sets that keep real data.
# * **Alemohammad et al. (2024)**, ICLR: the sampling bias λ, and loops with fixed or fresh real data.
# * **Gerstgrasser et al. (2024)**, COLM: accumulating data bounds the error. They do not claim that it equals fresh
#   real data.
# * **Kazdan et al. (2025)**, arXiv:2410.16713: the Gaussian under accumulate.
# * **Suresh et al. (2025)**, AISTATS: how fast the standard deviation goes to 0.
