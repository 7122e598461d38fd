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
from wagtail.admin.panels import Panel

from geography import asking
from participation import trust

from .models import Map
from .publishing import check

_CHECKED = ("categories", "territory", "area", "layers", "draw", "grid")


class MapForm(WagtailAdminModelForm):
    """Refuses to publish what cannot be asked, at the field."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data and (drawn := data.get("area_drawn_shape", "").strip()):
            data = data.copy()  # as if it had been typed: so it counts as a change
            data["area"] = drawn
        super().__init__(data, *args, **kwargs)
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


class AreaPanel(Panel):
    """Draws the map's area by successive points, for who has no file; it takes the place of what the field holds."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "maps/admin/area.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            territory = self.instance.territory
            asked = asking.of_territory(territory, draw="area") if territory else asking.ask(draw="area")
            asked = {**asked, "places": asked["places"][:40], "zones": []}
            return {**super().get_context_data(parent_context), "ask": asked, "request": self.request}


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
