from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        from participation import receipts
        from surveys.paper import surroundings

        from . import showing, to_print

        receipts.fates.append(showing.fate_of)
        surroundings.promises.append(to_print.promise_of)
