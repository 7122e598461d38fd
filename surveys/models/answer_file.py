"""What was sent as a file with a response: which upload answers which question."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from uploads.models import Upload

from .response import Response
from .survey import Survey


class AnswerFile(models.Model):
    """Written by `surveys.files` with the response. The answer holds the upload's id; this row keeps the upload."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, primary_key=True, related_name="+")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="files")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    question_id = models.CharField(max_length=36)

    class Meta:
        verbose_name = _("photo or document")
        verbose_name_plural = _("photos and documents")
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.upload_id)
