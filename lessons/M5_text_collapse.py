# %% [markdown]
# # M5 · Text collapse
#
# **Questions.** Which words does a language model lose when it learns from its own text? Why does hardly anybody notice
# while reading? What does a low temperature change?
#
# **Objectives.** After this lesson you can
#
# * predict from its counts how the vocabulary of a text shrinks;
# * name the words that were lost, and say why these;
# * choose a measure that shows the loss, and say what it cannot show;
# * tell drift from selection, and show what keeping real text changes.
#
# **Minutes.** 50: reading 20, doing 30. The deeper parts take 30 more.
#
# **You need.** [Mean, median, logarithms, functions and loops](../docs/bridge.md), and M3.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice
from textwrap import fill

import numpy as np
import pandas as pd

from collapse_edu import History, generations, keep_run, metrics, run, theory
from collapse_edu import accumulate, anchor, preserve, replace
from collapse_edu.datasets import mingle, moby_dick, state_of_the_union
from collapse_edu.course.desk.bar import Bar, counted
from collapse_edu.course.desk.own_seed import own_seed
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import TextExplorer
from collapse_edu.measures import HeldOutPerplexity, MinorityShare, heterozygosity
from collapse_edu.measures import types_alive
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.plots import plot_lines
from collapse_edu.course.quiz import ask, check, explain, hint, predict, solution, welcome

welcome("M5")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M3](M3_losing_the_tails.ipynb) and [M4](M4_image_collapse.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M3.01", again=True)

# %% tags=["core", "retrieval"]
ask("M4.01", again=True)

# %% [markdown] tags=["core"]
# ## A machine that writes
#
# Our text is *Moby-Dick* by Herman Melville, of 1851. It holds names for people that demean. Where a passage is shown,
# the worst of them are masked (▇▇▇) and counted. Others of the time, such as *savage*, are not. The models learn the
# text as it is.
#
# * A **[token](../docs/glossary.md#token)** is one word, or one of the marks . , ; : ! ?
# * A **[type](../docs/glossary.md#type)** is a word of the vocabulary. *The* is one type, with thousands of tokens.
# * A **[passage](../docs/glossary.md#passage)** is 64 tokens in a row.
#
# One passage in ten is **[held out](../docs/glossary.md#held-out-data)**: no model learns from it.

# %% tags=["core"] instructor="Say before the first passage that the text is of 1851, that demeaning words are masked for display, and why: a class should meet them on purpose, with context, or not at all."
book = moby_dick(marks=True).passages()
counts = np.bincount(book.real.ravel(), minlength=book.n_types)

print(f"{len(book.real):,} passages to learn from, {book.real.size:,} tokens")
print(f"{np.sum(counts > 0):,} types; {np.sum(counts == 1):,} of them come only once")
print("\nA real passage:\n" + fill(book.read(book.real[0]), 88))
print(f"\nmasked words in it: {book.n_masked(book.real[0])}")

# %% [markdown] tags=["core"]
# A **[trigram](../docs/glossary.md#n-gram)** model looks at the last two tokens. It finds all places in its training text where these two came, picks
# one at random, and writes what followed there. So it knows only what was in its training text.

# %% tags=["core"]
trigram = NGram(order=3, n_types=book.n_types)
first_model = trigram.fit(book.real)
written = first_model.sample(3, np.random.default_rng(4))

for passage in written:
    print(fill(book.read(passage), 88), "\n")
print(f"masked words in them: {book.n_masked(written)}")

# %% [markdown] tags=["core"]
# ## Idea 1: Does the order of words help?
#
# Now the loop, under *replace*: model 1 learns the book, and writes as many passages. Model 2 learns from those, and so
# on. A type is **alive** in generation t if the text of generation t holds it. Else it is **lost**.
#
# In M3 a **[bag of words](../docs/glossary.md#bag-of-words)** drew each word on its own, and looked at no other. Theory follows each count through all
# generations, and adds up over all types. (One passage in ten is held out now, and marks count as tokens. So there are
# 17,416 types, not 18,318.)

# %% tags=["core"]
t = np.arange(21)
bag_of_words = theory.drift.expected_types(counts, t)
for generation in (0, 1, 2, 5, 10, 20):
    print(f"generation {generation:2}: {bag_of_words[generation]:7,.0f} types expected")

# %% [markdown] tags=["core"]
# A trigram model is not a bag of words: it looks at what came before. Does it keep more?

# %% tags=["core", "predict"]
predict("M5.p1")

# %% [markdown] tags=["core", "run"]
# Put a number of your own between the quotes: your birthday as month and day, such as 0307. Run the cell and play the
# film. The dotted line is the theory of the bag of words; your prediction is the purple diamond. Below the
# picture you can read what the model wrote, and which words were lost. The right panel is for Idea 2.

# %% tags=["core", "run", "explorer", "open"] instructor="Let each learner read out the first lost word of generation 1 from the list below the film. The lists differ, and all of the words are rare."
my_seed = own_seed("1231")
TextExplorer(prediction="M5.p1", generations=20, seed=my_seed)

# %% [markdown] tags=["core", "run"]
# One chain proves nothing. Here are eight. The loop writes down which types are alive.

# %% tags=["core", "run", "open"]
alive = np.zeros((8, 21, book.n_types), dtype=bool)
alive[:, 0] = counts > 0
kept = {}  # a few texts, for Idea 2
for chain in range(8):
    rng = np.random.default_rng(chain)
    source = book.source.open(rng)
    loop = generations(trigram, source, replace, rng, n_samples=len(book.real))
    for generation in islice(loop, 20):
        alive[chain, generation.t, generation.synthetic] = True
        if generation.t in (1, 4, 5, 9, 10, 19, 20):
            kept[chain, generation.t] = generation.synthetic

# %% tags=["core", "run"]
types = alive.sum(axis=2).T  # one row for each generation, one column for each chain
pd.DataFrame(
    {
        "lowest of 8": types.min(axis=1),
        "mean of 8": types.mean(axis=1).round().astype(int),
        "highest of 8": types.max(axis=1),
        "bag of words, theory": bag_of_words.round().astype(int),
    }
).rename_axis("generation").loc[[0, 1, 2, 5, 10, 20]]

# %% tags=["core", "explain"]
explain("M5.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why the theory fits.** Each place in the text gets about one copy in the next text, on average. So a type with c
# places gets about c copies, whatever stands around it. (Words whose places stand close together are lost a little more
# often. In this book that costs less than one per cent.) It is the **[drift](../docs/glossary.md#drift)** of M3: it favours nobody, and no
# type comes back from 0.
#
# Which words? The table shows the date of each word, the first generation without it, in each of the eight chains; – means
# still alive.
#
# </details>

# %% tags=["core", "explain"]
rows = []
for word in ("transcendental", "medicine", "wealth", "sympathy", "philosophers", "memory"):
    i = book.vocabulary.index(word)
    lost = ~alive[:, :, i]
    rows.append(
        {
            "word": word,
            "count in the book": counts[i],
            "dates in eight chains": ", ".join(
                str(row.argmax()) if row.any() else "–" for row in lost
            ),
            "median date, theory": theory.drift.forgetting_time(counts[i]),
        }
    )
table_of(pd.DataFrame(rows).sort_values("count in the book"))

# %% [markdown] tags=["core", "explain"]
# As in M3: the date is luck, the count gives the odds, and the median date is about $2c/\ln 2 = 2.9\,c$.

# %% [markdown] tags=["core"]
# ## Idea 2: Can you read it?
#
# Would you notice? **[Perplexity](../docs/glossary.md#perplexity)** says how unsure a model is at each token. A perplexity of 350 means: as unsure as
# among 350 equally likely tokens. It is $\exp$ of minus the mean of $\ln p$, where $p$ is the probability that the model
# gave to a token. Lower is better. Two tokens of probability 1/2 and 1/50:

# %% tags=["core"]
print(f"perplexity {np.exp(-np.log([1 / 2, 1 / 50]).mean()):.0f}")

# %% [markdown] tags=["core"]
# That is $\sqrt{2 \cdot 50}$. Two ways to use it:
#
# * *held-out real text* under the model of generation t;
# * the *model's own text* under the model of generation 1, which learned from Melville.
#
# (A trigram gives probability 0 to what it has never seen. So a *smoothed* model does the scoring, Kneser-Ney's: it
# gives a little probability to what it never saw.)

# %% tags=["core", "predict"]
predict("M5.p2")

# %% [markdown] tags=["core", "run"]
# First your own eyes. Of these four passages, two are of generation 1 and two of generation 20. Which two are which?

# %% tags=["core", "run"] instructor="Take a vote for each passage before the next cell is run. With a class of 20 the votes scatter around one half; write the numbers on the board."
rng = np.random.default_rng(my_seed)
source = book.source.open(rng)
loop = generations(trigram, source, replace, rng, n_samples=len(book.real))
by_generation = {generation.t: generation.synthetic for generation in islice(loop, 20)}

order = rng.permutation([1, 1, 20, 20])
quartet = [by_generation[t][200 + i] for i, t in enumerate(order)]
for letter, passage in zip("ABCD", quartet, strict=True):
    print(fill(f"{letter}. {book.read(passage)}", 88) + "\n")
print(f"masked words in them: {book.n_masked(quartet)}")

# %% tags=["core", "run", "open"]
my_guess = ""  # the two letters that you take for generation 20, such as "AC"

# %% [markdown] tags=["core", "run"]
# Now the answer. By guessing alone, one in six gets all four right. And a few numbers from all passages of both
# generations:

# %% tags=["core", "run"]
print("generations of A, B, C, D:", *order)
late = {letter for letter, t in zip("ABCD", order, strict=True) if t == 20}
if my_guess:
    print(f"you said {my_guess}: {len(late & set(my_guess.upper()))} of 2 right")
once = counts == 1  # types that Melville used once in our passages
for t in (1, 20):
    text = by_generation[t]
    per_passage = np.mean([len(set(passage)) for passage in text])
    print(f"\ngeneration {t}, all {len(text):,} passages:")
    print(f"  different types in one passage: {per_passage:.0f}")
    print(f"  share of tokens that are once-only words: {once[text].mean():.1%}")
    print(f"  once-only words alive: {once[np.unique(text)].sum():,}")
    repeated = metrics.repetition(text, 4)
    print(f"  share of four-word phrases that repeat in their passage: {repeated:.2%}")

# %% [markdown] tags=["core", "run"]
# And the two perplexities, in the eight chains of Idea 1.

# %% tags=["core", "run"]
when = [1, 5, 10, 20]
real_scorer = KneserNey(order=3, n_types=book.n_types).fit(book.real)
held_out, own_text = np.zeros((2, len(when), 8))
for chain in counted(range(8)):
    for row, t in enumerate(when):
        training = book.real if t == 1 else kept[chain, t - 1]
        scorer = KneserNey(order=3, n_types=book.n_types).fit(training)
        held_out[row, chain] = metrics.perplexity(scorer.log_probabilities(book.held_out))
        own_text[row, chain] = metrics.perplexity(
            real_scorer.log_probabilities(kept[chain, t])
        )

relative = {
    "held-out real text": held_out / held_out[0],
    "model's own text": own_text / own_text[0],
    "types alive": types[when] / types[1],
}
plot_lines(
    when,
    relative,
    label="times the value of generation 1",
    title="Two perplexities, and the types alive",
    log=True,
)

# %% tags=["core", "explain"]
explain("M5.p2")

# %% tags=["core", "explain"]
print("perplexity, median of 8 chains")
for row, t in enumerate(when):
    print(
        f"generation {t:2}: held-out real text {np.median(held_out[row]):5,.0f}, "
        f"own text under model 1 {np.median(own_text[row]):5.1f}"
    )

# %% [markdown] tags=["core", "explain"]
# In each generation the model's own text scores near 12, far below real text: it is made of what model 1 has seen.
# (Other scorers: M8.)
#
# **Why it is hard to see.** On average each word keeps its share of the tokens: once-only words are about 4 % in
# generations 1 and 20. First these are thousands of words, at the end a few hundred. One passage has room for
# two or three of them: the loss is in the whole. A rare sign: here and there one repeats a phrase.

# %% [markdown] tags=["core"]
# ## Idea 3: What if a writer is careful?
#
# Many systems use a **[temperature](../docs/glossary.md#temperature)** T: each probability p becomes $p^{1/T}$, made to sum to 1. Below 1, likely
# words get likelier.

# %% tags=["core"]
p = np.array([0.60, 0.30, 0.10])
for temperature in (0.8, 1.0, 1.2):
    bent = p ** (1 / temperature)
    print(f"temperature {temperature}: {(bent / bent.sum()).round(2)}")

# %% tags=["core", "predict"]
predict("M5.p3")

# %% [markdown] tags=["core", "run"]
# Play it slowly, and read along. Halfway it writes another book than at the end.

# %% tags=["core", "run", "explorer"] instructor="Ask two learners to read generations 5, 10 and 20 aloud. Collect the last sentences: most seeds end in the same phrase, and some in a longer loop."
TextExplorer(prediction="M5.p3", temperature=0.8, generations=20, seed=my_seed)

# %% [markdown] tags=["core", "run"]
# Eight chains for each of two temperatures, and those of Idea 1.

# %% tags=["core", "run"]
by_temperature = {"temperature 1.0": types[1:]}
for temperature in (1.2, 0.8):
    model = NGram(order=3, n_types=book.n_types, temperature=temperature)
    history = run(
        model,
        book.source,
        replace,
        generations=20,
        chains=8,
        measures={"types": types_alive, "once": lambda g, source: once[g.synthetic].mean()},
        seed=2,
        progress=Bar(),
    )
    by_temperature[f"temperature {temperature}"] = history["types"]
    share = np.median(history["once"][[0, 4]], axis=1)
    print(
        f"temperature {temperature}: once-only words are {share[0]:.1%} of the tokens in "
        f"generation 1, {share[1]:.1%} in generation 5"
    )
plot_lines(
    range(1, 21),
    by_temperature,
    label="types alive",
    title="Types alive at three temperatures",
    log=True,
)

# %% tags=["core", "explain"]
explain("M5.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Drift and selection.** At temperature 1 rare words go by bad luck: their share has no direction. At 0.8 each generation
# favours what is frequent, and the next one learns this: the share of once-only words falls from 3.6 % to 2.2 %. It is
# **[selection](../docs/glossary.md#selection)**, and it compounds. A power of a power multiplies the exponents, so twenty times 0.8 acts
# roughly like one temperature of $0.8^{20} = 0.01$. At 1.2 rare words are favoured, and fewer types are lost. This is no
# cure: two of three types are lost by generation 20.
#
# </details>

# %% [markdown] tags=["core"]
# ## Keep the real data
#
# *[Preserve(0.1)](../docs/glossary.md#preserve)* replaces a tenth of each training set by passages of the book. Does this
# delay the loss by a tenth, or do more?

# %% tags=["core", "explorer", "real-data"]
TextExplorer(regime="preserve(0.1)", generations=40, seed=my_seed)

# %% [markdown] tags=["core"]
# The curve levels off. A word that was lost can come back with a real passage, so 0 is no longer for ever. Losses and
# returns balance. Switch to *anchor*, too: nearly all types that the first model wrote stay (Deeper: *Four regimes*).
#
# ## Your turn
#
# **1. The date of a word.** `texts` is a list: the real text first, then the synthetic text of generation 1, 2, and so on.
# Each text is an array of type numbers, one row for each passage; `word` is such a number, too. If all texts hold the word,
# its date is censored: return `None`. Stuck? Say `hint("M5.e1")`, and later `solution("M5.e1")`.


# %% tags=["core", "exercise"]
def date_of(word, texts):
    """Return the first generation whose text does not hold the word; None if all do."""
    for t, text in enumerate(texts):
        if ...:
            return ...
    return None


# %% tags=["core", "check"]
verdict = check("M5.e1", date_of)
verdict

# %% [markdown] tags=["core"]
# Put in a word that you like:

# %% tags=["core", "open"]
mine = "memory"
if verdict.right:
    texts = [book.real, *by_generation.values()]
    print(mine, "is lost in generation", date_of(book.vocabulary.index(mine), texts))
else:
    print(
        "Write the function first. Then this cell tells the date of a word in your chain."
    )

# %% [markdown] tags=["core"]
# **2. Spend ten per cent well.** *Preserve(0.1)* takes real passages at random. Another plan: take those with the most
# *lost* tokens, whose type the synthetic text does not hold any more. Write the function that counts them.
# (`hint("M5.e2")` helps.)


# %% tags=["core", "exercise", "transfer"]
def lost_tokens(real, synthetic):
    """Return how many lost tokens each passage of real has: one number for each row."""
    is_lost = ...  # for each token of real: does synthetic lack its type?
    return ...


# %% tags=["core", "check"]
verdict = check("M5.e2", lost_tokens)
verdict

# %% [markdown] tags=["core"]
# With it, a regime of your own is three lines. Does it keep more types than *preserve(0.1)*, or fewer? Guess. Then run it on a
# smaller text: the first nineteen annual addresses of US presidents.


# %% tags=["core", "open"]
def rescue(source, pool, synthetic, rng):
    """Replace a tenth of the synthetic passages by the real ones with the most lost tokens."""
    n = len(synthetic) // 10
    best = np.argsort(lost_tokens(source.real, synthetic), kind="stable")[-n:]
    return None, np.concatenate([synthetic[n:], source.real[best]]), None


# %% tags=["core"]
addresses = state_of_the_union(marks=True).passages()
if verdict.right:
    compared = [
        run(
            NGram(order=3, n_types=addresses.n_types),
            addresses.source,
            regime,
            generations=20,
            chains=8,
            measures={"types_alive": types_alive},
            seed=5,
            progress=Bar(),
        )
        for regime in (preserve(0.1), rescue)
    ]
    print(History.together(*compared).describe("types_alive"))
    print("But its training text is no longer a fair sample of the addresses.")
else:
    print("Write the function first. Then this cell runs the regime in eight chains.")

# %% [markdown] tags=["core"]
# ### Keep a run
#
# M6 asks by which definition these texts collapsed. So the next cell keeps a run on the addresses in the folder of your
# answers.

# %% tags=["core"]
measured = {
    "held_out_perplexity": HeldOutPerplexity(addresses.held_out, addresses.n_types),
    "types_alive": types_alive,
    "heterozygosity": heterozygosity,  # how often two tokens differ
}
writer = NGram(order=3, n_types=addresses.n_types)
settings = {"generations": 12, "chains": 8, "measures": measured, "seed": my_seed}
own = [
    run(writer, addresses.source, regime, progress=Bar(), **settings)
    for regime in (replace, anchor)
]
print(keep_run("M5", History.together(*own)))

# %% [markdown] tags=["deeper"]
# ## Deeper: Four regimes
#
# Side by side, on the addresses, which are quicker. *[Anchor](../docs/glossary.md#anchor)* trains on the whole real text and the last synthetic
# one, *[accumulate](../docs/glossary.md#accumulate)* on all texts so far.

# %% tags=["deeper", "real-data"]
by_regime = {}
for regime in (replace, preserve(0.1), anchor, accumulate):
    history = run(
        NGram(order=3, n_types=addresses.n_types),
        addresses.source,
        regime,
        generations=12,
        chains=8,
        measures={"types": types_alive},
        seed=3,
    )
    by_regime[history.regimes[0]] = history["types"]
plot_lines(
    range(1, 13),
    by_regime,
    label="types alive",
    title="Types alive under four regimes",
    real=metrics.types_alive(addresses.real),
)

# %% [markdown] tags=["deeper"]
# Anchor and accumulate hold nearly as many types as the first model wrote; accumulate still loses a few. They train on
# more text than the others, so the comparison is not quite even.

# %% [markdown] tags=["deeper"]
# ## Deeper: What becomes of a minority?
#
# Now nine parts Melville, one part presidents, cut into passages and mixed. What becomes of the tenth? Two ways to count.
#
# * *Tokens:* a word that presidents wrote half of the time counts one half; and so on.
# * *Passages:* a **classifier**, a small model that has learned from the word counts which author writes how, says whose
#   each passage is.

# %% tags=["deeper", "predict"]
predict("M5.p4")

# %% tags=["deeper", "run"]
both = mingle(moby_dick(marks=True), state_of_the_union(marks=True), share=0.1)
minority = MinorityShare(both.real, both.origin == 1, both.n_types)
print(f"the classifier is right for {minority.accuracy_:.1%} of real passages")
history = run(
    NGram(order=3, n_types=both.n_types),
    both.source,
    replace,
    generations=20,
    chains=8,
    measures={"tokens": minority.tokens, "passages": minority.passages},
    seed=6,
)
percent = {
    "tokens": np.vstack([np.full(8, 10), 100 * history["tokens"]]),
    "passages": np.vstack([np.full(8, 10), 100 * history["passages"]]),
}
pure = NGram(order=3, n_types=both.n_types).fit(both.real[both.origin == 1])
alone = pure.sample(1000, np.random.default_rng(6))
print(
    f"a trigram of the presidents alone: {minority.of_passages(alone):.0%} of its passages"
)
title = "What is presidential, by tokens and by passages"
plot_lines(range(21), percent, label="presidential, in %", title=title)

# %% tags=["deeper", "explain"]
explain("M5.p4")

# %% [markdown] tags=["deeper", "explain"]
# <details><summary><b>Why</b></summary>
#
# The share of tokens is a sum over words, and each word keeps its expected share: no direction. But a trigram
# looks back two tokens only. After any common pair such as *of the* it may jump from a president to a whaler. So passages
# mix, already in generation 1: a trigram cannot hold a topic. That is a limit of the model, not drift. It is not the
# classifier either: it knows the passages of a trigram that learned from presidents alone.
#
# </details>
#
# Are the presidents' own words lost sooner? Compare them with words that only Melville has, *count by count*.

# %% tags=["deeper", "explain"]
in_all = np.bincount(both.real.ravel(), minlength=both.n_types)
in_minority = np.bincount(both.real[both.origin == 1].ravel(), minlength=both.n_types)
groups = {
    "only Melville": (in_all > 0) & (in_minority == 0),
    "only presidents": (in_all > 0) & (in_minority == in_all),
}
survived = np.zeros(both.n_types)
for chain in range(8):
    rng = np.random.default_rng(chain)
    source = both.source.open(rng)
    model = NGram(order=3, n_types=both.n_types)
    loop = generations(model, source, replace, rng, n_samples=len(both.real))
    last = next(islice(loop, 9, None))
    survived[np.unique(last.synthetic)] += 1 / 8

rows = {}
for name, group in groups.items():
    parts = {f"count {c}": group & (in_all == c) for c in (1, 2, 3)} | {"all counts": group}
    rows[name] = {
        part: f"{100 * survived[which].mean():.0f} % of {which.sum():,}"
        for part, which in parts.items()
    } | {"come once or twice": f"{100 * np.mean(in_all[group] <= 2):.0f} %"}
pd.DataFrame(rows)

# %% [markdown] tags=["deeper", "explain"]
# Generation 10: equal counts, equal fate, up to chance. Taken together the presidents' words do worse, because a larger
# share of them comes once or twice. Drift has nothing against minorities. But what is rare goes first, and in a small part of
# a text a larger share of the words is rare.

# %% [markdown] tags=["deeper"]
# ## Deeper: A longer memory
#
# Does a longer context keep words? Order 1 is a bag of words, order 4 looks at three tokens. First generation 1 alone, a
# hundred draws of each:

# %% tags=["deeper"]
rng = np.random.default_rng(7)
print(f"types in generation 1, theory: {bag_of_words[1]:,.0f}")
for order in (1, 2, 3, 4):
    model = NGram(order=order, n_types=book.n_types).fit(book.real)
    draws = [len(np.unique(model.sample(len(book.real), rng))) for _ in range(100)]
    mean, error = np.mean(draws), np.std(draws, ddof=1) / 10
    print(f"order {order}: {mean:,.0f}, standard error {error:.0f}")

# %% [markdown] tags=["deeper"]
# Orders 1 and 2 follow theory. Order 3 loses a little more (0.2 %), order 4 over 1 %: it copies long stretches, so words
# that stand close together are kept or lost together. Now ten generations, eight chains:

# %% tags=["deeper"]
rows = []
for order in (1, 2, 3, 4):
    history = run(
        NGram(order=order, n_types=book.n_types),
        book.source,
        replace,
        generations=10,
        chains=8,
        measures={"types": types_alive},
        seed=7,
    )
    means = history["types"].mean(axis=1)
    rows.append({"order": order} | {f"t = {t}": round(means[t - 1]) for t in (1, 5, 10)})
rows.append({"order": "theory"} | {f"t = {t}": round(bag_of_words[t]) for t in (1, 5, 10)})
table_of(rows)

# %% [markdown] tags=["deeper"]
# So chance in eight chains hides what order 3 loses. Order 4 stays behind. No longer context keeps more.
#
# ## Deeper: Top-p
#
# Another careful way to write: *[top-p](../docs/glossary.md#top-p)* keeps the likeliest words that together have probability p, and drops the rest.
# It is selection, too. And the shape of the vocabulary? The *[Zipf exponent](../docs/glossary.md#zipf-exponent)* says how fast counts fall with the rank of
# a word; higher means that few words hold more of the text. The smaller text again, eight chains:

# %% tags=["deeper"]
shape = {
    "types": types_alive,
    "zipf": lambda g, source: metrics.zipf_exponent(np.bincount(g.synthetic.ravel())),
}
n_real = metrics.types_alive(addresses.real)
real_zipf = metrics.zipf_exponent(np.bincount(addresses.real.ravel()))
rows = [("real text", n_real, n_real, f"{real_zipf:.2f}")]
for name, settings in {
    "plain": {},
    "top-p 0.9": {"top_p": 0.9},
    "temperature 0.8": {"temperature": 0.8},
    "temperature 1.2": {"temperature": 1.2},
}.items():
    history = run(
        NGram(order=3, n_types=addresses.n_types, **settings),
        addresses.source,
        replace,
        generations=10,
        chains=8,
        measures=shape,
        seed=8,
    )
    types_left, zipf = (history[name][-1] for name in ("types", "zipf"))
    rows.append(
        (
            name,
            int(types_left.min()),
            int(types_left.max()),
            f"{zipf.min():.2f} – {zipf.max():.2f}",
        )
    )
columns = ["sampling, t = 10", "fewest types", "most types", "Zipf exponent"]
table_of(rows, columns=columns)

# %% [markdown] tags=["deeper"]
# Top-p 0.9 loses far more types than drift. But the words that are left have counts of nearly the same shape: the exponent
# hardly shows it. Only temperature 0.8 differs clearly.
#
# ## Deeper: A trap of the score
#
# Is the held-out perplexity fair to *accumulate*? Its training set grows. Take the real text k times over. It holds the
# same information each time. Does the score agree?

# %% tags=["deeper"]
for k in (1, 2, 4, 8):
    scorer = KneserNey(order=3, n_types=book.n_types).fit(np.tile(book.real, (k, 1)))
    score = metrics.perplexity(scorer.log_probabilities(book.held_out))
    print(f"real text, {k} times over: perplexity of held-out text {score:.0f}")

# %% [markdown] tags=["deeper"]
# It does not. With larger counts this smoothed model leaves less room for the unseen. So the score blames accumulate for
# its size. A fairer score takes every k-th passage, as many as the real set has.


# %% tags=["deeper"]
def whole(generation, source):
    """Score with the whole training set."""
    return held_out_perplexity(generation.training)


def part(generation, source):
    """Score with as many of its passages as the real set has."""
    step = len(generation.training) // len(source.real)
    return held_out_perplexity(generation.training[::step])


def held_out_perplexity(rows):
    scorer = KneserNey(order=3, n_types=addresses.n_types).fit(rows)
    return metrics.perplexity(scorer.log_probabilities(addresses.held_out))


rows = []
for regime in (anchor, accumulate):
    history = run(
        NGram(order=3, n_types=addresses.n_types),
        addresses.source,
        regime,
        generations=10,
        chains=8,
        measures={"whole": whole, "part": part},
        seed=9,
    )
    last = {name: np.median(history[name][-1]) for name in ("whole", "part")}
    rows.append(
        {"regime": regime.__name__, **{k: int(round(v, -1)) for k, v in last.items()}}
    )
print(f"model of the real text: {held_out_perplexity(addresses.real):.0f}")
table_of(rows)

# %% [markdown] tags=["deeper"]
# Scored with all of its text, accumulate looks far worse than anchor: 380 against 220. With equally many passages it is 250
# against 230.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M5")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M5")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * Under replace at temperature 1, a trigram loses words as a bag of words does. Counts alone predict the vocabulary.
# * Rare words go first. No model dislikes them: it is drift. The date is luck, the count gives the odds.
# * Hardly any single passage shows the loss, and the perplexity of the model's own text hardly moves from generation to
#   generation. Test against real text that was held out.
# * A temperature below 1 is selection. It compounds, and ends in a phrase that repeats.
# * A tenth of real text in each training set does not just delay the loss: the vocabulary levels off.
#
# ## Where this comes from
#
# * **Shumailov et al. (2024)**, *Nature* 631, fine-tuned OPT-125m on its own text. Without the original data it got worse on
#   real text; with 10 % of it kept, only a little. In their figure 1 the perplexity of *generated* text changes, too: more
#   of it is low, with a longer tail. Ours hardly moves. Our n-gram samples exactly the law it fitted; theirs is a neural
#   network that writes by beam search, which is selection. They do not claim that each word drifts as in a bag.
# * **Gerstgrasser et al. (2024)**, COLM: language models on children's stories get worse under replace, and not when data
#   accumulate. They do not claim that accumulating equals fresh text.
# * **Dohmatob et al. (2024)**, *A Tale of Tails*, ICML: a low temperature makes the tail narrower in each generation.
# * **Suresh et al. (2025)**, AISTATS: a word is forgotten after a time that is about linear in its count.
# * **Guo et al. (2024)**, NAACL Findings: variety falls when a language model learns from its own text.
#
# None of them is about trigrams. Ours is small, so that it runs here; what it shares with large models is the loop.
#
# ## Next
#
# Test yourself: [Q5](../quizzes/Q5_text_collapse.ipynb), twelve questions with your own numbers. Then
# [M6 · How fast, and by which definition](M6_how_fast.ipynb): when is it collapse?
# Short answers to what people ask: [questions and answers](../docs/questions.md).
