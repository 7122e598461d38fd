"""A citizen's way through a debate in a real browser: without JavaScript, with it, with the keyboard alone."""

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from counting import fold
from deliberation import analysis
from deliberation.models import Argument, Debate, Statement, Support, Vote, Voter
from tests.factories.crowds import camps
from tests.factories.debates import ArgumentFactory, DebateFactory
from tests.factories.pages import ConsultationPageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUDGET_BYTES, BUDGET_REQUESTS = 60_000, 7
SEEDS = [
    "La place manque de bancs à l’ombre.",
    "Le marché doit rester le jeudi matin.",
    "Les voitures prennent trop de place.",
    "La fontaine doit être remise en eau.",
    "Les enfants doivent pouvoir jouer au ballon.",
    "Les terrasses gênent le passage des poussettes.",
    "Les livraisons devraient finir à dix heures.",
    "La halle mérite un meilleur éclairage.",
]


@pytest.fixture
def debate():
    """An open debate of seventy people, with its opinion groups, an argument on the question and one on a statement."""
    debate = DebateFactory(open=True, free_arguments=True, title="Quelle place pour demain ?", seeds=SEEDS)
    camps(debate, [40, 30])
    analysis.analyse_debate(debate)
    ArgumentFactory(debate=debate, published=True, text="On y attend le car en plein soleil.")
    first = Statement.objects.order_by("pk").first()
    ArgumentFactory(statement=first, published=True, side="against", text="Les arbres suffisent.")
    return debate


@pytest.fixture
def consultation(debate):
    """A consultation page with the debate and its results; the page takes the debate's scope, which has votes."""
    tools = [("debate", {"debate": debate.pk}), ("debate_results", {"debate": debate.pk, "title": "Où nous en sommes"})]
    body = [{"type": kind, "id": str(uuid.uuid4()), "value": value} for kind, value in tools]
    return ConsultationPageFactory(open=True, body=body)


def vote(page, word: str, within=None) -> None:
    (within or page.locator("[data-debate]")).get_by_role("button", name=word, exact=True).click()


@pytest.fixture
def mine(debate):
    """`mine()`: the values of the votes cast in the browser, those of the only voter that no factory made."""
    crowd = list(Voter.objects.values_list("pk", flat=True))
    return lambda: sorted(Voter.objects.exclude(pk__in=crowd).get().votes.values_list("value", flat=True))


def test_the_whole_way_without_javascript_on_a_small_screen(live_server, visit, debate, consultation, mine):
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + consultation.url)
    assert not page.context.cookies()
    page.get_by_role("link", name="Donner mon avis").click()
    assert page.url.endswith(f"#debat-{debate.key}") and page.locator(f"#debat-{debate.key}").is_visible()
    for word in ("D’accord", "Pas d’accord", "Je passe"):
        vote(page, word)
        assert f"Enregistré : {word.lower()}" in page.get_by_role("status").inner_text().replace("\xa0", " ")
    assert f"Vous avez voté sur 3 phrases sur {len(SEEDS)}" in page.locator("[data-debate]").inner_text()
    assert mine() == [-1, 0, 1]

    _change_a_vote(page, mine)
    code = _propose(page)
    _argue(page)
    _read_results(page)
    _go_on_elsewhere(visit(javascript=False, width=320), live_server.url, code, mine)


def _change_a_vote(page, mine) -> None:
    page.get_by_role("link", name="Voir toutes les phrases et mes votes").click()
    agreed = page.locator("li.voted").filter(has_text="votre vote : d’accord")
    assert page.locator("li.voted").count() == 3 and agreed.count() == 1
    vote(page, "Pas d’accord", agreed)
    assert mine() == [-1, -1, 0]
    assert page.locator("li.voted").count() == 3


def _propose(page) -> str:
    """Propose what is nearly there already, see it, and send it all the same; the receipt code that came back."""
    page.get_by_label("Proposer une phrase").fill("La place manque de bancs au soleil.")
    page.get_by_role("button", name="Envoyer ma phrase").click()
    assert "pas encore envoyée" in page.locator("main").inner_text()
    assert page.get_by_role("link", name=SEEDS[0]).is_visible()
    assert page.locator("#phrase").input_value() == "La place manque de bancs au soleil."
    assert not Statement.objects.filter(origin="citizen").exists()
    page.get_by_role("button", name="La mienne dit autre chose").click()
    proposed = Statement.objects.get(origin="citizen")
    assert (proposed.text, proposed.status) == ("La place manque de bancs au soleil.", "pending")
    return page.locator(".receipt .code strong").inner_text()


def _argue(page) -> None:
    page.get_by_role("link", name="Revenir au débat").click()
    page.get_by_role("link", name="Lire et écrire des arguments").click()
    page.get_by_role("button", name="Bon argument").click()
    assert page.get_by_role("button", name="Je ne le soutiens plus").get_attribute("aria-pressed") == "true"
    assert Support.objects.count() == 1
    page.get_by_label("Contre", exact=True).check()
    page.get_by_label("Votre argument").fill("Les bancs attirent le bruit.")
    page.get_by_role("button", name="Envoyer mon argument").click()
    assert "Nous lisons votre argument" in page.get_by_role("status").inner_text()
    sent = Argument.objects.get(text="Les bancs attirent le bruit.")
    assert (sent.side, sent.status) == ("against", "pending")
    assert sent.text not in page.locator(".sides").inner_text()


def _read_results(page) -> None:
    page.get_by_role("link", name="Revenir au débat").click()
    page.get_by_role("link", name="les résultats").click()
    told = page.locator("main").inner_text()
    assert "Ce qui rassemble" in told and "Ce qui divise" in told and "Groupe A" in told
    assert SEEDS[0] in page.locator(".uniting").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def _go_on_elsewhere(page, base: str, code: str, mine) -> None:
    """Another device: the code shows what became of everything, and opens the debate where one left it."""
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]{4}", code)
    page.goto(base + "/suivi/")
    page.get_by_label("Votre code de suivi").fill(code.lower())
    page.get_by_role("button").click()
    told = page.locator("main").inner_text()
    assert "Vous avez voté sur 3 phrases" in told and "La place manque de bancs au soleil." in told
    page.get_by_role("button", name="Reprendre ici").click()
    assert f"Vous avez voté sur 3 phrases sur {len(SEEDS)}" in page.locator("[data-debate]").inner_text()
    vote(page, "D’accord")
    assert len(mine()) == 4


def test_a_vote_does_not_reload_the_page_and_leads_on_to_the_next_statement(live_server, visit, debate, mine):
    page = visit()
    page.goto(live_server.url + debate.get_absolute_url())
    page.evaluate("window.same = true")
    asked = page.locator("[data-statement]").inner_text()
    vote(page, "D’accord")
    expect(page.get_by_role("status")).to_contain_text(asked)
    expect(page.get_by_role("status")).to_contain_text("d’accord")
    expect(page.locator("[data-statement]")).to_be_focused()
    assert page.locator("[data-statement]").inner_text() != asked
    vote(page, "Je passe")
    expect(page.locator(".step")).to_contain_text("Vous avez voté sur 2 phrases")
    assert page.evaluate("window.same") and page.url == live_server.url + debate.get_absolute_url()
    assert mine() == [0, 1]


def test_a_vote_goes_the_ordinary_way_when_the_script_gets_no_answer(live_server, visit, debate, mine):
    page = visit()
    page.goto(live_server.url + debate.get_absolute_url())
    failed = []

    def only_forms(route) -> None:
        if route.request.resource_type == "fetch":
            failed.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/voter/", only_forms)
    vote(page, "D’accord")
    page.wait_for_url("**voted=**")
    assert len(failed) == 1
    assert "Vous avez voté sur 1 phrase" in page.locator("[data-debate]").inner_text()
    assert mine() == [1]


def test_a_refused_vote_says_so_where_it_was_cast(live_server, visit, debate):
    page = visit()
    page.goto(live_server.url + debate.get_absolute_url())
    page.locator("input[name=token]").first.evaluate("field => field.value = 'forged'")
    vote(page, "D’accord")
    expect(page.get_by_role("alert")).to_contain_text("Votez de nouveau")
    assert Vote.objects.count() == 70 * len(SEEDS)


class Keyboard:
    """Tab, Enter, Space and letters; what has the focus must show it."""

    def __init__(self, page):
        self.page = page

    def to(self, selector: str) -> None:
        for _ in range(90):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                shown = self.page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }"
                )
                assert shown, f"the focus does not show on {selector}"
                return
        raise AssertionError(f"Tab never reaches {selector}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


def test_the_keyboard_alone_is_enough(live_server, visit, debate, mine):
    page = visit()
    keys = Keyboard(page)
    page.goto(live_server.url + debate.get_absolute_url())
    keys.to("button[value=agree]")
    keys.press("Enter")
    expect(page.locator("[data-statement]")).to_be_focused()
    keys.press("Tab")  # from the statement straight to its buttons
    assert page.evaluate("document.activeElement.value") == "agree"
    keys.to("button[value=disagree]")
    keys.press("Space")
    expect(page.locator(".step")).to_contain_text("sur 2 phrases")
    assert mine() == [-1, 1]

    keys.to(".ways a[href$='#proposer']")
    keys.press("Enter")
    page.wait_for_url("**/affirmations/**")
    keys.to("#phrase")
    page.keyboard.type("Il faut des toilettes publiques gratuites.")
    keys.to("form.propose button")
    keys.press("Enter")
    page.wait_for_url("**proposed=**")
    assert Statement.objects.get(origin="citizen").text == "Il faut des toilettes publiques gratuites."

    page.goto(live_server.url + debate.get_absolute_url())
    keys.to(".ways a[href$='/arguments/']")
    keys.press("Enter")
    page.wait_for_url("**/arguments/")
    keys.to("input[name=side]")
    keys.press("Space")
    keys.to("#argument")
    page.keyboard.type("Les touristes en cherchent aussi.")
    keys.to("#argumenter button")
    keys.press("Enter")
    page.wait_for_url("**sent=1**")
    assert Argument.objects.get(text="Les touristes en cherchent aussi.").side == "for"


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


def load(page, url: str) -> tuple[list[str], int]:
    """Open `url`: every address asked for, and how many bytes came over the wire."""
    done: list = []

    def listen(request) -> None:
        done.append(request)

    page.on("requestfinished", listen)
    page.goto(url, wait_until="networkidle")
    page.remove_listener("requestfinished", listen)
    return [request.url for request in done], sum(request.sizes()["responseBodySize"] for request in done)


def everywhere(debate: Debate, consultation) -> list[str]:
    at, ref = debate.get_absolute_url(), Statement.objects.order_by("pk").values_list("ref", flat=True).first()
    parts = ("", "affirmations/", f"affirmations/{ref}/", f"affirmations/{ref}/arguments/", "arguments/", "resultats/")
    return [consultation.url, *(at + part for part in parts)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (768, "light"), (1366, "dark")])
def test_pages_are_light_reflow_and_pass_axe(live_server, visit, debate, consultation, width, scheme):
    page = visit(width=width, color_scheme=scheme)
    for path in everywhere(debate, consultation):
        asked, weight = load(page, live_server.url + path)
        assert len(asked) <= BUDGET_REQUESTS and all(url.startswith(live_server.url) for url in asked), (path, asked)
        assert weight <= BUDGET_BYTES, (path, weight)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
    assert not page.context.cookies()
    _check_what_posts_bring(page, live_server.url + debate.get_absolute_url(), width)


def _check_what_posts_bring(page, base: str, width: int) -> None:
    """Near-duplicates, an error, the card after a vote, and where the visitor stands."""
    page.goto(base + "affirmations/")
    page.locator("#phrase").fill("La place manque de bancs au soleil.")
    page.get_by_role("button", name="Envoyer ma phrase").click()
    page.get_by_role("button", name="La mienne dit autre chose").wait_for()
    assert violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#phrase").fill("Trop long. " * 20)
    page.locator("form.propose button").click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []
    page.goto(base)
    for left in range(len(SEEDS) - 1, -1, -1):
        vote(page, "D’accord")
        voted = page.locator(".step").filter(has_text=f"voté sur {len(SEEDS) - left} phrase")
        expect(voted if left else page.locator(".done")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    page.locator("details.keep summary").click()
    assert violations(page) == []
    fold.sweep()
    page.goto(base + "resultats/")
    assert violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= width
