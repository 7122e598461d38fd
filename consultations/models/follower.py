"""Who follows a consultation by e-mail. Nothing here leads to what anybody sent."""

import uuid

from django.db import models
from django.utils import timezone

from .pages import ConsultationPage


class Follower(models.Model):
    """One address that wants to hear of the steps of one consultation. `told` is the last step it heard of.

    The links in our mails carry a token of which only the hash is here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey(ConsultationPage, on_delete=models.CASCADE, related_name="followers")
    email = models.EmailField()
    nonce = models.BinaryField(max_length=16)
    token_hash = models.BinaryField(max_length=32, unique=True)
    asked = models.BooleanField(default=False)  # the mail that asks for a confirmation left
    confirmed_at = models.DateTimeField(null=True)
    created_on = models.DateField(default=timezone.localdate)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["page", "email"], name="follower_once")]

    def __str__(self) -> str:
        return str(self.id)
