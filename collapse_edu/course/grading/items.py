"""What a class's answers say of the questions: classical item statistics, and who holds which misconception.

One result for each learner goes in. An answer that was not given counts as not right, as in the sum that a learner
gets. An answer that could not be marked counts as nothing: its learner is left out of what needs it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from itertools import pairwise
from operator import itemgetter
from statistics import median
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS
from collapse_edu.course.quiz.learning_gain import FEWEST, Interval
from collapse_edu.course.quiz.question import Question, SingleChoice, UnreadableError

__all__ = [
    "Chosen", "Item", "Quiz", "Share", "can_show", "cronbach_alpha", "item_rest_correlations", "misconception_shares",
    "moment", "quiz_statistics",
]  # fmt: skip

LONGEST_GAP = 30.0  # minutes; a learner who comes back later was away
_MOST_UNMARKED = 0.1  # share of the learners; a question beyond it is left out of alpha and of the rest score


@dataclass(frozen=True)
class Chosen:
    """One answer to a question, and how many gave it.

    Attributes
    ----------
    text : str
        An option; or, where there are none, a misreading that the question knows.
    count : int
    share : float
        Of those who answered; with several options to choose, the shares add up to more than 1.
    right : bool
    misconception : str or None
        Its tag.
    """

    text: str
    count: int
    share: float
    right: bool = False
    misconception: str | None = None


@dataclass(frozen=True)
class Item:
    """The statistics of one question.

    Attributes
    ----------
    question : str
        Its id.
    counts : dict
        Status of an answer → number of learners.
    difficulty : float or None
        Share of right answers among all that could be marked: the *item difficulty* p, which is high where a question
        is easy. None where fewer than ten could be marked.
    discrimination : float or None
        Corrected item–rest correlation: between this question (0 or 1) and the sum of the others, from -1 to 1.
    without : str
        Why there is no discrimination, in words; empty where there is one.
    chosen : tuple of Chosen
    minutes : float or None
        Median time since the learner's previous answer: an estimate. None where fewer than ten papers say it.
    """

    question: str
    counts: Mapping[str, int]
    difficulty: float | None = None
    discrimination: float | None = None
    without: str = ""
    chosen: tuple[Chosen, ...] = ()
    minutes: float | None = None

    @property
    def marked(self) -> int:
        """How many answers could be marked, those that were not given included."""
        return sum(many for status, many in self.counts.items() if status != "not marked")


@dataclass(frozen=True)
class Quiz:
    """The statistics of one lesson's quiz.

    Attributes
    ----------
    lesson : str
    learners : int
        With a marked paper. Below ten there are counts alone: statistics would be noise, and show single persons.
    items : dict
        Id of each question → :class:`Item`.
    alpha : Interval or None
        Cronbach's alpha, with Feldt's 95 % interval.
    complete : int
        Learners whose answers could all be marked: alpha and discrimination are theirs.
    left_out : tuple of str
        Questions that could not be marked for more than one learner in ten; they are no part of alpha.
    scores : dict
        Number of right answers → number of learners.
    """

    lesson: str
    learners: int
    items: Mapping[str, Item]
    alpha: Interval | None = None
    complete: int = 0
    left_out: tuple[str, ...] = ()
    scores: Mapping[int, int] = field(default_factory=dict)

    @property
    def withheld(self) -> bool:
        """Whether there are too few learners for statistics."""
        return self.learners < FEWEST

    @property
    def hardest(self) -> list[Item]:
        """The three questions with the fewest right answers, the hardest first."""
        known = [(item.difficulty, item) for item in self.items.values() if item.difficulty is not None]
        return [item for _, item in sorted(known, key=itemgetter(0))[:3]]


@dataclass(frozen=True)
class Share:
    """Who holds one misconception, of those who could show it.

    Attributes
    ----------
    tag, words : str
        The misconception, for programs and for people.
    learners : int
        Whose answers show it.
    could : int
        Who answered a question that can show it.
    questions : tuple of str
        Where it was shown.
    """

    tag: str
    words: str
    learners: int
    could: int
    questions: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where fewer than ten could show it."""
        return self.learners / self.could if self.could >= FEWEST else None


def item_rest_correlations(scores: ArrayLike) -> list[float | None]:
    """Return the corrected item–rest correlation of each question.

    Parameters
    ----------
    scores : array-like of shape (n_learners, n_questions)
        1 for right, 0 for not.

    Returns
    -------
    list
        Pearson's correlation of each column with the sum of the others; None where either is the same for all.

    Examples
    --------
    >>> item_rest_correlations([[1, 1, 1], [0, 0, 1], [1, 1, 1], [0, 0, 1]])
    [1.0, 1.0, None]
    """
    scores = np.asarray(scores, dtype=float)
    return [_correlation(column, scores.sum(axis=1) - column) for column in scores.T]


def _correlation(one, other):
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return round(float(np.corrcoef(one, other)[0, 1]), 12)


def cronbach_alpha(scores: ArrayLike) -> Interval | None:
    """Return Cronbach's alpha with Feldt's 95 % interval; for marks of 0 and 1 it is Kuder and Richardson's formula 20.

    Parameters
    ----------
    scores : array-like of shape (n_learners, n_questions)

    Returns
    -------
    Interval or None
        None with fewer than two learners or questions, or where all learners have one sum.

    References
    ----------
    Cronbach (1951), *Coefficient alpha and the internal structure of tests*; Feldt (1965), *The approximate sampling
    distribution of Kuder-Richardson reliability coefficient twenty*.

    Examples
    --------
    >>> print(cronbach_alpha([[1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]]))
    0.71 (95 % interval -0.49 to 0.97)
    """
    from scipy.special import fdtri  # scipy.stats has the same, and loads 45 MB more

    scores = np.asarray(scores, dtype=float)
    learners, questions = scores.shape
    if learners < 2 or questions < 2 or np.ptp(scores.sum(axis=1)) == 0:
        return None
    spread = scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1)
    alpha = questions / (questions - 1) * (1 - spread)
    freedom = learners - 1, (learners - 1) * (questions - 1)
    low, high = (1 - (1 - alpha) * fdtri(*freedom, point) for point in (0.975, 0.025))
    return Interval(float(alpha), float(low), float(high))


def quiz_statistics(results: Sequence[Result], questions: Sequence[Question]) -> Quiz:
    """Return the statistics of one lesson.

    Parameters
    ----------
    results : sequence of Result
        Marked ones of this lesson, one for each learner: the one that counts.
    questions : sequence of Question
        The lesson's, in order.

    Returns
    -------
    Quiz

    Raises
    ------
    ValueError
        If there is no question.
    """
    if not questions:
        raise ValueError("questions must hold at least one; got none")
    lesson = questions[0].id.partition(".")[0]
    items = {question.id: _counted(question, results) for question in questions}
    if len(results) < FEWEST:
        return Quiz(lesson, len(results), items)
    used, scores = _score_table(results, list(items))
    found = dict(zip(used, item_rest_correlations(scores), strict=True))
    spent = _minutes(results)
    items = {
        question.id: _item(items[question.id], question, results, found, spent.get(question.id, ()))
        for question in questions
    }
    return Quiz(
        lesson,
        len(results),
        items,
        alpha=cronbach_alpha(scores) if len(scores) >= FEWEST else None,
        complete=len(scores),
        left_out=tuple(name for name in items if name not in used),
        scores=Counter(result.count("right") for result in results),
    )


def _answers(results, question):
    """Yield each learner's answer to a question that their paper knows."""
    return (result.answers[question] for result in results if question in result.answers)


def _counted(question, results):
    return Item(question.id, Counter(answer.status for answer in _answers(results, question.id)))


def _score_table(results, questions):
    """Return the questions that can be used, and 0 or 1 for each learner whose answers to them could all be marked."""
    rows = [[_score(result.answers.get(name)) for name in questions] for result in results]
    table = np.array(rows, dtype=float)
    used = np.isnan(table).mean(axis=0) <= _MOST_UNMARKED
    table = table[:, used]
    names = [name for name, use in zip(questions, used, strict=True) if use]
    return names, table[~np.isnan(table).any(axis=1)]


def _score(answer):
    """Return 1 for a right answer, 0 for another or none, nan for one that could not be marked."""
    return np.nan if answer is None or answer.status == "not marked" else float(answer.status == "right")


def _item(item, question, results, correlations, spent):
    if item.marked < FEWEST:
        return Item(question.id, item.counts, without=f"fewer than {FEWEST} could be marked")
    correlation = correlations.get(question.id)
    return Item(
        question.id,
        item.counts,
        difficulty=item.counts["right"] / item.marked,
        discrimination=correlation,
        without="" if correlation is not None else _why_none(item, question.id in correlations),
        chosen=_chosen(question, results),
        minutes=median(spent) if len(spent) >= FEWEST else None,
    )


def _why_none(item, used):
    if not used:
        return "too many could not be marked"
    if item.counts["right"] in (0, item.marked):
        return "everybody right" if item.counts["right"] else "nobody right"
    return "no differences to compare with"


def can_show(question: Question) -> set[str]:
    """Return the tags of the misconceptions that an answer to a question can show.

    Examples
    --------
    >>> from collapse_edu.course.quiz.bank import question
    >>> "one_run_proves" in can_show(question("M2.01"))
    True
    """
    tagged = [*getattr(question, "options", ()), *getattr(question, "misreadings", ())]
    tags = {each.misconception for each in tagged} | set(getattr(question, "misconceptions", ()))
    return tags - {None}


def _chosen(question, results):
    """Return what those who answered gave; nothing where fewer than ten did."""
    answers = [answer for answer in _answers(results, question.id) if _is_answered(answer)]
    if len(answers) < FEWEST:
        return ()
    if isinstance(question, SingleChoice):
        return tuple(_options(question, answers))
    return tuple(_kinds(question, answers))


def _is_answered(answer: MarkedAnswer) -> bool:
    return answer.status in ("right", "wrong")


def _options(question, answers):
    """Yield each option in the order of the bank."""
    count = Counter(name for answer in answers for name in _read(question, answer))
    texts = question.texts(None)
    for name, option in question.by_id.items():
        many = count[name]
        yield Chosen(texts[name], many, many / len(answers), option.right, option.misconception)


def _read(question, answer):
    """Return the ids that an answer chose; none where an older paper's can no longer be read."""
    try:
        return question.read(answer.answer, answer.learner)
    except UnreadableError:
        return []


def _kinds(question, answers):
    """Yield right answers, wrong ones by what they show, and other wrong ones."""
    right = sum(answer.status == "right" for answer in answers)
    yield Chosen("right", right, right / len(answers), right=True)
    count = Counter(answer.misconception for answer in answers if answer.status == "wrong")
    for tag, many in sorted(count.items(), key=lambda counted: (counted[0] is None, -counted[1], counted[0])):
        yield Chosen("another wrong answer" if tag is None else "", many, many / len(answers), misconception=tag)


def moment(time: str | None) -> datetime | None:
    """Return a time of a paper in UTC; None where it is none.

    Examples
    --------
    >>> moment("2026-01-01T01:00:00+01:00"), moment("yesterday")
    (datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        found = datetime.fromisoformat(time or "")
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _minutes(results):
    """Return question → minutes since the previous answer of the same paper, of all papers that say it."""
    found = defaultdict(list)
    for result in results:
        times = {name: moment(answer.time) for name, answer in result.answers.items()}
        order = sorted((time, name) for name, time in times.items() if time)
        for (before, _), (time, name) in pairwise(order):
            if (gap := (time - before).total_seconds() / 60) <= LONGEST_GAP:
                found[name].append(gap)
    return found


def misconception_shares(papers: Iterable[tuple[str, Result]], bank: ModuleType) -> list[Share]:
    """Return who holds which misconception, the largest share first.

    Parameters
    ----------
    papers : iterable of (str, Result)
        Who the learner is, and a result that counts for them; a learner with papers of several lessons is one learner.
    bank : module
        With the questions.

    Returns
    -------
    list of Share
        Of each misconception that anybody shows; those that fewer than ten could show come last.
    """
    could, held, where = defaultdict(set), defaultdict(set), defaultdict(set)
    known = cache(partial(_known, bank))
    answers = ((learner, *each) for learner, result in papers for each in result.answers.items())
    for learner, question, answer in answers:
        if _is_answered(answer):
            shown = {answer.misconception} if answer.misconception else set()
            for tag in known(question) | shown:
                could[tag].add(learner)
            for tag in shown:
                held[tag].add(learner)
                where[tag].add(question)
    shares = [
        Share(tag, MISCONCEPTIONS.get(tag, tag), len(held[tag]), len(could[tag]), tuple(sorted(where[tag])))
        for tag in held
    ]
    return sorted(shares, key=lambda each: (each.share is None, -(each.share or 0), -each.learners, each.tag))


def _known(bank, name):
    try:
        return can_show(bank.question(name))
    except ValueError:  # no longer asked
        return set()
