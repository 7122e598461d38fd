"""Opinion groups and the seal from the command line: what is said of a debate, and with which exit code."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from counting.models import Tally
from deliberation import voting
from deliberation.models import OpinionMap, Statement, Voter
from tests.factories.crowds import camps
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import moderate

pytestmark = pytest.mark.django_db
SEEDS = [f"Phrase numéro {n}." for n in range(8)]


def run(*words: str, **options) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def debate():
    found = DebateFactory(open=True, seeds=SEEDS)
    StatementFactory(debate=found, refused=True)
    camps(found, [25, 20], doubt=0.1)
    return found


@pytest.fixture
def two_sides(tmp_path) -> str:
    """The key of a debate imported with two camps: people called a… agree with even statements, b… with odd ones."""
    said = "statement_id,text,moderated,created\n" + "".join(f"st{n},Phrase {n},1,\n" for n in range(10))
    rows = [(who, n, 1 if (n % 2 == 0) == (who[0] == "a") else -1) for who in people() for n in range(10)]
    rows = [row for place, row in enumerate(rows) if place % 7]  # some votes are not cast
    cast = "participant_id,statement_id,vote,timestamp\n" + "".join(f"{who},st{n},{vote},\n" for who, n, vote in rows)
    (tmp_path / "statements.csv").write_text(said)
    (tmp_path / "votes.csv").write_text(cast)
    return run("import_debate", str(tmp_path)).strip()


def people() -> list[str]:
    return [f"{side}{n}" for n in range(20) for side in "ab"]


def write_pairs(folder: Path, pairs: list[tuple[str, str]]) -> str:
    path = folder / "pairs.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("participant_id", "statement_id"), *pairs])
    return str(path)


@pytest.mark.parametrize("engine", ["classic", "ideal"])
def test_ids_are_those_of_the_files(two_sides, engine, tmp_path):
    pairs = [(who, f"st{n}") for who in people() for n in range(10)]
    said = run("opinion_groups", two_sides, "--engine", engine, "--json", "--predict", write_pairs(tmp_path, pairs))
    found = json.loads(said)
    assert found["k"] == 2 and set(found["assignments"]) == set(found["positions"]) == set(people())
    groups = {side: {g for who, g in found["assignments"].items() if who[0] == side} for side in "ab"}
    assert len(groups["a"]) == len(groups["b"]) == 1 and groups["a"] != groups["b"]
    for who, ref, p in found["predictions"]:
        assert (p > 0.5) == ((int(ref[2:]) % 2 == 0) == (who[0] == "a")), (who, ref, p)
    [a] = groups["a"]
    for stance in found["groups"][a]["representative"]:
        assert (stance["stance"] == "agree") == (int(stance["statement_id"][2:]) % 2 == 0)


def test_nothing_is_stored(debate):
    run("opinion_groups", debate.key)
    assert not OpinionMap.objects.exists()


def test_who_is_set_aside_is_in_no_group(debate):
    voting.set_aside(list(Voter.objects.filter(debate=debate)[:5]))
    found = json.loads(run("opinion_groups", debate.key, "--json"))
    assert found["participants"] == len(found["positions"]) == 40


def test_the_summary_tells_groups_agreements_divisions_and_doubts(debate):
    said = run("opinion_groups", debate.key, "--engine", "classic")
    for told in ("45 personnes", "Groupe A", "Groupe B", "25 personnes", "20 personnes", SEEDS[0], SEEDS[-1]):
        assert told in said
    parts = said.split("\n\n")
    unites, divides, doubts = parts[-3:]
    assert SEEDS[0] in unites and SEEDS[0] not in divides and SEEDS[1] in divides and SEEDS[-1] in doubts


@pytest.mark.parametrize("engine", ["classic", "ideal"])
def test_opinion_groups_prints_the_promised_json(debate, engine, tmp_path):
    run("export_debate", debate.key, "--out", str(tmp_path))
    ref = Statement.objects.filter(debate=debate).first().ref
    write_pairs(tmp_path, [("1", ref), ("nobody", ref), ("1", "nothing")])
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
    moderate(statement, "refuse", reason="Article 2 : injure.")
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
        (b"statement_id,participant_id\n1,2\n1\n\n,2\n", "lignes 3, 5"),
        (b'participant_id,statement_id\n"1"x,2\n', "ligne 2"),
        (b"participant_id;statement_id\n1;2\n", "ligne 1"),
        (b"participant_id,statement_id\n1,2\n\xe9,2\n", "ligne 3"),
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


def test_a_debate_never_published_is_not_sealed_and_a_wrong_total_neither(debate):
    with pytest.raises(CommandError) as refused:
        run("seal", DebateFactory().key)
    assert refused.value.returncode == 1
    Tally.objects.filter(tool=debate.tool, name="n").update(n=46)
    with pytest.raises(CommandError) as refused:
        run("seal", debate.key)
    assert refused.value.returncode == 1
    call_command("reconcile", rebuild=True, stdout=io.StringIO())
    assert "45 participants" in run("seal", debate.key)
