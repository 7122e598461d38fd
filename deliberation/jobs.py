"""What makes opinion maps: a periodic look for debates whose votes moved, and the job that fetches and calls.

Redis is only a messenger: a job that gets lost is asked for again at the next look.
"""

import logging
from datetime import timedelta

import django_rq
import redis
from django.conf import settings
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import analysis
from .models import Debate, OpinionMap

log = logging.getLogger(__name__)

REST = 20.0  # seconds between two maps of a debate, at the least
SHARE = 20  # … and this many times what the last one took: analysing never takes more than a twentieth of the time
TIMEOUT = 600  # seconds after which an analysis is given up
FLAG = 120  # seconds a debate waits for a job that got lost; one asked for twice finds nothing to do
MESSENGER_TIMEOUT = 2.0  # seconds


def due() -> list[int]:
    """Ids of the debates whose published votes changed since their newest map, and whose rest is over."""
    return [debate.pk for debate in Debate.objects.for_display().filter(live=True) if _is_due(debate)]


def _is_due(debate: Debate) -> bool:
    newest = OpinionMap.objects.filter(debate=debate).only("made_at", "seconds", "digest", "engine").first()
    if newest is None:
        return bool(analysis.counted(debate).counts)
    rest = timedelta(seconds=max(REST, SHARE * newest.seconds))
    return timezone.now() - newest.made_at >= rest and newest.digest != analysis.digest(debate)


def ask_for_analyses() -> int:
    """Periodic: enqueue one job for each debate that is due, unless one is on its way; how many."""
    waiting = due()
    if not waiting:
        return 0
    try:
        client = _messenger()
        return sum(_ask(client, debate_id) for debate_id in waiting)
    except redis.RedisError as error:
        log.warning("analysis not asked for (%s): the next look tries again", type(error).__name__)
        return 0


def _ask(client: redis.Redis, debate_id: int) -> bool:
    # Only who sets the flag enqueues. It expires, so that a lost job cannot silence a debate for long.
    if not client.set(flag(debate_id), 1, nx=True, ex=FLAG):
        return False
    try:
        queue = django_rq.get_queue("analysis", connection=client, commit_mode="auto")
        queue.enqueue("deliberation.jobs.analyse", debate_id, result_ttl=0, failure_ttl=3600, job_timeout=TIMEOUT)
    except redis.RedisError:
        client.delete(flag(debate_id))
        raise
    return True


def flag(debate_id: int) -> str:
    return f"palabre:analysis:{debate_id}"


def _messenger() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=MESSENGER_TIMEOUT,
        socket_connect_timeout=MESSENGER_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )


def analyse(debate_id: int) -> int | None:
    """Job: bring the map of one debate up to date; the map's id. A debate that is gone needs none."""
    try:
        debate = Debate.objects.filter(pk=debate_id).first()
        made = analysis.analyse_debate(debate) if debate else None
        return made.pk if made else None
    finally:
        try:
            _messenger().delete(flag(debate_id))
        except redis.RedisError:
            log.warning("analysis flag not cleared; it expires by itself")
