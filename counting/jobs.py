"""What wakes the counting: a nudge after each commit that may get lost, and jobs that fetch and call one function.

Redis is only a messenger: a nudge that fails is forgotten at once, and the periodic sweep counts all the same.
"""

import logging
import threading
import time
from collections.abc import Callable

import django_rq
import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import fold, reconcile
from .models import Tool

log = logging.getLogger(__name__)

NUDGE_TIMEOUT = 0.25  # seconds a citizen may wait for the messenger, at the most
REST = 5.0  # seconds during which a messenger that failed is left alone
PAUSE = 0.1  # seconds between two nudges of one process for one tool
GATHER = 0.1  # seconds a counting job lets nudges gather before it starts

# What else wants to know that something came in at a tool, once it is counted. Called in the worker; must not fail.
followers: list[Callable[[int], object]] = []

_client: redis.Redis | None = None
_asleep_until = 0.0
_lock = threading.Lock()
_sent: dict[int, float] = {}  # tool → when this process last nudged
_late: set[int] = set()  # tools whose nudge is on its way, a little later


def nudge(tool_id: int) -> None:
    """Ask for `tool_id` to be counted once the current transaction is committed. Never fails, never waits long."""
    transaction.on_commit(lambda: _nudge(tool_id), robust=True)


def _nudge(tool_id: int) -> None:
    """The first nudge goes at once; those that follow within PAUSE become one, sent when it is over."""
    with _lock:
        if tool_id in _late:
            return
        wait = _sent.get(tool_id, 0.0) + PAUSE - time.monotonic()
        if wait > 0:
            _late.add(tool_id)
        else:
            _sent[tool_id] = time.monotonic()
    if wait > 0:
        timer = threading.Timer(wait, _send_late, [tool_id])
        timer.daemon = True  # a process that ends does not wait for it: the sweep counts all the same
        timer.start()
    else:
        _send(tool_id)


def _send_late(tool_id: int) -> None:
    with _lock:
        _late.discard(tool_id)
        _sent[tool_id] = time.monotonic()
    _send(tool_id)


def _send(tool_id: int) -> None:
    enqueue_once("counting.jobs.count_tool", _flag(tool_id), tool_id, queue="high")


def enqueue_once(job: str, flag: str, *args: int | str, queue: str, seconds: int = 10, timeout: int = 60) -> None:
    """Ask a worker for `job`, unless it is on its way: then `flag` is up. Never fails, never waits long.

    The flag gathers nudges; the job takes it down as it begins (`lower`). It expires after `seconds`, so a lost job
    cannot silence anything for long. A job that is not done after `timeout` seconds is given up.
    """
    global _asleep_until
    if time.monotonic() < _asleep_until:
        return
    try:
        client = _messenger()
        if client.set(flag, 1, nx=True, ex=seconds):
            chosen = django_rq.get_queue(queue, connection=client, commit_mode="auto")
            chosen.enqueue(job, *args, result_ttl=0, failure_ttl=3600, job_timeout=timeout)
    except Exception as error:  # noqa: BLE001 - whatever the messenger's trouble, what was sent is stored
        _asleep_until = time.monotonic() + REST
        log.warning("nudge not sent (%s): the periodic look makes up for it", type(error).__name__)


def lower(flag: str) -> None:
    """Take a flag down before reading what waits: what is stored from now on nudges anew."""
    try:
        _messenger().delete(flag)
    except redis.RedisError:
        log.warning("nudge flag not cleared; it expires by itself")


def _flag(tool_id: int) -> str:
    return f"palabre:nudged:{tool_id}"


def _messenger() -> redis.Redis:
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=NUDGE_TIMEOUT,
            socket_connect_timeout=NUDGE_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
    return _client


def count_tool(tool_id: int) -> int:
    """Job: count what waits for one tool."""
    time.sleep(GATHER)
    lower(_flag(tool_id))
    taken = fold.fold(tool_id)
    for follower in followers:
        follower(tool_id)
    return taken


def sweep_all() -> int:
    """Periodic job: count whatever waits, nudged or not."""
    return fold.sweep()


def reconcile_all() -> int:
    """Periodic job: check every tool; the number of cells that differ."""
    return sum(len(reconcile.reconcile(tool)) for tool in Tool.objects.all())
