"""A survey as agents write it, and the versions of it that were published."""

import secrets
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from counting.models import Tool
from participation.models import Scope, TakesPart

from .. import sites
from ..elements import ELEMENTS
from ..questions import TYPES

# News for `publishing`, which this module may not import: the draft about to go live (a receiver that raises stops it),
# and the survey that did, in the same transaction.
about_to_publish = Signal()
has_published = Signal()


def new_key() -> str:
    return secrets.token_urlsafe(9).replace("-", "_")  # a dash in front would make it an option of our commands


class SurveyQuerySet(models.QuerySet["Survey"]):
    def for_display(self) -> "SurveyQuerySet":
        """With everything drawing a survey needs, in one query, and without the editor's questions."""
        return self.select_related("scope", "tool", "live_version").defer("questions", "live_version__schema")


class Survey(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, TakesPart):
    """What an agent edits. People only ever see `live_version`, frozen when the survey was published."""

    class Pace(models.TextChoices):
        PAGE = "page", _("All questions on one page")
        SECTION = "section", _("Section by section")
        STEP = "step", _("One question at a time")

    class Results(models.TextChoices):
        ALWAYS = "always", _("As answers come in")
        CLOSED = "closed", _("Once the survey is closed")
        NEVER = "never", _("Never")

    key = models.CharField(max_length=20, unique=True, default=new_key, editable=False)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(
        _("introduction"), blank=True, max_length=600, help_text=_("One or two sentences above the first question.")
    )
    questions = StreamField(
        blocks.StreamBlock(
            [
                *((name, kind.block()) for name, kind in TYPES.items()),
                *((name, block()) for name, block in ELEMENTS.items()),
            ],
            required=False,
            form_attrs={"data-controller": "palabre-questions"},
        ),
        blank=True,
        verbose_name=_("questions"),
    )
    pace = models.CharField(_("pace"), max_length=10, choices=Pace.choices, default=Pace.PAGE)
    review = models.BooleanField(
        _("read one’s answers again before sending"),
        default=True,
        help_text=_("A last page shows all answers, each with a link to change it. Not where all stands on one page."),
    )
    thanks = models.TextField(_("word of thanks"), blank=True, max_length=600)
    translations = models.JSONField(default=dict, blank=True, editable=False)  # {language: {path: text}}, see languages
    show_results = models.CharField(_("show results"), max_length=10, choices=Results.choices, default=Results.ALWAYS)
    embed_on = models.TextField(
        _("sites that may show it"),
        blank=True,
        max_length=3000,
        validators=[sites.check],
        help_text=_("One site a line, like https://www.example.fr. Empty: no other site can show this survey."),
    )
    tool = models.OneToOneField(Tool, on_delete=models.PROTECT, related_name="+", editable=False)
    live_version = models.ForeignKey(
        "SurveyVersion", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="survey")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="survey",
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        if self.pk is None:
            self._give_identity()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("surveys:survey", args=[self.key])

    def delete(self, *args, **kwargs):
        """Its versions go with it; the one that is live must be let go first. Refused by the database once answered."""
        with transaction.atomic():
            Survey.objects.filter(pk=self.pk).update(live_version=None)
            return super().delete(*args, **kwargs)

    def _give_identity(self) -> None:
        """A survey starts in a scope of its own; publishing it inside a consultation moves it there."""
        if self.scope_id is None:
            self.scope = Scope.objects.create()
        if self.tool_id is None:
            self.tool = Tool.objects.create(kind="survey", key=self.key)  # commands name both alike

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that may show this survey in a frame, as browsers name them."""
        return sites.stored(self.embed_on) if self.embed_on else ()

    def copy_for_use_elsewhere(self) -> "Survey":
        """An unpublished copy with its own key, scope and count; question ids stay, answers do not come along."""
        copy = Survey(
            title=_("%(title)s (copy)") % {"title": self.title},
            introduction=self.introduction,
            questions=self.questions,
            pace=self.pace,
            review=self.review,
            thanks=self.thanks,
            translations=self.translations,
            show_results=self.show_results,
            trust=self.trust,
            live=False,
        )
        copy.save()
        return copy

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """A draft belongs where the survey belongs now, not where it did when the draft was saved."""
        return super().with_content_json({**content, "scope": self.scope_id})

    @property
    def state(self) -> str:
        """Draft or published, for the admin's list; costs no query."""
        if not self.live:
            return gettext("draft")
        return gettext("published, with a draft") if self.has_unpublished_changes else gettext("published")

    def is_published(self) -> bool:
        return bool(self.live and self.live_version_id)

    def is_shut(self) -> bool:
        return self.tool.state != Tool.State.OPEN

    def is_taken(self) -> bool:
        return self.responses.exists()

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> None:
        """Publish and freeze a version, both or none. Raises ValidationError when the draft cannot be published."""
        with transaction.atomic():
            about_to_publish.send(Survey, draft=revision.as_object())
            super().publish(revision, user=user, **kwargs)
            has_published.send(Survey, survey=Survey.objects.get(pk=self.pk))

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("Questions"))]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "surveys/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "survey": self}


class SurveyVersion(models.Model):
    """What was asked from one publication to the next. Never changed, so it may be cached for ever.

    `schema`: {"title", "introduction", "pace", "review", "thanks", "questions": [question schemas], "layout"?}; what
    later editions took away stays in it, marked withdrawn. A question or element that is only shown to some has
    "only_if": {"match": "all" or "any", "conditions": [{"question", "operator", "value"}]}; "layout": see `elements`.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="version_number")]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"
