"""What workers do for moderation: look at texts, note what a moderator may want to look at in them, send mails.

Redis is only a messenger: a nudge that gets lost is made up for by the periodic look.
"""

from django.db import transaction

from counting.jobs import enqueue_once, lower
from participation import contacts

from . import looking, notices

FLAG = "palabre:moderation:look"
CONTACTS = "palabre:moderation:contacts"


def nudge() -> None:
    """Ask for new texts to be looked at, once the current transaction is committed. Never fails, never waits long."""
    transaction.on_commit(lambda: enqueue_once("moderation.jobs.look", FLAG, queue="low"), robust=True)


def look() -> int:
    """Job, and periodic: look at every text not looked at yet; how many."""
    lower(FLAG)
    return looking.look_at_new()


def nudge_contacts() -> None:
    """Ask for a new address to be asked for its consent, once it is committed."""
    transaction.on_commit(lambda: enqueue_once("moderation.jobs.ask_contacts", CONTACTS, queue="low"), robust=True)


def notify(decision_id: int) -> int:
    """Job: send the mails about one decision. Its only argument is the decision's number."""
    lower(notices.flag(decision_id))
    return notices.send_for(decision_id)


def ask_contacts() -> int:
    """Job: ask new addresses to confirm."""
    lower(CONTACTS)
    return contacts.ask_waiting()


def send_mails() -> int:
    """Periodic: whatever mail waits, its job lost or not."""
    return contacts.ask_waiting() + notices.send_due()
