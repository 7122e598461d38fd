"""A kiosk: tablets of one place that take answers to one survey, also where there is no network."""

import uuid
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .survey import Survey


class Kiosk(models.Model):
    """Opened by an agent. Nothing leads from here to a response, nor back: only how many there were is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="kiosks")
    place = models.CharField(
        _("place and day"), max_length=100, help_text=_("For you, in lists: “Market, Thursday”. It is never published.")
    )
    responsible = models.CharField(_("who is responsible for it"), max_length=100)
    word = models.CharField(
        _("facilitator’s word"),
        max_length=40,
        help_text=_("Asked on the tablet before anything is erased there. One that no passer-by guesses."),
    )
    last_day = models.DateField(_("last day"))
    most = models.PositiveIntegerField(
        _("answers at most"),
        default=200,
        help_text=_("If the link fell into wrong hands, no more than this could be sent with it. You can raise it."),
    )
    secret_hash = models.BinaryField(max_length=32)
    revoked = models.BooleanField(default=False)
    stored = models.PositiveIntegerField(default=0)  # responses that came from here
    unread = models.PositiveIntegerField(default=0)  # answers to single questions, among them, that did not fit
    last_seen = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.place

    @property
    def ending(self) -> datetime:
        """Until when answers may be given: the end of the last day, or of the survey where that comes first."""
        midnight = datetime.combine(self.last_day + timedelta(days=1), time(), timezone.get_current_timezone())
        return min(filter(None, (midnight, self.survey.closing())))

    @property
    def sending_until(self) -> datetime:
        """Until when what was given in time may still be sent."""
        return self.ending + timedelta(days=settings.KIOSK_GRACE_DAYS)
