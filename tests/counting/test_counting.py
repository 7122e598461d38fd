"""Counting: nothing is counted twice, forgotten or changed behind its back, whatever happens at the same time."""

import ast
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from django.core.management import call_command
from django.db import connection, connections, transaction

from counting import fold, gate, jobs, ledger, reconcile
from counting.models import LedgerEntry, Tally, Tool
from participation.receipts import issue_token
from surveys import intake, rows
from surveys.forms import compiled_live
from surveys.models import Response
from surveys.results import published
from tests.factories.surveys import SurveyFactory, question

ROOT = Path(__file__).resolve().parents[2]
at_once = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def survey(db):
    return SurveyFactory(open=True, questions=[question("scale")])


def send(survey, mark: int | None = 3) -> intake.Receipt:
    compiled = compiled_live(survey)
    return intake.record_response(compiled, {compiled.questions[0]["id"]: mark}, issue_token(survey.key))


def counted(survey) -> dict[str, int]:
    return dict(Tally.objects.filter(tool_id=survey.tool_id).exclude(n=0).values_list("name", "n"))


def together(acts) -> list:
    def run(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_what_is_stored_waits_until_it_is_folded_and_is_folded_once(survey):
    for mark in (3, 3, None):
        send(survey, mark)
    assert counted(survey) == {} and LedgerEntry.objects.count() == 3 and reconcile.compare(survey.tool) == []
    assert fold.fold(survey.tool_id) == 3 and fold.fold(survey.tool_id) == 0
    q = survey.live_version.schema["questions"][0]["id"]
    assert counted(survey) == {"n": 3, "c:web": 3, "t:open": 3, f"q:{q}": 2, f"-:{q}": 1, f"v:{q}:3": 2}
    assert Tool.objects.get(pk=survey.tool_id).counted_until and LedgerEntry.objects.count() == 0


def test_what_is_withdrawn_or_erased_leaves_the_totals(survey):
    from participation.receipts import key_of

    codes = [send(survey, mark).code for mark in (3, 4, 5)]
    assert intake.withdraw(survey, key_of(codes[0])) and intake.erase(key_of(codes[1])) == 1
    assert not intake.withdraw(survey, key_of(codes[0])) and intake.erase(key_of(codes[1])) == 0
    fold.sweep()
    assert counted(survey)["n"] == Response.objects.count() == 1 and reconcile.compare(survey.tool) == []


def test_sweep_counts_every_tool(survey):
    other = SurveyFactory(open=True, questions=[question("scale")])
    send(survey), send(other)
    call_command("sweep")
    assert counted(survey)["n"] == counted(other)["n"] == 1


@at_once
def test_a_ledger_row_needs_the_transaction_of_what_it_counts():
    with pytest.raises(transaction.TransactionManagementError):
        ledger.write(1, [(1, b"\0\0")])


@at_once
def test_a_response_whose_ledger_row_fails_is_not_stored(monkeypatch):
    survey = SurveyFactory(open=True, questions=[question("scale")])

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(rows, "insert_now", lambda *args: False)
    monkeypatch.setattr(ledger, "write", fail)
    with pytest.raises(RuntimeError):
        send(survey)
    assert Response.objects.count() == 0


# Proof


def _tamper(survey) -> None:
    Tally.objects.filter(tool=survey.tool, name="n").update(n=7)


def test_reconcile_finds_a_figure_that_was_tampered_with(survey, capsys):
    send(survey)
    fold.sweep()
    call_command("reconcile")
    _tamper(survey)
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile")
    assert stopped.value.code == 1 and "n: recount 1, tally 7, pending 0" in capsys.readouterr().out
    assert not Tool.objects.get(pk=survey.tool_id).agrees


@pytest.mark.parametrize("what", ["ledger", "response", "cells"])
def test_reconcile_finds_rows_lost_doubled_or_changed(survey, what):
    send(survey)
    if what == "ledger":
        LedgerEntry.objects.all().delete()
    elif what == "response":
        Response.objects.all().delete()
    else:
        Response.objects.update(cells=b"\x05\0")
    with pytest.raises(SystemExit):
        call_command("reconcile")


def test_rebuild_mends_tallies_and_cells_from_the_answers(survey):
    for mark in (3, 4, None):
        send(survey, mark)
    fold.sweep()
    _tamper(survey)
    Response.objects.update(cells=b"\x05\0")
    send(survey, 3)  # and one that still waits
    call_command("reconcile", rebuild=True)
    q = survey.live_version.schema["questions"][0]["id"]
    assert counted(survey) == {"n": 4, "c:web": 4, "t:open": 4, f"q:{q}": 3, f"-:{q}": 1, f"v:{q}:3": 2, f"v:{q}:4": 1}
    assert LedgerEntry.objects.count() == 0 and reconcile.compare(survey.tool) == []


# The end


def test_seal_counts_what_waits_and_the_totals_stay(survey):
    send(survey)
    record = reconcile.seal(survey.tool)
    assert record["totals"]["n"] == record["receipts"] == 1
    with pytest.raises(intake.Closed):
        send(survey)
    assert reconcile.seal(survey.tool) == record and Response.objects.count() == 1


def test_seal_refuses_totals_that_differ_from_a_recount(survey):
    send(survey)
    fold.sweep()
    _tamper(survey)
    with pytest.raises(reconcile.SealRefused):
        reconcile.seal(survey.tool)
    tool = Tool.objects.get(pk=survey.tool_id)
    assert tool.state == Tool.State.CLOSING and tool.sealed is None


@at_once
@on_postgresql
@pytest.mark.parametrize("attempt", range(10))
def test_who_is_thanked_while_the_survey_closes_is_in_the_sealed_total(attempt):
    survey = SurveyFactory(open=True, questions=[question("scale")])
    compiled_live(survey)
    thanked, started = [], threading.Barrier(7)

    def submit():
        started.wait()
        for _ in range(200):
            try:
                thanked.append(send(survey).code)
            except intake.Closed:
                return

    def seal():
        started.wait()
        time.sleep(0.05 + 0.02 * attempt)
        return reconcile.seal(Tool.objects.get(pk=survey.tool_id))

    record = together([submit] * 6 + [seal])[-1]
    assert len(thanked) == record["totals"].get("n", 0) == record["receipts"] == Response.objects.count() > 0


@at_once
@on_postgresql
def test_nobody_enters_while_a_closing_holds_the_gate_and_closing_waits_for_who_is_inside():
    survey = SurveyFactory(open=True, questions=[question("scale")])
    inside, order = threading.Event(), []

    def write():
        with transaction.atomic():
            gate.enter(survey.tool_id)
            inside.set()
            time.sleep(0.3)
            order.append("written")

    def close():
        inside.wait()
        gate.close(survey.tool_id)
        order.append("closed")

    together([write, close])
    assert order == ["written", "closed"]


@at_once
def test_many_folding_at_once_count_everything_once(monkeypatch):
    monkeypatch.setattr(fold, "BATCH", 7)
    survey = SurveyFactory(open=True, questions=[question("scale")])
    for _ in range(60):
        send(survey)
    folders = [lambda: fold.fold(survey.tool_id)] * 3
    taken = sum(together(folders)) + fold.sweep()
    assert taken == 60 and counted(survey)["n"] == 60 and reconcile.compare(survey.tool) == []


# The messenger


@pytest.fixture
def messenger(monkeypatch, settings):
    """Points nudges at another address, as if the process had just started."""

    def point(url: str) -> None:
        settings.REDIS_URL = url
        for name, value in {"_client": None, "_asleep_until": 0.0, "_sent": {}, "_late": set()}.items():
            monkeypatch.setattr(jobs, name, value)

    return point


@pytest.fixture
def black_hole():
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@at_once
@pytest.mark.parametrize("trouble", ["closed", "black hole", "no such socket"])
def test_a_dead_messenger_costs_next_to_nothing_and_no_response(messenger, black_hole, trouble):
    survey = SurveyFactory(open=True, questions=[question("scale")])
    messenger({"closed": "redis://127.0.0.1:1/0", "black hole": black_hole}.get(trouble, "unix:///nonexistent?db=0"))
    compiled_live(survey)
    begun = time.monotonic()
    send(survey)
    assert time.monotonic() - begun < 0.5
    fold.sweep()
    assert counted(survey)["n"] == 1


@at_once
def test_a_nudge_enqueues_one_job_with_ids_only_however_many_come(messenger, settings):
    messenger(settings.REDIS_URL)
    survey = SurveyFactory(open=True, questions=[question("scale")])
    client = redis.Redis.from_url(settings.REDIS_URL)
    before = client.llen("rq:queue:high")
    client.delete(f"palabre:nudged:{survey.tool_id}")
    for _ in range(5):
        send(survey)
    time.sleep(2 * jobs.PAUSE)
    assert client.llen("rq:queue:high") == before + 1
    job = client.lindex("rq:queue:high", -1).decode()
    data = client.hget(f"rq:job:{job}", "data")
    import zlib

    assert zlib.decompress(data).decode() == f'["counting.jobs.count_tool", null, [{survey.tool_id}], {{}}]'
    client.delete(f"rq:job:{job}")
    client.lrem("rq:queue:high", 0, job)


def test_counting_works_when_the_flag_cannot_be_cleared(survey, messenger):
    send(survey)
    messenger("redis://127.0.0.1:1/0")
    assert jobs.count_tool(survey.tool_id) == 1


# What the public sees


def test_live_figures_move_by_batches_never_person_by_person(survey, settings):
    settings.SUPPRESS_BELOW = 11
    seen = []
    for _ in range(40):
        send(survey)
        fold.fold(survey.tool_id)
        survey.tool.refresh_from_db()
        seen.append(published(survey)["counted_responses"])
    moves = [b - a for a, b in zip([0, *seen], seen, strict=False) if b != a]
    assert moves and min(moves) >= 11 and published(survey)["responses"] == 40


# Only intake writes responses


def _writers(path: Path) -> list[int]:
    """Lines of a module that write Response rows: through the model, through a relation to it, or in SQL."""
    verbs = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            of_responses = "Response.objects" in called or ".responses." in called
            if called in ("Response", "models.Response") or (of_responses and called.split(".")[-1] in verbs):
                found.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = " ".join(node.value.split()).upper()
            verbs_of_sql = ("INSERT INTO SURVEYS_RESPONSE", "UPDATE SURVEYS_RESPONSE", "DELETE FROM SURVEYS_RESPONSE")
            if any(verb in text for verb in verbs_of_sql):
                found.append(node.lineno)
    return found


def test_no_module_but_intake_writes_responses():
    rooms = ("cms", "home", "search", "consultations", "surveys", "participation", "counting")
    modules = [m for room in rooms for m in (ROOT / room).rglob("*.py") if "migrations" not in m.parts]
    writers = {str(m.relative_to(ROOT)): lines for m in modules if (lines := _writers(m))}
    assert set(writers) == {"surveys/intake.py", "surveys/rows.py"}, writers
    users = [m for m in modules if re.search(r"from \.(rows)? import .*\b(rows|Row)\b", m.read_text())]
    assert [m.name for m in users] == ["intake.py"]


@pytest.mark.parametrize(
    "code",
    [
        "Response.objects.create(answers={})",
        "Response.objects.filter(pk=1).update(answers={})",
        "survey.responses.all().delete()",
        "Response(answers={}).save()",
        "cursor.execute('insert into surveys_response values (1)')",
    ],
)
def test_the_scan_sees_writers(tmp_path, code):
    (tmp_path / "m.py").write_text(code)
    assert _writers(tmp_path / "m.py")
