"""Places people show, and who supports them."""

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from uploads.models import Upload

from .map import Map

LONGEST = 300  # characters said about a place
SAID = ("place", "zone", "words")  # ways of showing a place whose words are public, see `geography.location`


class Place(models.Model):
    """What somebody shows on a map and says about it.

    `location` is the answer as `geography.location` has it, kept for its author and the moderators; the public reads
    `longitude` and `latitude`, coarsened as the map says, and `zone`. `quad`: those two as one number, for `tiles`.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    map = models.ForeignKey(Map, on_delete=models.PROTECT, related_name="places", db_index=False)
    category = models.CharField(max_length=36)
    text = models.TextField(max_length=LONGEST)
    location = models.JSONField()
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    quad = models.BigIntegerField(null=True)
    zone = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    author_key = models.BinaryField(max_length=32, null=True)
    sent_key = models.BinaryField(max_length=32, null=True)  # of the form it came with: sent twice it is stored once
    shown_on = models.DateField(default=timezone.localdate)
    supports = models.PositiveIntegerField(default=0)
    photo = models.OneToOneField(Upload, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [models.UniqueConstraint(fields=["map", "sent_key"], name="place_once")]
        indexes = [
            models.Index(fields=["map", "status", "-shown_on", "id"], name="place_newest"),
            models.Index(fields=["map", "status", "-supports", "id"], name="place_most_supported"),
            models.Index(fields=["map", "status", "quad"], name="place_where"),
            models.Index(fields=["author_key"], condition=models.Q(author_key__isnull=False), name="place_author"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """Where it is, in words that everybody may read: an address would tell what the grid makes coarse."""
        return self.location["label"] if self.location["way"] in SAID else ""

    @property
    def point(self) -> tuple[float, float] | None:
        """Where the public sees it: (longitude, latitude)."""
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude


class PlaceSupport(models.Model):
    """One person finds that a place should be seen to; once per person by constraint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="supporters", db_index=False)
    participant_key = models.BinaryField(max_length=32)
    merged_from: Any = models.UUIDField(null=True)  # the place it was given to, before that one was merged into this

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "participant_key"], name="place_support_once")]
        indexes = [models.Index(fields=["participant_key"], name="place_support_person")]

    def __str__(self) -> str:
        return str(self.id)
