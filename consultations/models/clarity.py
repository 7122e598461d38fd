"""Is an official answer clear? What people said, without who they are."""

from django.db import models

from .follow_up import OfficialAnswer


class Clarity(models.Model):
    """One person finds one answer clear, or not; once per person by constraint. `key` means nothing elsewhere."""

    answer = models.ForeignKey(OfficialAnswer, on_delete=models.CASCADE, related_name="clarity", db_index=False)
    key = models.BinaryField(max_length=32)
    clear = models.BooleanField()

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["answer", "key"], name="clarity_once")]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.clear}"
