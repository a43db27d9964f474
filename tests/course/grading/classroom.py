"""A class of as many learners as you like, made from the bank's right and wrong answers: the same one for each seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from math import exp

from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz import bank
from course import handed_in

FIRST = ("Ada", "Émile", "李", "Bob", "Chiara", "Dmitri", "Eva", "Fatima", "Grace", "Hồ", "Ivo", "Jürgen", "Κώστας")
LAST = ("Lovelace", "Borel", "小龙", "O'Brien", "Şahin", "van der Berg", "Noether", "Müller-Lüdenscheidt", "Ng")
BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
STATUS = {True: "right", False: "wrong", None: "no answer"}


@dataclass(frozen=True)
class Learner:
    """One learner, with answers as data: question → answer; a question without one is missing."""

    id: str
    name: str
    answers: dict
    about: dict = field(default_factory=dict)  # question → time, tries, hints, solution


def learners(many=200, lesson="M2", seed=0) -> Iterator[Learner]:
    """Yield learners whose ability differs, and questions whose difficulty differs."""
    rng = random.Random(f"{seed} {lesson}")
    hard = {question.id: rng.gauss(0, 1) for question in bank.questions(lesson)}
    for number in range(many):
        able, learner = rng.gauss(0.5, 1), f"learner{number:03}"
        answers, about, time = {}, {}, BEGIN + timedelta(minutes=rng.randrange(600))
        for question in bank.questions(lesson):
            time += timedelta(minutes=rng.lognormvariate(0.5, 0.8))
            if rng.random() < 0.05:
                continue
            answers[question.id] = _answer(question, learner, rng, able - hard[question.id])
            tries = 1 + min(9, int(rng.expovariate(0.9 + max(0, able))))
            about[question.id] = {
                "time": time.isoformat(), "number": tries, "tries": tries, "hints": rng.choice((0, 0, 1)),
                "solution": rng.random() < 0.04 + 0.1 * (able < -0.5),
            }  # fmt: skip
        yield Learner(learner, f"{rng.choice(FIRST)} {rng.choice(LAST)}", answers, about)


def _answer(question, learner, rng, ability):
    if rng.random() < 1 / (1 + exp(-1.5 * ability)):
        return question.right_answer(learner)
    wrong = [answer for answer, _ in question.wrong_answers(learner)]
    return rng.choice(wrong)


def result(learner: Learner, lesson="M2") -> Result:
    """Return the result of a learner's hand-in, judged by the bank in this process."""
    answers = {}
    for question in bank.questions(lesson):
        given = learner.answers.get(question.id)
        verdict = question.judge(given, learner.id)
        answers[question.id] = MarkedAnswer(
            STATUS[verdict.right], verdict.reason, verdict.next_step, verdict.misconception, answer=given,
            source=handed_in.written(question, given, learner.id) if question.kind == "function" and given else None,
            learner=learner.id, **learner.about.get(question.id, {}),
        )  # fmt: skip
    return Result(
        f"{learner.id}/handin_{lesson}.json", sha256=f"{int(learner.id[-3:]):064x}", kind="hand-in", learner=learner.id,
        name=learner.name, lesson=lesson, written=(BEGIN + timedelta(hours=12)).isoformat(), answers=answers,
    )  # fmt: skip


@cache
def results(many=200, lesson="M2", seed=0) -> tuple[Result, ...]:
    """Return the results of a class."""
    return tuple(result(learner, lesson) for learner in learners(many, lesson, seed))


def grades(found) -> list[Grade]:
    """Return a grade for each result, a point for each right answer; a record is one learner's."""
    numbers = {}
    return [
        Grade(
            each.name or each.submission,
            each.status,
            each.lesson,
            result=each,
            points={name: float(answer.status == "right") for name, answer in each.answers.items()},
            total=float(each.count("right")),
            of=float(len(each.answers)),
            learner=numbers.setdefault(each.learner or each.key, len(numbers) + 1),
        )
        for each in found
    ]
