"""Whose numbers, and whose order of options, an answer in a notebook means; a fault where nobody knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.paper import Paper
from collapse_edu.course.quiz.marking.script import Answer, Script, UnreadableSubmissionError, tidy
from collapse_edu.course.quiz.order import OWN_ORDER
from collapse_edu.course.quiz.question import Function, Lettered, Ordering, Question

__all__ = ["CHANGED", "Shown", "depends_on_learner", "has_own_numbers", "judged_as", "known_learner", "shown_in"]

CHANGED = "the question has changed since; answer it again"
_EITHER = (
    "this cell was laid before options were shuffled, and was run again since, so its letter can mean two options; "
    "hand in the file"
)


@dataclass(frozen=True)
class Shown:
    """What the outputs of ``ask`` say; where it was called again, the last time.

    Attributes
    ----------
    last : str or None
        Whose numbers were shown last of all.
    whose : mapping
        Question → whose numbers it had.
    hashes : mapping
        Question → the metadata of the output.
    texts : mapping
        Question → what was shown, where the metadata are gone.
    contradicted : bool
        Whether one of the texts is not what the learner sees, for whom the notebook was laid.
    """

    last: str | None
    whose: Mapping[str, str]
    hashes: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]
    contradicted: bool = False

    @property
    def several(self) -> bool:
        """Whether numbers of more than one learner are shown."""
        return len({self.last, *self.whose.values()}) > 1


def shown_in(paper: Paper, questions: Sequence[Question]) -> Shown:
    """Return what the outputs of a notebook say that was shown of a quiz."""
    shown, learner = _shown(paper.cells), paper.about.get("learner")
    if shown.last or not isinstance(learner, str):
        return shown
    texts = [(shown.texts[question.id], question) for question in questions if question.id in shown.texts]
    own_order = OWN_ORDER.items() <= paper.about.items()
    return replace(shown, contradicted=not all(_is_shown_in(text, asked, learner, own_order) for text, asked in texts))


def _is_shown_in(text, question, learner, own_order):
    """Return whether an output shows a question with the numbers, and the order, of a learner."""
    lines = [question.ask(learner)]
    if own_order and isinstance(question, Lettered):
        lines += [f"{letter}) {option}" for letter, option in question.choices(learner).items()]
    words = " ".join(text.split())
    return all(" ".join(line.split()) in words for line in lines)


def _shown(cells):
    last, whose, hashes, texts = None, {}, {}, {}
    for cell in cells:
        outputs = cell.outputs
        hashes |= {each.about["question"]: each.about for each in outputs if {"question", "hash"} <= each.about.keys()}
        learners = [each.about["learner"] for each in outputs if each.about.get("learner", "course") != "course"]
        if learners:
            one_each = learners if len(cell.asked) == len(learners) else learners[-1:] * len(cell.asked)
            whose |= dict(zip(cell.asked, one_each, strict=True))
            last = learners[-1]
        elif len(cell.asked) == 1 and outputs and not outputs[-1].about:
            texts[cell.asked[0]] = outputs[-1].text
    return Shown(last, whose, hashes, texts)


def judged_as(question: Question, cell: Cell, paper: Paper, script: Script, shown: Shown) -> Answer | None:
    """Return the answer that a cell holds; a fault where nobody can say what it means; None where it must be run.

    A question whose letters mean the order of the learner is entered in the script's `own_order`.
    """
    laid = paper.laid_for(question)
    told = shown.hashes.get(question.id, laid)
    own_order = _has_own_order(question, told or paper.about)
    answer = cell.answer(question)
    fault = _why_not(question, told, own_order, script, shown) or _two_lessons(question, cell)
    if own_order and not fault and _means_either(question, answer, laid or paper.about, script.whose(question.id)):
        fault = _EITHER
    if own_order:
        script.own_order.add(question.id)
    return Answer(fault=fault) if fault else answer


def _has_own_order(question, told):
    """Return whether letters mean the order of the learner; None where nothing is left that tells."""
    if question.shuffled and not told:
        return None
    return OWN_ORDER.items() <= told.items()


def _means_either(question, answer, laid, learner):
    """Return whether an answer may still mean the order of the bank, though the learner's was shown since.

    It may where its cell was laid before options were shuffled: nobody knows when its letter was written.
    """
    if not question.shuffled or not laid or OWN_ORDER.items() <= laid.items():
        return False
    return answer is None or question.as_kept(answer.data, learner) != question.as_kept(
        answer.data, learner, answer.data
    )


def _why_not(question, told, own_order, script, shown):
    """Return why an answer cannot be marked, or None."""
    if not question.is_asked_in(told):
        return CHANGED
    if own_order is None:
        return "nothing says in which order its options were shown; ask for a hand-in file"
    if not depends_on_learner(question, own_order):
        return None
    if script.learner is None:
        return "the notebook names no learner; ask for a hand-in file"
    if shown.several and question.id not in shown.whose:
        return "numbers of several learners are shown, none for this question; ask for a hand-in file"
    if shown.contradicted and question.id not in shown.whose:
        return f"what its outputs show is not what {script.learner} sees; ask for a hand-in file"
    return None


def depends_on_learner(question: Question, own_order: bool) -> bool:
    """Return whether the same answer means something else for another learner."""
    return has_own_numbers(question) or bool(own_order and question.shuffled)


def _two_lessons(question, cell):
    """Return a fault where a cell answers another quiz's question, too, under the same name."""
    number = question.id.partition(".")[2]
    others = [name for name in sorted(cell.ids) if name != question.id and name.partition(".")[2] == number]
    return f"its cell answers {others[0]}, too, under the same name" if others else None


def known_learner(found: object) -> str | None:
    """Return the learner whom a submission names, or None if it names none."""
    if found is None or (isinstance(found, str) and 0 < len(found) <= 200 and found == tidy(found, 200)):
        return found
    raise UnreadableSubmissionError(f"its learner must be a name on one line; got {tidy(repr(found), 60)}")


def has_own_numbers(question: Question) -> bool:
    """Return whether an answer means something else for another learner. Code is run on the numbers of anyone."""
    return not isinstance(question, Function) and bool(question.parameters or isinstance(question, Ordering))
