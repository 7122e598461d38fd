"""The public statistics: computed or said not to be measured, and a file that its schema accepts."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.models import Clarity, Commitment, ConsultationPage, OfficialAnswer, Theme
from home import statistics
from tests.factories.pages import ConsultationPageFactory

pytestmark = pytest.mark.django_db

# The rules of etalab/schema-impact-service-public-numerique 0.5.0, from its documentation (Licence Ouverte 2.0):
# name, type, required, values allowed.
PERIODS = ["quotidienne", "hebdomadaire", "mensuelle", "annuelle", "trimestrielle", "semestrielle", "autre"]
SCHEMA = [
    ("administration_rattachement", "string", True, None),
    ("nom_service_public_numerique", "string", True, None),
    ("indicateur", "string", True, None),
    ("valeur", "number", True, None),
    ("unite_mesure", "string", True, None),
    ("est_cible", "boolean", True, None),
    ("type_indicateur", "string", True, ["usage", "impact"]),
    ("frequence_monitoring", "string", True, PERIODS),
    ("date", "date", True, None),
    ("est_periode", "boolean", True, None),
    ("date_debut", "date", False, None),
    ("est_automatise", "boolean", True, None),
    ("source_collecte", "string", True, None),
    ("denom_insee", "string", False, ["REG", "DEP", "COM", "ARR", "COMER", "COM_COMER", "COG", "CTCD", "CAN"]),
    ("code_insee", "string", False, None),
    ("dataviz_wish", "string", False, ["linechart", "barchart", "map", "scatterplot", "piechart"]),
    ("commentaires", "string", False, None),
]
FORMS = {"string": r".+", "number": r"-?\d+(\.\d+)?", "boolean": r"true|false", "date": r"\d{4}-\d\d-\d\d"}


def problems(text: str) -> list[str]:
    """What the schema finds wrong in a file."""
    head, *rows = csv.reader(io.StringIO(text))
    found = [] if head == [name for name, *_rest in SCHEMA] else [f"columns: {head}"]
    for number, row in enumerate(rows, 2):
        for value, (name, kind, required, allowed) in zip(row, SCHEMA, strict=True):
            wrong = required if not value else not re.fullmatch(FORMS[kind], value, re.S)
            wrong = wrong or (kind == "date" and value and not date.fromisoformat(value))
            if wrong or (value and allowed and value not in allowed):
                found.append(f"line {number}, {name}: {value!r}")
    return found


def many() -> None:
    """Consultations in all states, with answers and commitments."""
    for n in range(4):
        page = ConsultationPageFactory(answered=True)
        theme = Theme.add_to(page, title="Ombre")
        status = "retained" if n else "not_retained"
        OfficialAnswer.objects.create(theme=theme, status=status, reason="x", signed_by="A", mandate="B", live=True)
        Commitment.objects.create(page=page, what="Planter", who="X", due=date(2020, 1, 1))
    for state in ("open", "closed", "late"):
        ConsultationPageFactory(**{state: True})


def values(text: str) -> dict[str, str]:
    return {row["indicateur"]: row["valeur"] for row in csv.DictReader(io.StringIO(text))}


def test_the_file_is_valid_against_its_schema(client):
    assert problems(client.get("/stats.csv").content.decode()) == []
    cache.clear()
    many()
    text = client.get("/stats.csv").content.decode()
    assert problems(text) == []
    told = values(text)
    star = statistics.NORTH_STAR
    assert (told[f"{star} : nombre"], told[f"{star} : sur"], told[star]) == ("4", "5", "80")
    assert told["consultations en retard de réponse"] == "1" and told["engagements en retard"] == "4"
    assert told["délai médian entre clôture et réponse"] == "24"


def test_the_schema_of_this_test_notices():
    row = ["A", "B", "C", "1", "unité", "false", "usage", "mensuelle", "2026-01-01", "false", "", "true", "s"] + [
        ""
    ] * 4
    good = [name for name, *_rest in SCHEMA]

    def of(changed: list[str]) -> list[str]:
        return problems("\n".join(",".join(line) for line in (good, changed)))

    assert of(row) == []
    for column, value in ((3, "beaucoup"), (3, ""), (6, "autre"), (8, "01/02/2026"), (9, "non")):
        assert of([value if i == column else v for i, v in enumerate(row)])


def test_few_give_counts_and_no_share(client):
    ConsultationPageFactory(late=True)
    ConsultationPageFactory(answered=True)
    told = values(client.get("/stats.csv").content.decode())
    assert statistics.NORTH_STAR not in told and told[f"{statistics.NORTH_STAR} : sur"] == "2"
    html = client.get("/stats/").content.decode().replace("\xa0", " ")
    assert "1 sur 2" in html and "Pas encore assez" in html


def test_an_answer_a_day_late_is_not_in_time_and_one_to_come_is_not_due():
    page = ConsultationPageFactory(answered=True)
    ConsultationPageFactory(closed=True)
    ConsultationPage.objects.filter(pk=page.pk).update(answered_on=page.answer_due + timedelta(days=1))
    assert statistics.north_star(statistics.indicators()).counts == (0, 1)


def test_what_nobody_measures_is_said_and_not_invented(client):
    html = client.get("/stats/").content.decode()
    assert html.count("pas encore mesuré") >= 4
    for row in ("Utilisable", "Utilisé", "Utile", "Impactant", "Efficient"):
        assert row in html
    told = values(client.get("/stats.csv").content.decode())
    assert "coût par réponse" not in told and "facilité d’usage" not in told


@pytest.mark.parametrize(("said", "shown"), [(10, None), (11, "36.4")])
def test_how_clear_answers_are_is_said_once_enough_people_did(client, said, shown):
    theme = Theme.add_to(ConsultationPageFactory(closed=True), title="Ombre")
    answer = OfficialAnswer.objects.create(
        theme=theme, status="retained", reason="x", signed_by="A", mandate="B", live=True
    )
    for n in range(said):
        Clarity.objects.create(answer=answer, key=bytes([n]), clear=n < 4)
    assert values(client.get("/stats.csv").content.decode()).get("réponses jugées claires") == shown


def test_a_period_says_when_it_began(client):
    rows = csv.DictReader(io.StringIO(client.get("/stats.csv").content.decode()))
    lately = next(row for row in rows if row["est_periode"] == "true")
    assert lately["date_debut"] == (timezone.localdate() - timedelta(days=30)).isoformat()


def test_one_or_three_consultations_cost_the_same(client):
    client.get("/stats/")
    counted = []
    for _more in range(2):
        ConsultationPageFactory(answered=True)
        ConsultationPageFactory(late=True)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get("/stats/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
