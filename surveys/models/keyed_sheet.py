"""What agents keyed in for others: which sheet became which response, who typed it, and what a second typing gave."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .response import Response
from .survey import Survey


class KeyedSheet(models.Model):
    """A sheet of paper, or a talk, that was keyed in. Seen by who may key in, never public; gone with its response.

    `number` is written on the sheet: one number is one response, so nobody keys in the same sheet twice unawares.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sheets", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Response.Channel.choices)
    number = models.PositiveIntegerField(_("number of the sheet"))
    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="+")
    keyed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    keyed_on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("keyed sheet")
        verbose_name_plural = _("keyed sheets")
        default_permissions: tuple[str, ...] = ()
        permissions = [("key_responses", _("Can key in sheets, and answers given by telephone or in the field"))]
        constraints = [models.UniqueConstraint(fields=["survey", "channel", "number"], name="sheet_keyed_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.channel} {self.number}"


class SecondKeying(models.Model):
    """A sheet keyed in once more, without a look at the first time.

    `agreed`: {question id: [equal, compared, equal in words, compared in words]}, as found then. `answers`: as typed,
    until the differences are settled; None from then on.
    """

    sheet = models.OneToOneField(KeyedSheet, on_delete=models.CASCADE, primary_key=True, related_name="second")
    answers = models.JSONField(null=True)
    agreed = models.JSONField()
    keyed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    keyed_on = models.DateField(default=timezone.localdate)

    class Meta:
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sheet_id} again"


class SheetSample(models.Model):
    """Which sheets of a survey are keyed in twice: one in `every`; 0 is none."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, primary_key=True, related_name="+")
    every = models.PositiveSmallIntegerField(default=10)

    class Meta:
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.survey_id}: 1/{self.every}"
