"""Four real participatory budgets come in whole as votes: every project counts what a plain count of its file gives.

The counting side of this test (csv and Counter) uses no code of ours. The files are in the Pabulib format: sections
META, PROJECTS and VOTES, of semicolons. Points are shared out by the voters of three, the fourth was voted by approval.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import call_command

from surveys.models import Survey
from surveys.results import figures

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[2].parent / "shared/data"


class Budget(NamedTuple):
    meta: dict[str, str]
    projects: list[dict[str, str]]
    votes: list[dict[str, str]]


def read(name: str) -> Budget:
    file = DATA / f"pb-{name}" / f"{name}.pb"
    if not file.exists():
        pytest.skip(f"this participatory budget is not on this machine: {file}")
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in file.read_text("utf-8-sig").splitlines():
        if line in ("META", "PROJECTS", "VOTES"):
            lines = sections[line] = []
        elif line:
            lines.append(line)
    tables = {title: list(csv.DictReader(rows, delimiter=";")) for title, rows in sections.items()}
    return Budget({r["key"]: r["value"] for r in tables["META"]}, tables["PROJECTS"], tables["VOTES"])


def question(budget: Budget) -> dict:
    asked = {"id": "vote", "code": "vote", "wording": budget.meta["description"][:200]}
    labels = [
        {"id": p["project_id"].replace("/", "-"), "label": f"{p['name']} ({n})"} for n, p in enumerate(budget.projects)
    ]
    if budget.meta["vote_type"] == "approval":
        priced = [item | {"cost": round(float(p["cost"]))} for item, p in zip(labels, budget.projects, strict=True)]
        bounds = {"envelope": int(budget.meta["budget"]), "max_choices": int(budget.meta["max_length"])}
        return asked | {"type": "basket", "options": priced, "unit": budget.meta["currency"], **bounds}
    most = int(budget.meta.get("max_points", budget.meta["max_sum_points"]))
    return asked | {"type": "points", "options": labels, "points": int(budget.meta["max_sum_points"]), "most": most}


def write(budget: Budget, file: Path) -> None:
    """One row a voter, one column a project, as a sheet of votes would be keyed in."""
    ids = [p["project_id"] for p in budget.projects]
    with file.open("w", encoding="utf-8", newline="") as sheet:
        rows = csv.writer(sheet)
        rows.writerow([f"vote_{n}" for n in range(1, len(ids) + 1)])
        for vote in budget.votes:
            chosen = vote["vote"].split(",")
            given = dict(zip(chosen, vote.get("points", "").split(","), strict=True)) if "points" in vote else {}
            rows.writerow([given.get(id_, "1") if id_ in chosen else "" for id_ in ids])


def bring_in(budget: Budget, tmp_path: Path) -> dict:
    definition = tmp_path / "survey.json"
    definition.write_text(json.dumps({"title": "Vote", "questions": [question(budget)]}), "utf-8")
    out = io.StringIO()
    call_command("import_survey", definition, publish=True, stdout=out)
    key = out.getvalue().strip()
    write(budget, tmp_path / "votes.csv")
    out = io.StringIO()
    call_command("import_responses", key, tmp_path / "votes.csv", json=True, stdout=out)
    outcome = json.loads(out.getvalue())
    assert (outcome["added"], outcome["rejected"]) == (len(budget.votes), 0)
    call_command("reconcile", stdout=io.StringIO())  # exits with 1 where anything differs
    survey = Survey.objects.for_display().get(key=key)
    counts = dict(survey.tool.tallies.values_list("number", "n"))
    return figures(survey, counts, None, threshold=1)["questions"][0]


@pytest.mark.parametrize(
    ("name", "voters", "projects"),
    [
        ("france_toulouse_2019", 1494, 30),
        ("france_toulouse_2022", 4532, 199),
        ("poland_katowice_2023_zaleze", 1722, 9),
        ("switzerland_zurich_d10", 180, 24),
    ],
)
def test_totals_per_project_are_those_of_the_file(name, voters, projects, tmp_path):
    budget = read(name)
    assert (len(budget.votes), len(budget.projects)) == (voters, projects)
    votes: Counter[str] = Counter()
    score: Counter[str] = Counter()
    for vote in budget.votes:
        chosen = vote["vote"].split(",")
        votes.update(chosen)
        score.update(dict(zip(chosen, map(int, vote["points"].split(",")), strict=True)) if "points" in vote else {})
    found = bring_in(budget, tmp_path)
    shown = {o["id"]: o for o in found["options"]}
    ids = {p["project_id"]: p["project_id"].replace("/", "-") for p in budget.projects}
    assert found["base"] == voters
    assert {id_: shown[ours]["count"] for id_, ours in ids.items()} == {id_: votes[id_] for id_ in ids}
    if score:
        assert {id_: shown[ours]["points"] for id_, ours in ids.items()} == {id_: score[id_] for id_ in ids}
