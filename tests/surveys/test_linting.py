"""Advice on questions: each rule finds what it is for and lets the better wording pass; none stops anybody."""

from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse

from surveys.definitions import import_definition, read_definition
from surveys.linting import RULES, advise
from surveys.models import Survey
from surveys.publishing import advice_on, preview_schema
from tests.factories.surveys import SurveyFactory, question

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "linting.md").read_text("utf-8")
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


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["grand-debat-fr-2019", "flying-etiquette-us-2014", "masculinity-us-2018"])
def test_the_page_of_figures_says_what_is_found_in_real_surveys(name):
    survey = import_definition(read_definition((DOCS / f"examples/{name}.json").read_bytes()))
    asked = preview_schema(survey)["questions"]
    found = advise(asked)
    mine = [advice for advice in found if advice.question]
    by_kind = sorted(Counter(advice.kind for advice in mine).items(), key=lambda item: (-item[1], item[0]))
    told = f"{len(mine)}: {', '.join(f'{n} {kind}' for kind, n in by_kind)}"
    whole = ", ".join(advice.kind for advice in found if not advice.question)
    row = [name, len(asked), len({advice.question["id"] for advice in mine}), told, whole]
    assert f"| {' | '.join(map(str, row))} |" in PAGE


def test_the_page_of_figures_says_how_many_kinds_there_are():
    assert f"{len(RULES) + 2} kinds of remarks" in PAGE  # two are about the whole survey


def test_what_was_found_is_quoted_as_it_was_written():
    (advice,) = (a for a in advise([asked("N’est-il pas évident que l’été… ?")]) if a.kind == "leading")
    assert (advice.found, advice.is_quoted) == ("N’est-il pas", True)
    (twice,) = (a for a in advise([asked("Ne faut-il pas interdire les voitures ?")]) if a.kind == "double_negation")
    assert twice.found == "Ne faut-il pas … interdire"
    assert not next(a for a in advise([asked("½ ?", YES_NO * 4, "single")]) if a.kind == "many_options").is_quoted


@pytest.mark.django_db
def test_it_is_shown_and_stops_nobody(admin_client):
    wording = "Ne pensez-vous pas que les voitures gênent ?"
    survey = SurveyFactory(open=True, questions=[question("long_text", wording)])  # published all the same
    edit = admin_client.get(reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])).content.decode()
    id_ = survey.questions[0].id
    assert f'href="#block-{id_}-section"' in edit and "«\u00a0Ne pensez-vous pas\u00a0»" in edit
    assert 'help-info" open' in edit
    assert "conseils" in survey.make_preview_request().content.decode()
    assert "conseils" not in admin_client.get(survey.get_absolute_url()).content.decode()
    assert [entry["number"] for entry in advice_on(survey)] == [1]


@pytest.mark.django_db
def test_much_advice_is_folded_so_that_the_questions_are_seen(admin_client):
    survey = SurveyFactory(questions=[question("long_text", "Ne pensez-vous pas que les voitures gênent ?")] * 4)
    edit = admin_client.get(reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])).content.decode()
    assert "4 conseils" in edit and 'help-info" open' not in edit
