"""One page type: bare, or with a survey in it."""

from django.db import models
from wagtail.models import Page


class BenchPage(Page):
    """The same page with and without a survey."""

    survey = models.ForeignKey("surveys.Survey", on_delete=models.CASCADE, null=True, related_name="+")
    template = "bench/page.html"
