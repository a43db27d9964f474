"""M0, Watch it happen: a guess, and the five things to know, which come back at the start of later lessons."""

from collapse_edu.course.quiz.question import Function, Misreading, Numeric, Option, SingleChoice

__all__ = ["EXERCISES", "PREDICTIONS", "QUESTIONS"]

EXERCISES: list[Function] = []
# A guess has no causes: what went wrong is the cause.
PREDICTIONS: dict[str, dict] = {
    "M0.p1": {
        "prompt": "Same network, 10,000 images each time. What went wrong?",
        "outcomes": [
            Option(
                "The network is too small for ten kinds of digit.",
                "But the same network still makes about nine kinds where half of its images stay real.",
            ),
            Option(
                "Ten thousand images are too few to learn from.",
                "But where half of them stay real, ten thousand are enough for about nine kinds.",
            ),
            Option(
                "No model after the first saw a real digit.",
                "Yes. What one model misses, no later one can learn; real digits bring it back. What a model hands on "
                "matters, too (M4).",
                right=True,
            ),
            Option(
                "One of the ten models failed, and spoiled the rest.",
                "But no single model did it: the loss is handed on from each to the next. Where half stays real, it "
                "does not add up.",
            ),
        ],
        "causes": [],
    },
}

_HERE = "M0_start_here.ipynb#Five-things-you-should-know"
_OBJECTIVE = "say which part of the bridge page to read first"


def _squared_distances(numbers):
    values = [int(word) for word in numbers.replace("and", ",").split(",") if word.strip()]
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)


def _beyond(bound):
    from scipy.special import ndtr

    return float(ndtr(-bound))


def _loop(start, rounds):
    value = start
    for _ in range(rounds):
        value = 2 * value + 1
    return value


QUESTIONS = [
    Numeric(
        id="M0.01",
        title="Mean and variance",
        objective=_OBJECTIVE,
        prompt="What is the variance of {numbers}, with ddof = 1?",
        parameters={"numbers": ["1, 4 and 7", "3, 7 and 11", "2, 7 and 12", "5, 8 and 11", "1, 5 and 9"]},
        key=lambda numbers: _squared_distances(numbers) / 2,
        allowed=(0, 1000),
        misreadings=[
            Misreading(
                lambda numbers: _squared_distances(numbers) / 3,
                "This divides by n = 3. With ddof = 1, divide by n - 1 = 2.",
                "wrong_ddof",
            ),
            Misreading(
                lambda numbers: (_squared_distances(numbers) / 2) ** 0.5,
                "This is the standard deviation. The variance is its square.",
                "variance_or_sd",
            ),
        ],
        hints=["Take the distance of each number from the mean, and square it.", "Divide the sum by 2."],
        solution="The squared distances from the mean, added up and divided by n - 1 = 2, give {key}.",
        lesson=_HERE,
    ),
    SingleChoice(
        id="M0.02",
        title="Mean and median",
        objective=_OBJECTIVE,
        prompt="Nine people earn 2 each, and one earns {top}. Which number tells what a typical one of them earns?",
        parameters={"top": [82, 182, 282, 982]},
        ordered=True,
        options=[
            Option(
                "the mean, because it uses all the data",
                "One huge income moves the mean far away from what the other nine earn.",
                misconception="mean_is_typical",
            ),
            Option(
                "the median",
                "Yes. Half earn no more than it, half no less; one huge income does not move it.",
                right=True,
            ),
            Option(
                "either of them, they are nearly the same",
                "The median is 2. The mean is several times as large, because of one income.",
                misconception="mean_is_typical",
            ),
        ],
        hints=["Work out both.", "Which one is close to what nine of the ten earn?"],
        solution="{key}. It is 2, as nine of the ten earn. The mean is pulled up by one income of {top}.",
        lesson=_HERE,
    ),
    Numeric(
        id="M0.03",
        title="The normal law",
        objective=_OBJECTIVE,
        prompt=(
            "About which share of the values of a normal law lie more than two standard deviations away from the mean, "
            "on either side?"
        ),
        key=lambda: 2 * _beyond(2),
        tolerance=0.12,
        allowed=(0, 1),
        misreadings=[
            Misreading(lambda: _beyond(2), "This is one side only. Both sides count.", "one_side_only"),
            Misreading(
                lambda: 2 * _beyond(1), "This is the share beyond one standard deviation.", "which_standard_deviation"
            ),
            Misreading(lambda: 1 - 2 * _beyond(2), "This is the share inside. The others count.", "wrong_half"),
        ],
        hints=["Some lie far above the mean, and as many far below.", "About 95 % lie within two standard deviations."],
        solution="{key}, about 5 %: what is left of the 95 % inside.",
        lesson=_HERE,
    ),
    Numeric(
        id="M0.04",
        title="Factors",
        objective=_OBJECTIVE,
        prompt="A value falls by half, {times} times in a row. Which share of it is left? (A fraction will do.)",
        parameters={"times": [3, 4, 5, 6, 7]},
        key=lambda times: 0.5**times,
        allowed=(0, 1),
        misreadings=[
            Misreading(lambda times: 1 / (2 * times), "Halves multiply; they do not add up.", "factors_add"),
            Misreading(lambda times: 1 - 0.5**times, "This is the share that is lost.", "wrong_half"),
        ],
        hints=["After two times, a half of a half is left.", "Multiply one half by itself."],
        solution="{key}: one half, multiplied by itself {times} times. On a logarithmic axis this is a straight line.",
        lesson=_HERE,
    ),
    Numeric(
        id="M0.05",
        title="A loop",
        objective=_OBJECTIVE,
        prompt="A loop starts with value = {start}. It runs {rounds} times: value = 2 * value + 1. What is value then?",
        parameters={"start": [1, 2, 3], "rounds": [3, 4]},
        key=_loop,
        tolerance=1e-9,
        allowed=(0, 1000),
        misreadings=[
            Misreading(lambda start, rounds: _loop(start, rounds - 1), "This is one round too few.", "one_round_off"),
            Misreading(lambda start, rounds: _loop(start, rounds + 1), "This is one round too many.", "one_round_off"),
        ],
        hints=["Write down the value after each round.", "The first round doubles the start and adds 1."],
        solution="{key}: each round takes the last value, doubles it, and adds 1.",
        lesson=_HERE,
    ),
]
