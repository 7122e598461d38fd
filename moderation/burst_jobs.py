"""What looks for bursts and finishes releases: a job asked for after counting, and periodic duties.

Redis is only a messenger: what gets lost is looked at by the next duty.
"""

import logging

import django_rq
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

REST = 5  # seconds between two looks that are asked for, at the least
TIMEOUT = 300  # seconds after which a look is given up; the next one goes on where it was
MESSENGER_TIMEOUT = 2.0  # seconds


def ask(tool_id: int) -> None:
    """Ask for a look at a tool in which something was just counted, unless one was asked for a moment ago."""
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=MESSENGER_TIMEOUT,
            socket_connect_timeout=MESSENGER_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        if client.set(f"palabre:looked:{tool_id}", 1, nx=True, ex=REST):
            queue = django_rq.get_queue("default", connection=client, commit_mode="auto")
            queue.enqueue("moderation.burst_jobs.look", tool_id, result_ttl=0, failure_ttl=3600, job_timeout=TIMEOUT)
    except Exception as error:  # noqa: BLE001 - counting goes on, and so does the periodic look
        log.warning("look for bursts not asked for (%s)", type(error).__name__)


def look(tool_id: int) -> int:
    """Job: look for bursts at one tool."""
    from .burst_watch import look  # numpy: only for who looks

    return look(tool_id)


def look_everywhere() -> int:
    """Periodic: look wherever something arrived, asked for or not, and finish what releases left undone."""
    from . import burst_watch, quarantine

    quarantine.settle_all()
    return burst_watch.look_everywhere()
