"""Servers under load: gunicorn in one configuration for both sides, wrk before it."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .machine import cpu

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "requests.lua"
GUNICORN = ["-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "--log-level", "error"]
PORTS = {"floor": 8121, "ours": 8122}
APPLICATIONS = {"floor": "tests.bench.floor_site", "ours": "cms.wsgi"}
CONNECTIONS = 16


class Served(NamedTuple):
    """One run of load: answers a second, CPU ms an answer (server and database), and what else ran meanwhile."""

    rate: float
    server_ms: float
    database_ms: float
    p95_ms: float
    requests: int
    refused: int
    others: float


@contextmanager
def server(side: str) -> Iterator[int]:
    """The gunicorn of one side; gives its process id."""
    command = [sys.executable, *GUNICORN, "-b", f"127.0.0.1:{PORTS[side]}", APPLICATIONS[side]]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        _wait(side, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(side: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"The server of {side} stopped.")
        try:
            urllib.request.urlopen(url(side, "/plain"))
        except urllib.error.HTTPError:
            return  # ours has no such page, and says so
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server of {side} does not answer.")


def url(side: str, path: str) -> str:
    return f"http://127.0.0.1:{PORTS[side]}{path}"


def load(
    pid: int,
    address: str,
    bodies: Iterable[str] = ("",),
    headers: dict[str, str] | None = None,
    seconds: int = 4,
) -> Served:
    """Load `address` with 16 connections; POST when there are bodies."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [b + "\n" for b in bodies]
        Path(folder, "bodies").write_text("".join(lines))
        Path(folder, "headers").write_text("".join(f"{k}: {v}\n" for k, v in (headers or {}).items()))
        method = "POST" if lines[0].strip() else "GET"
        env = {**os.environ, "BODIES": f"{folder}/bodies", "HEADERS": f"{folder}/headers", "METHOD": method}
        before = cpu(pid)
        out = subprocess.run(_client(address, seconds), env=env, capture_output=True, text=True, cwd=ROOT)
        used = cpu(pid) - before
    if "JSON" not in out.stdout:
        raise SystemExit(out.stdout + out.stderr)
    told = json.loads(out.stdout.partition("JSON")[2])
    n = told["requests"] or 1
    server_ms, database_ms = used.server / n * 1e3, used.database / n * 1e3
    refused = told["non2xx"] + told["sockerr"]
    return Served(told["rps"], server_ms, database_ms, told["p95_ms"], told["requests"], refused, used.others)


def _client(address: str, seconds: int) -> list[str]:
    if shutil.which("wrk"):
        duration = [f"-d{seconds}s", "--timeout", "30s"]
        return ["wrk", "-t1", f"-c{CONNECTIONS}", *duration, "-s", str(SCRIPT), address]
    return [sys.executable, "-m", "tests.bench.client", address, str(seconds), str(CONNECTIONS)]


def median(runs: list[Served]) -> Served:
    return Served(*(statistics.median(values) for values in zip(*runs, strict=True)))
