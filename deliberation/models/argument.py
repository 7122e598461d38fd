"""Reasons for and against, and who supports them."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import wording
from .debate import Debate, Statement

LONGEST_ARGUMENT = 600  # characters


class Argument(models.Model):
    """A reason for or against a statement, or the debate's question itself; or a reply to one."""

    class Side(models.TextChoices):
        FOR = "for", _("for")
        AGAINST = "against", _("against")

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn by its author")  # kept, empty, as long as others replied

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    debate = models.ForeignKey(Debate, on_delete=models.CASCADE, related_name="arguments")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="arguments", null=True)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, related_name="replies", null=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    text = models.TextField(max_length=LONGEST_ARGUMENT)
    text_key = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    author_key = models.BinaryField(max_length=32, null=True)
    written_on = models.DateField(default=timezone.localdate)
    seen_from = models.PositiveIntegerField(default=0)  # how many had taken part in the debate when it was shown

    class Meta:
        verbose_name = _("argument")
        verbose_name_plural = _("arguments")
        constraints = [
            models.UniqueConstraint(
                fields=["debate", "author_key", "text_key"],
                condition=models.Q(author_key__isnull=False) & ~models.Q(text_key=""),
                name="argument_once",
            ),
        ]
        indexes = [
            models.Index(fields=["debate", "statement", "status"], name="argument_place"),
            models.Index(fields=["author_key"], condition=models.Q(author_key__isnull=False), name="argument_author"),
        ]

    def __str__(self) -> str:
        return self.text

    def key_of(self, text: str) -> str:
        """The same for the same text of the same side at the same place, however it was typed."""
        place = f"{self.statement.ref if self.statement else ''} {self.parent_id or ''} {self.side}"
        return wording.text_key(f"{place} {text}")


class Support(models.Model):
    """One person finds an argument a good one; once per person by constraint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="supports", db_index=False)
    participant_key = models.BinaryField(max_length=32)
    merged_from = models.UUIDField(null=True)  # the argument it was given to, before that one was merged into this

    class Meta:
        constraints = [models.UniqueConstraint(fields=["argument", "participant_key"], name="support_once")]
        indexes = [models.Index(fields=["participant_key"], name="support_person")]

    def __str__(self) -> str:
        return str(self.id)
