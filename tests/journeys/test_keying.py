"""A heap of sheets in a real browser, with the keyboard alone: how many keys one takes, and what axe says."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from surveys.forms import compiled_live
from surveys.models import KeyedSheet, Response
from tests.factories.moderation import member
from tests.factories.surveys import SurveyFactory, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_KEYS = 15  # for ten closed questions


def violations(page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1


def test_ten_closed_questions_take_eleven_keys_and_what_is_odd_is_told(visit, live_server, client):
    many = question("multiple", options=[f"choix {n}" for n in range(1, 13)], max_choices=12)
    ten = [question("single", f"Question {n}", other=False, options=["a", "b", "c"]) for n in range(1, 11)]
    closed = SurveyFactory(open=True, questions=ten)
    mixed = SurveyFactory(open=True, questions=[many, question("grid"), question("scale"), question("number")])
    client.force_login(member("Agents de saisie"))
    page = visit()
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])

    def open_form(survey):
        page.goto(f"{live_server.url}/admin/surveys/{survey.pk}/keying/paper/", wait_until="load")
        page.wait_for_function("document.activeElement.closest('[data-stop]')")

    open_form(closed)
    assert page.evaluate("getComputedStyle(document.activeElement.closest('[data-stop]')).outlineStyle") == "solid"
    keys = Keyboard(page)
    with page.expect_navigation():
        keys.press(*"1231231231", "Enter")
    assert keys.presses == 11 <= MOST_KEYS
    assert "Feuille 1 enregistrée" in page.inner_text(".keying-last") and violations(page) == []
    options = [q["options"] for q in compiled_live(closed).questions]
    stored = Response.objects.get(survey=closed).answers
    assert [stored[q["id"]]["options"][0] for q in compiled_live(closed).questions] == [
        options[n][int(key) - 1]["id"] for n, key in enumerate("1231231231")
    ]

    open_form(mixed)
    # Several: 2, then 1 and 2 for twelve, ended by Enter; two lines of a grid; 10 of the scale; a number out of range.
    with page.expect_navigation():
        keys.press("2", "1", "2", "Enter", "1", "-", "1", "0", *"999", "Enter", "Enter")
    assert "0 et 120" in page.inner_text("#keying-errors") and not KeyedSheet.objects.filter(survey=mixed).exists()
    page.wait_for_function("document.activeElement.id === 'q4'")
    assert violations(page) == []
    with page.expect_navigation():
        keys.press("4", "2", "Enter", "Enter")
    first, grid, scale, number = compiled_live(mixed).questions
    stored = Response.objects.get(survey=mixed).answers
    assert stored[first["id"]]["options"] == [first["options"][1]["id"], first["options"][11]["id"]]
    assert stored[grid["id"]] == {grid["rows"][0]["id"]: grid["scale"][0]["id"]}
    assert (stored[scale["id"]], stored[number["id"]]) == (10, 42)
    for address in (
        f"surveys/{mixed.pk}/keying/",
        "surveys/keying/",
        f"surveys/keying/sheets/{KeyedSheet.objects.first().pk}/",
    ):
        page.goto(f"{live_server.url}/admin/{address}")
        assert violations(page) == [], address
    for query in ("", "?format=large"):
        page.goto(f"{live_server.url}/enquetes/{mixed.key}/papier/{query}")
        assert violations(page) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
