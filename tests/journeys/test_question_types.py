"""Every question type through a real browser: without JavaScript, with the keyboard alone, on a small screen, axe 0."""

import re

import pytest
from playwright.sync_api import expect

from counting import fold, reconcile
from surveys.models import Survey
from surveys.questions import TYPES, type_of
from tests.factories.pictures import saved, scene
from tests.factories.surveys import SurveyFactory, every_type, question
from tests.journeys.test_citizen import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What somebody does with the keyboard alone once the first control of a question has the focus.
KEYS: dict[str, list[str]] = {
    "single": ["Space", "ArrowDown"],
    "multiple": ["Space", "Tab", "Tab", "Space"],
    "grid": ["Space", "Tab", "Space", "ArrowRight"],
    "scale": ["Space", "ArrowRight"],
    "number": ["text:42"],
    "short_text": ["text:Rue Haute"],
    "long_text": ["text:Deux mots."],
    "date": ["text:27", "Tab", "text:3", "Tab", "text:2026"],
    "yes_no": ["Space", "Tab", "text:Parce que."],
    "rating": ["Space", "ArrowDown"],
    "nps": ["Space", "ArrowRight"],
    "ranking": ["text:2", "Tab", "text:1", "Tab", "text:3"],
    "points": ["text:3", "Tab", "text:2"],
    "basket": ["Space", "Tab", "Tab", "Space"],
    "time": ["text:18h30"],
    "demographic": ["Space", "ArrowDown"],
    "photo": ["file:photo.jpg", "Tab", "text:une rue"],
    "file": ["file:plan.jpg"],
    "image_choice": ["Space", "ArrowDown"],
    "location": ["Space", "ArrowDown"],
    "email": ["text:lou@exemple.fr"],
}
# As what a screen reader announces a question: one control, or a group of them. Files have no role of their own.
ONE = {"number": "textbox", "short_text": "textbox", "long_text": "textbox", "time": "textbox", "email": "textbox"}
FILES = {"photo", "file"}
NAMELESS = re.compile(r"^\s*- (radio|checkbox|textbox|combobox|button|group|radiogroup|img)( \[[^]]*\])?:?$", re.M)


def press(page, keys: list[str]) -> None:
    for key in keys:
        if key.startswith("text:"):
            page.keyboard.type(key.removeprefix("text:"))
        elif key.startswith("file:"):  # the window in which a file is chosen belongs to the browser
            file = {"name": key.removeprefix("file:"), "mimeType": "image/jpeg", "buffer": saved(scene())}
            page.locator(":focus").set_input_files([file])
        else:
            page.keyboard.press(key)


def tab_to(page, name: str) -> None:
    """Press Tab until the focus is on a control called `name`, or a part of it."""
    for _n in range(40):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and (here.get_attribute("name") or "").partition("_")[0] == name:
            return
    raise AssertionError(f"the keyboard does not lead to {name}")


def answers(survey: Survey) -> dict:
    stored = survey.responses.get().answers
    return {q["type"]: stored[q["id"]] for q in survey.live_version.schema["questions"]}


def by_keyboard(page, survey: Survey) -> None:
    """From the top of the page to the button, without leaving the keyboard."""
    for place, asked in enumerate(survey.live_version.schema["questions"], 1):
        if type_of(asked).asked:
            tab_to(page, f"q{place}")
            press(page, KEYS[asked["type"]])
    tab_to(page, "go")


def expected(survey: Survey) -> dict:
    questions = {q["type"]: q for q in survey.live_version.schema["questions"]}
    ids = {kind: [o["id"] for o in q.get("options", ())] for kind, q in questions.items()}
    rows, steps = ([item["id"] for item in questions["grid"][part]] for part in ("rows", "scale"))
    trees, benches, fountain = ids["ranking"]
    oven, tools, _kiosk = ids["points"]
    garden, _lamps, bench = ids["basket"]
    return {
        "single": {"options": ids["single"][1:2]},
        "multiple": {"options": [ids["multiple"][0], ids["multiple"][2]]},
        "grid": {rows[0]: steps[0], rows[1]: steps[1]},
        "scale": 1,
        "number": 42,
        "short_text": "Rue Haute",
        "long_text": "Deux mots.",
        "date": "2026-03-27",
        "yes_no": {"options": ["yes"], "reason": "Parce que."},
        "hidden": None,
        "rating": 2,
        "nps": 1,
        "ranking": [benches, trees, fountain],
        "points": {oven: 3, tools: 2},
        "basket": {"options": [garden, bench]},
        "time": "18:30",
        "email": {"given": True},
        "demographic": {"options": ["15-29"]},
        "image_choice": {"options": ids["image_choice"][1:]},
    }


def heard(page, survey: Survey) -> None:
    """Each question has a role, its wording as name and its help as description; no control is without a name."""
    for asked in survey.live_version.schema["questions"]:
        kind, wording = asked["type"], re.compile(f"^{re.escape(asked['wording'])}")
        if not type_of(asked).asked:
            continue
        found = page.get_by_role(ONE.get(kind, "group"), name=wording)
        found = page.get_by_label(asked["wording"], exact=True) if kind in FILES else found
        assert found.count() == 1, kind
        expect(found).to_have_accessible_description(re.compile(re.escape(asked["help"])))
    snapshot = page.locator("form.survey").aria_snapshot()
    assert not NAMELESS.search(snapshot), snapshot


@pytest.mark.parametrize("javascript", [False, True])
def test_every_type_is_answered_by_keyboard_at_320_pixels(live_server, visit, javascript):
    assert set(KEYS) == {name for name, kind in TYPES.items() if kind.asked}
    questions = [question(kind, f"Question {kind} ?", help=f"Aide pour {kind}.") for kind in TYPES]
    survey = SurveyFactory(open=True, questions=questions)
    page = visit(javascript=javascript, width=320)
    page.goto(live_server.url + survey.get_absolute_url())
    if not javascript:
        heard(page, survey)
    by_keyboard(page, survey)
    if javascript:
        told = [told.inner_text() for told in page.locator(".left").all()]
        assert "0" in told[0] and "6\u202f100" in told[1].replace("\xa0", "\u202f")
    page.keyboard.press("Enter")
    page.wait_for_url("**/merci/**")
    found = answers(survey)
    where = found.pop("location")
    assert (where["way"], where["zone"]) == ("zone", "w")
    assert found.pop("photo")["alt"] == "une rue" and found.pop("file")["id"]
    assert found == expected(survey)
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
