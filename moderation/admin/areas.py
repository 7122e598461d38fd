"""Where the members of a group moderate: a panel on Wagtail's own screen for groups."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from ..models import GroupArea


class AreaForm(forms.Form):
    page = forms.ModelChoiceField(
        label=_("Page"),
        queryset=Page.objects.all(),
        widget=AdminPageChooser(show_edit_link=False, can_choose_root=True),
        required=False,
    )


class AreasPanel(forms.BaseFormSet):
    """Pages at and below which the group's rights in moderation hold."""

    form = AreaForm
    extra, min_num, max_num, absolute_max = 1, 0, 50, 50
    can_order, can_delete, can_delete_extra = False, True, True
    validate_min = validate_max = edit_only = False
    renderer = forms.renderers.get_default_renderer()

    def __init__(
        self, data: Any = None, files: Any = None, instance: Group | None = None, prefix: str = "areas"
    ) -> None:
        self.instance = instance or Group()
        initial = []
        if self.instance.pk:
            pages = GroupArea.objects.filter(group=self.instance).order_by("pk").values_list("page_id", flat=True)
            initial = [{"page": page} for page in pages]
        super().__init__(data, files, initial=initial, prefix=prefix)

    def save(self) -> None:
        chosen = {
            form.cleaned_data["page"].pk
            for form in self.forms
            if form.cleaned_data.get("page") and form not in self.deleted_forms
        }
        GroupArea.objects.filter(group=self.instance).exclude(page__in=chosen).delete()
        for page in chosen:
            GroupArea.objects.get_or_create(group=self.instance, page_id=page)

    def as_admin_panel(self) -> str:
        return render_to_string("moderation/admin/areas.html", {"formset": self})
