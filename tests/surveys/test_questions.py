"""Question types one by one: what they take, what they refuse, their way through CSV, their figures."""

import itertools
import json
import statistics
import uuid
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from surveys.hiding import hide_small, hides_base
from surveys.questions import TYPES, AnswerError, Form, type_of
from surveys.questions.hidden import sign
from surveys.questions.quantiles import quantile, summary
from tests.factories.geography import box
from uploads import store
from uploads.models import Upload

BASE = {"id": "q", "wording": "Question ?", "help": "", "required": False, "code": ""}


def items(*ids: str) -> list[dict]:
    return [{"id": i, "label": f"label {i}"} for i in ids]


SCHEMAS = {
    "single": {"options": items("a", "b", "other")},
    "multiple": {"options": [*items("a", "b", "c", "other")], "min": 2, "max": 3},
    "grid": {"rows": items("r", "s"), "scale": items("1", "2", "none")},
    "scale": {"low": "non", "high": "oui"},
    "number": {"min": "-5", "max": "12.5", "counted": ["-5", "12.5"], "decimals": 1, "unit": "km", "bin": "0.1"},
    "short_text": {"limit": 200},
    "long_text": {"limit": 600},
    "date": {
        "min": "2000-01-01",
        "max": "2001-12-31",
        "counted": ["2000-01-01", "2001-12-31"],
        "unit": "month",
    },
    "yes_no": {"options": items("yes", "no"), "shown": True},
    "location": {
        "ask": {
            "root": None,
            "area": box(4.8, 45.7, 4.9, 45.8),
            "bbox": [4.8, 45.7, 4.9, 45.8],
            "places": [{"id": "a", "label": "label a", "point": [4.83, 45.74]}],
            "zones": [{"id": "z", "label": "label z"}],
            "draw": "line",
            "grid": 0,
            "keep": "point",
        },
        "listed": items("a", "z"),
        "why": True,
    },
    "rating": {"look": "stars5", "begun": "stars5"},
    "nps": {"low": "non", "high": "oui"},
    "ranking": {"options": items("a", "b", "c"), "top": None},
    "points": {"options": items("a", "b", "c"), "points": 7, "most": 3, "counted": 3, "exact": False},
    "basket": {
        "options": [item | {"cost": cost} for item, cost in zip(items("a", "b", "c"), (40, 30, 20), strict=True)],
        "envelope": 60,
        "unit": "€",
        "min": None,
        "max": 2,
    },
    "time": {"min": "08:00", "max": "22:30"},
    "image_choice": {
        "options": [item | {"alt": "une image", "src": f"/{item['id']}.png"} for item in items("a", "b")],
        "several": False,
        "min": None,
        "max": 1,
    },
    "hidden": {"options": items("a", "b")},
    "demographic": {"options": items("15-29", "30-44", "unsaid"), "about": "age", "begun": "age"},
    "photo": {},
    "file": {},
    "email": {"purpose": "la réunion"},
}
REFERENCE = store.reference(Upload(pk=uuid.UUID(int=7)))
SENT = {"id": uuid.UUID(int=7).hex}


def schema(kind: str) -> dict:
    return {**BASE, "type": kind, **SCHEMAS[kind]}


def each(*typed: str) -> dict[str, list[str]]:
    """What was typed on each line of a question that has several."""
    return {f"v_{n}": [text] for n, text in enumerate(typed, 1)}


def day(d: str, m: str, y: str) -> dict[str, list[str]]:
    return {"v_day": [d], "v_month": [m], "v_year": [y]}


def at(way: str, **parts: object) -> dict:
    return {"way": way, "point": None, "zone": None, "place": None, "label": "", "shape": None, **parts}


LINE = {"type": "LineString", "coordinates": [[4.82, 45.75], [4.84, 45.75]]}


# kind, what was typed, the answer, the cells beside "answered"
GOOD = [
    ("single", {"v": ["a"]}, {"options": ["a"]}, ["o:q:a"]),
    ("hidden", {"v": [sign({"id": "q"}, "a")]}, {"options": ["a"]}, ["o:q:a"]),
    ("hidden", {"v": ["a"]}, None, []),
    ("single", {"v": ["other"], "v_other": [" à cheval "]}, {"options": ["other"], "other": "à cheval"}, ["o:q:other"]),
    ("single", {"v_other": ["à cheval"]}, {"options": ["other"], "other": "à cheval"}, ["o:q:other"]),
    ("multiple", {"v": ["b", "a"]}, {"options": ["a", "b"]}, ["o:q:a", "o:q:b"]),
    ("grid", {"v_1": ["1"], "v_2": ["none"]}, {"r": "1", "s": "none"}, ["g:q:r:1", "g:q:s:none"]),
    ("grid", {"v_2": ["2"]}, {"s": "2"}, ["g:q:s:2"]),
    ("scale", {"v": ["0"]}, 0, ["v:q:0"]),
    ("scale", {"v": ["10"]}, 10, ["v:q:10"]),
    ("number", {"v": ["12,5"]}, 12.5, ["v:q:125"]),
    ("number", {"v": ["-5"]}, -5, ["v:q:-50"]),
    ("number", {"v": ["-0,1"]}, -0.1, ["v:q:-1"]),
    ("number", {"v": [" 3 "]}, 3, ["v:q:30"]),
    ("short_text", {"v": [" rue\x00 Haute "]}, "rue Haute", []),
    ("long_text", {"v": ["a\r\nb"]}, "a\nb", []),
    ("long_text", {"v": ["x" * 600]}, "x" * 600, []),
    ("date", day("29", "2", "2000"), "2000-02-29", ["v:q:2000-02"]),
    ("date", day("31", "12", "2001"), "2001-12-31", ["v:q:2001-12"]),
    (
        "yes_no",
        {"v": ["no"], "v_reason": [" Trop de bruit. "]},
        {"options": ["no"], "reason": "Trop de bruit."},
        ["o:q:no"],
    ),
    ("yes_no", {"v": ["yes"]}, {"options": ["yes"]}, ["o:q:yes"]),
    ("location", {"v_place": ["a"]}, at("place", place="a", label="label a", point=[4.83, 45.74]), ["w:q:a"]),
    ("location", {"v_place": ["z"]}, at("zone", zone="z", label="label z"), ["w:q:z"]),
    ("location", {"v_lon": ["4.82"], "v_lat": ["45.75"]}, at("map", point=[4.82, 45.75]), ["w:q:elsewhere"]),
    ("location", {"v_shape": [json.dumps(LINE)]}, at("map", point=[4.83, 45.75], shape=LINE), ["w:q:elsewhere"]),
    (
        "location",
        {"v_address": ["rue Haute"], "v_from": ["le pont"], "v_why": ["Trop étroite."]},
        at("words", label="rue Haute, à hauteur de : le pont", why="Trop étroite."),
        ["w:q:elsewhere"],
    ),
    ("rating", {"v": ["5"]}, 5, ["v:q:5"]),
    ("nps", {"v": ["0"]}, 0, ["v:q:0"]),
    ("points", each("3", " 1", "0"), {"a": 3, "b": 1}, ["p:q:a:3", "p:q:b:1"]),
    ("points", each("", "", "3"), {"c": 3}, ["p:q:c:3"]),
    ("basket", {"v": ["c", "a"]}, {"options": ["a", "c"]}, ["o:q:a", "o:q:c"]),
    *[
        ("time", {"v": [typed]}, "18:30", ["v:q:18"])
        for typed in ("18:30", "18h30", "18 h 30", "18H30", "1830", " 18.30 ", "18\u00a0h\u00a030 min")
    ],
    ("time", {"v": ["8h"]}, "08:00", ["v:q:08"]),
    ("image_choice", {"v": ["b"]}, {"options": ["b"]}, ["o:q:b"]),
    ("demographic", {"v": ["unsaid"]}, {"options": ["unsaid"]}, ["o:q:unsaid"]),
    (
        "ranking",
        each("2", "3", "1"),
        ["c", "a", "b"],
        ["f:q:c", "r:q:c", "r:q:a", "r:q:b", "a:q:c", "a:q:a", "a:q:b", "w:q:c:a", "w:q:c:b", "w:q:a:b"],
    ),
    ("photo", {"v": [REFERENCE], "v_alt": [" Un\nbanc  cassé "]}, {**SENT, "alt": "Un banc cassé"}, []),
    ("photo", {"v": [REFERENCE]}, SENT, []),
    ("photo", {"v": [REFERENCE], "v_alt": ["Un banc"], "v_remove": ["1"]}, None, []),
    ("file", {"v": [REFERENCE]}, SENT, []),
    *[
        ("email", {"v": [v]}, {"given": True}, [])
        for v in (" lou@exemple.fr ", "Lou+ville@EXEMPLE.fr", "lou@éxemple.fr")
    ],
    ("email", {"v_kept": ["1"]}, {"given": True}, []),
    ("email", {"v": ["lou@exemple.fr"], "v_kept": ["1"], "v_remove": ["1"]}, None, []),
]

BAD = [
    ("single", {"v": ["z"]}),
    ("single", {"v": ["a", "b"]}),
    ("single", {"v": ["a"], "v_other": ["mais encore"]}),
    ("single", {"v": ["other"], "v_other": ["x" * 201]}),
    ("multiple", {"v": ["a"]}),
    ("multiple", {"v": ["a", "b", "c", "other"]}),
    ("multiple", {"v": ["a", "a"]}),
    ("multiple", {"v": ["a", "z"]}),
    ("grid", {"v_1": ["z"]}),
    ("grid", {"v_1": ["1", "2"]}),
    *[("scale", {"v": [v]}) for v in ("11", "-1", "1.0", "01", "x", "²")],
    *[("number", {"v": [v]}) for v in ("12.6", "-5.1", "1.25", "x", "NaN", "-Infinity", "1e99", "9" * 50, "٣x")],
    ("short_text", {"v": ["x" * 201]}),
    ("short_text", {"v": ["a", "b"]}),
    ("long_text", {"v": ["x" * 601]}),
    *[
        ("date", day(*typed))
        for typed in [("30", "2", "2000"), ("1", "", ""), ("1", "1", "2002"), ("31", "12", "1999"), ("x", "1", "2000")]
    ],
    ("date", day("1", "13", "2000")),
    ("date", day("-1", "1", "2000")),
    ("yes_no", {"v_reason": ["parce que"]}),
    ("yes_no", {"v": ["yes"], "v_reason": ["x" * 501]}),
    ("yes_no", {"v": ["yes", "no"]}),
    *[("rating", {"v": [v]}) for v in ("0", "6", "²")],
    ("nps", {"v": ["11"]}),
    *[("ranking", each(*typed)) for typed in [("1", "1", "2"), ("1", "3", ""), ("2", "3", ""), ("1", "2", "")]],
    *[("ranking", each(*typed)) for typed in [("0", "1", "2"), ("4", "1", "2"), ("1", "²", "2")]],
    *[("points", each(*typed)) for typed in [("4", "", ""), ("3", "3", "3"), ("-1", "", ""), ("1,5",), ("²",)]],
    ("basket", {"v": ["a", "b"]}),
    ("basket", {"v": ["z"]}),
    *[("time", {"v": [v]}) for v in ("7:59", "22:31", "25:00", "18:60", "midi", "٣:00", "1:2:3")],
    ("image_choice", {"v": ["a", "b"]}),
    ("image_choice", {"v": ["z"]}),
    ("demographic", {"v": ["0-14"]}),
    *[("photo", {"v": [v]}) for v in ("IMG_2041.jpg", REFERENCE[:-1], SENT["id"], "é\0" * 99)],
    ("photo", {"v": [REFERENCE, REFERENCE]}),
    ("photo", {"v_alt": ["Un banc"]}),
    ("photo", {"v": [REFERENCE], "v_alt": ["x" * 301]}),
    ("file", {"v": ["plan.pdf"]}),
    *[("email", {"v": [v]}) for v in ("lou", "lou@", "@exemple.fr", "lou@exemple", "a b@c.fr", "a@b.fr, c@d.fr")],
    *[("email", {"v": [v]}) for v in ("lou@x.fr\nBcc: a@b.fr", "a@b.fr\0", f"{'a' * 300}@b.fr", "a" * 50_000)],
    ("email", {"v": [f"a@{'b.' * 150}fr"]}),
    ("email", {"v": ["lou@exemple.fr", "noe@exemple.fr"]}),
    ("location", {"v_why": ["parce que"]}),
    ("location", {"v_why": ["x" * 201], "v_place": ["a"]}),
    *[("location", {"v_place": [place]}) for place in ("b", "z" * 500)],
    *[
        ("location", {"v_lon": [x], "v_lat": [y]})
        for x, y in (("2", "48"), ("nan", "45.75"), ("1e400", "1"), ("x", ""))
    ],
    ("location", {"v_shape": ["{"]}),
]
NOT_IN_CSV = {"photo", "file"}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_tested_here_and_may_be_left_empty(kind):
    asked = schema(kind)
    assert kind in {case[0] for case in GOOD}
    assert kind in {case[0] for case in BAD} or not type_of(asked).asked  # what a link says is ignored, never refused
    assert type_of(asked).read(asked, "v", Form({})) is None
    blank = {name: ["", " "] if kind.endswith("text") else [""] for name in ("v", "v_1", "v_other", "v_day")}
    assert type_of(asked).read(asked, "v", Form(blank)) is None


@pytest.mark.parametrize(("kind", "typed", "answer", "cells"), GOOD)
def test_what_is_taken(kind, typed, answer, cells):
    asked = schema(kind)
    kind_, read = type_of(asked), type_of(asked).read(asked, "v", Form(typed))
    assert read == answer and (list(kind_.cells(asked, read)) if read is not None else []) == cells
    if read is not None:  # who comes back to change it finds it typed, and reads it in words
        assert kind_.read(asked, "v", Form(kind_.typed(asked, "v", read))) == read and kind_.said(asked, read)
    assert set(cells) <= set(type_of(asked).cell_names(asked))


@pytest.mark.parametrize(("kind", "typed"), BAD)
def test_what_is_refused_names_its_field(kind, typed):
    asked = schema(kind)
    with pytest.raises(AnswerError) as refused:
        type_of(asked).read(asked, "v", Form(typed))
    assert refused.value.field.startswith("v") and str(refused.value.message)


@pytest.mark.parametrize(("kind", "answer"), [(case[0], case[2]) for case in GOOD] + [(kind, None) for kind in TYPES])
def test_answers_come_back_from_csv_as_they_went(kind, answer):
    asked = schema(kind)
    row = type_of(asked).to_csv(asked, answer)
    assert len(row) == len(type_of(asked).columns(asked))
    if kind in NOT_IN_CSV and answer:  # that something was given comes back, not what
        answer = {**answer, "id": ""}
    assert type_of(asked).from_csv(asked, row) == answer


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("single", ["z", ""]),
        ("multiple", ["peut-être", "", "", "", ""]),
        ("grid", ["z", ""]),
        ("scale", ["12"]),
        ("number", ["douze"]),
        ("short_text", ["x" * 201]),
        ("date", ["3 mars 2001"]),
        ("date", ["2000-13-01"]),
        ("yes_no", ["peut-être", ""]),
        ("rating", ["six"]),
        ("ranking", ["1", "1", ""]),
        ("ranking", ["2", "", ""]),
        ("points", ["8", "", ""]),
        ("points", ["3", "3", "3"]),
        ("basket", ["x", "x", ""]),
        ("time", ["plus tard"]),
        ("demographic", ["jeune"]),
        ("location", ["", "map", "x", "45.75", "", "", "", ""]),
        ("location", ["", "map", "4.82", "45.75", "", "", "[]", ""]),
        ("location", ["", "", "", "", "", "", "", "parce que"]),
    ],
)
def test_csv_that_cannot_be_taken_is_refused(kind, row):
    asked = schema(kind)
    with pytest.raises(AnswerError):
        type_of(asked).from_csv(asked, row)


@pytest.mark.parametrize(("typed", "word"), [(("3", "3", "2"), "one more"), (("1", "", ""), "6 are left"), ((), "")])
def test_all_points_are_to_be_given_where_the_agent_says_so(typed, word):
    asked = schema("points") | {"exact": True}
    with translation.override("en"):
        if not typed:
            assert type_of(asked).read(asked, "v", Form(each("3", "2", "2"))) == {"a": 3, "b": 2, "c": 2}
            return
        with pytest.raises(AnswerError, match=word):
            type_of(asked).read(asked, "v", Form(each(*typed)))


def test_the_first_ranks_are_enough_where_the_agent_says_so():
    asked = schema("ranking") | {"top": 2}
    kind = type_of(asked)
    assert kind.read(asked, "v", Form(each("", "", "1"))) == ["c"]
    assert kind.read(asked, "v", Form(each("2", "", "1"))) == ["c", "a"]
    for typed in [("3", "1", "2"), ("", "2", "")]:
        with pytest.raises(AnswerError):
            kind.read(asked, "v", Form(each(*typed)))
    assert set(kind.cells(asked, ["c"])) >= {"w:q:c:a", "w:q:c:b"} and "w:q:a:b" not in kind.cells(asked, ["c"])
    assert kind.from_csv(asked, kind.to_csv(asked, ["c", "a"])) == ["c", "a"]


@pytest.mark.parametrize("kind", [name for name, kind in TYPES.items() if kind.asked])
def test_every_type_stands_on_paper(kind):
    drawn = render_to_string("surveys/paper/question.html", {"question": schema(kind), "number": 4})
    assert "4. Question ?" in drawn
    offered = [i["label"] for part in ("options", "rows", "scale") for i in schema(kind).get(part, ())]
    assert all(label in drawn for label in offered)
    assert any(mark in drawn for mark in ('class="box"', 'class="blank"', 'class="rule"'))


# Quantiles


values = st.lists(st.integers(-50, 50), min_size=1, max_size=60)


@examples(max_examples=300, deadline=None)
@given(values)
def test_the_median_is_the_usual_one(numbers):
    assert quantile(Counter(numbers), 0.5) == statistics.median(numbers)


@examples(max_examples=300, deadline=None)
@given(values, st.sampled_from([0.25, 0.5, 0.75]))
def test_quantiles_average_at_a_jump_of_the_distribution(numbers, p):
    """Definition 2 by brute force: the middle of all values with ≤ p of the numbers below and ≤ 1 - p above."""
    n = len(numbers)
    fit = [
        x for x in set(numbers) if sum(v < x for v in numbers) <= p * n and sum(v > x for v in numbers) <= (1 - p) * n
    ]
    assert quantile(Counter(numbers), p) == (min(fit) + max(fit)) / 2


def test_no_values_have_no_summary():
    assert summary({}) is None and summary({3: 0}) is None and quantile({}, 0.5) is None
    assert summary({Decimal("2.5"): 4}) == {"median": 2.5, "quartiles": [2.5, 2.5]}


# Small figures


def seen(table: tuple[int, ...], threshold: int, exclusive: bool) -> tuple:
    """Everything that is published of a table."""
    counts = list(table)
    shown = tuple(hide_small(counts, threshold, exclusive))
    base = sum(table) if exclusive else None
    return shown, None if base and hides_base(base, counts, threshold, exclusive) else base


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize(("threshold", "cells", "highest"), [(3, 2, 12), (3, 3, 10), (4, 3, 12), (5, 3, 14), (4, 4, 8)])
def test_who_knows_the_method_cannot_compute_a_small_figure(threshold, cells, highest, exclusive):
    """All tables that look the same once published: none may agree in a figure from 1 to threshold - 1."""
    alike = defaultdict(list)
    for table in itertools.product(range(highest + 1), repeat=cells):
        alike[seen(table, threshold, exclusive)].append(table)
    for (shown, base), tables in alike.items():
        if base is not None and base > highest:
            continue  # tables beyond the enumeration look like these too
        for place in range(cells):
            possible = {table[place] for table in tables}
            small = possible & set(range(1, threshold))
            assert not small or (shown[place] is None and len(possible) > 1), (tables, shown, base)


@pytest.mark.parametrize("threshold", [1, 0])
def test_without_a_threshold_everything_is_shown(threshold):
    assert hide_small([0, 1, 2], threshold, True) == [0, 1, 2]
