"""The widget face: its controls give what ``check`` takes, and it neither judges nor records anything itself."""

from types import SimpleNamespace

import ipywidgets as widgets
import pytest

from collapse_edu.course.desk import live
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import ask, bank, check
from collapse_edu.course.quiz import widget as module
from collapse_edu.course.quiz.question import Function, Numeric, Question

from . import toy

REAL = bank.questions("M2")


@pytest.fixture
def tiny(monkeypatch):
    """The tiny bank in the place of the real one."""
    toy.install(monkeypatch)


@pytest.fixture
def cell(monkeypatch):
    """The learner's names, as a notebook's cells make them."""
    names = {}
    monkeypatch.setattr(module, "get_ipython", lambda: SimpleNamespace(user_ns=names))
    return names


@pytest.fixture
def without_pictures(monkeypatch):
    """Questions without their pictures, which take long."""
    monkeypatch.setattr(Question, "picture", lambda self, learner: None)


def press(asked, name):
    """Press a button as the browser does."""
    (button,) = [each for each in inside(asked.widget) if f"ce-{name}" in each._dom_classes]
    button.click()


def inside(widget):
    """Yield a widget and all widgets in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def said(asked, area="verdict"):
    """Return the HTML in the area for verdicts, or for help."""
    (found,) = [each for each in inside(asked.widget) if f"ce-{area}" in each._dom_classes]
    return found.value


def events():
    return [(event["what"], event["question"]) for event in Record().events()]


# ---- each kind: an answer in the controls, a press, a verdict


@pytest.mark.parametrize("question", REAL, ids=lambda question: question.id)
def test_the_right_answer_and_each_wrong_one(question, cell, without_pictures):
    asked, learner = ask(question.id), Record().learner
    if isinstance(question, Function):
        right, wrong = question.reference, [(each.answer, each.why) for each in question.misreadings]
    else:
        right, wrong = question.right_answer(learner), question.wrong_answers(learner)
    for count, (answer, reason) in enumerate([(right, None), *wrong], 1):
        if isinstance(question, Function):
            cell[question.name] = answer
        else:
            asked.answer = answer
        press(asked, "check")
        assert ("✓" if reason is None else "✗") in said(asked)
        assert reason is None or module.escape(reason) in said(asked)
        assert len(Record().attempts(question.id)) == count
        event = Record().latest(question.id)
        assert event["right"] is (reason is None)
        assert question.judge(event["answer"], learner).right is event["right"]
    assert events() == [("attempt", question.id)] * count


def test_one_of(tiny):
    asked = ask("M2.01")
    radio = asked._controls.widget
    assert isinstance(radio, widgets.RadioButtons)
    assert radio._options_labels == ("a) no", "b) yes", "c) never")
    assert asked.answer is None
    press(asked, "check")
    assert "There is no answer yet." in said(asked)
    assert events() == []
    radio.index = 1
    assert asked.check().right
    assert Record().latest("M2.01")["answer"] == "o2"


def test_any_of(tiny):
    asked = ask("M2.05")
    boxes = [each for each in inside(asked.widget) if isinstance(each, widgets.Checkbox)]
    assert [box.description for box in boxes] == ["a) no", "b) yes", "c) never"]
    assert asked.check().right is None
    boxes[2].value = boxes[1].value = True
    assert asked.answer == ["o2", "o3"]


def test_a_number_and_the_enter_key(tiny):
    asked = ask("M2.02")
    asked.answer = str(2 * toy.NUMBER.values(Record().learner)["n"])
    asked._controls.field._handle_custom_msg({"event": "submit"}, [])
    assert "✓" in said(asked)
    assert events() == [("attempt", "M2.02")]
    asked._controls.field._handle_custom_msg({"event": "other"}, [])
    assert len(events()) == 1


def test_items_move_and_an_order_nobody_made_is_no_answer(tiny):
    asked = ask("M2.03")
    assert asked.check().right is None
    assert events() == []
    controls = asked._controls
    while controls._order != toy.ORDER.right_answer(Record().learner):
        for place in range(1, 3):
            names = [controls._items[item] for item in controls._order]
            if toy.ORDER.items.index(names[place - 1]) > toy.ORDER.items.index(names[place]):
                controls._ups[place].click()
                assert f"{names[place]}: now number {place} of 3." in controls._said.value
                assert "move down: " + names[place] == controls._downs[place - 1].tooltip
    assert asked.check().right
    controls._downs[0].click()
    assert asked.check().right is False
    assert ">2. one<" in controls._rows[1].value  # and no letter


def test_one_press_too_many_does_not_undo_the_move(tiny):
    controls = ask("M2.03")._controls
    last = controls._order[-1]
    controls._downs[0].click()
    controls._ups[2].click()
    controls._ups[1].click()
    before = list(controls._order)
    assert before[0] == last
    controls._ups[0].click()  # where the keyboard is
    controls._downs[2].click()
    assert controls._order == before
    assert "number 3 of 3 already" in controls._said.value
    assert not any(button.disabled for button in (*controls._ups, *controls._downs))


def test_a_function_comes_from_the_notebook(tiny, cell):
    asked = ask("M2.04")
    assert "def double(x):" in asked._controls.widget.value
    press(asked, "check")
    assert "There is no double yet." in said(asked)
    assert "answer cell" in said(asked)
    assert events() == []
    cell["double"] = lambda x: 3 * x
    press(asked, "check")
    assert "not right" in said(asked)
    cell["double"] = lambda x: 2 * x
    press(asked, "check")
    assert "✓" in said(asked)
    assert len(Record().attempts("M2.04")) == 2


def test_a_function_outside_a_notebook(tiny):
    assert "There is no double yet." in ask("M2.04").check().reason


# ---- what is said


def test_the_verdict_is_that_of_the_plain_face(tiny):
    asked = ask("M2.01")
    asked.answer = "a"
    press(asked, "check")
    assert check("M2.01", "o1")._repr_html_() in said(asked)
    assert 'role="status" aria-live="polite"' in said(asked)


def test_the_same_verdict_twice_is_said_twice(tiny):
    asked = ask("M2.01")
    asked.answer = "a"
    press(asked, "check")
    first = said(asked)
    press(asked, "check")
    assert said(asked) != first
    assert len(Record().attempts()) == 2


def test_hints_are_a_ladder(tiny):
    asked = ask("M2.01")
    press(asked, "hint")
    assert "First." in said(asked, "help")
    assert "Second" not in said(asked, "help")
    press(asked, "hint")
    assert "Second &amp; last." in said(asked, "help")
    assert events() == [("hint", "M2.01")] * 2
    assert "right" not in said(asked)


def test_the_solution_without_an_attempt_needs_two_presses_in_a_row(tiny):
    asked, key = ask("M2.01"), "b: yes because."
    for other in ("hint", "check"):
        press(asked, "solution")
        assert "Show it without an attempt?" in said(asked, "help")
        press(asked, other)
    press(asked, "solution")
    assert key not in said(asked, "help")
    assert ("solution", "M2.01") not in events()
    press(asked, "solution")
    assert key in said(asked, "help")
    assert events().count(("solution", "M2.01")) == 1


def test_the_solution_after_an_attempt_comes_at_once(tiny):
    check("M2.01", "a")
    asked = ask("M2.01")
    press(asked, "solution")
    assert "b: yes because." in said(asked, "help")


def test_what_fails_is_said_and_raised(tiny, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("<no>")

    asked = ask("M2.01")
    asked.answer = "a"
    for name, area in (("check", "verdict"), ("hint", "help"), ("solution", "help")):
        monkeypatch.setattr(module.commands, name, fails)
        with pytest.raises(RuntimeError):
            asked.solution() and asked.solution() if name == "solution" else getattr(asked, name)()
        assert "That did not work: RuntimeError: &lt;no&gt;" in said(asked, area)


def test_a_key_that_fails_costs_no_answer(tiny):
    asked = ask("M2.06")
    asked.answer = "5"
    press(asked, "check")
    assert "could not be judged here" in said(asked)
    assert Record().latest("M2.06")["answer"] == "5"


def test_an_unknown_question_gets_one_line():
    for name in ("M2.99", "X", None, 7):
        assert "must" in ask(name).text


# ---- what is there again, and whose it is


@pytest.mark.parametrize("question", REAL, ids=lambda question: question.id)
def test_the_last_answer_is_there_again(question, without_pictures):
    learner = Record().learner
    if isinstance(question, Function):
        check(question.id, question.reference)
    else:
        answer = question.wrong_answers(learner)[0][0]
        check(question.id, question.right_answer(learner))
        check(question.id, answer)
        shown = ask(question.id).answer
        assert float(shown) == pytest.approx(answer) if isinstance(question, Numeric) else list(shown) == list(answer)
    html = said(ask(question.id))
    known = "right" if Record().latest(question.id)["right"] else "not right yet"
    assert "You have answered this " in html
    assert f", and the last answer is {known}. “check” judges" in html
    assert "✓" not in html + said(ask(question.id), "help")
    assert "✗" not in html


@pytest.mark.parametrize("answer", ["A, b", ["b", "a"], "ab"])
def test_an_answer_of_the_plain_face_is_there_again(tiny, answer):
    check("M2.05", answer)
    assert ask("M2.05").answer == ["o1", "o2"]


@pytest.mark.parametrize("answer", [None, 7, True, {"a": 1}, [[["b"]]], "zz", [1], "", 1e400, "a" * 10_000])
@pytest.mark.parametrize("name", [question.id for question in toy.QUESTIONS])
def test_a_record_may_hold_anything(tiny, name, answer):
    Record().add("attempt", name, answer=answer, right=False)
    ask(name)._repr_mimebundle_()


def test_an_answer_to_other_numbers_is_not_shown(tiny):
    Record().add("attempt", "M2.01", answer="a", right=False)  # settles whose numbers they are
    Record().add("attempt", "M2.02", answer="77", right=False, learner="somebody else")
    assert ask("M2.02").answer == ""
    assert "answered" not in said(ask("M2.02"))


def test_numbers_that_changed_are_shown_before_anything_is_judged(tiny, monkeypatch):
    """The record was deleted, and another learner has begun one."""
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "Ada")
    asked = ask("M2.02")
    Record().delete()
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "Grace")
    asked.answer = "1"
    press(asked, "check")
    assert "The numbers are now those of Grace." in said(asked)
    assert events() == []
    assert toy.NUMBER.ask("Grace") in asked.widget.children[0].value
    asked.answer = str(toy.NUMBER.right_answer("Grace"))
    press(asked, "check")
    assert "✓" in said(asked)


# ---- without a browser


@pytest.mark.parametrize("question", [*REAL, *toy.QUESTIONS], ids=lambda question: f"{question.id}-{question.kind}")
def test_the_fallback_asks_and_gives_nothing_away(question, without_pictures, monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "course")
    before = module.Asked(question)._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in before
    plain, html = before["text/plain"], before["text/html"]
    assert question.ask("course") in plain
    assert module.escape(question.ask("course")) in html
    for letter, text in question.choices("course").items():
        assert f"{letter}) {text}" in plain
        assert f"<li>{letter}) {module.escape(text)}</li>" in html
    told = [*question.hints, *(option.why for option in getattr(question, "options", ()))]
    for secret in told:
        assert secret not in plain
        assert module.escape(secret) not in html
    Record().add("attempt", question.id, answer="a", right=False)
    after = module.Asked(question)._repr_mimebundle_()[0]
    assert (after["text/plain"], after["text/html"]) == (plain, html)  # the same bytes whatever the record holds


def test_a_picture_and_its_words():
    bundle = ask("M2.11")._repr_mimebundle_()[0]
    asked = ask("M2.11")
    assert asked._picture.description in bundle["text/plain"]
    assert "<img alt=" in bundle["text/html"]
    html = asked.widget.children[0].value
    assert '<img alt="Chart of question M2.11;' in html
    # The numbers are not in sight, and there for whoever asks for them.
    words = module.escape(asked._picture.description)
    assert html.count(words) == 1
    assert f"<details><summary>picture in words</summary><p>{words}</p></details>" in html


# ---- in a live notebook


class _Kernel:
    def __init__(self, cell="c1"):
        self.cell = cell

    def get_parent(self):
        return {"metadata": {"cellId": self.cell}}


def test_closing_gives_all_models_back(tiny):
    before = set(widgets.widget._instances)
    ask("M2.01").close()
    assert set(widgets.widget._instances) == before


def test_a_cell_that_runs_again_closes_what_it_showed(tiny, monkeypatch):
    kernel = _Kernel()
    monkeypatch.setattr(live, "kernel", lambda: kernel)
    monkeypatch.setattr(live, "_PLACES", {})
    first, other = ask("M2.01"), ask("M2.02")
    again = ask("M2.01")
    assert first.widget.comm is None
    assert first._echo._call.link.comm is None
    kernel.cell = "c2"
    ask("M2.01")
    assert again.widget.comm is not None
    assert other.widget.comm is not None


def test_a_press_waits_for_what_was_typed_before_it(tiny, monkeypatch):
    kernel = _Kernel(cell=None)
    monkeypatch.setattr(live, "kernel", lambda: kernel)
    waiting = []
    timer = SimpleNamespace(cancel=lambda: None)
    loop = SimpleNamespace(call_later=lambda seconds, act: waiting.append(act) or timer)
    monkeypatch.setattr(module.asyncio, "get_running_loop", lambda: loop)
    asked = ask("M2.01")
    asked.answer = "a"
    press(asked, "check")
    press(asked, "check")
    assert len(waiting) == 1
    assert events() == []
    asked.answer = "b"  # comes late
    asked._echo._return.value = asked._echo._call.value  # and then the browser's echo
    assert events() == [("attempt", "M2.01")]
    assert "✓" in said(asked)
    waiting[0]()  # the timer too
    assert len(events()) == 1
    press(asked, "check")
    waiting[1]()  # a browser that does not answer
    assert len(events()) == 2
