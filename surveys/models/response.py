"""One row per response: everything one participant sent to one survey, and nothing about who they are."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from participation.trust import Level

from .survey import Survey, SurveyVersion


class Response(models.Model):
    """Written by `surveys.intake` and nobody else: a write that leaves the ledger out would falsify every figure."""

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        PAPER = "paper", _("paper")
        FIELD = "field", _("field")
        PHONE = "phone", _("phone")
        IMPORT = "import", _("import")

    # Random, like everything that could betray the order in which people answered; the date is a day, not an instant.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Each index is paid for by every submission: those of the two constraints below serve every look-up.
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses", db_index=False)
    # Left to Django to protect: checking it would cost every submission a lock on the same row as all the others. A
    # version only goes with its survey, which the database protects.
    version = models.ForeignKey(
        SurveyVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    participant_key = models.BinaryField(max_length=32)
    submission_key = models.BinaryField(max_length=32)
    answers = models.JSONField()
    cells = models.BinaryField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    trust = models.CharField(max_length=10, choices=Level.choices, default=Level.OPEN, db_default=Level.OPEN)
    received_on = models.DateField()
    set_aside = models.BooleanField(default=False, db_default=False)  # stored, but counted nowhere
    burst_id = models.BigIntegerField(null=True)  # the moderation.Burst it was found in, also after its release

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["participant_key", "survey"], name="response_once_per_participant"),
            models.UniqueConstraint(fields=["survey", "submission_key"], name="response_once_per_submission"),
        ]
        # Only of the few that were ever set aside: ordinary submissions do not pay for it.
        indexes = [models.Index("burst_id", condition=models.Q(burst_id__isnull=False), name="response_in_burst")]

    def __str__(self) -> str:
        return str(self.id)
