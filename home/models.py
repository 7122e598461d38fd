"""The front door: home page, the pages every public site owes, and what the authority says of itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing
from wagtail.search import index

from consultations.blocks.editorial import RICH_TEXT
from consultations.models.pages import by_phase
from consultations.plain_words import without_accents

from . import contrast

PAPER, DARK_PAPER = "#fffdf9", "#161817"


class HomePage(Page):
    """Open, coming, awaited and answered consultations."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=400)

    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 1
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "groups": by_phase()}


class StandardPage(Page):
    """A page of plain text. Of the owed pages the legal part comes from the site's settings, so it is never missing."""

    class Owed(models.TextChoices):
        NONE = "", _("an ordinary page")
        ACCESSIBILITY = "accessibility", _("accessibility statement")
        LEGAL = "legal", _("legal notice")
        PRIVACY = "privacy", _("personal data")
        MODERATION = "moderation", _("moderation charter")
        CONTACT = "contact", _("contact")

    body = RichTextField(_("text"), features=RICH_TEXT, blank=True)
    owed = models.CharField(max_length=20, choices=Owed.choices, blank=True, editable=False)

    search_fields = [*Page.search_fields, index.SearchField("body"), index.SearchField("bare_words")]
    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    template = "home/standard_page.html"

    class Meta:
        verbose_name = _("text page")
        verbose_name_plural = _("text pages")

    def bare_words(self) -> str:
        return without_accents(f"{self.title} {get_text_for_indexing(self.body)}")


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """Who the authority is; every legal page is drawn from it."""

    class Audit(models.TextChoices):
        NONE = "non", _("not compliant")
        PARTIAL = "partiellement", _("partially compliant")
        FULL = "totalement", _("fully compliant")

    authority = models.CharField(_("name of the authority"), max_length=120, default="Notre collectivité")
    baseline = models.CharField(_("word after the name"), max_length=40, default="participe", blank=True)
    initial = models.CharField(_("letter of the crest"), max_length=2, default="P")
    brand = models.CharField(_("main colour"), max_length=7, default="#0f5c5c", help_text=_("For example #0f5c5c"))
    mark = models.CharField(_("colour of dates and promises"), max_length=7, default="#8a4b08")
    email = models.EmailField(_("e-mail"), default="contact@collectivite.example")
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.TextField(_("postal address"), max_length=300, blank=True)
    director = models.CharField(_("director of publication"), max_length=150, blank=True)
    host = models.CharField(_("host of the site"), max_length=250, blank=True)
    dpo = models.CharField(_("contact of the data protection officer"), max_length=200, blank=True)
    retention_months = models.PositiveSmallIntegerField(_("months for which answers are kept"), default=12)
    audit = models.CharField(_("accessibility"), max_length=20, choices=Audit.choices, default=Audit.NONE)
    audit_rate = models.PositiveSmallIntegerField(_("criteria met (%)"), null=True, blank=True)
    audit_on = models.DateField(_("day of the audit"), null=True, blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("authority"), FieldPanel("baseline"), FieldPanel("initial")], heading=_("Identity")
        ),
        MultiFieldPanel([FieldPanel("brand"), FieldPanel("mark")], heading=_("Colours")),
        MultiFieldPanel([FieldPanel("email"), FieldPanel("phone"), FieldPanel("address")], heading=_("Contact")),
        MultiFieldPanel(
            [FieldPanel("director"), FieldPanel("host"), FieldPanel("dpo"), FieldPanel("retention_months")],
            heading=_("Law"),
        ),
        MultiFieldPanel(
            [FieldPanel("audit"), FieldPanel("audit_rate"), FieldPanel("audit_on")], heading=_("Accessibility")
        ),
    ]

    class Meta:
        verbose_name = _("authority and colours")

    def clean(self) -> None:
        super().clean()
        errors = {}
        for name in ("brand", "mark"):
            if problem := _colour_problem(getattr(self, name)):
                errors[name] = problem
        if self.audit != self.Audit.NONE and (self.audit_rate is None or self.audit_on is None):
            errors["audit_rate"] = _("Give the rate and the day of the audit.")
        if self.audit_rate is not None and self.audit_rate > 100:
            errors["audit_rate"] = _("A percentage goes up to 100.")
        if errors:
            raise ValidationError(errors)

    @property
    def dark(self) -> dict[str, str]:
        """The two colours, lightened until they can be read on the dark theme."""
        return {
            name: contrast.lightened_until_readable(getattr(self, name), DARK_PAPER, 6) for name in ("brand", "mark")
        }


def _colour_problem(colour: str) -> str | None:
    try:
        ratio = min(contrast.ratio(colour, PAPER), contrast.ratio(colour, "#ffffff"))
    except ValueError:
        return str(_("Write a colour as # and six figures or letters from a to f."))
    if ratio < contrast.AA:
        return str(_("Too pale to be read: contrast %(ratio).1f, at least 4.5 is needed.") % {"ratio": ratio})
    return None
