"""Open answers on the moderation desk: read in their place, redacted, corrected by their author, reported."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from moderation import decisions, registry
from moderation.models import Item
from moderation.registry import Refused
from surveys import open_answers
from surveys.models import OpenAnswer, Response
from tests.factories.moderation import moderator
from tests.factories.surveys import SurveyFactory, question, republish
from tests.factories.words import answered, decided, item_of, open_survey, published, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return registry.sources["answer"]


def said(response: Response | None = None) -> list[str]:
    return list((response or Response.objects.get()).answers.values())


def test_a_moderator_reads_it_under_the_question_as_it_was_asked(source):
    asked = [question("long_text", "Une idée ?")]
    survey = open_survey(*asked, title="La place")
    answer = answered(survey, "un banc")
    asked[0]["value"]["wording"] = "Une autre question ?"
    republish(survey, asked)
    text = source.texts([str(answer.pk)])[str(answer.pk)]
    assert text.shown == "un banc" and text.url == survey.get_absolute_url()
    assert [words for _what, words in text.context] == ["La place", "Une idée ?"]


def test_what_stands_beside_other_says_so(source):
    survey = open_survey(question("single", options=["oui", "non"], other=True))
    answer = answered(survey, {"options": ["other"], "other": "peut-être"})
    assert len(source.texts([str(answer.pk)])[str(answer.pk)].context) == 3
    source.reword(str(answer.pk), "sans doute")
    assert said() == [{"options": ["other"], "other": "sans doute"}]


def test_queries_of_the_desk_are_constant(source):
    counted = []
    for n in (1, 3):
        ids = [str(answered(open_survey(), f"idée {i}").pk) for i in range(n)]
        with CaptureQueriesContext(connection) as queries:
            assert len(source.texts(ids)) == n
        counted.append(len(queries))
    assert counted == [2, 2]


def test_decisions_show_hold_and_take_off():
    answer, boss = answered(open_survey(), "un banc"), moderator()
    for act, status, more in (("publish", "published", {}), ("ask", "pending", {"reason": "Qui ?"})):
        decision = decided(answer, act, boss, **more)
        assert answer.status == status
    decided(answer, "refuse", boss)
    assert answer.status == "pending" or answer.status == "refused"
    decision = decided(answer, "publish", boss)
    decisions.undo(decision, boss)
    answer.refresh_from_db()
    assert answer.status != "published"


def test_a_redaction_leaves_the_response_as_it_was_written():
    answer, boss = answered(open_survey(), "Appelez le 06 00 00 00 00."), moderator()
    decision = decided(answer, "redact", boss, redacted="Appelez le […].")
    assert answer.text == "Appelez le […]." and said() == ["Appelez le 06 00 00 00 00."]
    decisions.undo(decision, boss)
    answer.refresh_from_db()
    assert answer.text == "Appelez le 06 00 00 00 00."


def test_an_authors_correction_changes_the_response_and_stays(source):
    answer = answered(open_survey(), "un banc")
    with transaction.atomic():
        decisions.lock(item_of(answer).pk)
        source.reword(str(answer.pk), source.check(str(answer.pk), " deux\u0000 bancs\r\n "))
    open_answers.note([answer.response_id])
    open_answers.sort()
    assert said() == ["deux bancs"] and OpenAnswer.objects.get().text == "deux bancs"


def test_what_an_author_may_not_send(source):
    closed = SurveyFactory(closed=True, questions=[question("long_text", shown=True)])
    survey = open_survey(question("long_text", max_length=60, shown=True))
    answer = answered(survey, "un banc")
    for text in ("", " \ud800\x00", "x" * 61):
        with pytest.raises(Refused):
            source.check(str(answer.pk), text)
    OpenAnswer.objects.update(survey=closed)
    with pytest.raises(Refused):
        source.check(str(answer.pk), "deux bancs")
    OpenAnswer.objects.all().delete()
    for act in (source.check, source.reword):
        with pytest.raises(Refused):
            act(str(answer.pk), "deux bancs")


def test_only_what_is_shown_is_found_by_its_public_address(source):
    survey = open_survey()
    shown, waiting = published(survey, "un banc"), answered(survey, "une fontaine")
    secret = published(open_survey(shown=False), "secret")
    assert source.find(str(shown.pk)) == str(shown.pk)
    for unknown in (str(waiting.pk), str(secret.pk), "x", "", "\x00", "\ud800", "1" * 4000):
        assert source.find(unknown) is None


@pytest.mark.parametrize("off", ["results", "question", "survey", "scope"])
def test_what_the_results_show_no_more_is_not_found_either(source, client, off):
    survey = open_survey()
    answer = published(survey, "un banc")
    at = f"/signaler/answer/{answer.pk}/"
    assert "un banc" in client.get(at).content.decode()
    if off == "question":
        asked = question("long_text", "Une idée ?", shown=False)
        republish(survey, [{**asked, "id": str(survey.questions[0].id)}])
    elif off == "scope":
        type(survey.scope).objects.update(live=False)
    else:
        fields = {"show_results": "never"} if off == "results" else {"live": False}
        type(survey).objects.filter(pk=survey.pk).update(**fields)
    assert source.find(str(answer.pk)) is None
    assert client.get(at).status_code == 404


def test_what_is_set_aside_says_so_on_the_desk_and_is_shown_to_nobody(source, client):
    survey = open_survey()
    answer = published(survey, "un banc")
    ordinary = source.texts([str(answer.pk)])[str(answer.pk)]
    Response.objects.update(set_aside=True)
    aside = source.texts([str(answer.pk)])[str(answer.pk)]
    assert len(aside.context) == len(ordinary.context) + 1
    client.force_login(moderator())
    assert aside.context[-1][1] in client.get(f"/admin/moderation/{item_of(answer).pk}/").content.decode()
    assert client.get(f"/signaler/answer/{answer.pk}/").status_code == 404
    assert "un banc" not in client.get(f"/enquetes/{survey.key}/resultats/").content.decode()


def test_what_was_never_to_be_shown_can_only_be_read_or_forwarded():
    item = item_of(answered(open_survey(shown=False), "secret"))
    assert set(decisions.acts_for(item)) == {"publish", "forward"}


@pytest.mark.django_db(transaction=True)
def test_an_author_who_corrects_while_it_is_sorted_is_asked_to_wait(source):
    """They hold the item and need the response, the worker the other way round: waiting would be for ever."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    answer = answered(open_survey(), "un banc")
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Response.objects.select_for_update().get()
            held.set()
            done.wait(5)
            list(Item.objects.select_for_update().all())
        connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    held.wait(5)
    with pytest.raises(Refused), transaction.atomic():
        decisions.lock(item_of(answer).pk)
        done.set()
        source.reword(str(answer.pk), "deux bancs")
    worker.join()
    with transaction.atomic():
        source.reword(str(answer.pk), "deux bancs")
    assert said() == ["deux bancs"]


def test_signals_are_looked_for_in_open_answers():
    from moderation import looking

    send(open_survey(shown=False), "Écrivez-moi : jean.dupont@example.org")
    open_answers.sort()
    looking.look_at_new()
    assert " personal " in Item.objects.get().flags
