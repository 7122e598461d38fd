"""Debates to files and back: what was exported and imported is exported the same."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation import exports, voting
from deliberation.models import Debate, Statement, Vote, Voter
from participation import receipts
from tests.factories.canaries import STATES, Ground, masked, text_of
from tests.factories.crowds import camps
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import moderate

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[3] / "shared/data"
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


def round_trip(key: str, folder: Path) -> tuple[tuple[str, str], tuple[str, str]]:
    """The files of a debate, and those of the debate imported from them."""
    run("export_debate", key, "--out", str(folder / "a"))
    again = run("import_debate", str(folder / "a")).strip().splitlines()[-1]
    run("export_debate", again, "--out", str(folder / "b"))
    return files(folder / "a"), files(folder / "b")


@pytest.fixture
def debate():
    found = DebateFactory(open=True, seeds=SEEDS)
    StatementFactory(debate=found, published=True, text="+ proposée, publiée et non lue")
    StatementFactory(debate=found, refused=True)
    camps(found, [25, 20], doubt=0.1)
    return found


def test_export_import_export_is_the_identity(debate, tmp_path):
    first, second = round_trip(debate.key, tmp_path)
    assert first == second
    copy = Debate.objects.exclude(imported_from=None).get()
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


@pytest.mark.parametrize("name", ["brexit-consensus", "vtaiwan.uberx"])
def test_a_real_debate_is_exported_as_it_came_but_for_the_hour(name, tmp_path):
    if not (DATA / name).exists():
        pytest.skip(f"the real debate is not on this machine: {DATA / name}")
    source = tmp_path / "source"
    source.mkdir()
    for file in ("statements.csv", "votes.csv"):
        (source / file).write_bytes((DATA / name / file).read_bytes())
    first, second = round_trip(run("import_debate", str(source)).strip(), tmp_path)
    assert first == second
    came, went = ([list(csv.DictReader(io.StringIO(text))) for text in pair] for pair in (files(source), first))
    assert [(s["statement_id"], s["moderated"], s["text"].split()) for s in came[0]] == [
        (s["statement_id"], s["moderated"], s["text"].split()) for s in went[0]
    ]
    last = {(v["participant_id"], v["statement_id"]): v for v in came[1]}
    assert len(last) == len(went[1])
    for vote in went[1]:
        before = last[vote["participant_id"], vote["statement_id"]]
        assert before["vote"] == vote["vote"]
        assert 0 <= int(before["timestamp"]) - int(vote["timestamp"]) < 90_000_000  # a day may have 25 hours


def test_a_debate_of_both_kinds_of_people_numbers_ours_after_theirs(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "statements.csv").write_text("statement_id,text,moderated,created\n7,Des bancs,1,\n10,Des arbres,0,\n")
    names = ["9", "10", "007", "00", "anna", "Été", "'=1", "²", "-3"]
    rows = [f"{name},{ref},1," for name in names for ref in ("10", "7")]
    (source / "votes.csv").write_text("\n".join(["participant_id,statement_id,vote,timestamp", *rows, ""]))
    debate = Debate.objects.get(key=run("import_debate", str(source)).strip())
    camps(debate, [3, 2])
    first, second = round_trip(debate.key, tmp_path)
    assert first == second
    people = list(dict.fromkeys(row["participant_id"] for row in csv.DictReader(io.StringIO(first[1]))))
    assert people[:7] == ["9", "10", "11", "12", "13", "14", "15"]
    assert set(people[7:]) == set(names) - {"9", "10"}


def test_numbers_do_not_tell_when_somebody_came(debate):
    arrived = Voter.objects.bulk_create([Voter(debate=debate, participant_key=bytes([n] * 32)) for n in range(40)])
    numbers = exports.names_of(debate)
    of_arrival = [int(numbers[voter.pk]) for voter in arrived]
    assert of_arrival != sorted(of_arrival) and sorted(map(int, numbers.values())) == list(range(1, 86))


def test_what_each_status_and_day_become(debate, tmp_path):
    first, second, third = debate.statements.filter(origin="seed").order_by("pk")[:3]
    Statement.objects.filter(pk=first.pk).update(status="closed", proposed_on=date(2026, 3, 29))
    Statement.objects.filter(pk=second.pk).update(status="pending", read=False, proposed_on=None)
    Statement.objects.filter(pk=third.pk).update(read=False, text="Deux\n lignes")
    run("export_debate", debate.key, "--out", str(tmp_path))
    rows = {row["statement_id"]: row for row in csv.DictReader(io.StringIO(files(tmp_path)[0]))}
    assert list(rows) == sorted(rows)  # which tells nothing of their age
    assert [rows[s.ref]["moderated"] for s in (first, second, third)] == ["1", "-1", "0"]
    assert [rows[s.ref]["created"] for s in (first, second)] == ["1774738800000", ""]  # 0 h in Paris, as clocks change
    assert rows[third.ref]["text"] == "Deux lignes"


def test_what_is_shown_to_nobody_is_never_exported_as_if_it_were(tmp_path):
    """Imported again it would be open to votes: only a decision to show a text makes it 0 or 1."""
    ground = Ground()
    planted = {state: ground.plant("statement", state) for state in STATES}
    gone = ground.plant("statement", "byaside")
    moderate(gone.item)
    moderate(gone.item, "hide")
    receipts.erase(gone.code)
    first, second = round_trip(ground.debate.key, tmp_path)
    assert first == second
    rows = {row["text"]: row["moderated"] for row in csv.DictReader(io.StringIO(first[0]))}
    assert {said: rows.get(text_of("statement", said), "") for said in planted} == {
        **dict.fromkeys(("pending", "asked", "redacted"), ""),
        **dict.fromkeys(("refused", "hidden", "forwarded", "merged"), "-1"),
    }
    assert rows[masked("statement", "redacted")] == "1", "what is masked stays here"
    assert not any(gone.beside in text or not text for text in rows)
    copy = Debate.objects.exclude(imported_from=None).get()
    assert not Statement.objects.filter(debate=copy, status="published", text__contains="zz").exists()


def test_an_export_that_fails_leaves_what_was_there(debate, tmp_path, monkeypatch):
    run("export_debate", debate.key, "--out", str(tmp_path))
    before = files(tmp_path)
    voting.set_aside(list(Voter.objects.filter(debate=debate)[:5]))

    def breaks(*args):
        yield "1", "x", 1, ""
        raise OSError("disk full")

    monkeypatch.setattr(exports, "_vote_rows", breaks)
    with pytest.raises(CommandError) as refused:
        run("export_debate", debate.key, "--out", str(tmp_path))
    assert refused.value.returncode == 2
    assert files(tmp_path) == before and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("out", ["file", "file/below", "a\x00b"])
def test_a_folder_that_cannot_be_is_a_bad_argument(debate, tmp_path, out):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError) as refused:
        run("export_debate", debate.key, "--out", str(tmp_path / out))
    assert refused.value.returncode == 2


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30) | st.sampled_from(
    ["'=1", "''+1", "=1", "-1", "@x", "'Lexit'", '"', "a,b", "é", "e\u0301", "￼", "＝1"]
)
NAMES = st.sampled_from(["0", "1", "10", "9", "01", "anna", "=1", "'=1", "-5", "é", "a b", '"x"', "a,b"])
DAYS = st.sampled_from(["", "1500232652897", "1774738800000", "1774742400000"])
VOTE = st.tuples(NAMES, st.integers(0, 3), st.sampled_from(["1", "-1", "0"]), DAYS)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.tuples(TEXTS, st.sampled_from(["1", "0", "-1"]), DAYS), min_size=4, max_size=4),
    cast=st.lists(VOTE, max_size=25),
)
def test_whatever_the_texts_and_names_the_round_trip_is_the_identity(tmp_path, said, cast):
    source = tmp_path / "source"
    source.mkdir(exist_ok=True)
    rows = [["statement_id", "text", "moderated", "created"], *([f"s{n}", *row] for n, row in enumerate(said))]
    votes = [["participant_id", "statement_id", "vote", "timestamp"], *([w, f"s{n}", v, t] for w, n, v, t in cast)]
    for name, content in (("statements.csv", rows), ("votes.csv", votes)):
        with (source / name).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(content)
    try:
        key = run("import_debate", str(source)).strip()
    except (SystemExit, CommandError):
        return  # a text without a letter to show
    first, second = round_trip(key, tmp_path)
    assert first == second
    kept = {(row["participant_id"], row["statement_id"]) for row in csv.DictReader(io.StringIO(first[1]))}
    assert len(kept) == Vote.objects.filter(voter__debate__key=key).count()
