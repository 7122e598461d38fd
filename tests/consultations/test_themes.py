"""Themes: what is attached to them counts as long as it counts, and everybody finds what became of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations import themes
from consultations.models import Attachment, Clarity, ConsultationPage, OfficialAnswer
from moderation.models import Burst  # noqa: F401 - the engines register when they are loaded
from participation import limits, receipts
from surveys import intake
from surveys.follow_up import question_name
from surveys.models import Response
from tests.factories.citizens import OURS
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import moderate
from tests.factories.pages import (
    CommitmentFactory,
    ConsultationPageFactory,
    OfficialAnswerFactory,
    ThemeFactory,
    blocks,
)
from tests.factories.surveys import question
from tests.factories.words import answered, decided, open_survey, published, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def square():
    """A consultation with a survey of one open question, and one closed question."""
    survey = open_survey(question("long_text", "Une idée ?", shown=True), question("scale", "Confiance ?"))
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    return page, survey


def count(page: ConsultationPage, theme) -> int:
    return themes.counts(page)[theme.pk]


def test_counts_follow_whatever_becomes_of_a_text(square):
    page, survey = square
    shade, trees = (theme := ThemeFactory(page=page)), ThemeFactory(page=page, parent=theme)
    tilleul, banc, waits = (
        published(survey, "un tilleul", None),
        published(survey, "un banc", 3),
        answered(survey, "x", 1),
    )
    places = [("answer", str(a.pk)) for a in (tilleul, banc, waits)]
    assert themes.attach(shade, places) == 2  # what waits to be read is no contribution yet
    assert themes.attach(trees, places[:1]) == 1 and themes.attach(trees, places[:1]) == 0
    assert (count(page, shade), count(page, trees)) == (2, 1)  # the tree counts once for both
    decided(tilleul, "refuse")
    assert (count(page, shade), count(page, trees)) == (1, 0)
    decided(tilleul, "publish")
    assert (count(page, shade), count(page, trees)) == (2, 1)
    Response.objects.filter(open_answers=banc).update(set_aside=True)
    assert count(page, shade) == 1
    Response.objects.filter(open_answers=banc).update(set_aside=False)
    intake.erase(bytes(Response.objects.get(open_answers=banc).participant_key))
    assert count(page, shade) == 1
    themes.detach(trees, places), themes.detach(shade, places)
    assert (count(page, shade), count(page, trees)) == (0, 0)


def test_statements_and_arguments_count_likewise_the_first_ones_too():
    debate = DebateFactory(open=True)
    page = ConsultationPageFactory(open=True)
    debate.join_scope(page.scope)
    theme = ThemeFactory(page=page)
    seed = debate.statements.first()
    proposed, argument = StatementFactory(debate=debate, published=True), ArgumentFactory(debate=debate, published=True)
    waiting = StatementFactory(debate=debate)
    places = [("statement", str(s.pk)) for s in (seed, proposed, waiting)] + [("argument", str(argument.pk))]
    assert themes.attach(theme, places) == 3 == count(page, theme)
    moderate(proposed, "refuse")
    moderate(argument, "refuse")
    assert count(page, theme) == 1
    assert list(themes.readable_in(theme)) == [("statement", str(seed.pk))]


def test_nobody_sorts_what_others_were_asked(square):
    page, survey = square
    other = ThemeFactory(page=ConsultationPageFactory(open=True))
    text = published(survey, "un tilleul", None)
    name = question_name(survey.pk, survey.live_version.schema["questions"][1]["id"])
    assert themes.attach(other, [("answer", str(text.pk)), ("question", name), ("nothing", "1")]) == 0
    assert themes.attach(ThemeFactory(page=page), [("question", name)]) == 1


def test_what_only_the_authority_reads_counts_and_is_not_shown(client):
    survey = open_survey(question("long_text", "Une idée ?", shown=False))
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    theme = ThemeFactory(page=page)
    text = published(survey, "zzsecret")
    themes.attach(theme, [("answer", str(text.pk))])
    html = client.get(theme.get_absolute_url()).content.decode()
    assert "1 contribution" in html and "zzsecret" not in html


def test_who_has_only_a_code_reads_what_became_of_their_answers(client, square):
    page, survey = square
    shade, _other = ThemeFactory(page=page, title="De l’ombre"), ThemeFactory(page=page, title="La fontaine")
    receipt = send(survey, None, 4)
    name = question_name(survey.pk, survey.live_version.schema["questions"][1]["id"])
    themes.attach(shade, [("question", name)])

    def page_of_code() -> str:
        return client.post("/suivi/", {"code": receipt.code}).content.decode()

    assert "De l’ombre" in page_of_code() and "La fontaine" not in page_of_code()
    answer = OfficialAnswerFactory(theme=shade, live=False)
    CommitmentFactory(page=page, theme=shade, what="Planter quatorze arbres", late=True)
    assert answer.reason not in page_of_code() and "Planter" not in page_of_code()
    OfficialAnswer.objects.update(live=True)
    html = page_of_code()
    assert answer.reason in html and "Retenu" in html and "Planter quatorze arbres" in html
    assert "adjointe à l’urbanisme" in html and re.search(r"en retard de 7\s*jours", html)
    page.unpublish()
    assert receipts.outcomes(receipts.read_code(receipt.code)) == []


def test_a_statement_shows_the_answer_to_its_theme(client):
    debate = DebateFactory(open=True)
    page = ConsultationPageFactory(open=True)
    debate.join_scope(page.scope)
    theme, statement = ThemeFactory(page=page), debate.statements.first()
    themes.attach(theme, [("statement", str(statement.pk))])
    answer = OfficialAnswerFactory(theme=theme)
    html = client.get(f"/debats/{debate.key}/affirmations/{statement.ref}/").content.decode()
    assert answer.reason in html and theme.get_absolute_url() in html


def cost(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_pages_cost_the_same_for_one_and_three_themes(client, square):
    page, survey = square

    def grow() -> None:
        theme = ThemeFactory(page=page)
        texts = [published(survey, f"texte {theme.pk} {n}", None) for n in range(2)]
        themes.attach(theme, [("answer", str(text.pk)) for text in texts])
        OfficialAnswerFactory(theme=theme)
        made = CommitmentFactory(page=page, theme=theme)
        made.tell("Les arbres sont commandés.", status="under_way")

    grow()
    code = send(survey, None, 3).code
    urls = [page.url, page.themes.first().get_absolute_url()]
    once = [cost(client, url) for url in urls]
    for _more in range(2):
        grow()
    assert [cost(client, url) for url in urls] == once
    assert client.post("/suivi/", {"code": code}).status_code == 200


def test_a_page_shows_answers_and_commitments_where_nothing_else_is_said(client):
    page = ConsultationPageFactory(answered=True)
    theme = page.themes.get()
    CommitmentFactory(page=page, theme=theme, what="Planter quatorze arbres")
    CommitmentFactory(page=page, what="Publier un bilan", late=True)
    html = client.get(page.url).content.decode()
    for text in (theme.title, "Quatorze arbres", "Claire Ancel", "Planter quatorze arbres", "Publier un bilan"):
        assert text in html
    assert re.search(r"en retard de 7\s*jours", html)
    assert f'id="reponse-{theme.answers.get().ref}"' in html


def token_in(html: str) -> str:
    return re.search(r'class="clarity"><input type="hidden" name="token" value="([^"]+)"', html)[1]


def test_anybody_says_whether_an_answer_is_clear_without_a_cookie_before(client, settings):
    settings.SUPPRESS_BELOW = 2
    page = ConsultationPageFactory(answered=True)
    answer = page.themes.get().answers.get()
    url = f"/reponses/{answer.ref}/clarte/"
    shown = client.get(page.url)
    assert not shown.cookies and "trouve cette réponse" not in shown.content.decode()
    said = client.post(url, {"token": token_in(shown.content.decode()), "clear": "yes", "back": page.url}, headers=OURS)
    assert said.status_code == 303 and said["Location"] == f"{page.url}?avis={answer.ref}#reponse-{answer.ref}"
    # The same browser changes its mind, with a form drawn anew: still one person.
    again = client.get(page.url).content.decode()
    client.post(url, {"token": token_in(again), "clear": "no"}, headers=OURS)
    assert list(Clarity.objects.values_list("clear", flat=True)) == [False]
    # Another browser; the same form sent twice is once.
    client.cookies.clear()
    token = token_in(client.get(page.url).content.decode())
    for _time in range(2):
        client.cookies.clear()
        client.post(url, {"token": token, "clear": "yes"}, headers=OURS)
    assert Clarity.objects.count() == 2
    assert "1 personne sur 2" in client.get(page.url).content.decode()


@pytest.mark.parametrize(
    ("fields", "status"), [({}, 422), ({"token": "x", "clear": "yes"}, 422), ({"clear": "yes"}, 422)]
)
def test_an_opinion_without_our_form_counts_nothing(client, fields, status):
    answer = ConsultationPageFactory(answered=True).themes.get().answers.get()
    assert client.post(f"/reponses/{answer.ref}/clarte/", fields, headers=OURS).status_code == status
    assert not Clarity.objects.exists()


def test_opinions_are_bounded_by_connection(client):
    limits.forget_all()
    page = ConsultationPageFactory(answered=True)
    answer = page.themes.get().answers.get()
    codes = []
    for _time in range(22):
        client.cookies.clear()
        token = token_in(client.get(page.url).content.decode())
        codes.append(client.post(f"/reponses/{answer.ref}/clarte/", {"token": token, "clear": "no"}, headers=OURS))
    limits.forget_all()
    assert [r.status_code for r in codes].count(303) == 20 == Clarity.objects.count()


def test_an_answer_that_is_not_published_has_no_address(client):
    page = ConsultationPageFactory(answered=True)
    answer = page.themes.get().answers.get()
    OfficialAnswer.objects.update(live=False)
    assert client.get(f"/reponses/{answer.ref}/clarte/").status_code == 404
    page.unpublish()
    assert client.get(answer.theme.get_absolute_url()).status_code == 404


def test_an_attachment_names_and_copies_nothing(square):
    page, survey = square
    theme = ThemeFactory(page=page)
    text = published(survey, "zzcanari", None)
    themes.attach(theme, [("answer", str(text.pk))])
    assert {f.name for f in Attachment._meta.get_fields()} == {"id", "theme", "kind", "object_id"}
