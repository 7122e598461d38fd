"""A day with a kiosk: fifty people answer without a network, in the evening each of them counts once."""

import re

import pytest

from counting import fold, reconcile
from surveys import kiosk_views
from surveys.models import Kiosk, Response
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.factories.surveys import KioskFactory, SurveyFactory, question
from tests.journeys.test_citizen import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# 44 more people, through the very code that seals and keeps what the form gives.
CROWD = """async (option) => {
  const about = JSON.parse(document.getElementById("about").textContent), queue = new Queue(about);
  await queue.open();
  for (let n = 0; n < 44; n++) {
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => "0123456789ABCDEF"[byte & 15]);
    await queue.put({ version: about.version, code: about.tag + letters.join(""), answers: { q1: [option] } });
  }
}"""
LYING_THERE = """async (id) => {
  const done = (asked) => new Promise((tell) => { asked.onsuccess = () => tell(asked.result); });
  const database = await done(indexedDB.open(`kiosk ${id}`));
  const all = await done(database.transaction("answers").objectStore("answers").getAll());
  database.close();
  return { n: all.length, text: JSON.stringify(all) };
}"""


@pytest.fixture
def kiosk():
    asked = [question("single", "Comment venez-vous ?", required=True), question("multiple"), question("short_text")]
    follow = question("yes_no", "Faut-il des arceaux ?")
    survey = SurveyFactory(open=True, title="La place du marché", questions=[*asked, follow])
    return KioskFactory(survey=survey)


@pytest.fixture
def tablet(browser, tmp_path):
    """`tablet()` starts the tablet's browser, each time with what it kept before."""
    started = []

    def start(**options):
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "tablet",
            executable_path=CHROMIUM,
            args=CHROMIUM_FLAGS,
            viewport={"width": 768, "height": 1024},
            locale="fr-FR",
            **options,
        )
        started.append(context)
        return context

    yield start
    for context in started:
        context.close()


def waiting(page, n: int) -> None:
    said = "Aucune réponse n’attend" if n == 0 else f"{n} réponse"
    page.locator("#state", has_text=re.compile(rf"(^|\s){said}")).wait_for()


def answer_by_keyboard(page) -> str:
    """One person answers with the keyboard alone and reads their code."""
    page.get_by_role("button", name="Commencer").press("Enter")
    page.locator("#q1").press("Space")
    page.keyboard.press("Tab")
    page.locator("#q3").fill("Confidence d’un passant")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Merci").wait_for()
    return page.locator(".code strong").inner_text()


def done(page) -> None:
    page.get_by_role("button", name="Terminé").click()
    page.get_by_role("button", name="Commencer").wait_for()


def test_fifty_people_without_a_network_count_once_each(live_server, kiosk, tablet, monkeypatch):
    address = live_server.url + f"/permanence/{kiosk.pk}/"
    context = tablet()
    page = context.pages[0]
    page.goto(f"{address}#{kiosk.secret}")
    page.get_by_text("Cette tablette est prête").wait_for()
    assert page.url == address  # the secret does not stay in the address
    assert violations(page) == []

    # Without a network: the page opens, also anew and after the browser was shut down.
    context.set_offline(True)
    page.reload()
    code = answer_by_keyboard(page)
    assert "dès que le réseau revient" in page.locator(".fate").inner_text()
    assert violations(page) == []
    done(page)
    waiting(page, 1)
    assert page.locator("form.survey, .code strong").count() == 0
    for _ in range(2):
        answer_by_keyboard(page)
        done(page)
    kept = page.evaluate(LYING_THERE, str(kiosk.pk))
    assert kept["n"] == 3 and "Confidence" not in kept["text"] and code.replace("-", "") not in kept["text"]
    context.close()
    context = tablet(offline=True)
    page = context.pages[0]
    page.goto(address)
    waiting(page, 3)
    who_makes_a_mistake(page)
    who_walks_away(page)
    page.evaluate(CROWD, kiosk.survey.live_version.schema["questions"][0]["options"][1]["id"])
    for _ in range(2):
        answer_by_keyboard(page)
        done(page)
    waiting(page, 50)
    assert not Response.objects.exists()

    # The network comes back, but the first replies are lost after the answers were stored; then the page is closed.
    lose_replies(monkeypatch, 2)
    context.set_offline(False)
    page.get_by_role("button", name="Envoyer maintenant").click()
    page.get_by_text("L’envoi n’a pas marché").wait_for()
    assert 0 < Response.objects.count() < 50
    waiting(page, 50)
    page.close()
    page = context.new_page()
    page.goto(address)
    waiting(page, 0)
    assert page.evaluate(LYING_THERE, str(kiosk.pk))["n"] == 0
    assert Response.objects.count() == Kiosk.objects.get().stored == 50
    page.get_by_role("button", name="Envoyer maintenant").click()
    waiting(page, 0)
    assert Response.objects.filter(channel="field", set_aside=False).count() == 50
    fold.sweep()
    assert reconcile.compare(kiosk.survey.tool) == []

    # A code noted down without a network leads to the answer.
    page.goto(live_server.url + "/suivi/")
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    assert "La place du marché" in page.locator("main").inner_text()

    the_facilitator_ends_it(page, address, kiosk)


def who_makes_a_mistake(page) -> None:
    """Is told at the field, and mends it; on the narrowest screen."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Commencer").click()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    assert page.locator(".error-summary").evaluate("element => element === document.activeElement")
    page.locator("#q2").check()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    assert page.locator(".question.invalid .field-error").inner_text() == "Répondez à cette question."
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("à vélo").check()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.get_by_role("heading", name="Merci").wait_for()
    page.get_by_role("button", name="Garder cet écran").click()
    assert page.get_by_role("button", name="Terminé").evaluate("element => element === document.activeElement")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    done(page)
    waiting(page, 4)
    page.set_viewport_size({"width": 768, "height": 1024})


def who_walks_away(page) -> None:
    """Is asked, may stay; leaves nothing to the next."""
    page.clock.install()
    page.get_by_role("button", name="Commencer").click()
    page.locator("#q3").fill("Secret")
    page.clock.run_for(121_000)
    page.get_by_role("alertdialog", name="Êtes-vous encore là ?").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Je continue").click()
    page.get_by_role("alertdialog").wait_for(state="hidden")
    page.wait_for_function("() => true")  # the page hears of it before the clock goes on
    page.clock.run_for(100_000)
    assert page.locator("#q3").input_value() == "Secret"
    page.clock.run_for(30_000)
    page.get_by_role("alertdialog").wait_for()
    page.clock.run_for(61_000)
    page.get_by_role("button", name="Commencer").wait_for()
    assert "Secret" not in page.content()
    waiting(page, 4)
    page.clock.resume()


def lose_replies(monkeypatch, n: int) -> None:
    """The next `n` messages are stored, but the tablet never hears of it."""
    left, say = [n], kiosk_views._say

    def lost(said, status):
        if left[0] and said.get("stored"):
            left[0] -= 1
            return say({"message": ""}, 502)
        return say(said, status)

    monkeypatch.setattr(kiosk_views, "_say", lost)


def the_facilitator_ends_it(page, address, kiosk) -> None:
    """What is refused is kept and told; nothing is erased without the facilitator's word."""
    page.goto(address)
    waiting(page, 0)
    page.get_by_role("button", name="Commencer").click()
    page.get_by_label("à vélo").check()
    Kiosk.objects.update(revoked=True)
    page.get_by_role("button", name="Envoyer mes réponses").click()
    page.locator(".fate", has_text="pas encore envoyées").wait_for()
    page.get_by_role("button", name="Terminé").click()
    page.get_by_text("Cette permanence a été fermée").wait_for()
    assert not page.get_by_role("button", name="Commencer").is_visible()
    waiting(page, 1)
    page.get_by_text("Terminer la permanence sur cette tablette").click()
    assert violations(page) == []
    for word, erase, said in (("platane", True, "pas le mot"), ("Tilleul ", False, "attendent"), ("tilleul", True, "")):
        page.get_by_label("Mot de l’animateur").fill(word)
        page.get_by_label("Effacer pour de bon").set_checked(erase)
        page.get_by_role("button", name="Terminer et vider").click()
        if said:
            page.locator("#leave-said", has_text=said).wait_for()
    page.get_by_text("ne garde plus rien").wait_for()
    assert page.evaluate("async () => [(await caches.keys()).length, (await indexedDB.databases()).length]") == [0, 0]
    assert Response.objects.count() == 50


def test_a_browser_that_cannot_says_so(live_server, kiosk, visit):
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + f"/permanence/{kiosk.pk}/")
    page.get_by_role("link", name="Page ordinaire du questionnaire").click()
    assert page.get_by_role("button", name="Envoyer mes réponses").count() == 1
