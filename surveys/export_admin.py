"""The admin's pages of exports: ask for a file, see how far it is, fetch it while it lasts."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import log

from moderation import rights

from .exports import making, open_data
from .forms import compiled_live
from .models import Export, Survey
from .questions import Schema

RESPONSES, WORDS = "export_responses", "export_words"
SHOWN = 30  # exports listed


def may_export(user: Any, survey: Survey) -> bool:
    """May `user` have the responses to `survey`, one by one?"""
    return rights.scopes_for(user, RESPONSES).filter(pk=survey.scope_id).exists()


def may_export_words(user: Any, survey: Survey) -> bool:
    """May `user` have what people wrote, also what no moderator has read?"""
    return rights.scopes_for(user, WORDS).filter(pk=survey.scope_id).exists()


class ExportForm(forms.Form):
    """What to export, in which format; for open data also which questions, and by which people are recognised."""

    kind = forms.ChoiceField(
        label=_("What"), choices=Export.Kind.choices, widget=forms.RadioSelect, initial="responses"
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=Export.Format.choices, widget=forms.RadioSelect, initial="xlsx"
    )
    words = forms.BooleanField(
        label=_("With every open answer, also those that no moderator has read, or that were refused"),
        required=False,
        help_text=_("For work inside your authority only. Without it, only published answers are in the file."),
    )
    questions = forms.MultipleChoiceField(
        label=_("Open data: questions to publish"), required=False, widget=forms.CheckboxSelectMultiple
    )
    traits = forms.MultipleChoiceField(
        label=_("Open data: questions by which somebody could be recognised"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Age, gender, district, trade… Numbers and dates always count as such."),
    )

    def __init__(self, data: Any, asked: list[Schema], may_have_words: bool):
        super().__init__(data)
        choices = [(q["id"], q["wording"]) for q in asked if open_data.may_be_chosen(q)]
        for name in ("questions", "traits"):
            self.fields[name].choices = choices
        self.fields["questions"].initial = [id_ for id_, _wording in choices]
        self.fields["traits"].initial = [q["id"] for q in asked if open_data.looks_like_trait(q)]
        if not may_have_words:
            del self.fields["words"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Export.Kind.OPEN and not data.get("questions") and "questions" not in self.errors:
            self.add_error("questions", _("Choose at least one question."))
        return data


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys whose responses one may export."""
    if not rights.may_anywhere(request.user, RESPONSES):
        raise Http404
    found = (
        Survey.objects.filter(scope__in=rights.scopes_for(request.user, RESPONSES), live_version__isnull=False)
        .defer("questions")
        .annotate(files=Count("exports", filter=Q(exports__state=Export.State.DONE)))
        .order_by("-pk")
    )
    return render(request, "surveys/admin/exports.html", {"surveys": found})


def exports(request: HttpRequest, pk: int) -> HttpResponse:
    """The exports of one survey, and the form that asks for another."""
    survey = get_object_or_404(Survey.objects.for_display(), pk=pk, live_version__isnull=False)
    if not may_export(request.user, survey):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = ExportForm(posted, compiled_live(survey).all_questions, may_export_words(request.user, survey))
    if form.is_valid():
        _ask(request, survey, form.cleaned_data)
        return redirect("surveys_exports", survey.pk)
    found = list(_seen_by(request.user, survey)[:SHOWN])
    awaited = sum(export.is_on_its_way for export in found)
    context = {"survey": survey, "form": form, "exports": found, "awaited": awaited}
    return render(request, "surveys/admin/export.html", context, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, survey: Survey, data: dict[str, Any]) -> None:
    is_open = data["kind"] == Export.Kind.OPEN
    chosen = {"questions": data["questions"], "traits": data["traits"]} if is_open else {}
    words = bool(data.get("words")) and data["kind"] == Export.Kind.RESPONSES
    export = making.ask(survey, data["kind"], data["format"], request.user, words, chosen)
    log(survey, "palabre.export", user=request.user, data=_told(export))


def _told(export: Export) -> dict[str, Any]:
    return {"kind": export.kind, "format": export.format, "words": export.words, "export": str(export.pk)}


def _seen_by(user: Any, survey: Survey) -> QuerySet[Export]:
    """What `user` may fetch: files with every word only where they have that right."""
    found = Export.objects.filter(survey=survey).select_related("asked_by").order_by("-asked_at")
    return found if may_export_words(user, survey) else found.filter(words=False)


@require_safe
def download(request: HttpRequest, export_id: Any) -> HttpResponseBase:
    """The file itself, to whoever has the right at this moment."""
    export = get_object_or_404(Export.objects.select_related("survey"), pk=export_id, state=Export.State.DONE)
    if not may_export(request.user, export.survey) or export not in _seen_by(request.user, export.survey):
        raise Http404
    if export.expires_at is None or export.expires_at < timezone.now():
        raise Http404
    try:
        file = making.file_of(export).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    log(export.survey, "palabre.fetch_export", user=request.user, data=_told(export))
    response = FileResponse(file, as_attachment=True, filename=making.name_of(export))
    response["Cache-Control"] = "private, no-store"
    return response


class ExportsItem(MenuItem):
    """The way to the exports, for who may have them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return rights.may_anywhere(request.user, RESPONSES)
