"""The admin's page of a survey's translations: each text beside its translation, what is missing in sight."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from . import languages
from .models import Survey
from .publishing import preview_schema
from .questions.base import clean_text

LONGEST = 2000


class TranslationForm(forms.Form):
    """One field per text, named by its path; empty ones are shown as they were written."""

    def __init__(self, data: Any, texts: dict[str, str], translated: dict[str, str], language: languages.Language):
        super().__init__(data)
        self.texts = texts
        for path, text in texts.items():
            rows = 1 + len(text) // 80 + text.count("\n")
            attributes = {"rows": rows, "lang": language.code, "dir": language.dir, "class": "w-field__autosize"}
            self.fields[path] = forms.CharField(
                label=text,
                required=False,
                max_length=LONGEST,
                initial=translated.get(path, ""),
                widget=forms.Textarea(attributes),
            )

    def translated(self) -> dict[str, str]:
        return {path: said for path, text in self.cleaned_data.items() if (said := clean_text(text))}


@permission_required("surveys.change_survey", raise_exception=True)
def translations(request: HttpRequest, pk: int) -> HttpResponse:
    """The languages of a survey; with `?language=`, the translation into one, to read and to save as a draft."""
    survey = get_object_or_404(Survey, pk=pk)
    draft = survey.get_latest_revision_as_object() if survey.latest_revision_id else survey
    schema, texts = preview_schema(draft), languages.texts(preview_schema(draft))
    context: dict[str, Any] = {
        "survey": survey,
        "known": [one for one in languages.known() if one.code != settings.LANGUAGE_CODE],
        "there": [(languages.language(c), languages.missing(schema, c)) for c in sorted(draft.translations)],
        "total": len(texts),
        "edit_url": reverse(Survey.snippet_viewset.get_url_name("edit"), args=[pk]),
    }
    code = request.GET.get("language", "")
    if code not in {one.code for one in context["known"]}:
        return render(request, "surveys/admin/translations.html", context)
    language = languages.language(code)
    form = TranslationForm(request.POST or None, texts, draft.translations.get(code, {}), language)
    if form.is_valid():
        draft.translations = {**draft.translations, code: form.translated()}
        draft.save_revision(user=request.user, log_action=True)
        messages.success(request, _("The translation is saved as a draft. Publish the survey to show it."))
        return redirect(f"{reverse('surveys_translations', args=[survey.pk])}?language={code}")
    lacking = sum(1 for path in texts if not draft.translations.get(code, {}).get(path))
    context |= {"form": form, "language": language, "lacking": lacking}
    return render(request, "surveys/admin/translations.html", context, status=422 if form.is_bound else 200)
