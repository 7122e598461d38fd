"""A photo or a document that somebody sent, and the files it lies in."""

import secrets
import uuid
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participation.models import Scope

FOLDER = "private"  # below MEDIA_ROOT; no address leads there


def new_name(extension: str) -> str:
    """Where a file is kept: a name that tells nothing, and is not the one it is shown under."""
    name = secrets.token_hex(16)
    return f"{FOLDER}/{name[:2]}/{name}.{extension}"


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


class Upload(models.Model):
    """Made safe before it is stored. Nobody but who may moderate sees it before `shown` is set.

    What is not `attached` to anything is deleted after a day, or later where a form waits with it. Deleting the row
    deletes the files.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        FILE = "file", _("Document")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    owner_key = models.BinaryField(max_length=32, null=True, db_index=True)  # the participant key
    file = models.CharField(max_length=80, unique=True)
    thumbnail = models.CharField(max_length=80, blank=True)
    media_type = models.CharField(max_length=40)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alt = models.CharField(_("description of the photo"), max_length=300, blank=True)
    stored_on = models.DateField(default=timezone.localdate)
    waits_until = models.DateField(default=tomorrow, db_index=True)  # where it is not attached
    attached = models.BooleanField(default=False)
    shown = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("photo or document")
        verbose_name_plural = _("photos and documents")
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def url(self) -> str:
        """Where everybody sees it while it is shown."""
        return reverse("uploads:file", args=[self.pk])

    @property
    def thumbnail_url(self) -> str:
        return reverse("uploads:thumbnail", args=[self.pk])

    @property
    def admin_url(self) -> str:
        """Where those who moderate see it, shown or not."""
        return reverse("uploads_file", args=[self.pk])

    @property
    def admin_thumbnail_url(self) -> str:
        return reverse("uploads_thumbnail", args=[self.pk])


@receiver(post_delete, sender=Upload)
def _delete_files(instance: Upload, **kwargs: Any) -> None:
    """After the commit: what is rolled back keeps its files. What a crash leaves here the sweep finds."""
    for name in filter(None, (instance.file, instance.thumbnail)):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
