"""Importing debates: the last vote of each pair counted once, bad rows aside with line and reason, in any file."""

import csv
import io
import json
import threading
import tracemalloc
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counting import reconcile
from counting.models import Tally
from deliberation import analysis, imports, results
from deliberation.imports import storing
from deliberation.models import Debate, Statement, Vote, Voter
from participation.identity import participant_key

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[3] / "shared/data"
REAL = ["brexit-consensus", "scoop-hivemind.biodiversity", "vtaiwan.uberx", "american-assembly.bowling-green"]
SAID = "statement_id,text,moderated,created\n0,Des bancs,1,1500232652897\n1,Des arbres,0,\n2,Des injures,-1,\n"
CAST = "participant_id,statement_id,vote,timestamp\n"
VOTES = CAST + "a,0,1,1500232652897\na,1,-1,1500232652898\nb,0,0,\nb,2,1,\n"


def write(folder: Path, said: str | bytes = SAID, cast: str | bytes = VOTES) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in (("statements.csv", said), ("votes.csv", cast)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run(folder: Path, code: int = 0, **options) -> dict:
    """What the import says; it must end with `code`, and the figures must be right."""
    out, ended = io.StringIO(), 0
    try:
        call_command("import_debate", folder, json=True, stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as end:
        ended = end.code
    assert ended == code
    found = json.loads(out.getvalue())
    assert reconcile.compare(Debate.objects.get(key=found["key"]).tool) == []
    return found


def refusal(folder: Path, code: int, **options) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_debate", folder, stdout=io.StringIO(), stderr=io.StringIO(), **options)
    assert caught.value.returncode == code
    assert not Debate.objects.exists()
    return str(caught.value)


def of(found: dict) -> Debate:
    return Debate.objects.for_display().get(key=found["key"])


def counts(debate: Debate) -> dict[str, int]:
    return dict(Tally.objects.filter(tool=debate.tool).exclude(n=0).values_list("name", "n"))


def rejected(folder: Path, name: str = "votes") -> list[list[str]]:
    with (folder / f"{name}.rejected.csv").open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


def last_votes(path: Path) -> dict[tuple[str, str], str]:
    """By csv alone: (participant, statement) → the last vote, in time and then in the order of the file."""
    with path.open(encoding="utf-8", newline="") as source:
        rows = sorted(csv.DictReader(source), key=lambda row: int(row["timestamp"] or 0))
    return {(row["participant_id"], row["statement_id"]): row["vote"] for row in rows}


@pytest.mark.parametrize("name", REAL)
def test_a_real_debate_comes_in_whole(name, tmp_path):
    if not (DATA / name).exists():
        pytest.skip(f"the real debate is not on this machine: {DATA / name}")
    folder = write(tmp_path, *((DATA / name / file).read_bytes() for file in ("statements.csv", "votes.csv")))
    (folder / "README.md").write_bytes((DATA / name / "README.md").read_bytes())
    expected, last = json.loads((DATA / name / "expected.json").read_text()), last_votes(folder / "votes.csv")
    found = run(folder)
    debate = of(found)
    assert found["added"] == {"participants": expected["n_participants"], "votes": expected["n_votes_unique"]}
    assert found["replaced"] == expected["n_vote_rows"] - expected["n_votes_unique"]
    assert Voter.objects.filter(debate=debate).count() == expected["n_participants"]
    assert Vote.objects.filter(voter__debate=debate).count() == len(last) == expected["n_votes_unique"]
    refused = debate.statements.filter(status=Statement.Status.REFUSED).values_list("ref", flat=True)
    assert sorted(map(int, refused)) == expected["mod_out"]
    words = {"1": "agree", "-1": "disagree", "0": "pass"}
    by_hand = Counter(f"s:{ref}:{words[vote]}" for (_who, ref), vote in last.items())
    assert counts(debate) == {**by_hand, "n": expected["n_participants"]}
    assert debate.phase() == "open" and "(https" not in debate.title and len(debate.title) > 15
    again = run(folder)
    assert (again["key"], again["found"], again["added"]) == (found["key"], True, {"participants": 0, "votes": 0})
    assert Vote.objects.count() == len(last)


def test_what_is_stored_of_each_row(tmp_path):
    debate = of(run(write(tmp_path)))
    said = debate.statements.order_by("pk").values_list("ref", "text", "status", "read", "origin", "proposed_on")
    assert list(said) == [
        ("0", "Des bancs", "published", True, "import", date(2017, 7, 16)),
        ("1", "Des arbres", "published", False, "import", None),
        ("2", "Des injures", "refused", True, "import", None),
    ]
    cast = Vote.objects.values_list("voter__name_in_file", "statement__ref", "value", "cast_on")
    day = date(2017, 7, 16)
    assert sorted(cast, key=str) == [("a", "0", 1, day), ("a", "1", -1, day), ("b", "0", 0, None), ("b", "2", 1, None)]
    key = Voter.objects.get(name_in_file="a").participant_key
    assert bytes(key) == participant_key(bytes(debate.scope.salt), "file:a")


def test_days_are_those_of_the_site(tmp_path):
    run(write(tmp_path, cast=CAST + "a,0,1,1500242399999\na,1,1,1500242400000\n"))  # midnight in Paris, and just before
    assert set(Vote.objects.values_list("statement__ref", "cast_on")) == {
        ("0", date(2017, 7, 16)),
        ("1", date(2017, 7, 17)),
    }


def test_votes_on_refused_statements_count_in_no_result(tmp_path):
    debate = of(run(write(tmp_path)))
    assert Vote.objects.filter(statement__status="refused").count() == 1
    assert len(analysis.load_votes(debate).value) == 3
    assert {entry["id"] for entry in results.published(debate)["statements"]} == {"0", "1"}


def test_figures_are_there_at_once(tmp_path):
    cast = CAST + "".join(f"p{n},0,1,\n" for n in range(40))
    debate = of(run(write(tmp_path, cast=cast)))
    assert results.published(debate)["statements"][0]["agree"] == 40


@pytest.mark.parametrize(
    ("rows", "value", "replaced"),
    [
        ("a,0,1,1500000000002\na,0,-1,1500000000001\n", 1, 1),
        ("a,0,1,1500000000001\na,0,-1,1500000000002\n", -1, 1),
        ("a,0,1,1500000000001\na,0,-1,1500000000001\n", -1, 1),
        ("a,0,1,\na,0,-1,\na,0,0,\n", 0, 2),
        ("a,0,1,1500000000001\na,0,-1,\n", -1, 1),
        ("a,0,1,1500000000003\nb,0,1,\na,0,-1,1500000000001\na,0,0,1500000000002\n", 1, 2),
    ],
)
def test_the_last_vote_of_a_pair_wins(tmp_path, rows, value, replaced):
    found = run(write(tmp_path, cast=CAST + rows))
    assert Vote.objects.get(voter__name_in_file="a").value == value
    assert found["replaced"] == replaced


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c,0,2,", "vote"),
        ("c,0,agree,", "-1"),
        ("c,0,disagree,", "vote"),
        ("c,0,,", "vote"),
        ("c,0,1.0,", "vote"),
        ("c,0,+1,", "vote"),
        ("c,0,１,", "vote"),
        ("c,0,−1,", "vote"),
        ("c,9,1,", "«\xa09\xa0»"),
        ("c,,1,", "statement_id"),
        (",0,1,", "participant_id"),
        ("  ,0,1,", "participant_id"),
        ("c" * 61 + ",0,1,", "participant_id"),
        ("c\u200b,0,1,", "participant_id"),
        ("c,0,1,hier", "timestamp"),
        ("c,0,1,1500232652", "timestamp"),
        ("c,0,1,-1500232652897", "timestamp"),
        ("c,0,1,1_500_232_652_897", "timestamp"),
        ("c,0,1," + "9" * 5000, "timestamp"),
        ("c,0,1,2017-07-16", "timestamp"),
        ("c,0,1", "3"),
        ("c,0,1,,", "5"),
        ("c", "1"),
        ("c\x00,0,1,", "octet nul"),
        ("c,0\x00,1,", "octet nul"),
        ('c"d,0,1,', None),
        ('"c,0,1,', "guillemet"),
        ('"c"d,0,1,', "guillemet"),
        ("c" * 3_000_000, "trop longue"),
        ("c," * 1_000_000, "colonnes"),
    ],
)
def test_bad_votes_are_set_aside_with_line_and_reason(tmp_path, row, reason):
    folder = write(tmp_path, cast=f"{VOTES}\n{row}\nd,0,1,\n")
    found = run(folder, code=1 if reason else 0)
    assert Voter.objects.filter(name_in_file="d").count() == 1
    assert found["added"]["votes"] == (5 if reason else 6)
    if reason:
        head, bad = rejected(folder)
        assert head == ["line", "reason", "participant_id", "statement_id", "vote", "timestamp"]
        assert bad[0] == "7" and reason in bad[1]
        assert found["rejected"] == {"statements.csv": 0, "votes.csv": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("3,,1,", "vide"),
        ('3,"  \n ",1,', "vide"),
        ("3,\u200b\x07,1,", None),
        ("0,Encore,1,", "2"),
        ("é,Texte,1,", "statement_id"),
        ("a:b,Texte,1,", "statement_id"),
        ("x" * 21 + ",Texte,1,", "statement_id"),
        (",Texte,1,", "statement_id"),
        ("3,Texte,2,", "moderated"),
        ("3,Texte,,", "moderated"),
        ("3,Texte,1,demain", "created"),
        ("3,Texte,1,1500232652", "created"),
        ("3,Te\x00xte,1,", "octet nul"),
        ("3," + "x" * 1001 + ",1,", "1001"),
        ("3," + "x" * 150_000 + ",1,", "illisibles"),
        ("3," + "x" * 3_000_000 + ",1,", "illisibles"),
        ("3,Texte,1", "3"),
        ("3,Texte, avec virgule,1,", "5"),
        ('3,"Texte"x,1,', "guillemet"),
    ],
)
def test_bad_statements_are_set_aside_with_line_and_reason(tmp_path, row, reason):
    said = f"{SAID}{row}\n4,Des fontaines,1,\n"
    folder = write(tmp_path, said, VOTES + "a,4,1,\n")
    found = run(folder, code=1 if reason else 0)
    assert Vote.objects.filter(statement__text="Des fontaines").count() == 1
    if reason:
        [_head, bad] = rejected(folder, "statements")
        assert bad[0] == "5" and reason in bad[1]
        assert found["statements"] == 4


def test_votes_on_a_statement_set_aside_are_set_aside(tmp_path):
    folder = write(tmp_path, SAID + "3,,1,\n", VOTES + "a,3,1,\n")
    assert run(folder, code=1)["rejected"] == {"statements.csv": 1, "votes.csv": 1}


def test_a_quotation_mark_left_open_takes_its_line_alone(tmp_path):
    folder = write(tmp_path, cast=CAST + 'a,0,1,\n"b,0,1,\nc,0,1,\nd,0,1,\n')
    assert run(folder, code=1)["added"]["votes"] == 3


def test_rejects_of_an_earlier_run_do_not_stay(tmp_path):
    run(write(tmp_path, cast=VOTES + "c,0,2,\n"), code=1)
    assert rejected(tmp_path)
    run(write(tmp_path))
    assert not list(tmp_path.glob("*.rejected.csv"))


def test_rejects_go_elsewhere_where_the_folder_takes_no_file(tmp_path, monkeypatch):
    folder, here = write(tmp_path / "debate", cast=VOTES + "c,0,2,\n"), tmp_path / "here"
    (folder / "votes.rejected.csv").mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    assert run(folder, code=1)["rejects"] == {"votes.csv": str(here / "votes.rejected.csv")}
    assert len(rejected(here)) == 2


@pytest.mark.parametrize(
    ("said", "cast", "told"),
    [
        (b"", VOTES, "statements.csv"),
        (SAID, b"", "votes.csv"),
        (SAID, b"\xef\xbb\xbf", "votes.csv"),
        (SAID, "\n\n", "votes.csv"),
        (SAID, "timestamp,datetime,comment-id,voter-id,vote\n1,x,0,0,1\n", "participant_id"),
        (SAID, "participant_id,statement_id,vote\na,0,1\n", "timestamp"),
        (SAID, CAST.replace("timestamp", "vote"), "vote"),
        ("statement_id,text,moderated,created,text\n", VOTES, "text"),
        (SAID, VOTES.replace(",", ";"), "«\xa0;\xa0»"),
        (SAID.replace(",", "\t"), VOTES, "«\xa0tab\xa0»"),
        (SAID.encode("utf-16"), VOTES, "UTF-8"),
        (SAID + "3,Été,1,\n".encode("cp1252").decode("latin-1"), VOTES, None),
        ((SAID + "3,Été,1,\n").encode("cp1252"), VOTES, "statements.csv, ligne 5"),
        (SAID, VOTES.encode() * 20_000 + b"\xff\n", "ligne 100001"),
        (SAID, VOTES.encode() + b"\xed\xa0\x80,0,1,\n", "ligne 6"),
        (SAID, VOTES.encode() + b"\xc3", "ligne 6"),
        (b'"' + b"x" * 3_000_000, VOTES, "statements.csv"),
    ],
)
def test_files_that_cannot_be_a_debate_are_refused_whole(tmp_path, said, cast, told):
    if told:
        assert told in refusal(write(tmp_path, said, cast), code=2)
    else:
        run(write(tmp_path, said, cast))


@pytest.mark.parametrize("missing", ["statements.csv", "votes.csv", "", "nowhere", "a\x00b"])
def test_files_that_are_not_there_are_bad_arguments(tmp_path, missing):
    folder = write(tmp_path)
    if missing.endswith(".csv"):
        (folder / missing).unlink()
        assert missing in refusal(folder, code=2)
    else:
        refusal(folder / (missing or "votes.csv"), code=2)


@pytest.mark.parametrize(
    ("said", "cast", "told"),
    [
        (SAID, VOTES.replace(",1,", ",agree,").replace(",-1,", ",disagree,").replace(",0,\n", ",pass,\n"), "agree"),
        (SAID.replace("Des ", "\x00"), VOTES, "octet nul"),
    ],
)
def test_files_of_which_no_row_can_be_used_leave_no_debate(tmp_path, said, cast, told):
    assert told in refusal(write(tmp_path, said, cast), code=1)


def test_more_statements_than_can_be_counted_are_refused(tmp_path):
    rows = "".join(f"{n},Phrase {n},1,\n" for n in range(21_846))
    assert "21845" in refusal(write(tmp_path, SAID.splitlines()[0] + "\n" + rows), code=2)


def test_a_mark_line_ends_spaces_columns_and_empty_rows_do_no_harm(tmp_path):
    said = "\ufeff" + "created,EXTRA, text ,Moderated,statement_id\n,x,« Des, bancs »,1,0\n".replace("« ", '"').replace(
        " »", '"'
    )
    cast = "vote,timestamp,participant_id,statement_id\r\n1,, a ,0\r\n,,,\r\n\r\n-1,,b, 0 "
    found = run(write(tmp_path, said, ("\ufeff" + cast).encode()))
    assert (found["added"]["votes"], found["ignored"]) == (2, {"statements.csv": ["extra"]})
    assert Statement.objects.get().text == "Des, bancs"


def test_headers_alone_are_a_debate_without_anything(tmp_path):
    assert run(write(tmp_path, SAID.splitlines()[0], CAST))["added"] == {"participants": 0, "votes": 0}


@pytest.mark.parametrize(
    ("given", "readme", "title"),
    [
        ("", None, "debate"),
        ("Une autre ?", "Topic: Quoi ?", "Une autre ?"),
        ("", "# x\n\nTopic: Quoi ?  (https://pol.is/x); language: fr; size class: small.\n", "Quoi ?"),
        ("", "\ufeffTopic: Quoi (vraiment) ?; language: fr.\n", "Quoi (vraiment) ?"),
        ("", "Topic:\n\nTopic: ", "debate"),
        ("", "Topic: " + "x" * 500, "x" * 200),
        ("", "Topic: a\x00\x07b", "ab"),
    ],
)
def test_the_title(tmp_path, given, readme, title):
    folder = write(tmp_path / "debate")
    if readme is not None:
        (folder / "README.md").write_text(readme, encoding="utf-8")
    assert run(folder, title=given)["title"].replace(" ", "") == title.replace(" ", "")


@pytest.mark.parametrize("title", ["x" * 201, " \n "])
def test_a_title_that_cannot_be_is_a_bad_argument(tmp_path, title):
    assert "--title" in refusal(write(tmp_path), code=2, title=title)


def test_the_key_is_the_last_line_and_the_summary_is_beside(tmp_path):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_debate", write(tmp_path, cast=VOTES + "a,0,-1,\nc,0,2,\nd,7,1,\n"), stdout=out, stderr=err)
    assert out.getvalue() == Debate.objects.get().key + "\n"
    for told in ("7, 8", str(tmp_path / "votes.rejected.csv"), "(-1)", "4, 5, 6"):
        assert told in err.getvalue()


def test_an_interrupted_import_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(storing, "BATCH", 10)
    folder = write(tmp_path, cast=CAST + "".join(f"p{n},{s},1,\n" for n in range(20) for s in (0, 1)))
    real, calls = storing.ledger.write, []

    def breaks(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(storing.ledger, "write", breaks)
    with pytest.raises(CommandError) as caught:
        call_command("import_debate", folder)
    assert caught.value.returncode == 1
    assert Voter.objects.count() == 10
    monkeypatch.setattr(storing.ledger, "write", real)
    found = run(folder)
    assert (found["found"], found["added"]["participants"], found["already_there"]) == (True, 10, 10)
    assert counts(Debate.objects.get())["s:0:agree"] == 20


def test_a_sealed_debate_takes_nothing_more(tmp_path):
    folder = write(tmp_path)
    key = run(folder)["key"]
    call_command("seal", key, stdout=io.StringIO())
    assert run(folder)["added"]["votes"] == 0
    Voter.objects.filter(name_in_file="a").delete()
    with pytest.raises(CommandError) as caught:
        call_command("import_debate", folder)
    assert caught.value.returncode == 1 and Voter.objects.count() == 1


def test_one_other_byte_in_either_file_is_another_debate(tmp_path):
    pairs = [(SAID, VOTES), (SAID.replace("bancs", "Bancs"), VOTES), (SAID, VOTES.replace("b,0,0", "b,0,1"))]
    assert len({run(write(tmp_path, *pair))["key"] for pair in pairs}) == 3


def test_what_moderators_did_since_stays(tmp_path):
    folder = write(tmp_path)
    debate = of(run(folder))
    debate.statements.filter(ref="0").update(status=Statement.Status.REFUSED, text="Des bancs !")
    assert run(folder)["found"]
    assert debate.statements.get(ref="0").text == "Des bancs !"
    assert debate.statements.get(ref="0").status == Statement.Status.REFUSED


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_files_at_once_are_one_debate(tmp_path, monkeypatch):
    monkeypatch.setattr(storing, "BATCH", 50)
    folder = write(tmp_path, cast=CAST + "".join(f"p{n},{n % 2},1,\n" for n in range(1000)))
    problems, barrier = [], threading.Barrier(2)

    def bring_in():
        try:
            barrier.wait()
            imports.import_debate(folder)
        except Exception as error:  # noqa: BLE001 - told below
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    run(folder)
    assert (Debate.objects.count(), Voter.objects.count(), Vote.objects.count()) == (1, 1000, 1000)
    assert counts(Debate.objects.get())["n"] == 1000


@pytest.mark.once
def test_a_large_file_takes_no_memory(tmp_path):
    with (write(tmp_path) / "votes.csv").open("w", encoding="utf-8") as target:
        target.write(CAST)
        target.writelines(f"{n // 3},{n % 3},{n % 3 - 1},{1500000000000 + n}\n" for n in range(300_000))
    tracemalloc.start()
    found = run(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found["added"] == {"participants": 100_000, "votes": 300_000}
    assert peak < 45_000_000


CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["0", "1", "-1", "a", "1500232652897", '"', '""', "'", "=1", "\n", "\r\n", ",", ";", "\x00", "\ufeff", "9" * 400]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5).map(",".join), max_size=6).map("\n".join)


@pytest.mark.once
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=ROWS, cast=ROWS | st.binary(max_size=40))
def test_whatever_is_in_the_files_there_is_no_traceback(tmp_path, said, cast):
    tail = cast if isinstance(cast, bytes) else cast.encode(errors="surrogatepass")
    folder = write(tmp_path, (SAID + said).encode(errors="surrogatepass"), VOTES.encode() + tail)
    try:
        call_command("import_debate", folder, stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError as error:
        assert error.returncode in (1, 2)
    except SystemExit as end:
        assert end.code == 1 and list(folder.glob("*.rejected.csv"))
    for debate in Debate.objects.for_display():
        assert reconcile.compare(debate.tool) == []
