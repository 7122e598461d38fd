"""Bursts: contributions that came in a way in which only machines send, set aside until a person decides."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counting.models import Tool
from participation.models import Scope


def new_ref() -> str:
    return secrets.token_urlsafe(9)


class Burst(models.Model):
    """What one rule found in one tool from one network (or from many). Its members name it in their `burst_id`."""

    class State(models.TextChoices):
        HELD = "held", _("set aside, to be decided")
        RELEASED = "released", _("released: counted")
        CONFIRMED = "confirmed", _("confirmed: kept out")

    class Rule(models.TextChoices):
        QUICK = "quick", _("sent quicker than a person can")
        SAME = "same", _("the same answers again and again")
        STEP = "step", _("sent in step, after the same wait")
        CROWD = "crowd", _("more than a crowd from one network")
        COPIES = "copies", _("the same hurried answers from many networks")

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="+")
    # That of the tool, which never changes once people took part: rights are given by scope.
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+")
    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    rule = models.CharField(_("why"), max_length=10, choices=Rule.choices)
    network = models.IntegerField(null=True)  # meaningless once its day is over
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"))
    size = models.IntegerField(_("how many"), default=0)  # members that are still there
    # What the arrivals looked like, for they are deleted: {"minutes": {ISO minute: n}, "payloads": {hash: n}}.
    shape = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    settled = models.BooleanField(default=True)  # False while members of a released burst are still to be counted again

    class Meta:
        ordering = ["-until", "-pk"]
        verbose_name = _("burst")
        verbose_name_plural = _("bursts")
        default_permissions = ()
        permissions = [("decide_burst", _("Can decide on what is set aside"))]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} ({self.size})"

    @property
    def last_decision(self) -> Any:
        return self.decisions.first()


class BurstDecision(models.Model):
    """A person's decision on a burst; never changed."""

    burst = models.ForeignKey(Burst, on_delete=models.CASCADE, related_name="decisions")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=150)  # also when the account is gone
    decided_at = models.DateTimeField(db_default=Now())
    before = models.CharField(max_length=10, choices=Burst.State.choices)
    after = models.CharField(max_length=10, choices=Burst.State.choices)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Watch(models.Model):
    """Up to which arrival a tool was looked at; who finds bursts in it holds this row."""

    tool = models.OneToOneField(Tool, on_delete=models.CASCADE, primary_key=True, related_name="+")
    looked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.tool_id}: {self.looked_at}"
