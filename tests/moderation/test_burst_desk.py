"""What was set aside, in the admin: who may see it, the list, one burst, deciding once and with a reason."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from counting import fold
from counting.models import Tally, Tool
from moderation import burst_watch, quarantine
from moderation.models import Burst, BurstDecision
from tests.factories.debates import DebateFactory
from tests.factories.moderation import holder
from tests.factories.stuffing import Sender
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    """What is said is looked for as it is written in the code."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


LIST = "/admin/moderation/bursts/"


def person(django_user_model, *permissions: str) -> Client:
    user = holder(*permissions)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def moderator(django_user_model):
    return person(django_user_model, "decide_burst")


@pytest.fixture
def survey():
    return SurveyFactory(open=True, title="Quelle place ?", questions=[question("scale") for _n in range(3)])


@pytest.fixture
def burst(monkeypatch, survey):
    sender = Sender(monkeypatch, survey)
    for _machine in range(30):
        sender.send(q1="3", q2="4", q3="5")
    burst_watch.look(survey.tool_id)
    return Burst.objects.get()


def at(burst: Burst) -> str:
    return reverse("moderation_burst", args=[burst.ref])


def decide(client: Client, burst: Burst, after: str = "released", **more: str):
    return client.post(at(burst), {"seen": "held", "after": after, "reason": "Une borne à la mairie.", **more})


def counted(survey) -> int:
    fold.fold(survey.tool_id)
    return Tally.objects.get(tool_id=survey.tool_id, name="n").n


def test_the_list_and_the_burst_say_what_happened(moderator, burst):
    page = moderator.get(LIST).content.decode()
    assert "Quelle place ?" in page and "30" in page and at(burst) in page
    page = moderator.get(at(burst)).content.decode()
    assert "Quelle place ?" in page and "30 of 30 gave exactly the same answers" in page and "<meter" in page


def test_releasing_needs_a_reason_and_counts_again(moderator, burst, survey):
    answer = decide(moderator, burst, reason="  ")
    assert answer.status_code == 422 and "Say why" in answer.content.decode() and not BurstDecision.objects.exists()
    assert counted(survey) == 0
    assert decide(moderator, burst).status_code == 302
    assert counted(survey) == 30 and Tool.objects.get(pk=survey.tool_id).set_aside == 0
    decision = BurstDecision.objects.get()
    assert (decision.decided_by, decision.before, decision.after) == (moderator.user, "held", "released")
    page = moderator.get(at(burst)).content.decode()
    assert "Une borne à la mairie." in page and 'name="after"' not in page


def test_what_was_typed_is_kept_when_something_is_missing(moderator, burst):
    for after in ("", "held?", "x" * 5000, "a\x00"):
        answer = decide(moderator, burst, after=after)
        assert answer.status_code == 422 and "Une borne à la mairie." in answer.content.decode()
    answer = decide(moderator, burst, reason="x" * 501)
    assert answer.status_code == 422 and "x" * 501 in answer.content.decode()
    assert decide(moderator, burst, reason="a\x00b").status_code == 422
    assert decide(moderator, burst, seen="").status_code == 422
    burst.refresh_from_db()
    assert burst.state == "held"


def test_confirming_moves_nothing_and_may_be_taken_back(moderator, burst, survey):
    decide(moderator, burst, "confirmed")
    assert counted(survey) == 0 and Tool.objects.get(pk=survey.tool_id).set_aside == 30
    page = moderator.get(at(burst)).content.decode()
    assert (
        'value="released"' in page and 'value="confirmed">' not in page.partition("csrf")[2].partition("seen")[2][30:]
    )
    decide(moderator, burst, seen="confirmed")
    assert counted(survey) == 30
    assert list(BurstDecision.objects.order_by("pk").values_list("before", "after")) == [
        ("held", "confirmed"),
        ("confirmed", "released"),
    ]


def test_a_stale_tab_is_told_who_decided_and_when(moderator, burst, survey, django_user_model):
    other = person(django_user_model, "decide_burst", "add_page")
    decide(other, burst, "confirmed")
    answer = moderator.post(
        at(burst), {"seen": "held", "after": "released", "reason": "Trop tard."}, follow=True
    ).content.decode()
    assert "Already decided by decide_burst-add_page at" in answer
    assert counted(survey) == 0 and BurstDecision.objects.count() == 1
    quarantine.decide(burst, "confirmed", "released", other.user, "Vu.")
    for after in ("held", "confirmed", "released"):  # nothing is decided on what was released
        moderator.post(at(burst), {"seen": "released", "after": after, "reason": "Encore."})
    assert BurstDecision.objects.count() == 2


def test_a_sealed_total_is_said_to_be_final(moderator, burst, survey):
    Tool.objects.filter(pk=survey.tool_id).update(state="sealed")
    answer = moderator.post(at(burst), {"seen": "held", "after": "released", "reason": "Vu."}, follow=True)
    assert "sealed" in answer.content.decode() and not BurstDecision.objects.exists()


def test_decisions_are_in_wagtails_log(moderator, burst):
    decide(moderator, burst, "confirmed")
    entry = ModelLogEntry.objects.get(action="palabre.confirmed_burst")
    assert entry.user == moderator.user
    assert (entry.formatter.format_message(entry), entry.comment) == (
        "Confirmed a burst of 30",
        "Une borne à la mairie.",
    )


@pytest.mark.parametrize("permissions", [(), ("change_statement", "add_survey")])
def test_who_has_not_the_right_sees_nothing(django_user_model, burst, permissions):
    client = person(django_user_model, *permissions)
    assert client.get(LIST).status_code in (302, 403)
    assert client.get(LIST + "results/").status_code in (302, 403)
    assert client.get(at(burst)).status_code == 404
    assert decide(client, burst).status_code == 404
    assert LIST not in client.get("/admin/").content.decode()
    burst.refresh_from_db()
    assert burst.state == "held"


def test_visitors_and_odd_addresses_get_nowhere(client, moderator, burst):
    assert client.get(LIST).status_code == client.get(at(burst)).status_code == 302
    for ref in ("x" * 12, "%00" * 9, "é" * 9, "9" * 400):
        assert moderator.get(f"{LIST}{ref}/").status_code == 404


def test_moderators_of_a_fresh_install_may_decide(django_user_model, burst):
    agent = person(django_user_model)
    agent.user.groups.add(Group.objects.get(name="Modérateurs"))
    assert LIST in agent.get("/admin/").content.decode() and agent.get(at(burst)).status_code == 200


def test_the_list_costs_the_same_for_one_and_three_and_over_both_kinds(moderator, burst, survey):
    others = [DebateFactory(open=True), DebateFactory(open=True), SurveyFactory(open=True)]
    now = timezone.now()

    def cost() -> int:
        moderator.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert moderator.get(LIST).status_code == 200
        return len(captured)

    def add(tool) -> None:
        Burst.objects.create(tool=tool.tool, scope=tool.scope, rule="crowd", since=now, until=now, size=300)

    add(others[0])
    two = cost()
    for other in others[1:]:
        add(other)
    assert cost() == two


def test_one_burst_costs_the_same_for_one_and_three_decisions(moderator, burst):
    decide(moderator, burst, "confirmed")
    moderator.get(at(burst))
    with CaptureQueriesContext(connection) as one:
        moderator.get(at(burst))
    for n in range(2):
        BurstDecision.objects.create(burst=burst, decided_by_name="x", before="held", after="confirmed", reason=str(n))
    with CaptureQueriesContext(connection) as three:
        moderator.get(at(burst))
    assert len(one) == len(three)
