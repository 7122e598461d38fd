"""Pointing at a place and looking at places, in a real browser: mouse, finger, keyboard, and without JavaScript."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from consultations.demo import town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.geography.pages")]

BUDGET_BYTES = 350_000
HALLE = [3.199987, 46.400009]


@pytest.fixture
def rochebrune(settings):
    settings.GEOCODER_URL = ""
    return town.settle()


def read(page) -> dict:
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_load_state()
    return json.loads(page.locator("#read").inner_text())


def open_map(page) -> None:
    page.get_by_role("button", name="Montrer sur la carte").click()
    expect(page.locator(".map .ground-water")).to_have_count(1)


def axe(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_javascript_a_place_an_address_or_a_street_will_do(live_server, visit, rochebrune):
    page = visit(javascript=False, width=320)
    page.goto(f"{live_server.url}/ou/")
    expect(page.get_by_role("button", name="Montrer sur la carte")).to_be_hidden()
    assert page.get_by_role("radio").count() == 9
    page.get_by_label("La fontaine").check()
    assert read(page)["label"] == "La fontaine"
    page.goto(f"{live_server.url}/ou/?zones")
    page.get_by_label("Choisissez un lieu").select_option(label="Les Tanneurs")  # more than twelve: a list
    assert read(page)["zone"] == "03999-tanneurs"
    page.goto(f"{live_server.url}/ou/")
    page.get_by_label("adresse").fill("derrière le lavoir")
    assert read(page)["way"] == "words"
    page.goto(f"{live_server.url}/ou/?draw=line")
    page.get_by_label("nom de la rue").fill("rue des Tanneurs")
    page.get_by_label("De (carrefour, numéro)").fill("la place")
    page.get_by_label("À (carrefour, numéro)").fill("le pont")
    assert "la place" in read(page)["label"]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1366, "dark")])
def test_a_map_comes_on_demand_is_light_and_passes_axe(live_server, visit, rochebrune, width, scheme):
    page = visit(width=width, color_scheme=scheme)
    asked, weight = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: weight.append(response.request.sizes()["responseBodySize"]))
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/ou/", wait_until="networkidle")
    assert not any("leaflet" in url or "carte/" in url for url in asked)
    axe(page)
    before = sum(weight)
    open_map(page)
    page.wait_for_load_state("networkidle")
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
    assert sum(weight) - before <= BUDGET_BYTES
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = "[...document.querySelectorAll('.map-room button')].map(b => Math.min(b.offsetWidth, b.offsetHeight))"
    assert min(page.evaluate(sizes)) >= 44 and not errors


def test_a_click_puts_the_point_and_a_place_of_the_list_replaces_it(live_server, visit, rochebrune):
    page = visit(reduced_motion="reduce")
    page.goto(f"{live_server.url}/ou/")
    page.get_by_label("La fontaine").check()
    open_map(page)
    page.locator(".map").click()
    expect(page.get_by_role("status")).to_contain_text("Point placé")
    assert not page.get_by_label("La fontaine").is_checked()
    expect(page.locator(".map-pin")).to_have_count(1)
    page.get_by_role("button", name="Retirer le point").click()
    expect(page.locator(".map-pin")).to_have_count(0)
    assert page.locator("[name=q1_lon]").input_value() == ""
    page.locator(".map").click()
    page.get_by_label("La halle").check()
    assert page.locator("[name=q1_lon]").input_value() == ""
    for _zoom in range(6):
        page.get_by_role("button", name="Dézoomer").click()
    page.locator(".map").click(position={"x": 4, "y": 4})  # the corner lies outside the town
    expect(page.get_by_role("status")).to_contain_text("en dehors")
    page.locator(".map").click()
    found = read(page)
    assert found["way"] == "map" and found["zone"].startswith("03999-") and len(found["point"]) == 2
    expect(page.get_by_role("status")).to_contain_text("Point placé")  # drawn again, it is still there


def test_the_keyboard_alone_suffices(live_server, visit, rochebrune):
    page = visit(reduced_motion="reduce")
    page.goto(f"{live_server.url}/ou/")
    page.get_by_role("button", name="Montrer sur la carte").press("Enter")
    expect(page.locator(".map")).to_be_focused()
    page.keyboard.press("Enter")
    first = page.locator("[name=q1_lon]").input_value()
    assert first
    for key in ("+", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    assert float(page.locator("[name=q1_lon]").input_value()) > float(first)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Montrer sur la carte")).to_be_focused()
    expect(page.locator(".map")).to_be_hidden()
    assert read(page)["way"] == "map"


def test_a_finger_puts_the_point_and_buttons_do_what_dragging_does(live_server, visit, rochebrune):
    page = visit(width=390, has_touch=True, is_mobile=True)
    page.goto(f"{live_server.url}/ou/")
    page.get_by_role("button", name="Montrer sur la carte").tap()
    page.locator(".map").tap()
    expect(page.get_by_role("status")).to_contain_text("Point placé")
    first = page.locator("[name=q1_lat]").input_value()
    page.get_by_role("button", name="Zoomer", exact=True).tap()
    page.get_by_role("button", name="Aller vers le haut").tap()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Placer le point sous la croix").tap()
    assert float(page.locator("[name=q1_lat]").input_value()) > float(first)


def test_a_line_is_drawn_point_by_point(live_server, visit, rochebrune):
    page = visit(reduced_motion="reduce")
    page.goto(f"{live_server.url}/ou/?draw=line")
    page.get_by_role("button", name="Dessiner sur la carte").click()
    page.locator(".map").click()
    assert page.locator("[name=q1_shape]").input_value() == ""
    page.locator(".map").click(position={"x": 350, "y": 180})
    page.locator(".map").click(position={"x": 360, "y": 200})
    page.get_by_role("button", name="Reprendre le dernier point").click()
    expect(page.get_by_role("status")).to_contain_text("2 points")
    found = read(page)
    assert found["way"] == "map" and len(found["shape"]["coordinates"]) == 2 and found["zone"]
    expect(page.get_by_role("status")).to_contain_text("2 points")


def test_places_come_gathered_open_and_are_reached_by_keyboard(live_server, visit, rochebrune):
    page = visit(reduced_motion="reduce")
    page.goto(f"{live_server.url}/montre/")
    page.get_by_role("button", name="Ouvrir la carte").click()
    many = page.get_by_role("button", name="3 lieux ici")
    expect(many).to_have_count(1)
    axe(page)
    one = page.get_by_role("button", name="<b>La halle</b>")
    for _try in range(4):
        if one.count():
            break
        many.press("Enter", timeout=5000)
        page.wait_for_timeout(300)
    one.press("Enter")
    expect(page.get_by_role("link", name="Lire la suite")).to_be_focused()
    expect(page.locator(".leaflet-popup strong")).to_have_text("<b>La halle</b>")  # as text, never as markup
    axe(page)
    page.keyboard.press("Escape")
    expect(one).to_be_focused()


def test_when_the_map_cannot_come_the_list_still_does(live_server, visit, rochebrune):
    page = visit()
    page.route("**/leaflet.js", lambda route: route.abort())
    page.goto(f"{live_server.url}/ou/")
    page.get_by_role("button", name="Montrer sur la carte").click()
    expect(page.get_by_role("status")).to_contain_text("ne peut pas être chargée")
    page.get_by_label("La halle").check()
    assert read(page)["point"] == pytest.approx(HALLE, abs=1e-4)
