"""A small prediction, and what of it can be seen."""

from collapse_edu.course.quiz import Option, Prediction, bank

ALL = [name for lesson in bank.LESSONS for name in bank._file(lesson).PREDICTIONS]
AXES = {"x": {"label": "generation", "range": [0, 10]}, "y": {"label": "variance", "range": [0, 2]}, "start": [0, 1]}


def coin(name="X.p1", **other):
    """Return a prediction of three outcomes, of which the last is right, and two causes."""
    content = {
        "prompt": "What comes next?",
        "outcomes": [
            Option("heads", "Not for sure.", value=1.0),
            Option("tails", "It is not due.", value=0.0),
            Option("either", "Yes. It has no memory.", right=True, value=0.5),
        ],
        "causes": [Option("chance", "Yes: each time anew.", right=True), Option("it is due", "A coin keeps no book.")],
    }
    return Prediction(**content | other, name=name)


def is_seen(widget):
    """Return whether a widget is shown."""
    return widget.layout.display != "none"
