"""Taking part without a name: codes, tickets, the follow-up page, addresses, windows."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from counting import fold, reconcile
from counting.models import Tally
from participation import limits, receipts, views, windows
from participation.identity import participant_key, submission_key
from participation.models import ALPHABET, Scope
from surveys.models import Response, Survey
from tests.factories.citizens import Citizen
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("scale")])


@pytest.fixture
def sent(survey):
    """The code of one response."""
    citizen = Citizen(survey)
    return citizen.code(citizen.answer(q1="3"))


def follow(code: str, headers: dict | None = None, **fields):
    client = Client(raise_request_exception=False)
    return client.post("/suivi/", {"code": code, **fields}, headers=headers or {})


# Codes, tokens, tickets


def test_a_code_is_the_scope_and_eighty_bits_of_a_keyed_hash():
    code = receipts.code_for("AB12", b"salt", "token")
    assert len(code) == 20 and code.startswith("AB12") and set(code) <= set(ALPHABET)
    assert code == receipts.code_for("AB12", b"salt", "token")
    others = {receipts.code_for("AB12", *parts) for parts in [(b"salt", "token2"), (b"salt2", "token")]}
    assert code not in others and len(others) == 2


def test_codes_mean_nothing_without_the_secret(settings):
    code, key = receipts.code_for("AB12", b"s", "t"), participant_key(b"s", "c")
    settings.PARTICIPATION_SECRET = "another"
    assert receipts.code_for("AB12", b"s", "t") != code and participant_key(b"s", "c") != key


def test_keys_of_one_person_in_two_consultations_have_nothing_in_common():
    assert participant_key(b"a", "code") != participant_key(b"b", "code")
    assert participant_key(b"a", "code") != submission_key(b"a", "code")


@pytest.mark.parametrize(
    "spoil", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("0", "o"), lambda c: f" {c}\n"]
)
def test_codes_are_read_as_people_write_them(spoil):
    code = "0AB1-2CDE-FGHJ-0123-4567"
    assert receipts.read_code(spoil(code)) == code.replace("-", "")
    assert receipts.read_code("OAB1-2CDE-FGHJ-OI2E-4L67") == "0AB12CDEFGHJ012E4167"


@given(st.text(max_size=60))
def test_anything_else_is_no_code_and_breaks_nothing(typed):
    code = receipts.read_code(typed)
    assert code is None or (len(code) == 20 and set(code) <= set(ALPHABET))


@given(st.text(max_size=80))
def test_no_token_and_no_ticket_can_be_made_up(made_up):
    assert not receipts.is_valid_token("survey", made_up) and receipts.read_ticket(made_up) is None


def test_a_token_is_good_for_its_form_only():
    token = receipts.issue_token("a")
    assert receipts.is_valid_token("a", token) and not receipts.is_valid_token("b", token)
    assert not receipts.is_valid_token("a", token[:-1] + ("A" if token[-1] != "A" else "B"))


def test_a_ticket_lives_an_hour(monkeypatch):
    ticket = receipts.issue_ticket("token")
    assert receipts.read_ticket(ticket) == "token"
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 3599)
    assert receipts.read_ticket(ticket) == "token"
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 3602)
    assert receipts.read_ticket(ticket) is None


def test_a_tag_already_taken_is_drawn_again(monkeypatch):
    taken = Scope.objects.create().tag
    drawn = iter([taken, taken, "ZZZZ"])
    monkeypatch.setitem(Scope._meta.get_field("tag").__dict__, "_get_default", lambda: next(drawn))
    assert Scope.objects.create().tag == "ZZZZ"


# The follow-up page


def test_the_page_says_whether_a_response_is_counted(survey, sent):
    waiting = follow(sent)
    assert waiting.status_code == 200 and survey.title in waiting.content.decode()
    assert "no-store" in waiting["Cache-Control"] and not waiting.cookies
    fold.sweep()
    assert follow(sent).content != waiting.content


@pytest.mark.parametrize("code", ["", "x", "0000-0000-0000-0000-0000", "\0" * 20, "é" * 20, "x" * 100_000, "ß" * 20])
def test_what_is_no_code_finds_nothing(sent, code):
    assert follow(code).status_code == 422


def test_a_code_with_one_wrong_letter_finds_nothing(sent):
    assert follow(sent[:-1] + ("A" if sent[-1] != "A" else "B")).status_code == 422


def test_other_sites_and_other_methods_are_refused(sent):
    assert follow(sent, {"origin": "https://ailleurs.example"}).status_code == 403
    client = Client()
    assert client.put("/suivi/").status_code == 405 and client.get("/suivi/").status_code == 200
    assert sent not in client.get(f"/suivi/?code={sent}").content.decode()


def test_codes_cannot_be_tried_for_ever(sent):
    statuses = [follow("0000-0000-0000-0000-0000").status_code for _ in range(views.LOOKUPS.times + 1)]
    assert set(statuses[:-1]) == {422} and statuses[-1] == 429
    assert follow(sent).status_code == 429, "a right code says no more than a wrong one"


def test_withdrawing_asks_first_then_takes_back_the_response_and_its_count(survey, sent):
    fold.sweep()
    address = survey.get_absolute_url()
    assert follow(sent, withdraw=address).status_code == 200 and Response.objects.count() == 1
    assert follow(sent, withdraw=address, sure="1").status_code == 200 and Response.objects.count() == 0
    fold.sweep()
    assert Tally.objects.get(tool=survey.tool, name="n").n == 0 and reconcile.compare(survey.tool) == []
    assert follow(sent).status_code == 422


@pytest.mark.parametrize("address", ["", "/enquetes/other/", "x", "\0"])
def test_only_what_the_code_stands_for_can_be_withdrawn(survey, sent, address):
    other = SurveyFactory(open=True, questions=[question("scale")])
    Citizen(other).answer(q1="3")
    for url in (address, other.get_absolute_url()):
        assert follow(sent, withdraw=url, sure="1").status_code == 200
    assert Response.objects.count() == 2


def test_after_the_end_nothing_is_withdrawn(survey, sent):
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now())
    follow(sent, withdraw=survey.get_absolute_url(), sure="1")
    assert Response.objects.count() == 1


def test_erase_forgets_in_any_phase_and_the_totals_follow(survey, sent):
    fold.sweep()
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now())
    call_command("erase", sent)
    assert Response.objects.count() == 0 and Tally.objects.get(tool=survey.tool, name="n").n == 0
    with pytest.raises(CommandError):
        call_command("erase", sent)
    with pytest.raises(CommandError) as refused:
        call_command("erase", "not a code")
    assert refused.value.returncode == 2


# Addresses


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (0, "", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "", "9.9.9.9"),
        (1, " , ,", "9.9.9.9"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "2.2.2.2", "9.9.9.9"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, seen):
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert limits.client_address(RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", **extra)) == seen


def test_limits_are_per_address_and_leave_no_address_in_memory():
    limit = limits.Limit("test", 2, 600)
    one, other = (RequestFactory().get("/", REMOTE_ADDR=a) for a in ("1.2.3.4", "5.6.7.8"))
    assert [limits.is_over(limit, one) for _ in range(3)] == [False, False, True]
    assert not limits.is_over(limit, other) and not limits.is_over(limits.Limit("more", 0, 600), one)
    assert "1.2.3.4" not in repr(limits._counts)


def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "_MAX_KEYS", 50)
    for n in range(500):
        limits.is_over(
            limits.Limit("test", 2, 600), RequestFactory().get("/", REMOTE_ADDR=f"10.0.{n // 250}.{n % 250}")
        )
    assert len(limits._counts) <= 50


# Windows


def test_windows_include_their_beginning_and_exclude_their_end():
    noon = timezone.now()
    moment = timedelta(microseconds=1)
    assert windows.is_within(noon, noon, None) and not windows.is_within(noon - moment, noon, None)
    assert not windows.is_within(noon, None, noon) and windows.is_within(noon - moment, None, noon)
    assert windows.is_within(noon, None, None) and not windows.is_within(noon, noon, noon)


@pytest.mark.parametrize("whose", ["survey", "scope"])
@pytest.mark.parametrize(
    ("opens", "closes", "status"), [(-5, 5, 303), (None, None, 303), (5, None, 410), (None, -5, 410), (-9, -5, 410)]
)
def test_both_windows_are_judged(survey, whose, opens, closes, status):
    citizen = Citizen(survey)
    fields = citizen.open()
    ends = {"opens_at": opens, "closes_at": closes}
    dates = {name: n and timezone.now() + timedelta(seconds=n) for name, n in ends.items()}
    rows = Survey.objects.filter(pk=survey.pk) if whose == "survey" else Scope.objects.filter(pk=survey.scope_id)
    rows.update(**dates)
    assert citizen.send(fields, q1="3").status_code == status
    assert Response.objects.count() == (status == 303)


@pytest.mark.parametrize("ahead", [timedelta(days=-2), timedelta(days=2)])
def test_the_clock_of_the_database_decides_not_that_of_a_web_host(survey, monkeypatch, ahead):
    """The host's clock is two days wrong; the survey is open, then closed, by the database's."""
    citizen, late = Citizen(survey), Citizen(survey)
    fields, late_fields = citizen.open(), late.open()
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    monkeypatch.setattr(timezone, "now", lambda: now + ahead)
    assert citizen.send(fields, q1="3").status_code == 303
    Survey.objects.filter(pk=survey.pk).update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(seconds=1))
    assert late.send(late_fields, q1="3").status_code == 410


def test_the_database_reads_its_clock_at_each_statement():
    with connection.cursor() as cursor:
        seen = []
        for _ in range(2):
            cursor.execute(f"SELECT {windows.database_now_sql()}", [])
            seen.append(cursor.fetchone()[0])
    assert seen[0] <= seen[1] and (connection.vendor == "sqlite" or seen[0] != seen[1])


def test_a_token_says_when_it_was_drawn():
    import time

    token = receipts.issue_token("a")
    assert abs(receipts.issued_at(token) - time.time()) < 5
    assert receipts.voucher_of(token) is None
    assert receipts.issued_at("é" * 22 + ".x") is None


def test_a_token_of_somebody_vouched_for_is_the_same_person_everywhere_in_a_scope():
    voucher = receipts.Voucher("letter", "s" * 22)
    one, two = receipts.issue_token("a", voucher), receipts.issue_token("b", voucher)
    assert one == receipts.issue_token("a", voucher) and one != two
    assert receipts.is_valid_token("a", one) and not receipts.is_valid_token("b", one)
    assert receipts.voucher_of(one) == voucher and receipts.issued_at(one) is None
    assert receipts.code_for("AB12", b"salt", one) == receipts.code_for("AB12", b"salt", two)
    other = receipts.issue_token("a", receipts.Voucher("email", "s" * 22))
    assert receipts.code_for("AB12", b"salt", other) != receipts.code_for("AB12", b"salt", one)
    assert not receipts.is_valid_token("a", "x" + one[1:]), "another level cannot be claimed"
