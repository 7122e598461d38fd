"""What citizens say of decisions and of shown texts: appeals and reports."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .decision import Decision
from .item import Item, new_ref

CLOCK = timedelta(hours=24)  # within which a report is to be looked at


class Report(models.Model):
    """Somebody finds that a shown text breaks the charter: once per person and item, by constraint."""

    class State(models.TextChoices):
        OPEN = "open", _("to look at")
        FOLLOWED = "followed", _("followed: taken off or redacted")
        KEPT = "kept", _("the text stays shown")

    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reports")
    reporter_key = models.BinaryField(max_length=32)
    article = models.PositiveSmallIntegerField(_("article"), null=True)
    article_said = models.CharField(_("ground"), max_length=120, blank=True)
    words = models.CharField(_("in their words"), max_length=500, blank=True)
    at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="answered_reports")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions: tuple[str, ...] = ()
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["item", "reporter_key"], name="report_once_per_person")]
        indexes = [
            models.Index(fields=["at"], condition=Q(state="open"), name="report_open"),
            models.Index(fields=["reporter_key"], name="report_person"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def due_at(self):
        return self.at + CLOCK

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and timezone.now() > self.due_at


class Appeal(models.Model):
    """The author contests a decision. One open appeal per item; decided by somebody else where there are two."""

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        UPHELD = "upheld", _("decision kept")
        OVERTURNED = "overturned", _("decision reversed")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="appeals")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    words = models.CharField(_("in their words"), max_length=1000)
    at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions: tuple[str, ...] = ()
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(state="open"), name="appeal_one_open"),
            models.UniqueConstraint(fields=["decision"], name="appeal_once_per_decision"),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
