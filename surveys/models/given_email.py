"""An address that somebody gave in a survey, and confirmed. Nothing leads from it to their answers, nor back."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .survey import Survey


class GivenEmail(models.Model):
    """Written by `surveys.given_emails` and nobody else. No day, no order: they would tell whose answers came then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="given_emails", db_index=False)
    question_id = models.CharField(max_length=36)
    email = models.EmailField()

    class Meta:
        default_permissions: tuple[str, ...] = ()
        permissions = [("see_emails", _("Can see the e-mail addresses given in surveys"))]
        constraints = [models.UniqueConstraint(fields=["survey", "question_id", "email"], name="given_email_once")]

    def __str__(self) -> str:
        return str(self.id)
