"""Over all questions: right answers get every mark, each distractor is wrong for its own reason, blank gets none."""

import pytest

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function
from course import handed_in as paper


@pytest.fixture(params=bank.QUIZZES)
def quiz(request, monkeypatch):
    """Papers of each quiz in turn; its questions."""
    monkeypatch.setattr(paper, "LESSON", request.param)
    return bank.questions(request.param)


def statuses(result):
    return {name: each.status for name, each in result.answers.items()}


def rounds(learner):
    """Yield as many sets of answers as the question with most wrong answers has, each question with its own reasons."""
    wrong = {each.id: each.wrong_answers(learner) for each in bank.questions(paper.LESSON)}
    for turn in range(max(map(len, wrong.values()))):
        yield {name: known[turn] for name, known in wrong.items() if turn < len(known)}


def papers(learner, answers, name):
    return {
        f"{name}.ipynb": paper.data_notebook(learner, answers),
        f"{name}.json": paper.full_hand_in(learner, answers),
    }


def test_right_blank_and_every_wrong_answer(quiz, marked, isolation):
    learner = "ada"
    turns = list(rounds(learner))
    handed = papers(learner, paper.right(learner), "right") | papers(learner, {}, "blank")
    for number, turn in enumerate(turns):
        handed |= papers(learner, {name: answer for name, (answer, _) in turn.items()}, f"wrong{number}")
    results = marked(handed)
    assert len(results) == 2 * (len(turns) + 2)
    assert set(statuses(results["blank.json"]).values()) == {"no answer"}
    assert results["blank.ipynb"].fault.startswith("it is blank")  # it may have been answered in the widgets
    for kind in ("ipynb", "json"):
        assert set(statuses(results[f"right.{kind}"]).values()) == {"right"}
        assert results[f"right.{kind}"].count("right") == len(quiz)
        for number, turn in enumerate(turns):
            answers = results[f"wrong{number}.{kind}"].answers
            for name, (_, reason) in turn.items():
                assert answers[name].status == "wrong", (name, answers[name])
                assert reason in answers[name].reason, (name, answers[name])


@pytest.mark.parametrize("quiz", ["M2", "M8"], indirect=True)  # what is asked of the marker, not of each question
def test_without_isolation_data_are_marked_and_code_is_refused_until_it_is_trusted(quiz, marked, no_isolation):
    handed = papers("ada", paper.right("ada"), "ada")
    results = marked(handed)
    for result in results.values():
        for question in quiz:
            is_code = isinstance(question, Function)
            assert result.answers[question.id].status == ("not marked" if is_code else "right")
            assert ("--unsafe" in result.answers[question.id].reason) is is_code
        assert result.count("not marked") == sum(isinstance(question, Function) for question in quiz)
    trusted = marked(handed, unsafe=True)
    assert {each.count("right") for each in trusted.values()} == {len(quiz)}


@pytest.mark.parametrize("quiz", ["M2"], indirect=True)
def test_learners_get_the_numbers_of_their_names(quiz, marked, no_isolation):
    handed = {}
    for number, learner in enumerate(["ada", "Zoë O'Neill-Ñandú", "x" * 60]):
        handed |= papers(learner, {paper.NUMERIC.id: paper.NUMERIC.right_answer(learner)}, f"paper{number}")
    assert {each.count("right") for each in marked(handed).values()} == {1}
