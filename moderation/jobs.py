"""What workers do for moderation: look at texts and note what a moderator may want to look at in them.

Redis is only a messenger: a nudge that gets lost is made up for by the periodic look.
"""

from django.db import transaction

from counting.jobs import enqueue_once, lower

from . import looking

FLAG = "palabre:moderation:look"


def nudge() -> None:
    """Ask for new texts to be looked at, once the current transaction is committed. Never fails, never waits long."""
    transaction.on_commit(lambda: enqueue_once("moderation.jobs.look", FLAG, queue="low"), robust=True)


def look() -> int:
    """Job, and periodic: look at every text not looked at yet; how many."""
    lower(FLAG)
    return looking.look_at_new()
