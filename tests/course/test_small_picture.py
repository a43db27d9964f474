"""A small line chart: points lie where the axes say, and nothing is said by colour alone."""

import re

import pytest

from collapse_edu.course.small_picture import Line, SmallPicture


def picture(*lines, **more):
    return SmallPicture("Lines <rise> & fall.", lines, "time", "height", 10, 2, **more)


def points(svg):
    found = re.findall(r'points="([^"]*)"', svg)
    return [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in found]


def test_points_lie_on_the_axes():
    (line,) = points(picture(Line("one", [0, 5, 10], [0, 1, 2])).svg())
    (left, bottom), (middle, half), (right, top) = line
    assert (middle, half) == (pytest.approx((left + right) / 2), pytest.approx((top + bottom) / 2))
    assert left < right
    assert top < bottom  # the height of a picture is counted from above


def test_what_lies_beyond_the_axes_is_not_drawn():
    (line,) = points(picture(Line("one", [0, 5, 11], [0, 3, 1])).svg())
    assert len(line) == 1


def test_lines_differ_by_more_than_colour():
    svg = picture(*(Line(name, [0, 10], [0, 1]) for name in ("one", "two", "three"))).svg()
    dashes = re.findall(r'<polyline[^>]*stroke-dasharray="([^"]*)"', svg)
    assert len(set(dashes)) == 3
    assert all(f">{name}</text>" in svg for name in ("one", "two", "three"))


def test_it_is_read_out_and_takes_the_colours_of_the_page():
    svg = picture(Line("a < b", [0, 1], [0, 1]), mark=(1, 1)).svg()
    assert svg.startswith('<svg role="img" aria-label="Lines &lt;rise&gt; &amp; fall."')
    assert ">a &lt; b</text>" in svg
    assert 'fill="currentColor"' in svg
    assert svg.count("<circle") == 1
