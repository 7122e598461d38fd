"""What becomes of a consultation: reasoned answers theme by theme, and commitments with their news."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from .theme import Theme, new_ref

SHORTEST_REASON = 5  # words: "no money" is not a reason


def validate_reason(text: str) -> None:
    """Raise ValidationError unless `text` is a sentence at least."""
    if len(re.findall(r"\w+", text)) < SHORTEST_REASON:
        raise ValidationError(_("Give the reason in one whole sentence at least."))


class OfficialAnswerQuerySet(models.QuerySet["OfficialAnswer"]):
    def of_themes(self) -> "OfficialAnswerQuerySet":
        """Not those that answer one contribution alone."""
        return self.filter(kind="")


class OfficialAnswer(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """What the authority does about one theme, and why. Written by an agent, signed and validated by an official.

    With `kind` and `object_id`, it answers one contribution of that theme alone.
    """

    class Status(models.TextChoices):
        RETAINED = "retained", _("Retained")
        PARTLY = "partly", _("Retained in part")
        STUDIED = "studied", _("Under study")
        NOT_RETAINED = "not_retained", _("Not retained")
        DONE = "done", _("Already done")
        ELSEWHERE = "elsewhere", _("Outside our powers")

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="answers", editable=False, db_index=False)
    kind = models.CharField(max_length=20, blank=True, editable=False)
    object_id = models.CharField(max_length=80, blank=True, editable=False)
    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    status = models.CharField(_("what you do"), max_length=20, choices=Status.choices)
    reason = models.TextField(
        _("what you answer, and why"),
        max_length=2000,
        validators=[validate_reason],
        help_text=_("At least one whole sentence. Say what will be done, and why what is not done is not."),
    )
    signed_by = models.CharField(_("signed by"), max_length=120, help_text=_("First name and name of the official."))
    mandate = models.CharField(
        _("mandate"), max_length=150, help_text=_("For example: deputy mayor for town planning.")
    )
    signed_on = models.DateField(_("signed on"), default=timezone.localdate)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="official_answer")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="official_answer",
    )

    objects = OfficialAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")
        constraints = [models.UniqueConstraint(fields=["theme", "kind", "object_id"], name="answer_once")]
        indexes = [models.Index(fields=["kind", "object_id"], condition=~Q(kind=""), name="answer_to_text")]

    def __str__(self) -> str:
        return self.theme.title

    def get_absolute_url(self) -> str:
        return f"{self.theme.get_absolute_url()}#reponse-{self.ref}"

    @property
    def state(self) -> str:
        """Draft, waiting or published, for the admin's list."""
        if self.live:
            return _("published, with a draft") if self.has_unpublished_changes else _("published")
        return _("draft")

    @property
    def tone(self) -> str:
        """ "yes", "partly", "no", or "" where the status is neither."""
        return TONES.get(self.status, "")

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> None:
        """Publish only a whole answer, whoever asks. Raises ValidationError."""
        revision.as_object().full_clean(exclude=["theme"])
        super().publish(revision, *args, **kwargs)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("What citizens will see"))]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "consultations/answer_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        from ..showing import preview_of

        return {**super().get_preview_context(request, mode_name), "shown": preview_of(self)}


TONES = {
    OfficialAnswer.Status.RETAINED: "yes",
    OfficialAnswer.Status.DONE: "yes",
    OfficialAnswer.Status.PARTLY: "partly",
    OfficialAnswer.Status.STUDIED: "partly",
    OfficialAnswer.Status.NOT_RETAINED: "no",
}


class Commitment(models.Model):
    """One thing the authority promises to do: what, who, by when. How far it is, its news say (`CommitmentUpdate`).

    One that goes with a theme is shown with that theme's answer, and not before.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", _("done")
        GIVEN_UP = "given_up", _("given up")

    STANDING = (Status.PLANNED, Status.UNDER_WAY)

    page = models.ForeignKey("consultations.ConsultationPage", on_delete=models.CASCADE, related_name="commitments")
    theme = models.ForeignKey(
        Theme, verbose_name=_("theme"), on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    what = models.CharField(
        _("what will be done"), max_length=250, help_text=_("For example: plant fourteen trees on the square.")
    )
    who = models.CharField(_("who does it"), max_length=150, help_text=_("For example: the green spaces department."))
    due = models.DateField(_("by when"), help_text=_("The page says so in public when this day is missed."))
    budget = models.PositiveBigIntegerField(_("budget in euros"), null=True, blank=True)
    act_number = models.CharField(
        _("number of the act"),
        max_length=60,
        blank=True,
        help_text=_("Of the deliberation or decree, where there is one."),
    )
    act_on = models.DateField(_("day of the act"), null=True, blank=True)
    act_url = models.URLField(_("address of the act"), blank=True, max_length=500)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PLANNED, editable=False)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return self.what

    def clean(self) -> None:
        super().clean()
        if (self.act_on or self.act_url) and not self.act_number:
            raise ValidationError({"act_number": _("Give the number of the act too.")})

    def days_late(self, today: date) -> int:
        """How many days it is late; 0 once it is done or given up."""
        return max(0, (today - self.due).days) if self.status in self.STANDING else 0

    @transaction.atomic
    def tell(self, text: str, *, status: str = "", due: date | None = None, user: Any = None) -> "CommitmentUpdate":
        """Add news: the only way to change how far it is, or by when. Raises ValidationError by field."""
        current = Commitment.objects.select_for_update().get(pk=self.pk)
        news = CommitmentUpdate(
            commitment=current,
            text=text.strip(),
            status=status or current.status,
            due_before=current.due if due and due != current.due else None,
            by=user,
        )
        news.clean_fields(exclude=["commitment", "by", "due_before"])
        if news.status == self.Status.GIVEN_UP or news.due_before:
            try:
                validate_reason(news.text)
            except ValidationError as error:
                raise ValidationError({"text": error.messages}) from None
        news.save()
        self.status, self.due = news.status, due or current.due
        Commitment.objects.filter(pk=self.pk).update(status=self.status, due=self.due)
        return news


class AppendOnly(models.QuerySet["CommitmentUpdate"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("the news of commitments are append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("the news of commitments are append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError("the news of commitments are append-only")


class CommitmentUpdate(models.Model):
    """One piece of news: what happened, how far it is since, and the day promised before where that was moved."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="updates")
    on = models.DateField(default=timezone.localdate)
    text = models.TextField(_("what happened"), max_length=600)
    status = models.CharField(_("how far it is"), max_length=20, choices=Commitment.Status.choices)
    due_before = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("news of a commitment")
        verbose_name_plural = _("news of commitments")
        default_permissions: tuple[str, ...] = ()
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.text}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("the news of commitments are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the news of commitments are append-only")
