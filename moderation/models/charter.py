"""The charter that decisions cite, where it holds, and the services to which texts may be forwarded."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from participation.models import Scope

from ..signals import KINDS
from .item import new_ref


class Charter(ClusterableModel):
    """The rules of speaking on a consultation, in numbered articles. The first one made is the default."""

    ref = models.CharField(max_length=20, unique=True, default=new_ref, editable=False)
    title = models.CharField(_("title"), max_length=120)
    introduction = models.TextField(_("introduction"), blank=True, max_length=600)

    class Meta:
        verbose_name = _("moderation charter")
        verbose_name_plural = _("moderation charters")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("moderation:charter", args=[self.ref])

    @classmethod
    def default(cls) -> "Charter | None":
        return cls.objects.order_by("pk").first()

    def numbered(self) -> list[tuple[int, "Article"]]:
        """Its articles with their numbers, as people read and decisions cite them."""
        return list(enumerate(self.articles.all(), 1))


class Article(Orderable):
    """One rule. `short` is how a refusal names it; decisions keep its words as they were when it was cited."""

    charter = ParentalKey(Charter, on_delete=models.CASCADE, related_name="articles")
    text = models.CharField(_("the rule"), max_length=300, help_text=_("As people read it before they write."))
    short = models.CharField(
        _("when it is broken"), max_length=120, help_text=_("As the author reads it, for example: it insults somebody.")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.text


class Service(models.Model):
    """A service of the authority, or another body, to which texts that are not ours to answer are forwarded."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Told of each text that is forwarded, without it."))
    group = models.ForeignKey(
        Group,
        verbose_name=_("its agents"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Members of this group read and answer what is forwarded here, and nothing else."),
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Remit(models.Model):
    """A consultation as moderation sees it: its name, its page, its charter. One per scope.

    `page` is None for a survey or a debate that stands alone: then only who may decide everywhere decides here.
    """

    scope = models.OneToOneField(Scope, on_delete=models.CASCADE, related_name="remit")
    title = models.CharField(_("title"), max_length=255)
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    charter = models.ForeignKey(
        Charter, verbose_name=_("charter"), on_delete=models.PROTECT, null=True, blank=True, related_name="remits"
    )
    signals_off = models.JSONField(_("signals switched off"), default=list, blank=True)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        known = {kind.kind for kind in KINDS}
        if not isinstance(self.signals_off, list) or not set(map(str, self.signals_off)) <= known:
            raise ValidationError({"signals_off": _("Choose among the signals listed.")})

    def the_charter(self) -> Charter | None:
        return self.charter or Charter.default()

    @classmethod
    def charter_of(cls, **scope: Any) -> Charter | None:
        """The charter that holds in a scope, given by a field of it (`pk`, `tag`); makes nothing."""
        where = {f"scope__{name}": value for name, value in scope.items()}
        found = cls.objects.select_related("charter").filter(**where).first()
        return found.the_charter() if found else Charter.default()

    @classmethod
    def of(cls, scope_id: int, title: str = "") -> "Remit":
        """That of a scope; one is made where it has none yet, for a survey or a debate that stands alone."""
        found, _made = cls.objects.get_or_create(scope_id=scope_id, defaults={"title": title[:255]})
        return found

    @classmethod
    def place(cls, scope: Scope, page: Any, charter: Charter | None) -> "Remit":
        """Say which page the scope belongs to, and what charter holds there."""
        found, _made = cls.objects.update_or_create(
            scope=scope, defaults={"title": page.title[:255], "page_id": page.pk, "charter": charter}
        )
        return found
