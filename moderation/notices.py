"""Telling by e-mail: authors of decisions, services of what is forwarded, the authority of reports that are late.

Each mail stands in the outbox (`Notice`) from the transaction of its decision on. Whoever takes it from `due` sends it,
so none goes twice; a job that gets lost is made up for by the periodic look. No mail carries a text or a code.
"""

import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from counting.jobs import enqueue_once
from participation import contacts

from . import decisions, figures, news, story
from .models import Decision, Item, Notice, Reminder
from .signals.base import Message

log = logging.getLogger(__name__)

Act: Any = Decision.Act
To = Notice.To
MOST_TRIES = 500  # at one a minute: some eight hours without a mail server
# What a mail says was done, to the author. Not told: what they did themselves, and reports that changed nothing.
TOLD: Mapping[str, Message] = {
    Act.PUBLISH: gettext_lazy("It was read."),
    Act.REDACT: gettext_lazy("Parts of it are masked."),
    Act.REFUSE: gettext_lazy("It was read and refused."),
    Act.HIDE: gettext_lazy("It was taken off."),
    Act.ASK: gettext_lazy("It was read and sent back to you."),
    Act.FORWARD: gettext_lazy("It was forwarded."),
    Act.MERGE: gettext_lazy("It was merged with another text."),
    Act.UNDO: gettext_lazy("We took our last decision back."),
    Act.ANSWER: gettext_lazy("The service to which it was forwarded answers you."),
    Act.UPHOLD: gettext_lazy("You contested a decision. It was read again: the decision stands."),
    Act.OVERTURN: gettext_lazy("You contested a decision. It was read again: the decision is reversed."),
}


def on_decided(sender: Any, item: Item, decision: Decision, **kwargs: Any) -> None:
    """Put what is to be told in the outbox, in the decision's own transaction."""
    to = [To.AUTHOR] if item.author_key and decision.act in TOLD else []
    if decision.act == Act.FORWARD and decision.service and decision.service.email:
        to.append(To.SERVICE)
    Notice.objects.bulk_create([Notice(decision=decision, to=whom) for whom in to])
    if to:
        nudge(decision.pk)


def flag(decision_id: int) -> str:
    return f"palabre:moderation:notice:{decision_id}"


def nudge(decision_id: int) -> None:
    """Ask for the mails about one decision to be sent, once it is committed. Never fails, never waits long."""
    job = "moderation.jobs.notify"
    transaction.on_commit(lambda: enqueue_once(job, flag(decision_id), decision_id, queue="low"), robust=True)


def send_for(decision_id: int) -> int:
    """Send what is due about one decision; how many mails left."""
    return _send(list(Notice.objects.filter(decision=decision_id, due=True)))


def send_due() -> int:
    """Send whatever is due, its job lost or not; how many mails left."""
    return _send(list(Notice.objects.filter(due=True).order_by("pk")[:500]))


def _send(notices: list[Notice]) -> int:
    sent = 0
    for notice in notices:
        if not Notice.objects.filter(pk=notice.pk, due=True).update(due=False, tries=F("tries") + 1):
            continue  # somebody else is sending it
        try:
            left = _deliver(notice)
        except (smtplib.SMTPException, OSError) as error:  # its text names the address: only its kind is noted
            Notice.objects.filter(pk=notice.pk).update(due=notice.tries < MOST_TRIES)
            log.warning("notice %d not sent (%s): the next look tries again", notice.pk, type(error).__name__)
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                break
            continue
        if left:
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
            sent += 1
        else:
            notice.delete()  # nobody asked to be told: nothing is to be kept of it
    return sent


def _deliver(notice: Notice) -> bool:
    """Send one mail; False when there is nobody to send it to, or nothing left to say."""
    decisions = Decision.objects.select_related("item__scope__remit", "item__forwarded_to", "item__sealed", "service")
    decision = decisions.get(pk=notice.decision_id)
    with override(settings.LANGUAGE_CODE):
        return _tell_service(decision) if notice.to == To.SERVICE else _tell_author(decision)


def _tell_author(decision: Decision) -> bool:
    item = decision.item
    contact = contacts.confirmed(item.author_key) if item.author_key else None
    if contact is None or _came_to_nothing(decision):
        return False
    is_newest = not item.decisions.filter(took_effect=True, at__gt=decision.at).exists()
    context = {
        "consultation": _consultation(item),
        "told": TOLD[decision.act],
        "where": news.state_of(item) if is_newest else "",
        "why": story.why(decision),
        "contestable": decision.act in decisions.CONTESTABLE,
        "follow_up": settings.BASE_URL.rstrip("/") + reverse("participation:follow_up"),
    }
    contacts.write_to(contact, _("News of your text"), "moderation/mails/author.txt", context)
    return True


def _came_to_nothing(decision: Decision) -> bool:
    """Was it undone before its author was told? Then neither the decision nor its undoing is worth a mail."""
    if decision.undone_by.exists():
        return True
    undone = decision.undoes_id
    return bool(undone) and not Notice.objects.filter(decision=undone, to=To.AUTHOR, sent_at__isnull=False).exists()


def _consultation(item: Item) -> str:
    remit = getattr(item.scope, "remit", None)
    return remit.title if remit else ""


def _tell_service(decision: Decision) -> bool:
    item, service = decision.item, decision.service
    if service is None or not service.email or item.forwarded_to_id != service.pk:
        return False
    context = {
        "service": service.name,
        "consultation": _consultation(item),
        "admin": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_home"),
    }
    _write(service.email, _("A text waits for your answer"), "moderation/mails/service.txt", context)
    return True


def _write(email: str, subject: str, template: str, context: dict[str, Any]) -> None:
    body = render_to_string(template, context)
    EmailMessage(subject, body, to=[email], headers={"Auto-Submitted": "auto-generated"}).send()


def remind_of_late_reports(email: str) -> bool:
    """Periodic: tell the authority, once a day at the most, that reports wait too long; whether a mail left."""
    late = figures.late_reports()
    if not late or not email:
        return False
    day, is_first = Reminder.objects.get_or_create(day=timezone.localdate())
    if not is_first:
        return False
    context = {"late": late, "admin": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_home")}
    try:
        with override(settings.LANGUAGE_CODE):
            _write(email, _("Reports have waited for more than 24 hours"), "moderation/mails/late.txt", context)
    except (smtplib.SMTPException, OSError) as error:
        day.delete()
        log.warning("reminder not sent (%s): the next look tries again", type(error).__name__)
        return False
    return True
