"""What looks for bursts and finishes releases: a job asked for after counting, and periodic duties.

Redis is only a messenger: what gets lost is looked at by the next duty.
"""

from counting.jobs import enqueue_once

REST = 5  # seconds between two looks that are asked for, at the least
TIMEOUT = 300  # seconds after which a look is given up; the next one goes on where it was


def ask(tool_id: int) -> None:
    """Ask for a look at a tool in which something was just counted, unless one was asked for a moment ago."""
    flag = f"palabre:looked:{tool_id}"  # never taken down: it expires
    enqueue_once("moderation.burst_jobs.look", flag, tool_id, queue="default", seconds=REST, timeout=TIMEOUT)


def look(tool_id: int) -> int:
    """Job: look for bursts at one tool."""
    from .burst_watch import look  # numpy: only for who looks

    return look(tool_id)


def look_everywhere() -> int:
    """Periodic: look wherever something arrived, asked for or not, and finish what releases left undone."""
    from . import burst_watch, quarantine

    quarantine.settle_all()
    return burst_watch.look_everywhere()
