"""What became of it: steps, promise, answers, commitments, key figures. Nothing is typed twice: these blocks draw what
the consultation knows.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

GROUP = _("To follow")


class FollowUpBlock(blocks.StructBlock):
    """A block that draws what its page knows; in a preview outside any page, what `preview_template` says."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        page = context.get("page")
        return {**context, "shown": page.shown} if hasattr(page, "shown") else context


class TimelineBlock(FollowUpBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, required=False, default=_("Where we are"))

    class Meta:
        label = _("Timeline")
        icon = "date"
        group = GROUP
        description = _("All steps, those to come too. Put here, it no longer stands at the top of the page.")
        template = "consultations/blocks/timeline.html"
        preview_template = "consultations/blocks/previews/timeline.html"
        preview_value = {"title": _("Where we are")}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        page = context.get("page")
        return {**context, "steps": page.steps()} if hasattr(page, "shown") else context


class CommitmentCardBlock(FollowUpBlock):
    class Meta:
        label = _("Our promise")
        icon = "pick"
        group = GROUP
        description = _("What is decided, what can change, who decides. Put here, it leaves the top of the page.")
        template = "consultations/blocks/commitment_card.html"
        preview_template = "consultations/blocks/previews/commitment_card.html"
        preview_value: dict[str, Any] = {}


class OfficialAnswersBlock(FollowUpBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("What we do about it"))

    class Meta:
        label = _("Official answers")
        icon = "comment-add"
        group = GROUP
        description = _("The signed answers, theme by theme, each with its reason and its commitments.")
        template = "consultations/blocks/official_answers.html"
        preview_template = "consultations/blocks/previews/official_answers.html"
        preview_value = {"title": _("What we do about it")}


class CommitmentsBlock(FollowUpBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("Our commitments"))

    class Meta:
        label = _("Commitments")
        icon = "tasks"
        group = GROUP
        description = _("Who does what by when, how far it is, and what is late.")
        template = "consultations/blocks/commitments.html"
        preview_template = "consultations/blocks/previews/commitments.html"
        preview_value = {"title": _("Our commitments")}


class ToldAndDoneBlock(FollowUpBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("What you told us, what we do"))

    class Meta:
        label = _("What you told us, what we do")
        icon = "list-ul"
        group = GROUP
        description = _("Theme by theme, side by side: what people said and what was answered.")
        template = "consultations/blocks/told_and_done.html"
        preview_template = "consultations/blocks/previews/told_and_done.html"
        preview_value = {"title": _("What you told us, what we do")}


class OwnFigureBlock(blocks.StructBlock):
    figure = blocks.CharBlock(label=_("Figure"), max_length=20, help_text=_("For example: 640 000 €"))
    label = blocks.CharBlock(label=_("What it counts"), max_length=80)


class KeyFiguresBlock(FollowUpBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, required=False, default=_("In figures"))
    counted = blocks.MultipleChoiceBlock(
        label=_("Counted by the site"),
        required=False,
        choices=[
            ("people", _("Participations")),
            ("texts", _("Contributions sorted by theme")),
            ("answers", _("Themes answered")),
            ("commitments", _("Commitments kept")),
        ],
        default=["people", "answers", "commitments"],
    )
    own = blocks.ListBlock(OwnFigureBlock(), label=_("Your own figures"), default=[])

    class Meta:
        label = _("Key figures")
        icon = "table"
        group = GROUP
        description = _("A few large figures: those the site counts are always up to date.")
        template = "consultations/blocks/key_figures.html"
        preview_template = "consultations/blocks/previews/key_figures.html"
        preview_value = {"title": _("In figures")}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        if "shown" not in context:
            return context
        known = context["page"].key_figures(value.get("counted") or [])
        return {**context, "known": known}
