from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from counting import jobs as counting_jobs
        from participation import contacts, places, receipts
        from uploads import store

        from . import announcements, burst_jobs, jobs, news, notices, queue, rights

        places.guards.append(rights.manages_codes)
        store.viewers.append(rights.sees_upload)
        receipts.lookups.append(news.of_reports)
        receipts.erasers.append(queue.forget_author)
        counting_jobs.followers.append(burst_jobs.ask)
        contacts.wakers.append(jobs.nudge_contacts)
        announcements.decided.connect(notices.on_decided)
