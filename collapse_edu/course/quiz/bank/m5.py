"""M5, Text collapse: predictions and questions."""

from math import inf

from collapse_edu.course.quiz.question import (
    Function,
    Headline,
    Misreading,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    SingleChoice,
)

__all__ = ["EXERCISES", "PREDICTIONS", "QUESTIONS"]

PREDICTIONS = {
    "M5.p1": {
        "film": True,
        "prompt": (
            "You see above how many types a bag of words keeps. Now a trigram model learns Moby-Dick, and writes as "
            "many tokens in each generation. How many types are alive in its generation 20, compared with the bag?"
        ),
        "outcomes": [
            Option(
                "about a quarter as many",
                "Words and word pairs are lost. But a place of a word that is lost goes to another word, not to "
                "nobody.",
                value=1000,
            ),
            Option(
                "about as many",
                "Yes, about 4,200. Averaged over chains, they differ by about one per cent at most. The counts "
                "alone predict it.",
                right=True,
                value=4200,
            ),
            Option(
                "about three times as many",
                "The context puts a word into its place. It does not bring back a word that was missed.",
                value=12000,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "a word is written as often as it was read, on average",
                "Yes, whatever stands around it. Each place in the text is copied about once, and counts drift as in "
                "a bag.",
                right=True,
            ),
            Option(
                "a trigram knows more of the text, so it forgets less",
                "It knows more about order. Each word still lives on the tokens that happen to be written.",
            ),
            Option(
                "rare words fit into fewer contexts, so the model avoids them",
                "It avoids none. A word with one place gets one copy on average, a word with ten gets ten.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 20]},
            "y": {"label": "types alive", "range": [0, 18_324]},
            "start": [0, 17_400],
        },
    },
    "M5.p2": {
        "prompt": (
            "Twenty generations of trigrams under replace, at temperature 1. What happens to the two perplexities: of "
            "held-out real text under each model, and of each model's own text under model 1?"
        ),
        "outcomes": [
            Option(
                "both rise by about the same factor",
                "Held-out real text more than triples. The model's own text rises by less than a tenth.",
            ),
            Option(
                "that of real text rises, that of its own text hardly moves",
                "Yes. Real text holds words that the model no longer knows. Its own text does not show what it lacks.",
                right=True,
            ),
            Option(
                "that of real text rises, that of its own text falls clearly",
                "It would fall if the model preferred likely words. At temperature 1 it prefers none.",
            ),
        ],
        "causes": [
            Option(
                "words keep their shares, so a passage looks as before",
                "Yes. What is lost is variety between passages, and hardly any single passage shows it.",
                right=True,
            ),
            Option(
                "the text gets simpler, so it is easier to predict",
                "Not passage by passage. A passage has about as many different types as before.",
            ),
            Option(
                "errors pile up, so the text gets worse and worse to read",
                "Hardly any single passage tells generation 20 from generation 1.",
            ),
        ],
    },
    "M5.p3": {
        "film": True,
        "prompt": (
            "In Idea 1 each model wrote at temperature 1. Now it writes at 0.8, a little more carefully. How many "
            "types are alive in generation 20?"
        ),
        "outcomes": [
            Option(
                "about 5",
                "Yes. In half of 48 chains four are left, in one phrase that repeats: a comma, “and”, “the”, “whale”. "
                "In a few chains it is about fifty.",
                right=True,
                value=5,
            ),
            Option(
                "about 3,500",
                "That would be so if the effect did not compound. It does: each generation learns the last one's bias.",
                value=3500,
            ),
            Option(
                "about 7,000",
                "It makes fewer rare choices, not fewer errors. Each time a rare word is not chosen it is closer to "
                "being lost.",
                value=7000,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "the frequent gets more frequent each time",
                "Yes, and this compounds. It is selection. Twenty times 0.8 acts like one temperature of about 0.01.",
                right=True,
            ),
            Option(
                "a low temperature removes noise and little else",
                "What it removes are the rare words, and they are most of the vocabulary.",
            ),
            Option(
                "chance makes words drift, as it did before",
                "Drift alone leaves about 4,200 types in each chain. The rest of the fall is selection.",
            ),
        ],
    },
    "M5.p4": {
        "prompt": (
            "One passage in ten is by a president, the rest is Melville. After one generation, and after twenty: what "
            "share of the tokens is presidential, and what share of whole passages does the classifier give to them?"
        ),
        "outcomes": [
            Option(
                "both shrink slowly, towards 0 %",
                "The share of tokens has no direction. And the passages do not go slowly.",
            ),
            Option("both stay near 10 %", "The tokens do. Look at the passages of generation 1."),
            Option(
                "tokens stay near 10 %, passages drop at once",
                "Yes. Presidential words are there, but scattered among whales: hardly any whole passage is left.",
                right=True,
            ),
            Option(
                "passages stay near 10 %, tokens drop at once",
                "No word is favoured, so the tokens keep their share on average. The passages mix.",
            ),
        ],
        "causes": [
            Option(
                "a majority pushes a minority out",
                "No word is favoured here. Over many chains, the minority gains as often as it loses.",
            ),
            Option(
                "words keep their shares, but a model that sees two tokens keeps no topic",
                "Yes. The one is drift without direction, the other is a limit of the model.",
                right=True,
            ),
            Option(
                "the model learned the minority badly, because it saw little of it",
                "It copies what it saw, word by word, in the right shares.",
            ),
        ],
    },
}

_NOTEBOOK = "M5_text_collapse.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-Does-the-order-of-words-help?"
_TWO = _NOTEBOOK + "Idea-2:-Can-you-read-it?"
_THREE = _NOTEBOOK + "Idea-3:-What-if-a-writer-is-careful?"
_KEEP = _NOTEBOOK + "Keep-the-real-data"
_MINORITY = _NOTEBOOK + "Deeper:-What-becomes-of-a-minority?"

_PREDICT = "predict from its counts how the vocabulary of a text shrinks"
_NAME = "name the words that were lost, and say why these"
_CHOOSE = "choose a measure that shows the loss, and say what it cannot show"
_TELL = "tell drift from selection, and show what keeping real text changes"


# ---------------------------------------------------------------- keys and typical wrong numbers

_TOKENS = 40_000


def _missed(once, twice):
    """Return the expected number of types that one resampling misses, of some that come once and some twice."""
    from collapse_edu.theory import drift

    alive = drift.probability_alive([1, 2], t=1, n=_TOKENS)
    return once * (1 - alive[0]) + twice * (1 - alive[1])


def _forgetting_time(count):
    from collapse_edu.theory import drift

    return int(drift.forgetting_time(count))


def _perplexity(a, b, c):
    import numpy as np

    from collapse_edu import metrics

    return metrics.perplexity(-np.log([a, b, c]))


# ---------------------------------------------------------------- M5.04: temperature, and typical wrong ones


def _bend(probabilities, temperature):
    """Return the probabilities at a temperature."""
    return _normalised([p ** (1 / temperature) for p in probabilities])


def _normalised(values):
    return [value / sum(values) for value in values]


def _exponential(value):
    from math import exp

    return exp(value)


def _bend_inputs(rng):
    cases = []
    for temperature in (0.5, 0.8, 1.0, 1.2, 2.0):
        weights = sorted(rng.sample(range(1, 30), 4), reverse=True)  # all different
        cases.append(([round(w / sum(weights), 6) for w in weights], temperature))
    return cases


# ---------------------------------------------------------------- pictures


def _lost_count(count, seed):
    """Draw in which share of chains a word is alive, and do not say how often it came; each point has a tick."""
    import numpy as np

    from collapse_edu.plots import plot_lines

    rng, chains, n = np.random.default_rng(seed), 4000, 200_000
    copies, t = np.full(chains, count), np.arange(0, 151)
    shares = [1.0]
    for _ in t[1:]:
        copies = rng.binomial(n, copies / n)
        shares.append(np.mean(copies > 0))
    shown = range(0, 151, 10)
    picture = plot_lines(
        shown,
        {"alive": np.array(shares)[list(shown), None]},
        label="share of chains that hold the word",
        title="How often did the word come in the book?",
    )
    picture.axes[0].set_xticks(shown)
    picture.description = (
        f"Share of {chains:,} chains in which the word is alive: "
        + ", ".join(f"{shares[t]:.2f} in generation {t}" for t in shown)
        + "."
    )
    return picture


def _four_writers(seed):
    """Draw the vocabulary of four text models under replace, with the theory of drift."""
    import numpy as np

    from collapse_edu import run
    from collapse_edu.datasets import state_of_the_union
    from collapse_edu.measures import types_alive
    from collapse_edu.models import NGram
    from collapse_edu.plots import plot_lines
    from collapse_edu.theory.drift import expected_types

    passages = state_of_the_union(marks=True).passages()
    t = np.arange(1, 13)
    lines = {}
    for place, (name, settings) in enumerate(_WRITERS.items()):
        model = NGram(n_types=passages.n_types, **settings)
        history = run(
            model, passages.source, generations=12, chains=2, measures={"types": types_alive}, seed=10 * seed + place
        )
        lines[name] = history["types"]
    lines["drift, theory"] = expected_types(np.bincount(passages.real.ravel()), t)[:, None]
    picture = plot_lines(t, lines, label="types alive", title="Which of them select?", log=True)
    picture.description = "Types alive. " + " ".join(
        f"{name}: "
        + ", ".join(f"{round(np.median(values[i - 1]), -1):,.0f} in generation {i}" for i in (1, 2, 4, 8, 12))
        + "."
        for name, values in lines.items()
    )
    return picture


_WRITERS = {
    "A": {"order": 3, "temperature": 0.8},
    "B": {"order": 3},
    "C": {"order": 3, "temperature": 1.5},
    "D": {"order": 1},
}

QUESTIONS = [
    Numeric(
        id="M5.01",
        title="The first loss",
        objective=_PREDICT,
        prompt=(
            "A text has 40,000 tokens. {once} of its types come once, {twice} come twice, and all others come so often "
            "that none of them is lost soon. A bag of words learns it and draws 40,000 tokens. How many types does "
            "this new text miss, on average?"
        ),
        parameters={"once": range(400, 801, 20), "twice": range(400, 801, 20)},
        key=_missed,
        tolerance=0.03,
        unit="types",
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda once, twice: 0,
                "The model knows all types. But each token is drawn by chance, and chance misses some types.",
                "learned_is_kept",
            ),
            Misreading(
                lambda once, twice: once + twice,
                "Not all of them are missed. A type that comes once is missed with probability 0.37.",
                "rare_dies_at_once",
            ),
            Misreading(
                lambda once, twice: once + twice - _missed(once, twice),
                "So many of the rare types are still there. The question is how many are missed.",
                "wrong_half",
            ),
            Misreading(
                lambda once, twice: _missed(once, 0),
                "These are the types that come once. Those that come twice can be missed, too.",
                "only_once_words_die",
            ),
        ],
        hints=[
            "A type with c tokens is missed by one draw with probability 1 - c/40,000, and there are 40,000 draws.",
            "The probability that a type is missed is about e^(-c). Add up over all types.",
        ],
        solution=(
            "A type that comes once is missed with probability e⁻¹ = 0.368, one that comes twice with e⁻² = 0.135. "
            "{once} · 0.368 + {twice} · 0.135 is {key}."
        ),
        lesson=_ONE,
    ),
    Numeric(
        id="M5.02",
        title="The median date",
        objective=_PREDICT,
        prompt=(
            "A word comes {count} times in a novel of 250,000 tokens. Text models follow one another under replace, at "
            "temperature 1. After how many generations has half of all chains lost the word, about?"
        ),
        parameters={"count": range(20, 71)},
        key=_forgetting_time,
        tolerance=0.1,
        unit="generations",
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda count: count,
                "It does not lose one copy in each generation. The count goes up and down by chance.",
                "count_fixes_date",
            ),
            Misreading(
                lambda count: 2 * count,
                "By then fewer than four in ten chains have lost it. For one half, divide by ln 2.",
                "rate_is_half_life",
            ),
            Misreading(
                lambda count: 1.386 * count,
                "You multiplied by ln 2. Divide by it: 2 / 0.69 = 2.9.",
                "inverse_half_life",
            ),
        ],
        hints=[
            "theory.drift.forgetting_time(count) computes it.",
            "The rule of the lesson: the median date is about 2.9 times the count.",
        ],
        solution=(
            "After t generations the word is lost with probability about exp(-{count} · 2/t). This is one half at "
            "t = 2 · {count} / ln 2, about 2.9 · {count}. The library computes {key}. Within 10 % is right."
        ),
        lesson=_ONE,
    ),
    SingleChoice(
        id="M5.03",
        title="Why these words",
        objective=_NAME,
        prompt=(
            "Trigram models follow one another under replace, at temperature 1. In generation 10, “the” is alive and "
            "most words that came once in the book are lost. Why?"
        ),
        options=[
            Option(
                "The model gives rare words a lower probability than they deserve, so they are chosen too seldom.",
                "A word with one token in the training text gets one token on average. Nobody is treated unfairly.",
                misconception="rare_is_disfavoured",
            ),
            Option(
                "Two tokens of context are too few to place rare words. A longer context would keep them.",
                "No order from 1 to 4 keeps more. Context says where a word stands, on average not how often.",
                misconception="context_keeps_words",
            ),
            Option(
                "All counts go up and down by chance, and only a small count easily reaches 0, where it stays.",
                "Yes. This is drift: without favour, and without a way back from 0.",
                right=True,
            ),
            Option(
                "Rare words are difficult, and each model simplifies what it read.",
                "The model has no idea of difficulty. It copies what followed the last two tokens.",
                misconception="text_gets_simpler",
            ),
        ],
        hints=[
            "How many copies does a word with one token get on average? And a word with a thousand?",
            "What can happen to a count of 1 in one step that cannot happen to a count of 1,000?",
        ],
        solution=(
            "{key} On average each word gets as many copies as it had. A count of 1 becomes 0 with probability 0.37; a "
            "count of 1,000 changes by about 3 %."
        ),
        lesson=_ONE,
    ),
    Function(
        id="M5.04",
        title="Write a temperature",
        objective=_TELL,
        prompt=(
            "Write bend(probabilities, temperature): the list of probabilities with which a system samples at this "
            "temperature. Each p becomes p to the power 1/temperature, and all are made to sum to 1."
        ),
        name="bend",
        starter=(
            "def bend(probabilities, temperature):\n"
            '    """Return the probabilities at a temperature; they sum to 1."""\n'
            "    bent = [... for p in probabilities]\n"
            "    return [... for b in bent]"
        ),
        reference=_bend,
        inputs=_bend_inputs,
        misreadings=[
            Misreading(
                lambda probabilities, temperature: _normalised([p**temperature for p in probabilities]),
                "This takes the power temperature, and so turns its effect round. The power is 1/temperature.",
                "cold_is_flat",
            ),
            Misreading(
                lambda probabilities, temperature: [p ** (1 / temperature) for p in probabilities],
                "These do not sum to 1. Divide each one by their sum.",
                "powers_sum_to_one",
            ),
            Misreading(
                lambda probabilities, temperature: _normalised([p / temperature for p in probabilities]),
                "A factor cancels when you divide by the sum, so nothing changes. Take a power.",
                "temperature_scales_all",
            ),
            Misreading(
                lambda probabilities, temperature: _normalised([_exponential(p / temperature) for p in probabilities]),
                "This takes exp of the probabilities. Take a power of them: p ** (1 / temperature).",
                "temperature_scales_all",
            ),
            Misreading(
                lambda probabilities, temperature: [
                    p / max(_bend(probabilities, temperature)) for p in _bend(probabilities, temperature)
                ],
                "This divides by the largest one. Divide by the sum: probabilities sum to 1.",
                "powers_sum_to_one",
            ),
            Misreading(
                lambda probabilities, temperature: [
                    p / len(probabilities) for p in (q ** (1 / temperature) for q in probabilities)
                ],
                "This divides by how many there are. Divide by their sum.",
                "powers_sum_to_one",
            ),
            Misreading(
                lambda probabilities, temperature: [p / temperature for p in _normalised(probabilities)],
                "This divides by the temperature. Take a power of p instead.",
                "temperature_scales_all",
            ),
            Misreading(
                lambda probabilities, temperature: _normalised([p ** (1 // temperature) for p in probabilities]),
                "// cuts to a whole number. The power is 1 / temperature.",
                "rounded_up",
            ),
        ],
        hints=[
            "In Python, a power is p ** exponent.",
            "The second line needs the sum of the first: sum(bent).",
        ],
        solution=(
            "bent = [p ** (1 / temperature) for p in probabilities], and then: return [b / sum(bent) for b in bent]. "
            "Below 1 the largest probability gains; above 1 it loses."
        ),
        lesson=_THREE,
    ),
    Ordering(
        id="M5.05",
        title="Who keeps most words",
        objective=_TELL,
        prompt=(
            "Five chains of trigrams start from Moby-Dick. Put them into order by the number of types alive in "
            "generation 20, the smallest first."
        ),
        items=[
            "replace, temperature 0.8",
            "replace, temperature 1",
            "replace, temperature 1.2",
            "preserve(0.1), temperature 1",
            "anchor, temperature 1",
        ],
        because=[
            "At 0.8 selection for frequent words comes on top of drift, and compounds: mostly fewer than thirty types.",
            "Above 1, rare words are sampled more often than they were learned. So fewer of them are missed.",
            "A tenth of real passages brings back lost words again and again. A temperature brings back none.",
            "Anchor has all real passages in each training set, preserve(0.1) has a tenth of one set.",
        ],
        misconceptions=["cold_is_careful", "temperature_scales_all", "ten_percent_delays", "share_decides"],
        hints=[
            "Sort the temperatures first: which one favours frequent words?",
            "Then ask which chains can get a lost word back.",
        ],
        solution=(
            "{key}. Mostly fewer than 30, then about 4,200, 5,800, 8,500 and 13,200 types are alive. Selection can "
            "lose far more than drift; real text in the training set keeps more than any temperature."
        ),
        lesson=_KEEP,
    ),
    MultipleChoice(
        id="M5.06",
        title="Which number shows it",
        objective=_CHOOSE,
        prompt=(
            "Trigrams learn from each other under replace, at temperature 1. From generation 1 to 20, which of these "
            "numbers at least double, or fall by more than half?"
        ),
        options=[
            Option(
                "the perplexity of held-out real text under each model",
                "It more than triples: real text holds ever more that the model has never seen.",
                right=True,
                misconception="own_text_tells",
            ),
            Option(
                "the number of different types in one passage",
                "A passage holds about 50 different types in both. The variety is lost between passages.",
                misconception="text_gets_simpler",
            ),
            Option(
                "the number of types that are alive in all passages together",
                "It falls by more than two thirds, from about 13,800 to about 4,200.",
                right=True,
                misconception="learned_is_kept",
            ),
            Option(
                "the perplexity of each model's own text under model 1",
                "It moves by less than a tenth. The text looks like text of model 1.",
                misconception="own_text_tells",
            ),
            Option(
                "the share of tokens that are words which came once in the book",
                "It stays near 4 % on average. But it is made of fewer and fewer words.",
                misconception="share_falls_on_average",
            ),
        ],
        hints=[
            "Ask of each number whether one passage is enough to see it.",
            "On average, each word keeps its share of the tokens. Which numbers follow from shares alone?",
        ],
        solution=(
            "{key}. Drift leaves every average share as it is, so passages look much the same, and the model's own "
            "text is nearly as likely under model 1 as before. What shrinks is the set of words; what rises is the "
            "surprise at real text."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M5.07",
        title="A perplexity by hand",
        objective=_CHOOSE,
        prompt=(
            "Perplexity is exp of minus the mean of ln p, over the probabilities p of the tokens. A model reads three "
            "tokens of held-out text. It had given them the probabilities 1/{a}, 1/{b} and 1/{c}. What is its "
            "perplexity on these tokens? Give three digits."
        ),
        parameters={"a": [2, 3, 4, 5], "b": range(15, 86, 10), "c": range(150, 951, 100)},
        key=_perplexity,
        tolerance=0.01,
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda a, b, c: (a + b + c) / 3,
                "Perplexity averages the logarithms: it is the cube root of the product, not the mean.",
                "factors_add",
            ),
            Misreading(
                lambda a, b, c: _perplexity(a, b, c) ** 0.4342945,
                "You took logarithms to base 10 and went back with e. Use the same base both times.",
                "wrong_logarithm",
            ),
            Misreading(
                lambda a, b, c: 3 / (1 / a + 1 / b + 1 / c),
                "This averages the probabilities. Then one easy token hides two hard ones.",
                "easy_hides_hard",
            ),
        ],
        hints=[
            "Take the mean of the three logarithms first, all to the base e.",
            "Perplexity is the cube root of the product of the three denominators.",
        ],
        solution=(
            "Minus the mean of ln p is (ln {a} + ln {b} + ln {c}) / 3. Its exponential is the cube root of "
            "{a} · {b} · {c}: {key}."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M5.08",
        title="Read the plot: a lost count",
        objective=_PREDICT,
        prompt=(
            "Text models follow one another under replace, at temperature 1. The picture shows in which share of the "
            "chains one word is still alive. How often did the word come in the book? Estimate it from the picture."
        ),
        parameters={"count": range(10, 45), "seed": range(1000)},
        figure=_lost_count,
        key=lambda count, seed: count,
        tolerance=0.12,
        unit="times",
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda count, seed: _forgetting_time(count),
                "This is the generation in which half of the chains have lost it. It is about 2.9 times the count.",
                "count_fixes_date",
            ),
            Misreading(
                lambda count, seed: _forgetting_time(count) / 2,
                "After two generations for each copy, 0.63 of the chains still hold the word. For one half it is 2.9.",
                "rate_is_half_life",
            ),
            Misreading(
                lambda count, seed: 2.885 * _forgetting_time(count),
                "You multiplied by 2.9. The median date is later than the count, so divide.",
                "inverse_half_life",
            ),
        ],
        hints=[
            "In which generation does the line pass one half? The words below the picture help.",
            "This median date is about 2.9 times the count.",
        ],
        solution=(
            "Find the generation in which the line passes one half, and divide it by 2.9. The word came {key} in the "
            "book, so one half is passed near generation 2.9 · {count}. Within 12 % is right."
        ),
        lesson=_ONE,
    ),
    Headline(
        id="M5.09",
        title="Headline: as fluent as ever",
        objective=_CHOOSE,
        headline="Nine rounds on its own output, and our model writes as fluently as on the first day. No collapse.",
        prompt=(
            "The team trained each model on the text of the last one (replace, temperature 1). It measured the "
            "perplexity of generated text under its first model: 12.0 then, 12.7 now. What do you say?"
        ),
        options=[
            Option(
                "They are right: a model that lost much would write text with a much higher perplexity.",
                "A trigram that has lost half of its words has nearly the same perplexity on its own text.",
                misconception="own_text_tells",
            ),
            Option(
                "They are wrong: 12.7 is above 12.0, so the model has collapsed.",
                "The small rise says little. The types alive would say it, and held-out real text would.",
                misconception="any_rise_is_collapse",
            ),
            Option(
                "They should let people read some passages. Readers notice missing words first.",
                "A passage of 64 tokens has room for two or three rare words. Readers cannot see what is missing.",
                misconception="reading_shows_it",
            ),
            Option(
                "They looked at fluency. What was lost shows in the types alive, and on real text that was held out.",
                "Yes. Fluency is a property of a passage; the loss is a property of the whole.",
                right=True,
            ),
        ],
        hints=[
            "What would this number be for a model that writes the same good sentence for ever?",
            "Which of the lesson's measures looks at real text?",
        ],
        solution=(
            "{key} In the lesson the perplexity of the model's own text goes from 12.0 to 12.8 in 20 generations; two "
            "thirds of the types are lost, and the perplexity of held-out real text more than triples."
        ),
        lesson=_TWO,
    ),
    SingleChoice(
        id="M5.10",
        title="A tenth of real text",
        objective=_TELL,
        prompt=(
            "A chain of trigrams replaces a tenth of each training set by random passages of the book: "
            "preserve(0.1), at temperature 1. What do you see from generation 20 to generation 40?"
        ),
        options=[
            Option(
                "The number of types stays about where it is.",
                "Yes. About as many types come back with the real passages as are lost.",
                right=True,
            ),
            Option(
                "It falls as under replace, only a tenth more slowly.",
                "Under replace 0 is for ever. Here a lost word comes back as soon as one of its passages is drawn.",
                misconception="ten_percent_delays",
            ),
            Option(
                "It climbs back to all types of the book, because real text comes in again and again.",
                "New losses balance the returns, at about half of the types of the book.",
                misconception="accumulating_equals_real",
            ),
            Option(
                "It falls to a few words in the end: nine tenths are synthetic.",
                "That does not follow from synthetic text. It follows from nothing real coming in.",
                misconception="inevitable",
            ),
        ],
        hints=[
            "Run the explorer with preserve(0.1) for 40 generations.",
            "What can happen to a lost word here that cannot happen under replace?",
        ],
        solution=(
            "{key} In the lesson about 8,500 types are alive in generation 20, and as many in generation 40. "
            "Under replace it is 4,200, and then 2,700."
        ),
        lesson=_KEEP,
    ),
    Headline(
        id="M5.11",
        title="Headline: pushed out (a deeper part)",
        objective=_NAME,
        headline="Models that learn from models squeeze out minorities: their share shrinks round after round.",
        prompt=(
            "A tenth of a real text is by a second author. Trigrams learn from each other under replace, at "
            "temperature 1. What happens to this tenth?"
        ),
        options=[
            Option(
                "The headline holds: its share of the tokens falls in each generation.",
                "Over many chains its share of tokens stays at a tenth. In one chain it wanders up or down.",
                misconception="share_falls_on_average",
            ),
            Option(
                "Its share of tokens has no direction. Rare words go first, and a larger share of its words is rare.",
                "Yes. Equal counts, equal odds; but in a small part of a text, a larger share of the words comes once.",
                right=True,
            ),
            Option(
                "Its words are lost sooner than equally frequent words of the first author, because they stand alone.",
                "Count by count they survive equally, up to chance.",
                misconception="rare_is_disfavoured",
            ),
            Option(
                "Nothing: drift has no direction, so a minority loses nothing that the majority does not lose.",
                "It loses a larger part of its vocabulary, because a larger share of its words is rare.",
                misconception="neutral_is_harmless",
            ),
        ],
        hints=[
            "Three things can be counted: tokens, passages, types. Which one is the headline about?",
            "Compare words of equal count first. Then ask whose words are rare.",
        ],
        solution=(
            "{key} In the lesson the share of tokens is 10 % in generation 1 and in generation 20, on average. Whole "
            "passages by the second author are nearly gone in generation 1: a trigram cannot hold a topic. With "
            "selection, such as a low temperature, all this may differ."
        ),
        lesson=_MINORITY,
    ),
    MultipleChoice(
        id="M5.12",
        title="Read the plot: four writers",
        objective=_TELL,
        prompt=(
            "The picture shows the types alive of four models A to D that learn from their own text under replace, and "
            "what theory expects of drift alone. Orders and temperatures differ. Which models select?"
        ),
        parameters={"seed": range(1000)},
        figure=_four_writers,
        ordered=True,
        options=[
            Option(
                "A",
                "A falls far below the line of drift: it favours frequent words, as a low temperature does.",
                right=True,
                misconception="cold_is_careful",
            ),
            Option(
                "B",
                "B lies on the line of drift. Its words are lost by chance alone.",
                misconception="rare_is_disfavoured",
            ),
            Option(
                "C",
                "C stays above the line of drift: it favours rare words, as a temperature above 1 does.",
                right=True,
                misconception="selection_only_kills",
            ),
            Option(
                "D",
                "D lies on the line of drift. Its order differs from that of B, and the order does not matter here.",
                misconception="context_keeps_words",
            ),
        ],
        hints=[
            "Drift alone has a known expectation. Which lines leave it?",
            "Selection can work for rare words, too.",
        ],
        solution=(
            "{key}. A (temperature 0.8) leaves the line of drift downwards, C (temperature 1.5) upwards. B (a trigram) "
            "and D (a bag of words) are at temperature 1 and follow it."
        ),
        lesson=_THREE,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _date_of(word, texts):
    return next((t for t, text in enumerate(texts) if word not in text), None)


def _shifted(word, texts, by):
    t = _date_of(word, texts)
    return None if t is None else t + by


def _try_date_of(function, word, texts):
    """Call a learner's function with arrays, as the lesson has them."""
    import numpy as np

    return function(word, [np.array(text) for text in texts])


def _date_of_inputs(rng):
    cases = []
    for date in (1, 2, 4, 6):
        word = rng.randrange(20, 30)
        texts = []
        for t in range(6):
            text = [[rng.randrange(20) for _ in range(4)] for _ in range(3)]
            if t < date:
                text[rng.randrange(3)][rng.randrange(4)] = word
            texts.append(text)
        cases.append((word, texts))
    texts = [[[word, 1]], [[1, 2]], [[word, 2]], [[2, 3]]]  # one that comes back, as with real data
    return [*cases, (word, texts)]


def _holds(word, texts):
    """Return in which generations a word is there."""
    return [t for t, text in enumerate(texts) if word in text]


def _lost_tokens(real, synthetic):
    import numpy as np

    return (~np.isin(real, synthetic)).sum(axis=1)


def _living_tokens(real, synthetic):
    import numpy as np

    return np.isin(real, synthetic).sum(axis=1)


def _lost_types(real, synthetic):
    import numpy as np

    return [len(np.setdiff1d(row, synthetic)) for row in real]


def _rare_tokens(real, synthetic):
    import numpy as np

    return (np.bincount(real.ravel())[real] == 1).sum(axis=1)


def _lost_columns(real, synthetic):
    import numpy as np

    return (~np.isin(real, synthetic)).sum(axis=0)


def _new_tokens(real, synthetic):
    import numpy as np

    return (~np.isin(synthetic, real)).sum(axis=1)


def _try_with_arrays(function, real, synthetic):
    """Call a learner's function with arrays, as the lesson has them."""
    import numpy as np

    return function(np.array(real), np.array(synthetic))


def _lost_tokens_inputs(rng):
    """Types below 10 are alive; types from 10 on are lost, and some of them come more than once."""
    cases = []
    for rows in (2, 4, 5):
        synthetic = [list(range(5)), list(range(5, 10)), [rng.randrange(10) for _ in range(5)]]
        real = [[rng.randrange(10) for _ in range(4)] + [10 + rng.randrange(3)] for _ in range(rows)]
        real += [[rng.randrange(10), 10, 11, 12, 11], [10, 11, 12, 10, 12], [1, 1, 2, 3, 3]]
        rng.shuffle(real)
        cases.append((real, synthetic))
    return cases


EXERCISES = [
    Function(
        id="M5.e1",
        title="The date of a word",
        objective=_NAME,
        prompt=(
            "Write date_of(word, texts): the first generation whose text does not hold the word. texts[0] is the real "
            "text, texts[t] that of generation t, each an array of type numbers, one row for each passage. If all hold "
            "it, return None."
        ),
        name="date_of",
        starter="",
        reference=_date_of,
        probe=_try_date_of,
        inputs=_date_of_inputs,
        misreadings=[
            Misreading(
                lambda word, texts: _shifted(word, texts, -1),
                "This is the last generation that still holds the word.",
                "one_round_off",
            ),
            Misreading(
                lambda word, texts: _shifted(word, texts, 1),
                "This is one too many: texts[0] is the real text, so texts[t] is generation t.",
                "real_is_generation_one",
            ),
            Misreading(
                lambda word, texts: int((texts[0] == word).sum()),
                "This is how often the word comes in the real text. The count does not fix the date.",
                "count_fixes_date",
            ),
            Misreading(
                lambda word, texts: len(_holds(word, texts)),
                "This counts the texts that hold the word. A word may come back; its first loss is asked for.",
                "first_loss_is_all",
            ),
            Misreading(
                lambda word, texts: _holds(word, texts)[-1],
                "This is the last text that holds the word. Asked is the first that does not.",
                "one_round_off",
            ),
            Misreading(
                lambda word, texts: _holds(word, texts)[0],
                "This is the first text that holds the word. Say not in.",
                "wrong_half",
            ),
            Misreading(
                lambda word, texts: len(texts) if _date_of(word, texts) is None else _date_of(word, texts),
                "If all texts hold the word, its date is not known: None.",
                "living_left_out",
            ),
        ],
        hints=[
            "word in text is True if the array text holds the number word.",
            "The loop hands out t = 0, 1, 2, …; return t as soon as the word is not in the text.",
        ],
        solution="if word not in text: return t. The loop starts at the real text, so t is the generation.",
        version=2,
        calls_twice=True,
        lesson=_ONE,
    ),
    Function(
        id="M5.e2",
        title="Spend ten per cent well",
        objective=_TELL,
        prompt=(
            "Write lost_tokens(real, synthetic): for each row of real, how many of its tokens are of a type that "
            "synthetic does not hold at all."
        ),
        name="lost_tokens",
        starter="",
        reference=_lost_tokens,
        probe=_try_with_arrays,
        inputs=_lost_tokens_inputs,
        misreadings=[
            Misreading(
                _living_tokens,
                "These are the tokens that are still alive. Turn the condition round.",
                "wrong_half",
            ),
            Misreading(
                _rare_tokens,
                "These are tokens of types that come once in real. Rare is not lost: ask the synthetic text.",
                "rare_dies_at_once",
            ),
            Misreading(
                lambda real, synthetic: int(_lost_tokens(real, synthetic).sum()),
                "This is the sum over all passages. One number for each passage is asked for: sum with axis=1.",
                "one_number_for_all",
            ),
            Misreading(
                _lost_types,
                "You counted types. A lost type that comes twice is two lost tokens.",
                "type_is_token",
            ),
            Misreading(
                _lost_columns, "With axis=0 you sum columns. Each row is a passage: axis=1.", "one_number_for_all"
            ),
            Misreading(
                _new_tokens,
                "This asks the synthetic text for what real lacks. Turn the two round in np.isin.",
                "wrong_half",
            ),
        ],
        hints=[
            "np.isin(real, synthetic) is True for each token of real whose type synthetic holds.",
            "~ turns True into False. A sum with axis=1 counts the True in each row.",
        ],
        solution=(
            "is_lost = ~np.isin(real, synthetic), and then: return is_lost.sum(axis=1). A regime that goes by it "
            "brings back words that are gone, not words at random; so the same tenth keeps more types. But its "
            "training text is no longer a fair sample of the book."
        ),
        lesson=_KEEP,
    ),
]
