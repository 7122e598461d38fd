"""Codes sent by e-mail. The address is used to send, kept as a keyed hash for an hour, and never written down."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from . import limits, mailing, trust
from .identity import keyed_hash, same
from .models import EmailChallenge, Scope
from .receipts import Voucher

DIGITS = 8
LIVES = timedelta(minutes=20)
REMEMBERED = timedelta(hours=1)
MOST_TRIES = 5
MOST_MAILS = 3  # to one address, in one consultation and hour


def challenge(scope: Scope, typed: str, title: str) -> UUID:
    """Send a code to the address `typed`; the id of the page that takes it. Raises mailing.NotAnAddress and Busy.

    Says nothing of who has the address: beyond three mails an hour none is sent, and the answer is the same.
    """
    address = mailing.read(typed)
    key = keyed_hash("mailbox", bytes(scope.salt), address.mailbox.encode())
    now = timezone.now()
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    with transaction.atomic():
        Scope.objects.select_for_update().only("pk").get(pk=scope.pk)  # two requests at once must not both be the third
        recent = EmailChallenge.objects.filter(
            scope=scope, address_hash=key, expires_at__gt=now + LIVES - REMEMBERED
        ).order_by("-expires_at")
        sent = list(recent[:MOST_MAILS])
        if len(sent) == MOST_MAILS or limits.is_over_for(mailing.EVERYWHERE, address.mailbox):
            return sent[0].pk if sent else EmailChallenge(scope=scope).pk
        made = EmailChallenge.objects.create(
            scope=scope, address_hash=key, code_hash=_code_hash(scope, key, code), expires_at=now + LIVES
        )
    _send(address.to, code, title, made.pk)
    return made.pk


def _code_hash(scope: Scope, address_hash: bytes, code: str) -> bytes:
    return keyed_hash("mail code", bytes(scope.salt), bytes(address_hash), code.encode())


def _send(address: str, code: str, title: str, pk: UUID) -> None:
    shown = f"{code[:4]} {code[4:]}"
    text = _(
        "Your code: %(code)s\n\nType it on the page where you asked for it, within 20 minutes. It lets you take part "
        "in “%(title)s”.\n\nYou did not ask for it? Then do nothing: without the code nothing happens. We do not keep "
        "your address.\n"
    )
    message = EmailMessage(
        subject=_("Your code: %(code)s") % {"code": shown}, body=text % {"code": shown, "title": title}, to=[address]
    )
    try:
        mailing.post(message)
    except mailing.Busy:
        EmailChallenge.objects.filter(pk=pk).delete()
        raise


@transaction.atomic
def prove(scope: Scope, challenge_id: UUID, typed: str) -> Voucher | None:
    """Who receives mail at the address behind this challenge; None for a code that is wrong, old, used or overtried.

    Any code that was sent to the address and still lives will do: the first mail may arrive last.
    """
    asked = EmailChallenge.objects.filter(pk=challenge_id, scope=scope).only("address_hash").first()
    code = "".join(c for c in typed[:40] if c in "0123456789")
    if asked is None or len(code) != DIGITS:
        return None
    key, now = bytes(asked.address_hash), timezone.now()
    live = EmailChallenge.objects.filter(scope=scope, address_hash=key, expires_at__gt=now, tries__lt=MOST_TRIES)
    locked = list(live.select_for_update().order_by("pk"))
    EmailChallenge.objects.filter(pk__in=[c.pk for c in locked]).update(tries=F("tries") + 1)
    expected = _code_hash(scope, key, code)
    right = next((c for c in locked if same(c.code_hash, expected)), None)
    if right is None:
        return None
    EmailChallenge.objects.filter(pk=right.pk).update(code_hash=b"")
    return Voucher("email", trust.subject(scope.salt, "email", key.hex()))


def forget_expired() -> int:
    """Forget addresses' hashes an hour after they were used; how many."""
    return EmailChallenge.objects.filter(expires_at__lte=timezone.now() + LIVES - REMEMBERED).delete()[0]
