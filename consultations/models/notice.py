"""Who was told that an answer is late: once for each promise that was missed, whatever becomes of any queue."""

from django.db import models

from .pages import ConsultationPage


class LateNotice(models.Model):
    """One mail about one missed day to one of those who answer for it. No address is kept here."""

    class To(models.TextChoices):
        AGENT = "agent"
        REFERENT = "referent"

    page = models.ForeignKey(ConsultationPage, on_delete=models.CASCADE, related_name="late_notices")
    promised = models.DateField()  # another day promised and missed is worth another mail
    to = models.CharField(max_length=10, choices=To.choices)
    due = models.BooleanField(default=True)  # False from the moment somebody sets about sending it
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["page", "promised", "to"], name="late_notice_once")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.promised} {self.to}"
