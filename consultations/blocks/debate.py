"""A debate inside a page: one statement at a time, and what unites and divides those who voted."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from deliberation.models import Debate


class DebateChooserBlock(SnippetChooserBlock):
    """Fetches all chosen debates of a page in one query, with what drawing them needs."""

    def __init__(self, **kwargs: Any):
        super().__init__(Debate, **kwargs)

    def bulk_to_python(self, values: Iterable[int]) -> list[Debate | None]:
        chosen = list(values)
        found = Debate.objects.for_display().in_bulk([pk for pk in chosen if pk])
        return [found.get(pk) for pk in chosen]

    def deconstruct(self) -> tuple:
        return blocks.Block.deconstruct(self)


class DebateBlock(blocks.StructBlock):
    debate = DebateChooserBlock(label=_("Debate"))

    class Meta:
        label = _("Debate")
        icon = "comment"
        group = _("To take part")
        description = _("Short statements that people agree or disagree with, one at a time, and may add to.")
        template = "consultations/blocks/debate.html"
        preview_template = "consultations/blocks/previews/debate.html"
        preview_value = {}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        debate, request = value.get("debate"), (parent_context or {}).get("request")
        context["debate"] = debate
        # In the preview of a page the agent must see the draft of a debate too, not only what is online.
        if debate and getattr(request, "is_preview", False):
            context["draft"] = Debate.objects.get(pk=debate.pk).get_latest_revision_as_object()
        return context


class DebateResultsBlock(blocks.StructBlock):
    debate = DebateChooserBlock(label=_("Debate"))
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("What unites, what divides"))

    class Meta:
        label = _("Results of a debate")
        icon = "group"
        group = _("To follow")
        description = _("What people agree on, what divides them and the opinion groups, always up to date.")
        template = "consultations/blocks/debate_results.html"
        preview_template = "consultations/blocks/previews/debate_results.html"
        preview_value = {"title": _("What unites, what divides")}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "debate": value.get("debate")}
