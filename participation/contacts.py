"""Being told by e-mail what becomes of one's texts: asked for with a code, confirmed by mail, ended with one click.

An address lies in `Contact` and nowhere else: no log, no queue, no other table; nothing there leads to what was sent.
"""

import base64
import hashlib
import logging
import secrets
import smtplib
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .identity import keyed_hash
from .models import Contact

log = logging.getLogger(__name__)

UNCONFIRMED = timedelta(days=3)  # after which an address that nobody confirmed is forgotten
MOST_ASKED = 3  # questions to one address nobody confirmed, and of one person a day: nobody is to be pestered
# Called when a mail waits; who has a queue registers here. `ask_waiting` is called now and then all the same.
wakers: list[Callable[[], None]] = []


class Refused(Exception):
    """The address cannot be taken; `message` says why."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def person_of(key: bytes) -> bytes:
    return keyed_hash("contact", bytes(key))


def state_of(key: bytes) -> str:
    """ "", "asked" or "confirmed": where the person behind a participant key stands with us."""
    found = Contact.objects.filter(person=person_of(key)).values_list("confirmed_at", flat=True)
    return next(("confirmed" if at else "asked" for at in found), "")


@transaction.atomic
def ask(key: bytes, email: str) -> None:
    """Write down where a person wants to be told; nothing is sent there but the question. Raises Refused."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("Write a whole e-mail address, for example nom@exemple.fr.")) from None
    if len(email) > 254 or not email.isprintable():
        raise Refused(_("Write a whole e-mail address, for example nom@exemple.fr."))
    person, nonce = person_of(key), secrets.token_bytes(16)
    times = _times_today(person)
    if times >= MOST_ASKED or Contact.objects.filter(email__iexact=email, confirmed_at=None).count() >= MOST_ASKED:
        raise Refused(_("We wrote to this address already: open the mail and confirm, or try again tomorrow."))
    fresh = {
        "email": email,
        "nonce": nonce,
        "token_hash": _hash(_token(person, nonce)),
        "asked": False,
        "confirmed_at": None,
        "created_on": timezone.localdate(),
        "times": times + 1,
    }
    Contact.objects.update_or_create(person=person, defaults=fresh)
    for wake in wakers:
        wake()


def _times_today(person: bytes) -> int:
    found = Contact.objects.filter(person=person, created_on=timezone.localdate())
    return found.values_list("times", flat=True).first() or 0


def _token(person: bytes, nonce: bytes) -> str:
    """What the links in our mails carry: 43 characters that only we can work out."""
    return base64.urlsafe_b64encode(keyed_hash("contact link", bytes(person), bytes(nonce))).rstrip(b"=").decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def by_token(token: str) -> Contact | None:
    return Contact.objects.filter(token_hash=_hash(token)).first()


def confirm(contact: Contact) -> None:
    """Whoever reads that mailbox wants our mails."""
    Contact.objects.filter(pk=contact.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def stop(contact: Contact) -> None:
    contact.delete()


def forget(key: bytes) -> int:
    """Eraser: the address goes with the person; how many went."""
    return Contact.objects.filter(person=person_of(key)).delete()[0]


def confirmed(key: bytes) -> Contact | None:
    """Where to tell the person behind a participant key; None where they did not ask for it."""
    return Contact.objects.filter(person=person_of(key), confirmed_at__isnull=False).first()


# Mails


def link(contact: Contact, name: str = "contact") -> str:
    """The address of the page by which a person confirms, or ends, our mails."""
    return settings.BASE_URL.rstrip("/") + reverse(
        f"participation:{name}", args=[_token(contact.person, contact.nonce)]
    )


def write_to(contact: Contact, subject: str, template: str, context: dict[str, object]) -> None:
    """Send one mail, with the link that ends them (RFC 8058). Raises smtplib.SMTPException, OSError."""
    with override(settings.LANGUAGE_CODE):
        body = render_to_string(template, {**context, "page": link(contact)})
    headers = {
        "List-Unsubscribe": f"<{link(contact, 'contact_stop')}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(" ".join(subject.split()), body, to=[contact.email], headers=headers).send()


def ask_waiting() -> int:
    """Job, and periodic: ask those whose address is new to confirm it; forget those nobody confirmed. How many asked.

    Who sets `asked` sends: nobody is asked twice.
    """
    Contact.objects.filter(confirmed_at=None, created_on__lt=timezone.localdate() - UNCONFIRMED).delete()
    sent = 0
    for contact in Contact.objects.filter(asked=False):
        if not Contact.objects.filter(pk=contact.pk, asked=False, nonce=contact.nonce).update(asked=True):
            continue
        try:
            with override(settings.LANGUAGE_CODE):
                subject = _("Confirm that we may write to you")
            write_to(contact, subject, "participation/mails/confirm.txt", {})
        except (smtplib.SMTPException, OSError) as error:  # its text names the address: only its kind is noted
            Contact.objects.filter(pk=contact.pk, nonce=contact.nonce).update(asked=False)
            log.warning("confirmation not sent (%s): the next look tries again", type(error).__name__)
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                break
            continue
        sent += 1
    return sent
