"""G9: a vote over HTTP beside a bare CSRF POST with one INSERT."""

import random
import urllib.request
from urllib.parse import urlencode

from counting.fold import sweep
from counting.models import Tool
from counting.reconcile import compare
from deliberation.models import Debate, Vote
from participation.receipts import issue_token
from tests.factories.debates import DebateFactory

from . import database, serving
from .submission import FLOOR_TABLE, FORM
from .table import Row

ROUNDS, SECONDS, WARMUP, STATEMENTS, PER_PERSON = 5, 4, 2, 24, 8


def throughput() -> Row:
    debate = DebateFactory(open=True, seeds=[f"Phrase numéro {n} du banc." for n in range(STATEMENTS)])
    with database.connect() as db:
        db.execute(FLOOR_TABLE)
    floor_runs, our_runs = [], []
    with serving.server("floor") as floor, serving.server("ours") as ours:
        with urllib.request.urlopen(serving.url("floor", "/token")) as answer:
            token, cookie = answer.read().decode(), answer.headers["Set-Cookie"].split(";")[0]
        floor_body = [urlencode({"csrfmiddlewaretoken": token, "q1": "agree", "q2": "statement"})]
        floor_head = {"Cookie": cookie, "Content-Type": FORM}
        our_head = {"Origin": f"http://127.0.0.1:{serving.PORTS['ours']}", "Content-Type": FORM}
        address = serving.url("ours", f"/debats/{debate.key}/voter/")
        for turn in range(ROUNDS + 1):
            seconds = SECONDS if turn else WARMUP
            floor_runs.append(serving.load(floor, serving.url("floor", "/answer"), floor_body, floor_head, seconds))
            n = int((our_runs[-1].rate if our_runs else 2000) * 1.5 * seconds) + 2000
            our_runs.append(serving.load(ours, address, _bodies(debate, n, turn), our_head, seconds))
    return _row(debate, serving.median(floor_runs[1:]), serving.median(our_runs[1:]), our_runs)


def _bodies(debate: Debate, n: int, seed: int) -> list[str]:
    """`n` votes in random order, by people who cast eight each."""
    rng, refs = random.Random(seed), list(debate.statements.values_list("ref", flat=True))
    bodies = []
    for _person in range(n // PER_PERSON + 1):
        token = issue_token(debate.key)
        for ref in rng.sample(refs, PER_PERSON):
            bodies.append(
                urlencode({"token": token, "statement": ref, "vote": rng.choice(["agree", "disagree", "pass"])})
            )
    rng.shuffle(bodies)
    return bodies


def _row(debate: Debate, floor: serving.Served, ours: serving.Served, runs: list[serving.Served]) -> Row:
    ratio = floor.rate / ours.rate
    cpu = (ours.server_ms + ours.database_ms) / (floor.server_ms + floor.database_ms)
    sweep()
    wrong = len(compare(Tool.objects.get(pk=debate.tool_id)))
    note = (
        f"by CPU per request (server + database) {cpu:.2f}: floor {floor.server_ms:.2f} + {floor.database_ms:.2f} ms, "
        f"ours {ours.server_ms:.2f} + {ours.database_ms:.2f} ms; p95 {floor.p95_ms:.0f} and {ours.p95_ms:.0f} ms; "
        f"answered {sum(r.requests for r in runs)}, stored {Vote.objects.filter(voter__debate=debate).count()}, "
        f"refused {sum(r.refused for r in runs)}, cells that differ on recount {wrong}; "
        f"others used {max(floor.others, ours.others):.1f} processors"
    )
    goal = "G9 a vote over HTTP"
    return Row(goal, f"{floor.rate:.0f}/s", f"{ours.rate:.0f}/s", f"{ratio:.2f}", "≤ 2.00", ratio <= 2, note)
