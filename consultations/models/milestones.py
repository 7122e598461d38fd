"""What a consultation went through, and what is to come: its days, where it is held, the act that decided."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel

from .. import phases
from ..zones import ZONES, zone_of

# The days and reasons that a copy of a consultation must not have.
REACHED = ("answered_on", "decided_on", "act_number", "act_url", "no_act_reason", "carried_out_on")

# What people read on the timeline.
STEPS = {
    "preparation": _("Preparation"),
    "open": _("You answer"),
    "analysis": _("We analyse"),
    "answer": _("We answer"),
    "decision": _("The decision"),
    "carrying out": _("Carrying out"),
}


class Milestones(models.Model):
    """The steps of a consultation after its closing.

    Who inherits has `opens_at`, `closes_at`, `answer_due` and `decision_on`.
    """

    time_zone = models.CharField(
        _("where it is held"),
        max_length=40,
        blank=True,
        choices=ZONES,
        help_text=_("Days begin and end there. Leave empty for the site’s own time."),
    )
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("official who answers for it"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Validates the answers. Told by e-mail, like you, when the promised day is missed."),
    )
    answered_on = models.DateField(
        _("answered on"),
        null=True,
        blank=True,
        help_text=_("The day every theme had its answer. Only possible once each has one."),
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    act_number = models.CharField(
        _("number of the deliberation"), max_length=60, blank=True, help_text=_("For example: 2026-06-17-04.")
    )
    act_url = models.URLField(_("address of the deliberation"), blank=True, max_length=500)
    no_act_reason = models.CharField(
        _("no deliberation, because"),
        max_length=250,
        blank=True,
        help_text=_("Only where there is none: say what the decision rests on."),
    )
    carried_out_due = models.DateField(
        _("carried out by"), null=True, blank=True, help_text=_("When do you expect everything to be done?")
    )
    carried_out_on = models.DateField(_("carried out on"), null=True, blank=True)

    answer_panels = [
        HelpPanel(_("<p>People see these steps before they happen. Fill in each day once it is there.</p>")),
        FieldPanel("referent"),
        FieldPanel("answered_on"),
        MultiFieldPanel(
            [
                FieldPanel("decided_on"),
                FieldRowPanel([FieldPanel("act_number"), FieldPanel("act_url")]),
                FieldPanel("no_act_reason"),
            ],
            heading=_("The decision"),
        ),
        FieldRowPanel([FieldPanel("carried_out_due"), FieldPanel("carried_out_on")], heading=_("Carrying out")),
        FieldPanel("time_zone"),
    ]

    class Meta:
        abstract = True

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.time_zone)

    def today(self, now: datetime | None = None) -> date:
        """The day it is where the consultation is held."""
        return phases.day_at(now or timezone.now(), self.zone)

    @property
    def dates(self) -> phases.Dates:
        return phases.Dates(*(getattr(self, name) for name in phases.Dates._fields))

    def phase(self, now: datetime | None = None) -> phases.Phase:
        now = now or timezone.now()
        return phases.phase(self.dates, now, self.today(now))

    @property
    def is_answered(self) -> bool:
        return self.phase() in phases.ANSWERED

    @property
    def days_late(self) -> int:
        return phases.days_late(self.dates, self.today())

    @property
    def opening_day(self) -> date | None:
        return self.opens_at and phases.day_at(self.opens_at, self.zone)

    @property
    def closing_day(self) -> date | None:
        return self.closes_at and phases.day_at(self.closes_at, self.zone)

    @property
    def days_left(self) -> int:
        """Whole days until it closes; 0 on the last day."""
        return (self.closing_day - self.today()).days if self.closing_day else 0

    def steps(self, now: datetime | None = None) -> list[phases.Step]:
        """The timeline, in words."""
        found = phases.steps(self.dates, now or timezone.now(), self.zone)
        return [step._replace(name=str(STEPS[step.name])) for step in found]

    def milestone_errors(self) -> dict[str, Any]:
        """What is wrong with the days, by field: wrong order, to come, or without what they rest on."""
        errors: dict[str, Any] = {}
        last = max(self.today(), self._goes_live_on() or date.min)
        for name in ("answered_on", "decided_on", "carried_out_on"):
            if (day := getattr(self, name)) and day > last:
                errors[name] = _("This day is still to come. Fill it in once it is there.")
        if self.answered_on and self.closing_day and self.answered_on < self.closing_day:
            errors["answered_on"] = _("The answer must come after the closing.")
        if self.decided_on and not self.answered_on:
            errors["decided_on"] = _("Answer first: people were promised reasons.")
        if self.decided_on and self.closing_day and self.decided_on <= self.closing_day:
            errors["decided_on"] = _("The decision must come after the closing: else the answers cannot count.")
        if self.decided_on and not self.act_number and not self.no_act_reason.strip():
            errors["act_number"] = _("Give the number of the deliberation, or say below why there is none.")
        if self.act_url and not self.act_number:
            errors["act_number"] = _("Give the number of the deliberation too.")
        if self.carried_out_on and not self.decided_on:
            errors["carried_out_on"] = _("First say when it was decided.")
        return errors

    def _goes_live_on(self) -> date | None:
        """The day on which this draft is to be published by itself."""
        at = getattr(self, "go_live_at", None)
        return phases.day_at(at, self.zone) if at else None
