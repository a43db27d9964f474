"""The register of lessons: the one table that says which lessons there are, and in which order.

Whatever lists lessons follows it: the build and the guard of the notebooks, the quizzes and the bank of questions, a
learner's progress, the table of the README, and the page that opens first. A lesson is added here, in one place.

Importing this module loads the standard library alone.
"""

from dataclasses import dataclass

__all__ = ["LESSONS", "Lesson", "course_order", "lesson_called"]


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
        sees="eight digits become one blob, a novel becomes three words; one switch stops it",
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
            "a coin and a bag of words: what is missed once never comes back, unless the original stays; "
            "with a sheet for a room with no computers"
        ),
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
        sees="one chain lies, an ensemble tells; the mean variance stands still while the median falls",
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
            "recall falls while images still look right; a network turns ten digits into one blob, "
            "until you switch one thing"
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
        sees="a novel loses its words, by name; hardly any passage shows it; a careful writer ends in one phrase",
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
            "an error grows like t, or never passes π²/6; a cut tail ends a scaling law; eight definitions of collapse "
            "disagree about your own runs"
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
            "a map of six regimes and three kinds of data; ten fresh samples a generation keep about 95 % of a "
            "variance, among 100 or among 1,000, if the sampler is faithful; the golden ratio, and what it assumes"
        ),
        switch=False,
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
            "what a detector's flag is worth; the number of real documents; an alert on diversity while the mean score "
            "has no direction"
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
