"""The register of lessons: the one table that says which lessons there are, and in which order.

Whatever lists lessons follows it: the build and the guard of the notebooks, the quizzes and the bank of questions, a
learner's progress, the table of the README, and the page that opens first. A lesson is added here, in one place.

Importing this module loads the standard library alone.
"""

import re
from dataclasses import dataclass

__all__ = ["LESSONS", "Lesson", "course_order", "lesson_called", "lesson_id"]


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson of the course.

    Attributes
    ----------
    id : str
        ``"M2"``: the letter M and a number. The questions of the lesson begin with it, and are in the bank's module
        of that name, ``m2``.
    title : str
    name : str
        Of its files: ``lessons/NAME.py`` is its text, ``notebooks/NAME.ipynb`` is built from it.
    quiz : str or None
        Name of the notebook in ``quizzes/``; None for a lesson without a quiz.
    core, deeper, quiz_minutes : int
        Minutes that a learner needs for the core of the lesson, for its deeper parts, and for its quiz.
    needs : tuple of str
        Ids of the lessons that should come before.
    sees : str
        What a learner will see, in half a sentence.
    switch : bool
        Whether the notebook must have a cell that keeps the real data, as a counter-example.
    challenges : tuple of str
        Ids of its challenges, which are in ``explorers/challenges.py``.

    Examples
    --------
    >>> lesson = LESSONS[2]
    >>> lesson.id, lesson.notebook, lesson.quiz_title
    ('M2', 'notebooks/M2_gaussian_collapse.ipynb', 'Q2 · Gaussian collapse')
    """

    id: str
    title: str
    name: str
    quiz: str | None
    core: int
    deeper: int
    quiz_minutes: int
    needs: tuple[str, ...]
    sees: str
    switch: bool = True
    challenges: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """Where the notebook lies, seen from the folder of the course."""
        return f"notebooks/{self.name}.ipynb"

    @property
    def quiz_title(self) -> str:
        """The title of the quiz."""
        return f"Q{self.id[1:]} · {self.title}"


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        id="M0",
        title="Watch it happen",
        name="M0_start_here",
        quiz=None,
        core=5,
        deeper=0,
        quiz_minutes=0,
        needs=(),
        sees="eight digits become one blob, a novel becomes three words; one switch changes it",
        switch=False,
    ),
    Lesson(
        id="M1",
        title="The telephone game",
        name="M1_telephone_game",
        quiz="Q1_telephone_game",
        core=45,
        deeper=8,
        quiz_minutes=33,
        needs=(),
        sees=(
            "a coin and a bag of words, handed on and on, and what changes if the original stays; "
            "with a sheet for a room with no computers"
        ),
        challenges=("M1.c1",),
    ),
    Lesson(
        id="M2",
        title="Gaussian collapse",
        name="M2_gaussian_collapse",
        quiz="Q2_gaussian_collapse",
        core=60,
        deeper=20,
        quiz_minutes=36,
        needs=(),
        sees="one chain and an ensemble of chains; what the mean of their variances does, and what the median does",
        challenges=("M2.c1",),
    ),
    Lesson(
        id="M3",
        title="Losing the tails",
        name="M3_losing_the_tails",
        quiz="Q3_losing_the_tails",
        core=55,
        deeper=10,
        quiz_minutes=33,
        needs=("M1",),
        sees=(
            "how long a word of a novel lives, from its count; words that are still alive; three errors, "
            "one switch each"
        ),
    ),
    Lesson(
        id="M4",
        title="Image collapse",
        name="M4_image_collapse",
        quiz="Q4_image_collapse",
        core=50,
        deeper=25,
        quiz_minutes=36,
        needs=("M2", "M3"),
        sees=(
            "models that learn digits from digits of their own; three numbers that judge them; a network with one "
            "switch that decides"
        ),
    ),
    Lesson(
        id="M5",
        title="Text collapse",
        name="M5_text_collapse",
        quiz="Q5_text_collapse",
        core=50,
        deeper=30,
        quiz_minutes=36,
        needs=("M3",),
        sees="which words a novel loses, by name; whether you notice while reading; what becomes of a careful writer",
    ),
    Lesson(
        id="M6",
        title="How fast, and by which definition",
        name="M6_how_fast",
        quiz="Q6_how_fast",
        core=52,
        deeper=20,
        quiz_minutes=39,
        needs=("M2", "M3", "M4", "M5"),
        sees=(
            "how fast an error grows under three regimes; what more data buy when a tail is cut; eight definitions of "
            "collapse judge your own runs"
        ),
        switch=False,
    ),
    Lesson(
        id="M7",
        title="Escaping collapse",
        name="M7_escaping_collapse",
        quiz="Q7_escaping_collapse",
        core=50,
        deeper=15,
        quiz_minutes=36,
        needs=("M2", "M3", "M4", "M5", "M6"),
        sees=(
            "a map of six regimes and three kinds of data; how many fresh samples are enough, how much weight they "
            "deserve, and what each way out costs"
        ),
        switch=False,
        challenges=("M7.c1",),
    ),
    Lesson(
        id="M8",
        title="Detect, trace, monitor",
        name="M8_detect_trace_monitor",
        quiz="Q8_detect_trace_monitor",
        core=70,
        deeper=35,
        quiz_minutes=36,
        needs=("M3", "M5"),
        sees=(
            "what a detector's flag is worth; what keeps rare words in a crawl that fills with synthetic text; which "
            "number raises an alert in time"
        ),
        switch=False,
    ),
    Lesson(
        id="M9",
        title="What is human data worth?",
        name="M9_value_of_human_data",
        quiz="Q9_value_of_human_data",
        core=65,
        deeper=15,
        quiz_minutes=36,
        needs=("M3",),
        sees=(
            "what a request costs, which savings come back as a bill, and which real row is worth most; "
            "a calculator with your own numbers"
        ),
        switch=False,
        challenges=("M9.c1",),
    ),
)


def lesson_called(name: str) -> Lesson | None:
    """Return the lesson whose files are called `name`.

    Parameters
    ----------
    name : str
        Without folder and ending.

    Returns
    -------
    Lesson or None
        None where no lesson is called so.

    Examples
    --------
    >>> lesson_called("M2_gaussian_collapse").id, lesson_called("Q2_gaussian_collapse")
    ('M2', None)
    """
    return next((lesson for lesson in LESSONS if lesson.name == name), None)


def lesson_id(name: object) -> str:
    """Return the id of the lesson that somebody means.

    Parameters
    ----------
    name : object
        The id, the quiz, a file or the number, in capitals or not: ``"M1"``, ``"q1"``, ``"M1_telephone_game.ipynb"``,
        ``1``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If no lesson is called so.

    Examples
    --------
    >>> [lesson_id(name) for name in ("m1", "Q1", "M1_telephone_game", "quizzes/Q1_telephone_game.ipynb", 1)]
    ['M1', 'M1', 'M1', 'M1', 'M1']
    """
    written = "" if isinstance(name, bool) else f"{name!s:.200}".strip()
    meant = _LESSON.fullmatch(written.removesuffix(".ipynb").replace("\\", "/").rpartition("/")[2])
    if meant:
        found = f"M{int(meant['number'])}"
        if any(lesson.id == found and _is_name(meant["file"], lesson) for lesson in LESSONS):
            return found
    known = f"{LESSONS[0].id}, {LESSONS[1].id} … {LESSONS[-1].id}"
    raise ValueError(f"lesson must be one of {known}; got {name!r:.60}")


_LESSON = re.compile(r"(?:[MQ]|lesson|quiz)?\s*(?P<number>[0-9]{1,3})(?P<file>_\w+)?", re.IGNORECASE)


def _is_name(rest, lesson):
    """Return whether what stands behind a lesson's number is nothing, or the rest of its files' names."""
    return rest is None or rest.lower() == lesson.name.removeprefix(lesson.id).lower()


def course_order(question: str) -> tuple[int, str]:
    """Return the key that sorts ids of questions as the course asks them.

    Parameters
    ----------
    question : str
        Such as ``"M2.03"``. Questions of a lesson that is not in the register come last.

    Returns
    -------
    tuple of (int, str)
        The place of the lesson in the register, and the id.

    Examples
    --------
    >>> sorted(["M2.01", "M1.10", "M1.e1"], key=course_order)
    ['M1.10', 'M1.e1', 'M2.01']
    """
    ids = [lesson.id for lesson in LESSONS]
    lesson = question.partition(".")[0]
    return (ids.index(lesson) if lesson in ids else len(ids)), question
