"""Following a consultation by e-mail: asked for on its page, confirmed by mail, ended with one click or by its end.

An address lies in `Follower` and nowhere else. It stands beside no code and no key: what somebody sent cannot be found
from it, nor it from what they sent.
"""

import base64
import hashlib
import logging
import secrets
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from participation.identity import keyed_hash

from .models import ConsultationPage, Follower
from .phases import Phase

log = logging.getLogger(__name__)

UNCONFIRMED = timedelta(days=3)
FOLLOWED = timedelta(days=730)  # after the promised day nobody is written to any more, whatever was reached
MOST_ASKED = 3  # consultations one address may be asked about at a time: nobody is to be pestered
# The steps that are told, in their order.
TOLD = (Phase.CLOSED, Phase.ANSWERED, Phase.DECIDED, Phase.CARRIED_OUT)


def step_of(page: ConsultationPage) -> int:
    """How many of the steps that are told `page` reached."""
    phase = page.phase()
    return 1 if phase is Phase.LATE else TOLD.index(phase) + 1 if phase in TOLD else 0


def follow(page: ConsultationPage, email: str) -> None:
    """Write down an address; nothing is sent there but the question. Raises ValidationError.

    Whether the address is there already is told to nobody.
    """
    email = email.strip().lower()
    if len(email) > 254 or not email.isprintable():
        raise ValidationError(_("Write a whole e-mail address, for example nom@exemple.fr."))
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("Write a whole e-mail address, for example nom@exemple.fr.")) from None
    if Follower.objects.filter(email=email, confirmed_at=None).count() >= MOST_ASKED:
        return
    nonce = secrets.token_bytes(16)
    fresh = {"nonce": nonce, "token_hash": _hash(_token(nonce))}
    Follower.objects.get_or_create(page=page, email=email, defaults=fresh)


def _token(nonce: bytes) -> str:
    return base64.urlsafe_b64encode(keyed_hash("follower link", bytes(nonce))).rstrip(b"=").decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def by_token(token: str) -> Follower | None:
    return Follower.objects.select_related("page").filter(token_hash=_hash(token)).first()


def confirm(follower: Follower) -> None:
    """Whoever reads that mailbox wants our mails: from the next step on."""
    fresh = Follower.objects.filter(pk=follower.pk, confirmed_at=None)
    fresh.update(confirmed_at=timezone.now(), told=step_of(follower.page))


def stop(follower: Follower) -> None:
    follower.delete()


def link(follower: Follower, name: str = "follower") -> str:
    return settings.BASE_URL.rstrip("/") + reverse(f"consultations:{name}", args=[_token(follower.nonce)])


def write_to(follower: Follower, subject: str, template: str, page: ConsultationPage) -> None:
    """Send one mail, with the link that ends them (RFC 8058). Raises smtplib.SMTPException, OSError."""
    context = {"page": page, "url": page.full_url or settings.BASE_URL, "link": link(follower), "phase": page.phase()}
    body = render_to_string(template, context)
    headers = {
        "List-Unsubscribe": f"<{link(follower, 'follower_stop')}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(" ".join(subject.split()), body, to=[follower.email], headers=headers).send()


def tell_followers() -> int:
    """Periodic: ask new addresses to confirm, tell the others what was reached, forget those whose time is over."""
    Follower.objects.filter(confirmed_at=None, created_on__lt=timezone.localdate() - UNCONFIRMED).delete()
    Follower.objects.filter(page__answer_due__lt=timezone.localdate() - FOLLOWED).delete()
    with override(settings.LANGUAGE_CODE):
        return _ask() + _tell()


def _ask() -> int:
    """Who sets `asked` sends: nobody is asked twice."""
    sent = 0
    for follower in Follower.objects.filter(asked=False).select_related("page"):
        if Follower.objects.filter(pk=follower.pk, asked=False).update(asked=True):
            subject = _("Confirm that we may write to you")
            if _sent(follower, subject, "consultations/mails/confirm.txt", follower.page):
                sent += 1
            else:
                Follower.objects.filter(pk=follower.pk).update(asked=False)
    return sent


def _tell() -> int:
    """Who moves `told` sends: nobody is told twice, and nobody hears of a step that was overtaken."""
    sent = 0
    pages = ConsultationPage.objects.live().filter(followers__confirmed_at__isnull=False).distinct()
    for page in pages.defer_streamfields():
        step = step_of(page)
        behind = page.followers.filter(confirmed_at__isnull=False, told__lt=step)
        for follower in behind:
            if not Follower.objects.filter(pk=follower.pk, told=follower.told).update(told=step):
                continue
            subject = _("News of “%(title)s”") % {"title": page.title}
            if _sent(follower, subject, "consultations/mails/news.txt", page):
                sent += 1
            else:
                Follower.objects.filter(pk=follower.pk, told=step).update(told=follower.told)
        if step == len(TOLD):  # the follow-up is over: no address is kept
            page.followers.filter(told=step).delete()
    return sent


def _sent(follower: Follower, subject: str, template: str, page: ConsultationPage) -> bool:
    try:
        write_to(follower, subject, template, page)
    except (smtplib.SMTPException, OSError) as error:  # its text names the address: only its kind is noted
        log.warning("mail to a follower not sent (%s): the next look tries again", type(error).__name__)
        return False
    return True
