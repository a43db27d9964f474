"""M6, How fast, and by which definition: predictions and questions."""

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
    "M6.p1": {
        "film": True,
        "prompt": (
            "A regression with d = 5 numbers learns from 50 rows, and labels rows for the next one. Under "
            "accumulate, all real and synthetic labels are kept. How many times that of generation 1 is the "
            "expected test error of generation 50?"
        ),
        "outcomes": [
            Option("about 1", "The real rows stay, but each synthetic set brings an error of its own.", value=1.0),
            Option(
                "about 1.6",
                "Yes, and hardly more in generation 100. Steps get small so fast that their squares have a finite "
                "sum, π²/6.",
                right=True,
                value=1.6,
            ),
            Option(
                "about 4.5",
                "That is 1 + 1/2 + 1/3 + …: it grows ever more slowly, but for ever. So it is with more and more "
                "rows, all of them synthetic.",
                value=4.5,
            ),
            Option(
                "about 50",
                "That is what happens under replace: each generation adds an error of the same size. Here each is a "
                "smaller part of the training set.",
                value=50.0,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "the t-th step is 1/t of a full error",
                "Yes, and squares of errors add up: 1 + 1/4 + 1/9 + … never passes π²/6.",
                right=True,
            ),
            Option(
                "errors of single generations cancel each other",
                "They have no common direction, but their squares add up; nothing is made good again.",
            ),
            Option(
                "each generation adds an error as large as the first",
                "So it is under replace, where the last set is all there is.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 50]},
            "y": {"label": "times the error of generation 1", "range": [0.2, 150], "log": True},
            "start": [1, 1],
        },
    },
    "M6.p2": {
        "prompt": (
            "A memoriser with 1,000 rows of the cut law errs on 9.7 % of real questions. Then it gets 100,000 rows of "
            "the same law, a hundred times as many. On which share does it err now?"
        ),
        "outcomes": [
            Option(
                "about 0.1 %",
                "A hundredth of the error for a hundred times the rows? Even on real data it falls more slowly than "
                "that.",
                value=0.001,
            ),
            Option(
                "about 1.8 %",
                "On real data it would: the scaling law goes on. The cut law has no rows about what lies beyond rank "
                "100.",
                value=0.018,
            ),
            Option(
                "about 7.4 %",
                "Yes, and no less with a million rows. That is the share of real questions beyond rank 100, and no "
                "row asks them.",
                right=True,
                value=0.074,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "more rows of what is known already teach nothing new",
                "Yes. After ten thousand rows nearly all of the 100 questions are known.",
                right=True,
            ),
            Option(
                "rare questions do not matter for the error",
                "One by one they hardly do. Together they are 7.4 % of all questions.",
            ),
            Option(
                "with enough rows every question comes up",
                "Only if its chance is above 0. Beyond the cut it is 0.",
            ),
        ],
    },
    "M6.p3": {
        "prompt": (
            "The count models of M3, under replace, twelve generations. Take two of the eight definitions: the "
            "tail is lost, and the variance goes to 0. (Words have no variance. In its place stands the chance "
            "that two words differ.) What does this run show?"
        ),
        "outcomes": [
            Option(
                "both of them", "The tail is lost. But that two words differ rests on common words, and these stay."
            ),
            Option(
                "a lost tail only",
                "Yes. More than half of the types are gone, and two words differ as often as before.",
                right=True,
            ),
            Option(
                "a falling variance only", "It is the other way round. Common words carry the variance, and they stay."
            ),
            Option("neither of them", "The types move: more than half of them are gone."),
        ],
        "causes": [
            Option(
                "rare words make up the tail, common words the variance",
                "Yes. So one and the same loss is large by one measure, and too small to see by another.",
                right=True,
            ),
            Option(
                "what is lost by one measure is lost by any other, too",
                "Definitions ask different things, and some of these things did not happen.",
            ),
            Option(
                "with twelve generations no definition can hold yet",
                "For the variance they are too few: drift needs as many generations as the text has words. For the "
                "tail they are enough.",
            ),
        ],
    },
}

_NOTEBOOK = "M6_how_fast.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-How-fast-does-the-error-grow?"
_ROWS = _NOTEBOOK + "Is-it-only-the-number-of-rows?"
_EXACT = _NOTEBOOK + "Deeper:-Where-is-the-limit-exact?"
_TWO = _NOTEBOOK + "Idea-2:-Do-more-data-help?"
_THREE = _NOTEBOOK + "Idea-3:-Did-it-collapse?"
_UNSEEN = _NOTEBOOK + "What-nobody-can-see"

_GROWTH = "predict how fast the error of a regression grows under replace, accumulate and anchor"
_PI = "say where the limit under accumulate is exact, and where it is not"
_SCALING = "read from a scaling law whether a tail was cut, and what more data buy then"
_CLAIM = "judge a claim of collapse by its regime and by its definition"


def _replace_error(n, d, t):
    from collapse_edu import theory

    return float(theory.regression.replace_error(t, n, d))


def _accumulated(t):
    from collapse_edu import theory

    return float(theory.pathways.accumulate_error(t))


def _harmonic(t):
    from collapse_edu import theory

    return float(theory.pathways.growing_replace_error(t))


def _exponent(n_1, e_1, n_2, e_2):
    from math import log

    return log(e_1 / e_2) / log(n_2 / n_1)


# ---------------------------------------------------------------- M6.06: a floor

_TYPES, _BETA = 100_000, 1.5
_RANKS = sorted({round(30 * 10 ** (i / 40)) for i in range(41)})


def _laws(k):
    from collapse_edu.theory.tails import cut_law, zipf_law

    p = zipf_law(_TYPES, _BETA)
    return p, cut_law(p, k)


def _floor(k):
    p, _ = _laws(k)
    return float(p[k:].sum())


def _error_of(k, n, real=False):
    from collapse_edu.theory.tails import expected_error

    p, cut = _laws(k)
    return float(expected_error(n, p, None if real else cut))


def _two_laws(k):
    """Draw the test errors of two learners, one on real data and one on data whose tail was cut."""
    import numpy as np

    from collapse_edu.plots import plot_scaling
    from collapse_edu.theory.tails import expected_error

    n = np.unique(np.logspace(2, 5, 31).round().astype(int))
    p, cut = _laws(k)
    errors = {"A": expected_error(n, p), "B": expected_error(n, p, cut)}
    picture = plot_scaling(n, errors, title="Two learners, two sources of data")
    shown = range(0, len(n), 5)
    picture.description = "Test error by number of training rows. " + " ".join(
        f"{name}: " + ", ".join(f"{values[i]:.3f} with {n[i]:,} rows" for i in shown) + "."
        for name, values in errors.items()
    )
    return picture


# ---------------------------------------------------------------- M6.09: errors of a chain


def _errors(steps, keep):
    errors, error = [], 0.0
    for t, step in enumerate(steps, 1):
        error = error + (step / t if keep else step)
        errors.append(error)
    return errors


def _never_keeps(steps, keep):
    return _errors(steps, False)


def _means(steps, keep):
    errors = _errors(steps, False)
    return [error / t for t, error in enumerate(errors, 1)] if keep else errors


def _shrinking(steps, keep):
    errors, error = [], 0.0
    for t, step in enumerate(steps, 1):
        error = (error + step) / (t if keep else 1)
        errors.append(error)
    return errors


def _step_lists(rng):
    cases = []
    for length in (1, 3, 8, 20):
        steps = [round(rng.gauss(0, 1), 3) for _ in range(length)]
        cases += [(steps, True), (steps, False)]
    return cases


QUESTIONS = [
    Numeric(
        id="M6.01",
        title="A chain of labels",
        objective=_GROWTH,
        prompt=(
            "Regressions with d = {d} numbers learn by least squares from n = {n} rows each. Each one labels the rows "
            "of the next one, under replace, with noise of variance 1. What is the expected test error of generation "
            "{t}? (In generation 1 it is d/(n - d - 1).)"
        ),
        parameters={"n": range(21, 46), "d": [4, 5, 6], "t": range(5, 21)},
        key=_replace_error,
        tolerance=0.02,
        allowed=(0, 100),
        misreadings=[
            Misreading(
                lambda n, d, t: d / (n - d - 1) * t**0.5,
                "You let errors grow like the root of t. Errors do, but the test error is a squared error.",
                "root_of_t",
            ),
            Misreading(
                lambda n, d, t: t * d / n,
                "Generation 1 has d/(n - d - 1), not d/n: few rows make the fit worse than d/n says.",
                "limit_is_exact",
            ),
            Misreading(
                lambda n, d, t: d / (n - d - 1) * _accumulated(t),
                "This is the error under accumulate. Under replace each generation adds a full error.",
                "any_data_help",
            ),
        ],
        hints=[
            "Each generation adds an independent error of the same size. What do their squares do?",
            "theory.regression.replace_error(t, n, d) computes it.",
        ],
        solution="{t} times {d}/({n} - {d} - 1), which is {key}.",
        lesson=_ONE,
    ),
    Numeric(
        id="M6.02",
        title="All labels kept",
        objective=_GROWTH,
        prompt=(
            "In a large ensemble the mean test error of generation 1 is {e}. Each generation labels the same rows "
            "again. What do you expect in generation {t} under accumulate?"
        ),
        parameters={"e": [value / 100 for value in range(12, 61)], "t": [3, 4, 5, 6]},
        key=lambda e, t: e * _accumulated(t),
        tolerance=0.02,
        allowed=(0, 10),
        misreadings=[
            Misreading(
                lambda e, t: e * t, "This is replace. Here a generation is one of {t} sets, no more.", "any_data_help"
            ),
            Misreading(
                lambda e, t: e * _harmonic(t),
                "You added 1/i. A step has size 1/i, so its square is 1/i²; squares add up.",
                "rows_alone_save",
            ),
            Misreading(
                lambda e, t: e,
                "The real rows stay, but each synthetic set brings an error of its own.",
                "first_loss_is_all",
            ),
            Misreading(
                lambda e, t: e * 1.644934,
                "π²/6 is the limit for many generations. After {t} it is not reached.",
                "limit_is_exact",
            ),
        ],
        hints=["Generation i moves the fit by 1/i of a full error.", "Add up 1/i² for i = 1 to {t}."],
        solution="{e} times the sum of 1/i² for i = 1 to {t}: {key}.",
        lesson=_ONE,
    ),
    SingleChoice(
        id="M6.03",
        title="A little too low",
        objective=_PI,
        prompt=(
            "A student draws new rows x in each generation, with n = 30 and d = 10, and runs 40,000 chains under "
            "accumulate for 20 generations. The mean error is 1.43 ± 0.004 times that of generation 1. The sum of 1/i² "
            "up to 20 is 1.60. What is right?"
        ),
        options=[
            Option(
                "The simulation has too few chains: the theorem holds for all rows.",
                "The gap is about 40 standard errors. More chains would not close it.",
                misconception="limit_is_exact",
            ),
            Option(
                "The sum is for rows labelled again; new rows make the error smaller.",
                "Yes. Later fits then rest on more different rows. For large n the gap goes away.",
                right=True,
            ),
            Option(
                "The theorem is wrong.",
                "It is right for the same rows in each generation, and it says so.",
                misconception="one_run_proves",
            ),
            Option(
                "Accumulating works better than theory says, so that real data are not needed any more.",
                "All 20 generations stand on the first real rows, and their error is still 1.43 times the first.",
                misconception="accumulating_equals_real",
            ),
        ],
        hints=["Compare the gap with the standard error.", "Which rows does the theorem speak of?"],
        solution="{key} With fresh rows the exact value is 1.43, and theory gives that, too.",
        lesson=_EXACT,
    ),
    MultipleChoice(
        id="M6.04",
        title="Bounded or not",
        objective=_GROWTH,
        prompt="Regressions label the data of the next one. Under which rules does the expected error stay bounded?",
        options=[
            Option(
                "the last synthetic set alone, n rows",
                "The last set alone: the error grows like t.",
                misconception="errors_cancel",
            ),
            Option(
                "the real set and all synthetic sets so far",
                "All sets kept: the error stays below π²/6 times that of generation 1.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "generation t gets t times n rows, all of them new and synthetic",
                "t times n new rows: the error grows like log t, slowly, and for ever.",
                misconception="rows_alone_save",
            ),
            Option(
                "generation t gets t² times n rows, all of them new and synthetic",
                "t² times n new rows: the squares of the steps are 1 + 1/4 + 1/9 + …, as if all sets were kept.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "the real set and the last synthetic set",
                "The real set and the last one: the error ends at 4/3 of that of generation 1.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "the last synthetic set alone, a million rows",
                "A million rows each time: the error of generation 1 is tiny, and it still grows like t.",
                misconception="large_n_prevents",
            ),
        ],
        hints=["Do the squares of all steps have a finite sum?", "With k times n rows a step has the square 1/k."],
        solution="{key}. Of these rules two keep the real rows, and one adds rows faster than t.",
        lesson=_ROWS,
    ),
    Numeric(
        id="M6.05",
        title="Two points of a law",
        objective=_SCALING,
        prompt=(
            "With {n} rows a learner errs on {first} % of the questions, with {factor} times as many on {second} %. In "
            "between, the error falls like n to the power -b. What is b?"
        ),
        parameters={
            "n": [500, 1000, 2000],
            "factor": [16, 20, 32, 50, 64],
            "first": range(20, 41),
            "second": range(4, 16),
        },
        key=lambda n, factor, first, second: _exponent(n, first, factor * n, second),
        tolerance=0.02,
        allowed=(0, 10),
        misreadings=[
            Misreading(
                lambda n, factor, first, second: _exponent(1, first, 2.718282, second),
                "This is the log of the ratio of errors. Divide it by the log of the ratio of rows.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n, factor, first, second: _exponent(1, first, 10, second),
                "You took log10 of the ratio of errors. It is still to be divided by log10 of the ratio of rows.",
                "wrong_logarithm",
            ),
        ],
        hints=[
            "On logarithmic axes the law is a straight line. What is its slope?",
            "The slope is a difference of logs over a difference of logs: log({first}/{second}) over log({factor}).",
        ],
        solution="log({first}/{second}) / log({factor}) = {key}, whatever n was (here {n}).",
        lesson=_TWO,
    ),
    Numeric(
        id="M6.06",
        title="Read the plot: the floor",
        objective=_SCALING,
        prompt=(
            "Two learners of the same kind get data from two sources. One source has lost its tail. Estimate the test "
            "error that no number of its rows removes."
        ),
        parameters={"k": _RANKS},
        figure=_two_laws,
        key=_floor,
        tolerance=0.08,
        allowed=(0.001, 1),
        misreadings=[
            Misreading(
                lambda k: _error_of(k, 100_000, real=True),
                "This is where the other learner ends, whose error still falls.",
                "more_rows_always_help",
            ),
            Misreading(
                lambda k: _error_of(k, 100),
                "This is where it starts. Look at the right end of the curve that gets flat.",
                "tail_is_negligible",
            ),
        ],
        hints=["Which of the two curves gets flat?", "Read its height at the right end; the axis is logarithmic."],
        solution="The flat curve ends at {key}: here its data were cut at rank {k}. Within 8 % is right.",
        lesson=_TWO,
    ),
    Ordering(
        id="M6.07",
        title="After a hundred generations",
        objective=_GROWTH,
        prompt=(
            "Each rule labels the first n rows x again, where it needs more rows each x several times. Order the rules "
            "by the expected test error of generation 100, the smallest first."
        ),
        items=[
            "only real rows, one fit",
            "the real set and the last synthetic set",
            "the real set and all synthetic sets",
            "t times n labels, all new and synthetic: each x is labelled t times",
            "the last synthetic set alone",
        ],
        because=[
            "1 against 4/3: half of each training set is synthetic.",
            "4/3 against nearly π²/6 = 1.64: accumulating also keeps all old errors.",
            "1.64 against 5.2: keeping makes the difference, not t times as many rows.",
            "5.2 against 100: more rows make the steps smaller.",
        ],
        misconceptions=["accumulating_equals_real", "any_data_help", "rows_alone_save", "loss_without_size"],
        hints=["Which of them are bounded?", "The limits are 4/3 and π²/6; log t grows slowly."],
        solution="{key}. The errors are 1, 1.33, 1.63, 5.2 and 100 times that of generation 1.",
        lesson=_ROWS,
    ),
    SingleChoice(
        id="M6.08",
        title="Buy twice the data",
        objective=_SCALING,
        prompt=(
            "A team trains on text that a model wrote. That model had learned from a million words. The team has "
            "a billion words of its text, and its test error has stood still for the last three doublings. An offer: "
            "another billion from the same model. What do you expect, if it is like the memoriser of this lesson?"
        ),
        options=[
            Option(
                "The error falls by about a fifth, as for each doubling in the scaling law of real data.",
                "That law has ended. On its floor, doubling buys nothing.",
                misconception="more_rows_always_help",
            ),
            Option(
                "The error goes to 0 in the end, since with enough text every word turns up.",
                "Words that the writer never saw do not turn up in what it writes.",
                misconception="more_rows_always_help",
            ),
            Option(
                "Next to nothing: what is missing is missing in all text of this model.",
                "Yes. The floor is set by the million words that the writer saw.",
                right=True,
            ),
            Option(
                "Little, and it does not matter: what is still missing is rare.",
                "Each missing word is rare. Together they are the whole error that is left.",
                misconception="tail_is_negligible",
            ),
        ],
        hints=["Where does the floor come from?", "What can the writer not write?"],
        solution="{key} Text from another source, or from a writer that saw more, would help.",
        lesson=_TWO,
    ),
    Function(
        id="M6.09",
        title="Write the errors of a chain",
        objective=_GROWTH,
        prompt=(
            "Write errors(steps, keep) for one coordinate of a fitted vector: steps holds the error that each "
            "generation would have on its own. Generation 1 is off by the first step. Without keeping (replace), each "
            "generation adds its step to the error of the last one; with keeping (accumulate), generation t adds its "
            "step divided by t. Return the list of the errors."
        ),
        name="errors",
        starter=(
            "def errors(steps, keep):\n"
            '    """Return the error of each generation; keep is True for accumulate, False for replace."""\n'
            "    found, error = [], 0.0\n"
            "    for t, step in enumerate(steps, 1):\n"
            "        error = ...\n"
            "        found.append(error)\n"
            "    return found"
        ),
        reference=_errors,
        inputs=_step_lists,
        misreadings=[
            Misreading(
                _never_keeps,
                "With keeping, generation t is one set of t, so it moves the fit by step / t.",
                "any_data_help",
            ),
            Misreading(
                _means,
                "Only the new step is divided by t. Errors that were made stay as large as they are.",
                "errors_cancel",
            ),
            Misreading(
                lambda steps, keep: _errors(steps, True), "Without keeping, each step is added whole.", "any_data_help"
            ),
            Misreading(
                lambda steps, keep: _errors(steps, not keep),
                "The two are swapped: only with keeping is a step divided by t.",
                "any_data_help",
            ),
            Misreading(
                lambda steps, keep: [step / t if keep else step for t, step in enumerate(steps, 1)],
                "The last error is missing: each step is added to it.",
                "no_recursion",
            ),
            Misreading(
                _shrinking,
                "The parentheses divide the last error by t as well. Only the new step is divided.",
                "errors_cancel",
            ),
            Misreading(
                lambda steps, keep: _errors([0.0, *steps], keep)[1:],
                "Generation 1 is off by the whole first step: t starts with 1.",
                "one_round_off",
            ),
        ],
        hints=["error + step is replace.", "A conditional expression: step / t if keep else step."],
        solution="error = error + (step / t if keep else step)",
        lesson=_ONE,
    ),
    Headline(
        id="M6.10",
        title="Headline: no collapse here",
        objective=_CLAIM,
        headline="Our model does not collapse: after twenty generations its error is only 1.5 times that of the first.",
        prompt="What can be said about this claim?",
        options=[
            Option(
                "By “any increase” it does, if the 1.5 is not chance. Regime and further course are not said.",
                "Yes. The claim lacks its regime and its definition, and two numbers show no course.",
                right=True,
            ),
            Option(
                "It is right: less than ten times is no collapse.",
                "That is one of eight definitions, and its threshold is a choice.",
                misconception="one_definition",
            ),
            Option(
                "It is wrong: models that train on synthetic data always collapse.",
                "Under accumulate, for one, the error of a regression stays below 1.65 times the first.",
                misconception="inevitable",
            ),
            Option(
                "It is right: an error that is bounded at generation 20 stays bounded.",
                "Twenty generations show no bound. Under replace with a growing n the error rises like log t.",
                misconception="finite_shows_limit",
            ),
        ],
        hints=["Which of the eight definitions hold, going by this sentence?", "What would you ask the team first?"],
        solution="{key} Ask for the regime, the definition and its threshold, and for the whole course of the error.",
        lesson=_THREE,
    ),
    MultipleChoice(
        id="M6.11",
        title="A run and its definitions",
        objective=_CLAIM,
        prompt=(
            "A run of 40 generations. Its test error: 1.0 in generation 1, 3.3 in generation 5, 10 in generation 20 "
            "and 20 in generation 40. Its variance stands still. Of the rare types 30 % are left. Nothing is invented. "
            "With the thresholds of the lesson: by which definitions does it collapse, as far as the run shows?"
        ),
        options=[
            Option(
                "any increase of the error",
                "Any increase: it goes from 1 to 20.",
                right=True,
                misconception="one_definition",
            ),
            Option(
                "catastrophe: ten times within five generations",
                "Catastrophe: the error is 3.3 times as large at generation 5. The tenfold comes later.",
                misconception="one_definition",
            ),
            Option(
                "still growing at the end, our sign of divergence",
                "Still growing: from 10 to 20 while t doubles, like t.",
                right=True,
                misconception="finite_shows_limit",
            ),
            Option(
                "the variance goes to 0",
                "The variance stands still, although types are lost.",
                misconception="one_definition",
            ),
            Option(
                "loss of the tail: below 90 % of generation 1",
                "The tail: less than a third of the rare types is left.",
                right=True,
                misconception="tail_is_negligible",
            ),
            Option(
                "entanglement of modes",
                "Modes: no number about them is given. Not measured is neither yes nor no.",
                misconception="not_measured_is_no",
            ),
        ],
        hints=["Take the definitions one by one.", "For the growth at the end compare generations 20 and 40."],
        solution="{key}. The same run does not collapse by two others, and nobody knows about the modes.",
        lesson=_THREE,
    ),
    SingleChoice(
        id="M6.12",
        title="What the run shows",
        objective=_CLAIM,
        prompt=(
            "A Gaussian model with n = 20 under replace, 600 generations, 2,000 chains. In the second half neither the "
            "median nor the mean distance to the real law grows. Theory says that the expected distance grows without "
            "bound. What follows?"
        ),
        options=[
            Option(
                "Theory is wrong: the mean of so many chains would show it.",
                "After 30 n generations the mean of 2,000 chains is, most often, far below the expectation.",
                misconception="ensemble_mean_is_expectation",
            ),
            Option(
                "The run is too short: sooner or later each chain moves away again.",
                "The variance of each chain goes to 0, so that its distance comes to rest.",
                misconception="every_chain_runs_away",
            ),
            Option(
                "The run settles it: by “divergence” this model does not collapse.",
                "Divergence speaks of the expectation, and of the limit. This run shows neither.",
                misconception="finite_shows_limit",
            ),
            Option(
                "Both can be right: what carries the expectation is too rare to be seen here.",
                "Yes. So a claim has to say whether it speaks of the expectation or of the typical chain.",
                right=True,
            ),
        ],
        hints=["Which chains carry the expectation in M2?", "How many of 2,000 chains are of that kind?"],
        solution="{key} Theory says what no run of this length can show.",
        lesson=_UNSEEN,
    ),
    MultipleChoice(
        id="M6.13",
        title="What was measured",
        objective=_CLAIM,
        prompt=(
            "A class looks at the row of M3 on the board: count models under replace, twelve generations. Numbers "
            "are those of the definitions. Which of these sentences are right?"
        ),
        options=[
            Option(
                "3, a yes: it says that the error still grows. Yet the error, a share of words, cannot pass 1.",
                "Definition 3: a share is bounded, whatever twelve generations show.",
                right=True,
                misconception="finite_shows_limit",
            ),
            Option(
                "3, a yes: so the error of these models grows without bound.",
                "Definition 3: the error is the share of real words that are lost. It never passes 1.",
                misconception="finite_shows_limit",
            ),
            Option(
                "7, a yes: it rests on the number of types that are alive.",
                "Definition 7: rare types go first, so their number stands for the tail.",
                right=True,
                misconception="one_definition",
            ),
            Option(
                "5, not shown: the chance that two words differ rests on common words, and they stay.",
                "Definition 5: it is a measure of variance. Rare words hardly count in it.",
                right=True,
                misconception="tail_is_negligible",
            ),
            Option(
                "8, not shown: so this run is a test of inventions, and the models passed it.",
                "Definition 8: count models cannot invent a word. No run of theirs can fail.",
                misconception="one_definition",
            ),
            Option(
                "6, a dash: so the modes did not merge.",
                "Definition 6: nobody measured modes here.",
                misconception="not_measured_is_no",
            ),
        ],
        hints=["Which values can each measure take at all?", "The table before the board says what stands for what."],
        solution="{key}. Before you believe a verdict, ask what was measured and which values it can take.",
        lesson=_THREE,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _points(rng):
    cases = []
    for _ in range(4):
        n_1, e_1 = rng.randrange(50, 1000), rng.uniform(0.1, 0.5)
        cases.append((n_1, e_1, n_1 * rng.randrange(3, 50), e_1 * rng.uniform(0.05, 0.9)))
    return cases


def _growth(errors, floor):
    from math import log

    middle, last = errors[len(errors) // 2 - 1] - floor, errors[-1] - floor
    return log(last / middle) / log(2)


def _growth_of_a_month_too_late(errors, floor):
    from math import log

    return log((errors[-1] - floor) / (errors[len(errors) // 2] - floor)) / log(2)


def _growth_from_the_first(errors, floor):
    from math import log

    return log((errors[-1] - floor) / (errors[0] - floor)) / log(len(errors))


def _growth_fitted_to_all(errors, floor):
    import numpy as np

    t = np.arange(1, len(errors) + 1)
    return float(np.polyfit(np.log(t), np.log(np.array(errors) - floor), 1)[0])


def _slope(errors, floor):
    return (errors[-1] - errors[len(errors) // 2 - 1]) / (len(errors) / 2)


def _log(value):
    from math import log

    return log(value)


def _months(rng):
    cases = []
    for months in (2, 6, 12, 24):
        a, floor, middle = round(rng.uniform(0.2, 1.5), 1), rng.randrange(1, 6), months // 2
        powers = [a if t >= middle else a + 0.6 for t in range(1, months + 1)]  # the law holds in the second half alone
        cases.append(([floor + 0.7 * (t / middle) ** power for t, power in enumerate(powers, 1)], floor))
    return cases


EXERCISES = [
    Function(
        id="M6.e1",
        title="An exponent from two points",
        objective=_SCALING,
        prompt="Write exponent(n_1, e_1, n_2, e_2): b of the law e = c n^(-b) that goes through both points.",
        name="exponent",
        starter="",
        reference=_exponent,
        inputs=_points,
        misreadings=[
            Misreading(
                lambda n_1, e_1, n_2, e_2: -_exponent(n_1, e_1, n_2, e_2),
                "The sign: an error that falls has a positive b.",
                "wrong_half",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: (e_1 / e_2) / (n_2 / n_1),
                "These are ratios. An exponent is a slope on logarithmic axes: take logs of both ratios.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: _exponent(1, e_1, 2.718281828459045, e_2) / (n_2 - n_1),
                "The law is a straight line on logarithmic axes: divide by the difference of the logs of n, not of n.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: (e_1 - e_2) / (n_2 - n_1),
                "This is a slope on plain axes. The law is straight on logarithmic axes: take logs.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: _log(e_1 / e_2) / (n_2 / n_1),
                "Take the log of both ratios, of the errors and of the rows.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: _log(e_1 / e_2),
                "This is the log of one ratio. Divide it by the log of the other one.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: 1 / _exponent(n_1, e_1, n_2, e_2),
                "The ratio is upside down: b times the log of n_2/n_1 is the log of e_1/e_2.",
                "wrong_half",
            ),
            Misreading(
                lambda n_1, e_1, n_2, e_2: _log(e_1) - _log(e_2) / _log(n_2) - _log(n_1),
                "Put both differences into parentheses: division goes before minus.",
                "wrong_logarithm",
            ),
        ],
        hints=["Take logs of both sides: log e = log c - b log n.", "np.log(e_1 / e_2) is b times the log of what?"],
        solution="return np.log(e_1 / e_2) / np.log(n_2 / n_1)",
        lesson=_TWO,
    ),
    Function(
        id="M6.e2",
        title="A weather service",
        objective=_CLAIM,
        prompt="Write growth(errors, floor): a of the law error - floor = c t^a in the second half of the months.",
        name="growth",
        starter="",
        reference=_growth,
        inputs=_months,
        misreadings=[
            Misreading(
                lambda errors, floor: _growth(errors, 0),
                "Take the floor off first: it is there without any collapse, and hides the growth.",
                "perfect_is_one",
            ),
            Misreading(
                _growth_of_a_month_too_late,
                "errors[0] is month 1, so month m is errors[m - 1].",
                "one_round_off",
            ),
            Misreading(
                _growth_from_the_first,
                (
                    "This compares the last month with the first one. The law holds in the second half: take the "
                    "middle month."
                ),
                "early_result_is_final",
            ),
            Misreading(
                _growth_fitted_to_all,
                "This fits all months. The law holds in the second half alone.",
                "early_result_is_final",
            ),
            Misreading(
                lambda errors, floor: 2 ** _growth(errors, floor),
                "This is the ratio of last and middle. The exponent is its log over the log of 2.",
                "exponent_is_ratio",
            ),
            Misreading(
                _slope,
                "This is a slope on plain axes. An exponent is a slope on logarithmic axes: take logs.",
                "exponent_is_ratio",
            ),
            Misreading(
                lambda errors, floor: _growth(errors, floor) * _log(2) / _log(len(errors)),
                "From the middle month to the last one, t doubles: divide by the log of 2, not of all months.",
                "wrong_logarithm",
            ),
        ],
        hints=[
            "From the middle month to the last one, t doubles.",
            "errors[len(errors) // 2 - 1] is the middle month; take the floor off both.",
        ],
        solution=(
            "middle, last = errors[len(errors) // 2 - 1] - floor, errors[-1] - floor; then "
            "return np.log(last / middle) / np.log(2)"
        ),
        version=2,
        calls_twice=True,
        lesson=_UNSEEN,
    ),
]
