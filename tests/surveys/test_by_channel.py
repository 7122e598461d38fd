"""Every answer carries its channel: how responses came, and each question split, through every edit, exact."""

import csv
import io
import random
from collections import Counter
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, reconcile
from counting.models import Tally
from counting.packing import pack, unpack
from home.statistics import _read
from participation.receipts import issue_token
from surveys import cells, intake
from surveys.forms import compiled, compiled_live, forget
from surveys.models import Response, Survey
from surveys.questions import TYPES
from surveys.results import figures, published, responses_by_channel
from tests.factories.surveys import SurveyFactory, every_type, question, republish

pytestmark = pytest.mark.django_db


def fresh(survey: Survey) -> Survey:
    return Survey.objects.for_display().get(pk=survey.pk)


def close(survey: Survey) -> Survey:
    fold.fold(survey.tool_id)
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now())
    return fresh(survey)


def record(survey: Survey, channel: str, answers: list[dict]) -> None:
    live = compiled_live(survey)
    intake.record_many(live, [(issue_token(live.key), told_) for told_ in answers], channel)


def answered(survey: Survey, crowd: dict[str, list[int]]) -> Survey:
    """Answer a survey of one single choice: for each channel, how many chose the first option, the second…"""
    asked = compiled_live(survey).questions[0]
    for channel, numbers in crowd.items():
        chosen = [o["id"] for o, n in zip(asked["options"], numbers, strict=False) for _ in range(n)]
        record(survey, channel, [{asked["id"]: {"options": [option]}} for option in chosen])
    return close(survey)


def choice(**more) -> Survey:
    return SurveyFactory(open=True, questions=[question("single", options=["oui", "non"], other=False)], **more)


def told(survey: Survey) -> dict:
    return Client().get(f"/enquetes/{survey.key}/resultats.json").json()


def text_of(survey: Survey) -> str:
    page = Client().get(f"/enquetes/{survey.key}/resultats/").content.decode()
    return " ".join(page.split())


# What is told, everywhere alike


def test_page_json_and_csv_say_how_responses_came_and_split_each_question():
    survey = answered(choice(), {"web": [14, 12], "paper": [11, 13], "phone": [0, 3]})
    found = told(survey)
    assert {c["channel"]: c["count"] for c in found["channels"]} == {
        "web": 26, "paper": None, "field": 0, "phone": None, "import": 0,
    }  # fmt: skip
    asked = found["questions"][0]
    assert asked["by_channel"] == {"web": 26, "other": 27}
    assert [o["by_channel"] for o in asked["options"]] == [{"web": 14, "other": 11}, {"web": 12, "other": 16}]
    page = text_of(survey)
    assert "26 en ligne, 27 autrement" in page and "<summary>Selon le canal</summary>" in page
    assert "54 % <small>(14)</small>" in page and "59 % <small>(16)</small>" in page and "Papier" in page
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/enquetes/{survey.key}/resultats.csv").content.decode())))
    assert [(r["count_web"], r["count_other"], r["base_web"], r["base_other"]) for r in rows[:2]] == [
        ("14", "11", "26", "27"), ("12", "16", "26", "27"),
    ]  # fmt: skip
    assert [(r["option_id"], r["count"]) for r in rows if r["type"] == "channel"] == [
        ("web", "26"), ("paper", ""), ("field", "0"), ("phone", ""), ("import", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("crowd", "by_channel", "sentence"),
    [
        ({"web": [14, 12], "paper": [11, 10]}, None, "trop peu de réponses pour les distinguer"),
        ({"web": [30, 30], "paper": [25, 0]}, None, "trop peu de réponses pour les distinguer"),
        ({"web": [30, 30], "paper": [5, 5]}, "absent", "Selon le canal : masqué"),
        ({"web": [30, 30]}, "absent", "par un seul canal : en ligne"),
        ({"paper": [30, 30]}, "absent", "par un seul canal : papier"),
    ],
)
def test_what_is_too_little_to_tell_apart_is_not(crowd, by_channel, sentence):
    survey = answered(choice(), crowd)
    asked = told(survey)["questions"][0]
    assert asked.get("by_channel", "absent") == by_channel
    assert not any("by_channel" in option for option in asked["options"])
    assert sentence in text_of(survey)


def test_while_people_answer_channels_are_told_and_questions_not_split():
    """Between two batches one single sheet may have come."""
    survey = choice()
    answered(survey, {"web": [14, 12], "paper": [11, 13]})
    assert "by_channel" in told(survey)["questions"][0]
    Survey.objects.filter(pk=survey.pk).update(closes_at=None)
    found = published(fresh(survey))
    assert found["channels"][1]["count"] == 24 and "by_channel" not in found["questions"][0]
    assert "une fois le questionnaire clos" in render_to_string(
        "surveys/figures/channels.html",
        {"figures": found, "phase": "open", "came": {"rows": found["channels"][:2], "web": 26, "other": 24}},
    )


def test_a_question_not_asked_of_everybody_is_not_split():
    first = question("single", options=["oui", "non"], other=False)
    rule = {"conditions": [{"question": first["id"], "operator": "is", "value": first["value"]["options"][0]["id"]}]}
    survey = SurveyFactory(open=True, questions=[first, question("yes_no", only_if=rule)])
    live = compiled_live(survey)
    (q, r), yes = live.questions, first["value"]["options"][0]["id"]
    everybody = []
    for n in range(48):
        said = {q["id"]: {"options": [q["options"][n % 2]["id"]]}}
        if said[q["id"]]["options"] == [yes]:
            said[r["id"]] = {"options": [r["options"][n % 4 // 2]["id"]]}
        everybody.append(said)
    for channel in ("web", "paper"):
        record(survey, channel, everybody)
    asked = told(close(survey))["questions"]
    assert asked[0]["by_channel"] == {"web": 48, "other": 48}
    assert asked[1]["base"] == 48 and "by_channel" not in asked[1]


def test_levels_are_told_only_where_they_do_not_give_channels_away():
    assert published(answered(choice(), {"web": [30], "paper": [5]}))["trust"]["reached"] == {}
    assert published(answered(choice(), {"web": [30], "paper": [12]}))["trust"]["reached"] == {"open": 42}


def test_statistics_of_the_site_tell_no_more_than_each_survey():
    answered(choice(), {"web": [30], "paper": [5]})
    answered(choice(), {"web": [20], "paper": [12]})
    assert responses_by_channel() == (67, {"web": 20, "paper": 12, "field": 0, "phone": 0, "import": 0})
    found = {one.name: one.value for one in _read()}
    assert (found["réponses reçues"], found["réponses reçues : papier"]) == (67, 12)


# What it costs


def test_a_response_on_the_web_is_packed_as_ever():
    """Byte by byte what the cells of every response are, numbered in their order: nothing of the split."""
    survey = SurveyFactory(open=True, questions=every_type())
    live = compiled_live(survey)
    answers = {q["id"]: None for q in live.questions}
    single = next(q for q in live.questions if q["type"] == "single")
    answers[single["id"]] = {"options": [single["options"][1]["id"]]}
    numbers = {name: place for place, name in enumerate(cells.names(live.all_questions))}
    filled = list(cells.filled(live.all_questions, answers, "web", "open"))
    assert live.pack(answers, "web") == pack(numbers[name] for name in filled)
    on_paper = unpack(live.pack(answers, "paper"))
    assert len(on_paper) == len(filled) + 2 and min(on_paper[-2:]) >= len(numbers)


def test_the_names_fit_and_types_that_are_not_split_have_none():
    survey = SurveyFactory(open=True, questions=every_type())
    for asked in compiled_live(survey).all_questions:
        names = cells.names_off(asked)
        assert all(len(name) <= 120 for name in names)
        is_counted = any(TYPES[asked["type"]].cell_names(asked))
        assert bool(names) == (is_counted and asked["type"] not in {"number", "date", "time", "points"})


def test_a_survey_without_room_for_the_split_does_without(monkeypatch):
    monkeypatch.setattr("counting.ledger.MAX_CELLS", len(list(cells.names([]))) + 4)
    survey = choice()
    assert not Tally.objects.filter(tool=survey.tool, name__startswith="off:").exists()
    survey = answered(survey, {"web": [20, 20], "paper": [20, 20]})
    assert "by_channel" not in told(survey)["questions"][0] and reconcile.compare(survey.tool) == []


@pytest.mark.parametrize("address", ["resultats/", "resultats.csv"])
def test_queries_are_the_same_whatever_the_channels(address, django_assert_num_queries):
    one = answered(choice(), {"web": [12, 12]})
    three = answered(choice(), {"web": [12, 12], "paper": [12, 12], "phone": [12, 12]})
    client = Client()
    client.get(f"/enquetes/{one.key}/{address}"), client.get(f"/enquetes/{three.key}/{address}")
    with CaptureQueriesContext(connection) as first:
        client.get(f"/enquetes/{one.key}/{address}")
    with django_assert_num_queries(len(first)):
        client.get(f"/enquetes/{three.key}/{address}")


# Through edits, corrections, withdrawals, quarantine


def expected(survey: Survey) -> dict[str, Counter]:
    """How many of the responses that count chose each option, by question, by part, from the answers themselves."""
    found: dict[str, Counter] = {}
    for response in Response.objects.filter(survey=survey, set_aside=False):
        part = "web" if response.channel == "web" else "other"
        for id_, answer in response.answers.items():
            for option in (answer or {}).get("options", ()):
                found.setdefault(id_, Counter())[option, part] += 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_parts_are_exact_and_add_up_through_all_that_happens(seed):
    dice = random.Random(seed)
    asked = [question("single", options=["oui", "non"], other=False), question("multiple", max_choices=None)]
    survey = SurveyFactory(open=True, questions=asked)
    sent: list[tuple[str, str]] = []
    for n in range(60):
        if n == 30:
            asked[0]["value"]["wording"] = "Autrement dit ?"
            del asked[1]["value"]["options"][0]
            survey = republish(survey, asked)
        live = compiled(survey.key, fresh(survey).live_version.number)
        told_ = {q["id"]: {"options": [dice.choice(_offered(q))]} for q in live.questions}
        token, channel = issue_token(live.key), dice.choice(["web", *cells.CHANNELS])
        if sent and dice.random() < 0.2:
            token, channel = dice.choice(sent)
        intake.record_response(live, told_, token, channel=channel)
        sent.append((token, channel))
        if dice.random() < 0.1:
            fold.fold(survey.tool_id)
    keys = [bytes(key) for key in Response.objects.filter(survey=survey).values_list("participant_key", flat=True)]
    dice.shuffle(keys)
    intake.set_aside(survey.tool_id, keys[:9], 7)
    intake.count_again(survey.tool_id, 7, 4)
    for key in keys[-5:]:
        intake.withdraw(fresh(survey), key)
    survey = close(survey)
    assert reconcile.compare(survey.tool) == [] and intake.rewrite_cells(survey.tool_id) == 0
    counts = fold.read(survey.tool_id)
    entries = figures(survey, counts, None, 1)["questions"]
    for entry in entries:
        true = expected(survey).get(entry["id"], Counter())
        assert entry["by_channel"]["web"] + entry["by_channel"]["other"] == entry["base"]
        for option in entry["options"]:
            parts = option["by_channel"]
            assert parts == {part: true[option["id"], part] for part in ("web", "other")}
            assert sum(parts.values()) == option["count"]


def _offered(asked: dict) -> list[str]:
    return [option["id"] for option in asked["options"] if not option.get("withdrawn")]


# An existing database


def test_what_was_stored_before_is_split_after_the_upgrade():
    survey, untouched = choice(), choice()
    answered(untouched, {"web": [3, 3]})
    live = compiled_live(survey)
    q = live.questions[0]
    for channel, n in (("web", 30), ("paper", 26), ("phone", 2)):
        record(survey, channel, [{q["id"]: {"options": [q["options"][i % 2]["id"]]}} for i in range(n)])
    fold.fold(survey.tool_id)
    late = {live.questions[0]["id"]: {"options": [live.questions[0]["options"][0]["id"]]}}
    intake.record_response(live, late, issue_token(live.key), channel="paper")  # waits in the ledger meanwhile
    aside = bytes(Response.objects.filter(survey=survey, channel="phone").first().participant_key)
    intake.set_aside(survey.tool_id, [aside], 1)
    _as_before(survey)
    assert reconcile.compare(survey.tool) == []
    import_module("surveys.migrations.0002_cells_by_channel").add_cells(apps, None)
    forget()
    assert reconcile.compare(survey.tool) == []
    survey = close(survey)
    assert reconcile.compare(survey.tool) == [] and intake.rewrite_cells(survey.tool_id) == 0
    assert told(survey)["questions"][0]["by_channel"] == {"web": 30, "other": 28}


def _as_before(survey: Survey) -> None:
    """Make the survey what an older version would have stored."""
    new = set(Tally.objects.filter(tool=survey.tool, name__startswith="off:").values_list("number", flat=True))
    Tally.objects.filter(tool=survey.tool, number__in=new).delete()
    for rows in (Response.objects.filter(survey=survey), reconcile.LedgerEntry.objects.filter(tool=survey.tool)):
        for row in rows:
            row.cells = pack(n for n in unpack(row.cells) if n not in new)
            row.save(update_fields=["cells"])
    Tally.objects.filter(tool__in=Survey.objects.exclude(pk=survey.pk).values("tool"), name__startswith="off:").delete()
