"""Advice on questions: each rule finds what it is for and lets the better wording pass; none stops anybody."""

import csv
from pathlib import Path

import pytest
from django.urls import reverse

from surveys.linting import RULES, advise
from surveys.models import Survey
from surveys.publishing import advice_on
from tests.factories.surveys import SurveyFactory, question

DATA = Path(__file__).parents[3] / "shared/data"
YES_NO = ["Oui", "Non", "Sans avis"]


def asked(wording: str, options: list[str] = (), kind: str = "long_text", **more) -> dict:
    listed = [{"id": str(n), "label": label} for n, label in enumerate(options)]
    return {"id": wording, "type": kind, "wording": wording, "help": "", "required": False, "options": listed, **more}


def kinds(*args, **kwargs) -> set[str]:
    return {advice.kind for advice in advise([asked(*args, **kwargs)])}


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [
        ("double", "Êtes-vous satisfait des bus et des pistes cyclables ?", "Êtes-vous satisfait des bus ?"),
        ("double", "Que changer ? Et pourquoi ?", "Que faut-il changer entre la place et la gare ?"),
        ("leading", "Ne pensez-vous pas que les voitures gênent ?", "Les voitures gênent-elles ?"),
        ("leading", "Comment trouvez-vous ce beau projet ?", "Comment trouvez-vous ce projet ?"),
        ("absolute", "Venez-vous toujours à pied ?", "Venez-vous souvent à pied ?"),
        ("jargon", "Que penser de la requalification de la place ?", "Que penser des travaux de la place ?"),
        ("jargon", "Connaissez-vous le PLUi ?", "Connaissez-vous les règles pour construire (PLUi) ?"),
        ("long", "mot " * 21 + "?", "mot " * 20 + "?"),
        ("negation", "Ne prenez-vous pas le bus ?", "Prenez-vous le bus ?"),
        ("double_negation", "Ne faut-il pas interdire les voitures ?", "Faut-il autoriser les voitures ?"),
        ("personal", "Quelle est votre adresse ?", "Dans quel quartier habitez-vous ?"),
        ("hypothetical", "Si le bus passait plus souvent, le prendriez-vous ?", "Prenez-vous le bus ?"),
    ],
)
def test_a_wording(kind, bad, good):
    assert kind in kinds(bad) and kind not in kinds(good)


@pytest.mark.parametrize(
    ("kind", "wording", "bad", "good"),
    [
        ("unbalanced", "Où ?", ["Très bien", "Bien", "Assez bien", "Mal"], ["Très bien", "Bien", "Mal", "Très mal"]),
        ("no_opinion", "Faut-il un marché ?", ["Oui", "Non"], YES_NO),
        ("many_options", "Où ?", [f"Rue {n}" for n in range(11)], [f"Rue {n}" for n in range(10)]),
        ("overlap", "Âge ?", ["Moins de 18", "18 à 25", "25 et plus"], ["Moins de 18", "18 à 24", "25 et plus"]),
        ("other", "Comment ?", ["Pied", "Vélo", "Bus", "Train", "Auto"], ["À pied", "À vélo", "Bus", "Auto", "Autre"]),
        ("agree", "Êtes-vous d’accord pour un marché ?", YES_NO, None),
    ],
)  # fmt: skip
def test_answers(kind, wording, bad, good):
    assert kind in kinds(wording, bad, "single")
    assert good is None or kind not in kinds(wording, good, "single")


def test_a_scale_from_nothing_and_one_of_frequency_are_fine():
    from_nothing = ["Pas du tout utile", "Assez utile", "Très utile", "Sans avis"]
    assert kinds("Le marché ?", from_nothing, "single") == set()
    often = [{"id": str(n), "label": label} for n, label in enumerate(["souvent", "parfois", "jamais"])]
    assert kinds("Vos trajets", kind="grid", rows=[{"id": "r", "label": "à pied"}], scale=often) == set()


def test_a_picture_without_description():
    options = [
        {"id": "1", "label": "A", "image": 3, "alt": ""},
        {"id": "2", "label": "B", "image": 4, "alt": "un banc"},
    ]
    assert "alternative" in {a.kind for a in advise([asked("Laquelle ?") | {"options": options}])}


def test_the_whole_survey():
    many = [asked(f"Question {n}", required=True) for n in range(16)]
    assert {a.kind for a in advise(many) if a.question is None} == {"many_questions", "many_required"}
    assert not advise([{**q, "withdrawn": True} for q in many])


def test_every_rule_says_what_to_do_with_an_example_in_french():
    assert len(RULES) >= 10
    for rule in RULES.values():
        assert str(rule.sentence) and str(rule.example)


def test_the_grand_debat():
    """97 questions that a state asked: what is found there is what the page of figures says."""
    file = DATA / "questions-grand-debat-fr-2019/questions.csv"
    if not file.exists():
        pytest.skip("the real questions are not on this machine")
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    found = advise([asked(row["text"]) for row in rows])
    flagged = {advice.question["id"] for advice in found if advice.question}
    assert (len(rows), len(flagged)) == (97, 33)


@pytest.mark.django_db
def test_it_is_shown_and_stops_nobody(admin_client):
    wording = "Ne pensez-vous pas que les voitures gênent ?"
    survey = SurveyFactory(open=True, questions=[question("long_text", wording)])  # published all the same
    edit = admin_client.get(reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])).content.decode()
    id_ = survey.questions[0].id
    assert f'href="#block-{id_}-section"' in edit and "ne pensez vous pas" in edit
    assert "conseils" in survey.make_preview_request().content.decode()
    assert "conseils" not in admin_client.get(survey.get_absolute_url()).content.decode()
    assert [entry["number"] for entry in advice_on(survey)] == [1]
