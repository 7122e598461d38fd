"""What the public reads of open answers: what was promised, read and published, and not a word more."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counting import fold
from surveys import definitions, open_answers, verbatims
from surveys.effects import effects
from surveys.forms import compiled_live
from surveys.models import OpenAnswer, Survey
from tests.factories.citizens import OURS, Citizen
from tests.factories.moderation import moderator
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import question, republish, set_questions
from tests.factories.words import answered, decided, item_of, open_survey, published, send

pytestmark = pytest.mark.django_db

CANARY = "zanzibarine"


@pytest.fixture(autouse=True)
def _figures_at_once(settings):
    settings.SUPPRESS_BELOW, settings.RESULTS_FRESH_FOR = 1, 0


def results(client, survey) -> str:
    return client.get(reverse("surveys:results", args=[survey.key])).content.decode()


def listing(client, survey, question_id: str = "", **more):
    return client.get(
        reverse("surveys:open_answers", args=[survey.key]),
        {"question": question_id, **more} if question_id else more,
    )


def asked(survey) -> list[str]:
    return [q["id"] for q in compiled_live(survey).questions]


def everything_public(client, survey, page) -> str:
    """Every page and file in which an open answer could show."""
    fold.fold(survey.tool_id)
    names = ("survey", "results", "results_json", "results_csv", "open_answers")
    addresses = [reverse(f"surveys:{name}", args=[survey.key]) for name in names]
    addresses += [page.get_url(), "/", "/recherche/?q=" + CANARY, "/plan-du-site/", "/stats/", "/stats.csv"]
    found = [client.get(address) for address in addresses]
    assert {response.status_code for response in found} <= {200, 404}
    return " ".join(response.content.decode() for response in found if f"“{CANARY}”" not in response)


@pytest.fixture
def survey():
    return open_survey()


@pytest.fixture
def page(survey):
    return ConsultationPageFactory(open=True, body=blocks(survey, results=True))


def words(client, survey, page) -> int:
    return everything_public(client, survey, page).replace("?q=" + CANARY, "").count(f"un {CANARY}")


def test_nothing_shows_before_it_is_published_and_nothing_after_it_is_taken_off(client, survey, page):
    survey.refresh_from_db()
    answer, boss = answered(survey, f"un {CANARY} de plus"), moderator()
    assert words(client, survey, page) == 0
    decided(answer, "refuse", boss)
    assert words(client, survey, page) == 0
    decided(answer, "publish", boss)
    assert words(client, survey, page) == 3, "on the results page, in the block, in the list"
    decided(answer, "redact", boss, redacted="un […] de plus")
    assert words(client, survey, page) == 0 and "un […] de plus" in results(client, survey)
    decided(answer, "refuse", boss)
    assert "de plus" not in everything_public(client, survey, page)


def test_what_was_promised_to_stay_hidden_stays_hidden(client):
    asked = [question("long_text", "Une idée ?")]
    survey = open_survey(*asked)
    published(survey, f"un {CANARY}")
    asked[0]["value"]["shown"] = True
    survey = republish(survey, asked)
    assert CANARY not in results(client, survey) + listing(client, survey).content.decode()
    published(survey, "un banc")
    assert "un banc" in results(client, survey)


def test_an_agent_who_shows_no_more_takes_all_off(client, survey):
    published(survey, "un banc")
    asked = [question("long_text", "Une idée ?", shown=False)]
    asked[0]["id"] = str(survey.questions[0].id)
    survey = republish(survey, asked)
    assert "un banc" not in results(client, survey) and listing(client, survey).status_code == 404


def test_the_agent_is_told_what_ticking_the_box_does(survey):
    asked = [question("long_text", "Une idée ?")]
    draft = open_survey(*asked)
    send(draft, "un banc"), send(draft, "deux bancs")
    asked[0]["value"]["shown"] = True
    set_questions(draft, asked)
    [effect] = effects(draft)
    assert "2" in effect.sentence and "Une idée ?" in effect.sentence
    send(survey, "un banc")
    asked[0]["value"]["shown"], asked[0]["id"] = False, str(survey.questions[0].id)
    set_questions(survey, asked)
    assert len(effects(survey)) == 1


@pytest.mark.parametrize("show_results", ["never", "closed"])
def test_only_where_results_are_public(client, show_results):
    survey = open_survey(show_results=show_results)
    published(survey, f"un {CANARY}")
    assert listing(client, survey).status_code == 404
    assert results(client, survey).count(CANARY) == 0


def test_five_on_the_results_page_and_all_on_their_own(client, survey):
    for n in range(7):
        published(survey, f"idée numéro {n}")
    page, [only] = results(client, survey), asked(survey)
    assert page.count("idée numéro") == verbatims.FIRST and f"reponses-libres/?question={only}" in page
    found = listing(client, survey, only).content.decode()
    assert found.count("idée numéro") == 7 and found.count('href="/signaler/answer/') == 7
    order = [str(pk) for pk in OpenAnswer.objects.order_by("pk").values_list("pk", flat=True)]
    assert sorted(order, key=found.index) == order, "the order is that of random ids"


def test_a_list_of_many_pages(client, survey, monkeypatch):
    monkeypatch.setattr("surveys.views.ANSWERS_A_PAGE", 2)
    for n in range(3):
        published(survey, f"idée numéro {n}")
    pages = [listing(client, survey, page=n).content.decode() for n in (1, 2)]
    assert [page.count("idée numéro") for page in pages] == [2, 1]
    assert 'rel="next"' in pages[0] and 'rel="prev"' in pages[1]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "1" * 5000, "\x00", "1e5", "²"])
def test_any_page_number_is_answered(client, survey, page):
    assert listing(client, survey, page=page).status_code == 200


@pytest.mark.parametrize("wanted", ["x", "\x00", "é" * 200, "' OR 1=1", "\ud800".encode("utf-8", "surrogatepass")])
def test_an_unknown_question_is_not_found(client, survey, wanted):
    assert listing(client, survey, wanted).status_code == 404


def test_words_are_text_and_not_html(client, survey):
    published(survey, "<script>alert(1)</script>\nun & deux")
    for page in (results(client, survey), listing(client, survey).content.decode()):
        assert "<script>alert" not in page and "&lt;script&gt;" in page and "<br>un &amp; deux" in page


def test_queries_are_constant(client):
    """The site and its settings; survey, figures (or how many), texts, their themes."""
    taken: list[list[int]] = []
    for n in (1, 3):
        taken.append([])
        survey = open_survey(*(question("long_text", f"Question {i} ?", shown=True) for i in range(n)))
        for i in range(n):
            send(survey, *(f"idée {i} {k}" for k in range(n)))
        open_answers.sort()
        for answer in OpenAnswer.objects.filter(survey=survey):
            decided(answer)
        for read in (results, listing):
            read(client, survey)
            with CaptureQueriesContext(connection) as queries:
                read(client, survey)
            taken[-1].append(len(queries))
    assert taken == [[5, 6], [5, 6]]


def test_a_survey_that_shows_none_costs_no_query_more(client):
    survey = open_survey(shown=False)
    results(client, survey)
    with CaptureQueriesContext(connection) as queries:
        assert "lus par la collectivité" in results(client, survey)
    assert len(queries) == 4


# What the citizen is told


def test_the_form_says_who_reads_it(client):
    survey = open_survey(
        question("short_text"),
        question("short_text", shown=True),
        question("long_text"),
        question("long_text", shown=True),
        question("single", other=True),
    )
    page = client.get(survey.get_absolute_url()).content.decode()
    said = dict(re.findall(r'id="(\w+)-reads">([^<]+)<', page))
    assert list(said) == ["q1", "q2", "q3", "q4", "q5_other"]
    assert said["q1"] == said["q3"] == said["q5_other"] != said["q2"] == said["q4"]
    for name in said:
        assert re.search(rf'name="{name}"[^>]*aria-describedby="[^"]*{name}-reads', page)


def test_an_author_follows_what_is_to_be_shown(client):
    survey = open_survey(question("long_text", shown=True), question("short_text"))
    citizen = Citizen(survey)
    code = citizen.code(citizen.answer(q1="un banc", q2="rien que pour vous"))
    open_answers.sort()
    follow = lambda: client.post("/suivi/", {"code": code}, headers=OURS).content.decode()  # noqa: E731
    assert "un banc" in follow() and "rien que pour vous" not in follow()
    shown = OpenAnswer.objects.get(shown=True)
    decided(shown, "refuse", moderator(), reason="Trop court.")
    page = follow()
    assert "Trop court." in page and item_of(shown).state == "refused"


def test_queries_of_the_follow_up_are_constant(client):
    counted = []
    for n in (1, 3):
        survey = open_survey(*(question("long_text", f"Question {i} ?", shown=True) for i in range(n)))
        citizen = Citizen(survey)
        code = citizen.code(citizen.answer(**{f"q{i + 1}": f"idée {i}" for i in range(n)}))
        open_answers.sort()
        with CaptureQueriesContext(connection) as queries:
            page = client.post("/suivi/", {"code": code}, headers=OURS).content.decode()
        assert page.count("« idée") == n
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_definition_carries_the_promise(survey):
    definition = definitions.export_definition(survey)
    assert definition["questions"][0]["shown"] is True
    again = definitions.import_definition(definition, publish=True)
    assert compiled_live(Survey.objects.get(pk=again.pk)).questions[0]["shown"] is True
    del definition["questions"][0]["shown"]
    assert compiled_live(definitions.import_definition(definition, publish=True)).questions[0]["shown"] is False
    with pytest.raises(definitions.Refused):
        definitions.import_definition({**definition, "questions": [{**definition["questions"][0], "shown": "oui"}]})
