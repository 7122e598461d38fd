"""A file that somebody asked for: what it is to hold, how far it is, until when it can be fetched."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .survey import Survey


class Export(models.Model):
    """One file made by a worker. The row says where it stands, so it may be asked for again by anybody who lost it."""

    class Kind(models.TextChoices):
        RESPONSES = "responses", _("Responses, one by one")
        FIGURES = "figures", _("Figures, as published")
        OPEN = "open", _("Open data: responses in which nobody can be recognised")

    class Format(models.TextChoices):
        CSV = "csv", _("CSV files in a ZIP")
        XLSX = "xlsx", _("Excel (XLSX)")
        ODS = "ods", _("LibreOffice (ODS)")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("in the making")
        DONE = "done", _("ready")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    format = models.CharField(max_length=4, choices=Format.choices)
    words = models.BooleanField(default=False)  # also open answers that nobody read yet, or that were refused
    # Of open data: {"questions": ids of what is published, "traits": ids of those by which people are recognised}
    chosen = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    size = models.BigIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True)  # when its worker was last seen at it
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions: tuple[str, ...] = ()
        permissions = [
            ("export_responses", _("Can export responses one by one")),
            ("export_words", _("Can export open answers that no moderator has read")),
        ]
        indexes = [models.Index(fields=["survey", "-asked_at"], name="export_by_survey")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_on_its_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0
