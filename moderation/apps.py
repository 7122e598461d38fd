from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from counting import jobs as counting_jobs
        from participation import receipts

        from . import burst_jobs, queue

        receipts.erasers.append(queue.forget_author)
        counting_jobs.followers.append(burst_jobs.ask)
