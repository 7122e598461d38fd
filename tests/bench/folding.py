"""G6: folding the ledger into the tallies beside the least that any fold must do."""

import json
import random
from collections import Counter

from counting import fold
from surveys.forms import compiled_live

from . import database, reference
from .machine import medians
from .table import Row

BATCH, TOTAL = 1000, 20_000
TABLE = """CREATE TABLE IF NOT EXISTS floor_tally (
    question text, option text, n bigint NOT NULL, PRIMARY KEY (question, option))"""
UPSERT = """INSERT INTO floor_tally SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (question, option) DO UPDATE SET n = floor_tally.n + excluded.n"""


def at_a_thousand() -> Row:
    survey = reference.make_survey(10)
    made, rng = compiled_live(survey), random.Random(6)
    answered = [reference.answers(made, rng) for _ in range(5000)]
    documents = [json.dumps(reference.form(made, answers)) for answers in answered]
    packed = [made.pack(answers, "web") for answers in answered]
    taken, batch = {"floor": [], "ours": []}, fold.BATCH
    fold.BATCH = BATCH
    try:
        with database.connect() as db:
            db.execute(TABLE)
            for _ in range(5):
                _fill(db, survey.tool_id, packed)
                one = medians({"floor": lambda: _floor(db, documents), "ours": lambda: _ours(survey.tool_id)}, rounds=1)
                for name, seconds in one.items():
                    taken[name].append(TOTAL / seconds)
    finally:
        fold.BATCH = batch
    floor, ours = sorted(taken["floor"])[2], sorted(taken["ours"])[2]
    return Row(
        f"G6 folding, {BATCH:,} a batch",
        f"{floor:,.0f}/s",
        f"{ours:,.0f}/s",
        f"{ours / floor:.2f}",
        "≥ .50",
        ours / floor >= 0.5,
        "the floor has its documents in memory; ours takes them out of the ledger, in the same transaction",
    )


def _fill(db, tool_id: int, packed: list[bytes]) -> None:
    with db.cursor().copy("COPY counting_ledgerentry (tool_id, sign, cells) FROM STDIN") as copy:
        for i in range(TOTAL):
            copy.write_row((tool_id, 1, packed[i % len(packed)]))
    database.settle()


def _floor(db, documents: list[str]) -> None:
    for begin in range(0, TOTAL, BATCH):
        counts: Counter[tuple[str, str]] = Counter()
        for i in range(begin, begin + BATCH):
            for name, value in json.loads(documents[i % len(documents)]).items():
                if name != "q10":
                    counts.update((name, str(o)) for o in (value if isinstance(value, list) else (value,)))
        keys = sorted(counts)
        db.execute(UPSERT, ([k[0] for k in keys], [k[1] for k in keys], [counts[k] for k in keys]))


def _ours(tool_id: int) -> None:
    folded = fold.fold(tool_id)
    if folded != TOTAL:
        raise SystemExit(f"G6: {folded} folded of {TOTAL}.")
