"""Telling whoever answers for it that a promised day was missed: once, whatever becomes of any queue.

The row is written before the mail: who takes it from `due` sends it, so two who look at once send one. It lies in the
database, so a messenger that forgets everything neither loses a mail nor repeats one.
"""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Page

from .models import ConsultationPage, LateNotice
from .phases import Phase

log = logging.getLogger(__name__)

To = LateNotice.To
MOST_TRIES = 500


def tell_late(fallback: str = "") -> int:
    """Periodic: tell agent and official of each answer that is late, once for each day promised; how many mails left.

    `fallback` is written to where neither has an address: a missed promise must reach somebody.
    """
    late = [page for page in _waiting() if page.phase() is Phase.LATE]
    rows = [LateNotice(page=page, promised=page.answer_due, to=to) for page in late for to in To]
    LateNotice.objects.bulk_create(rows, ignore_conflicts=True)
    return sum(_tell(page, fallback) for page in late)


def _waiting() -> list[ConsultationPage]:
    pages = ConsultationPage.objects.live().filter(answered_on=None, answer_due__isnull=False)
    return list(pages.defer_streamfields().select_related("owner", "referent"))


def _tell(page: ConsultationPage, fallback: str) -> int:
    sent: set[str] = set()
    for notice in LateNotice.objects.filter(page=page, promised=page.answer_due, due=True).order_by("to"):
        address = _address_of(page, notice.to, fallback)
        if not LateNotice.objects.filter(pk=notice.pk, due=True).update(due=False, tries=F("tries") + 1):
            continue  # somebody else is sending it
        if not address or address.lower() in sent:
            continue
        try:
            _write(page, address)
        except (smtplib.SMTPException, OSError) as error:  # its text names the address: only its kind is noted
            LateNotice.objects.filter(pk=notice.pk).update(due=notice.tries < MOST_TRIES)
            log.warning("late notice %d not sent (%s): the next look tries again", notice.pk, type(error).__name__)
            continue
        sent.add(address.lower())
    return len(sent)


def _address_of(page: ConsultationPage, to: str, fallback: str) -> str:
    """The agent is whoever made the page; where nobody has an address, the site's own takes the agent's place."""
    referent = page.referent.email if page.referent and page.referent.is_active else ""
    agent = page.owner.email if page.owner and page.owner.is_active else ""
    if to == To.REFERENT:
        return referent
    return agent or ("" if referent else fallback)


def _write(page: ConsultationPage, address: str) -> None:
    with override(settings.LANGUAGE_CODE):
        context = {"page": page, "url": _url(page), "admin": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + "/admin/"}
        body = render_to_string("consultations/mails/late.txt", context)
        subject = _("The promised answer is late: %(title)s") % {"title": page.title}
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(" ".join(subject.split()), body, to=[address], headers=headers).send()


def _url(page: Page) -> str:
    return page.full_url or settings.BASE_URL
