"""What workers do for surveys: take open answers out of the responses that came in.

Redis is only a messenger: a nudge that gets lost is made up for by the periodic look.
"""

import threading

from django.db import transaction

from counting.jobs import enqueue_once, lower

from . import drafts, given_emails, open_answers

FLAG = "palabre:surveys:sort"
GATHER = 1.0  # seconds in which the responses that one process takes become one nudge

_lock = threading.Lock()
_waits = False


def ask_for_sorting() -> None:
    """Ask for open answers to be sorted, soon after the current transaction is committed. Costs the citizen nothing."""
    transaction.on_commit(_soon, robust=True)


def _soon() -> None:
    global _waits
    with _lock:
        if _waits:
            return
        _waits = True
    timer = threading.Timer(GATHER, _send)
    timer.daemon = True  # a process that ends does not wait for it: the periodic look makes up for it
    timer.start()


def _send() -> None:
    global _waits
    with _lock:
        _waits = False
    enqueue_once("surveys.jobs.sort_answers", FLAG, queue="low")


def sort_answers() -> int:
    """Job: sort what waits, for a while; what is left then, after a large import, is for the next job."""
    lower(FLAG)
    done = open_answers.sort()
    if open_answers.are_waiting():
        _send()
    return done


def sort_periodically() -> int:
    """Duty of the scheduler, which has others to see to."""
    return open_answers.sort(seconds=10)


def purge_drafts() -> int:
    """Duty of the scheduler: what was begun and left, or can be sent no more."""
    return drafts.purge()


def purge_emails() -> int:
    """Duty: forget addresses whose time is over."""
    return given_emails.purge()
