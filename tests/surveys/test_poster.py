"""The poster and the QR code: readable in whatever colours, leading to our short address, counting nobody."""

import io

import pytest
from django.test import Client
from pypdf import PdfReader

from home import authority, contrast
from home.models import SiteSettings
from surveys.models import Survey
from surveys.paper.surroundings import short_name
from tests.factories.moderation import member
from tests.factories.pages import ConsultationPageFactory
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    client = Client()
    client.force_login(member("Agents de communication"))
    return client


def on_a_page(**fields) -> tuple[Survey, SiteSettings]:
    survey = SurveyFactory(open=True, questions=[question("single")])
    body = [{"type": "survey", "value": {"survey": survey.pk}}]
    page = ConsultationPageFactory(open=True, body=body, **fields)
    settings, _made = SiteSettings.objects.update_or_create(
        site=page.get_site(), defaults={"authority": "Rochebrune", "initial": "R", "brand": "#ffcc00"}
    )
    return Survey.objects.get(pk=survey.pk), settings


@pytest.mark.parametrize(("format_", "width"), [("a4", 210), ("a3", 297)])
def test_the_poster_says_what_until_when_where_and_how_without_a_screen(agent, format_, width):
    survey, _settings = on_a_page(title="Quelle place ?", summary="Dites-le.", elsewhere="À l’accueil de la mairie.")
    answer = agent.get(f"/admin/surveys/{survey.pk}/poster/affiche-{format_}.pdf")
    pdf = PdfReader(io.BytesIO(answer.content))
    (page,) = pdf.pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == width
    text = " ".join(page.extract_text().split())
    said = (
        "Quelle place ?",
        "Dites-le.",
        "À l’accueil de la mairie.",
        f"/e/{short_name(survey)}",
        "Rochebrune",
        "Jusqu’au",
    )
    assert all(words in text for words in said), text
    assert pdf.root_object["/Lang"] == "fr" and pdf.root_object["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize(
    ("host", "whole"),
    [("127.0.0.1:8000", True), ("consultations.grandpoitiers.fr", True), (f"participer.{'saint-' * 6}remy.fr", False)],
)
def test_the_address_to_type_is_not_broken_inside(agent, settings, host, whole):
    settings.BASE_URL = f"https://{host}"
    survey, _settings = on_a_page(title="Quelle place ?")
    pdf = PdfReader(io.BytesIO(agent.get(f"/admin/surveys/{survey.pk}/poster/affiche-a4.pdf").content))
    lines = [line.strip() for line in pdf.pages[0].extract_text().splitlines()]
    path = f"/e/{short_name(survey)}"
    assert all(part in lines for part in ([host + path] if whole else [host, path])), lines


def test_the_longest_texts_stay_on_one_page(agent):
    survey, _settings = on_a_page(
        title="Où marcher et rouler sans peur ? " * 7, summary="m" * 249, elsewhere="à " * 199
    )
    pdf = PdfReader(io.BytesIO(agent.get(f"/admin/surveys/{survey.pk}/poster/affiche-a4.pdf").content))
    assert len(pdf.pages) == 1


@pytest.mark.parametrize("brand", ["#ffffff", "#000000", "#777777", "#ffcc00", "#0f5c5c", "#808080", "nonsense"])
def test_whatever_the_colour_the_text_can_be_read(rf, brand):
    _survey, settings = on_a_page()
    SiteSettings.objects.filter(pk=settings.pk).update(brand=brand[:7])
    told = authority.on_paper(rf.get("/", HTTP_HOST="localhost"))
    assert contrast.ratio(told.ink, told.brand) >= contrast.AA
    assert contrast.ratio(told.heading, "#ffffff") >= contrast.AA


def test_qr_codes_are_ours_and_lead_to_the_short_address(agent):
    survey, _settings = on_a_page()
    page = agent.get(f"/admin/surveys/{survey.pk}/poster/").content.decode()
    assert f"/e/{short_name(survey)}" in page and "<svg" in page
    assert agent.get(f"/admin/surveys/{survey.pk}/poster/qr.png").content[:4] == b"\x89PNG"
    assert b"<svg" in agent.get(f"/admin/surveys/{survey.pk}/poster/qr.svg").content
    for name in ("affiche-a5.pdf", "qr.gif", "x", "affiche-.pdf"):
        assert agent.get(f"/admin/surveys/{survey.pk}/poster/{name}").status_code == 404
    assert agent.post(f"/admin/surveys/{survey.pk}/poster/").status_code == 405
