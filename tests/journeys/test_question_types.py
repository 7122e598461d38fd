"""Every question type through a real browser: without JavaScript, with the keyboard alone, on a small screen, axe 0."""

import pytest

from counting import fold, reconcile
from surveys.models import Survey
from surveys.questions import TYPES
from tests.factories.surveys import SurveyFactory, every_type, question
from tests.journeys.test_citizen import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What somebody types with the keyboard alone once the first control of a question has the focus.
KEYS: dict[str, list[str]] = {
    "yes_no": ["Space", "Tab", "text:Parce que."],
    "rating": ["Space", "ArrowDown"],
    "nps": ["Space", "ArrowRight"],
    "ranking": ["text:2", "Tab", "text:1", "Tab", "text:3"],
    "points": ["text:3", "Tab", "text:2"],
    "basket": ["Space", "Tab", "Tab", "Space"],
    "time": ["text:18h30"],
    "demographic": ["Space", "ArrowDown"],
    "image_choice": ["Space", "ArrowDown"],
}


def press(page, keys: list[str]) -> None:
    for key in keys:
        if key.startswith("text:"):
            page.keyboard.type(key.removeprefix("text:"))
        else:
            page.keyboard.press(key)


def answers(survey: Survey) -> dict:
    stored = survey.responses.get().answers
    return {q["type"]: stored[q["id"]] for q in survey.live_version.schema["questions"]}


def by_keyboard(page, survey: Survey) -> None:
    """Answer each question of KEYS from its first control on."""
    for place, asked in enumerate(survey.live_version.schema["questions"], 1):
        page.locator(f"#q{place}").focus()
        press(page, KEYS[asked["type"]])


def expected(survey: Survey) -> dict:
    ids = {q["type"]: [o["id"] for o in q.get("options", ())] for q in survey.live_version.schema["questions"]}
    trees, benches, fountain = ids["ranking"]
    oven, tools, _kiosk = ids["points"]
    garden, _lamps, bench = ids["basket"]
    return {
        "yes_no": {"options": ["yes"], "reason": "Parce que."},
        "rating": 2,
        "nps": 1,
        "ranking": [benches, trees, fountain],
        "points": {oven: 3, tools: 2},
        "basket": {"options": [garden, bench]},
        "time": "18:30",
        "demographic": {"options": ["15-29"]},
        "image_choice": {"options": ids["image_choice"][1:]},
    }


@pytest.mark.parametrize("javascript", [False, True])
def test_every_type_is_answered_by_keyboard_at_320_pixels(live_server, visit, javascript):
    survey = SurveyFactory(open=True, questions=[question(kind) for kind in KEYS])
    page = visit(javascript=javascript, width=320)
    page.goto(live_server.url + survey.get_absolute_url())
    by_keyboard(page, survey)
    if javascript:
        told = [told.inner_text() for told in page.locator(".left").all()]
        assert "0" in told[0] and "6\u202f100" in told[1].replace("\xa0", "\u202f")
    page.keyboard.press("Enter")
    page.wait_for_url("**/merci/**")
    assert answers(survey) == expected(survey)
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1366, "dark")])
def test_forms_errors_and_results_pass_axe_and_reflow(live_server, visit, settings, width, scheme):
    settings.SUPPRESS_BELOW = 1
    survey = SurveyFactory(open=True, questions=every_type())
    assert {q["type"] for q in survey.live_version.schema["questions"]} == set(TYPES)
    page = visit(width=width, color_scheme=scheme)

    def look() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []

    page.goto(live_server.url + survey.get_absolute_url())
    targets = page.locator("label.choice, .marks label, .line select, .line input[type=text]").all()
    assert all(target.bounding_box()["height"] >= 44 for target in targets)
    look()
    place = {q["type"]: f"q{n}" for n, q in enumerate(survey.live_version.schema["questions"], 1)}
    for n in (1, 2):
        page.locator(f"[name={place['ranking']}_{n}]").select_option("1")
        page.locator(f"[name={place['points']}_{n}]").fill("4")
    for project in page.locator(f"[name={place['basket']}]").all():
        project.check()
    page.locator(f"#{place['time']}").fill("midi")
    page.locator(f"#{place['yes_no']}_reason").fill("Sans choix.")
    page.get_by_role("button", name="Envoyer mes réponses").click()
    links = page.get_by_role("alert").get_by_role("link")
    assert links.count() == 5
    look()
    assert page.locator(f"#{place['time']}").input_value() == "midi"
    assert page.locator(f"[name={place['ranking']}_2]").input_value() == "1"

    page.locator(f"[name={place['ranking']}_2]").select_option("2")
    page.locator(f"[name={place['ranking']}_3]").select_option("3")
    for n in (1, 2):
        page.locator(f"[name={place['points']}_{n}]").fill("2")
    page.locator(f"[name={place['basket']}]").first.uncheck()
    page.locator(f"#{place['time']}").fill("12:00")
    page.locator(f"#{place['yes_no']}").check()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.wait_for_url("**/merci/**")
    fold.sweep()
    page.goto(f"{live_server.url}{survey.get_absolute_url()}resultats/")
    page.locator("details summary").first.click()
    look()


def test_dragging_only_fills_in_the_drop_down_lists(live_server, visit):
    survey = SurveyFactory(open=True, questions=[question("ranking", top=2, options=["a", "b", "c", "d"])])
    page = visit()
    page.goto(live_server.url + survey.get_absolute_url())
    lines = page.locator(".line")
    lines.nth(2).drag_to(lines.nth(0))
    assert [select.input_value() for select in page.locator("select").all()] == ["1", "", "", ""]
    lines.nth(3).drag_to(lines.nth(1))
    assert [select.input_value() for select in page.locator("select").all()] == ["1", "2", "", ""]
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.wait_for_url("**/merci/**")
    options = [o["id"] for o in survey.live_version.schema["questions"][0]["options"]]
    assert answers(survey)["ranking"] == [options[2], options[3]]
