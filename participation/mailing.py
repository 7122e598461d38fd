"""Addresses as people type them, and mails to them that leave from this process.

A mail that names nobody we know is never a job: a job's arguments would put the address into Redis. The request waits
a few seconds for it at most, and a slow mail server never holds more than a few threads.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Slow
from smtplib import SMTPRecipientsRefused
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from . import limits

log = logging.getLogger(__name__)

# To one address for all reasons together, each process for itself: somebody's mailbox must not be flooded.
EVERYWHERE = limits.Limit("mails_to_address", 6, 3600)
LONGEST = 254
PATIENCE = 5  # seconds that a request waits for the mail to leave
MOST_WAITING = 100  # mails

_posting = ThreadPoolExecutor(max_workers=4, thread_name_prefix="mail")


class NotAnAddress(ValueError):
    """What was typed is no e-mail address."""


class Busy(Exception):
    """The mail could not be sent now."""


class Address(NamedTuple):
    """Where to send to, and the mailbox this leads to, always written the same: no case, no +tag."""

    to: str
    mailbox: str


def read(typed: str) -> Address:
    """The address that somebody typed, its domain in ASCII. Raises NotAnAddress."""
    local, at, domain = typed[:320].strip().rpartition("@")
    try:
        host = domain.rstrip(".").encode("idna").decode().lower()
        found = Address(f"{local}{at}{host}", f"{local.casefold().partition('+')[0]}{at}{host}")
        validate_email(found.to)
        validate_email(found.mailbox)
    except (ValidationError, UnicodeError):
        raise NotAnAddress from None
    return found


def post(message: EmailMessage) -> None:
    """Send `message`; it may still be on its way when this returns. Raises Busy."""
    if _posting._work_queue.qsize() >= MOST_WAITING:
        raise Busy
    posted: Future = _posting.submit(message.send)
    try:
        posted.result(timeout=PATIENCE)
    except (Slow, SMTPRecipientsRefused):
        return  # on its way; or no such mailbox, which we tell nobody
    except Exception as error:  # a library of mails can fail in many ways, and none may name the address
        log.error("mail not sent: %s", type(error).__name__)
        raise Busy from None
