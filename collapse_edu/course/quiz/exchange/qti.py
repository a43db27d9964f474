"""QTI 1.2 in the shape that Canvas imports: a zip with a manifest, a quiz for each lesson, and pictures.

Canvas takes every condition on a number for a right answer, so only the right range of a number stands as one; what its
typical wrong answers mean is told together, to whoever is not right.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from xml.etree import ElementTree as ET

from collapse_edu.course.quiz.exchange.gift import number
from collapse_edu.course.quiz.exchange.plain import PlainQuestion

__all__ = ["qti"]

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_METADATA = "http://www.imsglobal.org/xsd/imsmd_v1p2"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same questions give the same file

_TYPES = {
    "single choice": "multiple_choice_question",
    "multiple choice": "multiple_answers_question",
    "numeric": "numerical_question",
    "ordering": "matching_question",
    "function": "essay_question",
}


def qti(questions: Iterable[PlainQuestion], numbers: str, *, key: bool = True) -> bytes:
    """Return questions as a QTI 1.2 package.

    Parameters
    ----------
    questions : iterable of PlainQuestion
    numbers : str
        Whose numbers they have; the title of each quiz says it.
    key : bool
        Whether it says what is right, and why. Without it, what is imported is marked by hand.

    Returns
    -------
    bytes
        A zip archive.

    Examples
    --------
    >>> from collapse_edu.course.quiz.exchange.plain import plain_questions
    >>> package = qti(plain_questions(["M6"], "course"), "course")
    >>> zipfile.ZipFile(io.BytesIO(package)).namelist()
    ['imsmanifest.xml', 'M6/M6.xml', 'pictures/M6.06.png']
    """
    questions = list(questions)
    lessons = {lesson: list(group) for lesson, group in groupby(questions, lambda question: question.lesson)}
    pictures = {_picture(question): question.picture for question in questions if question.picture}
    files = {"imsmanifest.xml": _written(_manifest(lessons, pictures))}
    for lesson, asked in lessons.items():
        files[f"{lesson}/{lesson}.xml"] = _written(_assessment(lesson, asked, numbers, key))
    return _zipped(files | pictures)


def _zipped(files):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return package.getvalue()


def _written(root):
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _picture(question):
    return f"pictures/{question.id}.png"


def _add(parent, tag, text=None, **attributes):
    """Add an element to a parent, and return it."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _manifest(lessons, pictures):
    root = ET.Element("manifest", {"identifier": "model_collapse", "xmlns": _PACKAGE, "xmlns:imsmd": _METADATA})
    metadata = _add(root, "metadata")
    _add(metadata, "schema", "IMS Content")
    _add(metadata, "schemaversion", "1.1.3")
    title = _add(_add(_add(metadata, "imsmd:lom"), "imsmd:general"), "imsmd:title")
    _add(title, "imsmd:string", "Model collapse: questions")
    _add(root, "organizations")
    resources = _add(root, "resources")
    for lesson in lessons:
        resource = _add(resources, "resource", identifier=f"quiz_{lesson}", type="imsqti_xmlv1p2")
        _add(resource, "file", href=f"{lesson}/{lesson}.xml")
    for place, name in enumerate(pictures, 1):
        resource = _add(resources, "resource", identifier=f"picture_{place}", type="webcontent", href=name)
        _add(resource, "file", href=name)
    return root


def _assessment(lesson, questions, numbers, key):
    root = ET.Element("questestinterop", {"xmlns": _QTI})
    title = f"{lesson} Model collapse (numbers of {numbers}{'' if key else ', without key'})"
    assessment = _add(root, "assessment", ident=f"quiz_{lesson}", title=title)
    _fields(assessment, cc_maxattempts="1")
    section = _add(assessment, "section", ident="root_section")
    for question in questions:
        _item(section, question, key)
    return root


def _fields(parent, **fields):
    metadata = _add(parent, "qtimetadata")
    for label, entry in fields.items():
        field = _add(metadata, "qtimetadatafield")
        _add(field, "fieldlabel", label)
        _add(field, "fieldentry", entry)


def _item(section, question, key):
    item = _add(section, "item", ident=question.id, title=f"{question.id} {question.title}")
    _fields(
        _add(item, "itemmetadata"),
        question_type=_TYPES[question.kind],
        points_possible="1",
        assessment_question_identifierref=f"{question.id}_question",
        **({"misconceptions": " ".join(question.misconceptions)} if key else {}),
    )
    presentation = _add(item, "presentation")
    _html(presentation, question.asked(f"$IMS-CC-FILEBASE$/{_picture(question)}"))
    _RESPONSES[question.kind](presentation, question)
    if key:
        _judged(item, question)


def _html(parent, html):
    _add(_add(parent, "material"), "mattext", html, texttype="text/html")


def _plain(parent, text):
    _add(_add(parent, "material"), "mattext", text, texttype="text/plain")


# ---------------------------------------------------------------- what a learner answers with


def _choices(presentation, question):
    cardinality = "Single" if question.kind == "single choice" else "Multiple"
    response = _add(presentation, "response_lid", ident="response1", rcardinality=cardinality)
    choices = _add(response, "render_choice")
    for name, answer in _named(question):
        _plain(_add(choices, "response_label", ident=name), answer.text)


def _places(presentation, question):
    """Ask for the place of each item, by matching."""
    for name, answer in _named(question):
        response = _add(presentation, "response_lid", ident=f"response_{name}")
        _plain(response, answer.text)
        choices = _add(response, "render_choice")
        for place in range(1, len(question.answers) + 1):
            _plain(_add(choices, "response_label", ident=_place(place)), str(place))


def _field(presentation, question):
    response = _add(presentation, "response_str", ident="response1", rcardinality="Single")
    field = _add(response, "render_fib", **({"fibtype": "Decimal"} if question.kind == "numeric" else {}))
    _add(field, "response_label", ident="answer1", rshuffle="No")


_RESPONSES = {
    "single choice": _choices,
    "multiple choice": _choices,
    "numeric": _field,
    "ordering": _places,
    "function": _field,
}


def _named(question: PlainQuestion) -> list[tuple]:
    """Return (identifier, answer) in the order in which the answers are shown; identifiers give nothing away."""
    return [(f"{1000 + place}", answer) for place, answer in enumerate(question.shown, 1)]


def _place(number):
    return f"{2000 + number}"


# ---------------------------------------------------------------- what is right, and why


def _judged(item, question):
    processing = _add(item, "resprocessing")
    _add(_add(processing, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    _shown_after(_condition(processing, "Yes"), "general_fb", other=True)
    _PROCESSING[question.kind](processing, question)
    for name, text in _feedback(question):
        _html(_add(_add(item, "itemfeedback", ident=name), "flow_mat"), f"<p>{escape(text, quote=False)}</p>")


def _condition(processing, goes_on):
    condition = _add(processing, "respcondition", **{"continue": goes_on})
    _add(condition, "conditionvar")
    return condition


def _shown_after(condition, feedback, other=False):
    if other:
        _add(condition[0], "other")
    _add(condition, "displayfeedback", feedbacktype="Response", linkrefid=feedback)


def _scored(condition, score="100", action="Set"):
    _add(condition, "setvar", score, action=action, varname="SCORE")


def _equal(parent, name, response="response1"):
    _add(parent, "varequal", name, respident=response)


def _option_reasons(processing, question):
    for name, _ in _named(question):
        condition = _condition(processing, "Yes")
        _equal(condition[0], name)
        _shown_after(condition, f"{name}_fb")


def _judge_single(processing, question):
    _option_reasons(processing, question)
    condition = _condition(processing, "No")
    _equal(condition[0], next(name for name, answer in _named(question) if answer.right))
    _scored(condition)


def _judge_multiple(processing, question):
    _option_reasons(processing, question)
    condition = _condition(processing, "No")
    together = _add(condition[0], "and")
    for name, answer in _named(question):
        _equal(together if answer.right else _add(together, "not"), name)
    _scored(condition)


def _judge_number(processing, question):
    condition = _condition(processing, "No")
    together = _add(condition[0], "and")
    low, high = next(answer.span for answer in question.answers if answer.right)
    _add(together, "vargte", number(low), respident="response1")
    _add(together, "varlte", number(high), respident="response1")
    _scored(condition)
    _shown_after(condition, "correct_fb")
    _shown_after(_condition(processing, "Yes"), "general_incorrect_fb", other=True)


def _judge_order(processing, question):
    places = {answer: _place(place) for place, answer in enumerate(question.answers, 1)}
    for name, answer in _named(question):
        condition = _condition(processing, "Yes")
        _equal(condition[0], places[answer], f"response_{name}")
        _scored(condition, f"{100 / len(places):.2f}", "Add")


def _by_hand(processing, question):
    _add(_condition(processing, "No")[0], "other")


_PROCESSING = {
    "single choice": _judge_single,
    "multiple choice": _judge_multiple,
    "numeric": _judge_number,
    "ordering": _judge_order,
    "function": _by_hand,
}


def _feedback(question):
    """Yield (identifier, text) of all that is told after an answer."""
    yield "general_fb", question.feedback
    if question.kind in ("single choice", "multiple choice"):
        for name, answer in _named(question):
            yield f"{name}_fb", answer.why
    if question.kind == "numeric":
        yield "correct_fb", next(answer.why for answer in question.answers if answer.right)
        yield "general_incorrect_fb", _typical(question.answers)


def _typical(answers: Sequence) -> str:
    """Return what typical wrong numbers mean."""
    return " ".join(["Not right."] + [f"{answer.text}: {answer.why}" for answer in answers if not answer.right])
