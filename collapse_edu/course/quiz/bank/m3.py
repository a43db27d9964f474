"""M3, Losing the tails: predictions and questions."""

from math import inf
from statistics import median

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
    "M3.p1": {
        "prompt": (
            "“Dream” comes ten times among the 209,259 words of the book. A model learns the counts and writes a text "
            "of the same length; the next model learns from that text, and so on. By which generation is half of all "
            "words that came ten times lost?"
        ),
        "outcomes": [
            Option(
                "about generation 3",
                "The size of the text hardly matters. What matters is the count: ten copies are seldom all missed.",
                value=3.0,
            ),
            Option(
                "about generation 27",
                "Yes. The median date is about 2.9 times the count, less a little for small counts.",
                right=True,
                value=27.0,
            ),
            Option(
                "about generation 300",
                "Some words with count 10 live that long. Half of them are gone much earlier.",
                value=300.0,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "the count wanders up and down, and stops when it meets zero",
                "Yes. It is a random walk with steps of about the square root of the count.",
                right=True,
            ),
            Option(
                "each generation takes one copy away",
                "On average it takes none: the expected count stays at ten.",
            ),
            Option(
                "a word is lost when its share is below a threshold",
                "There is no threshold. Each text of n words misses a word with a chance that depends on its count.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 100]},
            "y": {"label": "share of these words that is left", "range": [0, 1]},
            "start": [0, 1],
            "truth": lambda t: _alive(10, t) if t else 1,
        },
    },
    "M3.p2": {
        "prompt": "“Until” and “ramadan” both come ten times. Which one do more chains still know in generation 30?",
        "outcomes": [
            Option(
                "until does better", "The language needs it, but the model knows no language. It knows a count of ten."
            ),
            Option(
                "ramadan does better",
                "It stands out, but the model does not see what stands out. It sees a count of ten.",
            ),
            Option("both do equally well", "Yes. Their shares differ by luck only.", right=True),
        ],
        "causes": [
            Option(
                "a word's odds depend on its count alone",
                "Yes. Each word of the text has the same chance to be drawn.",
                right=True,
            ),
            Option(
                "words that stand close together are drawn together",
                "In real text they stand together. This model draws each word alone.",
            ),
            Option("common words of the language come back sooner", "Nothing comes back under replace."),
        ],
    },
    "M3.p3": {
        "prompt": (
            "Only the expressivity error is on: the model has no room for words that came once or twice. Texts are so "
            "long that sampling loses nothing. How does the number of words go on after generation 1?"
        ),
        "outcomes": [
            Option(
                "it falls in each generation",
                "The statistical error compounds. Here the words that are left come three times or more, and stay.",
            ),
            Option(
                "it stays where it is", "Yes. The model holds all that is left, so nothing more is lost.", right=True
            ),
            Option("it rises again", "The chances are exact. But what the first model cannot hold, no later one sees."),
        ],
        "ordered": True,
        "causes": [
            Option("the second model can express what the first one wrote", "Yes. Its error is made once.", right=True),
            Option(
                "every model adds its own error", "It adds what it cannot express, and there is nothing of that left."
            ),
            Option("more data mend a model that is too small", "They do not give it more room."),
        ],
    },
}

_NOTEBOOK = "M3_losing_the_tails.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-When-is-a-word-forgotten?"
_ALIVE = _NOTEBOOK + "Words-that-are-still-alive"
_TWO = _NOTEBOOK + "Idea-2:-Which-of-two-words-lives-longer?"
_THREE = _NOTEBOOK + "Idea-3:-Which-error-does-what?"

_COMPUTE = "compute from its count how long a word is likely to live"
_READ = "read a run in which some words are still alive"
_SAME = "say where a count model is the same as a population of genes, and where the likeness ends"
_ERRORS = "tell the three errors apart by switching on one at a time"


def _median_date(count):
    from collapse_edu import theory

    return int(theory.drift.forgetting_time(count))


def _alive(count, t):
    from collapse_edu import theory

    return float(theory.drift.poisson_survival(count, t))


def _two_differ(n, t):
    """Return the chance that two draws from generation t of n documents differ; at first all are different."""
    from collapse_edu import theory

    return float(theory.drift.expected_heterozygosity(1 - 1 / n, t, n))


# ---------------------------------------------------------------- M3.06: survival by count


def _survival(counts, dates, wanted, t):
    mine = [date for count, date in zip(counts, dates, strict=True) if count == wanted]
    return sum(date is None or date > t for date in mine) / len(mine)


def _survival_of_the_lost(counts, dates, wanted, t):
    lost = [(count, date) for count, date in zip(counts, dates, strict=True) if date is not None]
    return _survival(*zip(*lost, strict=True), wanted, t)


def _lives(rng):
    cases = []
    for size, wanted, t in ((0, 1, 1), (3, 2, 4), (7, 3, 5), (20, 1, 10)):
        counts = [rng.randrange(1, 4) for _ in range(size)] + 3 * [wanted]
        dates = [rng.choice([None, rng.randrange(1, 20)]) for _ in range(size)] + [t, t + 1, None]
        cases.append((counts, dates, wanted, t))
    return cases


# ---------------------------------------------------------------- a picture


def _lost_generation(t, seed):
    """Draw which share of the words is left, by their count, in a generation that is not said."""
    import numpy as np

    from collapse_edu import theory
    from collapse_edu.plots import Picture
    from collapse_edu.plots.picture import in_style

    numbers = np.arange(1, 61)
    rng = np.random.default_rng(seed)
    shares = rng.binomial(3000, theory.drift.poisson_survival(numbers, t)) / 3000  # 3,000 words for each count

    @in_style
    def draw():
        picture = Picture(width=7.0, height=4.0)
        (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.11, "right": 0.97, "top": 0.9, "bottom": 0.14})
        ax.plot(numbers, shares, "o", color="#C04A00")
        ax.set(xlabel="count of a word in the real text", ylabel="share of these words that is left", ylim=(0, 1.03))
        ax.set_title("Which generation is this?")
        return picture

    picture = draw()
    picture.description = "Share of the words that is left, by their count: " + ", ".join(
        f"count {number}: {shares[number - 1]:.2f}" for number in range(2, 61, 2)
    )
    return picture


QUESTIONS = [
    Numeric(
        id="M3.01",
        title="Half of them",
        objective=_COMPUTE,
        prompt=(
            "Many words came {count} times each in a long text. Count models learn from each other's texts, all of the "
            "same length, under replace. In which generation is half of these words lost?"
        ),
        parameters={"count": range(13, 91)},
        key=_median_date,
        tolerance=0.05,
        unit="generations",
        allowed=(0, 1000),
        misreadings=[
            Misreading(
                lambda count: count,
                "A count does not fall by one in each generation. It wanders, and on average it stays.",
                "count_fixes_date",
            ),
            Misreading(
                lambda count: 2 * count,
                "At this time e^(-1) = 37 % are lost. Divide by ln 2 for one half.",
                "rate_is_half_life",
            ),
            Misreading(
                lambda count: 2 * 0.69315 * count,
                "You multiplied by ln 2. The chance e^(-2c/t) is one half at t = 2c / ln 2.",
                "inverse_half_life",
            ),
        ],
        hints=[
            "The chance to be lost by generation t is about e^(-2c/t).",
            "Set it to one half and solve for t; or ask theory.drift.forgetting_time.",
        ],
        solution="About 2 · {count} / ln 2, which is 2.9 times the count. The library computes {key}.",
        lesson=_ONE,
    ),
    Numeric(
        id="M3.02",
        title="Still there",
        objective=_COMPUTE,
        prompt=(
            "A word came {count} times in a long text. Under replace, how likely is it that the text of generation {t} "
            "still has it? (Two digits will do.)"
        ),
        parameters={"count": [2, 3, 4, 5], "t": range(30, 61)},
        key=_alive,
        tolerance=0.12,
        allowed=(0, 1),
        misreadings=[
            Misreading(lambda count, t: 1 - _alive(count, t), "This is the chance that it is lost.", "wrong_half"),
            Misreading(
                lambda count, t: _alive(count, t) / 2,
                "This is half of it: the rate is 2c/t, not c/t.",
                "rate_without_two",
            ),
        ],
        hints=[
            "The chance to be lost is about e^(-2c/t).",
            "theory.drift.poisson_survival(count, t) computes it.",
        ],
        solution="1 - e^(-2 · {count} / {t}), a little less because t is not large: {key}.",
        lesson=_ONE,
    ),
    SingleChoice(
        id="M3.03",
        title="Two words",
        objective=_SAME,
        prompt=(
            "“However” and “harpoon-pole” come eight times each in a text. After 20 generations under replace, a chain "
            "of count models still has “however”, and “harpoon-pole” is gone. What explains this?"
        ),
        options=[
            Option(
                "Models keep words that the language needs.",
                "A count model sees a count of eight, twice. It knows nothing about the language.",
                misconception="rare_is_disfavoured",
            ),
            Option(
                "Luck. In another chain it is the other way round.",
                "Yes. Equal counts, equal odds.",
                right=True,
            ),
            Option(
                "The longer word is harder to copy, so that its count falls a little in each generation.",
                "A word is drawn or not. Its length plays no part.",
                misconception="share_falls_on_average",
            ),
            Option(
                "With eight copies both should live: the chain is faulty.",
                "The median date for count 8 is generation 22. Many are gone by 20.",
                misconception="count_fixes_date",
            ),
        ],
        hints=["What does the model know about a word?", "How often would you see this the other way round?"],
        solution="{key} One chain is one draw. Over many chains, both words live equally often.",
        lesson=_TWO,
    ),
    MultipleChoice(
        id="M3.04",
        title="The dictionary",
        objective=_SAME,
        prompt="Which of these are the same in a neutral population of genes and in a count model under replace?",
        options=[
            Option(
                "The chance that two draws differ falls by the factor 1 - 1/n in each generation.",
                "This is so in both, for any counts at the start.",
                right=True,
                misconception="neutral_is_harmless",
            ),
            Option(
                "In the end one type is left, and each type wins as often as its share at the start.",
                "Fixation follows the same law in both.",
                right=True,
                misconception="share_falls_on_average",
            ),
            Option(
                "Sampling at a low temperature acts like drift in a small population.",
                "It favours what is frequent. This is selection, with a direction.",
                misconception="cold_is_careful",
            ),
            Option(
                "Rare types are lost because they are at a disadvantage.",
                "In neither: no type has an advantage. A small count is closer to zero, that is all.",
                misconception="rare_is_disfavoured",
            ),
        ],
        hints=[
            "Neutral means: nobody has an advantage.",
            "Which of these hold where each word of the text has the same chance?",
        ],
        solution="{key}. A low temperature is selection, and rare types have no disadvantage beside being few.",
        lesson=_TWO,
    ),
    Ordering(
        id="M3.05",
        title="Who lives longest",
        objective=_COMPUTE,
        prompt=(
            "Four groups of words of a long text, under replace. Put them in order by the share that is still alive, "
            "the smallest first."
        ),
        items=[
            "came 2 times, generation 40",
            "came 10 times, generation 60",
            "came 10 times, generation 20",
            "came 100 times, generation 60",
        ],
        because=[
            "2c/t is 0.1 and 0.33: shares of about 9 % and 27 %.",
            "The same count, three times as long: 2c/t is 0.33 and 1.",
            "2c/t is 1 and 3.3: shares of about 60 % and 96 %.",
        ],
        misconceptions=["rare_dies_at_once", "loss_without_size", "learned_is_kept"],
        hints=["Only the ratio of count to generation matters.", "Compute 2c/t for each group."],
        solution="{key}. The shares are about 0.09, 0.27, 0.60 and 0.96.",
        lesson=_ONE,
    ),
    Function(
        id="M3.06",
        title="Survival by count",
        objective=_READ,
        prompt=(
            "Write survival(counts, dates, wanted, t): counts holds the count of each word, dates the generation in "
            "which it is lost, None if it was alive to the end of the run. Return the share of the words with the "
            "wanted count that are alive in generation t. (t is not after the end. A word with date t is lost in t.)"
        ),
        name="survival",
        starter=(
            "def survival(counts, dates, wanted, t):\n"
            '    """Return the share of the words with this count that are alive in generation t."""\n'
            "    mine = [date for count, date in zip(counts, dates) if count == wanted]\n"
            "    return ..."
        ),
        reference=_survival,
        inputs=_lives,
        misreadings=[
            Misreading(
                _survival_of_the_lost,
                "The words with None are alive, and they count. Without them every life looks too short.",
                "living_left_out",
            ),
            Misreading(
                lambda counts, dates, wanted, t: 1 - _survival(counts, dates, wanted, t),
                "This is the share that is lost.",
                "wrong_half",
            ),
            Misreading(
                lambda counts, dates, wanted, t: _survival(counts, dates, wanted, t - 1),
                "A word with date t is lost in generation t already.",
                "one_round_off",
            ),
            Misreading(
                lambda counts, dates, wanted, t: _survival(counts, dates, wanted, t) * counts.count(wanted),
                "This is a number of words. Divide it by how many have this count.",
                "loss_without_size",
            ),
            Misreading(
                lambda counts, dates, wanted, t: (
                    _survival(counts, dates, wanted, t) * counts.count(wanted) / len(counts)
                ),
                "Divide by the words with this count, not by all words.",
                "wrong_whole",
            ),
            Misreading(
                lambda counts, dates, wanted, t: _survival(counts, dates, wanted, inf),
                "This counts only those that are alive to the end. A word that is lost after t is alive in t.",
                "living_left_out",
            ),
            Misreading(
                lambda counts, dates, wanted, t: 1 - _survival(counts, dates, wanted, t - 1),
                "This is the share that was lost before t. The living are asked for.",
                "wrong_half",
            ),
            Misreading(
                lambda counts, dates, wanted, t: sum(date is None or date > t for date in dates) / len(dates),
                "This takes all words. Only those with the wanted count are asked for.",
                "count_fixes_date",
            ),
        ],
        hints=[
            "A word is alive in generation t if its date is None, or larger than t.",
            "sum(date is None or date > t for date in mine) counts them.",
        ],
        solution="return sum(date is None or date > t for date in mine) / len(mine). None is later than all dates.",
        lesson=_ALIVE,
    ),
    SingleChoice(
        id="M3.07",
        title="The report",
        objective=_READ,
        prompt=(
            "A report says: “We ran 50 generations. Of the 400 words with count 25, 150 were lost; their median date "
            "was generation 31. So a word with count 25 lives for 31 generations.” What is wrong?"
        ),
        options=[
            Option(
                "Nothing: the living have no dates, so the median must be taken over the lost.",
                "It can be taken over all 400, with the living last. 250 of them live longer than 50 generations.",
                misconception="living_left_out",
            ),
            Option(
                "The run should have used more words: with 400 of them a median is far off.",
                "400 words are many. The 250 living ones are the trouble.",
                misconception="large_n_prevents",
            ),
            Option(
                "The median of all is later than generation 50, since more than half were alive then.",
                "Yes. Theory says about 70.",
                right=True,
            ),
            Option(
                "A median is the wrong number. The mean date of the lost words is right.",
                "It leaves the living out as well, and lies too early for the same reason.",
                misconception="living_left_out",
            ),
        ],
        hints=["How many of the 400 lived longer than 50 generations?", "Where does the 200th date of 400 lie?"],
        solution="{key} By theory the median for count 25 is generation 70.",
        lesson=_ALIVE,
    ),
    Numeric(
        id="M3.08",
        title="Read the plot: which generation",
        objective=_COMPUTE,
        prompt=(
            "The picture shows which share of the words is left, by their count in the real text, in one generation "
            "under replace. Estimate the generation."
        ),
        parameters={"t": range(30, 151), "seed": range(100)},
        figure=_lost_generation,
        key=lambda t, seed: t,
        tolerance=0.1,
        unit="generations",
        allowed=(1, 1000),
        misreadings=[
            Misreading(
                lambda t, seed: t * 0.34657,
                "This is the count of which half are left. The generation is about 2.9 times as large.",
                "count_fixes_date",
            ),
            Misreading(
                lambda t, seed: t * 0.69315,
                "The factor is 2 / ln 2 = 2.9, not 2.",
                "rate_is_half_life",
            ),
        ],
        hints=["Find the count of which half are left.", "The median date of a word is 2.9 times its count."],
        solution="Half of the words are left where the count is t · ln 2 / 2. Here t is {key}. Within 10 % is right.",
        lesson=_ONE,
    ),
    Headline(
        id="M3.09",
        title="Headline: minority words",
        objective=_SAME,
        headline="AI discriminates against rare words: it learns to avoid them.",
        prompt="Count models learn from each other's texts under replace, as in this lesson. What is right?",
        options=[
            Option(
                "Rare words are lost first, though no model avoids them.",
                "Yes. Their expected share stays the same in each generation. But a small count soon meets zero.",
                right=True,
            ),
            Option(
                "The headline: the share of rare words falls in each generation, on average, until none is left.",
                "On average the share stays. The real rare words fill about 13 % of the text at all times.",
                misconception="share_falls_on_average",
            ),
            Option(
                "Nothing is lost on average, so nobody is harmed.",
                "Shares stay on average. Words are lost for good, and rare ones much more often.",
                misconception="neutral_is_harmless",
            ),
            Option(
                "A larger text prevents it.",
                "The count decides. A text twice as long has twice the copies, and loses its own rare words.",
                misconception="large_n_prevents",
            ),
        ],
        hints=[
            "What is the expected count of a word in the next text?",
            "Losing words and losing share are two things.",
        ],
        solution="{key} The process is neutral, and it is hard on what is rare.",
        lesson=_TWO,
    ),
    SingleChoice(
        id="M3.10",
        title="Which error",
        objective=_ERRORS,
        prompt=(
            "A team sees: generation 1 has lost 40 % of the classes of its real data. Generations 2 to 20 lose nothing "
            "more. A hundred times as many samples in each generation change nothing. Which error is it?"
        ),
        ordered=True,
        options=[
            Option(
                "the statistical error",
                "It goes on in each generation, and it gets smaller with more samples.",
                misconception="more_data_mend_models",
            ),
            Option(
                "the expressivity error: the model has no room for these classes",
                "Yes. It is made once, by the first model, and more samples give no room.",
                right=True,
            ),
            Option(
                "an approximation error, because learning stopped too early in each generation",
                "Then each generation would move on, away from the last one.",
                misconception="one_cause",
            ),
            Option(
                "none: a loss that stops is no error",
                "40 % of the classes are gone for good.",
                misconception="first_loss_is_all",
            ),
        ],
        hints=["Does the loss go on?", "Does it depend on the number of samples?"],
        solution="{key}. The statistical error compounds and shrinks with n; this one does neither.",
        lesson=_THREE,
    ),
    Numeric(
        id="M3.11",
        title="A small library",
        objective=_SAME,
        prompt=(
            "A library of {n} different documents is replaced by {n} draws from it, each put back; and so on. After "
            "{t} generations, two readers each take a document at random, from the whole library. How likely is it, "
            "over all chains, that they read different documents?"
        ),
        parameters={"n": range(25, 41), "t": range(10, 21)},
        key=_two_differ,
        tolerance=0.01,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, t: (1 - 1 / n) ** t,
                "At the start the chance is 1 - 1/{n} already: both may take the same document.",
                "one_round_off",
            ),
            Misreading(
                lambda n, t: 1 - (t + 1) / n, "Factors multiply; they do not add up: (1 - 1/{n}) again.", "factors_add"
            ),
        ],
        hints=[
            "At first the chance is 1 - 1/{n}: they may take the same document.",
            "Each generation: the factor 1 - 1/{n}.",
        ],
        solution="(1 - 1/{n}) to the power {t} + 1, which is {key}. This is the heterozygosity.",
        lesson=_TWO,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _dates_of(alive, first=1):
    return [next((t for t, row in enumerate(alive, first) if not row[word]), None) for word in range(len(alive[0]))]


def _dates_of_rows(alive):
    return [next((t for t, there in enumerate(alive[word], 1) if not there), None) for word in range(len(alive[0]))]


def _runs(rng):
    cases = []
    for words, generations in ((1, 1), (3, 4), (5, 8)):
        ends = [rng.randrange(generations + 1) for _ in range(words - 1)] + [generations]
        cases.append(([[t < end for end in ends] for t in range(generations)],))
    return cases


def _median_life(hours):
    ranked = sorted(hours, key=lambda life: float("inf") if life is None else life)
    return ranked[len(ranked) // 2]


def _median_of_the_lost(hours):
    return float(median(life for life in hours if life is not None))


def _median_with(hours, burning):
    """Return the median life where lamps that still burn are taken for lamps with another life."""
    return float(median(burning if life is None else life for life in hours))


def _lamps(rng):
    cases = []
    for lost, living in ((3, 0), (4, 3), (2, 5), (6, 5)):
        hours = rng.sample(range(10, 1000), lost) + [None] * living
        rng.shuffle(hours)
        cases.append((hours,))
    return cases


EXERCISES = [
    Function(
        id="M3.e1",
        title="Dates",
        objective=_READ,
        prompt=(
            "Write dates_of(alive): for each word the first generation in which it is missing; None for the living. "
            "alive is a list of rows, one for each generation."
        ),
        name="dates_of",
        starter="",
        reference=_dates_of,
        inputs=_runs,
        misreadings=[
            Misreading(lambda alive: _dates_of(alive, 0), "The first row is generation 1.", "one_round_off"),
            Misreading(
                lambda alive: [inf if date is None else date for date in _dates_of(alive)],
                "Here the living have no date: None. (The lesson's arrays hold infinity there; a list can hold None.)",
                "living_left_out",
            ),
            Misreading(
                lambda alive: [len(alive) if date is None else date for date in _dates_of(alive)],
                "A word that is alive in all generations has no date yet: None.",
                "living_left_out",
            ),
            Misreading(
                lambda alive: [0 if date is None else date for date in _dates_of(alive)],
                "Generation 0 would be the real text. A word that is still alive has no date: None.",
                "living_left_out",
            ),
            Misreading(
                lambda alive: [1 if date is None else date for date in _dates_of(alive)],
                (
                    "np.argmin gives the first place where nothing is smaller, so the living get 1. They have no "
                    "date: None."
                ),
                "living_left_out",
            ),
            Misreading(
                lambda alive: ["None" if date is None else date for date in _dates_of(alive)],
                "'None' in quotes is a text. Python's None stands without quotes.",
                "living_left_out",
            ),
            Misreading(
                lambda alive: [float("nan") if date is None else date for date in _dates_of(alive)],
                "nan stands for a number that is missing. Here the living get None.",
                "living_left_out",
            ),
            Misreading(
                _dates_of_rows,
                "This goes over generations. alive[0] is a generation, and alive[t][word] one word in it.",
                "order_means_nothing",
            ),
            Misreading(
                lambda alive: [date for date in _dates_of(alive) if date is not None],
                "The living are left out. Each word gets a place in the list: None for them.",
                "living_left_out",
            ),
        ],
        hints=[
            "for t, row in enumerate(alive, 1) gives each generation and its row.",
            "next((t for t, row in enumerate(alive, 1) if not row[word]), None) is the first t, or None.",
        ],
        solution="dates.append(next((t for t, row in enumerate(alive, 1) if not row[word]), None)). None: not yet.",
        lesson=_ALIVE,
    ),
    Function(
        id="M3.e2",
        title="Lamps",
        objective=_READ,
        prompt="Write median_life(hours): the median life of all lamps; None if it is later than the end of the test.",
        name="median_life",
        starter="",
        reference=_median_life,
        inputs=_lamps,
        misreadings=[
            Misreading(
                _median_of_the_lost,
                "This leaves out the lamps that still burn. They live longer than all others.",
                "living_left_out",
            ),
            Misreading(
                lambda hours: _median_with(hours, 1000),
                (
                    "A lamp that still burns lives longer than the test. If the middle one burns, nobody knows "
                    "when it goes out: None."
                ),
                "living_left_out",
            ),
            Misreading(
                lambda hours: _median_with(hours, 0),
                "A lamp that still burns has lived longest of all. With 0 it comes first, and the median is too small.",
                "living_left_out",
            ),
            Misreading(
                lambda hours: _median_with(hours, inf),
                "Infinity is no life: if the middle lamp still burns, return None.",
                "living_left_out",
            ),
            Misreading(
                lambda hours: None if None in hours else _median_with(hours, inf),
                "Some lamps still burn, but the middle one may have gone out: then its life is the median.",
                "one_run_proves",
            ),
            Misreading(
                lambda hours: hours[len(hours) // 2],
                "Put the lamps in order first. The middle of the list is no median.",
                "mean_is_typical",
            ),
            Misreading(
                lambda hours: (
                    sum(life for life in hours if life is not None) / len([life for life in hours if life is not None])
                ),
                "This is the mean of the lamps that went out. The median of all is asked for.",
                "mean_is_typical",
            ),
            Misreading(
                lambda hours: sorted(hours, key=lambda life: inf if life is None else life)[len(hours) // 2 - 1],
                "This is one before the middle: of three lamps the middle one has place 1.",
                "one_round_off",
            ),
            Misreading(
                lambda hours: sorted(hours, key=lambda life: inf if life is None else life)[len(hours) // 2 + 1],
                "This is one after the middle: of three lamps the middle one has place 1.",
                "one_round_off",
            ),
            Misreading(
                lambda hours: len(hours) // 2,
                "This is the middle place. Return the life of the lamp that stands there.",
                "count_fixes_date",
            ),
        ],
        hints=[
            "Put the lamps in order, those that still burn last.",
            "sorted(hours, key=lambda life: float('inf') if life is None else life) does it. Which is in the middle?",
        ],
        solution=(
            "ranked = sorted(hours, key=lambda life: float('inf') if life is None else life), and then: return "
            "ranked[len(ranked) // 2]. If the middle lamp still burns, this is None."
        ),
        lesson=_ALIVE,
    ),
]
