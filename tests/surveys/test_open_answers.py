"""Open answers are sorted out of responses by a worker: once, whatever dies; changed and gone with their response."""

import contextlib
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from moderation.models import Decision, Item, Sealed
from participation import receipts
from participation.receipts import issue_token
from surveys import intake, jobs, open_answers
from surveys.forms import compiled_live
from surveys.models import OpenAnswer, Response, UnsortedAnswers
from tests.factories.moderation import moderator
from tests.factories.surveys import question, republish
from tests.factories.words import answered, decided, item_of, open_survey, send

pytestmark = pytest.mark.django_db


def texts() -> list[str]:
    return sorted(OpenAnswer.objects.values_list("text", flat=True))


def key_of(survey, receipt) -> bytes:
    key = receipts.key_of(receipt.code)
    assert key
    return key


def test_each_text_becomes_an_item_with_the_promise_under_which_it_was_written():
    survey = open_survey(
        question("single", options=["oui", "non"], other=True),
        question("short_text", "Une rue ?"),
        question("long_text", "Une idée ?", shown=True),
        question("scale"),
    )
    option = compiled_live(survey).questions[0]["options"][0]["id"]
    send(survey, {"options": [option, "other"], "other": "peut-être"}, "rue Haute", "un banc", 4)
    assert open_answers.sort() == 1 and open_answers.sort() == 0
    found = {a.text: (a.part, a.shown, a.status, item_of(a).public) for a in OpenAnswer.objects.all()}
    assert found == {
        "peut-être": ("other", False, "pending", False),
        "rue Haute": ("", False, "pending", False),
        "un banc": ("", True, "pending", True),
    }
    response = Response.objects.get()
    for item in Item.objects.filter(kind="answer"):
        assert bytes(item.author_key) == bytes(response.participant_key) and item.scope_id == survey.scope_id


def test_a_response_without_words_leaves_nothing_to_sort():
    survey = open_survey(question("long_text"), question("scale"))
    send(survey, None, 3)
    assert not UnsortedAnswers.objects.exists()
    send(survey, "un banc", 3)
    assert UnsortedAnswers.objects.get().response_id in set(Response.objects.values_list("pk", flat=True))


def test_old_versions_without_the_promise_show_nothing():
    survey = open_survey()
    version = survey.live_version
    schema = version.schema
    del schema["questions"][0]["shown"]
    type(version).objects.filter(pk=version.pk).update(schema=schema)
    assert not answered(survey, "un banc").shown


def test_sorting_twice_changes_nothing():
    survey = open_survey()
    answer = answered(survey, "un banc")
    decided(answer)
    open_answers.note([answer.response_id, answer.response_id])
    assert open_answers.sort() == 2
    assert [(a.pk, a.status) for a in OpenAnswer.objects.all()] == [(answer.pk, "published")]
    assert Item.objects.count() == 1 and item_of(answer).state == "published"


def test_what_is_gone_meanwhile_is_passed_over():
    open_answers.note([uuid.uuid4()])
    assert open_answers.sort() == 1 and not OpenAnswer.objects.exists()


def test_a_batch_that_fails_is_sorted_the_next_time(monkeypatch):
    send(open_survey(), "un banc")
    with monkeypatch.context() as broken, pytest.raises(RuntimeError), transaction.atomic():
        broken.setattr(open_answers.queue, "arrive_many", _fail)
        open_answers.sort()
    assert UnsortedAnswers.objects.count() == 1 and not OpenAnswer.objects.exists()
    open_answers.sort()
    assert texts() == ["un banc"]


def _fail(*_args):
    raise RuntimeError


def test_a_correction_waits_to_be_read_anew():
    survey, token = open_survey(), issue_token("x")
    send(survey, "un banc", token=token)
    open_answers.sort()
    [answer] = OpenAnswer.objects.all()
    decided(answer, "redact", moderator(), redacted="un […]")
    send(survey, "deux bancs", token=token)
    open_answers.sort()
    answer.refresh_from_db()
    item = item_of(answer)
    assert (answer.text, answer.status, item.state, item.waiting) == ("deux bancs", "pending", "pending", True)
    assert not Sealed.objects.exists(), "what was masked is gone, the seal with it"
    assert item.decisions.filter(act=Decision.Act.RESEND, before="published").count() == 1 and item.times_sent == 2


def test_a_text_taken_out_leaves_the_desk():
    survey, token = open_survey(), issue_token("x")
    send(survey, "un banc", token=token)
    open_answers.sort()
    item = item_of(OpenAnswer.objects.get())
    send(survey, None, token=token)
    open_answers.sort()
    item.refresh_from_db()
    assert not OpenAnswer.objects.exists() and (item.state, item.author_key, item.waiting) == ("gone", None, False)
    send(survey, "deux bancs", token=token)
    open_answers.sort()
    assert item_of(OpenAnswer.objects.get()) != item


def test_a_redaction_survives_sorting():
    answer = answered(open_survey(), "Appelez le 06 00 00 00 00.")
    decided(answer, "redact", moderator(), redacted="Appelez le […].")
    open_answers.note([answer.response_id])
    open_answers.sort()
    answer.refresh_from_db()
    assert (answer.text, answer.status) == ("Appelez le […].", "published")
    assert "06 00" in str(Response.objects.get().answers), "the authority keeps what was written"


def test_a_promise_holds_when_the_agent_changes_their_mind():
    asked = [question("long_text", "Une idée ?")]
    survey = open_survey(*asked)
    before = answered(survey, "dit en confiance")
    decided(before)
    asked[0]["value"]["shown"] = True
    survey = republish(survey, asked)
    open_answers.note([before.response_id])
    after = answered(survey, "dit à tous")
    before.refresh_from_db()
    assert not before.shown and not item_of(before).public and after.shown and item_of(after).public


def test_the_same_words_sent_again_under_another_promise_are_read_anew():
    asked, token = [question("long_text", "Une idée ?"), question("scale")], issue_token("x")
    survey = open_survey(*asked)
    send(survey, "un banc", 1, token=token)
    open_answers.sort()
    answer = OpenAnswer.objects.get()
    decided(answer)
    asked[0]["value"]["shown"] = True
    send(republish(survey, asked), "un banc", 2, token=token)
    open_answers.sort()
    answer.refresh_from_db()
    assert (answer.shown, answer.status, item_of(answer).public) == (True, "pending", True)


@pytest.mark.parametrize("way", ["withdraw", "erase"])
def test_nothing_stays_of_what_is_taken_back(way):
    survey = open_survey()
    receipt = send(survey, "secret")
    open_answers.sort()
    answer = OpenAnswer.objects.get()
    decided(answer, "redact", moderator(), redacted="sec[…]")
    key = key_of(survey, receipt)
    assert intake.withdraw(survey, key) if way == "withdraw" else receipts.erase(receipt.code)
    item = Item.objects.get()
    assert not OpenAnswer.objects.exists() and not Response.objects.exists() and not Sealed.objects.exists()
    assert (item.state, item.author_key) == ("gone", None)


def test_taken_back_before_it_was_sorted():
    survey = open_survey()
    receipt = send(survey, "secret")
    assert intake.withdraw(survey, key_of(survey, receipt))
    open_answers.sort()
    assert not OpenAnswer.objects.exists() and not UnsortedAnswers.objects.exists() and not Item.objects.exists()


def test_imports_are_sorted_too():
    survey = compiled_live(open_survey(question("long_text"), question("scale")))
    words, scale = (q["id"] for q in survey.questions)
    rows = [(f"import:{n}", {words: f"idée {n}" if n % 2 else None, scale: n}) for n in range(6)]
    intake.record_many(survey, rows)
    intake.record_many(survey, rows)
    assert UnsortedAnswers.objects.count() == 3
    open_answers.sort()
    assert texts() == ["idée 1", "idée 3", "idée 5"]


def test_queries_do_not_grow_with_the_number_of_responses(django_assert_max_num_queries):
    survey, counted = open_survey(), []
    for n in (1, 3):
        for i in range(n):
            send(survey, f"idée {n} {i}")
        with CaptureQueriesContext(connection) as queries:
            open_answers.sort()
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_one_nudge_for_all_that_come_within_a_moment(monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(jobs, "GATHER", 0.05)
    monkeypatch.setattr(jobs, "enqueue_once", lambda job, *_args, **_more: sent.append(job))
    survey = open_survey()
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(3):
            send(survey, f"idée {n}")
    for timer in [t for t in threading.enumerate() if isinstance(t, threading.Timer)]:
        timer.join(2)
    assert sent == ["surveys.jobs.sort_answers"]
    assert jobs.sort_answers() == 3 and jobs.sort_periodically() == 0


def test_what_a_job_has_no_time_for_is_left_to_the_next(monkeypatch):
    sent = []
    monkeypatch.setattr(jobs, "enqueue_once", lambda job, *_args, **_more: sent.append(job))
    survey = open_survey()
    for n in range(3):
        send(survey, f"idée {n}")
    monkeypatch.setattr(jobs.open_answers, "sort", lambda sort=open_answers.sort: sort(seconds=-1, batch=2))
    assert jobs.sort_answers() == 2 and sent == ["surveys.jobs.sort_answers"]
    assert jobs.sort_answers() == 1 and len(sent) == 1


def test_the_scheduler_makes_up_for_lost_nudges():
    from cms.scheduling import DUTIES

    send(open_survey(), "un banc")
    [duty] = [d for d in DUTIES if d.name == "sort"]
    duty.act()
    assert duty.seconds == 30 and texts() == ["un banc"]


@pytest.mark.django_db(transaction=True)
def test_many_sort_while_authors_correct_and_withdraw():
    """Whatever the order, in the end the desk has exactly what the responses say."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    survey, troubles, stop = open_survey(), [], threading.Event()
    tokens = [issue_token(f"x{n}") for n in range(40)]
    codes = [send(survey, f"première {n}", token=token).code for n, token in enumerate(tokens)]

    def run(act):
        try:
            act()
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    def keep_sorting():
        while not stop.is_set():
            open_answers.sort(batch=7)

    def correct(part):
        for turn in range(3):
            for n in range(part, 40, 2):
                with contextlib.suppress(intake.Closed):  # erased between two looks at it
                    send(survey, f"{turn} {n}" if (turn + n) % 5 else None, token=tokens[n])

    def withdraw():
        for n in range(0, 40, 4):
            intake.erase(receipts.key_of(codes[n]))

    sorters = [threading.Thread(target=run, args=(keep_sorting,)) for _ in range(3)]
    others = [threading.Thread(target=run, args=(act,)) for act in (lambda: correct(0), lambda: correct(1), withdraw)]
    for thread in (*sorters, *others):
        thread.start()
    for thread in others:
        thread.join()
    stop.set()
    for thread in sorters:
        thread.join()
    assert troubles == []
    open_answers.sort()
    [qid] = [q["id"] for q in compiled_live(survey).questions]
    said = sorted(r.answers[qid] for r in Response.objects.all() if r.answers[qid])
    assert texts() == said and not UnsortedAnswers.objects.exists()
    on_desk = Item.objects.filter(kind="answer").exclude(state="gone")
    assert sorted(on_desk.values_list("object_id", flat=True)) == sorted(
        map(str, OpenAnswer.objects.values_list("pk", flat=True))
    )
