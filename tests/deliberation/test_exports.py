"""Debates to files and back, and the groups that commands print."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from deliberation import statements, voting
from deliberation.models import Debate, Statement, Vote, Voter
from tests.factories.crowds import camps
from tests.factories.debates import DebateFactory, StatementFactory

pytestmark = pytest.mark.django_db
SEEDS = [f"Phrase numéro {n}." for n in range(6)] + [
    "=CMD() « voilà », dit-il",
    "'=1+1",
    'Avec un\u00a0« guillemet » "droit"',
]


def run(*words: str, **options) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def files(folder: Path) -> tuple[str, str]:
    return (folder / "statements.csv").read_text(), (folder / "votes.csv").read_text()


@pytest.fixture
def debate():
    found = DebateFactory(open=True, seeds=SEEDS)
    StatementFactory(debate=found, published=True, text="+ proposée, publiée et non lue")
    StatementFactory(debate=found, refused=True)
    camps(found, [25, 20], doubt=0.1)
    return found


def test_export_import_export_is_the_identity(debate, tmp_path):
    run("export_debate", debate.key, "--out", str(tmp_path / "a"))
    key = run("import_debate", str(tmp_path / "a")).strip().splitlines()[-1]
    run("export_debate", key, "--out", str(tmp_path / "b"))
    assert files(tmp_path / "a") == files(tmp_path / "b")
    copy = Debate.objects.get(key=key)
    assert set(copy.statements.values_list("text", flat=True)) == set(debate.statements.values_list("text", flat=True))
    assert Vote.objects.filter(voter__debate=copy).count() == Vote.objects.filter(voter__debate=debate).count() > 300


def test_exports_hold_no_key_no_id_and_nobody_set_aside(debate, tmp_path):
    gone, aside = Voter.objects.filter(debate=debate)[:2]
    voting.set_aside([aside])
    voting.erase(bytes(gone.participant_key))
    run("export_debate", debate.key, "--out", str(tmp_path))
    said, cast = files(tmp_path)
    people = {row["participant_id"] for row in csv.DictReader(io.StringIO(cast))}
    assert len(people) == 43 and not any(str(v.pk) in cast for v in Voter.objects.all())
    assert {row["moderated"] for row in csv.DictReader(io.StringIO(said))} == {"1", "0", "-1"}
    assert not any(cell.startswith(("=", "+")) for row in csv.reader(io.StringIO(said)) for cell in row)


@pytest.mark.parametrize("engine", ["classic", "ideal"])
def test_opinion_groups_prints_the_promised_json(debate, engine, tmp_path):
    run("export_debate", debate.key, "--out", str(tmp_path))
    ref = Statement.objects.filter(debate=debate).first().ref
    (tmp_path / "pairs.csv").write_text(f"participant_id,statement_id\n1,{ref}\nnobody,{ref}\n1,nothing\n")
    said = run("opinion_groups", debate.key, "--engine", engine, "--json", "--predict", str(tmp_path / "pairs.csv"))
    found = json.loads(said)
    assert {"engine", "participants", "votes", "k", "groups", "assignments", "positions", "statements"} <= found.keys()
    assert found["engine"] == engine and found["participants"] == 45 and found["k"] == len(found["groups"])
    cast = list(csv.DictReader((tmp_path / "votes.csv").open()))
    assert found["votes"] == len(cast) and set(found["positions"]) == {row["participant_id"] for row in cast}
    assert sum(g["size"] for g in found["groups"]) == len(found["assignments"])
    by_hand = {}
    for row in cast:
        by_hand.setdefault(row["statement_id"], []).append(row["vote"])
    for entry in found["statements"]:
        votes = by_hand.get(entry["id"], [])
        assert [entry["agree"], entry["disagree"], entry["pass"]] == [votes.count(v) for v in ("1", "-1", "0")]
        assert {"consensus", "bridging", "divisiveness", "priority"} <= entry.keys()
    assert [pair[:2] for pair in found["predictions"]] == [["1", ref], ["nobody", ref], ["1", "nothing"]]
    assert all(0 < pair[2] < 1 for pair in found["predictions"])
    assert "Groupe A" in run("opinion_groups", debate.key, "--engine", engine)


def test_refused_statements_are_in_no_group_and_no_statistic(debate):
    statement = Statement.objects.filter(debate=debate, status="published").first()
    statements.refuse([statement], "Article 2 : injure.")
    found = json.loads(run("opinion_groups", debate.key, "--json"))
    assert statement.ref not in {s["id"] for s in found["statements"]}
    assert statement.ref not in {r["statement_id"] for g in found["groups"] for r in g["representative"]}


@pytest.mark.parametrize("seeds", [[], ["Une seule phrase."]])
def test_opinion_groups_of_nothing_fails_in_no_way(seeds):
    debate = DebateFactory(open=True, seeds=seeds)
    for engine in ("classic", "ideal"):
        assert json.loads(run("opinion_groups", debate.key, "--engine", engine, "--json"))["votes"] == 0
        run("opinion_groups", debate.key, "--engine", engine)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"who,what\n1,2\n", "ligne 1"),
        (b"participant_id,statement_id\n1,\n", "ligne 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"", "ligne 1"),
    ],
)
def test_bad_pairs_are_told_with_their_line(debate, tmp_path, content, line):
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(CommandError) as refused:
        run("opinion_groups", debate.key, "--predict", str(tmp_path / "pairs.csv"))
    assert refused.value.returncode == 2 and line in str(refused.value)


@pytest.mark.parametrize("command", ["opinion_groups", "export_debate", "seal"])
@pytest.mark.parametrize("key", ["nowhere", "a\x00b", "é" * 100])
def test_an_unknown_key_is_a_bad_argument(command, key, tmp_path):
    more = ["--out", str(tmp_path)] if command == "export_debate" else []
    with pytest.raises(CommandError) as refused:
        run(command, key, *more)
    assert refused.value.returncode == 2


def test_a_debate_is_sealed_with_totals_that_no_longer_change(debate):
    record = json.loads(run("seal", debate.key, "--json"))
    assert record["totals"]["n"] == record["receipts"] == 45
    assert json.loads(run("seal", debate.key, "--json")) == record
    assert debate.__class__.objects.for_display().get(pk=debate.pk).phase() == "closed"
