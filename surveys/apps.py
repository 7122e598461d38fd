from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from counting.reconcile import truths
        from moderation import quarantine, registry
        from participation import places, receipts
        from uploads import store

        from . import desk, files, follow_up, intake, publishing  # noqa: F401 - publishing listens to what the models announce
        from .models import Survey

        truths["survey"] = intake.TRUTH
        quarantine.engines["survey"] = intake.QUARANTINE
        places.register(Survey)
        receipts.register(
            follow_up.find_traces, intake.erase, follow_up.withdraw_at, follow_up.resume_at, said=follow_up.said
        )
        store.viewers.append(files.sees_upload)
        registry.register(desk.OpenAnswers())
