"""What somebody began to answer and has not sent: kept so that they can go on later, or on another device."""

from django.db import models

from .survey import Survey


class Draft(models.Model):
    """Counted nowhere and shown to nobody. Written by `surveys.drafts` and nobody else.

    `typed`: {question id: what was typed, locked with the person's code}. Without the code nobody can read it.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    participant_key = models.BinaryField(max_length=32)
    typed = models.JSONField()
    kept_until = models.DateField()

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["participant_key", "survey"], name="draft_once")]
        indexes = [models.Index("kept_until", name="draft_kept_until")]

    def __str__(self) -> str:
        return str(self.pk)
