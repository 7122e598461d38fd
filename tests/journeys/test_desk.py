"""A moderator's morning in a real browser: with the keyboard alone, and looked at by axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from deliberation.models import Statement
from moderation import jobs
from moderation.models import Item
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import item_of, moderator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS = [
    "Un banc devant l’école.",
    "Des bancs à l’ombre.",
    "Bande d’incapables.",
    "Appelez-moi au 06 00 00 00 00, merci.",
    "Le marché le samedi aussi.",
]


@pytest.fixture
def desk(visit, live_server, client):
    """The desk, opened by a signed-in moderator."""
    debate = DebateFactory(open=True)
    for text in TEXTS:
        StatementFactory(debate=debate, text=text)
    jobs.look()
    client.force_login(moderator())
    page = visit()
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/admin/moderation/")
    return page


def state_of(text: str) -> str:
    return item_of(Statement.objects.get(text__startswith=text)).state


def press(page, *keys: str) -> None:
    """Press keys and wait for the page that they lead to."""
    here = page.url
    page.wait_for_function("document.readyState === 'complete' && window.wagtail")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != here, wait_until="load")


def test_a_morning_with_the_keyboard_alone(desk):
    press(desk, "l")  # one by one
    assert TEXTS[0] in desk.locator(".desk-text").inner_text()
    press(desk, "p")
    press(desk, "s")  # skip the second
    assert TEXTS[2] in desk.locator(".desk-text").inner_text()
    press(desk, "r", "2")  # refused by article 2
    press(desk, "m")  # the mask that signals propose
    assert state_of("Appelez-moi") == "published"
    assert Statement.objects.get(text__startswith="Appelez").text == "Appelez-moi au […], merci."
    press(desk, "r", "&")  # a French keyboard without shift: article 1
    assert state_of("Le marché le samedi") == "refused"
    assert TEXTS[1] in desk.locator(".desk-text").inner_text(), "what was skipped comes again"
    desk.keyboard.press("c")
    expect(desk.locator("#desk-reason")).to_be_focused()
    desk.keyboard.type("Dites où, svp.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: "/admin/moderation/?" in url)
    assert "plus rien à lire" in desk.content()
    item = item_of(Statement.objects.get(text=TEXTS[1]))
    assert item.state == "asked" and item.decisions.get().reason == "Dites où, svp."
    assert not Item.objects.waiting().exists()


def test_undo_by_its_key(desk):
    press(desk, "l")
    press(desk, "p")
    press(desk, "a")
    assert TEXTS[0] in desk.locator(".desk-text").inner_text() and state_of(TEXTS[0]) == "pending"


def test_deciding_without_javascript(desk, visit, live_server):
    page = visit(javascript=False)
    page.context.add_cookies([c for c in desk.context.cookies() if c["name"] == "sessionid"])
    page.goto(f"{live_server.url}/admin/moderation/next/")
    page.get_by_role("button", name="Publier p").click()
    assert state_of(TEXTS[0]) == "published"
    assert TEXTS[1] in page.locator(".desk-text").inner_text()


@pytest.mark.parametrize("width", [320, 768, 1366])
def test_the_desk_reads_well_for_everybody(desk, visit, live_server, width):
    ArgumentFactory(statement=Statement.objects.get(text=TEXTS[0]), text="Il fait chaud.")
    desk.set_viewport_size({"width": width, "height": 800})
    for path in ("/admin/moderation/", f"/admin/moderation/{item_of(Statement.objects.get(text=TEXTS[3])).pk}/"):
        desk.goto(live_server.url + path)
        desk.wait_for_load_state("networkidle")
        found = Axe().run(desk, context="main" if desk.locator("main.content").count() else None).response["violations"]
        ours = [v for v in found if v["impact"] in ("serious", "critical")]
        assert not ours, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in ours]
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
