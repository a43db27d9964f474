# %% [markdown]
# # M6 · How fast, and by which definition
#
# **Questions.** How fast does an error grow when models learn from each other? Do more data still help? When two papers
# disagree about collapse, do they mean the same thing?
#
# **Objectives.** After this lesson you can
#
# * predict how fast the error of a regression grows under replace, accumulate and anchor;
# * say where the limit under accumulate is exact, and where it is not;
# * read from a scaling law whether a tail was cut, and what more data buy then;
# * judge a claim of collapse by its regime and by its definition.
#
# **Minutes.** 52: reading 27, doing 25. The deeper parts take 20 more.
#
# **You need.** [Mean, variance, logarithms, functions and loops](../docs/bridge.md), and M2, M3, M4, M5.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np
import pandas as pd

from collapse_edu import Categorical, History, Memoriser, PCAGaussian, Regression
from collapse_edu import accumulate, anchor, replace
from collapse_edu import datasets, ensemble, generations, kept_run, measures, run, theory
from collapse_edu.measures.definitions import all_definitions, catastrophic_increase
from collapse_edu.measures.definitions import (
    changed_scaling_law,
    diverging_risk,
    vanishing_tail,
)
from collapse_edu.course.desk.bar import Bar
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import RegressionExplorer
from collapse_edu.models import NGram
from collapse_edu.plots import plot_scaling, plot_verdicts
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
from collapse_edu.loop.source import linear, types

welcome("M6")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M2](M2_gaussian_collapse.ipynb) and [M5](M5_text_collapse.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M2.07", again=True)

# %% tags=["core", "retrieval"]
ask("M5.06", again=True)

# %% [markdown] tags=["core"]
# ## Models that label
#
# So far, models drew whole samples. A *regression* predicts a number y from a row x of numbers. Here x has
# d = 5 independent standard normal numbers, and $y = w_1 x_1 + \dots + w_5 x_5$ plus noise of variance 1. A model
# estimates the **vector** w from n = 50 rows by least squares. Then it labels the same rows again for the next one, with
# noise as large as the real one (we tell it).
#
# The **[test error](../docs/glossary.md#test-error)** is the expected squared error of a prediction on real data, above the noise. For
# such x it is the squared distance of the fitted vector and the real one: that has test error 0.
#
# One [chain](../docs/glossary.md#chain) under *[replace](../docs/glossary.md#replace)*:

# %% tags=["core", "open"]
w = np.array([1, -2, 0.5, 0, 3])
rng = np.random.default_rng(1)
source = linear(n=50, weights=w).open(rng)
model = Regression(design="same")  # each generation labels the same rows x
chain = generations(model, source, replace, rng, n_samples=50)
print("real vector:  ", w)
for generation in islice(chain, 4):
    fitted = generation.model.coef_
    error = ((fitted - w) ** 2).sum()
    print(f"generation {generation.t}: {fitted.round(1)}, test error {error:.2f}")

# %% [markdown] tags=["core"]
# ## Idea 1: How fast does the error grow?
#
# Theory says of generation 1: its expected test error is $d/(n - d - 1) = 5/44$. We take this as the unit. Under
# *[accumulate](../docs/glossary.md#accumulate)*, real labels and all synthetic labels so far are kept.

# %% tags=["core", "predict"]
predict("M6.p1")

# %% [markdown] tags=["core", "run"]
# Run it, and play the film. Each dot on the left is one fitted vector, seen from the real one; two of its five
# coordinates are shown. The thick line on the right is the mean test error of 1,000 chains. The axis is logarithmic.
#
# Then change *keep real data?*: first to "no", then to "anchor". Watch the numbers on the axes: "no" needs wider ones.

# %% tags=["core", "run", "explorer"] instructor="Stop the film of replace at generation 25 and ask how far the cloud will reach at 100: twice as far, since the squared distance grows like t."
RegressionExplorer(prediction="M6.p1", regime="accumulate", generations=50)

# %% [markdown] tags=["core", "run"]
# All three regimes, 10,000 chains each. `ensemble.regression` draws the fitted vectors directly: the same law as `run`,
# but faster. The standard error is that of the mean.

# %% tags=["core", "run"]
unit = theory.regression.replace_error(1, n=50, d=5)
formulas = {
    replace: theory.pathways.replace_error,
    accumulate: theory.pathways.accumulate_error,
    anchor: theory.pathways.anchor_error,
}
rows = []
for regime, formula in formulas.items():
    history = ensemble.regression(regime, n=50, d=5, generations=50, chains=10_000, seed=3)
    ratios = history["test_error"] / unit
    for t in (2, 10, 50):
        found = ratios[t - 1]
        rows.append(
            {
                "regime": regime.__name__,
                "t": t,
                "times generation 1": found.mean(),
                "standard error": found.std(ddof=1) / np.sqrt(len(found)),
                "theory": formula(t),
            }
        )
table_of(rows, digits=2)

# %% tags=["core", "explain"]
explain("M6.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why ×t.** Under replace each generation adds an error of its own. They are independent, so their squares add up:
# $1 + 1 + \dots = t$.
#
# **Why π²/6.** Under accumulate, generation t brings one set out of t. So it moves the fit by $1/t$ of a full error:
# $1 + 1/4 + 1/9 + \dots$ never passes $\pi^2/6 = 1.64$.
#
# **Why 4/3.** Under anchor each step is half as large, and half of it stays: $1 + 1/4 + 1/16 + \dots$
#
# </details>
#
# ### Is it only the number of rows?
#
# Accumulate trains on more and more rows. A control by Gerstgrasser et al.: generation t gets $t\,n$ labels, *all* new
# and synthetic. The squares are $1 + 1/2 + 1/3 + \dots$ And with $t^2 n$ labels?

# %% tags=["core", "explain"]
for t in (10, 50, 1000):
    i = np.arange(1, t + 1)
    print(f"t = {t:5,}: t n rows {(1 / i).sum():.1f}, t² n rows {(1 / i**2).sum():.2f}")
same, fresh = (
    theory.regression.accumulate_error(50, n=50, d=5, design=x) for x in ("same", "fresh")
)
print(f"accumulate, n = 50, but new x in each generation: {1 - fresh / same:.0%} less")

# %% [markdown] tags=["core", "explain"]
# With $t\,n$ rows the error still grows, like $\log t$. Rows must grow faster: with $t^2 n$ the squares are again
# $1 + 1/4 + 1/9 + \dots$ Keeping old rows does the same with n new ones.
#
# π²/6 is exact if all generations label *the same* rows x, one *[design](../docs/glossary.md#design)*. With new x the error is 3 % lower.

# %% [markdown] tags=["core"]
# ## Idea 2: Do more data help?
#
# A *[scaling law](../docs/glossary.md#scaling-law)* says how the test error falls with the number of rows. A
# **[memoriser](../docs/glossary.md#memoriser)** has one: it answers the questions that it saw, and no other. Questions follow a *[Zipf law](../docs/glossary.md#zipf-law)*: that of
# rank i has a chance proportional to $i^{-\beta}$, β = 1.5.
#
# Now the tail is cut: only the first 100 questions are left.

# %% tags=["core", "predict"]
predict("M6.p2")

# %% [markdown] tags=["core", "run"]
# Lines are exact sums. Dots are the mean of 20 simulated learners, with a bar that holds all of them. The third law cuts
# its tail by itself: a first memoriser sees 1,000 real rows, and writes the training data of a second one.

# %% tags=["core", "run"]
p = theory.tails.zipf_law(100_000, exponent=1.5)  # the chance of each question
cut = theory.tails.cut_law(p, k=100)
answers = np.arange(len(p)) % 10
everything = np.arange(len(p))


def learn(n, law, rng):
    """Return a memoriser of n rows from a law of questions."""
    return Memoriser().fit(types(n, law, answers).open(rng).real)


def test_error(model):
    """Return the chance of a real question to which the model has no right answer."""
    return p @ (model.predict(everything) != answers)


sizes = np.array([100, 300, 1000, 3000, 10_000, 30_000, 100_000])
rng = np.random.default_rng(6)
learners = {
    "real data": lambda n: learn(n, p, rng),
    "tail cut at rank 100": lambda n: learn(n, cut, rng),
    "by a model of 1,000 rows": lambda n: Memoriser().fit(
        learn(1000, p, rng).sample(n, rng)
    ),
}
found = {
    name: np.array([[test_error(learner(n)) for _ in range(20)] for n in sizes])
    for name, learner in learners.items()
}

# %% tags=["core", "run"]
real_name, cut_name, written_name = learners
n = np.unique(np.logspace(2, 5, 41).round().astype(int))
plot_scaling(
    n,
    {
        real_name: theory.tails.expected_error(n, p),
        cut_name: theory.tails.expected_error(n, p, cut),
        written_name: None,
    },
    simulated={name: (sizes, errors) for name, errors in found.items()},
    floors={
        cut_name: p[100:].sum(),
        written_name: theory.tails.expected_error(1000, p),
    },
    title="Test error against rows, for three laws of questions",
    prediction=None if said("M6.p2") is None else (n[-1], said("M6.p2"), "cut"),
)

# %% [markdown] tags=["core", "run"]
# What does *doubling* the rows buy?

# %% tags=["core", "run"]
for n in (500, 10_000):
    for name, law in ((real_name, p), (cut_name, cut)):
        before, after = theory.tails.expected_error([n, 2 * n], p, law)
        print(
            f"{n:6,} → {2 * n:6,} rows, {name:20}: {before:.3f} → {after:.3f}, "
            f"{1 - after / before:.0%} less"
        )

# %% tags=["core", "explain"]
explain("M6.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Two slopes.** On real data the error falls in proportion to $n^{-b}$, with $b = 1 - 1/\beta = 1/3$: doubling takes
# away 21 to 22 %, at any size. That is the straight line. With a tail cut at rank k it ends at a
# *[floor](../docs/glossary.md#floor)*: the share of questions beyond k, in proportion to $k^{-(\beta - 1)}$. To halve the floor, k must be four
# times as large.
#
# **Where cuts come from.** Nobody has to cut. A model that saw 1,000 rows knows only their questions. However much it
# writes, its reader ends near 0.092, which is the error of the writer itself.
#
# Check both. (b is not quite a third: 100,000 questions are many, but not endless.)
#
# </details>

# %% tags=["core", "explain"]
far = theory.tails.expected_error([1000, 10_000], p)
print(f"b of the real law: {np.log10(far[0] / far[1]):.2f}")
print(f"floor for k = 100: {p[100:].sum():.3f}, for k = 400: {p[400:].sum():.3f}")

# %% [markdown] tags=["core"]
# ## Idea 3: Did it collapse?
#
# Schaeffer et al. found eight meanings of "model collapse". In our words:
#
# 1. **catastrophe**: the error soars, and soon
# 2. **any increase** of the error
# 3. **divergence**: the error grows without bound (a run can show only: it still grows at the end)
# 4. another **scaling law**
# 5. the **variance** goes to 0
# 6. **entanglement**: modes, such as kinds of digits, run into each other (we count the classes that are left)
# 7. the **tail** is lost
# 8. **inventions**: data that the real law does not hold
#
# Here a catastrophe is ten times the error at generation 5; a tail is lost below 90 % of generation 1.

# %% tags=["core", "predict"]
predict("M6.p3")

# %% [markdown] tags=["core", "run"]
# Now your own runs of M2 to M5, each under replace and under *[anchor](../docs/glossary.md#anchor)*. Did you skip one of these lessons? Then the
# cell makes such a run for you, and says so.


# %% tags=["core", "run"]
def both(model, source, measured):
    """Return 12 generations, 8 chains, under replace and under anchor."""
    settings = {"generations": 12, "chains": 8, "measures": measured, "seed": 1}
    return History.together(
        *(
            run(model, source, regime, progress=Bar(), **settings)
            for regime in (replace, anchor)
        )
    )


def gaussians(n=30):
    """Return the Gaussian chains of M2."""
    settings = {"n": n, "generations": 60, "chains": 400, "seed": 1}
    return History.together(
        *(ensemble.gaussian(regime, **settings) for regime in (replace, anchor))
    )


def words():
    """Return the count models of M3."""
    measured = {
        "test_error": measures.lost_mass,
        "types_alive": measures.types_alive,
        "heterozygosity": measures.heterozygosity,
        "unseen_mass": measures.unseen_mass,
    }
    return both(Categorical(), datasets.moby_dick().source, measured)


def images():
    """Return the digits of M4, one normal law."""
    digits = datasets.digits()
    quality = measures.Quality(reference=digits.source.reserve)
    measured = {
        "recall": quality.recall,
        "precision": quality.precision,
        "coverage": quality.coverage,
        "symmetric_recall": quality.symmetric_recall,  # the smaller of recall and coverage
        "effective_classes": measures.ClassShares(digits).effective_classes,
        "frechet_distance": measures.frechet_distance,
        "sample_variance": measures.sample_variance,
    }
    return both(PCAGaussian(), digits.source, measured)


def texts():
    """Return the trigrams of M5, on the smaller text."""
    book = datasets.state_of_the_union(marks=True).passages()
    measured = {
        "held_out_perplexity": measures.HeldOutPerplexity(book.held_out, book.n_types),
        "types_alive": measures.types_alive,
        "heterozygosity": measures.heterozygosity,
    }
    return both(NGram(order=3, n_types=book.n_types), book.source, measured)


mine = {
    "M2 Gaussian": kept_run("M2", gaussians),
    "M3 words": kept_run("M3", words),
    "M4 images": kept_run("M4", images),
    "M5 text": kept_run("M5", texts),
}
for name, history in mine.items():
    print(f"{name:11} {history}")

# %% [markdown] tags=["core", "run"]
# What stands for what in these runs:
#
# | run | error (1, 2, 3) | variance (5) | tail (7) |
# |---|---|---|---|
# | M2 | squared distance to the real law | variance | – |
# | M3 | share of real words lost | chance that two words differ | types alive |
# | M4 | Fréchet distance | sample variance | symmetric recall |
# | M5 | perplexity | chance that two tokens differ | types alive |
#
# And when is it a yes? The median chain decides, against generation 1, with a margin of 95 %. Growth and decline are
# like $t^a$ in the second half of the run, with a beyond 0.1. An exponent must change by 0.1, inventions rise by 0.05;
# modes and tail fall below 90 %.
#
# Definition 4 takes runs of several n. We make four of the Gaussian, none is yours.

# %% tags=["core", "run"] instructor="Before this cell, give each group one definition and let it vote on all four lessons. Then compare with the table, column by column. Whose own run differs from the projected one? Look at its margin."
more_sizes = {n: gaussians(n) for n in (100, 300, 1000, 3000)}
board, sentences = {}, {}
for name, history in mine.items():
    asked = all_definitions(history, sizes=more_sizes if name == "M2 Gaussian" else None)
    for regime, part in asked.groupby("regime", sort=False):
        label = f"{name}, {regime}"
        board[label] = dict(zip(part.definition, part.holds, strict=True))
        sentences[label] = dict(zip(part.definition, part.sentence, strict=True))
board = pd.DataFrame(board, dtype=object).T
plot_verdicts(board, title="“Did it collapse?” Eight runs, eight definitions")

# %% tags=["core", "run"]
for definition in (
    "vanishing_tail",
    "collapsing_variance",
    "catastrophic_increase",
    "diverging_risk",
):
    print(sentences["M3 words, replace"][definition])

# %% tags=["core", "explain"]
explain("M6.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **One run, several answers.** By the second definition all eight rows collapse, anchor included. By the first one none
# does. So "it collapses" and "it does not" can both be true of the same chains.
#
# **A yes can be wrong, too.** The error of the words is a share, at most 1. At generation 12 it still grows, so our test
# says yes. And the typical Gaussian chain stops later on.
#
# **A dash is not "no".** It says that nobody looked. Under inventions, "not shown" means: not more than in generation 1.
# Count models cannot invent. And M4's normal law covers 9 % of the digits from the start: little can be lost.
#
# **Somebody chose** the thresholds, the sizes, and to take no floor off the perplexity, since nobody knows it. Other
# choices:
#
# </details>

# %% tags=["core", "explain"]
for factor in (10, 3):
    soared = [
        name
        for name, history in mine.items()
        if catastrophic_increase(history, "replace", factor=factor).holds
    ]
    print(f"{factor:2} times is a catastrophe: {', '.join(soared) or 'none'}")
for kept in (0.99, 0.9, 0.3):
    lost = vanishing_tail(mine["M5 text"], "replace", kept=kept).holds
    print(f"M5, tail is lost below {kept:.0%}: {'yes' if lost else 'not shown'}")
for same_law in ({n: gaussians(n) for n in (10, 30, 100)}, more_sizes):
    change = changed_scaling_law(same_law, "replace").number
    print(f"M2, n from {min(same_law)} to {max(same_law)}: b changes by {change:.2f}")

# %% [markdown] tags=["core", "explain"]
# An error that grows exactly like t is 5 times as large at generation 5. So at ten times it is no catastrophe, at three
# it is one. And if n is not far above the 60 generations, M2 gets another scaling law.

# %% [markdown] tags=["core", "explain"]
# ### What nobody can see
#
# "Grows without bound" speaks of an endless run. Ours are finite. Take the Gaussian under replace, for which theory
# *knows* the answer: the expected squared distance to the real law grows for ever, like t. Does a run show it?

# %% tags=["core", "explain"]
rows = []
for n, length in ((10, 30), (10, 300), (30, 60), (30, 900)):
    many = ensemble.gaussian(replace, n=n, generations=length, chains=2000, seed=4)
    expected = theory.gaussian.expected_squared_w2(np.arange(1, length + 1), n)
    exact = History({("theory", "squared_w2"): expected[:, None]})
    verdicts = {
        "median": diverging_risk(many),
        "mean": diverging_risk(many, centre="mean"),
        "expectation, by theory": diverging_risk(exact),
    }
    said = {name: "shown" if v.holds else "not shown" for name, v in verdicts.items()}
    rows.append({"n": n, "generations": length, **said})
table_of(rows)

# %% [markdown] tags=["core", "explain"]
# The short runs show growth, and the board says yes for n = 30 and 60 generations. The long ones do not: by then the
# typical chain has stopped, since its variance is gone. Only the expectation diverges. The chains that carry it are so
# rare that 2,000 usually hold too few of them, as in M2.

# %% [markdown] tags=["core"]
# So before you believe or write "collapses", ask:
#
# * Under which **regime**?
# * By which **definition**, with which threshold?
# * Typical chain or **expectation**?
# * How **long** was the run?
# * What was **not** measured?
#
# ## Your turn
#
# **1. Two points.** A test error falls like $n^{-b}$. With $n_1$ rows it is $e_1$, with $n_2$ rows $e_2$. Return b.
# (`hint("M6.e1")` helps.)


# %% tags=["core", "exercise"]
def exponent(n_1, e_1, n_2, e_2):
    """Return b of the law e = c n^(-b) that goes through both points."""
    return ...


# %% tags=["core", "check"]
check("M6.e1", exponent)

# %% [markdown] tags=["core"]
# **2. A weather service.** It retrains its forecast each month, partly on its own forecasts. `errors` holds the error of
# month 1, 2, … (an even number of months). A perfect forecast has the error `floor`, since weather is noisy. What is
# above the floor grows like $t^a$. Return a, from the last month and the middle one (of 12 months: month 6).


# %% tags=["core", "exercise", "transfer"]
def growth(errors, floor):
    """Return a of the law error - floor = c t^a in the second half of the months."""
    middle, last = ..., ...
    return ...


# %% tags=["core", "check"]
check("M6.e2", growth)

# %% [markdown] tags=["deeper"]
# ## Deeper: Where is the limit exact?
#
# With new x in each generation, later fits rest on more different rows, and the error is lower. Each line stands for
# 40,000 chains.

# %% tags=["deeper"]
rows = []
for n, d, design in ((50, 5, "same"), (50, 5, "fresh"), (20, 10, "fresh")):
    one = theory.regression.replace_error(1, n, d)
    history = ensemble.regression(
        accumulate, n=n, d=d, design=design, generations=20, chains=40_000, seed=2
    )
    found_20 = history["test_error"][-1] / one
    rows.append(
        {
            "n": n,
            "d": d,
            "x": design,
            "t = 20": found_20.mean(),
            "standard error": found_20.std(ddof=1) / np.sqrt(len(found_20)),
            "theory": theory.regression.accumulate_error(20, n, d, design=design) / one,
            "limit": theory.regression.accumulate_error_limit(n, d, design=design) / one,
        }
    )
table_of(rows, digits=3)

# %% [markdown] tags=["deeper"]
# For n = 50 the gap is about 3 %: small, but many times the standard error. For n = 20 and d = 10 the limit is 1.36.
# So π²/6 is exact for the same x, and the limit of large n for fresh x.
#
# ## Deeper: Rows that grow
#
# Generation t learns from $t\,n$ or from $t^2 n$ rows, all of them new and synthetic, with new x. 400 chains:


# %% tags=["deeper"]
def growing(power):
    """Return a regime: generation t trains on t**power · n rows, all of them synthetic."""

    def regime(source, pool, synthetic, rng):
        t = pool + 1 if isinstance(pool, int) else 2
        return t, synthetic[: t**power * len(source.real)], None

    return regime


i = np.arange(1, 9)
for power in (1, 2):
    history = run(
        Regression(),
        linear(50, w),
        growing(power),
        generations=8,
        chains=400,
        n_samples=50 * 8**power,
        measures={"test_error": measures.ExcessError(w)},
        seed=4,
    )
    times = history["test_error"][-1] / unit
    exact = (5 / (i**power * 50 - 5 - 1)).sum() / unit
    print(
        f"t^{power} n rows: {times.mean():.2f} ± {times.std(ddof=1) / 20:.2f}, theory {exact:.2f}, "
        f"for large n {(1 / i**power).sum():.2f}"
    )

# %% [markdown] tags=["deeper"]
# ## Deeper: One exponent for a curve with a floor
#
# By definition 4, the cut of idea 2 *is* model collapse: the fitted exponent changes. But a curve that ends at a floor
# has no single exponent. The more large sizes we look at, the nearer to 0 it comes.

# %% tags=["deeper"]
for least in (100, 1000):
    large = sizes >= least
    for name in (real_name, cut_name):
        errors = found[name][large].mean(axis=1)
        slope, _ = np.polyfit(np.log(sizes[large]), np.log(errors), 1)
        print(f"at least {least:5,} rows, {name:20}: b = {-slope:.2f}")

# %% [markdown] tags=["deeper"]
# ## Deeper: Strong collapse
#
# So far, synthetic labels were right on average. Now a share of the labels comes from another vector, $w + \delta$, and
# stays wrong. One model, one fit, no loop. Do more rows wash it out? (d = 10, and the squared length of δ is 9.)

# %% tags=["deeper"]
rows = []
for n in (1000, 10_000, 100_000, 1_000_000):
    row = {"rows": f"{n:,}"}
    for share in (0, 0.001, 0.01, 0.1):
        wrong = int(share * n)
        error = theory.regression.mixed_labels_error(
            n, d=10, n_synthetic=wrong, shift_square=9
        )
        row[f"{share:.1%} wrong"] = f"{error:.6f}"
    rows.append(row)
floor_row = {"rows": "floor"}
for share in (0, 0.001, 0.01, 0.1):
    floor = theory.regression.mixed_labels_floor(share, 9)
    floor_row[f"{share:.1%} wrong"] = f"{floor:.6f}"
table_of([*rows, floor_row])

# %% [markdown] tags=["deeper"]
# With a fixed share p of wrong labels the error ends at the floor $p^2 \|\delta\|^2$. No number of rows brings it lower.
# A share of a tenth stops all progress at once. One wrong label in a thousand is felt only with very many rows: what
# counts as harmful depends on how good the model is already.
#
# Is the formula right? 200 fits of 2,000 rows, a tenth of them with wrong labels:

# %% tags=["deeper"]
rng = np.random.default_rng(8)
real, delta = np.zeros(10), np.r_[3.0, np.zeros(9)]
errors = []
for _ in range(200):
    rows_of_one = linear(2000, real).open(rng).real.copy()
    rows_of_one[:200, -1] += rows_of_one[:200, :-1] @ delta
    errors.append((Regression().fit(rows_of_one).coef_ ** 2).sum())
exact = theory.regression.mixed_labels_error(2000, 10, 200, 9)
print(f"simulated {np.mean(errors):.3f} ± {np.std(errors, ddof=1) / np.sqrt(200):.3f}")
print(f"theory    {exact:.3f}")

# %% [markdown] tags=["deeper"]
# ## Deeper: Too few rows, no noise
#
# With fewer rows than dimensions a model cannot fix the vector. It takes the shortest one that fits. Let labels have no
# noise at all. Is there anything to lose? Here n = 20 rows for d = 40 numbers, in 400 chains.

# %% tags=["deeper"]
long = np.r_[1.0, np.zeros(39)]
length_of = {"length": lambda generation, source: (generation.model.coef_**2).sum()}
history = run(
    Regression(noise=0),
    linear(20, long, noise=0),
    replace,
    generations=5,
    chains=400,
    measures=length_of,
    seed=5,
)
for t in (1, 2, 3, 5):
    exact = theory.regression.minimum_norm_square(t, 20, 40)
    print(
        f"generation {t}: squared length {history['length'][t - 1].mean():.3f}, theory {exact:.3f}"
    )

# %% [markdown] tags=["deeper"]
# The squared length halves in each generation: a loss that is exponentially fast, without any noise. Twenty rows cannot
# fix forty numbers. What the rows do not point at is set to 0, and no later model knows that it was there.
#
# ## Deeper: Replace only some labels
#
# Zhu et al. edit real text: a model draws some tokens anew, and the others stay as people wrote them. In regression: a
# share of the labels is drawn anew in each generation, on the same rows. The regime is three lines. The shares are a
# tenth for ever, or a half, a quarter, an eighth …


# %% tags=["deeper"]
def edited(shares):
    """Return a regime that replaces the next share of the labels, and keeps the others."""

    def rule(source, pool, synthetic, rng):
        turn, training = pool if isinstance(pool, tuple) else (0, source.real)
        new = rng.permutation(len(training)) < round(shares[turn] * len(training))
        training = np.where(new[:, None], synthetic, training)
        return (turn + 1, training), training, None

    return rule


vector = np.array([1.0, -1.0, 2.0, 0.0, 0.5])
first, rows = theory.regression.replace_error(1, 50, 5), []
for name, shares in (("a tenth", 11 * [0.1]), ("halving", 0.5 ** np.arange(1, 12))):
    history = run(
        Regression(design="same"),
        linear(50, vector),
        edited(shares),
        generations=12,
        chains=300,
        measures={"error": measures.ExcessError(vector)},
        seed=9,
    )
    errors = history["error"] / first
    expected = theory.regression.edited_error(shares, 50, 5) / first
    for t in (1, 2, 6, 12):
        error = errors[t - 1].std(ddof=1) / np.sqrt(300)
        rows.append(
            {
                "shares": name,
                "generation": t,
                "error": errors[t - 1].mean(),
                "standard error": error,
                "theory": expected[t - 1],
            }
        )
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# In units of the first error. With a share $a$ of new labels the error grows by about $a(2 - a)$: shares that shrink fast
# enough have a bound, a constant share has none, however small. Zhu et al. state a bound of 2. In this loop it holds if
# all shares together are at most about one half.
#
# ## Deeper: Does a penalty help?
#
# Ridge regression pays for long vectors. Let each fit of *replace* have the same penalty $\lambda$. What is the best one
# for the error in generation t? Theory for many dimensions, ten rows for each; an error of 1 is that of a vector of zeros.

# %% tags=["deeper"]
rows = []
for t in (1, 2, 5, 10, 15, 20):
    best = theory.regression.optimal_ridge_penalty(t, load=0.1)
    smallest = theory.regression.ridge_error(t, 0.1, best) if np.isfinite(best) else 1.0
    rows.append(
        {
            "generation": t,
            "least squares": theory.regression.ridge_error(t, 0.1, 0),
            "best penalty": best,
            "its error": smallest,
        }
    )
table_of(rows, digits=3)

# %% [markdown] tags=["deeper"]
# It helps, but it is no way out. Each generation shrinks what it learned from the last one, and adds noise. In the end no
# penalty beats a model that has learned nothing. Dohmatob, Feng and Kempe, whose penalty is in the last fit alone, let it
# grow with the collapse.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M6")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M6")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * In linear regression the expected error grows like t under *replace*. Under *accumulate* it stays below $\pi^2/6$ times
#   that of generation 1, under *anchor* it ends at 4/3. All are exact if each generation labels the same rows.
# * With t times as many synthetic rows the error still grows, like log t. Only faster growth bounds it.
# * A cut tail ends a scaling law at a floor. Beyond that, doubling the data buys nothing.
# * Eight definitions give different answers for one and the same run. Name the regime *and* the definition.
# * A finite run shows no limit: a "yes" can be wrong, too. "Not measured" is not "no".
#
# ## Where this comes from
#
# * **Gerstgrasser et al. (2024)**, COLM: ×t and π²/6, for the same rows labelled again, and the control with t n rows.
#   They do not claim that accumulating is as good as real data, nor that the bound holds for every model. The sum 4/3 is
#   ours.
# * **Shumailov et al. (2024)**, *Nature*: for a Gaussian the error stays finite only if the rows grow faster than t.
# * **Dey and Donoho (2024)**, arXiv:2410.22812: the same bound for many other models, in the limit of large n.
# * **Dohmatob et al. (2024)**, *A Tale of Tails*, ICML: scaling laws with a cut tail. Their memoriser is a toy; they test
#   the idea on transformers, too. Mixing in clean data helps, which we did not show.
# * **Dohmatob, Feng and Kempe (2024)**, NeurIPS: regression with fresh rows, and the exponential loss without noise.
# * **Dohmatob et al. (2025)**, *Strong Model Collapse*, ICLR: the floor. The first preprint says "as little as 1 %" of
#   synthetic data, the ICLR version "1 per 1000". Cite the version. Our wrong labels are a simple case of theirs.
# * **Schaeffer et al. (2025)**, *Position: Model Collapse Does Not Mean What You Think*, arXiv:2503.03150. Their names:
#   catastrophic increase of population risk, any increase of population risk, asymptotically diverging population risk,
#   change in scaling law, collapsing variance, entanglement of real data modes, disappearance of real tail data,
#   appearance of hallucinated data. They do not call any of the eight the right one. The thresholds are ours, and so are
#   the measures.
#
# ## Next
#
# Test yourself: [Q6](../quizzes/Q6_how_fast.ipynb), thirteen questions with your own numbers. Then
# [M7 · Escaping collapse](M7_escaping_collapse.ipynb): what helps, where, and at what cost.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
