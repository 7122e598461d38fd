"""Two real surveys come in whole: every closed question counts what a plain count of the CSV file gives.

The counting side of this test (csv and Counter) uses no code of ours. How the files are read is a convention of theirs:
the masculinity file says "No answer" for left empty and "NA" for not asked; the flying file leaves cells empty for
both, so an empty cell counts as left empty there. A multiple choice in which nothing is ticked was left empty.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from surveys.forms import compiled_live
from surveys.models import Response, Survey
from surveys.results import figures

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
EXAMPLES = ROOT / "docs/examples"
FLYING = "survey-flying-etiquette-us", "flying-etiquette-us-2014"
MASCULINITY = "survey-masculinity-us-2018", "masculinity-us-2018"
NOT_QUESTIONS = {"RespondentID", "respondent", "StartDate", "EndDate", "weight"}


def read(folder: str) -> list[dict[str, str]]:
    file = DATA / folder / "responses.csv"
    if not file.exists():
        pytest.skip(f"the real survey is not on this machine: {file}")
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def bring_in(folder: str, example: str, tmp_path) -> dict:
    """Import definition and responses with the commands; the exact figures, without any threshold."""
    out = io.StringIO()
    call_command("import_survey", EXAMPLES / f"{example}.json", publish=True, stdout=out)
    key = out.getvalue().strip()
    file = tmp_path / "responses.csv"
    file.write_bytes((DATA / folder / "responses.csv").read_bytes())
    out = io.StringIO()
    call_command("import_responses", key, file, json=True, stdout=out)
    outcome = json.loads(out.getvalue())
    assert set(outcome["ignored"]) <= NOT_QUESTIONS
    assert (outcome["rejected"], outcome["missing"]) == (0, [])
    call_command("reconcile", stdout=io.StringIO())  # exits with 1 where anything differs
    again = io.StringIO()
    call_command("import_responses", key, file, json=True, stdout=again)
    assert json.loads(again.getvalue())["added"] == 0
    survey = Survey.objects.for_display().get(key=key)
    counts = dict(survey.tool.tallies.values_list("number", "n"))
    return figures(survey, counts, None, threshold=1)


def shown(question: dict) -> dict[str, int]:
    return {o["label"]: o["count"] for o in question["options"] if o["count"]}


def check_single(question: dict, values: list[str], empty: set[str]) -> None:
    counted = Counter(values)
    not_asked = counted.pop("NA", 0)
    left_empty = sum(counted.pop(v, 0) for v in empty)
    assert shown(question) == dict(counted), question["wording"]
    assert question["base"] == sum(counted.values())
    assert question["no_answer"] == left_empty
    assert question["base"] + question["no_answer"] + not_asked == len(values)


def check_multiple(question: dict, rows: list[tuple[str, ...]]) -> None:
    ticked = Counter(v for row in rows for v in row if v not in ("Not selected", "NA"))
    not_asked = sum(1 for row in rows if set(row) == {"NA"})
    base = sum(1 for row in rows if set(row) - {"Not selected", "NA"})
    assert shown(question) == dict(ticked), question["wording"]
    assert question["base"] == base
    assert question["no_answer"] == len(rows) - base - not_asked


def check_grid(question: dict, columns: list[list[str]]) -> None:
    for row, values in zip(question["rows"], columns, strict=True):
        counted = Counter(v for v in values if v != "No answer")
        assert shown(row) == dict(counted), row["label"]
        assert row["base"] == sum(counted.values())
    answered = sum(1 for person in zip(*columns, strict=True) if set(person) != {"No answer"})
    assert (question["base"], question["no_answer"]) == (answered, len(columns[0]) - answered)


def test_flying_etiquette(tmp_path):
    rows = read(FLYING[0])
    found = bring_in(*FLYING, tmp_path)
    assert found["responses"] == len(rows) == 1040
    questions = {q["wording"]: q for q in found["questions"]}
    assert set(questions) == set(rows[0]) - NOT_QUESTIONS
    often = "How often do you travel by plane?"
    routed = list(rows[0])[2:22]  # who never flies was not asked about flying
    for column, question in questions.items():
        values = ["NA" if column in routed and row[often] == "Never" else row[column] for row in rows]
        check_single(question, values, {""})


def test_the_routing_of_the_grand_debat_asks_what_its_list_says():
    """The list says which question each of 19 depends on; “Si oui” wants a yes, “Si non” a no, others any answer."""
    call_command("import_survey", EXAMPLES / "grand-debat-fr-2019.json", publish=True, stdout=io.StringIO())
    compiled = compiled_live(Survey.objects.for_display().get())
    file = DATA / "questions-grand-debat-fr-2019/questions.csv"
    if not file.exists():
        pytest.skip(f"the list is not on this machine: {file}")
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(compiled.questions) == len(rows) == 97
    for said in ("oui", "non", None):
        given = {f"q{r['id']}": {"options": [said]} if said and r["open_ended"] == "0" else None for r in rows}
        wanted = set()
        for row in rows:
            begins = row["text"].lower()[:7]
            opens = {"si oui,": said == "oui", "si non,": said == "non"}.get(begins, said is not None)
            if not row["depends_on"] or opens:
                wanted.add(f"q{row['id']}")
        assert {q["id"] for q in compiled.routing.asked(given)} == wanted


def test_masculinity(tmp_path):
    rows = read(MASCULINITY[0])
    found = bring_in(*MASCULINITY, tmp_path)
    assert found["responses"] == len(rows) == 1615
    columns: dict[str, list[str]] = {}
    for column in rows[0].keys() - NOT_QUESTIONS:
        columns.setdefault(column.partition("_")[0], []).append(column)
    assert {q["id"] for q in found["questions"]} == set(columns)
    compiled = compiled_live(Survey.objects.for_display().get())
    for answers in Response.objects.values_list("answers", flat=True):  # the file's NA, and nothing else
        routed = {q["id"] for q in compiled.routing.asked(answers)}
        assert {i for i in answers if i in compiled.routing.rules} == routed & compiled.routing.rules.keys()
    for question in found["questions"]:
        mine = sorted(columns[question["id"]])
        if question["type"] == "single":
            check_single(question, [row[mine[0]] for row in rows], {"No answer"})
        elif question["type"] == "multiple":
            check_multiple(question, [tuple(row[c] for c in mine) for row in rows])
        else:
            check_grid(question, [[row[c] for row in rows] for c in mine])
