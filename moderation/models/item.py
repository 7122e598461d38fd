"""An item on the desk: one text of a citizen, wherever it lies, and where it stands."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participation.models import Scope


def new_ref() -> str:
    """How an item is called in public addresses: random, so that it tells nothing of its age."""
    return secrets.token_hex(8)


def this_hour() -> datetime:
    """Now, to the hour: an exact instant beside a text would help to tell whose it is."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


class ItemQuerySet(models.QuerySet["Item"]):
    def waiting(self) -> "ItemQuerySet":
        return self.filter(waiting=True)

    def free_for(self, user: Any, now: datetime) -> "ItemQuerySet":
        """Those that nobody else holds."""
        held = Q(claimed_until__gt=now) & ~Q(claimed_by=user)
        return self.exclude(held)

    def locked(self) -> "ItemQuerySet":
        """Locked in one order, so that two who lock several wait for each other instead of for ever."""
        return self.select_for_update(of=("self",)).order_by("pk")


class Item(models.Model):
    """One text of a citizen. The text itself lies with the engine (`kind`, `object_id`); what became of it lies here.

    `waiting`: a moderator has something to do with it. `version` grows with each change: a decision names the one
    that was on the screen.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("refused")
        HIDDEN = "hidden", _("taken off")
        ASKED = "asked", _("sent back to its author")
        FORWARDED = "forwarded", _("forwarded")
        MERGED = "merged", _("merged")
        GONE = "gone", _("withdrawn or erased")

    CLAIM = timedelta(minutes=5)

    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("kind"), max_length=20)
    object_id = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    public = models.BooleanField(default=True)  # False: read by the authority, shown to nobody whatever is decided
    read = models.BooleanField(default=False)  # somebody decided on the text as it stands
    waiting = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField(default=this_hour, editable=False)  # the first time, whatever is sent again
    arrived_at = models.DateTimeField(_("arrived"), default=this_hour)
    author_key = models.BinaryField(max_length=32, null=True)
    times_sent = models.PositiveSmallIntegerField(default=1)
    # Signals, computed by a worker: [{"kind", "weight", "spans", "why"}], their kinds between spaces, the heaviest.
    looked = models.BooleanField(default=False)
    signals = models.JSONField(default=list)
    flags = models.CharField(max_length=100, blank=True)
    risk = models.FloatField(default=0)
    open_reports = models.PositiveIntegerField(default=0)
    open_appeal = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="duplicates")
    forwarded_to = models.ForeignKey("Service", on_delete=models.SET_NULL, null=True, related_name="items")

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        default_permissions: tuple[str, ...] = ()
        permissions = [
            ("decide_item", _("Decide on what citizens write")),
            ("see_registers", _("Read the registers and figures of moderation")),
            ("answer_forwarded", _("Answer what is forwarded to one’s own service")),
            ("see_sealed", _("Read what a redaction masks")),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="item_once_per_text")]
        indexes = [
            models.Index(fields=["arrived_at", "id"], condition=Q(waiting=True), name="item_oldest"),
            models.Index(fields=["-risk", "arrived_at", "id"], condition=Q(waiting=True), name="item_riskiest"),
            models.Index(fields=["scope", "state"], name="item_of_scope"),
            models.Index(fields=["id"], condition=Q(looked=False), name="item_to_look_at"),
            models.Index(fields=["author_key"], condition=Q(author_key__isnull=False), name="item_author"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def is_shown(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_held(self) -> bool:
        return bool(self.claimed_until and self.claimed_until > timezone.now())

    def is_held_by_other(self, user: Any) -> bool:
        return self.is_held and self.claimed_by_id != user.pk

    def settle(self) -> None:
        """Work out, from the rest, whether a moderator has something to do and how urgent it is."""
        unread = self.state == self.State.PUBLISHED and not self.read
        self.waiting = self.state != self.State.GONE and bool(
            self.state == self.State.PENDING or unread or self.open_reports or self.open_appeal
        )
        heaviest = max((signal["weight"] for signal in self.signals), default=0)
        self.risk = heaviest + (1 if self.open_reports else 0) + (0.5 if self.open_appeal else 0)
        self.flags = f" {' '.join(dict.fromkeys(signal['kind'] for signal in self.signals))} " if self.signals else ""


class Sealed(models.Model):
    """What a citizen wrote before it was redacted. Read by who may; goes with `erase`."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="sealed", primary_key=True)
    text = models.TextField()

    class Meta:
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"sealed {self.item_id}"
