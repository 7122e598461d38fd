"""Ballot stuffing is set aside, visibly; honest people behind the same address are counted; a person decides."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from counting import fold, reconcile
from counting.models import LedgerEntry, Tally, Tool
from deliberation.models import Voter
from moderation import burst_watch, quarantine
from moderation.models import Burst, Watch
from participation import arrivals, receipts
from participation.models import Arrival, DailySalt
from surveys.models import Response
from tests.factories.citizens import OURS, Citizen
from tests.factories.debates import DebateFactory
from tests.factories.moderation import holder
from tests.factories.stuffing import ADDRESS, Sender, honest_seconds
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    """What is said is looked for as it is written in the code."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("scale") for _n in range(5)])


@pytest.fixture
def debate():
    return DebateFactory(open=True)


@pytest.fixture
def moderator(django_user_model):
    return holder("decide_burst")


def scales(draw: random.Random) -> dict[str, str]:
    return {f"q{n}": str(draw.randrange(11)) for n in range(1, 6)}


def counts(tool_id: int) -> dict[str, int]:
    """Tallies by name; a recount must find the same, before and after what waits is brought in."""
    assert reconcile.compare(Tool.objects.get(pk=tool_id)) == []
    fold.fold(tool_id)
    assert reconcile.compare(Tool.objects.get(pk=tool_id)) == []
    return dict(Tally.objects.filter(tool_id=tool_id).exclude(n=0).values_list("name", "n"))


def stuff(monkeypatch, tool, machines: int, forging: bool = False, **typed: str) -> None:
    sender = Sender(monkeypatch, tool, forging)
    for _machine in range(machines):
        sender.send(**typed)


# What must be shown


@pytest.mark.once
@pytest.mark.parametrize("forging", [False, True])
def test_stuffing_a_survey_is_set_aside_and_honest_people_at_its_address_are_not(
    monkeypatch, survey, moderator, client, forging
):
    draw = random.Random(1)
    people, machines = Sender(monkeypatch, survey, forging), Sender(monkeypatch, survey, forging)
    for took, at in honest_seconds(40)[:20]:
        people.send(took, at, **scales(draw))
    only_honest = [counts(survey.tool_id)]
    for _machine in range(500):
        machines.send(**scales(draw))
    for took, at in honest_seconds(40)[20:]:
        people.send(took, at, **scales(draw))
    everything = counts(survey.tool_id)
    assert everything["n"] == 540 and only_honest[0]["n"] == 20

    assert burst_watch.look(survey.tool_id) == 500
    assert counts(survey.tool_id)["n"] == 40
    figures = client.get(f"/enquetes/{survey.key}/resultats.json").json()
    assert (figures["responses"], figures["set_aside"]) == (40, 500)
    page = client.get(f"/enquetes/{survey.key}/resultats/").content.decode()
    assert "500" in page and "/moderation/" in page
    assert Response.objects.count() == 540  # stored all the same

    burst = Burst.objects.get()
    assert (burst.rule, burst.size, burst.state) == ("quick", 500, "held")
    quarantine.decide(burst, "held", "released", moderator, "Une animation à la médiathèque.")
    assert quarantine.settle(burst)
    assert counts(survey.tool_id) == everything
    figures = client.get(f"/enquetes/{survey.key}/resultats.json").json()
    assert (figures["responses"], figures["set_aside"]) == (540, 0)
    assert burst_watch.look(survey.tool_id) == 0


@pytest.mark.once
@pytest.mark.parametrize("forging", [False, True])
def test_stuffing_a_debate_is_set_aside_and_honest_people_at_its_address_are_not(
    monkeypatch, debate, moderator, client, forging
):
    people = Sender(monkeypatch, debate, forging)
    for took, at in honest_seconds(40):
        people.send(took, at)
    honest = counts(debate.tool_id)
    stuff(monkeypatch, debate, 500, forging, vote="disagree")
    everything = counts(debate.tool_id)
    assert (honest["n"], everything["n"]) == (40, 540)

    assert burst_watch.look(debate.tool_id) == 500
    assert counts(debate.tool_id) == honest
    figures = client.get(f"/debats/{debate.key}/resultats.json").json()
    assert (figures["participants"], figures["set_aside"]) == (40, 500)
    assert "500" in client.get(f"/debats/{debate.key}/resultats/").content.decode()

    burst = Burst.objects.get()
    quarantine.decide(burst, "held", "released", moderator, "Une erreur de notre part.")
    assert quarantine.settle(burst) and counts(debate.tool_id) == everything
    assert client.get(f"/debats/{debate.key}/resultats.json").json()["set_aside"] == 0


def test_cookies_made_up_by_the_sender_help_nothing(monkeypatch, survey):
    sender = Sender(monkeypatch, survey)
    opened = sender._open

    def with_cookie(client, *args):
        client.cookies[f"code_{survey.scope.tag}"] = survey.scope.tag + f"{sender.draw.randrange(10**15):016d}"
        return opened(client, *args)

    sender._open = with_cookie
    for _machine in range(25):
        sender.send(q1="3")
    assert burst_watch.look(survey.tool_id) == 25


def test_a_class_that_answers_at_once_is_counted(monkeypatch, survey):
    draw, school = random.Random(2), Sender(monkeypatch, survey)
    for _pupil in range(60):
        took = draw.uniform(30, 200)
        school.send(took, took, **scales(draw))
    assert burst_watch.look(survey.tool_id) == 0 and counts(survey.tool_id)["n"] == 60


# Looking


def test_what_continues_a_burst_joins_it_also_once_it_is_confirmed(monkeypatch, survey, moderator):
    stuff(monkeypatch, survey, 25)
    assert burst_watch.look(survey.tool_id) == 25 and burst_watch.look(survey.tool_id) == 0
    stuff(monkeypatch, survey, 5)
    assert burst_watch.look(survey.tool_id) == 5
    burst = Burst.objects.get()
    quarantine.decide(burst, "held", "confirmed", moderator, "Des robots.")
    stuff(monkeypatch, survey, 3)
    assert burst_watch.look(survey.tool_id) == 3
    burst.refresh_from_db()
    assert (burst.size, burst.state, sum(burst.shape["minutes"].values())) == (33, "confirmed", 33)
    assert Tool.objects.get(pk=survey.tool_id).set_aside == 33 and counts(survey.tool_id).get("n", 0) == 0


def test_what_a_person_released_is_no_reason_to_suspect_who_comes_after(monkeypatch, survey, moderator):
    stuff(monkeypatch, survey, 25)
    burst_watch.look(survey.tool_id)
    burst = Burst.objects.get()
    quarantine.decide(burst, "held", "released", moderator, "Une borne à la mairie.")
    quarantine.settle(burst)
    stuff(monkeypatch, survey, 5)
    assert burst_watch.look(survey.tool_id) == 0
    stuff(monkeypatch, survey, 20)  # a new burst, by itself
    assert burst_watch.look(survey.tool_id) == 25 and Burst.objects.count() == 2
    assert counts(survey.tool_id)["n"] == 25


def test_a_release_that_was_cut_short_is_finished(monkeypatch, survey, moderator):
    monkeypatch.setattr(quarantine, "CHUNK", 10)
    stuff(monkeypatch, survey, 25)
    burst_watch.look(survey.tool_id)
    burst = Burst.objects.get()
    quarantine.decide(burst, "held", "released", moderator, "Une borne.")
    assert quarantine.settle(burst, timezone.now()) is False
    assert counts(survey.tool_id)["n"] == 10
    assert quarantine.settle_all() == 1 and quarantine.settle_all() == 0
    assert counts(survey.tool_id)["n"] == 25 and Tool.objects.get(pk=survey.tool_id).set_aside == 0


def test_only_tools_where_something_arrived_are_looked_at(monkeypatch, survey, debate):
    assert burst_watch.due() == []
    stuff(monkeypatch, survey, 25)
    assert burst_watch.due() == [survey.tool_id]
    assert burst_watch.look_everywhere() == 25 and burst_watch.due() == []


def test_people_vouched_for_leave_no_arrival():
    request = RequestFactory().post("/")
    vouched = receipts.issue_token("key", receipts.Voucher("email", "x" * 22))
    assert arrivals.came(request, vouched) is None
    assert arrivals.came(request, receipts.issue_token("key")).drawn in (0, 1)


# Arrivals keep no address, and not for long


def test_networks_are_sixteen_bits_the_same_today_and_never_another_day(monkeypatch):
    one = arrivals.network_of(ADDRESS)
    assert one == arrivals.network_of(ADDRESS) and 0 <= one < 65536
    assert arrivals.network_of("2001:db8::1") == arrivals.network_of("2001:db8::ffff:1")
    assert arrivals.network_of(f"::ffff:{ADDRESS}") == one
    assert len({arrivals.network_of(f"10.0.0.{n}") for n in range(50)}) > 45
    assert arrivals.network_of("") is None and arrivals.network_of("unix:\x00é") is None
    today = timezone.localdate()
    monkeypatch.setattr(timezone, "localdate", lambda *_args: today + timedelta(days=1))
    others = [arrivals.network_of(f"10.0.1.{n}") for n in range(4)]
    monkeypatch.undo()
    arrivals._salts.clear()
    assert others != [arrivals.network_of(f"10.0.1.{n}") for n in range(4)]


def test_arrivals_go_after_two_days_and_salts_with_their_day(monkeypatch, survey):
    Sender(monkeypatch, survey).send(at=-3600 * 49)
    Sender(monkeypatch, survey).send()
    DailySalt.objects.create(day=timezone.localdate() - timedelta(days=1))
    assert arrivals.forget_old() == 1
    assert Arrival.objects.count() == 1 and DailySalt.objects.filter(day__lt=timezone.localdate()).count() == 0


def test_erasing_and_withdrawing_take_the_arrival_along_and_leave_the_ledger_alone(monkeypatch, survey, debate):
    for tool in (survey, debate):
        sender = Sender(monkeypatch, tool)
        for _machine in range(30):
            answer = sender.send()
        burst_watch.look(tool.tool_id)
        counts(tool.tool_id)
        (code,) = [c.value for name, c in answer.thanks.cookies.items() if name.startswith("code_")]
        if tool is survey:
            fields = {"code": code, "withdraw": tool.get_absolute_url(), "sure": "1"}
            assert Client().post("/suivi/", fields, headers=OURS).status_code == 200
        else:
            call_command("erase", code)
        assert LedgerEntry.objects.count() == 0
        assert Arrival.objects.filter(tool_id=tool.tool_id).count() == 29
        assert Burst.objects.get(tool=tool.tool_id).size == Tool.objects.get(pk=tool.tool_id).set_aside == 29
        counts(tool.tool_id)


# What the person is told


def test_who_is_set_aside_is_told_with_their_code_and_nowhere_else(monkeypatch, survey, debate, moderator):
    for tool in (survey, debate):
        sender = Sender(monkeypatch, tool)
        for _machine in range(30):
            answer = sender.send()
        burst_watch.look(tool.tool_id)
        (code,) = [c.value for name, c in answer.thanks.cookies.items() if name.startswith("code_")]
        told = Client().post("/suivi/", {"code": code}, headers=OURS).content.decode()
        assert "set aside, with others" in told and "It is counted" not in told
        burst = Burst.objects.get(tool=tool.tool_id)
        quarantine.decide(burst, "held", "confirmed", moderator, "Cent envois en une minute.")
        told = Client().post("/suivi/", {"code": code}, headers=OURS).content.decode()
        assert "Cent envois en une minute." in told
        assert "set aside" not in answer.thanks.get(answer["Location"]).content.decode()


def test_a_correction_of_what_is_set_aside_moves_nothing_until_it_is_released(monkeypatch, survey, moderator):
    citizen, fields = Citizen(survey), None
    fields = citizen.open()
    citizen.send(fields, q1="3")
    stuff(monkeypatch, survey, 25, q1="5")
    with connection.cursor() as cursor:  # the citizen came among them, from their address
        network = Arrival.objects.order_by("-at").first().network
        cursor.execute("UPDATE participation_arrival SET network = %s", [network])
    assert burst_watch.look(survey.tool_id) == 26 and counts(survey.tool_id) == {}
    citizen.send(fields, q1="9")
    assert LedgerEntry.objects.count() == 0 and counts(survey.tool_id) == {}
    burst = Burst.objects.get()
    quarantine.decide(burst, "held", "released", moderator, "Vu.")
    quarantine.settle(burst)
    q1 = survey.live_version.schema["questions"][0]["id"]
    found = counts(survey.tool_id)
    assert (found["n"], found[f"v:{q1}:9"], found[f"v:{q1}:5"]) == (26, 1, 25)


# Sealed, parallel, replayed


def test_nothing_moves_once_the_total_is_sealed(monkeypatch, survey, moderator):
    stuff(monkeypatch, survey, 25)
    burst_watch.look(survey.tool_id)
    stuff(monkeypatch, survey, 5)
    sealed = reconcile.seal(Tool.objects.get(pk=survey.tool_id))
    assert sealed["totals"]["n"] == sealed["receipts"] == 5
    assert burst_watch.look(survey.tool_id) == 0
    burst = Burst.objects.get()
    with pytest.raises(quarantine.Sealed):
        quarantine.decide(burst, "held", "released", moderator, "Trop tard.")
    assert (
        quarantine.engines["survey"].put(
            survey.tool_id, [bytes(r.participant_key) for r in Response.objects.all()], burst.pk
        )
        == 0
    )
    assert quarantine.engines["survey"].count_again(survey.tool_id, burst.pk, 10) == 0
    assert counts(survey.tool_id)["n"] == 5
    quarantine.decide(burst, "held", "confirmed", moderator, "Gardés dehors.")


def _parallel(acts: list, threads: int = 12) -> list:
    def run(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_totals_agree_while_people_correct_and_withdraw_what_is_set_aside_and_released(monkeypatch, survey):
    """The guard: `_change` and `_remove` read `set_aside` under the row's lock and write no ledger row for it."""
    from surveys import intake

    scope = Burst(
        tool_id=survey.tool_id, scope_id=survey.scope_id, rule="quick", since=timezone.now(), until=timezone.now()
    )
    bursts = [
        Burst(tool_id=scope.tool_id, scope_id=scope.scope_id, rule="quick", since=scope.since, until=scope.until)
        for _ in range(6)
    ]
    for burst in bursts:
        burst.save()
    people = []
    for n in range(36):
        citizen = Citizen(survey)
        fields = citizen.open()
        code = citizen.code(citizen.send(fields, q1=str(n % 11)))
        people.append((fields, receipts.key_of(receipts.read_code(code))))

    def correct(n, value):
        return lambda: Citizen(survey).send(people[n][0], q1=str(value % 11)).status_code

    def withdraw(n):
        return lambda: intake.erase(people[n][1])

    def put(n):
        keys = [key for _fields, key in people[n * 6 : n * 6 + 6]]
        return lambda: intake.set_aside(survey.tool_id, keys, bursts[n].pk)

    def back(n):
        return lambda: intake.count_again(survey.tool_id, bursts[n].pk, 4)

    def check():
        assert reconcile.compare(Tool.objects.get(pk=survey.tool_id)) == []

    draw = random.Random(5)
    acts = [correct(draw.randrange(36), n) for n in range(150)] + [put(n) for n in range(6)] * 3
    acts += [back(n) for n in range(6)] * 3 + [withdraw(n) for n in range(0, 36, 5)] + [check] * 20
    draw.shuffle(acts)
    _parallel(acts)
    tally = counts(survey.tool_id)
    aside = Response.objects.filter(set_aside=True).count()
    assert Tool.objects.get(pk=survey.tool_id).set_aside == aside
    assert tally["n"] == Response.objects.count() - aside


@pytest.mark.django_db(transaction=True)
def test_looks_side_by_side_find_one_burst_and_set_each_aside_once(monkeypatch, survey):
    stuff(monkeypatch, survey, 30)
    _parallel([lambda: burst_watch.look(survey.tool_id)] * 8)
    assert Burst.objects.get().size == Tool.objects.get(pk=survey.tool_id).set_aside == 30
    assert counts(survey.tool_id) == {}


@pytest.mark.django_db(transaction=True)
def test_looks_that_each_saw_a_part_make_one_burst(monkeypatch, survey):
    """The guard: who finds bursts in a tool holds its watch."""
    stuff(monkeypatch, survey, 36)
    Watch.objects.create(tool=survey.tool)
    members = [quarantine.Member(bytes(a.key), a.at, a.payload or 0) for a in Arrival.objects.all()]
    parts = [members[n::12] for n in range(12)]
    _parallel([partial(burst_watch._hold, survey.tool, "quick", 7, part) for part in parts])
    assert Burst.objects.get().size == 36 and Tool.objects.get(pk=survey.tool_id).set_aside == 36
    assert counts(survey.tool_id) == {}


@pytest.mark.django_db(transaction=True)
def test_one_body_sent_fifty_times_is_one_row_one_arrival_one_receipt(survey):
    fields = Citizen(survey).open()

    def send():
        citizen = Citizen(survey)
        return citizen.code(citizen.send(fields, q1="3"))

    assert len(set(_parallel([send] * 50))) == 1
    assert Response.objects.count() == Arrival.objects.count() == 1
    later = Citizen(survey)
    later.code(later.send(fields, q1="3"))
    assert Response.objects.count() == Arrival.objects.count() == 1


def test_who_was_released_a_moment_ago_is_not_set_aside_again(monkeypatch, survey, debate, moderator):
    for tool in (survey, debate):
        stuff(monkeypatch, tool, 20)
        keys = [bytes(arrival.key) for arrival in Arrival.objects.filter(tool_id=tool.tool_id)]
        burst_watch.look(tool.tool_id)
        burst = Burst.objects.get(tool=tool.tool_id)
        quarantine.decide(burst, "held", "released", moderator, "Vu.")
        quarantine.settle(burst)
        assert quarantine.engines[tool.tool.kind].put(tool.tool_id, keys, burst.pk + 1) == 0
        assert counts(tool.tool_id)["n"] == 20
    assert Voter.objects.filter(set_aside=True).count() == Response.objects.filter(set_aside=True).count() == 0


def test_a_database_that_is_away_for_the_salt_leaves_the_network_unknown(monkeypatch):
    from django.db import OperationalError

    def fail(**_fields):
        raise OperationalError

    monkeypatch.setattr(arrivals, "_salts", {})
    monkeypatch.setattr(DailySalt.objects, "get_or_create", fail)
    monkeypatch.setattr(arrivals, "connection", SimpleNamespace(in_atomic_block=False))
    assert arrivals.network_of(ADDRESS) is None
