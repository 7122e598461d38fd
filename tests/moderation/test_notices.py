"""Mails: to who asked for them, about decisions, once, with no text and no code in them."""

import logging
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from moderation import decisions, jobs, notices, voices
from moderation.models import Notice, Report, Service
from participation import contacts, receipts
from participation.models import Contact
from tests.factories.citizens import OURS
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import item_of, moderate, moderator
from tests.factories.people import Author

pytestmark = pytest.mark.django_db

TEXT = "Le maire est un canari."


@pytest.fixture
def author():
    return Author(StatementFactory(text=TEXT))


@pytest.fixture
def reached(author):
    """An author who confirmed their address."""
    contacts.ask(author.key, "nour@exemple.fr")
    contacts.confirm(Contact.objects.get())
    Contact.objects.update(asked=True)
    return author


def link(message) -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/suivi/avis/[A-Za-z0-9_-]{43}/)", message.body)[1]


# Asking for mails


def test_nothing_is_sent_before_the_address_is_confirmed(author):
    page = author.client.post("/suivi/avis/", {"code": author.code, "email": "nour@exemple.fr"}, headers=OURS)
    assert page.status_code == 200 and contacts.state_of(author.key) == "asked"
    jobs.ask_contacts(), jobs.ask_contacts()
    [asked] = mail.outbox
    assert asked.to == ["nour@exemple.fr"] and TEXT not in asked.body and author.code not in asked.body
    moderate(author.text, "refuse", moderator())
    jobs.send_mails()
    assert len(mail.outbox) == 1 and not Notice.objects.exists()
    address = link(asked)
    assert Client().get(address).status_code == 200 and contacts.state_of(author.key) == "asked", (
        "reading is not saying"
    )
    assert Client().post(address, {"confirm": "1"}, headers=OURS).status_code == 200
    assert contacts.state_of(author.key) == "confirmed"


@pytest.mark.parametrize(
    "email", ["", "nour", "a@b", "a@b.fr\nBcc: c@d.fr", "\0@b.fr", "é" * 400 + "@b.fr", "a b@c.fr"]
)
def test_what_is_no_address_comes_back_in_its_field(author, email):
    page = author.client.post("/suivi/avis/", {"code": author.code, "email": email}, headers=OURS)
    assert page.status_code == 422 and 'id="courriel-erreur"' in page.content.decode() and not Contact.objects.exists()


def test_only_a_code_that_left_something_asks_for_mails(author):
    for code in ("x", "0" * 20, author.code[:4] + "0" * 16):
        page = Client().post("/suivi/avis/", {"code": code, "email": "a@b.fr"}, headers=OURS)
        assert page.status_code == 422 and not Contact.objects.exists()
    foreign = {"origin": "http://ailleurs.example"}
    assert Client().post("/suivi/avis/", {"code": author.code, "email": "a@b.fr"}, headers=foreign).status_code == 403
    assert Client().get("/suivi/avis/").status_code == 303


def test_nobody_is_pestered_through_us(author):
    for n in range(contacts.MOST_ASKED):
        contacts.ask(author.key, f"voisin{n}@exemple.fr")
    with pytest.raises(contacts.Refused):
        contacts.ask(author.key, "encore@exemple.fr")
    for n in range(contacts.MOST_ASKED):
        contacts.ask(bytes([n]), "voisin@exemple.fr")
    with pytest.raises(contacts.Refused):
        contacts.ask(b"other", "voisin@exemple.fr")


def test_another_address_takes_the_place_of_the_first_and_must_be_confirmed(reached):
    jobs.ask_contacts()
    contacts.ask(reached.key, "autre@exemple.fr")
    assert contacts.state_of(reached.key) == "asked" and Contact.objects.count() == 1
    jobs.ask_contacts()
    assert mail.outbox[-1].to == ["autre@exemple.fr"]


def test_an_address_nobody_confirms_is_forgotten(author):
    contacts.ask(author.key, "nour@exemple.fr")
    Contact.objects.update(created_on=timezone.localdate() - timedelta(days=4))
    jobs.send_mails()
    assert not Contact.objects.exists() and not mail.outbox


def test_one_click_ends_them_as_mail_programs_do_it(reached):
    moderate(reached.text, "refuse", moderator())
    jobs.send_mails()
    headers = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = re.fullmatch(r"<http://127\.0\.0\.1:8000(.+)>", headers["List-Unsubscribe"])[1]
    assert Client().get(stop).status_code == 200 and Contact.objects.exists(), "a machine that reads ends nothing"
    for _twice in range(2):
        assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Contact.objects.exists()
    assert Client().get(stop.removesuffix("arreter/")).status_code == 410


def test_the_follow_up_page_says_so_and_ends_them(reached):
    page = reached.client.post("/suivi/", {"code": reached.code}, headers=OURS).content.decode()
    assert 'name="stop"' in page and "nour@" not in page
    reached.client.post("/suivi/avis/", {"code": reached.code, "stop": "1"}, headers=OURS)
    assert not Contact.objects.exists()


def test_erasing_a_person_takes_their_address(reached):
    receipts.erase(reached.code)
    assert not Contact.objects.exists()


def test_no_join_leads_from_an_address_to_a_text(reached):
    contact = Contact.objects.get()
    assert bytes(contact.person) != reached.key and len(bytes(contact.person)) == 32
    reached.item.refresh_from_db()
    assert bytes(reached.item.author_key) == reached.key


# Being told


def test_the_author_is_told_what_why_by_whom_and_how_to_contest(reached, django_capture_on_commit_callbacks):
    from moderation.models import Remit

    Remit.objects.filter(scope=reached.item.scope).delete()
    Remit.objects.create(scope=reached.item.scope, title="La place\nde demain")
    with django_capture_on_commit_callbacks():
        decision = moderate(reached.text, "refuse", moderator("anna"), number=2, reason="Parlez de la place.")
    assert jobs.notify(decision.pk) == 1 and jobs.notify(decision.pk) == 0 and jobs.send_mails() == 0
    [told] = mail.outbox
    assert told.to == ["nour@exemple.fr"] and "ne-pas-repondre@" in told.from_email
    for said in ("La place", decision.article_said, "Parlez de la place.", "http://127.0.0.1:8000/suivi/"):
        assert said in told.body
    for unsaid in (TEXT, "canari", reached.code, receipts.show_code(reached.code), "anna"):
        assert unsaid not in told.body and unsaid not in told.subject
    assert Notice.objects.get().sent_at


def test_a_job_that_got_lost_is_made_up_for(reached):
    moderate(reached.text, "publish", moderator())
    assert jobs.send_mails() == 1 and len(mail.outbox) == 1


def test_who_comes_second_sends_nothing(reached, monkeypatch):
    decision = moderate(reached.text, "publish", moderator())
    waiting = list(Notice.objects.filter(due=True))
    assert notices.send_for(decision.pk) == 1
    assert notices._send(waiting) == 0 and len(mail.outbox) == 1, "taken by compare-and-set"


def test_what_could_not_be_sent_is_tried_again_and_no_log_names_the_address(reached, monkeypatch, caplog):
    from smtplib import SMTPRecipientsRefused

    from django.core.mail import EmailMessage

    decision = moderate(reached.text, "publish", moderator())

    def fail(self, *args, **kwargs):
        raise SMTPRecipientsRefused({"nour@exemple.fr": (550, b"no nour@exemple.fr")})

    with monkeypatch.context() as broken, caplog.at_level(logging.DEBUG):
        broken.setattr(EmailMessage, "send", fail)
        assert jobs.notify(decision.pk) == 0
        contacts.ask(b"x" * 32, "lou@exemple.fr")
        assert jobs.ask_contacts() == 0
    assert "nour@" not in caplog.text and "lou@" not in caplog.text and "SMTPRecipientsRefused" in caplog.text
    assert jobs.send_mails() == 2


def test_who_asked_for_nothing_is_told_nothing_and_nothing_is_kept_of_it(author):
    moderate(author.text, "publish", moderator())
    assert jobs.send_mails() == 0 and not Notice.objects.exists() and not mail.outbox


def test_a_decision_undone_before_it_was_told_makes_no_mail(reached):
    boss = moderator()
    decision = moderate(reached.text, "refuse", boss)
    decisions.undo(decision, boss)
    jobs.send_mails()
    assert not mail.outbox
    decision = moderate(reached.text, "refuse", boss)
    jobs.send_mails()
    decisions.undo(decision, boss)
    jobs.send_mails()
    assert len(mail.outbox) == 2


def test_what_one_does_oneself_is_no_news_and_the_answer_to_an_appeal_is(reached):
    reached.correct("Les bancs manquent d’ombre.")
    moderate(reached.text, "refuse", moderator("anna"))
    appeal = voices.appeal(reached.item, "Je parle bien de la place.")
    voices.decide_appeal(appeal, moderator("bruno"), False, "L’article 1 le dit.")
    jobs.send_mails()
    assert [("L’article 1 le dit." in m.body) for m in mail.outbox] == [False, True]


# Services and late reports


def test_the_service_is_told_that_a_text_waits_and_not_what_it_says():
    service = Service.objects.create(name="Voirie", email="voirie@ville.example")
    statement = StatementFactory(text=TEXT)
    moderate(statement, "forward", moderator(), service=service)
    assert jobs.send_mails() == 1
    [told] = mail.outbox
    assert told.to == ["voirie@ville.example"] and "/admin/" in told.body and "canari" not in told.body
    moderate(StatementFactory(), "forward", moderator("b"), service=Service.objects.create(name="Sans courriel"))
    assert jobs.send_mails() == 0


def test_the_authority_is_reminded_of_late_reports_once_a_day(monkeypatch):
    from cms.scheduling import DUTIES, remind_of_reports

    assert {"mails", "late reports"} <= {duty.name for duty in DUTIES}
    voices.report(item_of(StatementFactory(published=True)), b"a", None, "")
    assert not remind_of_reports()
    Report.objects.update(at=timezone.now() - timedelta(hours=25))
    assert remind_of_reports() and not remind_of_reports()
    assert len(mail.outbox) == 1 and mail.outbox[0].to == ["contact@collectivite.example"]


def test_a_reminder_that_could_not_be_sent_is_tried_again(monkeypatch):
    from django.core.mail import EmailMessage

    voices.report(item_of(StatementFactory(published=True)), b"a", None, "")
    Report.objects.update(at=timezone.now() - timedelta(hours=25))

    def fail(self, *args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", fail)
        assert not notices.remind_of_late_reports("a@b.fr")
    assert notices.remind_of_late_reports("a@b.fr")


@pytest.mark.django_db(transaction=True)
def test_the_queue_holds_the_number_of_a_decision_and_nothing_else():
    import django_rq

    debate = DebateFactory(open=True)
    author = Author(StatementFactory(debate=debate, text=TEXT))
    contacts.ask(author.key, "nour@exemple.fr")
    decision = moderate(author.text, "refuse", moderator())
    queue = django_rq.get_queue("low")
    held = [(job.func_name, list(job.args)) for job in queue.jobs]
    assert ("moderation.jobs.notify", [decision.pk]) in held and ("moderation.jobs.ask_contacts", []) in held
    raw = b"".join(queue.connection.dump(key) or b"" for key in queue.connection.keys("rq:job:*"))
    assert b"nour" not in raw and b"canari" not in raw
    queue.empty()
