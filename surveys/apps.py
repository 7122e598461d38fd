from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from counting.reconcile import truths
        from moderation import registry
        from participation import receipts

        from . import desk, intake, publishing  # noqa: F401 - publishing listens to what the models announce

        truths["survey"] = intake.TRUTH
        receipts.register(intake.find_traces, intake.erase, intake.withdraw_at)
        registry.register(desk.OpenAnswers())
