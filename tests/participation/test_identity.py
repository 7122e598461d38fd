"""Verified identities, against a provider that speaks HTTP and signs with keys of its own."""

from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth import get_user_model
from django.test import Client

from participation import receipts
from surveys.models import Response
from tests.factories.citizens import OURS
from tests.factories.provider import Provider
from tests.participation.test_ladder import Person, _whole_database, survey_at

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    running.sub, running.misbehave = "person-1", ""
    running.configure(settings)
    return running


def go(person: Person, back: str | None = None):
    """There and back again: what the browser gets at our callback."""
    start = person.client.post(
        f"/acces/{person.tool.scope.tag}/identite/", {"back": back or person.tool.get_absolute_url()}, headers=OURS
    )
    assert start.status_code == 303
    there = requests.get(start["Location"], allow_redirects=False, timeout=5)
    parts = urlsplit(there.headers["Location"])
    assert parts.path == "/acces/retour/"
    reply = person.client.get(parts.path, dict(parse_qsl(parts.query)))
    if reply.status_code == 303:
        person.url = reply["Location"]
    return reply


def test_an_identity_opens_the_form_and_is_one_person_in_every_browser(provider):
    survey = survey_at("identity")
    given = set()
    for mark in ("3", "8"):
        person = Person(survey)
        assert f"/acces/{survey.scope.tag}/identite/" in person.page()
        assert go(person).status_code == 303
        given.add(person.code(person.answer(mark)))
    stored = Response.objects.get()
    assert len(given) == 1 and stored.trust == "identity" and list(stored.answers.values()) == [8]
    provider.sub = "person-2"
    other = Person(survey)
    go(other)
    other.answer()
    assert Response.objects.count() == 2


def test_nothing_of_the_identity_is_kept_and_nobody_gets_an_account(provider):
    provider.sub = "sub-canary-4711"
    survey = survey_at("identity")
    person = Person(survey)
    go(person)
    person.answer()
    assert Response.objects.count() == 1 and not get_user_model().objects.exists()
    dumped = _whole_database()
    assert "canary" not in dumped and provider.url not in dumped
    assert "canary" not in "".join(morsel.value for morsel in person.client.cookies.values())


def test_people_are_strangers_in_another_consultation(provider):
    one, two = survey_at("identity"), survey_at("identity")
    keys = set()
    for survey in (one, two):
        person = Person(survey)
        go(person)
        person.answer()
        keys.add(bytes(Response.objects.get(survey=survey).participant_key))
    assert len(keys) == 2


MISBEHAVIOURS = ["refused", "state", "nonce", "signature", "alg none", "secret as key", "issuer", "audience", "expired"]


@pytest.mark.parametrize("what", [*MISBEHAVIOURS, "no subject", "no expiry", "no json object"])
def test_what_is_not_as_it_should_be_proves_nothing_and_leads_back(provider, what, caplog):
    provider.misbehave = what
    survey = survey_at("identity")
    person = Person(survey)
    reply = go(person)
    assert reply.status_code == 403 and survey.get_absolute_url() in reply.content.decode()
    assert f"pass_{survey.scope.tag}" not in person.client.cookies
    assert 'name="q1"' not in person.page() and provider.sub not in caplog.text


def test_a_provider_that_is_away_is_told_plainly(provider, settings):
    settings.OIDC_CITIZEN_TOKEN_ENDPOINT = "http://127.0.0.1:1/token"
    assert go(Person(survey_at("identity"))).status_code == 403


def test_the_reply_of_another_browser_proves_nothing(provider):
    survey = survey_at("identity")
    mine = Person(survey)
    start = mine.client.post(f"/acces/{survey.scope.tag}/identite/", {}, headers=OURS)
    there = requests.get(start["Location"], allow_redirects=False, timeout=5)
    query = dict(parse_qsl(urlsplit(there.headers["Location"]).query))
    assert Client().get("/acces/retour/", query).status_code == 403  # no errand
    other = Person(survey)
    other.client.post(f"/acces/{survey.scope.tag}/identite/", {}, headers=OURS)
    assert other.client.get("/acces/retour/", query).status_code == 403  # another errand
    assert mine.client.get("/acces/retour/", query).status_code == 303
    assert mine.client.get("/acces/retour/", query).status_code == 403  # used


@pytest.mark.parametrize(
    "query", ["", "?state=\0", "?state=é&code=x", "?code=" + "x" * 5000, "?state=%ed%a0%80&code=%00"]
)
def test_any_reply_is_answered(provider, client, query):
    client.cookies["acces_retour"] = "made:up"
    assert client.get(f"/acces/retour/{query}").status_code == 403
    assert client.post("/acces/retour/").status_code == 405


def test_the_way_there_is_allowed_by_the_page_that_leads_there(provider, client):
    tag = survey_at("identity").scope.tag
    page = client.get(f"/acces/{tag}/identite/")
    assert f"form-action 'self' {provider.url};" in page["Content-Security-Policy"] and not page.cookies
    assert provider.url not in client.get(f"/acces/{tag}/")["Content-Security-Policy"]


def test_without_a_provider_it_is_offered_nowhere(client, settings, admin_client):
    settings.OIDC_CITIZEN_ISSUER = ""
    survey = survey_at("letter")
    assert client.get(f"/acces/{survey.scope.tag}/identite/").status_code == 404
    assert "/identite/" not in client.get(survey.get_absolute_url()).content.decode()
    edit = admin_client.get(f"/admin/snippets/surveys/survey/edit/{survey.pk}/").content.decode()
    assert 'value="letter" selected' in edit and 'value="identity"' not in edit
    settings.OIDC_CITIZEN_ISSUER, settings.OIDC_CITIZEN_CLIENT_ID = "https://id.example", "palabre"
    edit = admin_client.get(f"/admin/snippets/surveys/survey/edit/{survey.pk}/").content.decode()
    assert 'value="identity"' in edit


def test_a_ticket_of_an_identity_is_no_form_token(provider):
    survey = survey_at("identity")
    carried = dict(parse_qsl(urlsplit(go(Person(survey))["Location"]).query))["acces"]
    assert not receipts.is_valid_token(survey.key, carried) and not receipts.is_valid_token(
        survey.key, carried[4:27] + "." + carried[-22:]
    )
