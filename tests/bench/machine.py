"""Who used the processors: our servers, our database, the load, and everybody else."""

import os
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import psutil

from . import database


class Cpu(NamedTuple):
    """CPU seconds so far. `others` is what neither side nor the load generator used."""

    server: float
    database: float
    busy: float
    wall: float
    mine: float

    def __sub__(self, before: "Cpu") -> "Cpu":  # type: ignore[override]
        return Cpu(*(a - b for a, b in zip(self, before, strict=True)))

    @property
    def others(self) -> float:
        """Processors that processes outside the bench were using."""
        return max(0.0, (self.busy - self.mine - self.database) / self.wall)


def _seconds(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])
    except psutil.Error:
        return 0.0


def _is_ours(process: psutil.Process) -> bool:
    """A PostgreSQL backend of the bench's database, or the process that writes its log."""
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return line.startswith("postgres:") and (f" {database.name()} " in line or "walwriter" in line)


def cpu(server_pid: int | None = None) -> Cpu:
    server = 0.0
    if server_pid:
        process = psutil.Process(server_pid)
        server = sum(_seconds(p) for p in (process, *process.children(recursive=True)))
    db = sum(_seconds(p) for p in psutil.process_iter() if _is_ours(p))
    whole, me = psutil.cpu_times(), os.times()
    children = sum(_seconds(p) for p in psutil.Process().children(recursive=True))
    busy = whole.user + whole.nice + whole.system + whole.irq + whole.softirq
    mine = children + me.user + me.system + me.children_user + me.children_system
    return Cpu(server, db, busy, time.monotonic(), mine)


def in_turn(sides: dict[str, Callable[[], object]], calls: int, rounds: int = 9) -> dict[str, float]:
    """CPU milliseconds per call of each side, in turn: the best round, what it costs when nobody interferes."""
    best = {name: float("inf") for name in sides}
    for call in sides.values():
        call()
    for _ in range(rounds):
        for name, call in sides.items():
            begun = time.process_time()
            for _ in range(calls):
                call()
            best[name] = min(best[name], (time.process_time() - begun) / calls * 1e3)
    return best


def seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def medians(sides: dict[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Wall seconds of one call of each side, in turn: the median."""
    taken = {name: [] for name in sides}
    for _ in range(rounds):
        for name, call in sides.items():
            taken[name].append(seconds(call))
    return {name: statistics.median(values) for name, values in taken.items()}
