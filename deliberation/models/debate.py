"""A debate as agents write it, and the statements people vote on."""

import secrets
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from counting.models import Tool
from participation.models import Scope, TakesPart

# News for `publishing`, which this module may not import: the draft about to go live (a receiver that raises stops it),
# and the debate that did, in the same transaction.
about_to_publish = Signal()
has_published = Signal()

LONGEST = 280  # characters of a statement, whatever a debate allows


def new_key() -> str:
    return secrets.token_urlsafe(9).replace("-", "_")  # a dash in front would make it an option of our commands


def new_ref() -> str:
    """How a statement is called in addresses, forms and files: random, so that it tells nothing of its age."""
    return secrets.token_hex(6)  # 48 bits: with 32, one of 100,000 statements would meet another


class SeedBlock(blocks.CharBlock):
    """One statement to begin with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field.widget.attrs["aria-label"] = _("Statement")  # Wagtail names no field that is a block by itself

    class Meta:
        label = _("Statement")
        icon = "openquote"


class DebateQuerySet(models.QuerySet["Debate"]):
    def for_display(self) -> "DebateQuerySet":
        """With everything drawing a debate needs, in one query, and without the editor's statements."""
        return self.select_related("scope", "tool").defer("seeds")


class Debate(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, TakesPart):
    """One question, the statements to begin with, the rules. People vote on `Statement` rows, made by publishing."""

    class Moderation(models.TextChoices):
        BEFORE = "before", _("We read each text before it is shown")
        AFTER = "after", _("Texts are shown at once; we read them afterwards")

    class Results(models.TextChoices):
        ALWAYS = "always", _("As votes come in")
        CLOSED = "closed", _("Once the debate is closed")
        NEVER = "never", _("Never")

    key = models.CharField(max_length=20, unique=True, default=new_key, editable=False)
    title = models.CharField(_("the question"), max_length=200, help_text=_("One open question, in plain words."))
    introduction = models.TextField(
        _("introduction"), blank=True, max_length=600, help_text=_("One or two sentences under the question.")
    )
    seeds = StreamField(
        [("statement", SeedBlock(max_length=LONGEST))],
        blank=True,
        verbose_name=_("statements to begin with"),
        help_text=_("Fifteen to thirty short sentences, one idea each, as people would say them, for every side."),
    )
    may_propose = models.BooleanField(_("people may propose statements"), default=True)
    may_argue = models.BooleanField(_("people may argue under each statement"), default=True)
    free_arguments = models.BooleanField(_("people may argue on the question itself"), default=False)
    moderation = models.CharField(_("moderation"), max_length=10, choices=Moderation.choices, default=Moderation.BEFORE)
    max_length = models.PositiveSmallIntegerField(
        _("longest statement"),
        default=140,
        validators=[MinValueValidator(60), MaxValueValidator(LONGEST)],
        help_text=_("In characters. 140 keeps people to one idea."),
    )
    show_results = models.CharField(_("show results"), max_length=10, choices=Results.choices, default=Results.ALWAYS)
    tool = models.OneToOneField(Tool, on_delete=models.PROTECT, related_name="+", editable=False)
    # What a debate was imported from: the same files again are the same debate.
    imported_from = models.CharField(max_length=64, unique=True, null=True, editable=False)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="debate")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="debate",
    )

    objects = DebateQuerySet.as_manager()

    class Meta:
        verbose_name = _("debate")
        verbose_name_plural = _("debates")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is None:
            self._give_identity()
        super().save(*args, **kwargs)

    def _give_identity(self) -> None:
        """A debate starts in a scope of its own; publishing it inside a consultation moves it there."""
        if self.scope_id is None:
            self.scope = Scope.objects.create()
        if self.tool_id is None:
            self.tool = Tool.objects.create(kind="debate", key=self.key)  # commands name both alike

    def get_absolute_url(self) -> str:
        return reverse("deliberation:debate", args=[self.key])

    def copy_for_use_elsewhere(self) -> "Debate":
        """An unpublished copy with its own key, scope and count: same statements to begin with, no votes."""
        names = ("introduction", "seeds", "may_propose", "may_argue", "free_arguments", "moderation", "max_length")
        title = gettext("%(title)s (copy)") % {"title": self.title}
        copy = Debate(
            title=title[:200],
            show_results=self.show_results,
            trust=self.trust,
            live=False,
            **{name: getattr(self, name) for name in names},
        )
        copy.save()
        return copy

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """A draft belongs where the debate belongs now, not where it did when the draft was saved."""
        return super().with_content_json({**content, "scope": self.scope_id})

    @property
    def state(self) -> str:
        """Draft or published, for the admin's list; costs no query."""
        if not self.live:
            return gettext("draft")
        return gettext("published, with a draft") if self.has_unpublished_changes else gettext("published")

    def is_published(self) -> bool:
        return self.live

    def is_shut(self) -> bool:
        return self.tool.state != Tool.State.OPEN

    def is_taken(self) -> bool:
        return self.voters.exists() or self.arguments.exists() or self.statements.exclude(author_key=None).exists()

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> None:
        """Publish and put its statements to the vote, both or none. Raises ValidationError when it cannot be."""
        with transaction.atomic():
            about_to_publish.send(Debate, draft=revision.as_object())
            super().publish(revision, user=user, **kwargs)
            has_published.send(Debate, debate=Debate.objects.get(pk=self.pk))

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("Debate"))]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "deliberation/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "debate": self}


class Statement(models.Model):
    """One sentence to agree or disagree with. Its text never changes in meaning once somebody voted on it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("refused")
        CLOSED = "closed", _("withdrawn")  # takes no more votes; those it has count

    class Origin(models.TextChoices):
        SEED = "seed", _("to begin with")
        CITIZEN = "citizen", _("proposed")
        IMPORT = "import", _("imported")

    debate = models.ForeignKey(Debate, on_delete=models.CASCADE, related_name="statements")
    ref = models.CharField(max_length=20, default=new_ref)
    text = models.TextField(max_length=1000)
    text_key = models.CharField(max_length=64, blank=True)  # see `wording.text_key`: the same sentence, however typed
    origin = models.CharField(max_length=10, choices=Origin.choices)
    seed_id = models.CharField(max_length=36, blank=True)  # the block of `Debate.seeds` that it comes from
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    read = models.BooleanField(default=False)  # a moderator read it
    cell = models.PositiveIntegerField(null=True)  # of "agree" in the tally; the next two are "disagree" and "pass"
    author_key = models.BinaryField(max_length=32, null=True)
    proposed_on = models.DateField(default=timezone.localdate, null=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(fields=["debate", "ref"], name="statement_ref"),
            models.UniqueConstraint(
                fields=["debate", "text_key"],
                condition=models.Q(origin="citizen", status__in=["pending", "published"]),
                name="statement_proposed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["debate", "status"], name="statement_status"),
            models.Index(fields=["author_key"], condition=models.Q(author_key__isnull=False), name="statement_author"),
        ]

    def __str__(self) -> str:
        return self.text
