"""A stacked bar never shows a step where another one belongs."""

from surveys.templatetags.surveys_tags import COLUMN, segments


def options(*shares):
    return [{"id": str(i), "share": share} for i, share in enumerate(shares)]


def test_a_full_bar_fills_its_column():
    parts = segments(options(0.25, 0.25, 0.5))
    assert [p["x"] for p in parts] == [0, COLUMN / 4, COLUMN / 2]
    assert parts[-1]["x"] + parts[-1]["width"] == COLUMN


def test_hidden_neighbours_leave_their_place_empty():
    parts = segments(options(None, None, 0.5, 0.25))
    assert [(p["id"], p["x"]) for p in parts] == [("2", COLUMN / 4), ("3", COLUMN * 3 / 4)]


def test_hidden_steps_that_stand_apart_leave_no_bar():
    assert segments(options(None, 0.5, None, 0.25)) == []
