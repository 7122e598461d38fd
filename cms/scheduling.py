"""The periodic process: does by itself, every so often, what may not depend on any messenger."""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from wagtail.models import Revision, Site

import deliberation.jobs
import moderation.burst_jobs
import moderation.jobs
import surveys.exports.making
import surveys.jobs
from consultations import followers, late
from counting import jobs
from home.models import SiteSettings
from moderation.notices import remind_of_late_reports
from participation import arrivals, mail_codes
from uploads import store

log = logging.getLogger(__name__)


class Duty(NamedTuple):
    """`act` is done every `seconds`. Every act is safe to do twice or at two places at once."""

    name: str
    seconds: int
    act: Callable[[], object]


def publish_scheduled() -> None:
    """Bring pages and surveys online and offline at the times their agents chose.

    Wagtail's command stops at the first that cannot be published: the others must not wait for it.
    """
    for revision in Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at"):
        try:
            revision.publish(log_action="wagtail.publish.scheduled")
        except ValidationError as error:
            log.error("scheduled, but cannot be published: %s: %s", revision.object_str, " ".join(error.messages))
    with contextlib.suppress(ValidationError):  # said above
        call_command("publish_scheduled", verbosity=0)  # what remains is to take offline


def remind_of_reports() -> bool:
    """Tell the authority's contact address of reports that wait too long."""
    site = Site.objects.filter(is_default_site=True).first()
    return bool(site) and remind_of_late_reports(SiteSettings.for_site(site).email)


def tell_of_late_answers() -> int:
    """Tell whoever answers for it of a promised day that was missed."""
    site = Site.objects.filter(is_default_site=True).first()
    return late.tell_late(SiteSettings.for_site(site).email if site else "")


DUTIES = [
    Duty("sweep", 30, jobs.sweep_all),
    Duty("sort", 30, surveys.jobs.sort_periodically),
    Duty("exports", 30, surveys.exports.making.tend),
    Duty("analyse", 20, deliberation.jobs.ask_for_analyses),
    Duty("bursts", 20, moderation.burst_jobs.look_everywhere),
    Duty("look", 30, moderation.jobs.look),
    Duty("publish", 60, publish_scheduled),
    Duty("forget codes", 600, mail_codes.forget_expired),
    Duty("mails", 60, moderation.jobs.send_mails),
    Duty("late answers", 600, tell_of_late_answers),
    Duty("followers", 60, followers.tell_followers),
    Duty("late reports", 3600, remind_of_reports),
    Duty("reconcile", 3600, jobs.reconcile_all),
    Duty("drafts", 3600, surveys.jobs.purge_drafts),
    Duty("given emails", 3600, surveys.jobs.purge_emails),
    Duty("forget", 3600, arrivals.forget_old),
    Duty("files", 3600, store.sweep),
]


def run_for_ever(tick: float = 1.0) -> None:
    due = {duty.name: time.monotonic() + duty.seconds for duty in DUTIES}
    while True:
        for duty in DUTIES:
            if time.monotonic() >= due[duty.name]:
                due[duty.name] = time.monotonic() + duty.seconds
                _do(duty)
        time.sleep(tick)


def _do(duty: Duty) -> None:
    close_old_connections()
    try:
        duty.act()
    except Exception:  # one duty that fails must not stop the others, nor itself the next time
        log.exception("%s failed; next try in %d s", duty.name, duty.seconds)
    finally:
        close_old_connections()
