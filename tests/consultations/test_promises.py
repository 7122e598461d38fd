"""Whoever answers for it hears once of a missed day; whoever follows hears once of each step, and can stop."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from cms import scheduling
from consultations import followers, late
from consultations.models import Follower, LateNotice
from consultations.reaching import reach
from participation import limits
from tests.factories.citizens import OURS
from tests.factories.moderation import member
from tests.factories.pages import CommitmentFactory, ConsultationPageFactory, OfficialAnswerFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    limits.forget_all()
    mail.outbox.clear()


def late_page(**fields):
    agent, official = member(name="agent"), member(name="elue")
    return ConsultationPageFactory(late=True, owner=agent, referent=official, **fields)


def told() -> list[str]:
    return sorted(to for message in mail.outbox for to in message.to)


def test_agent_and_official_are_told_once_whoever_asks_how_often():
    page = late_page()
    for _time in range(3):  # the job twice, and once more after the messenger forgot everything
        scheduling.tell_of_late_answers()
    assert told() == ["agent@ville.example", "elue@ville.example"]
    assert page.title in mail.outbox[0].subject and "promise pour" in mail.outbox[0].body


def test_a_new_promise_that_is_missed_too_is_told_again():
    page = late_page()
    late.tell_late()
    page.answer_due = timezone.localdate() - timedelta(days=1)
    page.save()
    assert late.tell_late() == 2 and late.tell_late() == 0


def test_nobody_is_told_before_the_day_is_over_nor_once_it_is_answered():
    page = late_page()
    page.answer_due = page.today()
    page.save()
    ConsultationPageFactory(answered=True)
    assert late.tell_late("site@ville.example") == 0 and not LateNotice.objects.exists()


def test_a_missed_promise_reaches_somebody():
    ConsultationPageFactory(late=True)
    late.tell_late("contact@ville.example")
    assert told() == ["contact@ville.example"]


def test_one_who_is_both_hears_once_and_a_mail_that_fails_is_tried_again(monkeypatch):
    page = late_page()
    page.referent = page.owner
    page.save()
    write = late._write

    def fail(*args):
        raise OSError

    monkeypatch.setattr(late, "_write", fail)
    assert late.tell_late() == 0
    monkeypatch.setattr(late, "_write", write)
    assert late.tell_late() == 1 and late.tell_late() == 0
    assert told() == ["agent@ville.example"]


def follow(client, page, email="nina@exemple.fr"):
    return client.post(f"/suivre/{page.scope.tag}/", {"email": email}, headers=OURS)


def link_in(message) -> str:
    return re.search(r"https?://[^/\s]+(/suivre/avis/\S+)", message.body)[1]


def test_following_is_confirmed_told_once_a_step_and_ended_with_one_click(client):
    page = ConsultationPageFactory(open=True)
    assert follow(client, page).status_code == 200 and not client.cookies
    for _time in range(2):
        followers.tell_followers()
    assert told() == ["nina@exemple.fr"]
    link = link_in(mail.outbox.pop())
    assert client.get(link).status_code == 200 and Follower.objects.get().confirmed_at is None
    client.post(link, {"confirm": "1"}, headers=OURS)
    followers.tell_followers()
    assert not mail.outbox
    reach(page, closes_at=timezone.now().replace(microsecond=0))
    for _time in range(2):
        followers.tell_followers()
    news = mail.outbox.pop()
    assert not mail.outbox and "est close" in news.body
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = re.search(r"<https?://[^/]+(/\S+)>", news.extra_headers["List-Unsubscribe"])[1]
    assert client.get(stop).status_code == 200 and Follower.objects.exists()
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists() and client.get(link).status_code == 410


def test_addresses_go_with_the_end_of_the_follow_up():
    page = ConsultationPageFactory(decided=True)
    followers.follow(page, "a@exemple.fr")
    followers.confirm(Follower.objects.get())
    Follower.objects.update(asked=True)
    reach(page, carried_out_on=page.today())
    followers.tell_followers()
    assert told() == ["a@exemple.fr"] and not Follower.objects.exists()


def test_an_address_nobody_confirms_is_forgotten_and_nobody_is_pestered(client):
    pages = [ConsultationPageFactory(open=True) for _n in range(4)]
    for page in [*pages, pages[0]]:
        assert follow(client, page).status_code == 200
    assert Follower.objects.count() == followers.MOST_ASKED
    Follower.objects.update(created_on=timezone.localdate() - timedelta(days=4))
    followers.tell_followers()
    assert not Follower.objects.exists() and not mail.outbox


@pytest.mark.parametrize("email", ["", "nina", "a@b\nBcc: c@d.fr", "a" * 250 + "@exemple.fr", "\x00@exemple.fr"])
def test_what_is_no_address_is_said_at_the_field_and_kept(client, email):
    response = follow(client, ConsultationPageFactory(open=True), email)
    assert response.status_code == 422 and "field-error" in response.content.decode()
    assert not Follower.objects.exists()


def test_nothing_leads_from_an_address_to_what_was_sent():
    names = {field.name for field in Follower._meta.get_fields()}
    assert names == {"id", "page", "email", "nonce", "token_hash", "asked", "confirmed_at", "created_on", "told"}


def test_feeds_tell_steps_answers_and_news_and_no_draft(client):
    page = ConsultationPageFactory(answered=True)
    draft = ThemeFactory(page=page)
    OfficialAnswerFactory(theme=draft, reason="zzbrouillon n’est pas encore une réponse publiée.", live=False)
    CommitmentFactory(page=page, theme=draft).tell("zzcache, rien n’est encore publié.")
    CommitmentFactory(page=page, theme=page.themes.first()).tell("Les arbres sont commandés.")
    for url in ("/flux/", f"/flux/{page.scope.tag}/"):
        feed = client.get(url)
        text = feed.content.decode()
        assert feed["Content-Type"].startswith("application/atom+xml") and "zz" not in text
        assert page.title in text and "Quatorze arbres" in text and "Les arbres sont commandés." in text
    page.unpublish()
    assert client.get(f"/flux/{page.scope.tag}/").status_code == 404
    assert page.title not in client.get("/flux/").content.decode()
