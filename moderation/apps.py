from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from participation import contacts, receipts

        from . import announcements, jobs, news, notices, queue

        receipts.lookups.append(news.of_reports)
        receipts.erasers.append(queue.forget_author)
        contacts.wakers.append(jobs.nudge_contacts)
        announcements.decided.connect(notices.on_decided)
