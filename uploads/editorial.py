"""Pictures that agents upload in the Wagtail admin: made anew like those of citizens, before anything is stored.

The form says what is wrong with a picture; the guard holds whatever way it comes: forms, scripts, several at once.
"""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db.models import Model
from django.db.models.signals import pre_save
from django.forms import FileField
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.models import UploadedFile as WaitingFile

from . import pictures

LONGEST_SIDE = 2560  # what a wide screen shows across


class CleanFile(ContentFile):
    """A picture made anew."""


def clean(file: File) -> CleanFile:
    """`file` made anew, under its own name. Raises pictures.Refused."""
    file.seek(0)
    picture = pictures.reencode(file.read(), LONGEST_SIDE)
    return CleanFile(picture.data, f"{PurePath(file.name or 'image').stem}.{picture.extension}")


class PictureField(WagtailImageField):
    """Wagtail's own checks would decode what came, and fail on broken files: we look first, at nothing but content."""

    def to_python(self, data: Any) -> CleanFile | None:
        file = FileField.to_python(self, data)
        try:
            return file and clean(file)
        except pictures.Refused as refused:
            raise ValidationError(refused.message) from None


class ImageForm(BaseImageForm):
    """What every form of Wagtail's that takes an image is made from (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)


def guard() -> None:
    """Let no picture be stored as it came. Raises pictures.Refused to scripts that save one which is none."""
    pre_save.connect(_clean_image, sender=get_image_model(), dispatch_uid="uploads.image")
    pre_save.connect(_clean_waiting, sender=WaitingFile, dispatch_uid="uploads.waiting")


def _clean_image(instance: Any, **kwargs: Any) -> None:
    if _replace(instance):
        instance._set_image_file_metadata()


def _clean_waiting(instance: WaitingFile, **kwargs: Any) -> None:
    """Several uploads at once: a picture whose form lacks something else waits as a file of its own."""
    if instance.for_content_type.model_class() is get_image_model():
        _replace(instance)


def _replace(instance: Model) -> bool:
    held: Any = instance.file  # type: ignore[attr-defined]
    if not held or held._committed or isinstance(held.file, CleanFile):
        return False
    instance.file = clean(held.file)  # type: ignore[attr-defined]
    return True
