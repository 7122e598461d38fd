from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    name = "uploads"
    verbose_name = _("Photos and files")

    def ready(self) -> None:
        from participation import receipts

        from . import editorial, store

        receipts.erasers.append(store.forget)
        editorial.guard()
