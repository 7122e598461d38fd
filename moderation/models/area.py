"""Where a group's rights in moderation hold: below which pages."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupArea(models.Model):
    """The members of `group` may do what its permissions say for the consultations at or below `page`.

    The root page stands for everything, what stands alone included. Without an area a group decides nowhere.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="areas")
    page = models.ForeignKey("wagtailcore.Page", verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("area of moderation")
        verbose_name_plural = _("areas of moderation")
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["group", "page"], name="area_once")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.page_id}"
