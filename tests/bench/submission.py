"""G1 and G2: a validated, durable submission over HTTP beside a bare CSRF POST with one INSERT."""

import random
import tempfile
import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

from django.db import connection

from participation.receipts import issue_token
from surveys.forms import compiled_live
from surveys.models import Response, Survey

from . import database, inside, reference, serving
from .table import Row

FORM = "application/x-www-form-urlencoded"
FLOOR_TABLE = """CREATE TABLE IF NOT EXISTS floor_response (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data jsonb NOT NULL, created timestamptz NOT NULL DEFAULT now())
"""
ROUNDS, SECONDS, WARMUP = 5, 4, 2


def throughput() -> Row:
    survey = reference.make_survey(10)
    make_floor()
    with serving.server("floor") as floor, serving.server("ours") as ours:
        cookie, typed = floor_bodies(lambda token: reference.floor_bodies(survey, token))
        floor_head = {"Cookie": cookie, "Content-Type": FORM}
        origin = f"http://127.0.0.1:{serving.PORTS['ours']}"
        our_head = {"Origin": origin, "Content-Type": FORM}
        answer, respond = serving.url("floor", "/answer"), serving.url("ours", f"/enquetes/{survey.key}/repondre/")
        floor_runs, our_runs, answered = [], [], 0
        for turn in range(ROUNDS + 1):
            seconds = SECONDS if turn else WARMUP
            floor_runs.append(serving.load(floor, answer, typed, floor_head, seconds))
            n = int((our_runs[-1].rate if our_runs else 2000) * 1.5 * seconds) + 2000
            our_runs.append(serving.load(ours, respond, reference.bodies(survey, n, turn), our_head, seconds))
            answered += our_runs[-1].requests
    stored = Response.objects.filter(survey=survey).count()
    return _row(serving.median(floor_runs[1:]), serving.median(our_runs[1:]), answered, stored)


def make_floor() -> None:
    with database.connect() as db:
        db.execute(FLOOR_TABLE)


def floor_bodies(make: Callable[[str], list[str]]) -> tuple[str, list[str]]:
    """The cookie of a session with the floor, and what `make` writes with its CSRF token."""
    with urllib.request.urlopen(serving.url("floor", "/token")) as answer:
        token, cookie = answer.read().decode(), answer.headers["Set-Cookie"].split(";")[0]
    return cookie, make(token)


def _row(floor: serving.Served, ours: serving.Served, answered: int, stored: int) -> Row:
    ratio = ours.rate / floor.rate
    cpu = (ours.server_ms + ours.database_ms, floor.server_ms + floor.database_ms)
    note = (
        f"CPU per request (server + database) floor {floor.server_ms:.2f} + {floor.database_ms:.2f} ms, "
        f"ours {ours.server_ms:.2f} + {ours.database_ms:.2f} ms, ratio {cpu[1] / cpu[0]:.2f}; "
        f"p95 {floor.p95_ms:.0f} and {ours.p95_ms:.0f} ms; answered {answered}, "
        f"stored {stored} (the last were on their way when the load stopped), refused {ours.refused:.0f}; "
        f"others used {max(floor.others, ours.others):.1f} processors"
    )
    return Row(
        "G1 submission over HTTP",
        f"{floor.rate:.0f}/s",
        f"{ours.rate:.0f}/s",
        f"{ratio:.2f}",
        "≥ .50 [.35]",
        ratio >= 0.5,
        note,
    )


def statements() -> Row:
    """Counted on the wire by libpq: every statement the database completed, also what Django does not log."""
    done = {n: _statements(reference.make_survey(n)) for n in (1, 10, 20)}
    most, same = max(map(len, done.values())), len(set(map(tuple, done.values()))) == 1
    return Row(
        "G2 SQL statements, 1/10/20 questions",
        "1",
        "/".join(str(len(found)) for found in done.values()),
        "–",
        "≤ 4, constant",
        most <= 4 and same,
        f"completed by the server (gate; response and ledger row): {', '.join(done[10])}; {_transaction(done[10])}",
    )


def _transaction(found: list[str]) -> str:
    return "one message, committed at its end" if "COMMIT" not in found else "one transaction"


def _statements(survey: Survey) -> list[str]:
    made, rng = compiled_live(survey), random.Random(2)

    def body() -> str:
        typed = reference.form(made, reference.answers(made, rng))
        return urlencode({"version": made.number, "token": issue_token(made.key), **typed}, doseq=True)

    return statements_of(survey, body)


def statements_of(survey: Survey, body: Callable[[], str]) -> list[str]:
    """What the database completed of one submission, the process being warm."""
    address = f"/enquetes/{survey.key}/repondre/"
    inside.request(address, body())
    connection.ensure_connection()
    with tempfile.TemporaryFile("w+") as trace:
        connection.connection.pgconn.trace(trace.fileno())
        answer = inside.request(address, body())
        connection.connection.pgconn.untrace()
        trace.seek(0)
        lines = trace.read().splitlines()
    if answer.status != 303:
        raise SystemExit(f"G2: the submission was answered {answer.status}.")
    return [line.split('"')[1] for line in lines if "CommandComplete" in line and line.split("\t")[1] == "B"]
