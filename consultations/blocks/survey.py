"""A survey inside a page: the questions, ready to be answered."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from surveys.models import Survey


class SurveyChooserBlock(SnippetChooserBlock):
    """Fetches all chosen surveys of a page in one query, with what drawing them needs."""

    def __init__(self, **kwargs: Any):
        super().__init__(Survey, **kwargs)

    def bulk_to_python(self, values: Iterable[int]) -> list[Survey | None]:
        chosen = list(values)
        found = Survey.objects.for_display().in_bulk([pk for pk in chosen if pk])
        return [found.get(pk) for pk in chosen]

    def deconstruct(self) -> tuple:
        return blocks.Block.deconstruct(self)


class SurveyBlock(blocks.StructBlock):
    survey = SurveyChooserBlock(label=_("Survey"))

    class Meta:
        label = _("Survey")
        icon = "clipboard-list"
        group = _("To take part")
        description = _("Questions that people answer on this page, without an account.")
        template = "consultations/blocks/survey.html"
        preview_template = "consultations/blocks/previews/survey.html"
        preview_value = {}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        survey, request = value.get("survey"), (parent_context or {}).get("request")
        context["survey"] = survey
        # In the preview of a page the agent must see the draft of a survey too, not only what is online.
        if survey and getattr(request, "is_preview", False):
            context["draft"] = Survey.objects.get(pk=survey.pk).get_latest_revision_as_object()
        return context
