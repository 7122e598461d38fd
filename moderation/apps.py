from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from counting import jobs as counting_jobs

        from . import burst_jobs

        counting_jobs.followers.append(burst_jobs.ask)
