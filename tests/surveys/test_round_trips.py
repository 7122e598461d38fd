"""Out and in again is the identity: definitions as JSON, responses as CSV, for random surveys of every type."""

import csv
import io
import json
import random
import uuid
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from counting import fold, reconcile
from counting.models import Tally
from surveys import intake
from surveys.definitions import export_definition, import_definition, read_definition
from surveys.exports.responses import HEAD, Words, rows
from surveys.forms import compiled_live
from surveys.imports import import_file
from surveys.models import Survey
from surveys.questions import TYPES, Form, type_of
from surveys.questions.hidden import sign
from tests.factories.surveys import SurveyFactory, question
from uploads import store

pytestmark = pytest.mark.django_db

# What a spreadsheet, or a careless reader of it, could take for something else.
WORDS = [
    "Oui",
    "Non",
    "1",
    "0",
    "x",
    "à pied ; à vélo",
    'dit « "non" »',
    "=1+1",
    "l’été",
    "No answer",
    "-",
    "None",
    "été\u00a0!",
    "a,b",
]
# A CSV file says that a file was given, and points only as exactly as they leave the site: what is imported from it is
# exported the same again, but not stored the same.
COARSE = {"photo", "file", "location"}


class Inventor:
    """Invents questions and answers at random."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)

    def labels(self, least: int = 2) -> list[str]:
        words = self.dice.sample(WORDS, self.dice.randint(least, 6))
        return [f"{word} {n}" if self.dice.random() < 0.5 else word for n, word in enumerate(words)]

    def question(self, kind: str, n: int) -> dict:
        code = f"c{n}" if self.dice.random() < 0.5 else ""
        common = {"code": code, "required": self.dice.random() < 0.3, "help": self.dice.choice(["", "Une aide."])}
        return question(kind, f"Question n° {n} ?", **{**common, **getattr(self, f"ask_{kind}", dict)()})

    def flag(self) -> bool:
        return self.dice.random() < 0.5

    def ask_single(self) -> dict:
        return {"options": self.labels(), "other": self.flag()}

    def ask_multiple(self) -> dict:
        return {"options": self.labels(), "other": self.flag(), "max_choices": self.dice.choice([None, 2])}

    def ask_grid(self) -> dict:
        return {"rows": self.labels(1), "scale": self.labels(), "no_opinion": self.flag()}

    def ask_number(self) -> dict:
        return {
            "minimum": self.dice.randint(-9, 0),
            "maximum": self.dice.randint(1, 5000),
            "decimals": self.dice.randint(0, 2),
        }

    def ask_yes_no(self) -> dict:
        return {"shown": self.flag(), "no_opinion": self.flag()}

    def ask_rating(self) -> dict:
        return {"look": self.dice.choice(["stars5", "stars10", "faces"])}

    def ask_ranking(self) -> dict:
        return {"options": self.labels(), "top": self.dice.choice([None, 1, 2])}

    def ask_points(self) -> dict:
        return {"options": self.labels(3), "points": 6, "most": self.dice.choice([None, 3]), "exact": self.flag()}

    def ask_basket(self) -> dict:
        priced = [{"label": label, "cost": self.dice.randrange(40)} for label in self.labels()]
        return {"options": priced, "envelope": 60, "max_choices": self.dice.choice([None, 2])}

    def ask_image_choice(self) -> dict:
        return {"several": self.flag()}

    def ask_demographic(self) -> dict:
        about = self.dice.choice(["age", "gender", "occupation", "household", "place"])
        return {"about": about, "options": self.labels() if about == "place" else []}

    def type(self, q: dict) -> dict[str, list[str]]:
        """What somebody types under the name "v" to answer `q`."""
        return getattr(self, f"type_{q['type']}")(q)

    def pick(self, q: dict, n: int = 1) -> list[str]:
        return self.dice.sample([o["id"] for o in q["options"]], n)

    def words(self) -> str:
        return self.dice.choice(["Rue Haute", "=cmd()", 'un "mot", et ; un autre', "deux\nlignes", "+33", "’t"])

    def type_single(self, q: dict) -> dict:
        chosen = self.pick(q)
        return {"v": chosen, "v_other": [self.words().replace("\n", " ")] if chosen == ["other"] else []}

    type_demographic = type_single

    def type_multiple(self, q: dict) -> dict:
        return {"v": self.pick(q, self.dice.randint(1, 2))}

    def type_grid(self, q: dict) -> dict:
        return {f"v_{n}": [self.dice.choice(q["scale"])["id"]] for n in range(1, len(q["rows"]) + 1)}

    def type_scale(self, q: dict) -> dict:
        return {"v": [str(self.dice.randrange(11))]}

    type_nps = type_scale

    def type_number(self, q: dict) -> dict:
        return {"v": [f"{self.dice.uniform(float(q['min']), float(q['max'])):.{q['decimals']}f}"]}

    def type_short_text(self, q: dict) -> dict:
        return {"v": [self.words()]}

    type_long_text = type_short_text

    def type_date(self, q: dict) -> dict:
        return {"v_day": [str(self.dice.randint(1, 28))], "v_month": ["2"], "v_year": ["1999"]}

    def type_yes_no(self, q: dict) -> dict:
        return {"v": self.pick(q), "v_reason": [self.words()] if self.flag() else []}

    def type_rating(self, q: dict) -> dict:
        return {"v": [str(self.dice.randint(1, 5))]}

    def type_ranking(self, q: dict) -> dict:
        places = range(1, len(q["options"]) + 1)
        order = self.dice.sample(places, min(q["top"] or len(places), len(places)))
        return {f"v_{place}": [str(rank)] for rank, place in enumerate(order, 1)}

    def type_points(self, q: dict) -> dict:
        first, second = self.dice.sample(range(1, len(q["options"]) + 1), 2)
        return {f"v_{first}": ["3"], f"v_{second}": ["3"]}

    def type_basket(self, q: dict) -> dict:
        return {"v": [self.dice.choice([o["id"] for o in q["options"]])]}

    type_image_choice = type_basket

    def ask_hidden(self) -> dict:
        return {"options": self.labels(), "required": False}

    def ask_email(self) -> dict:
        return {"purpose": self.words()[:200], "required": False}

    def type_email(self, q: dict) -> dict:
        return {"v": ["lou@exemple.fr"]}

    def ask_location(self) -> dict:
        return {"draw": self.dice.choice(["point", "line"]), "why": self.flag(), "home": self.flag()}

    def type_hidden(self, q: dict) -> dict:
        return {"v": [sign(q, self.pick(q)[0])]}

    def type_file(self, q: dict) -> dict:
        return {"v": [store.reference(uuid.UUID(int=self.dice.getrandbits(128)))]}

    def type_photo(self, q: dict) -> dict:
        return {**self.type_file(q), "v_alt": [self.words().replace("\n", " ")] if self.flag() else []}

    def type_location(self, q: dict) -> dict:
        line = {"type": "LineString", "coordinates": [[4.81, 45.71], [4.82, 45.72]]}
        ways = [{"v_place": ["halle"]}, {"v_place": ["e"]}, {"v_lon": ["4.8123"], "v_lat": ["45.7123"]}]
        ways += [{"v_address": ["Rue Haute ; près du n° 3"]}] if q["ask"]["keep"] == "point" else []
        ways += [{"v_shape": [json.dumps(line)]}] if q["ask"]["draw"] == "line" else []
        why = {"v_why": [self.words().replace("\n", " ")]} if q["why"] and self.flag() else {}
        return self.dice.choice(ways) | why

    def type_time(self, q: dict) -> dict:
        return {"v": [f"{self.dice.randrange(24)}h{self.dice.randrange(60):02d}"]}

    def answers(self, survey: Survey) -> dict:
        """One response: some questions left empty, some not asked."""
        found = {}
        for q in compiled_live(survey).questions:
            chance = self.dice.random()
            if chance < 0.1:
                continue
            answer = None if chance < 0.2 else type_of(q).read(q, "v", Form(self.type(q)))
            if answer is not None:  # who comes back to change it finds typed what gives it again
                assert type_of(q).read(q, "v", Form(type_of(q).typed(q, "v", answer))) == told_again(q, answer)
            found[q["id"]] = answer
        return found


def told_again(q: dict, answer: dict) -> dict:
    """What somebody gives who sends the same once more: of a home the point was forgotten, its zone tells it."""
    if q["type"] != "location" or q["ask"]["keep"] == "point" or answer["place"]:
        return answer
    return {**answer, "way": "zone"}


def stored(survey: Survey) -> Counter:
    """The responses as they lie in the database, but for the types that leave the site less exact than they came."""
    coarse = {q["id"] for q in compiled_live(survey).questions if q["type"] in COARSE}
    found = survey.responses.values_list("answers", flat=True)
    return Counter(json.dumps({i: a for i, a in r.items() if i not in coarse}, sort_keys=True) for r in found)


def written(survey: Survey, file: Path) -> Counter:
    """Write all responses to `file`; the rows of it, without what stands before the questions."""
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        for row in rows(survey, compiled_live(survey).all_questions, words=Words.ALL):
            table.writerow(row[len(HEAD) :])
    with file.open(encoding="utf-8", newline="") as out:
        return Counter(map(tuple, csv.reader(out)))


def tallies(survey: Survey) -> dict[str, int]:
    fold.fold(survey.tool_id)
    assert reconcile.compare(survey.tool) == []
    counted = Tally.objects.filter(tool=survey.tool).exclude(n=0).exclude(name__startswith="c:")
    return dict(counted.values_list("name", "n"))


@examples(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), everything=st.booleans())
@example(seed=1, everything=True)
def test_out_and_in_again_is_the_same(tmp_path, seed, everything):
    inventor = Inventor(seed)
    kinds = list(TYPES)
    inventor.dice.shuffle(kinds)
    asked_kinds = kinds if everything else kinds[: inventor.dice.randint(3, len(kinds))]
    asked = [inventor.question(kind, n) for n, kind in enumerate(asked_kinds)]
    first = SurveyFactory(open=True, questions=asked)
    definition = export_definition(first)
    second = import_definition(read_definition(json.dumps(definition).encode()), publish=True)
    assert export_definition(second) == definition
    assert second.live_version.schema["questions"] == first.live_version.schema["questions"]

    intake.record_many(compiled_live(first), [(f"token {n}", inventor.answers(first)) for n in range(8)])
    sheet = written(first, tmp_path / "out.csv")
    outcome = import_file(compiled_live(second), tmp_path / "out.csv")
    assert (outcome.added, outcome.rejected) == (8, 0), outcome.rejects.read_text("utf-8")
    assert stored(second) == stored(first)
    assert written(second, tmp_path / "again.csv") == sheet
    assert tallies(second) == tallies(first)
    assert import_file(compiled_live(second), tmp_path / "again.csv").added == 0


def test_a_sheet_as_exported_is_a_sheet_as_imported_with_its_first_columns(tmp_path):
    """The week, the channel, the level and the version stand before the questions; they belong to none."""
    survey = SurveyFactory(open=True, questions=[question("rating", code="note")])
    intake.record_many(compiled_live(survey), [("t", {compiled_live(survey).questions[0]["id"]: 4})])
    text = io.StringIO()
    csv.writer(text).writerows(rows(survey, compiled_live(survey).all_questions, words=Words.ALL))
    (tmp_path / "all.csv").write_text(text.getvalue(), "utf-8")
    outcome = import_file(compiled_live(survey), tmp_path / "all.csv")
    assert (outcome.added, outcome.ignored) == (1, list(HEAD))
