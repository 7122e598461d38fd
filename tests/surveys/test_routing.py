"""Rules: which questions are asked, and that what is asked, stored, counted and exported agrees with an interpreter of
the test's own, for every type. `ROUTED_SURVEYS=10000 pytest tests/surveys/test_routing.py -k random` tries that many;
ROUTED_SEED begins elsewhere.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterable

import pytest
from django.core.exceptions import ValidationError

from counting import fold
from surveys import intake
from surveys.definitions import Refused, export_definition, import_definition
from surveys.exports import results_rows
from surveys.exports.responses import HEAD, Words, rows
from surveys.forms import CompiledSurvey, compile_version
from surveys.models import Response, Survey
from surveys.publishing import check, freeze
from surveys.questions import TYPES
from surveys.results import figures
from surveys.routing import Routing
from tests.factories import routed
from tests.factories.citizens import Citizen
from tests.factories.geography import the_town
from tests.factories.kinds import KINDS
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db
SURVEYS = int(os.environ.get("ROUTED_SURVEYS", "200"))
SEED = int(os.environ.get("ROUTED_SEED", "2019"))
WAYS = 5


def published(dice: random.Random) -> tuple[routed.Definition, Survey]:
    """A random survey that can be published: where something could never be shown another one is drawn."""
    while True:
        definition = routed.definition(dice)
        try:
            survey = import_definition(definition)
            check(survey)
        except ValidationError:
            continue
        freeze(survey)
        Survey.objects.filter(pk=survey.pk).update(live=True)  # publishing through Wagtail would take most of the time
        return definition, survey


def test_the_interpreter_knows_every_type():
    assert set(KINDS) == set(TYPES)


def test_random_surveys_ask_store_count_and_export_what_the_interpreter_says():
    the_town()
    dice = random.Random(SEED)
    for _n in range(SURVEYS):
        definition, survey = published(dice)
        compiled = compile_version(survey.live_version)
        stored = []
        for way in range(WAYS):
            given = routed.answers(dice, definition)
            wanted = routed.interpret(definition, given)
            reading = compiled.read(routed.typed(definition, given))
            assert not reading.errors and reading.answers == wanted, (definition, given, reading)
            assert [q["id"] for q in compiled.routing.asked(given)] == list(wanted)
            left_out = {i for i, answer in given.items() if i not in wanted and answer is not None}
            assert {q["id"] for q in reading.unsent} == left_out
            intake.record_response(compiled, reading.answers, f"{survey.key}-{way}")
            stored.append(wanted)
        assert json_of(Response.objects.filter(survey=survey).values_list("answers", flat=True)) == json_of(stored)
        fold.fold(survey.tool_id)
        check_what_leaves(definition, survey, compiled, stored)


def json_of(responses: Iterable[dict]) -> list[str]:
    return sorted(json.dumps(answers, sort_keys=True) for answers in responses)


def check_what_leaves(definition: routed.Definition, survey: Survey, compiled: CompiledSurvey, stored: list) -> None:
    counts = dict(survey.tool.tallies.values_list("number", "n"))
    found = figures(Survey.objects.for_display().get(pk=survey.pk), counts, None, threshold=1)
    assert found["responses"] == len(stored)
    routed.check_figures(definition, stored, found, list(results_rows(found))[1:])
    sheet = list(rows(survey, compiled.all_questions, words=Words.ALL))[1:]
    assert Counter(tuple(row[len(HEAD) :]) for row in sheet) == Counter(routed.rows(definition, stored)), definition


def test_the_outlook_holds_what_comes():
    """However somebody goes on, no more and no fewer questions are asked than was foretold at every step."""
    the_town()
    dice = random.Random(7)
    for _n in range(40):
        definition, survey = published(dice)
        routing = Routing(survey.live_version.schema)
        given = routed.answers(dice, definition)
        way = routed.interpret(definition, given)
        decided: set[str] = set()
        for question in routing.questions:
            known = {i: given[i] for i in decided if i in way}
            outlook = routing.outlook(known, decided)
            assert outlook.least <= len(way) <= outlook.most, (definition, given, decided)
            decided.add(question["id"])
        assert routing.outlook(way, decided) == (len(way), len(way))


# What is refused


def single(id_: str, **more):
    return {"id": id_, "type": "single", "wording": f"{id_} ?", "options": ["oui", "non"], **more}


def only_if(*conditions, match="all"):
    return {
        "only_if": {
            "match": match,
            "conditions": [dict(zip(("question", "operator", "value"), c, strict=False)) for c in conditions],
        }
    }


REFUSED = {
    "gone": ([single("a"), single("b", **only_if(("zzz", "is", "oui")))], "n’existe plus"),
    "later": ([single("a", **only_if(("b", "is", "oui"))), single("b")], "vient après"),
    "itself": ([single("a", **only_if(("a", "is", "oui")))], "elle-même"),
    "cycle": (
        [single("a", **only_if(("b", "is", "oui"))), single("b", **only_if(("a", "is", "oui")))],
        "s’attendent l’une l’autre",
    ),
    "option gone": ([single("a"), single("b", **only_if(("a", "is", "peut-être")))], "n’est plus dans la liste"),
    "no value": ([single("a"), single("b", **only_if(("a", "is", "")))], "choisissez"),
    "cannot compare": ([single("a"), single("b", **only_if(("a", "greater", "3")))], "ne se comparent pas"),
    "both at once": ([single("a"), single("b", **only_if(("a", "is", "oui"), ("a", "is", "non")))], "Personne ne"),
    "through another": (
        [
            single("a"),
            single("b", **only_if(("a", "is", "oui"))),
            single("c", **only_if(("b", "answered"), ("a", "is", "non"))),
        ],
        "Personne ne",
    ),
    "out of bounds": (
        [
            {"id": "a", "type": "number", "wording": "âge ?", "maximum": 120},
            single("b", **only_if(("a", "greater", 120))),
        ],
        "Personne ne",
    ),
    "always answered": (
        [single("a", required=True), single("b", required=True, **only_if(("a", "unanswered")))],
        "réponse est demandée",
    ),
    "section": (
        [
            single("a"),
            {"id": "s", "type": "section", "title": "Suite", **only_if(("a", "is", "oui"))},
            single("b", **only_if(("a", "is", "non"))),
        ],
        "Personne ne",
    ),
}


@pytest.mark.parametrize("questions, said", REFUSED.values(), ids=REFUSED)
def test_rules_that_cannot_work_are_refused_in_plain_words(questions, said):
    with pytest.raises(Refused, match=said):
        import_definition({"title": "T", "questions": questions}, publish=True)


def test_rules_follow_their_question_when_it_is_moved_or_reworded():
    survey = import_definition(
        {"title": "T", "questions": [single("a"), single("x"), single("b", **only_if(("a ?", "is", "oui")))]},
        publish=True,
    )
    blocks = list(survey.questions.raw_data)
    blocks[0]["value"]["wording"] = "Tout autrement ?"
    draft = survey
    draft.questions = Survey._meta.get_field("questions").stream_block.to_python([blocks[1], blocks[0], blocks[2]])
    with pytest.raises(ValidationError):  # a rule that was written with the wording, and frozen nowhere yet
        check(draft)
    blocks[2]["value"]["only_if"]["conditions"][0]["value"]["question"] = "a"
    draft.questions = Survey._meta.get_field("questions").stream_block.to_python([blocks[1], blocks[0], blocks[2]])
    check(draft)
    exported = export_definition(draft)["questions"]
    assert exported[2]["only_if"]["conditions"] == [{"question": "a", "operator": "is", "value": "oui"}]


# On one page, without JavaScript


@pytest.fixture
def routed_page():
    questions = [
        {"id": "s0", "type": "information", "text": "Avant de commencer."},
        single("a", options=[{"id": "y", "label": "oui"}, {"id": "n", "label": "non"}]),
        {"id": "s1", "type": "section", "title": "Votre vélo", "text": "Deux mots.", **only_if(("a", "is", "y"))},
        {"id": "b", "type": "short_text", "wording": "Lequel ?", "required": True},
    ]
    return import_definition({"title": "Vélo", "questions": questions}, publish=True)


def test_one_page_says_in_words_when_a_question_is_to_be_answered(routed_page):
    page = Citizen(routed_page).client.get(routed_page.get_absolute_url()).content.decode()
    assert "Avant de commencer." in page and "Votre vélo" in page
    assert "Répondez seulement si vous avez répondu « oui » à la question « a ? »" in page


def test_what_is_not_asked_is_not_needed_and_not_sent_and_its_author_is_told(routed_page):
    citizen = Citizen(routed_page)
    fields = citizen.open()
    told = citizen.send(fields, q1="n", q2="un vieux")
    page = told.content.decode()
    assert told.status_code == 200 and Response.objects.count() == 0
    assert "ne seront pas envoyées" in page and "Lequel ?" in page and 'value="un vieux"' in page
    changed = citizen.send(fields, q1="n", q2="un vieux", go="change").content.decode()
    assert 'value="un vieux"' in changed
    assert citizen.send(fields, q1="n", q2="un vieux", go="confirm").status_code == 303
    assert Response.objects.get().answers == {"a": {"options": ["n"]}}
    other = Citizen(routed_page)
    assert other.answer(q1="y").status_code == 422
    assert other.answer(q1="n").status_code == 303


def test_a_draft_with_rules_is_previewed(routed_page):
    from surveys.rendering import preview_form

    assert "Votre vélo" in preview_form(routed_page)
    assert "Votre vélo" in preview_form(SurveyFactory(questions=list(routed_page.questions.raw_data)))
