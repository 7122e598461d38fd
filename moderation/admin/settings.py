"""What an administrator sets: charters, services, and each consultation's charter and signals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.viewsets.model import ModelViewSet

from ..models import Charter, Remit, Service
from ..signals import KINDS


class Kept(ModelViewSet):
    """Rows that others lean on: what is named in `left_out` has no address."""

    left_out: tuple[str, ...] = ("delete", "usage")
    add_to_reference_index = False
    copy_view_enabled = False
    add_to_settings_menu = True

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{f"{name}_url_name": None for name in self.left_out}, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.left_out]


class CharterViewSet(Kept):
    model = Charter
    icon = "doc-full"
    menu_label = _("Moderation charters")
    url_prefix = "moderation/charters"
    list_display = ["title"]
    panels = [
        FieldPanel("title"),
        FieldPanel("introduction"),
        InlinePanel("articles", heading=_("Articles"), min_num=1),
    ]


class ServiceViewSet(Kept):
    model = Service
    icon = "group"
    menu_label = _("Services to forward to")
    url_prefix = "moderation/services"
    list_display = ["name", "email"]
    form_fields = ["name", "email", "group"]


class RemitForm(WagtailAdminModelForm):
    signals_off = forms.MultipleChoiceField(
        label=_("Signals switched off"),
        choices=[(kind.kind, kind.label) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Signals are advice: they decide nothing. Those ticked are not looked for."),
    )


class RemitViewSet(Kept):
    left_out = ("add", "delete", "usage")
    model = Remit
    icon = "glasses"
    menu_label = _("Consultations moderated")
    url_prefix = "moderation/consultations"
    list_display = ["title", "charter"]
    panels = [FieldPanel("charter"), FieldPanel("signals_off")]

    def get_form_class(self, for_update: bool = False) -> Any:
        handler = self.get_edit_handler()
        handler.base_form_class = RemitForm
        return handler.get_form_class()


VIEWSETS = [
    CharterViewSet("moderation_charters"),
    ServiceViewSet("moderation_services"),
    RemitViewSet("moderation_remits"),
]
