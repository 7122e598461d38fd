"""What maps add to Wagtail's admin: a form that refuses to publish what cannot be asked, and a copy."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm

from participation import trust

from .models import Map
from .publishing import check

_CHECKED = ("categories", "territory", "area", "layers", "draw", "grid")


class MapForm(WagtailAdminModelForm):
    """Refuses to publish what cannot be asked, at the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trust" in self.fields:
            trust.offer(self.fields["trust"], self.instance.trust)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "action-publish" in self.data and not self.errors:
            try:
                check(self._draft(data))
            except ValidationError as error:
                for name, problems in error.message_dict.items():
                    self.add_error(name, problems)
        return data

    def _draft(self, data: dict[str, Any]) -> Map:
        draft = Map.objects.get(pk=self.instance.pk) if self.instance.pk else Map()
        for name in _CHECKED:
            if name in data:
                setattr(draft, name, data[name])
        return draft


@permission_required("maps.add_map", raise_exception=True)
def copy_map(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to use in another consultation: same question and categories, no places."""
    original = get_object_or_404(Map, pk=pk)
    if request.method != "POST":
        return render(request, "maps/admin/copy.html", {"map": original})
    copy = original.copy_for_use_elsewhere()
    copy.save_revision(user=request.user, log_action=True)
    messages.success(request, _("“%(title)s” is ready to edit.") % {"title": copy.title})
    return redirect(reverse(Map.snippet_viewset.get_url_name("edit"), args=[copy.pk]))
