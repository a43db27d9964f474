"""M8, Detect, trace, monitor: predictions and questions."""

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
    "M8.p1": {
        "prompt": (
            "A good detector flags 90 % of the synthetic documents, and 5 % of the real ones. It looks at a crawl of "
            "which 1 % is synthetic. Which share of the flagged documents is synthetic?"
        ),
        "outcomes": [
            Option(
                "about 15 %",
                "Yes, most flags are wrong. 90 right flags and 495 wrong ones among 10,000 documents.",
                right=True,
                value=0.15,
            ),
            Option(
                "about 50 %", "It would be, at a synthetic share of 5 %. At 1 % there is much less to find.", value=0.5
            ),
            Option(
                "about 95 %",
                "It is wrong about 5 % of the *real* documents only. But nearly all documents are real.",
                value=0.95,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "wrong flags on the many real documents outnumber the right ones",
                "Yes. The base rate decides.",
                right=True,
            ),
            Option(
                "the share of the synthetic documents that it finds is what a flag is worth",
                "That share looks at synthetic documents only. A flag may also come from a real one.",
            ),
            Option(
                "this detector is a bad one",
                "This one finds 90 %. The same detector is right in 95 % of its flags when half of all is synthetic.",
            ),
        ],
    },
    "M8.p2": {
        "prompt": (
            "In year 8, machines write 720 documents and people 40: 95 % of the crawl is synthetic. How many different "
            "words do 40 documents drawn from this crawl hold, compared with the 40 real documents of year 1?"
        ),
        "outcomes": [
            Option(
                "about half as many",
                "This happens when the crawl keeps 40 documents, so that 2 real ones are left. Here all 40 are there.",
            ),
            Option(
                "somewhat fewer",
                "Yes. Each year's 40 real documents bring words back, so the loss is small; without them (2 a year) "
                "nearly half go.",
                right=True,
            ),
            Option(
                "about as many",
                "People write as much as ever. But of 40 documents drawn, about 2 are real. The others repeat what "
                "earlier crawls held, and lose some.",
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "the synthetic share is what harms", "The share is the same in both worlds, and their fates differ."
            ),
            Option(
                "the number of real documents a year is what keeps", "Yes. 40 a year keep; 2 a year do not.", right=True
            ),
            Option(
                "machines invent new words",
                "An n-gram model writes only words that it has read.",
            ),
        ],
    },
    "M8.p3": {
        "prompt": (
            "The synthetic share of the stream described above grows to 100 %. Each statistic has its own control "
            "limits, at the same rate of false alarms. Which one raises an alert first?"
        ),
        "outcomes": [
            Option(
                "the mean score",
                "These writers sample faithfully: each word triple keeps its share on average, so a scorer of other "
                "real text sees no direction. Had it learned their own training text, it would see the first "
                "synthetic window.",
            ),
            Option(
                "the share of rare words in the text",
                "The rare words that are left are used more often. Their share of the text stays.",
            ),
            Option(
                "the number of different pairs",
                "Yes. Pairs of words are rarer than words, so they are lost first, and repeated first.",
                right=True,
            ),
        ],
        "causes": [
            Option(
                "shares stay while types go",
                "Yes. Each type keeps its expected share, but fewer and fewer types are there. So means stay, and "
                "counts of what is different fall.",
                right=True,
            ),
            Option(
                "synthetic text is worse text, and any score shows it",
                "Single documents look as before (M5). What a score shows depends on the text that its model learned.",
            ),
            Option(
                "a monitor sees what a reader sees",
                "A reader sees documents one by one. The loss is between them.",
            ),
        ],
    },
}

_NOTEBOOK = "M8_detect_trace_monitor.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-What-is-a-flag-worth?"
_TWO = _NOTEBOOK + "Idea-2:-What-keeps-the-rare-words?"
_WHO = _NOTEBOOK + "Who-tells-you-the-number?"
_THREE = _NOTEBOOK + "Idea-3:-Which-number-raises-an-alert-in-time?"
_LIMITS = _NOTEBOOK + "How-the-limits-are-made"
_ALERT = _NOTEBOOK + "What-an-alert-does-not-prove"

_FLAG = "compute what a flag is worth at a given synthetic share"
_KEEP = "say what keeps a rare word in a crawl that fills with synthetic text"
_SHARE = "estimate the real share of a set from labels that are not perfect"
_CONTROL = "set control limits that keep the false-alarm rate asked for"
_SEE = "choose a statistic that sees the loss in time, and say what an alert does not prove"


def _precision(share, found, wrong):
    """Return which share of the flags is right; all in per cent, but the result."""
    from collapse_edu.production import precision_at

    return precision_at(share / 100, found / 100, wrong / 100)


def _kept(copies, real):
    """Return the chance that a word is kept; fresh copies in hundredths, the real share in per cent."""
    from collapse_edu.theory.immigration import probability_kept

    return float(probability_kept(copies / 100, real / 100))


def _in_human_part(copies):
    """Return the chance that a year's human text holds a word, copies in hundredths."""
    from math import exp

    return 1 - exp(-copies / 100)


def _from_flags(flagged, found, wrong):
    from collapse_edu.production import share_from_flags

    return share_from_flags(flagged, 2000, found / 100, wrong / 100).share


# ---------------------------------------------------------------- M8.05: the real share of a ledger


def _real_share(documents, audited, real):
    return sum(n * right / seen for n, seen, right in zip(documents, audited, real, strict=True)) / sum(documents)


def _pooled(documents, audited, real):
    return sum(real) / sum(audited)


def _mean_of_labels(documents, audited, real):
    return sum(right / seen for seen, right in zip(audited, real, strict=True)) / len(real)


def _ledgers(rng):
    cases = []
    for labels in (1, 2, 3, 3):
        documents = [rng.randrange(200, 5000) for _ in range(labels)]
        audited = [rng.randrange(10, 60) for _ in range(labels)]
        real = [rng.randrange(1, seen) for seen in audited]
        cases.append((documents, audited, real))
    return cases


# ---------------------------------------------------------------- M8.10: read the plot


def _curve(strength):
    """Return a smooth curve: two normal laws, so many hundredths of a standard deviation apart."""
    import numpy as np
    from scipy.stats import norm

    false = np.concatenate([[0], np.geomspace(0.001, 0.999, 200), [1]])
    return false, norm.cdf(norm.ppf(false) + strength / 100)


def _draw_curve(strength, share):
    """Draw the curve of a detector."""
    import numpy as np

    from collapse_edu.plots import plot_roc

    false, true = _curve(strength)
    picture = plot_roc({"detector": (false, true)}, title="A detector at all thresholds", marked=0.1)
    at = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
    readings = ", ".join(f"{np.interp(x, false, true):.2f} at {x:g}" for x in at)
    picture.description = (
        f"One curve. True-positive rate of the detector, for false-positive rates from 0.02 to 0.5: {readings}."
    )
    return picture


def _read_precision(strength, share):
    import numpy as np

    return _precision(share, 100 * float(np.interp(0.1, *_curve(strength))), 10)


def _read_rate(strength):
    import numpy as np

    return float(np.interp(0.1, *_curve(strength)))


QUESTIONS = [
    Numeric(
        id="M8.01",
        title="What a flag is worth",
        objective=_FLAG,
        prompt=(
            "A detector flags {found} % of the synthetic documents, and {wrong} % of the real ones. {share} % of all "
            "documents are synthetic. Which share of the flagged documents is synthetic?"
        ),
        parameters={"found": range(80, 97), "wrong": [4, 5, 6, 7], "share": [2, 3, 4, 5]},
        key=lambda found, wrong, share: _precision(share, found, wrong),
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda found, wrong, share: found / 100,
                "This is the share of the synthetic documents that is flagged. Real ones are flagged, too.",
                "flag_is_verdict",
            ),
            Misreading(
                lambda found, wrong, share: found * share / 10_000,
                "This is the share of all documents that is flagged rightly. Divide by the share that is flagged.",
                "flags_are_share",
            ),
        ],
        hints=[
            "Take 10,000 documents, and count the right flags and the wrong ones.",
            "Right flags / all flags; or production.precision_at.",
        ],
        solution="{share} % · {found} % are flagged rightly, the rest of all · {wrong} % wrongly: the share is {key}.",
        lesson=_ONE,
    ),
    SingleChoice(
        id="M8.02",
        title="Last year's detector",
        objective=_FLAG,
        prompt=(
            "A detector was trained on the output of last year's generators and found 99 % of it, with 1 % false "
            "flags. This year's generators are better. What do you expect?"
        ),
        ordered=True,
        options=[
            Option(
                "The same rates: synthetic text stays synthetic text.",
                "It learned the signs of last year's generators. Better ones show fewer of them.",
                misconception="detector_stays_good",
            ),
            Option(
                "It finds fewer, about as many false flags remain, and its flags are worth less.",
                "Yes. False flags come from real text, which has not changed.",
                right=True,
            ),
            Option(
                "It finds more: this year there is more synthetic text to find.",
                "More text changes what a flag is worth, not the share of synthetic documents that it finds.",
                misconception="flag_is_verdict",
            ),
            Option(
                "Its false flags fall as well, so that nothing is lost.",
                "False flags come from real documents. They do not get better because generators do.",
                misconception="detector_stays_good",
            ),
        ],
        hints=[
            "Which rate is about synthetic text, and which about real text?",
            "Read a row of the table in Idea 1: one detector, better and better generators.",
        ],
        solution="{key} A detector has to be tested anew, on the generators of today.",
        lesson=_ONE,
    ),
    Numeric(
        id="M8.03",
        title="The share behind the flags",
        objective=_SHARE,
        prompt=(
            "A detector flags {found} % of synthetic and {wrong} % of real documents. In a random sample of 2,000 "
            "documents it flags {flagged}. Estimate the synthetic share of all documents."
        ),
        parameters={"found": [50, 55, 60], "wrong": [4, 5, 6], "flagged": range(500, 801, 5)},
        key=lambda found, wrong, flagged: _from_flags(flagged, found, wrong),
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda found, wrong, flagged: flagged / 2000,
                "This is the flagged share. Some flags are wrong, and some synthetic documents have none.",
                "flags_are_share",
            ),
            Misreading(
                lambda found, wrong, flagged: flagged / 2000 - wrong / 100,
                "You took off the wrong flags. Now divide by the difference of the two rates.",
                "flags_are_share",
            ),
        ],
        hints=[
            "flagged share = share · {found} % + (1 - share) · {wrong} %.",
            "Solve this for the share; or ask production.share_from_flags.",
        ],
        solution="({flagged}/2000 - {wrong} %) / ({found} % - {wrong} %), which is {key}.",
        lesson=_ONE,
    ),
    Numeric(
        id="M8.04",
        title="A rare word, in the long run",
        objective=_KEEP,
        prompt=(
            "Each year a count model learns from a set of which {real} % is fresh real text, and the rest its last "
            "text. The fresh text of one year holds {copies}/100 copies of a certain rare word, expected. How likely "
            "is it, in the long run, that the model's text of a year, which is as long as the set, holds this word?"
        ),
        parameters={"copies": range(60, 121), "real": [5, 10, 20]},
        key=_kept,
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda copies, real: _in_human_part(copies),
                "This is the chance that the real text of one year holds it. The rest carries copies of earlier years.",
                "share_decides",
            ),
            Misreading(
                lambda copies, real: 1 - _kept(copies, real), "This is the chance that it is missing.", "wrong_half"
            ),
        ],
        hints=[
            "Each fresh copy starts a family of copies that may live on for years.",
            "theory.immigration.probability_kept(fresh copies, real share) computes it.",
        ],
        solution="probability_kept({copies}/100, {real}/100) is {key}.",
        lesson=_TWO,
    ),
    Function(
        id="M8.05",
        title="The real share of a ledger",
        objective=_SHARE,
        prompt=(
            "A ledger has documents under several labels. Write ledger_share(documents, audited, real): for each "
            "label, how many documents there are, how many of them were audited at random, and how many of those were "
            "real. Return the estimated real share of all documents. (Take the plain share in each label.)"
        ),
        name="ledger_share",
        starter=(
            "def ledger_share(documents, audited, real):\n"
            '    """Return the estimated real share of all documents."""\n'
            "    found = [\n"
            "        ...  # real documents under this label\n"
            "        for n, seen, right in zip(documents, audited, real)\n"
            "    ]\n"
            "    return ..."
        ),
        reference=_real_share,
        inputs=_ledgers,
        misreadings=[
            Misreading(
                _pooled,
                "This puts all audits into one pot. A label with many documents and few audits counts too little.",
                "one_number_for_all",
            ),
            Misreading(
                _mean_of_labels,
                "This is the mean over labels. A label with more documents must weigh more.",
                "mean_is_typical",
            ),
            Misreading(
                lambda documents, audited, real: _real_share(documents, audited, real) * sum(documents),
                "This is a number of documents. Divide it by all documents.",
                "loss_without_size",
            ),
            Misreading(
                lambda documents, audited, real: (
                    _real_share(documents, audited, real) * sum(documents) / len(documents)
                ),
                "This divides by the number of labels. Divide by all documents.",
                "mean_is_typical",
            ),
            Misreading(
                lambda documents, audited, real: sum(real) / sum(documents),
                (
                    "Only the audited ones were looked at. Under each label, their real share stands for all of "
                    "its documents."
                ),
                "wrong_whole",
            ),
        ],
        hints=[
            "Under one label, about documents · real / audited are real.",
            "Add these up, and divide by all documents.",
        ],
        solution="n * right / seen, and then: return sum(found) / sum(documents). Each label weighs by its size.",
        lesson=_WHO,
    ),
    MultipleChoice(
        id="M8.06",
        title="The danger line",
        objective=_KEEP,
        prompt=(
            "Count models learn from a yearly crawl of real and synthetic text, at temperature 1. Each model writes "
            "the synthetic part of the next crawl, and no more. Which hold?"
        ),
        options=[
            Option(
                "Above 50 % synthetic text the tail is lost, whatever the amount of real text.",
                "With five fresh copies a year a word is in the model's text in more than 97 % of the years, at 50 %, "
                "90 % and 99 %.",
                misconception="share_decides",
            ),
            Option(
                "Two fresh copies a year keep a word in most years, at 50 % and 99 % synthetic.",
                "The chance to be somewhere in the model's text is 0.77 at 50 %, and higher at 99 %, where the model "
                "writes 99 times as much.",
                right=True,
                misconception="share_decides",
            ),
            Option(
                "If machines push people out, so that the crawl keeps its size, rare words go.",
                "Then the number of real documents falls with the share.",
                right=True,
                misconception="washes_out",
            ),
            Option(
                "Twice as much synthetic text on top needs twice as much real text to keep a word.",
                "Synthetic text on top does not take fresh copies away.",
                misconception="share_decides",
            ),
        ],
        hints=[
            "Fresh copies a year: does each change touch them?",
            "Look at the table under Idea 2, column by column.",
        ],
        solution="{key}. It is the number of fresh real copies that counts.",
        lesson=_TWO,
    ),
    SingleChoice(
        id="M8.07",
        title="Limits from what it knows",
        objective=_CONTROL,
        prompt=(
            "A team builds its reference from 1,000 real documents: words, rare words, model 1. It sets control limits "
            "with windows of the same 1,000 documents. Fresh real text arrives. What happens?"
        ),
        options=[
            Option(
                "False alarms come as often as asked for: both are real text.",
                "The reference knows every word of its own documents, and no fresh text is like that.",
                misconception="limits_from_the_known",
            ),
            Option(
                "Fewer false alarms than asked for, since the limits saw so many documents.",
                "The limits saw windows with no new words at all. Fresh text has them.",
                misconception="limits_from_the_known",
            ),
            Option(
                "Nearly every window raises an alert: fresh text holds words that the reference has not seen.",
                "Yes. The windows for the limits must be as new to the reference as the stream is.",
                right=True,
            ),
            Option(
                "It depends on luck: limits are random.",
                "Luck decides little here. The limits are off in one direction.",
                misconception="one_run_proves",
            ),
        ],
        hints=["How many new words does a window of the 1,000 documents hold?", "And a window of fresh text?"],
        solution="{key} It is the mistake of testing on training data.",
        lesson=_LIMITS,
    ),
    Numeric(
        id="M8.08",
        title="How many documents for the limits",
        objective=_CONTROL,
        prompt=(
            "A monitor sets its limit at the largest score of its calibration windows. Windows hold {window} documents "
            "and do not overlap. In quiet times it may raise a false alarm in 1 of {m} windows, exactly. How many "
            "documents does it need for the calibration windows?"
        ),
        parameters={"window": [10, 20, 50], "m": range(20, 61)},
        key=lambda window, m: (m - 1) * window,
        tolerance=0.004,
        allowed=(1, 10_000),
        misreadings=[
            Misreading(
                lambda window, m: m * window,
                "The new window is one of the {m}. So one less is needed to compare with.",
                "one_round_off",
            ),
            Misreading(lambda window, m: m - 1, "These are windows. How many documents?", "count_is_variety"),
        ],
        hints=[
            "The new window is the most extreme of all with chance 1/(calibration windows + 1).",
            "Windows times documents.",
        ],
        solution="{m} - 1 windows of {window} documents: {key}. Memory and scale need some more.",
        lesson=_LIMITS,
    ),
    Ordering(
        id="M8.09",
        title="Who sees it first",
        objective=_SEE,
        prompt=(
            "The synthetic share of a stream of trigram text grows to 100 %, as in the lesson. Each statistic has "
            "limits of its own, at the same rate of false alarms. The scorer learned real text that none of the "
            "writing models has seen. Put the statistics in order by their usual first alert, the earliest first."
        ),
        items=[
            "how many different pairs of words a window holds",
            "how many different words a window holds",
            "how many rare words of the reference a window holds",
            "the mean score under this scorer",
        ],
        because=[
            "Pairs are rarer than words: they are lost and repeated sooner.",
            "A window has room for few of the rare words, so their number is noisy, and shows the loss later.",
            "Each word triple keeps its expected share, so a mean score under a trigram model of other text has no "
            "direction.",
        ],
        misconceptions=["only_once_words_die", "reading_shows_it", "own_text_tells"],
        hints=["What is rarer in a text: a word, or a pair of words?", "Which of them is a mean over all words?"],
        solution="{key}. In 1,000 streams the median delays are 8, 18 and 26 windows (10, 20 and 26 in the lesson's 20 "
        "streams); for the mean score, none. A scorer that knows the writers' training text would be the first of all.",
        lesson=_THREE,
    ),
    Numeric(
        id="M8.10",
        title="Read the plot: a detector",
        objective=_FLAG,
        prompt=(
            "The picture shows a detector at all thresholds. You choose the threshold at which 10 % of the real "
            "documents are flagged. {share} % of all documents are synthetic. Which share of the flags is right?"
        ),
        parameters={"strength": range(120, 241, 2), "share": [4, 5, 6, 8]},
        figure=_draw_curve,
        key=_read_precision,
        tolerance=0.06,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda strength, share: _read_rate(strength),
                "You read the curve rightly. But this is the share of the synthetic documents that is flagged.",
                "flag_is_verdict",
            ),
        ],
        hints=[
            "Read the true-positive rate at a false-positive rate of 0.1.",
            "Now as in the first question: count right and wrong flags among 10,000 documents.",
        ],
        solution="The share of right flags at a base rate of {share} % is {key}. (Strength: {strength}/100.)",
        lesson=_ONE,
    ),
    Headline(
        id="M8.11",
        title="Headline: all clear",
        objective=_SEE,
        headline="Our model's output is as good as ever: average quality score unchanged for 20 retrainings.",
        prompt=(
            "The model learned from its own text at temperature 1. The score is the mean log probability under its "
            "first version. What is right?"
        ),
        options=[
            Option(
                "The headline: a model that loses words would score lower.",
                "Each passage keeps its share on average, so the mean has no direction while words die.",
                misconception="own_text_tells",
            ),
            Option(
                "The score says little about loss. Ask how many different words and pairs the outputs hold.",
                "Yes. Compare them with limits from outputs of the first version.",
                right=True,
            ),
            Option(
                "The score is too noisy. With more outputs it would fall.",
                "More outputs make it more exact. But it has no direction: it may rise as well as fall.",
                misconception="large_n_prevents",
            ),
            Option(
                "An unchanged score proves that the outputs are copies.",
                "Copies would leave it unchanged as well, but so does neutral drift.",
                misconception="copies_are_safe",
            ),
        ],
        hints=["What happens to a mean if rare words are replaced by other rare words?", "Which numbers fell in M5?"],
        solution="{key} Alert on diversity. (New real text would score lower under the first version than any of these "
        "outputs: it is not made of what that version learned. This jump is no loss, either.)",
        lesson=_THREE,
    ),
    SingleChoice(
        id="M8.12",
        title="An alert at night",
        objective=_SEE,
        prompt=(
            "A monitor with a false-alarm rate of 1 % a window has raised about one alert in a hundred windows so far, "
            "none beyond 5 spreads. Tonight: “window 4,711: new_words high (+9), distinct_2 low (-6)”. What do you do "
            "first?"
        ),
        options=[
            Option(
                "Stop the model: it has collapsed.",
                "A loss brings no new words. Here many are new to the reference.",
                misconception="alert_is_collapse",
            ),
            Option(
                "Nothing: one alert in a hundred windows is normal.",
                "Such alerts were near the limits so far. Two statistics this far out deserve a look.",
                misconception="quiet_is_safe",
            ),
            Option(
                "Raise the limits, so that it does not happen again.",
                "Then the monitor is blind to what comes next.",
                misconception="limits_from_the_known",
            ),
            Option(
                "Read documents of this window: many new words look like a new subject or a new author.",
                "Yes. The causes say where to look. They do not say why.",
                right=True,
            ),
        ],
        hints=["Can a loss bring new words?", "What does an alert say, and what does it not say?"],
        solution="{key} In the lesson, real addresses of presidents raised such alerts.",
        lesson=_ALERT,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _synthetic_share(flagged, n, true_positive, false_positive):
    return min(1, max(0, (flagged / n - false_positive) / (true_positive - false_positive)))


def _cut(share):
    return min(1, max(0, share))


def _flag_cases(rng):
    cases = []
    for low, high, n in ((0.2, 0.4, 1000), (0, 0.02, 500), (0.5, 0.6, 800), (0.99, 1, 2000)):
        found, wrong = rng.randrange(70, 99) / 100, rng.randrange(2, 15) / 100
        cases.append((rng.randrange(int(low * n), int(high * n)), n, found, wrong))
    return cases


def _alert_limit(quiet, m):
    most = sorted(quiet, reverse=True)
    k = (len(quiet) + 1) // m
    return most[k - 1] if k else None


def _limit_without_the_new_day(quiet, m):
    most = sorted(quiet, reverse=True)
    k = len(quiet) // m
    return most[k - 1] if k else None


def _limit_one_too_low(quiet, m):
    most = sorted(quiet, reverse=True)
    k = (len(quiet) + 1) // m
    return most[min(k, len(quiet) - 1)] if k else None


def _limit_with(k, quiet):
    most = sorted(quiet, reverse=True)
    return most[min(k, len(most)) - 1] if k else None


def _quantile(quiet, m):
    import numpy as np

    return float(np.quantile(quiet, 1 - 1 / m))


def _bakeries(rng):
    cases = []
    for days, m in ((3, 2), (4, 3), (4, 8), (19, 20), (18, 20), (59, 20), (99, 50), (40, 10), (9, 5)):
        cases.append((rng.sample(range(1000), days), m))
    return cases


EXERCISES = [
    Function(
        id="M8.e1",
        title="The share behind the flags",
        objective=_SHARE,
        prompt=(
            "Write synthetic_share_of(flagged, n, true_positive, false_positive): the estimated synthetic share, from "
            "0 to 1. Do not round."
        ),
        name="synthetic_share_of",
        starter="",
        reference=_synthetic_share,
        inputs=_flag_cases,
        misreadings=[
            Misreading(
                lambda flagged, n, true_positive, false_positive: flagged / n,
                "This is the flagged share. It holds wrong flags, and misses synthetic documents.",
                "flags_are_share",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: (
                    (flagged / n - false_positive) / (true_positive - false_positive)
                ),
                "A share lies between 0 and 1: what comes out below or above is cut off.",
                "powers_sum_to_one",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: _cut((flagged / n - false_positive) / true_positive),
                (
                    "Divide by true_positive - false_positive: a synthetic document is flagged that much more "
                    "often than a real one."
                ),
                "flags_are_share",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: _cut(flagged / n / true_positive),
                "The wrong flags are still in it: take false_positive off first.",
                "flags_are_share",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: _cut(
                    (flagged - false_positive) / (true_positive - false_positive)
                ),
                "flagged is a number of documents: divide it by n first.",
                "loss_without_size",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: _cut(flagged / n - false_positive),
                "Solve for the share: there is still something to divide by.",
                "flags_are_share",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: max(
                    0, (flagged / n - false_positive) / (true_positive - false_positive)
                ),
                "A share is not above 1: cut it there, too.",
                "ends_are_like_the_middle",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: min(
                    1, (flagged / n - false_positive) / (true_positive - false_positive)
                ),
                "A share is not below 0: cut it there, too.",
                "ends_are_like_the_middle",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: (
                    1 - _synthetic_share(flagged, n, true_positive, false_positive)
                ),
                "This is the real share.",
                "wrong_half",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: (flagged / n - false_positive) / true_positive,
                "Divide by true_positive - false_positive, and cut what is below 0 or above 1.",
                "flags_are_share",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: (
                    n * _synthetic_share(flagged, n, true_positive, false_positive)
                ),
                "This is a number of documents. A share is asked for.",
                "loss_without_size",
            ),
            Misreading(
                lambda flagged, n, true_positive, false_positive: _cut(
                    flagged / n - false_positive / true_positive - false_positive
                ),
                "Put both differences into parentheses: division goes before minus.",
                "flags_are_share",
            ),
        ],
        hints=[
            "flagged / n = share · true_positive + (1 - share) · false_positive.",
            "Solve for the share: take false_positive off both sides, and divide.",
        ],
        solution=(
            "share = (flagged / n - false_positive) / (true_positive - false_positive), and then: "
            "return min(1, max(0, share)). It is a share, so it stays between 0 and 1."
        ),
        version=2,
        calls_twice=True,
        lesson=_ONE,
    ),
    Function(
        id="M8.e2",
        title="A bakery",
        objective=_CONTROL,
        prompt="Write alert_limit(quiet, m): the lowest limit with false alarms on one in m quiet days, or None.",
        name="alert_limit",
        starter="",
        reference=_alert_limit,
        inputs=_bakeries,
        misreadings=[
            Misreading(
                _limit_without_the_new_day,
                "The new day is one of the days: compare with one more than the quiet ones.",
                "one_round_off",
            ),
            Misreading(
                _limit_one_too_low,
                "Lists count from 0: the k-th largest number is at place k - 1. This limit lets one day more above.",
                "one_round_off",
            ),
            Misreading(
                lambda quiet, m: max(quiet),
                "The largest number is not the lowest limit if there are many quiet days, and no exact one if few.",
                "large_n_prevents",
            ),
            Misreading(
                lambda quiet, m: _limit_with(round((len(quiet) + 1) / m), quiet),
                "Rounding may let one day too many above: at most one in m is //, which cuts.",
                "rounded_up",
            ),
            Misreading(
                lambda quiet, m: _limit_with(-(-(len(quiet) + 1) // m), quiet),
                "Rounding up lets one day too many above: at most one in m is //, which cuts.",
                "rounded_up",
            ),
            Misreading(
                lambda quiet, m: _alert_limit(quiet, m) if (len(quiet) + 1) // m else min(quiet),
                "If no day may be above, there are too few days: None. most[-1] is the smallest one.",
                "ends_are_like_the_middle",
            ),
            Misreading(
                lambda quiet, m: sorted(quiet)[(len(quiet) + 1) // m - 1] if (len(quiet) + 1) // m else None,
                "This counts from the smallest number. An alert is a day with many: sort with reverse=True.",
                "wrong_half",
            ),
            Misreading(
                lambda quiet, m: (len(quiet) + 1) // m,
                "This is how many days may be above. The limit is the number of loaves on one of the days.",
                "rate_is_half_life",
            ),
            Misreading(
                _quantile,
                "A quantile lies between two days, and leaves out the new one. Take the k-th largest number.",
                "limit_is_exact",
            ),
            Misreading(
                lambda quiet, m: sum(quiet) / len(quiet),
                "This is the mean. Half of all quiet days would be above it.",
                "mean_is_typical",
            ),
            Misreading(
                lambda quiet, m: sorted(quiet, reverse=True)[(len(quiet) + 1) // m],
                "Lists count from 0, so the k-th largest number is at place k - 1; and if k is 0 there is none.",
                "one_round_off",
            ),
            Misreading(
                lambda quiet, m: quiet[(len(quiet) + 1) // m - 1] if (len(quiet) + 1) // m else None,
                "Put the days in order first, the largest number in front.",
                "order_means_nothing",
            ),
        ],
        hints=[
            "With the new day there are len(quiet) + 1 days in random order.",
            "Of these, (len(quiet) + 1) // m may be above the limit.",
        ],
        solution="k = (len(quiet) + 1) // m, and then: return most[k - 1] if k else None. As the monitor does it.",
        version=2,
        calls_twice=True,
        lesson=_LIMITS,
    ),
]
