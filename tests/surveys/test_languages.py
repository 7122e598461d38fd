"""One survey in several languages: the same ids, each passage with its language, what is missing in sight."""

import re

import pytest
from django.urls import reverse

from surveys import languages
from surveys.forms import compiled_live
from surveys.models import Response, Survey
from surveys.publishing import preview_schema
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


def translate(survey: Survey, code: str, **said: str) -> Survey:
    """Publish with these translations: by text as written."""
    texts = languages.texts(preview_schema(survey))
    survey.translations |= {code: {path: said[text] for path, text in texts.items() if text in said}}
    survey.save_revision().publish()
    return Survey.objects.get(pk=survey.pk)


@pytest.fixture
def survey():
    asked = [question("single", "Venez", options=["Vélo", "Bus"], other=False), question("grid", "Avis", help="Aide")]
    survey = SurveyFactory(open=True, title="Place", introduction="Bonjour", thanks="Merci", questions=asked)
    survey = translate(survey, "es", Place="Plaza", Venez="Viene", Vélo="Bicicleta", Merci="Gracias")
    survey = translate(survey, "ar", Venez="كيف تأتي؟", Vélo="دراجة")
    return translate(survey, "en", Place="Square", Bonjour="Hello", Venez="You come", Vélo="Bike", Bus="Bus")


def page(client, survey: Survey, code: str = "") -> str:
    return client.get(survey.get_absolute_url() + (f"?langue={code}" if code else "")).content.decode()


def test_languages_are_offered_in_their_own_names(client, survey):
    html = page(client, survey)
    named = re.findall(
        r'<a href="\?langue=(\w+)#questionnaire" lang="\w+" hreflang="\w+" dir="(\w+)"[^>]*>([^<]+)', html
    )
    assert named == [
        ("fr", "ltr", "Français"),
        ("ar", "rtl", "العربيّة"),
        ("en", "ltr", "English"),
        ("es", "ltr", "Español"),
    ]
    assert page(client, SurveyFactory(open=True)).count("?langue=") == 0


def test_each_passage_says_its_language(client, survey):
    html = page(client, survey, "es")
    assert '<html lang="fr">' in html and "Envoyer" in html  # buttons are the site's
    assert '<span lang="es" dir="ltr">Viene</span>' in html
    assert 'lang="fr"' not in html.split("<body", 1)[1].replace(
        'lang="fr" hreflang', ""
    )  # the fall-backs are the page's
    assert "Bus" in html and 'name="language" value="es"' in html


def test_english_speaks_english_all_over_and_marks_what_is_not(client, survey):
    html = page(client, survey, "en")
    assert '<html lang="en">' in html and "Send my answers" in html and "<title>Square" in html
    assert "You come" in html and 'lang="en" dir="ltr">You come' not in html
    assert '<span lang="fr" dir="ltr">Avis</span>' in html


def test_a_language_from_right_to_left(client, survey):
    html = page(client, survey, "ar")
    assert re.search(r'<form class="survey"[^>]* dir="rtl"', html)
    assert '<span lang="ar" dir="rtl">كيف تأتي؟</span>' in html


def test_answers_in_all_languages_are_one_dataset(client, survey):
    compiled = compiled_live(survey)
    option = compiled.questions[0]["options"][0]["id"]
    for code in ("", "es", "ar"):
        html = page(client, survey, code)
        token = re.search(r'name="token" value="([^"]+)"', html)[1]
        sent = {"version": compiled.number, "token": token, "q1": option, "language": code, "go": "send"}
        answer = client.post(reverse("surveys:respond", args=[survey.key]), sent)
        assert answer.status_code == 303
        thanks = client.get(answer["Location"]).content.decode()
        assert ("Gracias" in thanks) == (code == "es")
        client.cookies.clear()
    stored = [r.answers[compiled.questions[0]["id"]] for r in Response.objects.filter(survey=survey)]
    assert stored == [{"options": [option]}] * 3


def test_a_refused_form_stays_in_its_language(client, survey):
    sent = {"version": compiled_live(survey).number, "token": "x", "language": "es"}
    html = client.post(reverse("surveys:respond", args=[survey.key]), sent)
    assert html.status_code == 422 and "Viene" in html.content.decode()


@pytest.mark.parametrize("code", ["xx", "<b>", "de", "\x00"])
def test_another_language_is_the_one_it_was_written_in(client, survey, code):
    assert (
        "Venez" in page(client, survey, "")
        and client.get(survey.get_absolute_url(), {"langue": code}).status_code == 200
    )
    assert compiled_live(survey).in_language(code).language == ""


def test_agents_translate_side_by_side(admin_client, survey):
    address = reverse("surveys_translations", args=[survey.pk])
    assert "Español" in admin_client.get(address).content.decode()
    html = admin_client.get(address, {"language": "de"}).content.decode()
    assert html.count('class="missing"') == len(languages.texts(preview_schema(survey)))
    first = compiled_live(survey).questions[0]["id"]
    assert admin_client.post(f"{address}?language=de", {f"{first}.wording": "Wie kommen Sie?"}).status_code == 302
    draft = Survey.objects.get(pk=survey.pk).get_latest_revision_as_object()
    assert draft.translations["de"] == {f"{first}.wording": "Wie kommen Sie?"} and "es" in draft.translations
    assert "de" not in Survey.objects.get(pk=survey.pk).live_version.schema["translations"]
    assert admin_client.post(f"{address}?language=de", {f"{first}.wording": "x" * 3000}).status_code == 422


def test_a_translation_of_what_is_gone_is_not_frozen(survey):
    survey.translations["es"]["gone.wording"] = "Nada"
    survey.save_revision().publish()
    assert "gone.wording" not in Survey.objects.get(pk=survey.pk).live_version.schema["translations"]["es"]
