"""The marker calls a function twice with the same lists; what the first call gave stays, whatever the second does."""

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.marking.in_sandbox import _outcome


def test_an_error_in_the_second_call_is_no_error_of_the_first():
    def emptied(numbers):
        n = len(numbers)
        return sum(numbers.pop() for _ in range(n)) / n

    assert _outcome(emptied, [[1, 3]]) == {"value": 2.0, "again": "ZeroDivisionError: division by zero"}


def test_a_quiz_answer_that_empties_its_list_stays_right():
    question = bank.question("M9.08")

    def unknown_share(training, test):
        n = len(test)
        return sum(test.pop() not in training for _ in range(n)) / n

    assert question.judge([_outcome(unknown_share, case) for case in question.cases("Ada")], "Ada").right is True
