"""The outcome of a prediction that the bank says is right, for the tests that show that it happens."""

from collapse_edu.course.quiz import Option, bank


def right_outcome(name: str) -> Option:
    (right,) = (outcome for outcome in bank.prediction(name)["outcomes"] if outcome.right)
    return right
