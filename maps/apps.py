from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MapsConfig(AppConfig):
    name = "maps"
    verbose_name = _("Maps")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from moderation import registry
        from participation import places, receipts

        from . import desk, follow_up, publishing  # noqa: F401 - publishing listens to the models
        from .models import Map

        places.register(Map)
        receipts.register(follow_up.find_traces, follow_up.erase, follow_up.withdraw_at, said=follow_up.said)
        registry.register(desk.Places())
        registry.register(desk.Photos())
