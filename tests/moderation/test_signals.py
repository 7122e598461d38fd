"""Signals: what they find and miss on a written set of texts, that they say why, and that no text makes them slow."""

import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from moderation.signals import KINDS, bursts, doubles, redact, signals_of
from moderation.signals.measuring import measure_doubles, measured, read, table

SET = Path(__file__).with_name("signals.csv")

# Slightly below what was measured: kind → (precision, recall). docs/signals.md has the figures and what is missed.
FLOORS = {
    "seen": {
        "personal": (0.95, 0.92),
        "insult": (0.97, 0.92),
        "shouting": (0.95, 0.95),
        "link": (0.90, 0.90),
        "language": (0.95, 0.92),
    },
    "held out": {
        "personal": (0.94, 0.94),
        "insult": (0.96, 0.93),
        "shouting": (0.85, 0.85),
        "link": (0.85, 0.85),
        "language": (0.85, 0.85),
    },
    "later": {"personal": (0.90, 0.62), "insult": (0.90, 0.38), "language": (0.85, 0.62)},
}

DOUBLES = (0.88, 0.95)


def kinds(text: str, **more) -> set[str]:
    return {s.kind for s in signals_of(text, **more)}


def whys(text: str) -> str:
    return " · ".join(str(s.why) for s in signals_of(text))


def marked(text: str, kind: str) -> list[str]:
    return [text[start:end] for s in signals_of(text) if s.kind == kind for start, end in s.spans]


@pytest.fixture(scope="module")
def lines():
    return read(SET)


def test_what_is_found_and_missed_is_above_the_floors(lines):
    print("\n" + table(lines))
    scores = measured(lines)
    assert len(lines) >= 400
    for part, floors in FLOORS.items():
        for kind, (precision, recall) in floors.items():
            score = scores[part][kind]
            assert score.precision >= precision and score.recall >= recall, (part, kind, score)
    pairs = measure_doubles(lines)
    assert pairs.precision >= DOUBLES[0] and pairs.recall >= DOUBLES[1], pairs


def test_few_texts_with_nothing_to_see_are_given_a_signal(lines):
    quiet = [line.text for line in lines if not line.kinds]
    assert sum(bool(signals_of(text)) for text in quiet) <= len(quiet) / 50


def test_the_table_is_printed_without_a_site():
    ran = subprocess.run(
        [sys.executable, "-m", "moderation.signals", str(SET), "--mistakes"],
        capture_output=True,
        text=True,
        check=True,
        cwd=SET.parents[2],
        env={"PATH": ""},
    )
    assert "precision" in ran.stdout and "held out" in ran.stdout and "\n- " in ran.stdout


def test_a_signal_says_what_it_found_and_where():
    text = "M. Perrin du n° 12 se gare sur le trottoir tous les soirs, appelez-moi au 06 39 98 12 34."
    with translation.override("en"):
        assert "telephone number: 06 39 98 12 34" in whys(text) and "name of a person: M. Perrin" in whys(text)
    assert marked(text, "personal") == ["06 39 98 12 34", "M. Perrin"]
    weights = [s.weight for s in signals_of(text)]
    assert weights == sorted(weights, reverse=True) and all(0 < w <= 1 for w in weights)


def test_every_kind_can_be_switched_off():
    text = "BANDE DE CONNARDS À LA MAIRIE, www.exemple.fr, 06 39 98 12 34"
    assert kinds(text) == {"personal", "insult", "shouting", "link"}
    for kind in ("personal", "insult", "shouting", "link"):
        assert kinds(text, off={kind}) == {"personal", "insult", "shouting", "link"} - {kind}
    english = "We would like more benches and shade on the market square, please."
    assert kinds(english) == {"language"} and not kinds(english, off={"language"})
    assert not kinds(english, expected_language="en")
    assert [k.kind for k in KINDS] == ["personal", "insult", "shouting", "link", "double", "burst", "language"]
    assert all(str(k.label) and str(k.description) for k in KINDS)


@pytest.mark.parametrize(
    "number",
    [
        "06 39 98 12 34",
        "0639981234",
        "06.39.98.12.34",
        "06-39-98-12-34",
        "06/39/98/12/34",
        "+33 6 39 98 12 34",
        "+33(0)6 39 98 12 34",
        "0033639981234",
        "+262 639 98 12 34",
        "0262 00 00 00",
        "+689 87 00 00 00",
        "01 99 00 12 34",
        "06\u00a039\u00a098\u00a012\u00a034",
        "0 6 3 9 9 8 1 2 3 4",
    ],
)
def test_telephone_numbers_however_they_are_spelled(number):
    assert number in marked(f"Rappelez-moi au {number}, merci.", "personal")


@pytest.mark.parametrize(
    "text",
    [
        "06 000 000 € pour la halle",
        "le 01/02/2024 10 h 30",
        "SIRET 123 456 789 00012",
        "marché 2022 00 45 67 89 12",
        "06 12, 06 42, 07 12, 07 42",
        "le 0 800 00 00 00 est gratuit",
        "M. le Maire et Mme la Préfète",
        "rue du Docteur Mirandol",
        "M. Vautrelle, maire de Rochebrune, et l'adjointe Mme Lambercier",
        "un banc devant le 12 rue des Lilas",
        "parcelle AB 123",
        "écrire à mairie@exemple.fr",
    ],
)
def test_what_looks_personal_and_is_not(text):
    assert "personal" not in kinds(text)


def test_numbers_with_a_key_are_checked():
    assert marked("sous le 2 85 05 99 999 998 04 depuis", "personal") and not marked(
        "lot 2 85 05 99 999 998 05 du marché", "personal"
    )
    assert marked("sur FR94 9999 9000 0000 0000 0000 000 svp", "personal") == ["FR94 9999 9000 0000 0000 0000 000"]
    assert not marked("sur FR95 9999 9000 0000 0000 0000 000 svp", "personal")


def test_insults_are_graded_and_the_gravest_comes_first():
    found = [s for s in signals_of("Bande de nuls, connards, on va vous buter.") if s.kind == "insult"]
    assert [s.weight for s in found] == [1.0, 0.6, 0.3]
    [hate] = [s for s in signals_of("Les gitans c'est de la vermine.") if s.kind == "insult"]
    assert hate.weight == 0.9


@pytest.mark.parametrize(
    "text", ["connnnard", "c0nnard", "CONNARDS", "c o n n a r d", "conn*rd", "s@lope", "ENCULÉ", "encule"]
)
def test_disguised_insults(text):
    assert "insult" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "le concert de conserves",
        "la bête noire des riverains",
        "on m'a traité de connard",
        "des ratons laveurs",
        "on n'est pas des imbéciles",
        "les chiens du voisin",
        "Si vous êtes étranger, venez aussi",
        "le maire est incapable de répondre avant mardi",
    ],
)
def test_what_sounds_like_an_insult_and_is_none(text):
    assert "insult" not in kinds(text)


def test_masking_leaves_the_rest_as_it_was():
    text = "Appelez M. Perrin au 06 39 98 12 34 !"
    spans = [span for s in signals_of(text) for span in s.spans]
    assert redact(text, spans) == "Appelez […] au […] !"
    assert redact("abcdef", [(4, 99), (1, 3), (2, 4)], "*") == "a*"
    assert redact("abc", []) == "abc" and redact("abc", [(2, 2), (0, 1)], "_") == "_bc"


def test_nearly_identical_texts_are_grouped_and_short_ones_left_alone(lines):
    campaign = "Je demande le maintien de la trésorerie de notre canton et son ouverture deux jours par semaine. "
    texts = [(f"c{i}", campaign + name) for i, name in enumerate(["Zoé", "Léon", "Ali", "merci", ""])]
    others = [(i, line.text) for i, line in enumerate(lines) if not line.alike]
    groups = [g for g in doubles(others + texts) if g.ids[0] in dict(texts)]
    assert [set(g.ids) for g in groups] == [set(dict(texts))]
    with translation.override("en"):
        assert str(groups[0].signal.why) == "5 nearly identical texts"
        assert str(doubles([(1, campaign), (2, campaign.upper() + "!")])[0].signal.why) == "2 identical texts"
    assert doubles([(i, "Oui, merci") for i in range(50)]) == [] == doubles([])


def test_a_group_does_not_depend_on_the_order():
    sentence = "il faut garder la ligne de bus numéro sept jusqu'à la gare et au lycée du haut"
    words = sentence.split()
    texts = [(i, " ".join(w for j, w in enumerate(words) if j != i)) for i in range(len(words))]
    assert {frozenset(g.ids) for g in doubles(texts)} == {frozenset(g.ids) for g in doubles(texts[::-1])}


def test_doubles_stay_nearly_linear():
    def cost(n: int) -> float:
        texts = [(i, f"texte {i * 7919 % n} sur la place {i * 104729 % n} et le marché {i}") for i in range(n)]
        began = time.process_time()
        doubles(texts)
        return time.process_time() - began

    assert cost(8000) < 4 * 2.5 * cost(2000)


def test_a_burst_is_many_at_once_and_an_even_flow_is_none():
    text = "Non à la suppression de la navette du soir, nos apprentis en ont besoin."
    quiet = [
        (f"q{i}", date(2024, 5, 1) + timedelta(days=i), f"Avis numéro {i} sur la halle et les {i} bancs")
        for i in range(30)
    ]
    campaign = [(f"c{i}", date(2024, 5, 10 + i % 2), f"{text} {'!' * (i % 3)}") for i in range(38)]
    [found] = bursts(quiet + campaign)
    assert set(found.ids) == {id_ for id_, _day, _text in campaign}
    assert (found.since, found.until) == (date(2024, 5, 10), date(2024, 5, 11))
    with translation.override("en"):
        assert str(found.signal.why) == "38 nearly identical texts within 2 days"
    even = [(i, date(2024, 1, 1) + timedelta(days=i // 6), text) for i in range(600)]
    assert bursts(even) == [] == bursts([])
    hours = [(i, datetime(2024, 5, 10, i % 3), text) for i in range(12)]
    with translation.override("en"):
        assert str(bursts(hours)[0].signal.why) == "12 nearly identical texts within 3 hours"


HOSTILE = [
    *(
        "a",
        "a@",
        "@",
        "0",
        "0 ",
        "06 ",
        "a.",
        "A",
        "AB ",
        "!",
        "! ",
        "M. A",
        " ",
        "con ",
        "*",
        "a* ",
        "c o ",
        "12 rue ",
        "www.",
    ),
    *(
        "FR76",
        "FR76 ",
        " at ",
        "zéro six ",
        "a.fr",
        ".fr/ ",
        "AA-",
        "né le ",
        "Jean De ",
        "les arabes vous êtes ",
        "ا",
        "-",
    ),
    *(
        "https://",
        "(",
        "+1",
        "famille De la ",
        "tel ",
        "sale con ",
        "insulté de con ",
        "j'habite 1 ",
        "1 62 13 99 ",
        "\n",
    ),
    *("«", "e\u0301", "\u200b", "@a ", "la fille De ", "espèce d", "a b ", "1 rue A ", "lui casse "),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_makes_it_slow(piece):
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    took = []
    while len(took) < 3 and min(took, default=1) >= 1:  # the machine may have been busy
        began = time.process_time()
        found = signals_of(text)
        took.append(time.process_time() - began)
    assert min(took) < 1
    assert all(0 <= start <= end <= len(text) for s in found for start, end in s.spans)


def test_an_ordinary_text_takes_about_a_millisecond(lines):
    text = " ".join(line.text for line in lines[:20])[:600]
    signals_of(text)
    took = []
    for _n in range(20):
        began = time.process_time()
        for _m in range(10):
            signals_of(text)
        took.append((time.process_time() - began) / 10)
    print(f"\n{min(took) * 1000:.2f} ms for {len(text)} characters")
    assert min(took) < 0.003  # the goal is 1 ms; the rest is for slow machines
