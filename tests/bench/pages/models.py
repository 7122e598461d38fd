"""One page type: bare, or with a survey in it."""

from django.db import models
from wagtail.models import Page

from surveys.models import Survey


class BenchPage(Page):
    """The same page with and without a survey."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    template = "bench/page.html"

    def shown_survey(self) -> Survey:
        return Survey.objects.for_display().get(pk=self.survey_id)
