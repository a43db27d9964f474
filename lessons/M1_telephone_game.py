# %% [markdown]
# # M1 · The telephone game
#
# **Questions.** What is lost when each learner knows only what the last one said? What goes first? What changes when
# everybody also hears the original?
#
# **Objectives.** After this lesson you can
#
# * play the game by hand and on the computer, and name its parts;
# * compute the chance that a rare word misses the next round;
# * tell early collapse from late collapse;
# * show on a run what keeping the real data changes.
#
# **Minutes.** 45: reading 15, doing 30. The deeper parts take 8 more.
#
# **You need.** [Mean, median, functions](../docs/bridge.md). No computer? Take the
# [printable sheet](../docs/telephone_sheet.md) into the room.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np

from collapse_edu import History, ensemble, theory
from collapse_edu import accumulate, anchor, preserve, replace
from collapse_edu.course.desk.own_seed import own_seed
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import TelephoneExplorer, bag_of
from collapse_edu.plots import plot_history
from collapse_edu.course.quiz import ask, check, explain, hint, predict, solution, welcome

welcome("M1")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M0](M0_start_here.ipynb) that you need today: chances multiply, and a loop passes its result on.

# %% tags=["core", "retrieval"]
ask("M0.05", again=True)

# %% tags=["core", "retrieval"]
ask("M0.04", again=True)

# %% [markdown] tags=["core"]
# ## The game
#
# In the game of telephone, each player whispers what the last one said. Here is one for models.
#
# * A coin gives ten tosses: five heads, five tails. Write each on a slip, and put the slips into a bag. This bag
#   holds the **[real data](../docs/glossary.md#real-data)**.
# * Draw a slip, write it down, put it back. Do this ten times. What you wrote down is **[synthetic](../docs/glossary.md#synthetic-data)**: no coin was
#   tossed for it.
# * Fill a new bag with what you wrote down, and throw the old bag away. Play again.
#
# A bag is a very simple **[model](../docs/glossary.md#model)**: it learns how often each thing came, and it draws
# new data with these chances.

# %% tags=["core", "open"] instructor="Play this by hand first: sheet, ten slips, three rounds, five minutes. Count the tables that hold one side only; in a room of twelve tables expect one after three rounds."
rng = np.random.default_rng(7)
bag = ["heads"] * 5 + ["tails"] * 5
for t in range(1, 6):
    bag = list(rng.choice(bag, size=10))  # ten draws, each slip put back
    print(f"round {t}: {bag.count('heads')} heads, {bag.count('tails')} tails")

# %% [markdown] tags=["core"]
# Each round is a **[generation](../docs/glossary.md#generation)**. Generation 0 is the real data. One game is a
# **[chain](../docs/glossary.md#chain)**. Many games are an **[ensemble](../docs/glossary.md#ensemble)**. The rule that
# fills the next bag is the **[regime](../docs/glossary.md#regime)**. Here only the last draws are kept: the regime is
# *[replace](../docs/glossary.md#replace)*.
#
# ## Idea 1: What is in the last bag?
#
# What does a room full of games show in the end?

# %% tags=["core", "predict"]
predict("M1.p1")

# %% [markdown] tags=["core", "run"]
# Put a number of your own between the quotes. Run the cell, and play the film. On the left is what your game, chain 0, drew;
# grey is the real bag. A line through a word means: it was not drawn. Under replace it is then lost. On the right the
# black line is your game, the thin lines are others, the thick line is the mean of all, the dotted one is theory. (With
# 100 games the mean still wobbles.)

# %% tags=["core", "run", "explorer", "open"] instructor="Ask who has lost a side, and which. Then ask who can get it back."
my_seed = own_seed("1")
TelephoneExplorer(
    prediction="M1.p1", challenge="M1.c1", n=10, generations=30, chains=100, seed=my_seed
)

# %% [markdown] tags=["core", "run"]
# Now 20,000 games, and beside them the exact chance that one side is lost. It can be computed, because each
# round is ten draws with a known chance.

# %% tags=["core", "run"]
steps = ensemble.categorical_counts(
    [5, 5], replace, chains=20_000, rng=np.random.default_rng(2)
)
one_round = theory.fixation.transition_matrix(10)
rows = []
for step in islice(steps, 30):
    if step.t in (1, 5, 10, 20, 30):
        chances = np.linalg.matrix_power(one_round, step.t)[5]
        heads = np.where(step.types == 0, step.synthetic, 0).sum(axis=1)
        rows.append(
            {
                "generation": step.t,
                "one side lost": (step.types_alive == 1).mean(),
                "theory": chances[0] + chances[10],
                "mean share of heads": heads.mean() / 10,
            }
        )
table_of(rows, digits=2)

# %% tags=["core", "explain"]
explain("M1.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# Each draw is fair: on average, the share of heads stays where it is. So the *mean* over 20,000 games
# stands still; over the film's hundred it moves. But a single game wanders. When it happens to draw one side ten
# times, the other side is gone: no slip in the bag can bring it back. After 30 generations 94 % of the games have lost a
# side, heads about as often as tails.
#
# Nobody made a mistake. The model learns the bag exactly. The loss comes from drawing a *finite* number of slips.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 2: How many words are left?
#
# Now a bag of words: the first hundred words of *Moby-Dick*, as they stand in the book.

# %% tags=["core"]
words, counts = bag_of("moby-dick", 100)
rare, common = counts == 1, counts >= 3
print(f"{len(words)} different words")
print("3 to 6 times:", *np.array(words)[common])
print(f"once: {rare.sum()} words, such as", *np.array(words)[rare][:6])

# %% [markdown] tags=["core"]
# One hundred draws fill the next bag, each slip put back. How many different words does the bag hold after thirty
# rounds?

# %% tags=["core", "predict"]
predict("M1.p2")

# %% tags=["core", "run", "explorer"] instructor="Stop the film at generation 3 and read the bag aloud: it still sounds like a text. That is early collapse. Then go to generation 30."
TelephoneExplorer(prediction="M1.p2", bag="moby-dick", n=100, generations=30, chains=1000)

# %% [markdown] tags=["core", "run"]
# Who is lost first? The next table follows the words that came once, and those that came three times or more.

# %% tags=["core", "run"]
steps = ensemble.categorical_counts(
    counts, replace, chains=4000, rng=np.random.default_rng(3)
)
rows = []
for step in islice(steps, 100):
    if step.t in (1, 3, 10, 30, 100):
        rows.append(
            {
                "generation": step.t,
                "words left": step.types_alive.mean(),
                "alive: came once": f"{100 * step.survival[rare].mean():.1f} %",
                "alive: came 3+ times": f"{100 * step.survival[common].mean():.1f} %",
                "the commonest word fills": f"{step.synthetic.max(axis=1).mean():.0f} %",
            }
        )
table_of(rows, digits=1)

# %% tags=["core", "explain"]
explain("M1.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# A word with one slip is missed by all hundred draws with chance $(1 - 1/100)^{100} = 0.37$. With five slips,
# the chance is $0.95^{100} = 0.006$.
#
# Set the film to generation 3, and read the bag aloud. Most common words are there (85 %), most rare ones are not
# (38 %). This is **[early collapse](../docs/glossary.md#early-collapse)**. In generation 100 about two words are left.
# Little resembles the original: **[late collapse](../docs/glossary.md#late-collapse)**.
#
# The model does not dislike rare words: each slip has the same chance. They just have fewer slips to lose.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 3: What if the real data stay?
#
# Change one thing. Each new model learns from the last draws *and* from the original bag. This regime is
# *[anchor](../docs/glossary.md#anchor)*.

# %% tags=["core", "predict"]
predict("M1.p3")

# %% [markdown] tags=["core", "run"]
# The control *keep real data?* is the switch. Set it to "no", and back again.

# %% tags=["core", "run", "explorer", "real-data"]
TelephoneExplorer(
    prediction="M1.p3",
    bag="moby-dick",
    n=100,
    generations=30,
    chains=1000,
    regime="anchor",
)

# %% [markdown] tags=["core", "run", "real-data"]
# Four regimes side by side. ("Types alive" are the different words that are drawn.)

# %% tags=["core", "run", "real-data"] instructor="At a table: after each round, put ten original slips back. The room hears the difference after five rounds."
together = History.together(
    *(
        ensemble.categorical(counts, regime, generations=100, chains=4000, seed=4)
        for regime in (replace, accumulate, anchor, preserve(0.1))
    )
)
plot_history(
    together, "types_alive", title="Different words in 100 draws, under four regimes"
)

# %% tags=["core", "run", "real-data"]
for regime in together.regimes:
    mean = together[regime, "types_alive"].mean(axis=1)
    shown = ", ".join(f"{mean[t - 1]:.0f} at t = {t}" for t in (1, 5, 30, 100))
    print(f"{regime}: different words in 100 draws, mean: {shown}")

# %% tags=["core", "explain"]
explain("M1.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What changed</b></summary>
#
# One draw of 100 slips from the real bag shows 48 of the 69 words. Under *anchor* the original is
# always there, so each word gets a new chance in each round: 45 words are seen in generation 100, as in generation 5.
# *[Accumulate](../docs/glossary.md#accumulate)* keeps the real bag and every bag since.
# *[Preserve(0.1)](../docs/glossary.md#preserve)* puts ten real slips, picked anew in each round, into each bag of a
# hundred. The loss stops there, too, at 24 words.
#
# </details>
#
# ## Your turn
#
# **1. The next bag.** `picks` is a list of places in the bag, such as `[3, 0, 3]`; the first slip has place 0. Replace
# the dots. Stuck? Say `hint("M1.e1")` in a cell of your own, and later `solution("M1.e1")`.


# %% tags=["core", "exercise"]
def next_bag(bag, picks):
    """Return the slips that were drawn: one for each pick."""
    return ...


# %% tags=["core", "check"]
verdict = check("M1.e1", next_bag)
verdict

# %% tags=["core"]
if verdict.right:
    rng = np.random.default_rng(11)
    my_bag = ["the", "sea", "and", "the", "ship", "and", "the", "whale"]
    for t in range(1, 13):
        my_bag = next_bag(my_bag, rng.integers(len(my_bag), size=len(my_bag)))
        if t in (1, 2, 4, 12):
            print(f"generation {t}:", *sorted(my_bag))
else:
    print("Write the function first. Then this cell plays twelve rounds with it.")

# %% [markdown] tags=["core"]
# **2. A radio station.** A station draws the songs of its next hour from those it played in the last one. A new rule:
# *all* original songs come first, in their order, in each hour. Then, for each pick, comes the song at that place of the
# last hour. (`hint("M1.e2")` helps.)


# %% tags=["core", "exercise", "transfer"]
def next_hour(last_hour, picks, originals):
    """Return the songs of the next hour: the originals, then one song for each pick."""
    return ...


# %% tags=["core", "check"]
check("M1.e2", next_hour)

# %% [markdown] tags=["core"]
# Which regime is this? Say it before you read on: what is kept, and what is drawn?
#
# All originals are kept: this is *anchor*. Preserve keeps some.

# %% [markdown] tags=["deeper"]
# ## Deeper: How long does a game last?
#
# A game ends when only one side is left: *[fixation](../docs/glossary.md#fixation)*. The exact mean time comes from a system of linear equations; "limit" is
# $-2n\,(p \ln p + (1-p) \ln(1-p))$, a limit for large bags, with $p$ the share of heads and $n$ the slips.

# %% tags=["deeper"]
rows = []
for n in (10, 20, 50):
    history = ensemble.categorical(
        [n // 2, n // 2], replace, generations=20 * n, chains=2000, seed=n
    )
    rounds = (history["types_alive"] > 1).sum(axis=0) + 1
    rows.append(
        {
            "slips n": n,
            "mean rounds": rounds.mean(),
            "standard error": rounds.std(ddof=1) / np.sqrt(len(rounds)),
            "theory": theory.fixation.expected_absorption_time(n // 2, n),
            "limit": theory.fixation.diffusion_absorption_time(0.5, n),
        }
    )
table_of(rows, digits=1)

# %% [markdown] tags=["deeper"]
# The game grows in proportion to the slips, for large bags. Under replace a larger bag delays the end. It does not
# prevent it.
#
# ## Deeper: One factor a round
#
# Draw two slips from a bag, the first one put back. The chance that they differ is called *[heterozygosity](../docs/glossary.md#heterozygosity)*. In each
# round its mean falls by the factor $1 - 1/n$, whatever is in the bag.

# %% tags=["deeper"]
history = ensemble.categorical(counts, replace, generations=100, chains=4000, seed=8)
start = 1 - (counts**2).sum() / counts.sum() ** 2
for t in (1, 10, 100):
    mean = history["heterozygosity"][t - 1].mean()
    exact = theory.drift.expected_heterozygosity(start, t, 100)
    print(f"generation {t}: simulated {mean:.3f}, theory {exact:.3f}")

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M1")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M1")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * A model that learns from samples of a model loses what a sample happens to miss. Under *replace* it never comes
#   back.
# * A fair game loses, too: nobody has to make a mistake. The mean share stands still while single games end.
# * Rare things go first (early collapse). In the end little is left (late collapse).
# * Keep the original in each training set, and the loss of words stops. How much is lost depends on how much is kept.
#
# ## Where this comes from
#
# * **Shumailov et al. (2024)**, *Nature* 631, 755-759, describe early and late collapse, and the case of a model that
#   counts discrete things: under replace it ends with one of them. They do not claim this for training sets that
#   keep real data.
# * **Wright (1931), Fisher (1930)**: the same game, played by genes. M3 follows this trail.
# * **Gerstgrasser et al. (2024)**, COLM: accumulating data bounds the error of linear regression. A bag of words is no
#   regression; here we show that the loss stops in this game, and no more.
#
# ## Next
#
# Test yourself: [Q1](../quizzes/Q1_telephone_game.ipynb), eleven questions with your own numbers. Then
# [M2 · Gaussian collapse](M2_gaussian_collapse.ipynb): the same game with numbers that can be measured.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
