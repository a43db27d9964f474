"""What the cells of a marking notebook call. It runs in the marker's own kernel, on data."""

import json
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

__all__ = ["WORDS", "Judge"]

WORDS = {True: "right", False: "not right", None: "no answer"}


class Judge:
    """Judge answers, say the verdict in a word, and keep its reasons in a file beside the notebook.

    Parameters
    ----------
    bank : str
        Name of the module that holds the questions.
    """

    def __init__(self, bank: str):
        self._bank = import_module(bank)

    def __call__(self, number: int, question: str, learner: str | None, answer: str) -> None:
        """Print the line that a right answer prints, or another one.

        Parameters
        ----------
        number : int
            Whose answer it is, in this notebook.
        question : str
        learner : str or None
        answer : str
            JSON.
        """
        verdict = self._bank.question(question).judge(json.loads(answer), learner)
        with Path("verdicts.jsonl").open("a", encoding="ascii") as file:
            file.write(json.dumps({"number": number, **asdict(verdict)}) + "\n")
        print(f"{question}: {WORDS[verdict.right]}")
