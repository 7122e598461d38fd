"""The dates an authority knows besides the official ones: its school zone, its by-elections, its own holidays."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from .. import calendar


class PeriodBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=80)
    first = blocks.DateBlock(label=_("First day"))
    last = blocks.DateBlock(label=_("Last day"))

    def clean(self, value: Any) -> Any:
        clean = super().clean(value)
        if clean["last"] < clean["first"]:
            error = ValidationError(_("The last day must not come before the first."))
            raise blocks.struct_block.StructBlockValidationError(block_errors={"last": error})
        return clean


@register_setting(icon="calendar-alt")
class LocalCalendar(BaseSiteSetting):
    """What the checks before opening compare dates with, beside what is official."""

    class Zone(models.TextChoices):
        NONE = "", _("none of these (Corsica, overseas)")
        A = "A", _("zone A")
        B = "B", _("zone B")
        C = "C", _("zone C")

    school_zone = models.CharField(
        _("school zone"),
        max_length=1,
        choices=Zone.choices,
        blank=True,
        default=Zone.NONE,
        help_text=_("The official holidays of this zone are known here. Elsewhere, add your own below."),
    )
    own_dates = StreamField(
        [
            ("election", PeriodBlock(label=_("Election"), icon="group")),
            ("holidays", PeriodBlock(label=_("School holidays"), icon="calendar-alt")),
        ],
        blank=True,
        verbose_name=_("dates of your own"),
        help_text=_("A by-election, school holidays that differ. Official ones are known already."),
    )

    panels = [FieldPanel("school_zone"), FieldPanel("own_dates")]

    class Meta:
        verbose_name = _("calendar for consultations")

    def dates(self) -> calendar.Calendar:
        kinds = {"election": calendar.Election, "holidays": calendar.Holidays}
        own = [kinds[b.block_type](b.value["name"], b.value["first"], b.value["last"]) for b in self.own_dates]
        return calendar.official(self.school_zone, own)
