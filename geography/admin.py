"""Territories in the Wagtail admin: the tree of zones, named places, and the import of a file."""

import json
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from . import drawing, geojson, imports
from .models import BaseMap, NamedPlace, Zone, ZoneFile, changing_zones


class ZoneChoice(forms.ModelChoiceField):
    """Zones as a tree in a list."""

    def __init__(self, **kwargs: Any):
        super().__init__(queryset=Zone.objects.order_by("path").defer("geometry"), **kwargs)

    def label_from_instance(self, zone: Any) -> str:
        return f"{'— ' * (zone.depth - 1)}{zone.name}"


class Outline(forms.CharField):
    """A GeoJSON outline, as text; kept as typed while it cannot be read."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return geojson.read_zone(text)
        except geojson.GeoError as error:
            raise forms.ValidationError(error.message) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ZoneForm(WagtailAdminModelForm):
    parent = ZoneChoice(label=_("Lies in"), required=False, empty_label=_("nothing larger"))
    geometry = Outline(
        label=_("Outline (GeoJSON)"), required=False, help_text=Zone._meta.get_field("geometry").help_text
    )

    class Meta:
        model = Zone
        fields = ["name", "kind", "parent", "code", "population", "geometry"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["parent"].initial = self.instance.get_parent()

    def clean_parent(self) -> Zone | None:
        parent, zone = self.cleaned_data["parent"], self.instance
        if zone.pk and parent and (parent.pk == zone.pk or parent.is_descendant_of(zone)):
            raise forms.ValidationError(_("A zone does not lie in itself, nor in one that lies in it."))
        return parent

    def save(self, commit: bool = True) -> Zone:
        zone, parent = self.instance, self.cleaned_data["parent"]
        with changing_zones():
            parent = Zone.objects.get(pk=parent.pk) if parent else None  # its numbers may have moved meanwhile
            if zone.pk is None:
                return parent.add_child(instance=zone) if parent else Zone.add_root(instance=zone)
            zone.save()
            fresh = Zone.objects.get(pk=zone.pk)
            if fresh.get_parent() != parent:
                fresh.move(*((parent, "last-child") if parent else (Zone.get_last_root_node(), "last-sibling")))
            return Zone.objects.get(pk=zone.pk)


class ZoneName(TitleColumn):
    """The name, as far to the right as the zone lies deep."""

    def get_value(self, zone: Any) -> Any:
        return f"{'— ' * (zone.depth - 1)}{zone.name}"


class ZoneIndex(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Zone]:
        return Zone.objects.order_by("path").defer("geometry")

    @property
    def header_more_buttons(self) -> list[Any]:
        from django.urls import reverse
        from wagtail.admin.widgets.button import Button

        more = list(super().header_more_buttons)
        if self.request.user.has_perm("geography.add_zone"):
            more.append(Button(_("Import a file"), reverse("geography_import"), icon_name="upload", priority=20))
        return more


class ZoneEdit(generic.EditView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        zones = [self.object, *self.object.get_children()] if self.object.geometry else []
        return super().get_context_data(**kwargs, drawn=drawing.choropleth(zones) if zones else None)


class GuardedDelete(generic.DeleteView):
    """What something else stands on is not deleted: a message says so."""

    def form_valid(self, form: Any) -> HttpResponse:
        if isinstance(self.object, Zone) and Zone.objects.get(pk=self.object.pk).numchild:
            return self._refuse(_("Other zones lie in “%(name)s”: delete or move them first."))
        try:
            return super().form_valid(form)
        except ProtectedError:
            return self._refuse(_("“%(name)s” is in use and stays."))

    def _refuse(self, message: Any) -> HttpResponse:
        messages.error(self.request, message % {"name": self.object})
        return redirect(self.get_success_url())


class ZoneViewSet(ModelViewSet):
    model = Zone
    icon = "site"
    menu_label = _("Zones")
    url_prefix = "territories/zones"
    index_view_class, edit_view_class, delete_view_class = ZoneIndex, ZoneEdit, GuardedDelete
    edit_template_name = "geography/admin/zone.html"
    copy_view_enabled = False
    list_per_page = 100
    search_fields = ["name", "code"]
    list_display = [
        ZoneName("name", label=_("Name"), url_name="geography_zones:edit"),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        "code",
        "population",
        Column("outline", label=_("Outline"), accessor=lambda zone: _("yes") if zone.west is not None else _("no")),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return ZoneForm


class NamedPlaceForm(WagtailAdminModelForm):
    zone = ZoneChoice(label=_("Territory"), required=False, help_text=NamedPlace._meta.get_field("zone").help_text)

    class Meta:
        model = NamedPlace
        fields = ["name", "kind", "zone", "lon", "lat", "order"]


class NamedPlaceViewSet(ModelViewSet):
    model = NamedPlace
    icon = "pin"
    menu_label = _("Named places")
    url_prefix = "territories/places"
    delete_view_class = GuardedDelete
    copy_view_enabled = False
    list_per_page = 100
    list_display = ["name", "kind", "zone", "order"]
    list_filter = ["zone"]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return NamedPlaceForm


class Territories(ModelViewSetGroup):
    menu_label = _("Territories")
    menu_icon = "site"
    menu_order = 230
    items = (ZoneViewSet("geography_zones"), NamedPlaceViewSet("geography_places"))


class BaseMapForm(WagtailAdminModelForm):
    """The setting, with the file that a drawing of our own is read from."""

    file = forms.FileField(
        label=_("File of the drawing (GeoJSON)"),
        required=False,
        help_text=_("600 kB at most. Replaces the drawing there is. Lines and surfaces, with “name” and “kind”."),
    )

    def clean_file(self) -> Any:
        if sent := self.cleaned_data["file"]:
            try:
                self.instance.layer = geojson.read_ground(sent.read(geojson.GROUND_BYTES + 1))
            except geojson.GeoError as error:
                raise forms.ValidationError(error.message) from None
        return sent


BaseMap.edit_handler = ObjectList(
    [
        FieldPanel("kind"),
        MultiFieldPanel(
            [FieldPanel("url"), FieldPanel("max_zoom")],
            heading=_("Another service of map tiles"),
            classname="collapsed",
        ),
        FieldPanel("file", heading=_("File of the drawing (GeoJSON)")),
        FieldPanel("attribution"),
    ],
    base_form_class=BaseMapForm,
)


class FileForm(forms.Form):
    file = forms.FileField(label=_("GeoJSON file"), help_text=_("10 MB at most, in longitudes and latitudes (WGS 84)."))


class PlanForm(forms.Form):
    """How a file that was read becomes zones."""

    name_property = forms.ChoiceField(label=_("The name is in"))
    code_property = forms.ChoiceField(
        label=_("The code is in"),
        required=False,
        help_text=_("Zones are known again by their code; without codes by their name."),
    )
    parent = ZoneChoice(label=_("They lie in"), required=False, empty_label=_("nothing larger"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Zone.KINDS, initial="district")

    def __init__(self, reading: geojson.Reading, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(name, self._shown(reading, name)) for name in imports.properties(reading)]
        self.fields["name_property"].choices = known
        self.fields["code_property"].choices = [("", _("none: give codes")), *known]
        self.fields["name_property"].initial = imports.likely_name(reading)

    @staticmethod
    def _shown(reading: geojson.Reading, name: str) -> str:
        values = [value for f in reading.features if (value := f.properties.get(name))][:3]
        return f"{name} ({', '.join(values)[:80]})" if values else name


may_import = permission_required("geography.add_zone", raise_exception=True)


@may_import
def upload(request: HttpRequest) -> HttpResponse:
    """A file is read and kept for a moment; nothing is imported yet."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            reading = geojson.read(sent.read(geojson.MAX_BYTES + 1))
        except geojson.GeoError as error:
            form.add_error("file", error.message)
        else:
            return redirect("geography_import_plan", ZoneFile.keep(sent.name, reading, request.user).pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "geography/admin/upload.html", {"form": form}, status=status)


@may_import
def preview(request: HttpRequest, pk: Any) -> HttpResponse:
    """What the import would do, as it is set now; POST with `do` does it."""
    kept = get_object_or_404(ZoneFile, pk=pk, owner=request.user)
    reading = kept.reading
    form = PlanForm(reading, request.POST or None)
    made = None
    if form.is_valid():
        data = form.cleaned_data
        made = imports.plan(reading, data["parent"], data["kind"], data["name_property"], data["code_property"])
        if "do" in request.POST and (made.added or made.changed):
            imports.carry_out(made)
            kept.delete()
            messages.success(request, format_html("{}", " · ".join(imports.summary(made))))
            return redirect("geography_zones:index")
    zones = [Zone(name=str(f.number), code=str(f.number), geometry=f.geometry) for f in reading.features]
    told = {"form": form, "file": kept, "plan": made, "drawn": drawing.choropleth(zones[:300]), "reading": reading}
    return render(request, "geography/admin/preview.html", told, status=422 if form.errors else 200)
