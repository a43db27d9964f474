"""M1, The telephone game: predictions and questions."""

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
    "M1.p1": {
        "film": True,
        "prompt": (
            "A bag holds five heads and five tails. Ten draws, each slip put back, fill the next bag, and so on. A "
            "hundred tables play this for 30 rounds. What do their last bags hold?"
        ),
        "outcomes": [
            Option(
                "mostly four, five or six heads",
                "Each round is fair on average. But the rounds add up, and a game wanders far.",
                value=0.5,
            ),
            Option(
                "any number of heads, each about equally often",
                "Games do wander everywhere. But none and ten are traps: who gets there stays there.",
            ),
            Option(
                "nearly always ten heads or ten tails",
                "Yes. About 94 of 100 games have lost a side by then.",
                right=True,
            ),
        ],
        "causes": [
            Option(
                "a side without a slip cannot come back",
                "Yes. Nothing in the game makes new slips. So each game ends in one of the two traps.",
                right=True,
            ),
            Option(
                "good luck and bad luck even out over many rounds",
                "The next round starts from the last bag, not from five and five. Luck is passed on.",
            ),
            Option(
                "a bag copies its slips with small mistakes",
                "It holds exactly what was drawn. What was drawn is not exactly what was in the bag.",
            ),
        ],
    },
    "M1.p2": {
        "film": True,
        "prompt": (
            "The bag holds the first hundred words of a novel: 69 different words, 54 of which come once. A hundred "
            "draws, each slip put back, fill the next bag. How many different words are left after 30 rounds?"
        ),
        "outcomes": [
            Option("about 60", "One round alone loses 21 of the 69.", value=60.0),
            Option("about 30", "So many are left after three rounds. Then the loss goes on.", value=30.0),
            Option("about 6", "Yes. One word fills about 40 % of such a bag.", right=True, value=6.0),
        ],
        "ordered": True,
        "causes": [
            Option(
                "a word with one slip is drawn once on average, so it stays",
                "Once on average. But not at all in 37 of 100 cases, and then it is gone.",
            ),
            Option(
                "in each round some words are missed, for good",
                "Yes. What is lost adds up, round after round.",
                right=True,
            ),
            Option(
                "the bag prefers common words to rare ones",
                "Each slip has the same chance. Common words only have more slips.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 30]},
            "y": {"label": "different words drawn", "range": [0, 70]},
            "start": [0, 69],
        },
    },
    "M1.p3": {
        "film": True,
        "prompt": (
            "Now the next model learns from the last hundred draws and from the original hundred words. After 30 "
            "rounds, how many different words do a hundred draws from this double bag show?"
        ),
        "outcomes": [
            Option(
                "about 6",
                "So it was before. But a word that is missed gets a new chance now: the original still has it.",
                value=6.0,
            ),
            Option("about 25", "The loss stops long before.", value=25.0),
            Option("about 45", "Yes. That is nearly as many as the first round showed, 48.", right=True, value=45.0),
        ],
        "ordered": True,
        "causes": [
            Option(
                "the original words are half of each training set, in every round",
                "Yes. Nothing that is in the original can be lost for good.",
                right=True,
            ),
            Option(
                "real data can only delay the loss",
                "More slips only delay it. The original, put back each time, stops it.",
            ),
            Option(
                "two hundred slips lose words half as fast as one hundred",
                "They do, if all of them are drawn anew. Here half of them are the original.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 30]},
            "y": {"label": "different words drawn", "range": [0, 70]},
            "start": [0, 69],
        },
    },
}

_NOTEBOOK = "M1_telephone_game.ipynb#"
_GAME = _NOTEBOOK + "The-game"
_ONE = _NOTEBOOK + "Idea-1:-What-is-in-the-last-bag?"
_TWO = _NOTEBOOK + "Idea-2:-How-many-words-are-left?"
_THREE = _NOTEBOOK + "Idea-3:-What-if-the-real-data-stay?"

_PLAY = "play the game by hand and on the computer, and name its parts"
_COMPUTE = "compute the chance that a rare word misses the next round"
_TELL = "tell early collapse from late collapse"
_SHOW = "show on a run what keeping the real data changes"


def _missed(copies, n):
    """Return the chance that n draws, each slip put back, miss all copies of a word."""
    return (1 - copies / n) ** n


def _seen_words(once, n):
    """Return the mean number of words in the next bag: `once` words come once, one word has all other slips."""
    return once * (1 - _missed(1, n)) + 1 - _missed(n - once, n)


# ---------------------------------------------------------------- M1.06: words left, and typical wrong ways


def _words_left(bag, rounds, first=0, always_first=False, all_slips=False):
    """Return the number of different words of each bag; the keyword arguments make the typical mistakes."""
    bags = [list(bag)]
    for picks in rounds:
        source = bags[0] if always_first else bags[-1]
        bags.append([source[i] for i in picks])
    return [len(bag) if all_slips else len(set(bag)) for bag in bags[first:]]


_SEA = ["sea", "ship", "whale", "wind", "wave", "crew", "mast", "sail", "oar", "hull", "deck", "rope"]


def _rounds(rng):
    cases = []
    for size, n_rounds in ((3, 1), (4, 2), (6, 4), (10, 6), (12, 12)):
        bag = rng.sample(_SEA, size)
        cases.append((bag, [[rng.randrange(size) for _ in range(size)] for _ in range(n_rounds)]))
    return cases


# ---------------------------------------------------------------- a picture


def _four_bags(seed):
    """Draw the mean number of words under two regimes that keep the real data, and two that do not."""
    import numpy as np

    from collapse_edu import ensemble
    from collapse_edu.loop import regimes
    from collapse_edu.loop.history import History
    from collapse_edu.plots import plot_history

    settings = {"A": ("anchor", 1), "B": ("replace", 1), "C": ("accumulate", 1), "D": ("replace", 3)}
    counts, means = np.repeat([1, 2, 3, 4], [50, 5, 6, 3]), {}
    for place, (name, (regime, times)) in enumerate(settings.items()):
        history = ensemble.categorical(
            times * counts, getattr(regimes, regime), generations=60, chains=400, seed=10 * seed + place
        )
        means[name] = history["types_alive"].mean(axis=1)
    metric = "different words drawn"
    picture = plot_history(
        History({(name, metric): mean[:, None] for name, mean in means.items()}),
        metric,
        title="Which of them keep the original words?",
    )
    picture.description = "Mean number of different words in 400 games. " + " ".join(
        f"{name}: " + ", ".join(f"{mean[t - 1]:.0f} in generation {t}" for t in (1, 15, 30, 45, 60)) + "."
        for name, mean in means.items()
    )
    return picture


QUESTIONS = [
    SingleChoice(
        id="M1.01",
        title="The parts of the game",
        objective=_PLAY,
        prompt=(
            "Slips with the words of a poem go into a bag. You draw, put back, and write down, as many times as there "
            "are slips. What you wrote down fills the next bag. Which part of the game is a model?"
        ),
        options=[
            Option("the poem", "The poem is the real data. A model learns from it.", misconception="model_is_data"),
            Option(
                "what you wrote down",
                "These are synthetic data. They become a model when they fill a bag that one draws from.",
                misconception="model_is_data",
            ),
            Option(
                "a filled bag: it has learned how often each word came, and gives new words",
                "Yes. It learned from data, and it makes data.",
                right=True,
            ),
            Option(
                "the rule that only the last draws go into the next bag, and all others are thrown away",
                "This rule is the regime, here replace.",
                misconception="regime_is_model",
            ),
        ],
        hints=["A generative model does two things. It learns from data; what is the other?", "From what do you draw?"],
        solution="{key}. The poem is real, the draws are synthetic, and the rule for the next bag is the regime.",
        lesson=_GAME,
    ),
    Numeric(
        id="M1.02",
        title="Missed",
        objective=_COMPUTE,
        prompt=(
            "A bag holds {n} slips. A word is on {copies} of them. You draw {n} times, and put each slip back. How "
            "likely is it that the word is not drawn at all?"
        ),
        parameters={"n": range(12, 61), "copies": [1, 2, 3]},
        key=lambda n, copies: _missed(copies, n),
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, copies: 1 - _missed(copies, n),
                "This is the chance that the word lives on.",
                "wrong_half",
            ),
            Misreading(
                lambda n, copies: 0,
                "It comes {copies} times on average. But the number of times varies, and may be none.",
                "learned_is_kept",
            ),
        ],
        hints=["How likely is it that one draw misses the word?", "All {n} draws must miss it. Chances multiply."],
        solution="One draw misses it with chance 1 - {copies}/{n}. All {n} draws: that to the power {n}, {key}.",
        lesson=_TWO,
    ),
    Numeric(
        id="M1.03",
        title="Who wins",
        objective=_PLAY,
        prompt=(
            "A bag holds {n} slips; {heads} of them say heads, all others tails. Many tables play under replace until "
            "each bag holds one side only. Which share of the tables ends with heads?"
        ),
        parameters={"n": range(20, 61), "heads": range(4, 10)},
        key=lambda n, heads: heads / n,
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, heads: 0,
                "Tails are ahead. But luck moves a game both ways, and some games end with heads.",
                "leader_always_wins",
            ),
            Misreading(
                lambda n, heads: 0.5,
                "There are two ends, but they are not equally likely: the bag starts with more tails.",
                "two_ends_are_equal",
            ),
            Misreading(lambda n, heads: 1 - heads / n, "This is the share that ends with tails.", "wrong_half"),
        ],
        hints=[
            "The mean share of heads over all tables stays where it is, in every round.",
            "In the end, each table has the share 0 or 1. What is the mean then?",
        ],
        solution=(
            "The mean share stays at {heads}/{n}. In the end each table shows 0 or 1, so the mean is the share of "
            "tables with heads: {key}."
        ),
        lesson=_ONE,
    ),
    MultipleChoice(
        id="M1.04",
        title="A hundred tables",
        objective=_PLAY,
        prompt=(
            "A hundred tables play with five heads and five tails, ten draws a round, under replace, for 30 rounds. "
            "Which statements hold?"
        ),
        options=[
            Option(
                "The mean share of heads over all tables stays near one half.",
                "Each draw is fair, so nothing pulls the mean away.",
                right=True,
                misconception="share_falls_on_average",
            ),
            Option(
                "A typical table still has both sides.",
                "The mean stays in the middle, the tables do not: 94 of 100 have lost a side.",
                misconception="constant_mean_is_safe",
            ),
            Option(
                "A table with ten tails can get a head again, if it plays long enough.",
                "Its bag has no head to draw.",
                misconception="errors_cancel",
            ),
            Option(
                "No table has to make a mistake for a side to be lost.",
                "The draws are fair and the bags are exact. A finite number of draws is enough.",
                right=True,
                misconception="only_bad_models",
            ),
        ],
        hints=["Which statements are about the mean, which about single tables?", "What can a bag of ten tails give?"],
        solution="{key}. The mean stands still, while nearly all single games end in one of two traps.",
        lesson=_ONE,
    ),
    Ordering(
        id="M1.05",
        title="Who is still there",
        objective=_COMPUTE,
        prompt=(
            "A bag holds 100 slips, and 100 draws fill the next one, under replace. Put the four words in order by "
            "their chance to be alive, the smallest first."
        ),
        items=[
            "a word that came once, after 30 rounds",
            "a word that came twice, after 10 rounds",
            "a word that came once, after 1 round",
            "a word that came five times, after 1 round",
        ],
        because=[
            "A second copy helps, and 10 rounds take less than 30: the chances are 6.4 % and 30 %.",
            "After ten rounds 30 % of the words with two copies live; one round leaves 63 % of those with one.",
            "One copy is missed with chance 0.37, five copies with 0.006.",
        ],
        misconceptions=["rare_dies_at_once", "first_loss_is_all", "learned_is_kept"],
        hints=["More copies help; more rounds hurt.", "After one round, a single copy lives with chance 0.63."],
        solution="{key}. The chances are about 0.06, 0.30, 0.63 and 0.99.",
        lesson=_TWO,
    ),
    Function(
        id="M1.06",
        title="Count what is left",
        objective=_PLAY,
        prompt=(
            "Write words_left(bag, rounds): one game under replace. bag is a list of words. rounds holds one list of "
            "picks for each round; a pick is a place in the last bag, from 0 on. Return the number of different words "
            "in each bag: first the real one, then one number for each round."
        ),
        name="words_left",
        starter=(
            "def words_left(bag, rounds):\n"
            '    """Return the number of different words in each bag, the real one first."""\n'
            "    numbers = [len(set(bag))]\n"
            "    for picks in rounds:\n"
            "        bag = ...  # the next bag\n"
            "        numbers.append(...)\n"
            "    return numbers"
        ),
        reference=_words_left,
        inputs=_rounds,
        misreadings=[
            Misreading(
                lambda bag, rounds: _words_left(bag, rounds, always_first=True),
                "Each bag is drawn from the real one here. Under replace it is drawn from the last one.",
                "no_recursion",
            ),
            Misreading(
                lambda bag, rounds: _words_left(bag, rounds, first=1),
                "The real bag is missing: it is generation 0, and comes first.",
                "real_is_generation_one",
            ),
            Misreading(
                lambda bag, rounds: _words_left(bag, rounds, all_slips=True),
                (
                    "All numbers are that of the real bag. Either bag stays the real one: make it anew in each round, "
                    "from its picks. Or this counts slips; different words are asked for: a set holds each word once."
                ),
                "count_is_variety",
            ),
        ],
        hints=[
            "[bag[i] for i in picks] is a list with one word for each pick.",
            "len(set(bag)) counts different words.",
        ],
        solution=(
            "In the loop: bag = [bag[i] for i in picks], then numbers.append(len(set(bag))). The name bag now holds "
            "the new bag, so the next round draws from it."
        ),
        lesson=_GAME,
    ),
    SingleChoice(
        id="M1.07",
        title="Early or late",
        objective=_TELL,
        prompt=(
            "A bag of 100 words of a cookbook is played under replace. After some rounds, “and”, “the” and “butter” "
            "are there about as often as before. “Saffron”, “cardamom” and thirty other words are gone. What is it?"
        ),
        options=[
            Option(
                "no collapse: the common words are fine",
                "What is lost was rare, and it is lost. That the rest looks fine is what makes it hard to see.",
                misconception="reading_shows_it",
            ),
            Option(
                "early collapse",
                "Yes. The rare things are lost first, while the common ones look healthy.",
                right=True,
            ),
            Option(
                "late collapse",
                "In late collapse little resembles the original. Here the common words are as they were.",
                misconception="any_rise_is_collapse",
            ),
            Option(
                "a bag that has learned what matters",
                "The bag cannot know what matters. It lost what a finite number of draws missed.",
                misconception="rare_is_disfavoured",
            ),
        ],
        hints=["Which part of the words is lost?", "Does the bag still resemble a cookbook?"],
        solution="{key}: the tails go first. Late collapse comes when one or two words fill the bag.",
        lesson=_TWO,
    ),
    Numeric(
        id="M1.08",
        title="How many are seen",
        objective=_COMPUTE,
        prompt=(
            "A bag holds {n} slips: {once} words come once each, and one word has all the other slips. {n} draws, each "
            "slip put back, fill the next bag. How many different words does it hold, on average?"
        ),
        parameters={"n": range(80, 161), "once": range(20, 61)},
        key=lambda n, once: _seen_words(once, n),
        tolerance=0.01,
        allowed=(0, 200),
        misreadings=[
            Misreading(
                lambda n, once: once + 1,
                "This is the number of words in the bag. Some of them are missed.",
                "learned_is_kept",
            ),
            Misreading(lambda n, once: once * _missed(1, n), "This counts the words that are missed.", "wrong_half"),
            Misreading(
                lambda n, once: once * (1 - _missed(1, n)),
                "The common word is missing: it is seen, too.",
                "certain_left_out",
            ),
            Misreading(
                lambda n, once: 1,
                "Rare words are not lost at once: each lives on with chance 0.63.",
                "rare_dies_at_once",
            ),
        ],
        hints=[
            "A word that comes once is seen with chance 1 - (1 - 1/{n}) to the power {n}.",
            "Add the chances of all words. The common word is nearly certain to be seen.",
        ],
        solution="Each of the {once} rare words is seen with chance 0.63, the common one nearly surely: {key}.",
        lesson=_TWO,
    ),
    MultipleChoice(
        id="M1.09",
        title="Read the plot: four bags",
        objective=_SHOW,
        prompt=(
            "The picture shows how many different words the draws of a generation hold, the mean of 400 games, in four "
            "settings A to D. "
            "Two of them are played under replace, one with three times as many slips. Two keep the original words. "
            "Which settings keep the original words?"
        ),
        parameters={"seed": range(1000)},
        figure=_four_bags,
        ordered=True,
        options=[
            Option(
                "A",
                "A loses words in the first rounds, and then stays where it is.",
                right=True,
                misconception="inevitable",
            ),
            Option("B", "B falls on and on. Nothing brings a lost word back.", misconception="inevitable"),
            Option(
                "C",
                "C loses a little more than A, more and more slowly, and stays.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "D",
                "D starts higher, since it has more slips. But it falls on and on: more slips only delay the loss.",
                misconception="large_n_prevents",
            ),
        ],
        hints=["Do not ask where a line starts. Ask whether it still falls.", "Compare generations 30 and 60."],
        solution="{key}. B and D still fall after generation 30: this is replace. A (anchor) and C (accumulate) stay.",
        lesson=_THREE,
    ),
    Headline(
        id="M1.10",
        title="Headline: speechless",
        objective=_SHOW,
        headline="Feed a language model its own words, and it ends up with a single one.",
        prompt="The headline speaks of bags of words, as in this lesson. For which regimes does it hold?",
        options=[
            Option(
                "for replace: what is lost cannot come back",
                "Yes. With probability 1 the game ends with one word, if it is played long enough.",
                right=True,
            ),
            Option(
                "for all four, since synthetic words outnumber the real ones in the end",
                "Under accumulate they do. The original words are in every bag all the same.",
                misconception="share_decides",
            ),
            Option(
                "for replace and preserve(0.1): ten real slips of a hundred are too few",
                "The loss stops under preserve(0.1), at about 24 words. Ten real slips a round bring words back.",
                misconception="inevitable",
            ),
            Option(
                "for none: each draw is fair",
                "Fair draws lose words, too. Under replace no lost word comes back.",
                misconception="only_bad_models",
            ),
        ],
        hints=["What must be in a bag so that a lost word can come back?", "Look at the four lines of idea 3."],
        solution="{key}. Wherever the original is part of each training set, lost words come back.",
        lesson=_THREE,
    ),
    SingleChoice(
        id="M1.11",
        title="One word grows",
        objective=_TELL,
        prompt=(
            "In one game, “circulation” had one slip of a hundred. After 30 rounds under replace it fills 40 of them, "
            "and “the” is gone. What does this tell about the bag as a model?"
        ),
        options=[
            Option(
                "It favours “circulation”: some words are easier to draw.",
                "All slips are drawn with the same chance.",
                misconception="rare_is_disfavoured",
            ),
            Option(
                "The code has an error, because rare words are lost and common ones grow.",
                "Rare words are lost more often. But one of them may be lucky, and a common one unlucky.",
                misconception="count_fixes_date",
            ),
            Option(
                "Nothing. In another game it will be another word.",
                "Yes. Somebody wins each game. Who it is, is chance: here with one in a hundred.",
                right=True,
            ),
            Option(
                "Late collapse always ends with a word that was rare, since the common ones are used up by then.",
                "Nothing is used up: slips are put back. A word wins as often as its share in the original.",
                misconception="one_run_proves",
            ),
        ],
        hints=["Play the film again with another seed.", "How often does a word with one slip of a hundred win?"],
        solution="{key} A word with one slip of a hundred wins one game in a hundred. There are 54 such words here.",
        lesson=_TWO,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _next_bag(bag, picks):
    return [bag[i] for i in picks]


def _next_hour(last_hour, picks, originals):
    return [*originals, *(last_hour[i] for i in picks)]


def _bags(rng):
    """Return bags of several sizes; some of the picks come twice, and there may be more or fewer than slips."""
    cases = []
    for size, draws in ((1, 2), (2, 3), (3, 2), (4, 6)):
        picks = rng.sample(range(size), min(size, draws))
        cases.append((rng.sample(_SEA, size), (picks + [rng.randrange(size) for _ in range(draws)])[:draws]))
    return cases


def _hours(rng):
    cases = []
    for kept, picked, songs in ((1, 2, 3), (2, 3, 4), (3, 5, 8)):
        originals = rng.sample(_SEA, kept)
        last = rng.sample([name for name in _SEA if name not in originals], songs)
        picks = rng.sample(range(1, songs), picked - 1)
        cases.append((last, [picks[0], *picks], originals))  # one song comes twice
    return cases


EXERCISES = [
    Function(
        id="M1.e1",
        title="The next bag",
        objective=_PLAY,
        prompt="Write next_bag(bag, picks): a list with the slip at each pick. The first slip has place 0.",
        name="next_bag",
        starter="",
        reference=_next_bag,
        inputs=_bags,
        misreadings=[
            Misreading(lambda bag, picks: [bag[i - 1] for i in picks], "The first slip has place 0.", "one_round_off"),
            Misreading(
                lambda bag, picks: list(bag), "This is the old bag. The picks say what is drawn.", "no_recursion"
            ),
            Misreading(
                lambda bag, picks: [bag.pop(i) for i in picks],
                "pop takes the slip out. Each slip is put back: bag[i] reads it, and leaves it there.",
                "drawn_is_taken",
            ),
            Misreading(
                lambda bag, picks: list(dict.fromkeys(bag[i] for i in picks)),
                "A slip that is picked twice comes twice.",
                "count_is_variety",
            ),
            Misreading(
                lambda bag, picks: [bag[i] for i in range(len(picks))],
                "This takes the first slips. Take the slip at each pick.",
                "no_recursion",
            ),
        ],
        hints=["bag[3] is the slip at place 3.", "[… for i in picks] makes a list with one thing for each pick."],
        solution="return [bag[i] for i in picks]. One slip for each pick, and slips may come twice.",
        version=2,
        calls_twice=True,
        lesson=_GAME,
    ),
    Function(
        id="M1.e2",
        title="A radio station",
        objective=_SHOW,
        prompt=(
            "Write next_hour(last_hour, picks, originals): first all originals, then the song of the last hour at each "
            "pick."
        ),
        name="next_hour",
        starter="",
        reference=_next_hour,
        inputs=_hours,
        misreadings=[
            Misreading(
                lambda last_hour, picks, originals: [last_hour[i] for i in picks],
                "The originals are missing. They come first, all of them.",
                "inevitable",
            ),
            Misreading(
                lambda last_hour, picks, originals: [
                    *originals,
                    *(originals[i % len(originals)] for i in picks),
                ],
                "The picks are places in the last hour, not in the originals.",
                "no_recursion",
            ),
            Misreading(
                lambda last_hour, picks, originals: [*(last_hour[i] for i in picks), *originals],
                "The originals come first, in front of the drawn songs.",
                "order_means_nothing",
            ),
            Misreading(
                lambda last_hour, picks, originals: [*originals, *((originals + last_hour)[i] for i in picks)],
                "The picks are places in the last hour alone, not in both lists joined.",
                "accumulating_equals_real",
            ),
            Misreading(
                lambda last_hour, picks, originals: [*originals, *last_hour],
                "This is the whole last hour. Only the songs at the picks come.",
                "no_recursion",
            ),
            Misreading(
                lambda last_hour, picks, originals: [*originals, *(last_hour[i - 1] for i in picks)],
                "The first song has place 0.",
                "one_round_off",
            ),
            Misreading(
                lambda last_hour, picks, originals: list(dict.fromkeys([*originals, *(last_hour[i] for i in picks)])),
                "A song that is picked twice comes twice.",
                "count_is_variety",
            ),
        ],
        hints=["Two lists are joined by +.", "The second part is as in the first exercise, with last_hour as the bag."],
        solution=(
            "return list(originals) + [last_hour[i] for i in picks]. The originals are kept whole, and the rest comes "
            "from the last generation: this is anchor."
        ),
        version=2,
        calls_twice=True,
        lesson=_THREE,
    ),
]
