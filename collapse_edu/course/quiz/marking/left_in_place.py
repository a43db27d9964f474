"""Where no cell answers a question: what stands there all the same, and may be meant as an answer."""

import re
from collections.abc import Collection, Sequence

from collapse_edu.course.quiz.marking.paper import Paper, lesson_of
from collapse_edu.course.quiz.marking.script import Answer, tidy
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Question

__all__ = ["in_the_file", "shown_with_controls", "what_is_left"]

_FEWEST = 3  # numbers in a list of answers


def in_the_file(lesson: str) -> str:
    """Return where what was answered in widgets is."""
    return f'what was answered in the widgets is only in the file that hand_in("{lesson}") writes'


def what_is_left(question: Question, questions: Sequence[Question], paper: Paper, answering: Collection[int]) -> Answer:
    """Return no answer; or a fault, where something stands in a notebook that may be meant as one.

    Parameters
    ----------
    question : Question
        No cell answers it.
    questions : sequence of Question
        All of its lesson.
    paper : Paper
    answering : collection of int
        The cells that answer other questions; what else they hold belongs to these.

    Returns
    -------
    Answer
    """
    names = {answer_name(each) for each in questions}
    for place in range(len(paper.cells)):
        if place not in answering and (left := _left_in(place, question, names, paper)):
            return Answer(fault=f"nothing is called {answer_name(question)}, but this stands in its place: “{left}”")
    if listing := _listing(question, paper, answering):
        return Answer(fault=f"nothing is called {answer_name(question)}, but a cell lists answers: “{listing}”")
    if _answered_in_widget(question, paper):
        return Answer(fault=f"it was answered in the widget; {in_the_file(lesson_of(question.id))}")
    return Answer()


def _answered_in_widget(question: Question, paper: Paper) -> bool:
    """Return whether the output of ``check`` says that a question was answered, though its cell holds nothing."""
    return any(f"{question.id}: answered above" in output.text for cell in paper.cells for output in cell.outputs)


def shown_with_controls(paper: Paper) -> set[str]:
    """Return the questions that a learner was shown, with controls to answer them."""
    return {
        name
        for cell in paper.cells
        if any(output.about.get("learner") != "course" for output in cell.outputs)
        for name in cell.asked
    }


def _listing(question, paper, answering):
    """Return the beginning of a cell that lists answers by their numbers, this question's too; "" where none does."""
    number = int(re.sub(r"\D", "", question.id.partition(".")[2]) or 0)
    for place, cell in enumerate(paper.cells):
        listed = paper.listed[place]
        if number in listed and len(listed) >= _FEWEST and not (cell.is_code and place in answering):
            return tidy(cell.source if cell.is_code else cell.prose, 60)
    return ""


def _left_in(place, question, names, paper):
    """Return what a cell holds that may be meant as the answer to a question; "" where there is nothing."""
    words = paper.words[place]
    if paper.questions_above[place] == question.id:
        starter = getattr(question, "starter", "")
        return tidy(words or paper.cells[place].code.remains(names, starter), 60)
    if re.search(rf"\b(?:{re.escape(question.id)}|{answer_name(question)})\b", words):
        return tidy(words, 60)
    return ""
