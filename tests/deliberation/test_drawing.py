"""Pictures of a debate: well-formed, small for any number of people, and telling groups apart without colour."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
from django.template.loader import render_to_string

from deliberation import drawing
from deliberation.analysis.body import MARKS, body_of
from deliberation.opinion_groups import Votes, analyse


def crowd(people: int, groups: int = 3, spread: float = 1.0):
    """A map of so many people, their places drawn at random around as many centres."""
    draw = np.random.default_rng(7)
    few = Votes.of(np.repeat(np.arange(60), 10), np.tile(np.arange(10), 60), draw.choice([-1, 1], 600))
    found = analyse(few)
    group = draw.integers(0, groups, people).astype(np.int8)
    found.group, found.participant_ids = group, np.arange(people)
    angle = group * 2 * np.pi / groups
    found.positions = (np.stack((np.cos(angle), np.sin(angle)), 1) * 2 + draw.normal(0, spread, (people, 2))).astype(
        np.float32
    )
    found.certainty = draw.random(people).astype(np.float32)
    found.centres = np.zeros((groups, 2))
    found.group_counts = np.full((groups, 10, 3), 20, np.int64)
    found.group_counts[..., :2] = 10
    return found


def picture_of(found):
    refs = {int(pk): f"r{pk}" for pk in found.statement_ids}
    return body_of(found, refs, 11)["picture"]


@pytest.mark.parametrize(("people", "groups"), [(33, 2), (500, 3), (100_000, 2), (100_000, 5)])
def test_the_map_stays_small_and_well_formed(people, groups):
    found = crowd(people, groups)
    picture = picture_of(found)
    assert len(picture["marks"]) <= MARKS and sum(mark[3] for mark in picture["marks"]) == people
    letters = "ABCDE"[:groups]
    drawn = drawing.opinion_map(picture, letters, here=(0.1, 0.2))
    legend = [
        ({"id": x, "size": 9}, shape, c)
        for x, shape, c in zip(letters, drawing.SHAPE_NAMES, drawn.centres, strict=False)
    ]
    html = render_to_string(
        "deliberation/figures/map.html", {"picture": drawn, "legend": legend, "debate": {"key": "k"}}
    )
    svg = html[html.index("<svg") : html.index("</svg>") + 6]
    assert len(svg.encode()) <= 30_000
    tree = ElementTree.fromstring(svg)
    assert tree.attrib["role"] == "img" and tree[0].tag == "title" and tree[1].tag == "desc" and tree[1].text
    assert "style" not in svg and [t.text for t in tree.iter("text")] == [*letters, "vous"]


def test_each_group_has_a_shape_of_its_own():
    drawn = drawing.opinion_map(picture_of(crowd(900, 5)), "ABCDE")
    shapes = {crowd.group: re.sub(r"[\d. -]+", "", crowd.path.split("z")[0]) for crowd in drawn.crowds}
    assert len(set(shapes.values())) == len(shapes) == 5


@pytest.mark.parametrize("shape", range(5))
def test_the_area_of_a_sign_is_as_large_as_the_number_of_people(shape):
    """Four times the people: a sign twice as wide, whatever its shape."""

    def width(people: int) -> float:
        marks = [[5, 5, shape, people, 4], [9, 9, (shape + 1) % 5, 400, 4]]
        picture = {"columns": 12, "marks": marks, "centres": [], "middle": [0, 0], "reach": 1}
        path = next(c.path for c in drawing.opinion_map(picture, "").crowds if c.group == shape + 1)
        numbers = [abs(float(n)) for n in re.findall(r"[hvla](-?[\d.]+)", path)]
        return max(numbers)

    assert width(400) / width(100) == pytest.approx(2, rel=0.03)


def test_who_stands_far_out_is_drawn_at_the_edge():
    found = crowd(400)
    found.positions[0] = (1e6, -1e6)
    marks = picture_of(found)["marks"]
    columns = picture_of(found)["columns"]
    assert all(0 <= m[0] < columns and 0 <= m[1] < columns for m in marks)
    assert len(marks) > 50  # one person does not squeeze the others together


def test_people_in_one_place_make_one_sign():
    found = crowd(50, 1, spread=0)
    assert len(picture_of(found)["marks"]) == 1


def test_the_visitor_stands_among_those_who_vote_alike():
    picture = {"columns": 40, "marks": [], "centres": [], "middle": [1.0, 1.0], "reach": 2.0}
    assert drawing.opinion_map(picture, "", (1.0, 1.0)).here == ("300", "300")
    assert drawing.opinion_map(picture, "", (2.0, 2.0)).here == ("450", "150")
    assert drawing.opinion_map(picture, "", (99.0, -99.0)).here == ("591", "591")


def test_a_bar_is_full_and_in_order():
    parts = drawing.bar({"votes": 8, "agree": 4, "disagree": 2, "pass": 2})
    assert [(p.word, p.x, p.width) for p in parts] == [
        ("agree", "0.0", "240.0"),
        ("disagree", "240.0", "120.0"),
        ("pass", "360.0", "120.0"),
    ]
    assert drawing.bar({"votes": 8, "agree": None, "disagree": None, "pass": None}) == []


def test_bands_over_time_lie_on_each_other():
    first = date(2026, 3, 1)
    days = [
        {"day": first, "votes": 10, "agree": 5, "disagree": 5, "pass": 0},
        {"day": first + timedelta(4), "votes": 20, "agree": 20, "disagree": 0, "pass": 0},
    ]
    agree, disagree, passed = drawing.over_time(days)
    assert agree == ("agree", "M0.0 80.0L480.0 0.0L480.0 160.0L0.0 160.0z")
    assert disagree[1] == "M0.0 0.0L480.0 0.0L480.0 0.0L0.0 80.0z" and passed[1].startswith("M0.0 0.0")
    assert drawing.over_time(days[:1]) == []
