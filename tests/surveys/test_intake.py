"""Intake through the front door: whatever is sent, never a 500, nothing half stored, nothing lost that was typed."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, reconcile
from counting.models import LedgerEntry, Tally
from participation import receipts
from surveys import forms, intake
from surveys.models import Response, Survey
from tests.factories.citizens import OURS, Citizen, hidden
from tests.factories.surveys import SurveyFactory, every_type, question

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
KEPT = "Des arbres <b>&</b> un « banc »"

# Names in the form of `survey`: q1 single, q2 multiple, q3 grid, q4 scale, q5 number, q6 and q7 texts, q8 date.
TYPES_IN_ORDER = ["single", "multiple", "grid", "scale", "number", "short_text", "long_text", "date"]


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question(kind) for kind in TYPES_IN_ORDER])


@pytest.fixture
def small():
    return SurveyFactory(open=True, questions=[question("scale")])


def counts(survey) -> dict[str, int]:
    fold.fold(survey.tool_id)
    return dict(Tally.objects.filter(tool_id=survey.tool_id).exclude(n=0).values_list("name", "n"))


def ids(survey, n: int, part: str = "options") -> list[str]:
    return [item["id"] for item in survey.live_version.schema["questions"][n - 1][part]]


def good(survey) -> dict[str, object]:
    steps = ids(survey, 3, "scale")
    texts = {"q6": "rue Haute", "q7": KEPT, "q8_day": "3", "q8_month": "2", "q8_year": "2001"}
    choices = {"q1": ids(survey, 1)[0], "q2": ids(survey, 2)[:2], "q3_1": steps[0], "q3_2": steps[1]}
    return {**choices, "q4": "10", "q5": "41", **texts}


def raw(citizen, body: bytes, content_type: str = URLENCODED):
    return citizen.client.post(f"/enquetes/{citizen.key}/repondre/", body, content_type=content_type)


@pytest.mark.parametrize("junk", ["\0", "x" * 6000, "-1", "9" * 400, "٣", "<b>", "1e9"])
def test_junk_in_every_field_of_every_type_is_kept_and_refused(junk):
    """What is refused leads to a control that is there; what was typed into a text stands there again."""
    survey = SurveyFactory(open=True, questions=every_type())
    citizen = Citizen(survey)
    names = set(re.findall(r'name="(q\d+[^"]*)"', citizen.client.get(survey.get_absolute_url()).content.decode()))
    answer = citizen.answer(**dict.fromkeys(names, junk))
    assert answer.status_code in (303, 422) and Response.objects.count() == (answer.status_code == 303)
    body = answer.content.decode()
    links = set(re.findall(r'<a href="#(q[^"]*)"', body))
    assert answer.status_code == 303 or len(links) > 8
    assert all(f'id="{link}"' in body for link in links)


def test_a_complete_response_is_stored_whole_and_counted_once(survey):
    citizen = Citizen(survey)
    answer = citizen.answer(**good(survey))
    assert citizen.code(answer)
    stored = Response.objects.get()
    answers = [stored.answers[q["id"]] for q in survey.live_version.schema["questions"]]
    assert answers[3:8] == [10, 41, "rue Haute", KEPT, "2001-02-03"]
    assert stored.channel == "web" and stored.received_on == timezone.localdate()
    assert counts(survey)["n"] == 1 and reconcile.compare(survey.tool) == []


def test_an_empty_response_counts_as_asked_and_left_empty(survey):
    assert Citizen(survey).answer().status_code == 303
    tallies = counts(survey)
    assert tallies["n"] == 1
    assert sum(n for name, n in tallies.items() if name.startswith("-:")) == len(TYPES_IN_ORDER)


REFUSED = {
    "unknown option": {"q1": "no-such-option"},
    "option of another question": {"q1": "q2 option"},
    "duplicate single": {"q1": ["first", "second"]},
    "option twice": {"q2": ["first", "first"]},
    "too many choices": {"q2": "all"},
    "unknown grid step": {"q3_1": "never"},
    "two grid steps": {"q3_1": ["step", "step2"]},
    "scale beyond": {"q4": "11"},
    "scale below": {"q4": "-1"},
    "scale with words": {"q4": "dix"},
    "scale in other figures": {"q4": "٣"},
    "scale with NUL": {"q4": "1\0"},
    "number too big": {"q5": "121"},
    "number with words": {"q5": "douze"},
    "not a number": {"q5": "NaN"},
    "infinite": {"q5": "Infinity"},
    "exponent": {"q5": "1e999999999"},
    "decimals": {"q5": "1.5"},
    "thousand figures": {"q5": "9" * 5000},
    "two numbers": {"q5": ["1", "2"]},
    "short text too long": {"q6": "x" * 201},
    "text of 1 MB": {"q7": "x" * 1_000_000},
    "day of no month": {"q8_day": "31", "q8_month": "2", "q8_year": "2001"},
    "date by halves": {"q8_day": "3", "q8_month": "", "q8_year": ""},
    "date in words": {"q8_day": "trois", "q8_month": "mars", "q8_year": "2001"},
    "date in other figures": {"q8_day": "٣", "q8_month": "2", "q8_year": "2001"},
    "date of year 0": {"q8_day": "3", "q8_month": "2", "q8_year": "0"},
    "date too far": {"q8_day": "3", "q8_month": "2", "q8_year": "3001"},
    "NUL in an option": {"q1": "\0"},
    "unknown question": {"q99": "x"},
    "unknown part": {"q99_other": "x"},
    "missing token": {"token": ""},
    "forged token": {"token": "a" * 22 + "." + "b" * 22},
    "token with NUL": {"token": "\0" * 45},
    "token beyond ASCII": {"token": "é" * 22 + "." + "b" * 22},
    "long token": {"token": "x" * 100_000},
    "missing version": {"version": ""},
    "unknown version": {"version": "999999999999"},
    "version below 0": {"version": "-1"},
    "version in words": {"version": "one\0"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_at_its_field_with_everything_kept(survey, case):
    steps = ids(survey, 3, "scale")
    one, many = ids(survey, 1), ids(survey, 2)
    real = {"q2 option": many[0], "step": steps[0], "step2": steps[1]}
    typed = dict(REFUSED[case])
    for name, value in typed.items():
        options = many if name == "q2" else one
        if value == "all":
            typed[name] = options
        elif isinstance(value, list):
            typed[name] = [{"first": options[0], "second": options[1]}.get(v) or real.get(v, v) for v in value]
        else:
            typed[name] = real.get(value, value)
    kept = {} if "q7" in typed else {"q7": KEPT}
    answer = Citizen(survey).answer(**{**good(survey), **kept, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422, answer.status_code
    assert Response.objects.count() == LedgerEntry.objects.count() == 0
    assert "error-summary" in page and (not kept or html.escape(KEPT) in page)
    assert receipts.is_valid_token(survey.key, hidden(answer)["token"]), "the form drawn again must be good to send"
    assert answer["Cache-Control"] == "no-store"


def test_a_token_of_another_survey_is_not_taken(survey, small):
    foreign = Citizen(small).open()["token"]
    citizen = Citizen(survey)
    answer = citizen.send({**citizen.open(), "token": foreign}, q7=KEPT)
    assert answer.status_code == 422 and html.escape(KEPT) in answer.content.decode()
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&==&;",
        b"version=1&token=%ED%A0%80&q7=%ED%A0%80",
        b"version=1&token=%00&q7=%00%FF%FE",
        b"%00=%00&q1=%ff",
        b"version=" + b"9" * 100_000,
        b"&".join(b"f%d=1" % i for i in range(20_000)),
        b"version=1&q7=" + b"x" * 2_700_000,
    ],
    ids=["empty", "signs", "surrogate", "nul", "bytes", "version", "20000 fields", "2.7 MB"],
)
def test_raw_bytes_are_refused_and_nothing_breaks(survey, body):
    assert 400 <= raw(Citizen(survey), body).status_code < 500
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="q7"\r\n\r\nab', b"\0\xff" * 50]
)
def test_broken_multipart_is_refused(survey, body):
    citizen = Citizen(survey)
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary="):
        assert 400 <= raw(citizen, body, kind).status_code < 500
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b"a%00b", "ab"),
        (b"a%ED%A0%80b", "a���b"),
        (b"%FF", "�"),
        (b"e%CC%81t%C3%A9", "été"),
        (b"a%0D%0Ab", "a\nb"),
        (b"%00", None),
    ],
)
def test_text_no_database_takes_is_cleaned_and_the_rest_is_kept(sent, stored):
    survey = SurveyFactory(open=True, questions=[question("long_text")])
    citizen = Citizen(survey)
    fields = citizen.open()
    body = f"version={fields['version']}&token={fields['token']}&go=send&q1=".encode() + sent
    assert raw(citizen, body).status_code == 303
    assert list(Response.objects.get().answers.values()) == [stored]


def test_fields_of_the_row_cannot_be_set_from_outside(small):
    citizen = Citizen(small)
    row = {"channel": "paper", "received_on": "1999-01-01", "id": "0" * 32, "participant_key": "x", "survey_id": "1"}
    assert citizen.answer(q1="3", cells="\x01", answers="{}", submission_key="x", code="x", **row).status_code == 303
    stored = Response.objects.get()
    assert (stored.channel, stored.received_on, stored.survey) == ("web", timezone.localdate(), small)
    assert stored.id.int and list(stored.answers.values()) == [3]


# The same form again


def test_the_same_form_sent_again_gives_the_same_code_and_one_row(small):
    citizen = Citizen(small)
    fields = citizen.open()
    codes = {citizen.code(citizen.send(fields, q1="3")) for _ in range(3)}
    assert len(codes) == 1 and Response.objects.count() == LedgerEntry.objects.count() == 1


def test_the_form_sent_again_with_other_answers_corrects_the_totals_exactly(survey):
    citizen, fields = Citizen(survey), None
    fields = citizen.open()
    Citizen(survey).answer(**good(survey))
    first = citizen.code(citizen.send(fields, **good(survey)))
    before = counts(survey)
    again = citizen.code(citizen.send(fields, **{**good(survey), "q4": "2", "q5": ""}))
    after = counts(survey)
    q4, q5 = (survey.live_version.schema["questions"][n]["id"] for n in (3, 4))
    changed = {name: after.get(name, 0) - before.get(name, 0) for name in before.keys() | after.keys()}
    expected = {f"v:{q4}:10": -1, f"v:{q4}:2": 1, f"v:{q5}:41": -1, f"q:{q5}": -1, f"-:{q5}": 1}
    assert {name: n for name, n in changed.items() if n} == expected
    assert first == again and Response.objects.count() == 2 and reconcile.compare(survey.tool) == []


def test_two_persons_in_one_browser_give_two_responses_with_two_codes(small):
    browser = Citizen(small)
    codes = [browser.code(browser.answer(q1=mark)) for mark in ("3", "4")]
    assert len(set(codes)) == 2 and Response.objects.count() == 2


def test_one_person_keeps_one_code_over_the_surveys_of_a_consultation(small):
    other = SurveyFactory(open=True, questions=[question("scale")])
    other.join_scope(small.scope)
    forms.forget()
    browser = Citizen(small)
    first = browser.code(browser.answer(q1="3"))
    browser.key = other.key
    assert browser.code(browser.answer(q1="4")) == first


def test_the_code_in_a_cookie_is_not_believed_of_a_request_that_does_not_say_where_it_comes_from(small):
    other = SurveyFactory(open=True, questions=[question("scale")])
    other.join_scope(small.scope)
    forms.forget()
    browser = Citizen(small)
    first = browser.code(browser.answer(q1="3"))
    browser.key = other.key
    fields = browser.open()
    answer = browser.client.post(f"/enquetes/{other.key}/repondre/", {**fields, "q1": "4", "go": "send"})
    assert browser.code(answer) != first


def _parallel(act, times: int, threads: int = 20) -> list:
    def run(n: int):
        try:
            return act(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_forms_at_once_are_one_response_under_one_code(small):
    fields = Citizen(small).open()

    def send(_n: int) -> str:
        citizen = Citizen(small)
        return citizen.code(citizen.send(fields, q1="3"))

    codes = _parallel(send, 50)
    assert len(codes) == 50 and len(set(codes)) == 1
    assert Response.objects.count() == 1 and counts(small)["n"] == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_corrections_of_one_form_leave_totals_that_agree(small):
    fields = Citizen(small).open()
    statuses = _parallel(lambda n: Citizen(small).send(fields, q1=str(n % 11)).status_code, 40)
    assert set(statuses) == {303} and Response.objects.count() == 1
    tallies = counts(small)
    assert tallies["n"] == 1 and sum(n for name, n in tallies.items() if name.startswith("v:")) == 1
    assert reconcile.compare(small.tool) == []


# When nothing can be taken


def _close(survey, **changes) -> None:
    Survey.objects.filter(pk=survey.pk).update(**changes)


def test_a_form_that_comes_late_is_told_so(small):
    citizen = Citizen(small)
    fields = citizen.open()
    _close(small, closes_at=timezone.now() - timedelta(milliseconds=1))
    answer = citizen.send(fields, q1="3")
    assert answer.status_code == 410 and answer["Cache-Control"] == "no-store"
    assert Response.objects.count() == LedgerEntry.objects.count() == 0


def test_a_response_sent_before_the_end_keeps_its_thanks_afterwards_but_is_not_changed(small):
    citizen = Citizen(small)
    fields = citizen.open()
    code = citizen.code(citizen.send(fields, q1="3"))
    _close(small, closes_at=timezone.now() - timedelta(milliseconds=1))
    assert citizen.code(citizen.send(fields, q1="9")) == code
    assert list(Response.objects.get().answers.values()) == [3]


def test_too_early_is_refused(small):
    citizen = Citizen(small)
    fields = citizen.open()
    _close(small, opens_at=timezone.now() + timedelta(seconds=20))
    assert citizen.send(fields, q1="3").status_code == 410 and Response.objects.count() == 0


@pytest.mark.parametrize("how", ["survey", "scope"])
def test_an_unpublished_survey_takes_nothing_and_has_no_page(small, how):
    citizen = Citizen(small)
    fields = citizen.open()
    if how == "survey":
        small.unpublish()
    else:
        small.scope.live = False
        small.scope.save()
    assert citizen.send(fields, q1="3").status_code == 410 and Response.objects.count() == 0
    forms.forget()
    assert citizen.send(fields, q1="3").status_code == 410 and Response.objects.count() == 0
    assert citizen.client.get(f"/enquetes/{small.key}/").status_code == 404


def test_a_deleted_survey_takes_nothing(small):
    citizen = Citizen(small)
    fields = citizen.open()
    _close(small, live_version=None)
    Survey.objects.get(pk=small.pk).delete()
    assert citizen.send(fields, q1="3").status_code in (404, 410)
    forms.forget()
    assert citizen.send(fields, q1="3").status_code in (404, 410)


@pytest.mark.parametrize("key", ["nope", "a%00b", "%ED%A0%80", "é", "x" * 2000, "%2e%2e"])
@pytest.mark.parametrize("path", ["", "repondre/", "merci/", "resultats/", "resultats.json", "resultats.csv"])
def test_addresses_of_no_survey_are_not_found(key, path):
    from django.test import Client

    client = Client(raise_request_exception=False)
    address = f"/enquetes/{key}/{path}"
    assert client.get(address).status_code in (303, 400, 404)
    assert client.post(address, {"version": "1"}).status_code in (400, 404, 405)


def test_other_methods_and_content_types(small):
    client = Citizen(small).client
    address = f"/enquetes/{small.key}/repondre/"
    assert client.get(address).status_code == 303 and client.get(address)["Location"] == f"/enquetes/{small.key}/"
    for method in (client.put, client.delete, client.patch, client.options):
        answer = method(address)
        assert answer.status_code == 405 and answer["Allow"] == "POST"
    for kind in ("application/json", "text/plain", "application/xml", "x" * 500, ""):
        assert client.generic("POST", address, b"{}", content_type=kind).status_code == 415
    assert client.post(f"/enquetes/{small.key}/").status_code == 405
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://ailleurs.example"}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "https://ailleurs.example/x"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"referer": "http://testserver/x"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({}, 303),
    ],
)
def test_forms_sent_from_another_site_are_refused(small, headers, status):
    citizen = Citizen(small)
    fields = {**citizen.open(), "q1": "3", "go": "send"}
    answer = citizen.client.post(f"/enquetes/{small.key}/repondre/", fields, headers=headers)
    assert answer.status_code == status and Response.objects.count() == (status == 303)


def test_a_flood_from_one_address_is_slowed_and_nothing_typed_is_lost(settings):
    settings.RESPONSES_PER_ADDRESS = (2, 600)
    survey = SurveyFactory(open=True, questions=[question("long_text")])
    citizen = Citizen(survey)
    assert [citizen.answer(q1="a").status_code for _ in range(2)] == [303, 303]
    answer = citizen.answer(q1=KEPT)
    assert answer.status_code == 429 and answer["Retry-After"] and html.escape(KEPT) in answer.content.decode()
    assert Response.objects.count() == 2


def test_a_database_that_cannot_take_it_says_not_saved_and_keeps_what_was_typed(monkeypatch):
    survey = SurveyFactory(open=True, questions=[question("long_text")])
    citizen = Citizen(survey)
    fields = citizen.open()

    def broken(*args, **kwargs):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "record_response", broken)
        answer = citizen.send(fields, q1=KEPT)
    assert answer.status_code == 503 and answer["Retry-After"] and html.escape(KEPT) in answer.content.decode()
    again = hidden(answer)
    assert again["token"] == fields["token"], "sending again must be the same submission"
    assert citizen.send(again, q1=KEPT).status_code == 303


# Cookies, caches and thanks


def test_looking_sets_no_cookie_and_sending_sets_one_that_no_script_reads(small):
    citizen = Citizen(small)
    for path in ("", "merci/", "resultats/", "resultats.json"):
        answer = citizen.client.get(f"/enquetes/{small.key}/{path}")
        assert not answer.cookies and "no-" in answer.get("Cache-Control", "no-"), path
    refused = citizen.answer(q1="11")
    assert refused.status_code == 422 and not refused.cookies
    sent = citizen.answer(q1="3")
    assert sent["Cache-Control"] == "no-store"
    (cookie,) = sent.cookies.values()
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"] and not cookie["expires"]


def test_the_code_is_shown_to_who_sent_for_an_hour_only(small, monkeypatch):
    citizen = Citizen(small)
    sent = citizen.answer(q1="3")
    code = citizen.code(sent)
    page = citizen.client.get(sent["Location"])
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "no-referrer"
    bare = f"/enquetes/{small.key}/merci/"
    for address in (bare, f"{bare}?t=x", f"{bare}?t=%00", sent["Location"][:-3]):
        answer = citizen.client.get(address)
        assert answer.status_code == 200 and code not in answer.content.decode()
    monkeypatch.setattr(receipts, "TICKET_SECONDS", -1)
    assert code not in citizen.client.get(sent["Location"]).content.decode()


def test_a_ticket_for_a_form_that_was_never_stored_shows_no_code(small):
    token = Citizen(small).open()["token"]
    page = Citizen(small).client.get(f"/enquetes/{small.key}/merci/?t={receipts.issue_ticket(token)}")
    assert receipts.show_code(receipts.code_for(small.scope.tag, small.scope.salt, token)) not in page.content.decode()


def test_nothing_of_the_visitor_is_stored_beside_the_answers(small):
    citizen = Citizen(small)
    code = citizen.code(citizen.answer(q1="3")).replace("-", "")
    columns = {field.column for field in Response._meta.fields}
    assert not columns & {"ip", "address", "user_agent", "created_at", "language"}
    stored = Response.objects.values().get()
    assert code not in repr(stored) and "127.0.0.1" not in repr(stored)


# What it costs


def _statements(survey, typed) -> int:
    Citizen(survey).answer(**typed)  # what is compiled once per process is not this response's cost
    citizen = Citizen(survey)
    fields = citizen.open()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert (
            citizen.client.post(
                f"/enquetes/{survey.key}/repondre/", {**fields, **typed, "go": "send"}, headers=OURS
            ).status_code
            == 303
        )
    return len(captured)


@pytest.mark.django_db(transaction=True)
def test_a_response_costs_at_most_four_statements_however_many_questions():
    by_questions = {}
    for n in (1, 20):
        survey = SurveyFactory(open=True, questions=[question("scale") for _ in range(n)])
        citizen_typed = {f"q{i}": "5" for i in range(1, n + 1)}
        by_questions[n] = _statements(survey, citizen_typed)
    # SQLite, in our own process, takes the arrival as a statement of its own.
    assert by_questions[1] == by_questions[20] <= (4 if connection.vendor == "postgresql" else 5)
