"""G12: 250,000 responses as CSV beside COPY of the same columns; memory of the worker beside that for 10,000."""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from . import database
from .table import Row

MANY, FEW = 250_000, 10_000
ROUNDS = 3


def against_copy() -> list[Row]:
    from .million import survey_with

    many, few = survey_with(MANY)[0], survey_with(FEW)[0]
    floors, ours = [], []
    for _round in range(ROUNDS):
        floors.append(_copy(many))
        ours.append(_export(many, "csv"))
    floor, mine = sorted(floors)[ROUNDS // 2], sorted(run["seconds"] for run in ours)[ROUNDS // 2]
    rows = [
        Row(f"G12 {MANY:,} responses as CSV", f"{floor:.2f} s", f"{mine:.2f} s", f"{mine / floor:.2f}", "≤ 5",
            mine <= 5 * floor)
    ]  # fmt: skip
    for kind in ("csv", "xlsx", "ods"):
        big, small = (
            (max(ours, key=lambda run: run["peak"]) if kind == "csv" else _export(many, kind)),
            _export(few, kind),
        )
        ratio = big["peak"] / small["peak"]
        rows.append(
            Row(f"G12 memory, {kind}, {MANY:,} beside {FEW:,}", f"{small['peak']} MB", f"{big['peak']} MB",
                f"{ratio:.2f}", "≤ 1.2", ratio <= 1.2, f"{kind}: {big['seconds']:.1f} s, {big['size'] / 1e6:.0f} MB")
        )  # fmt: skip
    return rows


def _copy(survey: Any) -> float:
    """What PostgreSQL itself takes to write the same columns, as stored, to a file."""
    asked = ", ".join(f"answers -> '{q['id']}'" for q in survey.live_version.schema["questions"])
    sql = (
        f"COPY (SELECT received_on, channel, trust, version_id, {asked} FROM surveys_response"
        f" WHERE survey_id = {survey.pk} AND NOT set_aside) TO STDOUT (FORMAT csv)"
    )
    began = time.perf_counter()
    with tempfile.TemporaryFile() as target, database.connect() as db, db.cursor().copy(sql) as copy:
        for block in copy:
            target.write(block)
    return time.perf_counter() - began


def _export(survey: Any, kind: str) -> dict:
    """As a worker does it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.exporting", survey.key, kind], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def _peak() -> int:
    """The most memory this process has held, in MB; getrusage would tell that of the one it was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


def main(key: str, kind: str) -> None:
    import django

    django.setup()
    from surveys.exports import making
    from surveys.models import Export, Survey

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        wanted = Export(survey=Survey.objects.get(key=key), kind="responses", format=kind, words=True, pk=None)
        began = time.perf_counter()
        making.write_file(wanted.survey, wanted, path, lambda done: None)
        seconds = time.perf_counter() - began
        peak = _peak()
        print(json.dumps({"seconds": seconds, "peak": peak, "size": path.stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
