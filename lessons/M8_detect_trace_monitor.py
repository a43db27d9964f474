# %% [markdown]
# # M8 · Detect, trace, monitor
#
# **Questions.** What is a detector's flag worth? How many real documents are in my training set? Which number raises an
# alert before the tail is gone?
#
# **Objectives.** After this lesson you can
#
# * compute what a flag is worth at a given synthetic share;
# * say what keeps a rare word in a crawl that fills with synthetic text;
# * estimate the real share of a set from labels that are not perfect;
# * set control limits that keep the false-alarm rate asked for;
# * choose a statistic that sees the loss in time, and say what an alert does not prove.
#
# **Minutes.** 70: reading 30, doing 40. The deeper parts take 35 more.
#
# **You need.** [Median, logarithms, functions and loops](../docs/bridge.md), M3 and M5.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import betabinom
from scipy.stats import t as t_law
from sklearn.neighbors import KernelDensity

from collapse_edu import adapt, datasets, mix, resampled, run, theory
from collapse_edu.course.desk.bar import counted
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.experiments.monitoring_mistakes import score_jumps
from collapse_edu.course.explorers import MonitorExplorer, monitored_stream
from collapse_edu.measures import types_alive
from collapse_edu.models import NGram
from collapse_edu.plots import plot_lines, plot_precision, plot_roc
from collapse_edu.production import Detector, Ledger, Monitor, exhaust
from collapse_edu.production import image_statistics, ngram_counts
from collapse_edu.production import flags_expected, labels_worth, precision_at
from collapse_edu.production import share_from_flags
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
from collapse_edu.loop.source import FiniteData

welcome("M8")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M3](M3_losing_the_tails.ipynb) and [M5](M5_text_collapse.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M3.09", again=True)

# %% tags=["core", "retrieval"]
ask("M5.06", again=True)

# %% [markdown] tags=["core"]
# ## Exhaust
#
# What models write goes back to where their training data come from. It is called **[exhaust](../docs/glossary.md#exhaust)**. This lesson is about
# three defences:
#
# * *detect*: a machine says which documents are synthetic;
# * *trace*: each document carries a label that says where it is from;
# * *monitor*: nobody looks at single documents, but at what a stream of them has lost.
#
# Our human text is *Moby-Dick* again, in documents of 120 words; our machines are n-gram models. They are small. What
# they share with large ones is the loop, and the arithmetic of flags, labels and alerts.

# %% tags=["core"]
book = datasets.moby_dick()
n_types = len(book.vocabulary)
in_order = book.tokens[: len(book.tokens) // 120 * 120].reshape(-1, 120)
documents = np.random.default_rng(8).permutation(in_order)
print(f"{len(documents):,} documents of 120 words, in random order")

# %% [markdown] tags=["core"]
# ## Idea 1: What is a flag worth?
#
# A **[detector](../docs/glossary.md#detector)** gives each document a score, and flags what is above a threshold. Two
# numbers describe it:
#
# * the *true-positive rate*: the share of the synthetic documents that it flags;
# * the *false-positive rate*: the share of the real documents that it flags.

# %% tags=["core", "predict"]
predict("M8.p1")

# %% [markdown] tags=["core", "run"]
# First a real detector: a logistic regression on word pairs and triples. Two thirds of the documents are public: the
# generators learned from them, and the detector's examples of human text come from there. The last third is new. We
# try generators that get better: they look at 0, 1, 2 and 4 words before the next one.

# %% tags=["core", "run", "open"] instructor="Ask why the generator of five words is hard to find: it copies. A detector that had human text which the generator never saw would do better on it, because it then finds the copies."
public, new = documents[:1100], documents[1100:]
detectors, texts, curves = {}, {}, {}
for name, order in {"a bag of words": 1, "pairs": 2, "triples": 3, "five words": 5}.items():
    rng = np.random.default_rng(order)
    generator = NGram(order=order, n_types=n_types).fit(public)
    detectors[name] = Detector(ngram_counts).fit(public, generator.sample(len(public), rng))
    texts[name] = generator.sample(len(new), rng)
    curves[name] = detectors[name].roc(new, texts[name])[:2]
plot_roc(curves, title="Four generators, each with a detector of its own")

# %% [markdown] tags=["core", "run"]
# Where a curve lies below the coin, copies look more real than new text does.
#
# Here each generator has a detector of its own. But a detector is trained before the next generator comes. So try each
# detector (rows) on each generator (columns). The table shows the true-positive rate at a false-positive rate of 5 %.

# %% tags=["core", "run"]
found = pd.DataFrame(
    {
        tested: {
            trained: np.interp(0.05, *detector.roc(new, written)[:2])
            for trained, detector in detectors.items()
        }
        for tested, written in texts.items()
    }
)
found.rename_axis("trained on").round(2)

# %% [markdown] tags=["core", "run"]
# Each curve above goes through all thresholds. Say we allow false flags for 5 % of the real documents. What do the flags hold,
# when 1 %, 10 % or 50 % of all documents are synthetic? The share of synthetic documents among all is the
# **[base rate](../docs/glossary.md#base-rate)**.

# %% tags=["core", "run"]
shares = np.geomspace(0.003, 0.9, 61)
plot_precision(
    shares,
    {
        "90 % found": precision_at(shares, 0.9, 0.05),
        "pairs": precision_at(shares, found.loc["pairs", "pairs"], 0.05),
        "five words": precision_at(shares, found.loc["five words", "five words"], 0.05),
    },
    title="What flags are worth, by the share of synthetic documents",
    prediction=None if said("M8.p1") is None else (0.01, said("M8.p1")),
)

# %% tags=["core", "run"]
right, wrong = flags_expected(0.01, true_positive=0.9, false_positive=0.05, n=10_000)
print(f"of 10,000 documents, 1 % synthetic: {right:.0f} flags are right, {wrong:.0f} wrong")
for share in (0.01, 0.1, 0.5):
    worth = precision_at(share, true_positive=0.9, false_positive=0.05)
    print(f"synthetic share {share:.0%}: {worth:.0%} of what is flagged is synthetic")

# %% tags=["core", "explain"]
explain("M8.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **The base-rate trap.** Few documents are synthetic, so few can be flagged rightly: 90. Many are real, and 5 % of many
# is a lot: 495. So 15 % of the flags are right. At a share of 50 % it is 95 %, with the same detector.
#
# **Decay.** Even trained anew, a detector gets weaker: read the diagonal. Last year's is worse: trained on bags of words
# it finds 5 % of the pairs, no better than a coin.
#
# **What it can do.** It need not be right about single documents. Flags give the *share*, if both rates are known:
#
# </details>

# %% tags=["core", "explain"]
print("135 of 1,000 flagged; synthetic share:", share_from_flags(135, 1000, 0.9, 0.05))
print(f"worth of these flags, in perfect labels: {labels_worth(1000, 0.1, 0.9, 0.05):.0f}")

# %% [markdown] tags=["core", "explain"]
# Solve *flagged = share · 0.9 + (1 - share) · 0.05* for the share. For this purpose 1,000 flags are worth 557 perfect
# labels. But rates that have decayed give a share that is too small, and the ± does not show it.

# %% [markdown] tags=["core"]
# ## Idea 2: What keeps the rare words?
#
# People write 40 documents a year, as ever. Machines write more each year: 0, 20, 40, 80, 160, 360, 720. Each year's
# model learns from the whole crawl of its year, and writes the machines' part of the next one.

# %% tags=["core", "predict"]
predict("M8.p2")

# %% [markdown] tags=["core", "run"]
# Two worlds with the same synthetic shares. *On top*: machines write in addition. *In their place*: the crawl keeps 40
# documents, so machines push people out. Five chains of each. A larger set holds more words. So we compare sets of one
# size: 40 documents, drawn from the crawl of each year.

# %% tags=["core", "run"]
machines = [0, 20, 40, 80, 160, 360, 720]
trigram = NGram(order=3, n_types=n_types)


def words_by_year(seed, on_top):
    """Return for each year: words in 40 documents of the crawl, words in all of it, its synthetic share."""
    rng = np.random.default_rng(seed)
    real = rng.permutation(documents)
    source = FiniteData(real[:40], reserve=real).open(rng)
    if on_top:
        years = list(exhaust(trigram, source, human=40, n_samples=machines, rng=rng))
        some = [len(np.unique(year.documents[:40])) for year in years]  # in random order
        return (
            some,
            [len(np.unique(year.documents)) for year in years],
            [y.share for y in years],
        )
    crawl, words = source.draw(40, rng), []
    for amount in [*machines, None]:
        words.append(len(np.unique(crawl)))
        if amount is not None:
            pushed = round(40 * amount / (40 + amount))  # the same share, of 40 documents
            written = NGram(order=3, n_types=n_types).fit(crawl).sample(pushed, rng)
            crawl = np.concatenate([source.draw(40 - pushed, rng), written])
    return words


some, whole, synthetic = (
    np.array(each).T
    for each in zip(*(words_by_year(seed, True) for seed in range(5)), strict=True)
)
in_place = np.array([words_by_year(seed, False) for seed in range(5)]).T
plot_lines(
    range(1, 9),
    {"on top": some, "in their place": in_place},
    label="different words in 40 documents",
    title="Different words in 40 documents, in two worlds",
    step="year",
)

# %% tags=["core", "run"]
pd.DataFrame(
    {
        "year": range(1, 9),
        "synthetic": [f"{share:.0%}" for share in synthetic[:, 0]],
        "on top": np.median(some, axis=1).astype(int),
        "in their place": np.median(in_place, axis=1).astype(int),
        "on top, whole crawl": np.median(whole, axis=1).astype(int),
    }
).set_index("year")

# %% tags=["core", "explain"]
explain("M8.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Same shares, different fates.** On top, each year still brings 40 real documents, so the loss is small. In their
# place, the last year brings 2. (The whole crawl holds more words because it is larger.)
#
# A rare word lives by its *fresh copies*: how often the real text of one year holds it. The table shows the chance that
# such a word is in what the model writes, in the long run, by theory: for count models at temperature 1, and rare words.
# As in our crawl, the model writes the synthetic part and no more: with as much real text, 99 times as much at 99 % as
# at 50 %. "In what it writes" means: somewhere in all of that.
#
# </details>

# %% tags=["core", "explain"]
copies = [0.1, 0.5, 1, 2, 5]
table = pd.DataFrame(
    {
        f"{100 * (1 - real):g} % synthetic": theory.immigration.probability_kept(
            copies, real, samples_per_row=1 - real
        )
        for real in (0.5, 0.1, 0.01)
    },
    index=pd.Index(copies, name="fresh copies a year"),
)
table.round(2)

# %% [markdown] tags=["core", "explain"]
# **No danger line.** With five fresh copies a year the word is nearly safe at each of these shares; with 0.1 it is not.
# So choose the words whose loss matters, and see to it that real text brings them: one word in a million needs five
# million real words a year. (At a low temperature this does not hold: see M5.)

# %% [markdown] tags=["core"]
# ### Who tells you the number?
#
# **[Provenance](../docs/glossary.md#provenance)** is the record of where documents come from. Labels can be wrong, so a
# sample is *audited*: somebody finds out the truth. A ledger keeps both. Here is the crawl of year 8.

# %% tags=["core"]
rng = np.random.default_rng(5)
source = FiniteData(documents[:40], reserve=documents).open(rng)
*_, crawl = exhaust(trigram, source, human=40, n_samples=machines, rng=rng)
rows = []
for row, is_real in zip(crawl.documents, crawl.is_real, strict=True):
    said = rng.choice(["real", "unknown"], p=[0.7, 0.3] if is_real else [0.05, 0.95])
    rows.append((" ".join(book.vocabulary[i] for i in row), "crawl", "2026-01-31", said))
ledger = Ledger()
truth = dict(zip(ledger.add_many(rows), crawl.is_real, strict=True))
for declared in ("real", "unknown"):
    for key in ledger.to_audit(30, rng, declared=declared):
        ledger.verify(key, "real" if truth[key] else "synthetic")
ledger.table()

# %% tags=["core"]
print("real share by the ledger:", ledger.real_share())
print(f"true real share: {crawl.is_real.mean():.1%}")
real_labels = ledger.table().loc["real", "documents"]
print(
    f"labels that say real: {real_labels}; documents that are real: {crawl.is_real.sum()}"
)

# %% [markdown] tags=["core"]
# If you only count labels, you are wrong. The audit corrects it: each label gets its own real share, and an uncertainty.
# 0 found of 30 does not mean none: half a document is added (Jeffreys' rule), so this share is 0.02.

# %% [markdown] tags=["core"]
# ## Idea 3: Which number raises an alert in time?
#
# Now you watch a stream, in windows of 10 documents. The synthetic share grows by 20 % with each 50 documents; each
# model learns from the last 50. The *scorer* learned *other* real text, which none of these models saw. Its
# **[mean score](../docs/glossary.md#mean-score)** (`log_probability` in tables) is the mean log probability of a word,
# which is minus the log of M5's perplexity.

# %% tags=["core", "predict"]
predict("M8.p3")

# %% [markdown] tags=["core", "run"]
# Run the dashboard and play the film. All curves are in the same unit: beyond 1 or -1 is outside of the
# **[control limits](../docs/glossary.md#control-limits)**, and raises an alert. (Beyond them the axis is compressed.) Then
# change the growth; try 0, too. The log names the causes of each alert.

# %% tags=["core", "run", "explorer"] instructor="Let them set the growth to 0 and choose another seed each: in a class of 25 about eight see a false alarm in their 50 windows, in the mean. That is what one per cent means."
MonitorExplorer()

# %% [markdown] tags=["core", "run"]
# One stream is one draw. Here are 20, each with a newly mixed book. For each statistic alone, with its own limit at the same
# rate: how many windows after the first synthetic document does it raise its first alert?


# %% tags=["core", "run"]
def first_alert(alerts):
    """Return the number of the first window outside of the limits; infinity if there is none."""
    return np.argmax(alerts) + 1 if np.any(alerts) else np.inf


names = {
    "different pairs": "distinct_2",
    "different words": "vocabulary",
    "rare words found": "tail_recall",
    "share of rare words": "tail_mass",
    "mean score": "log_probability",
}
delays = {name: [] for name in ["all together", *names]}
outside, types = {name: [] for name in delays}, []
for seed in counted(range(20)):
    reference, stream = monitored_stream(0.2, seed)
    monitor = Monitor(reference, window=10, false_alarms=0.01)
    changed = list(monitor.watch(stream, at_once=50))[
        10:
    ]  # the first 100 documents are real
    raised = {"all together": np.array([reading.alert for reading in changed])}
    for name, statistic in names.items():
        column = list(monitor.limits().index).index(statistic)
        off = np.abs([reading.deviations[column] for reading in changed])
        raised[name] = off > monitor.limit_of(statistic)
    for name, alerts in raised.items():
        delays[name].append(first_alert(alerts))
        outside[name].append(alerts[-10:])
    types.append([len(np.unique(stream[i : i + 50])) for i in range(0, 500, 50)])

pd.DataFrame(
    {
        name: {
            "median delay, windows": f"{np.median(found):.0f}".replace("inf", "none in 40"),
            "outside at the end": f"{np.mean(outside[name]):.0%}",
        }
        for name, found in delays.items()
    }
).T

# %% [markdown] tags=["core", "run"]
# "Outside at the end" is the share of the last ten windows outside of the limits; luck alone gives 1 %. How many words
# were left at the first alert of *all together*, in its generation of 50 documents?

# %% tags=["core", "run"]
at_alert = [int(10 + delay - 1) // 5 for delay in delays["all together"]]
left = np.array(types) / np.mean(np.array(types)[:, :2], axis=1, keepdims=True)
print(f"at the first alert: {np.median(left[range(20), at_alert]):.0%} of the words")
print(f"at the end: {np.median(left[:, -1]):.0%}")

# %% tags=["core", "explain"]
explain("M8.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why this mean has no direction.** These trigram models sample faithfully, so on average each word triple keeps its
# share (M3). The scorer looks at triples, so its mean is a sum of such shares: it wanders within its limits. (A low temperature,
# or a writer that ignores order, moves it.) What falls is how many *different* pairs, then words, a window holds.
#
# **In time.** It is *pairs* that raise the alert, while 86 % of the words are there. Rare words are the slowest.
#
# *All together* watches eight statistics, so its limits are wider.
#
# </details>
#
# ### What has the scorer seen?
#
# Now two scorers. One learned the text that the first generator learned, the other one did not. How far does the mean
# score jump when a stream turns from new real text to model text, in standard deviations of real windows?

# %% tags=["core", "explain"]
# The mean of ten mixed books, and the ends of its 95 % interval.
score_jumps(np.random.default_rng(3), repetitions=10).round(1)

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# A model scores its own training text higher than new text, and what a generator writes is made of its training text. So
# a scorer of that text sees the first synthetic window, before anything is lost. From generation to generation its score
# hardly moves, either.
#
# **So say what the scorer has seen.** Is the reference your own training data? Then the mean score is the fastest alarm for
# text of models that learned the same. It says nothing about what is lost, and next to nothing of faithful writers that
# learned other text.
#
# </details>

# %% [markdown] tags=["core"]
# ### How the limits are made
#
# The **[false-alarm rate](../docs/glossary.md#false-alarm-rate)** is the chance of an alert in a window in which nothing
# changed. We ask for 1 %, and get these limits:

# %% tags=["core"]
monitor.limits().round(3)

# %% [markdown] tags=["core"]
# The monitor takes 99 windows of *real* documents that its memory does not know. Each gets a score: its largest
# deviation from the centre, in [spreads](../docs/glossary.md#spread). The limit is the largest of these 99 scores.

# %% tags=["core"]
scores = np.abs(monitor.calibration).max(axis=1)
print(
    f"{len(scores)} scores, the largest {scores.max():.1f}; the limit: {monitor.limit:.1f}"
)

# %% [markdown] tags=["core"]
# If nothing changed, the new window is one of 100 in random order. So its chance to be the most extreme is exactly 1 in
# 100. No law of the *scores* is assumed. (`length` is idle here: all
# documents have 120 words.)
#
# The proof needs one thing: the new window and the 99 could change places. So its documents must be drawn like those of
# the 99: at random from the same mixture. Neighbours in a real stream resemble each other. Cut the book into blocks of
# 10 neighbours, and give whole blocks to the reference and to the stream. Then mix all documents instead. Nothing
# changes in either stream, and we ask for 1 %.

# %% tags=["core"]
kept, quiet = in_order[:1740].reshape(-1, 10, 120), {"neighbours": [], "mixed": []}
for seed in counted(range(40)):
    rng = np.random.default_rng([81, seed])
    texts = {"neighbours": rng.permutation(kept), "mixed": rng.permutation(in_order[:1740])}
    for name, rows in texts.items():
        rows = rows.reshape(-1, 120).tolist()
        monitor = Monitor(rows[:1240], window=10, false_alarms=0.01)
        alerts = [reading.alert for reading in monitor.watch(rows[1240:], at_once=50)]
        quiet[name].append(np.mean(alerts))
error = np.std(quiet["neighbours"], ddof=1) / np.sqrt(40)
print(f"alarms, neighbours: {np.mean(quiet['neighbours']):.1%} ± {error:.1%} of windows")
error = betabinom(50, 1, 99).std() / 50 / np.sqrt(40)
print(f"alarms, mixed: {np.mean(quiet['mixed']):.1%}; in theory 1.0% ± {error:.1%}")

# %% [markdown] tags=["core"]
# Mixed, the rate is kept. With neighbours we asked for 1 % and get about 30 %. So mix a stream, over times longer
# than its runs of neighbours, or set the limits with windows of neighbours.
#
# A small rate also needs many documents. In a reference of 1,238 at 1 %, most of them make the 99 windows; 99 documents
# give the scale, and 149 are left for the words and for the scorer. With less it refuses:

# %% tags=["core"]
try:
    Monitor(reference[:600], window=10, false_alarms=0.01)
except ValueError as error:
    print(error)

# %% [markdown] tags=["core"]
# ### What an alert does not prove
#
# Other changes raise alerts, too. In a deeper part the stream turns from Melville to early presidents: all is real, and
# the diversity falls as in a collapse. But the log names *new words*, too: a loss brings none. An alert says that the
# stream is unlike the reference. It does not say why. Read documents before you act.
#
# ## Your turn
#
# **1. The share behind the flags.** A detector flags `flagged` of `n` documents. Return the synthetic share; what comes
# out below 0 or above 1 becomes 0 or 1. Do not round. Stuck? Say `hint("M8.e1")`, and later `solution("M8.e1")`.


# %% tags=["core", "exercise"]
def synthetic_share_of(flagged, n, true_positive, false_positive):
    """Return the estimated synthetic share, from 0 to 1."""
    share = ...  # solve for it: flagged / n holds right flags and wrong ones
    return share


# %% tags=["core", "check"]
check("M8.e1", synthetic_share_of)

# %% [markdown] tags=["core"]
# **2. A bakery.** A bakery knows how many loaves were left on quiet days. It wants an alert on a day with unusually many, but for quiet
# days at most once in `m` days, exactly as above. Return the limit: an alert is a day with *more* than that. Return
# `None` if there are too few quiet days to compare with. (All numbers differ.)


# %% tags=["core", "exercise", "transfer"]
def alert_limit(quiet, m):
    """Return the lowest limit that keeps false alarms to one in m quiet days; None if there is none."""
    most = sorted(quiet, reverse=True)
    k = ...  # how many of the days, the new one included, may be above
    return ...


# %% tags=["core", "check"]
check("M8.e2", alert_limit)

# %% [markdown] tags=["deeper"]
# ## Deeper: An alert without a collapse
#
# The reference is Melville. The stream: 30 documents of Melville, then 30 of early presidents. All of it is real.

# %% tags=["deeper", "explorer"]
addresses = datasets.state_of_the_union()
melville = [[book.vocabulary[i] for i in row] for row in documents]
presidents = [
    [addresses.vocabulary[i] for i in row]
    for row in addresses.tokens[: 30 * 120].reshape(-1, 120)
]
MonitorExplorer(
    own=(melville[:1238], melville[1238:1268] + presidents), window=5, false_alarms=0.05
)

# %% [markdown] tags=["deeper"]
# These addresses repeat themselves, so the diversity falls, and the score stays within its limits. New words rise: no loss does that.
#
# ## Deeper: What a known share is worth
#
# $n$ documents, of which only the real share $\alpha$ is known, are worth fewer than $n$ labelled real ones, when you
# estimate a mean. How many depends on how far the synthetic documents are from the real ones. Say, both follow normal laws
# of the same width. Then one document holds this much information (Fisher's; 1 is a labelled real one):

# %% tags=["deeper"]
distances = [0, 1, 2, 4, 8]
pd.DataFrame(
    {
        f"real share {share:g}": theory.known_share.known_share_information(
            share, distances
        )
        for share in (0.5, 0.1)
    },
    index=pd.Index(distances, name="standard deviations between the means"),
).round(3)

# %% [markdown] tags=["deeper"]
# It is $\alpha^2$ where nothing tells them apart, and rises to $\alpha$ where each document tells what it is. So $n$
# documents are worth about $n\,\alpha^2$ at least, and $n\,\alpha$ at most, *if* you know what synthetic documents are like,
# and make the best of it. The obvious estimate does not: take the mean of all, and correct it for the synthetic part. The
# farther the synthetic documents are, the *less* it gets. Here are 1,000 documents, half of them real, 4 standard
# deviations apart:

# %% tags=["deeper"]
share, far, n = 0.5, 4, 1000
rng = np.random.default_rng(7)
times = 10_000
x = rng.standard_normal((times, n)) + far * (rng.random((times, n)) >= share)
best = np.zeros((times, 1))
for _ in range(6):  # expectation and maximisation, with all known but the real mean
    real = share * np.exp(-((x - best) ** 2) / 2)
    real /= real + (1 - share) * np.exp(-((x - far) ** 2) / 2)
    best = (real * x).sum(axis=1, keepdims=True) / real.sum(axis=1, keepdims=True)
corrected = (x.mean(axis=1) - (1 - share) * far) / share
for name, estimate in {"best fit": best, "corrected mean": corrected}.items():
    worth = 1 / np.mean(estimate**2)
    print(
        f"worth, {name}: {worth:.0f} ± {worth * np.sqrt(2 / times):.0f} labelled documents"
    )
print(f"theory, best fit: {theory.known_share.known_share_sample_size(n, share, far):.0f}")

# %% [markdown] tags=["deeper"]
# The ledger of year 8 has two labels, each with a real share of its own:

# %% tags=["deeper"]
print(
    f"{len(ledger)} documents, about {ledger.real_share().share * len(ledger):.0f} of them real"
)
print(f"worth, if nothing tells them apart: {ledger.worth():.0f} with a perfect label")
print(f"worth, if each tells what it is: {ledger.worth(np.inf):.0f}")

# %% [markdown] tags=["deeper"]
# A perfect label is worth the difference: so label at the source.
#
# ## Deeper: Is the rate kept?
#
# No law of the scores was assumed. Try one that has not even a mean:

# %% tags=["deeper"]
scores = np.random.default_rng(6).standard_cauchy((200_000, 100))
above = scores[:, 99] > scores[:, :99].max(axis=1)
print(f"the new score is above all 99 others: {above.mean():.2%}")

# %% [markdown] tags=["deeper"]
# Now documents, mixed. We ask for 5 % here, so that 500 documents are enough. Forty references, 40 windows each of text in which nothing
# changes.

# %% tags=["deeper"]
alarms = []
for seed in range(40):
    mixed = np.random.default_rng([88, seed]).permutation(documents).tolist()
    monitor = Monitor(mixed[:500], window=10, false_alarms=0.05)
    alarms.append([reading.alert for reading in monitor.watch(mixed[500:900], at_once=40)])
by_reference = np.mean(alarms, axis=1)
error = by_reference.std(ddof=1) / np.sqrt(40)
n = monitor.n_calibration + 1
k = round(monitor.rate * n)
low, high = betabinom(40, k, n - k).ppf([0.025, 0.975]) / 40
print(
    f"false alarms: {by_reference.mean():.1%} ± {error:.1%} of the windows, 5 % asked for"
)
print(f"single references: from {by_reference.min():.1%} to {by_reference.max():.1%}")
print(f"theory, 40 windows each: 95 % lie between {low:.1%} and {high:.1%}")

# %% [markdown] tags=["deeper"]
# The mean over references is what was asked for. One reference is one draw: its own rate follows a beta law. Counting in
# 40 windows adds noise; the theory holds both. Two of 40 are expected outside. More calibration windows narrow the law.
#
# (The test `tests/published/test_monitor.py` does it with 1,000 null and 1,000 drifting streams.)
#
# ## Deeper: Images
#
# The same for images. The features are nine numbers: ink, contrast, empty and full pixels, edges. The generator puts a
# small bell around each training image; the narrower, the closer it is to copying. Its pixels are set to the 17 greys
# of real digits, or the greys alone would give it away.

# %% tags=["deeper"]
images = datasets.digits()
known, unseen = images.source.real, images.source.reserve
nine_numbers = partial(image_statistics, shape=images.shape)
rows = []
for width in (0.1, 0.05, 0.03, 0.02, 0.01):
    kernel = adapt(KernelDensity(bandwidth=width)).fit(known)
    rng = np.random.default_rng(3)
    drawn, tried = (
        np.round(np.clip(kernel.sample(len(part), rng), 0, 1) * 16) / 16
        for part in (known, unseen)
    )
    detector = Detector(nine_numbers, C=1.0).fit(known, drawn)
    rows.append(
        {"width of the bell": width, "area under the curve": detector.auc(unseen, tried)}
    )
table_of(rows, digits=2)

# %% [markdown] tags=["deeper"]
# The area under the curve is the chance that a synthetic image looks more synthetic than a real one: 1 is perfect, 0.5 a coin.
# The last generator copies. No feature of single images can find a copy; M4 found it by its nearest neighbour.
#
# ## Deeper: Five mistakes
#
# The first you met above: **“Our windows are neighbours, our limits are not.”** The others are short experiments of
# `collapse_edu.course.experiments`.
#
# **"We alert on the mean."** Ten windows that are all synthetic, of models that learned other text than the reference, and
# of models that learned the reference. In how many of ten streams do most windows raise an alert?

# %% tags=["deeper"]
from collapse_edu.course.experiments.monitoring_mistakes import (
    alert_on_the_mean,
    deduplicated_tail,
)
from collapse_edu.course.experiments.monitoring_mistakes import (
    limit_for_each,
    limits_from_memory,
)

alert_on_the_mean(np.random.default_rng(1), repetitions=10)

# %% [markdown] tags=["deeper"]
# The mean score alone misses streams of models that learned other text. For models of the reference it is a fast alarm,
# while little is lost yet.

# %% [markdown] tags=["deeper"]
# **"A limit for each statistic, at the same rate."** Eight statistics have eight chances to be unlucky.

# %% tags=["deeper"]
limit_for_each(np.random.default_rng(2), repetitions=10)

# %% [markdown] tags=["deeper"]
# **"Limits from the documents that we know best."** The reference knows all words of its own documents. Fresh text has new
# ones, so each window of it looks like drift.

# %% tags=["deeper"]
limits_from_memory(np.random.default_rng(3), repetitions=10)

# %% [markdown] tags=["deeper"]
# **"Deduplication cleaned our data."** Rare facts had been quoted: five copies each. One copy is left. Then count models
# learn from each other under *replace*, for 10 generations. How many of the rare words live?

# %% tags=["deeper"]
deduplicated_tail(np.random.default_rng(4))

# %% [markdown] tags=["deeper"]
# Deduplication has good reasons. But the copies were what kept rare words alive: a word's life is a matter of its
# count (M3). Count before you remove.
#
# ## Deeper: Let a detector choose
#
# After Drayson et al., small: a detector gives each document a probability of being human, and the training set is drawn
# again in proportion to it ([resampled](../docs/glossary.md#resampled)). A fifth of the documents is fresh human text.
# Two writers of word pairs: one samples as it learned, one at a temperature of 0.8. Six chains each; what counts is how
# many different words the training set has in generation 10.

# %% tags=["deeper"]
# Each writer has a detector, which learned from its first generation.
known, rest = documents[:600], documents[600:]
rows = []
for temperature in (1.0, 0.8):
    writer = NGram(order=2, n_types=n_types, temperature=temperature)
    drawn = writer.fit(known).sample(600, np.random.default_rng(4))
    detector = Detector(ngram_counts).fit(known, drawn)

    def human(rows, detector=detector):
        return 1 / (1 + np.exp(detector.score_samples(rows)))

    for regime in (mix(0.2), resampled(0.2, human)):
        history = run(
            writer,
            FiniteData(rest[:100], reserve=rest[100:]),
            regime,
            generations=10,
            chains=6,
            measures={"words": types_alive},
            seed=4,
        )
        words = history["words"][-1]
        half_width = t_law(5).ppf(0.975) * words.std(ddof=1) / np.sqrt(6)
        rows.append(
            {
                "temperature": f"{temperature:.1f}",
                "regime": regime.__class__.__name__,
                "different words": f"{words.mean():,.0f}",
                "95 % interval: ±": f"{half_width:.0f}",
            }
        )
table_of(rows)

# %% [markdown] tags=["deeper"]
# At the low temperature the loss has a direction, and the detector prefers what the writer loses: it keeps more words. The
# faithful writer loses by chance alone; there, drawing again costs words: some documents come twice, some not at all.
# Drayson et al. have better detectors and larger sets.
#
# ## Deeper: Without a notebook
#
# The same monitor runs on your own documents: `collapse-edu monitor --reference real.jsonl --stream new.jsonl`. It prints
# a table, ends with status 3 after an alert, and remembers its state. [A worked example](../docs/monitor.md).

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M8")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M8")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * What a flag is worth depends on the base rate. At a share of 1 %, a detector with rates 90 % and 5 % is right in 15 % of its flags.
# * Detectors decay as generators improve. With rates measured anew they can still estimate shares.
# * The number of fresh real documents keeps the tail, not the share. There is no universal danger line.
# * Label at the source; audit a sample; report the real share with its uncertainty.
# * Alert on diversity. A mean score says what its scorer has seen: under a model of other real text it only wanders, while the
#   writers sample faithfully; under a model of the generator's own training text it jumps at once, whatever is lost.
# * Limits from real windows that the memory does not know keep the false-alarm rate exactly, in the mean over references,
#   if windows are exchangeable: drawn at random from the same mixture.
#
# ## Where this comes from
#
# * **Drayson et al. (2025)**, EMNLP: resampling by a detector's score prevented collapse of their language models. A
#   deeper part runs it on word pairs: it helps where sampling narrows the text. They do not claim that a detector is right
#   about single documents.
# * **Kanabar and Gastpar (2026)**: the effective sample size Σ nα² of batches with known real shares, in the worst case of
#   discrete estimation. The table of distances is ours.
# * **Rogan and Gladen (1978)**: a share from imperfect tests. **Vovk et al. (2005), Vovk (2012)**: exact limits from ranks.
# * **Shumailov et al. (2024)**, *Nature* 631, name shared information on provenance as one option. Their models' own text
#   changes its perplexity under their first model, generation after generation; ours hardly does: n-grams sample what they
#   learned.
#
# None of them watches n-grams of a novel, as we do. The numbers here are those of small models on one book.
#
# ## Next
#
# Test yourself: [Q8](../quizzes/Q8_detect_trace_monitor.ipynb), twelve questions with your own numbers. Then
# [M9 · What is human data worth?](M9_value_of_human_data.ipynb): what all this costs.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
