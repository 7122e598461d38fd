"""G7: from a citizen's POST to the moment the public figures have moved, under load, with a real worker."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from surveys.models import Survey

from . import database, reference, serving
from .submission import FORM, WARMUP
from .table import Row

SECONDS = 20
WORKER = ["manage.py", "rqworker", "--worker-class", "cms.rq.JSONWorker", "high", "default", "low"]


def under_load() -> Row:
    survey = reference.make_survey(10)
    probes = reference.bodies(survey, 1000, seed=71)
    with serving.server("ours") as pid, _worker():
        respond = serving.url("ours", f"/enquetes/{survey.key}/repondre/")
        head = {"Origin": serving.url("ours", ""), "Content-Type": FORM}
        warm = serving.load(pid, respond, reference.bodies(survey, 6000, seed=72), head, WARMUP)
        watch = _Watch(survey, list(islice(probes, 1000)), head)
        bodies = list(reference.bodies(survey, int(warm.rate * 1.6 * SECONDS) + 2000, seed=73))
        watch.start()
        run = serving.load(pid, respond, bodies, head, SECONDS)
        watch.stop()
    waits, backlog = sorted(watch.waits), watch.backlog
    p95 = waits[int(len(waits) * 0.95)] if waits else float("inf")
    half = len(backlog) // 2
    early, late = (statistics.median(part) for part in (backlog[:half], backlog[half:]))
    grows = late > 2 * early + run.rate / 2
    return Row(
        "G7 POST to visible, p95",
        "–",
        f"{p95:.2f} s",
        "–",
        "≤ 1 s, no growing backlog",
        p95 <= 1 and not grows,
        f"{len(waits)} probes during {run.rate:.0f} submissions/s, median {statistics.median(waits):.2f} s, worst "
        f"{waits[-1]:.2f} s; backlog median {early:.0f} then {late:.0f}, most {max(backlog)} rows; "
        f"refused {run.refused}; others used {run.others:.1f} processors",
    )


@contextmanager
def _worker() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *WORKER], cwd=serving.ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(4)
        yield
    finally:
        process.terminate()
        process.wait()


class _Watch(threading.Thread):
    """Posts a response of its own twice a second and waits until resultats.json has moved that far."""

    def __init__(self, survey: Survey, probes: list[str], head: dict[str, str]):
        super().__init__(daemon=True)
        self.survey, self.probes, self.head = survey, probes, head
        self.waits: list[float] = []
        self.backlog: list[int] = []
        self._ended = threading.Event()
        self._http = http.client.HTTPConnection("127.0.0.1", serving.PORTS["ours"], timeout=30)

    def run(self) -> None:
        with database.connect() as self._db:
            for probe in self.probes:
                if self._ended.wait(0.3):
                    return
                self._probe(probe)

    def stop(self) -> None:
        self._ended.set()
        self.join(30)

    def _probe(self, body: str) -> None:
        """All that was stored when our own POST was answered, ours included, must be in the figures."""
        begun = time.monotonic()
        if self._ask("POST", "repondre/", body)[0] != 303:
            return
        counted, waiting = self._db.execute(
            "SELECT (SELECT n FROM counting_tally WHERE tool_id = %s AND name = 'n'),"
            " (SELECT count(*) FROM counting_ledgerentry WHERE tool_id = %s)",
            [self.survey.tool_id] * 2,
        ).fetchone()
        self.backlog.append(waiting)
        while json.loads(self._ask("GET", "resultats.json")[1])["responses"] < counted + waiting:
            time.sleep(0.02)
        self.waits.append(time.monotonic() - begun)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        self._http.request(method, f"/enquetes/{self.survey.key}/{path}", body, self.head if body else {})
        answer = self._http.getresponse()
        return answer.status, answer.read()
