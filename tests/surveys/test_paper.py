"""The questionnaire to print: the same questions in the same order, in words for who holds a pen; and its PDF."""

import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from home.models import SiteSettings
from participation.models import Scope
from surveys.definitions import import_definition
from surveys.forms import compiled_live
from surveys.models import Survey
from surveys.paper import sheet
from surveys.paper.surroundings import short_name
from surveys.questions import TYPES, Form, type_of
from tests.factories.pages import ConsultationPageFactory
from tests.factories.surveys import SurveyFactory, every_type, question, republish

pytestmark = pytest.mark.django_db


def printed(survey: Survey, query: str = "") -> str:
    answer = Client().get(f"/enquetes/{survey.key}/papier/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def as_pdf(survey: Survey, query: str = "") -> PdfReader:
    answer = Client().get(f"/enquetes/{survey.key}/papier.pdf{query}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_filled_with_a_pen_and_keyed_in(kind):
    """A new type fails here until its `paper` says where to write, under names that its `read` knows."""
    required = kind not in ("hidden", "email")
    survey = SurveyFactory(open=True, questions=[question(kind, "Une question ?", required=required)])
    (asked,) = compiled_live(survey).questions
    paper = type_of(asked).paper(asked)
    text = printed(survey)
    if not type_of(asked).asked:
        assert "Une question ?" not in text and not (paper.boxes or paper.blanks or paper.lines)
        return
    assert "1. Une question ?" in text
    assert any(mark in text for mark in ('class="code"', 'class="boxes-table"', 'class="blanks"', 'class="rule"'))
    readable = type_of(asked).from_paper(asked)
    assert type_of(asked).read(readable, "q1", Form({})) is None
    if paper.boxes:
        field = f"q1{paper.field}"
        assert type_of(asked).read(readable, "q1", Form({field: [paper.boxes[0].value]})) is not None
        assert [box.code for box in paper.boxes] == [str(n) for n in range(1, len(paper.boxes) + 1)]
    if paper.columns:
        for blank in paper.blanks:
            typed = Form({f"q1{blank.field}": [paper.columns[-1].value]})
            assert type_of(asked).read(readable, "q1", typed) is not None
    if paper.lines and not paper.boxes:
        assert type_of(asked).read(readable, "q1", Form({f"q1{paper.words}": ["des mots"]})) == "des mots"


def test_order_wording_and_numbers_are_those_of_the_screen_without_what_nobody_is_asked():
    survey = SurveyFactory(open=True)
    asked = [q for q in compiled_live(survey).questions if type_of(q).asked]
    text = printed(survey)
    found = [text.index(f"{n}. {q['wording']}<") for n, q in enumerate(asked, 1)]
    assert found == sorted(found) and len(found) == len(TYPES) - 1
    assert "Question hidden" not in text


def routed() -> Survey:
    yes = {"options": [{"id": "y", "label": "oui"}, {"id": "n", "label": "non"}]}

    def only_if(question: str, value: str) -> dict:
        return {"only_if": {"conditions": [{"question": question, "operator": "is", "value": value}]}}

    posts = {"options": [{"id": "a", "label": "affiche"}, {"id": "b", "label": "lettre"}]}
    questions = [
        {"id": "from", "type": "hidden", "wording": "Support", **posts},
        {"id": "bike", "type": "single", "wording": "À vélo ?", **yes},
        {"id": "where", "type": "short_text", "wording": "Où le rangez-vous ?", **only_if("bike", "y")},
        {"id": "poster", "type": "short_text", "wording": "Où est l’affiche ?", **only_if("from", "a")},
        {"id": "last", "type": "scale", "wording": "Content ?"},
    ]  # fmt: skip
    return import_definition({"title": "Le vélo", "questions": questions}, publish=True)


def test_routing_is_said_with_the_number_of_the_question():
    survey = routed()
    text = printed(survey)
    assert "Répondez seulement si vous avez répondu « oui » à la question « 1. À vélo ? »" in text
    assert "Où est l’affiche" not in text, "paper follows no link"
    assert "3. Content ?" in text
    assert sheet.numbers(compiled_live(survey)) == {"bike": 1, "where": 2, "last": 3}
    assert "à la question « 1. À vélo ? »" in words(as_pdf(survey))


def test_the_pdf_opens_with_text_language_title_and_tags():
    survey = SurveyFactory(open=True, title="Notre place — l’été", questions=every_type())
    pdf = as_pdf(survey)
    root = pdf.root_object
    assert pdf.metadata.title == "Notre place — l’été" and root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    text = words(pdf)
    for asked in compiled_live(survey).questions:
        assert (asked["wording"] in text) is type_of(asked).asked
    last = len(pdf.pages)
    assert last > 1 and all(
        f"page {n} / {last}" in words_of for n, words_of in enumerate((p.extract_text() for p in pdf.pages), 1)
    )
    assert f"/e/{short_name(survey)}" in text and "le marché" in text


def test_large_print_is_eighteen_points():
    survey = SurveyFactory(open=True, questions=[question("single", "Comment venez-vous ?")])
    sizes: dict[str, float] = {}

    def note(text, _cm, matrix, _font, size):
        sizes[text.strip()] = round(size * matrix[0])

    for page in as_pdf(survey, "?format=large").pages:
        page.extract_text(visitor_text=note)
    assert sizes["à pied"] == 18
    assert min(sizes[text] for text in sizes if text) >= 12
    assert '<body class="large">' in printed(survey, "?format=large") and "<body>" in printed(survey)


def test_what_people_write_is_never_markup():
    title = '#panic("x") *gras* <b>&amp; $x$ @ref \\ #image("/etc/passwd")'
    survey = SurveyFactory(
        open=True, title=title, questions=[question("single", title, help=title, options=[title, "b"])]
    )
    pdf = as_pdf(survey)
    assert pdf.metadata.title == title
    assert re.sub(r"\s", "", words(pdf)).count(re.sub(r"\s", "", title)) >= 4
    assert "<b>&amp; $x$" not in printed(survey)


def test_the_sheet_says_what_is_promised_where_to_bring_it_and_until_when():
    survey = SurveyFactory(open=True, questions=[question("single")])
    body = [{"type": "survey", "value": {"survey": survey.pk}}]
    page = ConsultationPageFactory(
        open=True, body=body, elsewhere="À l’accueil de la mairie.", decision="Le programme."
    )
    SiteSettings.objects.update_or_create(
        site=page.get_site(), defaults={"authority": "Rochebrune", "brand": "#ffffaa"}
    )
    said = words(as_pdf(survey))
    for text in (printed(survey), said):
        assert "Le programme." in text and "À l’accueil de la mairie." in text and "Rochebrune" in text
        assert "Rapportez cette feuille avant le" in text
        assert "N’écrivez ni votre nom ni votre adresse" in text
    assert Client().get(f"/e/{short_name(survey)}/")["Location"] == page.get_url()


def test_the_short_address_leads_to_the_survey_in_its_language():
    survey = SurveyFactory(open=True, questions=[question("single", "Comment ?")])
    assert Client().get(f"/e/{short_name(survey)}/")["Location"] == survey.get_absolute_url()
    survey.translations = {"en": {"title": "Our square", f"{survey.questions[0].id}.wording": "How?"}}
    survey.save()
    survey = republish(
        survey, [{"type": b.block_type, "id": b.id, "value": b.block.get_prep_value(b.value)} for b in survey.questions]
    )
    assert Client().get(f"/e/{short_name(survey)}/?langue=en")["Location"].endswith("?langue=en")
    assert Client().get(f"/e/{short_name(survey)}/?langue=xx")["Location"] == survey.get_absolute_url()
    assert "1. How?" in re.sub(r"</?span[^>]*>", "", printed(survey, "?langue=en"))
    pdf = as_pdf(survey, "?langue=en")
    assert "How?" in words(pdf) and pdf.root_object["/Lang"] == "en" and pdf.metadata.title == "Our square"


@pytest.mark.parametrize("address", ["papier/", "papier.pdf"])
def test_what_is_not_online_is_not_printed(address):
    draft, known = SurveyFactory(), SurveyFactory(open=True, questions=[question("single")])
    assert Client().get(f"/enquetes/{draft.key}/{address}").status_code == 404
    assert Client().get(f"/enquetes/{known.key}/{address}?langue=%00&format=%00").status_code == 200
    assert Client().post(f"/enquetes/{known.key}/{address}").status_code == 405
    name = short_name(known)
    guessed = name[:-1] + ("a" if name[-1] != "a" else "b")
    for unknown in (short_name(draft), guessed, str(known.pk), "999999999-abcd", f"{'9' * 30}-abcd"):
        assert Client().get(f"/e/{unknown}/").status_code == 404
    Scope.objects.filter(pk=known.scope_id).update(live=False)
    assert Client().get(f"/enquetes/{known.key}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["papier/", "papier.pdf"])
def test_printing_costs_as_many_queries_for_three_questions_as_for_one(address):
    one, three = (SurveyFactory(open=True, questions=[question("multiple") for _ in range(n)]) for n in (1, 3))
    Client().get(f"/enquetes/{one.key}/{address}")
    counts = []
    for survey in (one, three):
        Client().get(f"/enquetes/{survey.key}/{address}")
        with CaptureQueriesContext(connection) as asked:
            Client().get(f"/enquetes/{survey.key}/{address}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
