"""What is to be told by e-mail, so that a job that gets lost is made up for and nothing is sent twice."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .decision import Decision


class Notice(models.Model):
    """One mail about one decision. Who it goes to is looked up when it leaves; no address is kept here."""

    class To(models.TextChoices):
        AUTHOR = "author"
        SERVICE = "service"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices")
    to = models.CharField(max_length=10, choices=To.choices)
    due = models.BooleanField(default=True)  # False from the moment somebody sets about sending it
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["decision", "to"], name="notice_once")]
        indexes = [models.Index(fields=["id"], condition=Q(due=True), name="notice_due")]

    def __str__(self) -> str:
        return f"{self.to} {self.decision_id}"


class Reminder(models.Model):
    """A day on which the authority was told that reports are late: once a day at the most."""

    day = models.DateField(primary_key=True, default=timezone.localdate)

    class Meta:
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.day)
