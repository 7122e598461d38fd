from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliberationConfig(AppConfig):
    name = "deliberation"
    verbose_name = _("Debates")

    def ready(self) -> None:
        from counting.reconcile import truths
        from participation import places, receipts

        from . import follow_up, publishing, truth  # noqa: F401 - publishing listens to what the models announce
        from .models import Debate

        truths["debate"] = truth.TRUTH
        places.register(Debate)
        receipts.register(follow_up.find_traces, follow_up.erase, follow_up.withdraw_at)
