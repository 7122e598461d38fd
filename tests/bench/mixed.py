"""G14: twenty questions of mixed types, with rules, beside the ten plain ones: what G1 to G3 come to then."""

import random
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from wagtail.models import Site

from participation.receipts import issue_token
from surveys.definitions import import_definition
from surveys.forms import compiled_live
from surveys.models import Survey
from surveys.publishing import check
from tests.factories import routed
from tests.factories.geography import the_town
from tests.factories.kinds import KINDS

from . import inside, reference, serving, submission
from .machine import in_turn
from .pages.models import BenchPage
from .table import Row

QUESTIONS = 20
ROUNDS, SECONDS = 5, 4
TENTH = 1.1  # so many times as much as with ten plain questions, at most
WITHOUT = ("photo", "file", "email")  # files and mails take another way


class Side(NamedTuple):
    """A survey and forms typed into it, without what the browser adds."""

    survey: Survey
    typed: list[dict[str, Any]]

    def bodies(self, n: int) -> list[str]:
        made = compiled_live(self.survey)
        ready = [urlencode({"version": made.number, **typed}, doseq=True) for typed in self.typed]
        return [f"{ready[i % len(ready)]}&token={issue_token(made.key)}" for i in range(n)]

    def floor_bodies(self, csrf_token: str) -> list[str]:
        return [urlencode({"csrfmiddlewaretoken": csrf_token, **typed}, doseq=True) for typed in self.typed]


def plain() -> Side:
    survey = reference.make_survey(10)
    made, rng = compiled_live(survey), random.Random(1)
    return Side(survey, [reference.form(made, reference.answers(made, rng)) for _ in range(500)])


def mixed() -> Side:
    """One question of each type, and more up to twenty; rules as the tests of routing draw them."""
    the_town()
    definition, survey = _published(random.Random(14))
    dice, typed = random.Random(2), []
    for _ in range(500):
        asked = routed.interpret(definition, routed.answers(dice, definition))
        typed.append(routed.typed(definition, {q["id"]: asked.get(q["id"]) for q in definition["questions"]}))
    return Side(survey, typed)


def _published(dice: random.Random) -> tuple[routed.Definition, Survey]:
    names = [name for name in KINDS if name not in WITHOUT]
    names += ["single", "multiple", "scale", "short_text"][: QUESTIONS - len(names)]
    while True:
        questions: list[dict[str, Any]] = []
        for n, name in enumerate(names):
            ruled = routed.question(dice, f"q{n}", name, questions if n % 2 else [])
            questions.append(ruled)
        definition = {"title": "Mixed", "questions": questions}
        try:
            check(import_definition(definition))
        except ValidationError:
            continue
        return definition, import_definition(definition, publish=True)


def ratios() -> list[Row]:
    sides = {"plain": plain(), "mixed": mixed()}
    return [_submissions(sides), _statements(sides["mixed"]), *_pages(sides)]


def _submissions(sides: dict[str, Side]) -> Row:
    """By processor time a request, server and database: it depends least on what else the machine does."""
    submission.make_floor()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    with serving.server("floor") as floor, serving.server("ours") as ours:
        loads = {name: _load(side, floor, ours) for name, side in sides.items()}
        for turn in range(ROUNDS + 1):
            for name, load in loads.items():
                found = load()
                if turn:
                    runs[name].append(found)
    middle = {n: (statistics.median(f for f, _o in r), statistics.median(o for _f, o in r)) for n, r in runs.items()}
    cost = {name: ours_ms / floor_ms for name, (floor_ms, ours_ms) in middle.items()}
    told = ", ".join(f"{name} {floor_ms:.2f} and {ours_ms:.2f} ms" for name, (floor_ms, ours_ms) in middle.items())
    return _row("G14 submission, CPU beside the floor", cost["plain"], cost["mixed"], f"floor and ours: {told}")


def _load(side: Side, floor: int, ours: int) -> Callable[[], tuple[float, float]]:
    """CPU milliseconds a request of the floor and of ours, loaded with the same forms."""
    cookie, floor_bodies = submission.floor_bodies(side.floor_bodies)
    answer, respond = serving.url("floor", "/answer"), serving.url("ours", f"/enquetes/{side.survey.key}/repondre/")
    heads = {"Content-Type": submission.FORM}
    origin = f"http://127.0.0.1:{serving.PORTS['ours']}"

    def load() -> tuple[float, float]:
        bare = serving.load(floor, answer, floor_bodies, {**heads, "Cookie": cookie}, SECONDS)
        full = serving.load(ours, respond, side.bodies(2000 * SECONDS), {**heads, "Origin": origin}, SECONDS)
        if bare.refused or full.refused:
            raise SystemExit(f"G14: {bare.refused} and {full.refused} submissions were refused.")
        return bare.server_ms + bare.database_ms, full.server_ms + full.database_ms

    return load


def _statements(side: Side) -> Row:
    done = submission.statements_of(side.survey, lambda: side.bodies(1)[0])
    return Row(
        "G14 SQL statements, 20 mixed", "2", str(len(done)), "–", "≤ 4, as with 10", len(done) == 2, ", ".join(done)
    )


def _pages(sides: dict[str, Side]) -> list[Row]:
    home = Site.objects.get(is_default_site=True).root_page
    surveys = {"bare": None, **{name: side.survey for name, side in sides.items()}}
    pages = {
        name: home.add_child(instance=BenchPage(title=name, slug=f"g14-{name}", survey=survey)).get_url()
        for name, survey in surveys.items()
    }
    taken = in_turn({name: lambda url=url: inside.request(url) for name, url in pages.items()}, calls=30)
    sizes = ", ".join(f"{name} {len(inside.request(url).body):,} bytes" for name, url in pages.items())
    ratio = {name: taken[name] / taken["bare"] for name in sides}
    return [_row("G14 page, bare Wagtail, CPU", ratio["plain"], ratio["mixed"], sizes)]


def _row(goal: str, plain: float, mixed: float, note: str) -> Row:
    worse = mixed / plain
    return Row(goal, f"{plain:.2f} (10 plain)", f"{mixed:.2f}", f"{worse:.2f}", f"≤ {TENTH}", worse <= TENTH, note)
