"""The figures of a survey inside a page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .survey import SurveyChooserBlock


class ResultsBlock(blocks.StructBlock):
    survey = SurveyChooserBlock(label=_("Survey"))
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("What you tell us"))

    class Meta:
        label = _("Results")
        icon = "table"
        group = _("To follow")
        description = _("The figures of a survey, as tables with bars, always up to date.")
        template = "consultations/blocks/results.html"
        preview_template = "consultations/blocks/previews/results.html"
        preview_value = {"title": _("What you tell us")}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "survey": value.get("survey")}
