from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliberationConfig(AppConfig):
    name = "deliberation"
    verbose_name = _("Debates")

    def ready(self) -> None:
        from counting.reconcile import truths
        from moderation import quarantine, registry
        from participation import places, receipts

        from . import desk, follow_up, publishing, truth, voting  # noqa: F401 - publishing listens to the models
        from .models import Debate

        truths["debate"] = truth.TRUTH
        quarantine.engines["debate"] = voting.QUARANTINE
        places.register(Debate)
        receipts.register(follow_up.find_traces, follow_up.erase, follow_up.withdraw_at, said=follow_up.said)
        registry.register(desk.Statements())
        registry.register(desk.Arguments())
