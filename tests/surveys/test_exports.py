"""Exports: what is in them, who may have them, and that the job may be lost, run twice or be killed."""

import csv
import io
import json
import random
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from counting import fold
from participation.receipts import issue_token
from surveys import imports, intake
from surveys.exports import making
from surveys.forms import compiled_live
from surveys.models import Export, OpenAnswer, Response, Survey
from tests.factories.moderation import member
from tests.factories.surveys import SurveyFactory, question, republish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings):
    settings.EXPORTS_ROOT = tmp_path / "exports"


def answer(survey: Survey, **typed) -> None:
    """One response; `typed` by question type."""
    compiled = compiled_live(survey)
    answers = {q["id"]: typed[q["type"]](q) for q in compiled.questions if q["type"] in typed}
    intake.record_response(compiled, answers, issue_token(compiled.key))


def first(q: dict) -> dict:
    return {"options": [q["options"][0]["id"]]}


def made(survey: Survey, kind: str = "responses", format_: str = "csv", **more) -> Export:
    export = Export.objects.create(survey=survey, kind=kind, format=format_, **more)
    making.make(str(export.pk))
    export.refresh_from_db()
    return export


def table(export: Export, name: str = "reponses") -> list[dict[str, str]]:
    content = zipfile.ZipFile(making.file_of(export)).read(f"{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_a_response_is_a_row_without_key_or_day():
    survey = SurveyFactory(open=True)
    answer(survey, single=first, number=lambda q: -0 or 7, short_text=lambda q: "=1+1", date=lambda q: None)
    export = made(survey, words=True)
    (row,) = table(export)
    day = Response.objects.get().received_on
    assert row["response_week"] == "{}-W{:02d}".format(*day.isocalendar())
    assert day.isoformat() not in row.values() and str(Response.objects.get().pk) not in row.values()
    assert row["Question single"] == "à pied" and row["Question short_text"] == "'=1+1"
    assert row["Question date"] == "" and row["Question scale"] == "NA"


def test_words_nobody_read_are_only_for_who_may():
    survey = SurveyFactory(open=True, questions=[question("short_text"), question("single", other=True)])
    answer(survey, short_text=lambda q: "secret", single=lambda q: {"options": ["other"], "other": "secret"})
    assert "secret" in str(table(made(survey, words=True)))
    (row,) = table(made(survey))
    assert "secret" not in str(row) and row["Question short_text"] == "(non publié)"
    response = Response.objects.get()
    OpenAnswer.objects.create(
        response=response, survey=survey, question_id=compiled_live(survey).questions[0]["id"], text="[…] masqué",
        original_key=b"", status="published", received_on=response.received_on,
    )  # fmt: skip
    assert table(made(survey))[0]["Question short_text"] == "[…] masqué"


def test_what_is_set_aside_is_not_in_it():
    survey = SurveyFactory(open=True, questions=[question("single")])
    answer(survey, single=first)
    answer(survey, single=first)
    Response.objects.filter(pk=Response.objects.first().pk).update(set_aside=True)
    assert len(table(made(survey))) == 1


def test_exported_and_imported_it_is_the_same(tmp_path):
    """A property of the CSV: what was not asked, left empty or looks like a formula survives."""
    dice = random.Random(7)
    kinds = ("single", "multiple", "grid", "scale", "number", "short_text", "long_text", "date")
    questions = [
        *map(question, kinds),
        question("short_text", "-5 à +5 ?"),
        question("single", "@", options=["=1", "+ vite"]),
    ]
    survey = SurveyFactory(open=True, questions=questions)
    compiled = compiled_live(survey)
    for _n in range(40):
        answers = {q["id"]: any_answer(q, dice) for q in compiled.questions if dice.random() < 0.8}
        intake.record_response(compiled, answers, issue_token(compiled.key))
    export = made(survey, words=True)
    path = tmp_path / "reponses.csv"
    path.write_bytes(zipfile.ZipFile(making.file_of(export)).read("reponses.csv"))
    copy = survey.copy_for_use_elsewhere()
    copy.save_revision().publish()
    outcome = imports.import_file(compiled_live(Survey.objects.get(pk=copy.pk)), path, "import")
    assert (outcome.added, outcome.rejected) == (40, 0)

    def stored(of: Survey) -> list[str]:
        return sorted(json.dumps(a, sort_keys=True) for a in of.responses.values_list("answers", flat=True))

    assert stored(copy) == stored(survey)


NOWHERE = {"way": "words", "point": None, "zone": None, "place": None, "label": "", "shape": None}
AT_THE_HALL = {"way": "place", "point": [4.83, 45.74], "zone": "w", "place": "halle", "label": "La halle"}


def any_answer(q: dict, dice: random.Random):
    if dice.random() < 0.2:
        return None
    words = dice.choice(["=1+1", "'=1", "-5", "+33 6", "deux\nlignes", 'a;b,c"d', "@x", "＝x"])
    answers = {
        "single": lambda: {"options": [dice.choice(q["options"])["id"]]},
        "multiple": lambda: {"options": [o["id"] for o in q["options"] if dice.random() < 0.4][:3]},
        "grid": lambda: {row["id"]: dice.choice(q["scale"])["id"] for row in q["rows"]},
        "scale": lambda: dice.randint(0, 10),
        "number": lambda: dice.randint(0, 120),
        "short_text": lambda: words.replace("\n", " "),
        "long_text": lambda: words,
        "date": lambda: "2026-03-27",
        "yes_no": lambda: {"options": [dice.choice(q["options"])["id"]]},
        "rating": lambda: dice.randint(1, 5),
        "nps": lambda: dice.randint(0, 10),
        "ranking": lambda: dice.sample([o["id"] for o in q["options"]], 3),
        "points": lambda: {dice.choice(q["options"])["id"]: dice.randint(1, 3)},
        "basket": lambda: {"options": [dice.choice(q["options"])["id"]]},
        "time": lambda: "18:30",
        "demographic": lambda: {"options": [dice.choice(q["options"])["id"]]},
        "photo": lambda: {"id": "", "alt": words.replace("\n", " ")},
        "file": lambda: {"id": ""},
        "email": lambda: {"given": True},
        "location": lambda: NOWHERE | dice.choice([{"label": words}, AT_THE_HALL]) | {"why": words.replace("\n", " ")},
    }
    found = answers[q["type"]]()
    return None if q["type"] == "multiple" and not found["options"] else found


def test_the_dictionary_says_what_the_columns_are():
    questions = [question("single", "Avant"), question("number", "Âge")]
    survey = SurveyFactory(open=True, questions=questions)
    answer(survey, single=first)
    questions[0]["value"]["wording"] = "Après"
    gone = questions[0]["value"]["options"].pop(0)
    survey = republish(survey, [questions[0]])
    fold.fold(survey.tool_id)
    export = made(survey)
    columns = {row["column"]: row for row in table(export, "colonnes")}
    assert list(columns)[4:] == list(table(export)[0])[4:] and "response_week" in columns
    asked, age = columns["Après"], columns["Âge"]
    assert (asked["versions"], asked["earlier_wordings"], asked["answered"]) == ("1, 2", "Avant", "1")
    assert (age["withdrawn"], age["versions"], age["not_asked"]) == ("oui", "1", "1") and "NA" in age["values"]
    withdrawn = [row for row in table(export, "modalites") if row["withdrawn"] == "oui"]
    assert [row["item_id"] for row in withdrawn] == [gone["id"]]
    assert [row["version"] for row in table(export, "versions")] == ["1", "2"]
    assert "Avant → Après" in table(export, "versions")[1]["changes"]
    told = json.loads(zipfile.ZipFile(making.file_of(export)).read("dictionnaire.json"))
    assert [c["column"] for c in told["columns"]] == list(columns)


def test_a_workbook_has_the_dictionary_as_sheets_and_no_formula():
    survey = SurveyFactory(open=True)
    answer(survey, short_text=lambda q: "=1+1", number=lambda q: 7)
    book = openpyxl.load_workbook(making.file_of(made(survey, format_="xlsx", words=True)))
    assert book.sheetnames == ["Réponses", "Colonnes", "Choix proposés", "Versions"]
    titles, row = book["Réponses"].iter_rows()
    found = {title.value: cell for title, cell in zip(titles, row, strict=True)}
    assert (found["Question short_text"].value, found["Question short_text"].data_type) == ("=1+1", "s")
    assert found["Question number"].value == 7
    assert made(survey, format_="ods").state == "done"


def crowd(survey: Survey, n: int, number: int = 30) -> None:
    for _n in range(n):
        answer(survey, single=first, number=lambda q: number)


def closed(survey: Survey) -> Survey:
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    return Survey.objects.get(pk=survey.pk)


def test_open_data_only_where_nobody_can_be_recognised():
    survey = SurveyFactory(open=True, questions=[question("single", "Mode"), question("number", "Âge")])
    ids = [q["id"] for q in compiled_live(survey).questions]
    both, one = {"questions": ids, "traits": []}, {"questions": ids[:1], "traits": []}
    crowd(survey, 11)
    refused = made(survey, "open", chosen=both)
    assert refused.state == "refused" and "close" in refused.reason.lower() or "fermé" in refused.reason
    assert made(closed(survey), "open", chosen=both).state == "done"
    Survey.objects.filter(pk=survey.pk).update(closes_at=None)
    answer(survey, single=first, number=lambda q: 99)
    refused = made(closed(survey), "open", chosen=both)
    assert refused.state == "refused" and "Âge" in refused.reason and not making.file_of(refused).exists()
    rows = table(made(survey, "open", chosen=one))
    assert len(rows) == 12 and set(rows[0]) == {"Mode", "Mode [Autre: texte]"}


def test_public_figures_keep_to_the_small_cell_rule():
    survey = SurveyFactory(open=True, questions=[question("single", "Mode")])
    crowd(survey, 3)
    fold.fold(survey.tool_id)
    assert made(closed(survey), "figures").state == "done"
    export = made(survey, "figures")
    rows = table(export, "resultats")
    assert {row["count"] for row in rows} <= {"", "0"} and {r["answered"] for r in table(export, "colonnes")} == {""}


def test_a_lost_job_is_taken_up_and_twice_is_once(admin_user):
    survey = SurveyFactory(open=True)
    export = making.ask(survey, "responses", "csv", admin_user)
    assert making.ask(survey, "responses", "csv", admin_user).pk == export.pk
    assert making.make(str(export.pk)) == "done"
    assert making.make(str(export.pk)) == ""  # again: nothing to do
    Export.objects.filter(pk=export.pk).update(state="running", beat_at=timezone.now())
    assert making.make(str(export.pk)) == ""  # somebody is at it
    Export.objects.filter(pk=export.pk).update(beat_at=timezone.now() - timedelta(minutes=3))
    assert making.make(str(export.pk)) == "done"  # who was at it is gone


def test_a_failure_says_so_and_leaves_no_part(monkeypatch):
    survey = SurveyFactory(open=True)
    answer(survey, single=first)
    monkeypatch.setattr(making, "write_zip", lambda path, *rest: path.write_bytes(b"half") and 1 / 0)
    export = Export.objects.create(survey=survey, kind="responses", format="csv")
    with pytest.raises(ZeroDivisionError):
        making.make(str(export.pk))
    export.refresh_from_db()
    assert export.state == "failed" and not list(Path(settings.EXPORTS_ROOT).iterdir())


def test_files_expire_with_their_row(admin_client):
    survey = SurveyFactory(open=True)
    export = made(survey)
    address = reverse("surveys_export_file", args=[export.pk])
    assert admin_client.get(address).status_code == 200
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert admin_client.get(address).status_code == 404
    making.tend()
    assert not Export.objects.exists() and not making.file_of(export).exists()


def test_asking_and_fetching_is_in_the_site_history(client):
    client.force_login(member("Analystes"))
    survey = SurveyFactory(open=True)
    page = reverse("surveys_exports", args=[survey.pk])
    assert client.get(reverse("surveys_exports_all")).status_code == 200
    assert client.post(page, {"kind": "responses", "format": "csv", "words": "on"}).status_code == 302
    export = Export.objects.get()
    assert not export.words  # an analyst may not
    making.make(str(export.pk))
    assert client.get(reverse("surveys_export_file", args=[export.pk])).status_code == 200
    acts = list(ModelLogEntry.objects.filter(action__startswith="palabre").values_list("action", flat=True))
    assert sorted(acts) == ["palabre.export", "palabre.fetch_export"]


@pytest.mark.parametrize("group", ["Modérateurs", "Agents d’un autre service"])
def test_without_the_right_there_is_nothing(client, group):
    client.force_login(member(group))
    export = made(SurveyFactory(open=True))
    for name, args in (("surveys_exports_all", []), ("surveys_exports", [export.survey_id])):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert client.get(reverse("surveys_export_file", args=[export.pk])).status_code == 404


def test_who_lost_the_right_to_words_cannot_fetch_them(client):
    client.force_login(member("Analystes"))
    export = made(SurveyFactory(open=True), words=True)
    assert client.get(reverse("surveys_export_file", args=[export.pk])).status_code == 404
