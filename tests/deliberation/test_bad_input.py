"""Whatever a client sends to a debate, it is answered in words, and never by a fault of ours."""

import uuid
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation.models import Argument, Statement, Vote
from participation import limits, receipts
from tests.factories.debates import ArgumentFactory, DebateFactory
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db

NASTY = [
    "",
    "\x00",
    "a\x00b",
    "\ud7ff\uffff",
    "’" * 3000,
    "x" * 100_000,
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% load x %}",
    "%s%n%(a)s",
    "' OR 1=1 --",
    "../../etc/passwd",
    "-1",
    "99999999999999999999999",
    "NaN",
    "\u202e\u200b\ufeff",
    "𝕏" * 50,
    "=cmd|' /C calc'!A0",
]


@pytest.fixture
def debate():
    return DebateFactory(open=True, free_arguments=True, moderation="after")


def places(debate) -> list[str]:
    ref, argument = Statement.objects.first().ref, ArgumentFactory(debate=debate, published=True)
    return [
        "voter/",
        "affirmations/",
        f"affirmations/{ref}/arguments/",
        "arguments/",
        f"arguments/{argument.pk}/soutenir/",
        f"arguments/{uuid.uuid4()}/soutenir/",
    ]


FIELDS = ("token", "statement", "vote", "back", "text", "side", "parent", "support", "sure", "fragment")


def test_no_field_of_any_form_can_make_it_fail(debate):
    browser, ref = VoterBrowser(debate), Statement.objects.first().ref
    for place, field, value in product(places(debate), FIELDS, NASTY):
        good = {"token": receipts.issue_token(debate.key), "statement": ref, "vote": "agree", "side": "for"}
        limits.forget_all()
        answer = browser.post(place, **(good | {"text": "Un texte.", field: value}))
        assert answer.status_code < 500, (place, field, value[:30], answer.status_code)
    assert Vote.objects.count() <= 200


def test_no_address_can_make_it_fail(debate):
    browser, ref = VoterBrowser(debate), Statement.objects.first().ref
    for page in ("", "affirmations/", f"affirmations/{ref}/", "arguments/", "resultats/", "resultats.json"):
        for name, value in product(("page", "sort", "left", "voted", "suite", "proposed", "sent"), NASTY):
            answer = browser.client.get(f"/debats/{debate.key}/{page}", {name: value[:2000]})
            assert answer.status_code < 500, (page, name, value[:30])
    for key in ("inconnu", "a" * 20, "%00", "é", "..", "a b"):
        assert browser.client.get(f"/debats/{key}/").status_code in (404, 301)
        assert browser.client.post(f"/debats/{key}/voter/", {}).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=300), max_size=6), place=st.sampled_from(range(6))
)
def test_nothing_typed_can_make_it_fail(debate, fields, place):
    limits.forget_all()
    answer = VoterBrowser(debate).post(places(debate)[place], **fields)
    assert answer.status_code in (303, 422, 404, 410)


def test_many_values_for_one_field_and_files_are_no_fault(debate):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser, token = VoterBrowser(debate), receipts.issue_token(debate.key)
    ref = Statement.objects.first().ref
    assert browser.post("voter/", token=token, statement=[ref, "x"], vote=["agree", "pass"]).status_code in (303, 422)
    file = SimpleUploadedFile("a.png", b"\x89PNG")
    assert browser.post("affirmations/", token=token, text=file).status_code in (422, 303)
    assert browser.client.put(f"/debats/{debate.key}/voter/").status_code == 405
    assert browser.client.delete(f"/debats/{debate.key}/affirmations/").status_code == 405


def test_arguments_of_another_debate_cannot_be_replied_to_or_supported(debate):
    other = ArgumentFactory(debate=DebateFactory(open=True, free_arguments=True), published=True)
    browser, token = VoterBrowser(debate), receipts.issue_token(debate.key)
    assert browser.post(f"arguments/{other.pk}/soutenir/", token=token).status_code == 404
    answer = browser.post("arguments/", token=token, parent=str(other.pk), text="Bonjour.", side="for")
    assert answer.status_code == 422 and Argument.objects.count() == 1
