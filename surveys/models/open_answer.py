"""What participants wrote in their own words, one row a text, copied out of their responses to be read and shown."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .response import Response
from .survey import Survey


class OpenAnswer(models.Model):
    """One text of one response. Derived: `surveys.open_answers` makes it from the response and can make it anew.

    `text` is what may be read of it: redacted it differs from the response, which keeps what was written. `shown` is
    what the form promised when it was answered: False means shown to nobody, whatever is decided later.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        PUBLISHED = "published", _("read")
        REFUSED = "refused", _("refused")

    # Random: the order in which answers are listed says nothing of when they came.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="open_answers", db_index=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+", db_index=False)
    question_id = models.CharField(max_length=36)
    part = models.CharField(max_length=20, blank=True)
    text = models.TextField(_("text"))
    original_key = models.BinaryField(max_length=32)  # keyed hash of what the response says: has it changed since?
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    shown = models.BooleanField(default=False)
    received_on = models.DateField()

    class Meta:
        verbose_name = _("open answer")
        verbose_name_plural = _("open answers")
        default_permissions: tuple[str, ...] = ()
        constraints = [
            models.UniqueConstraint(fields=["response", "question_id", "part"], name="open_answer_once"),
        ]
        indexes = [
            models.Index(
                fields=["survey", "question_id", "id"], condition=Q(shown=True, status="published"), name="open_shown"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class UnsortedAnswers(models.Model):
    """A response whose words were not looked at since they were written. Lives for seconds; says nothing else."""

    id = models.BigAutoField(primary_key=True)
    response_id = models.UUIDField()

    class Meta:
        db_table = "surveys_unsorted"
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.response_id)
