"""What an analysis found, dated: opinion groups, what unites them and what divides them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .debate import Debate


class OpinionMap(models.Model):
    """One snapshot. `body` is what may be published of it (see `analysis.body_of`); it never changes.

    `state` is where the next analysis starts from (see `opinion_groups.Map.to_bytes`); only the newest map keeps it,
    for it knows where each person stands. `digest` names the votes it rests on.
    """

    debate = models.ForeignKey(Debate, on_delete=models.CASCADE, related_name="maps")
    made_at = models.DateTimeField(auto_now_add=True)
    engine = models.CharField(max_length=10)
    participants = models.PositiveIntegerField()
    votes = models.PositiveBigIntegerField()
    body = models.JSONField()
    state = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    seconds = models.FloatField()  # of work, by which the next one waits longer after a long one

    class Meta:
        verbose_name = _("opinion map")
        verbose_name_plural = _("opinion maps")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["debate", "-made_at"], name="map_newest")]

    def __str__(self) -> str:
        return f"{self.debate_id} {self.made_at:%Y-%m-%d %H:%M}"
