"""What the checks before opening have to say of the site itself."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Site

from consultations.checks import Finding
from consultations.models import ConsultationPage

from .models import SiteSettings


def contact(page: ConsultationPage) -> Iterator[Finding]:
    """People who are stuck write to the authority: its address must be one that somebody reads."""
    site = page.get_site() or Site.objects.filter(is_default_site=True).first()
    if site and SiteSettings.for_site(site).email.endswith(".example"):
        said = _("The e-mail address of the authority is still an example: people who need help would write to nobody.")
        yield Finding("", said, address=reverse("wagtailsettings:edit", args=["home", "sitesettings", site.pk]))
