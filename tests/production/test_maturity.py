"""Self-assessment and checklist."""

import itertools
import re

import pytest

from collapse_edu.production.maturity import DIMENSIONS, LEVELS, Assessment

TEAM = Assessment(dict(zip(DIMENSIONS, LEVELS, strict=True)))


def test_five_dimensions_five_levels_four_milestones():
    assert LEVELS == ("unaware", "aware", "measured", "managed", "resilient")
    assert list(DIMENSIONS) == ["data provenance", "evaluation", "monitoring", "regime", "economics"]
    texts = [text for milestones in DIMENSIONS.values() for text in milestones]
    assert all(len(milestones) == len(LEVELS) - 1 for milestones in DIMENSIONS.values())
    assert len(set(texts)) == 20
    assert all(text.endswith(".") for text in texts)


def test_the_next_milestone_is_the_first_that_is_open():
    table = TEAM.next_milestones()
    for dimension, milestones in DIMENSIONS.items():
        number = TEAM.number(dimension)
        assert table.loc[dimension, "milestone"] == (milestones[number - 1] if number < 5 else "–")
    assert table["level"].tolist() == list(LEVELS)
    assert table["next level"].tolist() == ["aware", "measured", "managed", "resilient", "–"]
    assert TEAM.weakest() == ["data provenance"]


@pytest.mark.parametrize("levels", list(itertools.combinations_with_replacement(LEVELS, 5)), ids="-".join)
def test_the_checklist_fills_itself(levels):
    team = Assessment(dict(zip(DIMENSIONS, levels, strict=True)))
    text = team.checklist()
    done = sum(map(team.number, DIMENSIONS)) - 5
    assert all(f"{what}: ____" in text for what in ("Team", "Date", "Owner of the next steps"))
    assert text.count("- [x]") == done
    assert text.count("- [ ]") == 20 - done
    assert text.count("← next") == sum(level != "resilient" for level in levels)


def test_it_is_written_to_print(tmp_path):
    page = TEAM.save_checklist(tmp_path / "list.html", title="A <team>").read_text(encoding="utf-8")
    assert page.count("☑") == 10
    assert "Team: ____" in page
    assert page.count("☐") == 10
    assert page.count("Next: ") == 4
    assert page.count("Done: ") == 10
    assert "A &lt;team&gt;" in page
    assert "<team>" not in page
    assert "@media print" in page
    assert '<html lang="en">' in page
    assert not re.search(r"https?://", page)
    assert TEAM.save_checklist(tmp_path / "list.md").read_text(encoding="utf-8") == TEAM.checklist()
    with pytest.raises(ValueError, match=r"path must end in \.md or \.html; got 'list.pdf'"):
        TEAM.save_checklist(tmp_path / "list.pdf")


def test_bad_levels_get_one_line():
    with pytest.raises(ValueError, match=r"^levels must name data provenance, .*; got none$"):
        Assessment({})
    with pytest.raises(ValueError, match=r"^level of regime must be one of unaware, .*; got 4$"):
        Assessment(dict.fromkeys(DIMENSIONS, "aware") | {"regime": 4})
