"""Survey definitions as files: every type comes back as it was; what cannot be taken is refused by name."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys import publishing
from surveys.definitions import Refused, export_definition, import_definition, read_definition
from surveys.elements import ELEMENTS
from surveys.models import Survey
from surveys.questions import TYPES
from tests.factories.surveys import SurveyFactory, every_type, question

pytestmark = pytest.mark.django_db

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/survey.schema.json").read_text("utf-8"))
RICH = [
    question("single", "Une seule ?", code="q1", help="Une aide.", required=True, other=True),
    question("multiple", "Plusieurs ?", min_choices=2, max_choices=3, other=True),
    question("grid", "Grille", no_opinion=False, required=True),
    question("scale", "Note", low="froid", high="chaud"),
    question("number", "Prix", minimum="-2.50", maximum="120.75", decimals=2, unit="€"),
    question("number", "Âge", minimum="0.00", maximum="120", decimals=0),
    question("long_text", "Dites", max_length=1200),
    question("date", "Depuis quand ?", earliest="2020-01-01", latest="2026-12-31"),
]


def simple(**changes):
    kept = {"type": "single", "wording": "Comment venez-vous ?", "options": ["à pied", "à vélo"]} | changes
    return {"title": "Enquête", "questions": [{k: v for k, v in kept.items() if v is not ...}]}


def refused(definition) -> str:
    with pytest.raises(Refused) as caught:
        import_definition(definition, publish=True)
    assert not Survey.objects.exists()
    return str(caught.value)


@pytest.mark.parametrize("questions", [every_type(), RICH], ids=["each type", "everything set"])
@pytest.mark.parametrize("published", [True, False])
def test_a_definition_comes_back_as_it_was(questions, published):
    first = SurveyFactory(
        questions=questions, published=published, introduction="Bonjour.", pace="step", thanks="Merci"
    )
    exported = export_definition(first)
    second = import_definition(read_definition(json.dumps(exported).encode()))
    assert second.key != first.key
    assert publishing.build_schema(second, None) == publishing.build_schema(first, None)
    assert export_definition(second) == exported


def test_the_draft_of_a_survey_never_published_is_what_is_exported():
    survey = SurveyFactory()
    survey.title = "Titre du brouillon"
    survey.save_revision()
    assert export_definition(Survey.objects.get(pk=survey.pk))["title"] == "Titre du brouillon"


def test_the_schema_in_docs_knows_every_type_and_every_field():
    common = set(SCHEMA["$defs"]["question"]["properties"])
    for name, kind in TYPES.items():
        documented = common | set(SCHEMA["$defs"][name]["properties"])
        assert documented == {"id", "type", *kind.block().child_blocks}, name
    asked = {ref["$ref"].rpartition("/")[2] for ref in SCHEMA["properties"]["questions"]["items"]["oneOf"]}
    assert asked == {*TYPES, *ELEMENTS}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"type": "essay"}, "single, multiple"),
        ({"wording": ...}, ""),
        ({"wording": ""}, "wording"),
        ({"wording": 7}, "wording"),
        ({"wording": "a\x00b"}, "wording"),
        ({"wording": "a\ud800b"}, "wording"),
        ({"wording": "x" * 301}, "300"),
        ({"id": "é"}, "id"),
        ({"id": "x" * 37}, "id"),
        ({"id": "a:b"}, "id"),
        ({"id": 5}, "id"),
        ({"options": ...}, ""),
        ({"options": "à pied"}, "options"),
        ({"options": ["seule"]}, ""),
        ({"options": [str(n) for n in range(61)]}, "options"),
        ({"options": ["a", "b", " "]}, "options 3"),
        ({"options": ["a", ""]}, "options 2"),
        ({"options": ["a", None]}, "options 2"),
        ({"options": ["a", {"label": "b", "id": "other"}]}, "other"),
        ({"options": [{"id": "a", "label": "a"}, {"id": "a", "label": "b"}]}, "options"),
        ({"options": ["a", "a"]}, ""),
        ({"options": [{"id": "a", "label": "a", "colour": "red"}, "b"]}, "colour"),
        ({"required": "yes"}, "required"),
        ({"shuffle": True}, "shuffle"),
        ({"type": "number", "options": ..., "minimum": "NaN"}, "minimum"),
        ({"type": "number", "options": ..., "minimum": True}, "minimum"),
        ({"type": "number", "options": ..., "minimum": 10, "maximum": 1}, ""),
        ({"type": "number", "options": ..., "maximum": 10**20}, "maximum"),
        ({"type": "multiple", "min_choices": 1.5}, "min_choices"),
        ({"type": "multiple", "min_choices": 10**30}, "min_choices"),
        ({"type": "date", "options": ..., "earliest": "2026-02-31"}, "earliest"),
        ({"type": "date", "options": ..., "earliest": "hier"}, "earliest"),
        ({"type": "grid", "options": ..., "rows": []}, ""),
        ({"type": "grid", "options": ..., "rows": ["a"], "scale": [{"id": "none", "label": "x"}, "b"]}, "none"),
        ({"type": "long_text", "options": ..., "max_length": 10**9}, "max_length"),
        ({"type": "image_choice"}, "à pied"),
        ({"type": "image_choice", "options": [{"label": "a", "image": "0" * 40}, "b"]}, "SHA-1"),
        ({"type": "image_choice", "options": [{"label": "a", "image": 7}, "b"]}, "image"),
        ({"type": "basket", "options": [{"label": "a", "cost": -1}, "b"]}, "cost"),
        ({"type": "basket", "options": [{"label": "a", "cost": 20}, "b"], "envelope": 10}, "a"),
        ({"type": "basket", "options": [{"label": "a", "price": 20}, "b"]}, "price"),
        ({"type": "rating", "options": ..., "look": "hearts"}, "look"),
        ({"type": "points", "points": 9, "most": 2, "exact": True}, ""),
        ({"type": "time", "options": ..., "earliest": "25:00"}, "earliest"),
        ({"type": "time", "options": ..., "earliest": "18:00", "latest": "08:00"}, ""),
        ({"type": "demographic", "about": "place", "options": []}, ""),
        ({"type": "demographic", "about": "place", "options": ["a", {"label": "b", "id": "unsaid"}]}, "unsaid"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_its_number(changes, word):
    message = refused(simple(**changes))
    assert "Question 1" in message
    assert word in message


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"title": "", "questions": []},
        {"title": "x", "questions": {}},
        {"title": "x", "questions": [3]},
        {"title": "x", "questions": simple()["questions"] * 201},
        {"title": "x", "questions": [], "pace": "slow"},
        simple() | {"author": "x"},
        simple() | {"title": "x" * 201},
        simple() | {"introduction": "x" * 601},
        simple() | {"opens_at": "demain"},
        simple() | {"opens_at": "2026-13-45T00:00:00"},
        simple() | {"opens_at": "2026-02-01T00:00:00", "closes_at": "2026-01-01T00:00:00"},
        {"title": "x", "questions": [simple(id="q")["questions"][0]] * 2},
    ],
)
def test_a_definition_that_is_none_is_refused(definition):
    assert refused(definition)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"title": NaN}',
        b'{"title": 1, "title": 2}',
        "é".encode("latin-1"),
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b"9" * 5000,
        b" " * 5_000_001,
    ],
)
def test_content_that_is_not_a_definition_is_refused(content):
    with pytest.raises(Refused):
        read_definition(content)


def test_the_commands_go_round_and_print_the_key(tmp_path):
    survey = SurveyFactory(open=True)
    out = io.StringIO()
    call_command("export_survey", survey.key, stdout=out)
    file = tmp_path / "s.json"
    file.write_text(out.getvalue(), "utf-8")
    out = io.StringIO()
    call_command("import_survey", file, publish=True, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    copy = Survey.objects.get(key=answer["key"])
    assert answer["published"] is True
    assert copy.phase() == "open"
    assert copy.live_version.schema["questions"] == survey.live_version.schema["questions"]


@pytest.mark.parametrize(
    ("command", "argument", "code"),
    [
        ("import_survey", "/nowhere.json", 2),
        ("import_survey", "/", 2),
        ("export_survey", "inconnu", 2),
        ("export_survey", "a\x00b", 2),
        ("seal", "inconnu", 2),
        ("erase", "pas un code", 2),
        ("erase", "0000-1111-2222-3333-4444", 1),
    ],
)
def test_exit_codes(command, argument, code):
    with pytest.raises(CommandError) as caught:
        call_command(command, argument)
    assert caught.value.returncode == code


def test_a_refused_file_exits_with_1(tmp_path):
    file = tmp_path / "s.json"
    file.write_text("{")
    with pytest.raises(CommandError) as caught:
        call_command("import_survey", file)
    assert caught.value.returncode == 1
