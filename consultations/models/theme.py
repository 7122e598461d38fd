"""Themes of a consultation, and what agents attached to them: texts of citizens, survey questions."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

DEEPEST = 2  # themes and sub-themes: more than people can take in on one page
LONGEST_TITLE = 120


def new_ref() -> str:
    """How a theme or an answer is called in public addresses: random, so that it tells nothing of its age."""
    return secrets.token_hex(5)


class Theme(MP_Node):
    """What part of the contributions is about. Answered as one; its counts are always derived (`themes.counts`)."""

    page = models.ForeignKey("consultations.ConsultationPage", on_delete=models.CASCADE, related_name="themes")
    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    title = models.CharField(
        _("theme"), max_length=LONGEST_TITLE, help_text=_("In people’s own words, for example: shade.")
    )
    told = models.TextField(
        _("what you tell us"),
        blank=True,
        max_length=600,
        help_text=_("In two or three sentences, what people say about it. The page shows it beside the answer."),
    )

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultations:theme", args=[self.ref])

    @property
    def root_path(self) -> str:
        """The path of the theme that this is, or is below."""
        return self.path[: self.steplen]

    @classmethod
    def add_to(cls, page: Any, parent: "Theme | None" = None, **fields: Any) -> "Theme":
        """A new last theme of `page`, or of `parent`. Raises ValidationError where themes are too deep.

        Two agents who add at the same instant draw the same path: the second draws again.
        """
        if parent and (parent.depth >= DEEPEST or parent.page_id != page.pk):
            raise ValidationError(_("A sub-theme cannot have sub-themes."))
        for attempt in range(5):
            try:
                with transaction.atomic():
                    if parent:
                        return cls.objects.get(pk=parent.pk).add_child(page=page, **fields)
                    return cls.add_root(page=page, **fields)
            except IntegrityError:
                if attempt == 4:
                    raise
        raise AssertionError


class Attachment(models.Model):
    """One contribution is about one theme. It names what it stands for, as the moderation desk does: `kind` and
    `object_id`; nothing is copied, so whatever becomes of a text, this stays true.

    Kinds are those of `moderation.registry`, and "question" for the question of a survey (`themes.question_id`).
    """

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="attachments", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=80)

    class Meta:
        default_permissions: tuple[str, ...] = ()
        constraints = [models.UniqueConstraint(fields=["theme", "kind", "object_id"], name="attached_once")]
        indexes = [models.Index(fields=["kind", "object_id"], name="attached_text")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} → {self.theme_id}"
