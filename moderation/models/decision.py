"""The register of decisions: what was decided, by whom, when, why. Rows are added and never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .item import Item


class AppendOnly(models.QuerySet["Decision"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("the register of decisions is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("the register of decisions is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError("the register of decisions is append-only")


class Decision(models.Model):
    """One act on one item. Holds no word of the citizen's: these must be forgotten when they ask.

    `took_effect` is False where somebody else had been quicker: the register keeps both. `article` is the number the
    article had in its charter, `article_said` its words at that moment. `reason` is read by the author, `note` is not.
    """

    class Act(models.TextChoices):
        PUBLISH = "publish", _("publish")
        REDACT = "redact", _("publish redacted")
        REFUSE = "refuse", _("refuse")
        HIDE = "hide", _("take off")
        ASK = "ask", _("ask the author")
        FORWARD = "forward", _("forward")
        MERGE = "merge", _("merge")
        UNDO = "undo", _("undo")
        RESEND = "resend", _("corrected by its author")
        ANSWER = "answer", _("answered by the service")
        UPHOLD = "uphold", _("appeal: decision kept")
        OVERTURN = "overturn", _("appeal: decision reversed")
        KEEP = "keep", _("report: kept shown")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(_("decision"), max_length=10, choices=Act.choices)
    before = models.CharField(_("before"), max_length=10, choices=Item.State.choices)
    after = models.CharField(_("after"), max_length=10, choices=Item.State.choices)
    took_effect = models.BooleanField(_("took effect"), default=True)
    article = models.PositiveSmallIntegerField(_("article"), null=True)
    article_said = models.CharField(max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(_("by"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    service = models.ForeignKey("Service", on_delete=models.SET_NULL, null=True, related_name="+")
    into = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions: tuple[str, ...] = ()
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="decision_at")]

    def __str__(self) -> str:
        return f"{self.act} {self.item_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the register of decisions is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the register of decisions is append-only")
