"""E-mail addresses given in a survey: written to, confirmed, kept where nothing leads to the answers, taken back."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from participation import receipts
from surveys import given_emails, languages
from surveys.forms import compiled_live
from surveys.models import Draft, GivenEmail, Response, Survey
from tests.factories.moderation import member
from tests.factories.surveys import SurveyFactory, question, republish

pytestmark = pytest.mark.django_db
ADDRESS = "lou.martin@exemple.fr"


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("email", "Être prévenu ?"), question("scale", "Une note ?")])


def send(survey: Survey, client: Client | None = None, token: str = "", **typed: str):
    compiled = compiled_live(survey)
    fields = {"version": compiled.number, "token": token or receipts.issue_token(survey.key), **typed}
    return (client or Client()).post(f"/enquetes/{survey.key}/repondre/", fields)


def link() -> str:
    """The path of the link in the last mail."""
    return re.search(r"https?://[^/]+(/enquetes/\S+/adresse/\S+/)", mail.outbox[-1].body)[1]


def answers(survey: Survey) -> list:
    """What the one response says, question by question."""
    stored = Response.objects.get().answers
    return [stored[q["id"]] for q in compiled_live(survey).questions]


def everything() -> str:
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            found += [(table, [bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall()]
    return repr(found)


def test_before_it_is_confirmed_the_address_is_nowhere_and_after_in_one_table(survey):
    sent = send(survey, q1=ADDRESS, q2="7")
    assert sent.status_code == 303 and "courriel=envoye" in sent["Location"]
    stored = Response.objects.get()
    assert answers(survey) == [{"given": True}, 7]
    assert ADDRESS not in everything() and "lou.martin" not in everything()
    [letter] = mail.outbox
    assert letter.to == [ADDRESS] and "la réunion publique du 12 mars" in letter.body
    there = link()
    for _twice in range(2):  # machines that look at links change nothing
        page = Client().get(there).content.decode()
        assert ADDRESS in page and not GivenEmail.objects.exists()
    for _twice in range(2):
        assert "Votre adresse est gardée" in Client().post(there, {"keep": "1"}).content.decode()
    assert GivenEmail.objects.get().email == ADDRESS
    assert everything().count(ADDRESS) == 1
    assert not {f.name for f in GivenEmail._meta.fields} - {"id", "survey", "question_id", "email"}
    related = [f for f in GivenEmail._meta.get_fields() if isinstance(f, models.ForeignKey)]
    assert [f.related_model for f in related] == [Survey]

    for _twice in range(2):
        Client().post(there, {"drop": "1"})
        assert not GivenEmail.objects.exists()
    assert Response.objects.get().answers == stored.answers


def test_thank_you_says_what_is_left_to_do_and_follow_up_where_it_is_taken_back(survey):
    client = Client()
    page = client.get(send(survey, client, q1=ADDRESS)["Location"]).content.decode()
    assert "ouvrez le message" in page
    code = re.search(r"<strong>([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)</strong>", page)[1]
    told = client.post("/suivi/", {"code": code}).content.decode()
    assert "ouvrez le lien du message" in told
    assert "ouvrez le message" not in client.get(send(survey, q2="3")["Location"]).content.decode()


def test_a_link_that_is_late_foreign_or_changed_keeps_nothing(survey):
    other = SurveyFactory(open=True, questions=[question("email")])
    send(survey, q1=ADDRESS)
    there = link()
    made_up = f"/enquetes/{survey.key}/adresse/{'A' * 80}/"
    for bad in (there.replace(survey.key, other.key), there[:-4] + "AAA/", made_up):
        for method in ("get", "post"):
            assert getattr(Client(), method)(bad).status_code == 410
    given = given_emails.unseal(survey, there.rstrip("/").rpartition("/")[2])
    assert not given.is_late and given._replace(on=timezone.localdate() - timedelta(days=7)).is_late is False
    assert given._replace(on=timezone.localdate() - timedelta(days=8)).is_late
    assert not GivenEmail.objects.exists()


def test_who_was_kept_can_leave_after_the_week(survey, monkeypatch):
    send(survey, q1=ADDRESS)
    there = link()
    Client().post(there, {"keep": "1"})
    monkeypatch.setattr(given_emails, "CONFIRMED_WITHIN", timedelta(days=-1))
    assert Client().get(there).status_code == 200
    Client().post(there, {"drop": "1"})
    assert not GivenEmail.objects.exists()
    assert Client().post(there, {"keep": "1"}).status_code == 410 and not GivenEmail.objects.exists()


def test_a_question_that_is_asked_no_more_keeps_no_more(survey):
    send(survey, q1=ADDRESS)
    there = link()
    republish(survey, [block for block in survey.questions.raw_data if block["type"] != "email"])
    assert Client().post(there, {"keep": "1"}).status_code == 410 and not GivenEmail.objects.exists()


def test_nobody_is_pestered_and_nobody_learns_who_gave_an_address(survey):
    answers = [send(survey, q1=ADDRESS)["Location"] for _ in range(5)]
    assert len(mail.outbox) == 3 and all("courriel=envoye" in there for there in answers)
    assert Response.objects.count() == 5
    send(survey, q1="Lou.Martin+x@exemple.fr")  # the same mailbox
    assert len(mail.outbox) == 3


def test_one_connection_does_not_flood_many_mailboxes(survey):
    for n in range(given_emails.FROM_CONNECTION.times + 3):
        send(survey, q1=f"lou{n}@exemple.fr")
    assert len(mail.outbox) == given_emails.FROM_CONNECTION.times


def test_who_is_kept_is_not_written_to_again(survey):
    send(survey, q1=ADDRESS)
    Client().post(link(), {"keep": "1"})
    assert "courriel=envoye" in send(survey, q1=ADDRESS)["Location"] and len(mail.outbox) == 1


def test_a_mail_server_that_is_away_loses_no_answer_and_names_nobody(survey, monkeypatch, caplog):
    def away(*_args, **_more):
        raise smtplib.SMTPConnectError(421, f"no {ADDRESS}")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    client = Client()
    sent = send(survey, client, q1=ADDRESS, q2="4")
    assert "courriel=plus-tard" in sent["Location"] and Response.objects.count() == 1
    assert "pas pu vous écrire" in client.get(sent["Location"]).content.decode()
    assert "SMTPConnectError" in caplog.text and ADDRESS not in caplog.text


def test_what_is_no_address_is_said_at_its_field_with_what_was_typed(survey):
    page = send(survey, q1="lou@", q2="5")
    assert page.status_code == 422 and not Response.objects.exists() and not mail.outbox
    told = page.content.decode()
    assert "adresse électronique complète" in told and 'value="lou@"' in told and 'aria-invalid="true"' in told


def test_who_comes_back_finds_that_one_was_given_and_may_give_another_or_none(survey):
    client = Client()
    token = receipts.issue_token(survey.key)
    send(survey, client, token, q1=ADDRESS, q2="5")
    again = send(survey, client, token, q1_kept="1", q2="6")
    assert "courriel" not in again["Location"] and len(mail.outbox) == 1
    assert answers(survey) == [{"given": True}, 6]
    code = receipts.code_for(survey.scope.tag, bytes(survey.scope.salt), token)
    opened = client.post("/suivi/", {"code": receipts.show_code(code), "resume": survey.get_absolute_url()})
    page = client.get(opened["Location"]).content.decode()
    assert "Vous avez donné une adresse" in page and 'name="q1_kept"' in page and ADDRESS not in page
    send(survey, client, token, q1="noe@exemple.fr", q1_kept="1", q2="6")
    assert mail.outbox[-1].to == ["noe@exemple.fr"]
    send(survey, client, token, q1_kept="1", q1_remove="1", q2="6")
    assert answers(survey) == [None, 6]


def test_a_form_of_several_pages_keeps_it_locked_and_writes_once_sent():
    asked = [question("email", "Être prévenu ?"), question("scale", "Une note ?")]
    survey = SurveyFactory(open=True, by_step=True, questions=asked)
    client, compiled = Client(), compiled_live(survey)
    token = receipts.issue_token(survey.key)
    turned = send(survey, client, token, page="1", q1=ADDRESS, go="next")
    assert turned.status_code == 303 and Draft.objects.exists() and not mail.outbox
    assert ADDRESS not in everything() and ADDRESS not in turned["Location"]
    turned = send(survey, client, token, page="2", q2="8", go="next")
    assert ADDRESS in client.get(turned["Location"]).content.decode()  # the last look, to find a slip
    sent = send(survey, client, token, page="relire", go="confirm")
    assert "courriel=envoye" in sent["Location"] and mail.outbox[0].to == [ADDRESS]
    assert not Draft.objects.exists() and ADDRESS not in everything()
    assert compiled.is_paged


def test_in_another_language_the_purpose_is_said_in_it(survey):
    assert any(path.endswith(".purpose") for path in languages.texts(survey.live_version.schema))


@pytest.mark.parametrize("values", [{"required": True}, {"purpose": "  "}])
def test_nobody_is_made_to_give_one_and_everybody_told_what_for(values):
    with pytest.raises(ValidationError):
        SurveyFactory(open=True, questions=[question("email", **values)])


def test_a_year_after_the_survey_closed_they_are_gone(survey):
    kept = SurveyFactory(open=True, questions=[question("email")])
    for one in (survey, kept):
        GivenEmail.objects.create(survey=one, question_id="x", email=ADDRESS)
    for one, days in ((survey, 366), (kept, 300)):
        Survey.objects.filter(pk=one.pk).update(closes_at=timezone.now() - timedelta(days=days))
    assert given_emails.purge() == 1 and GivenEmail.objects.get().survey_id == kept.pk
    assert given_emails.purge() == 0


# In the admin


@pytest.fixture
def signed_in():
    def browser(*groups: str) -> Client:
        client = Client()
        client.force_login(member(*groups, name=groups[0]))
        return client

    return browser


def test_agents_see_them_and_analysts_do_not(survey, signed_in):
    GivenEmail.objects.create(survey=survey, question_id=compiled_live(survey).questions[0]["id"], email=ADDRESS)
    there = f"/admin/surveys/{survey.pk}/emails/"
    agent = signed_in("Agents de communication")
    assert ADDRESS in agent.get(there).content.decode()
    assert there in agent.get("/admin/snippets/surveys/survey/").content.decode()
    for group in ("Analystes", "Modérateurs"):
        assert signed_in(group).get(there).status_code == 404


def test_the_file_is_safe_and_noted_and_the_list_can_go(survey, signed_in):
    asked = compiled_live(survey).questions[0]
    for email in ("=cmd@exemple.fr", ADDRESS):
        GivenEmail.objects.create(survey=survey, question_id=asked["id"], email=email)
    agent, there = signed_in("Agents de communication"), f"/admin/surveys/{survey.pk}/emails/"
    file = agent.post(there, {"question": asked["id"], "act": "fetch"})
    lines = file.content.decode("utf-8-sig").split()
    assert "no-store" in file["Cache-Control"] and lines[-2:] == ["'=cmd@exemple.fr", ADDRESS]
    entry = ModelLogEntry.objects.get(action="palabre.fetch_emails")
    assert entry.data == {"question": "Être prévenu ?", "n": 2} and ADDRESS not in str(entry.data)
    assert agent.post(there, {"question": "x"}).status_code == 404
    agent.post(there, {"question": asked["id"], "act": "delete"})
    assert not GivenEmail.objects.exists() and ModelLogEntry.objects.filter(action="palabre.delete_emails").exists()


def test_the_list_costs_the_same_for_one_and_three(survey, signed_in):
    asked, agent = compiled_live(survey).questions[0], signed_in("Agents de communication")
    there = f"/admin/surveys/{survey.pk}/emails/"
    agent.get(there)
    counts = []
    for n in (1, 3):
        for k in range(n):
            GivenEmail.objects.get_or_create(survey=survey, question_id=asked["id"], email=f"a{k}@exemple.fr")
        with CaptureQueriesContext(connection) as queries:
            agent.get(there)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20, counts
