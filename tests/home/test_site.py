"""A fresh install owes nothing: every public page is there, filled, and linked from everywhere."""

import re

import pytest
from django.core.exceptions import ValidationError

from home import contrast
from home.models import SiteSettings
from tests.factories.pages import ConsultationPageFactory

pytestmark = pytest.mark.django_db

OWED = [
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/moderation/",
    "/contact/",
    "/plan-du-site/",
    "/stats/",
]


@pytest.mark.parametrize("url", ["/", "/consultations/", "/recherche/", "/suivi/", "/stats.csv", "/robots.txt", *OWED])
def test_every_owed_page_answers_without_a_cookie(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert not response.cookies
    assert not re.search(r"lorem|à compléter|TODO|\[.{1,30}\]", response.content.decode(), re.I)


def test_the_footer_of_each_page_leads_to_what_is_owed(client):
    for url in ["/", *OWED]:
        html = client.get(url).content.decode()
        assert all(f'href="{owed}"' in html for owed in OWED)
        assert "Accessibilité\xa0: non conforme" in html or "Accessibilité : non conforme" in html


def test_home_shows_each_consultation_where_it_stands(client):
    for trait in ("open", "coming", "closed", "late", "answered"):
        ConsultationPageFactory(title=f"Consultation {trait}", **{trait: True})
    ConsultationPageFactory(title="Brouillon secret", open=True, draft=True)
    html = client.get("/").content.decode()
    order = [html.index(f"Consultation {trait}") for trait in ("open", "coming", "late", "answered")]
    assert order == sorted(order)
    assert "Brouillon secret" not in html


def test_a_pale_colour_is_refused_with_its_ratio():
    with pytest.raises(ValidationError) as refused:
        SiteSettings(brand="#9ad0d0", mark="#8a4b08").clean()
    assert "1," in str(refused.value.message_dict["brand"]) or "1." in str(refused.value.message_dict["brand"])


def test_contrast_is_that_of_the_recommendation():
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["#123456", "#0f5c5c", "#8a4b08", "#000000"])
def test_dark_colours_can_be_read(colour):
    assert contrast.ratio(contrast.lightened_until_readable(colour, "#161817"), "#161817") >= 4.5


def test_the_theme_follows_the_settings(client):
    from wagtail.models import Site

    settings = SiteSettings.for_site(Site.objects.get())
    settings.brand = "#123456"
    settings.save()
    assert "/theme.css?v=1234568a4b08" in client.get("/").content.decode()
    assert "#123456" in client.get("/theme.css").content.decode()
