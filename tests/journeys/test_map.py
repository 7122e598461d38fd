"""A place on a map from its showing to its withdrawal, in a real browser: without JavaScript, by keyboard, by touch."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from consultations.demo import town
from maps import counts
from maps.models import Place
from tests.factories.maps import MapFactory
from tests.factories.moderation import moderate, moderator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT, OTHER = "Un banc à l’ombre des platanes.", "La bouche d’égout est descellée."


@pytest.fixture
def map(settings):
    settings.GEOCODER_URL = ""
    return MapFactory(open=True, territory=town.settle(), title="Montrez un endroit de la place", photos=True)


def axe(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def send(page, text: str, button: str = "Envoyer mon lieu") -> None:
    page.get_by_label("Je m’y sens bien").check()
    page.get_by_label("Qu’y a-t-il ici").fill(text)
    page.get_by_role("button", name=button).click()


def test_without_javascript_a_place_is_shown_moved_and_taken_back(live_server, visit, map):
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + map.get_absolute_url())
    page.get_by_role("link", name="Montrer un lieu").click()
    page.get_by_role("button", name="Envoyer mon lieu").click()
    assert page.locator(".error-summary a").count() == 3
    page.get_by_label("Choisissez un lieu").select_option(label="La fontaine")
    send(page, TEXT)
    code = page.locator(".receipt .code strong").inner_text()
    place = Place.objects.get()
    assert (place.location["way"], place.zone) == ("place", "03999-bourg") and place.location["point"]
    moderate(place, user=moderator("anna"))

    page = visit(javascript=False, width=320)  # another device
    page.goto(f"{live_server.url}/cartes/{map.key}/lieux/{place.pk}/modifier/")
    page.get_by_label("Votre code de suivi").fill(code.lower())
    page.get_by_role("button", name="Changer mon lieu").click()
    page.get_by_label("Choisissez un lieu").select_option(label="La mairie")
    page.get_by_role("button", name="Enregistrer mon changement").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre lieu est changé.")
    assert Place.objects.get().location["label"] == "La mairie"
    page.get_by_role("button", name="Reprendre ce lieu").click()
    page.get_by_role("button", name="Oui, le reprendre").click()
    assert not Place.objects.exists() and counts.compare(map.pk) == 0


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1366, "light")])
def test_on_the_map_by_keyboard_and_by_finger_it_is_the_same(live_server, visit, map, width, scheme):
    page = visit(width=width, color_scheme=scheme, has_touch=True)
    page.goto(f"{live_server.url}/cartes/{map.key}/montrer/")
    page.get_by_role("button", name="Montrer sur la carte").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-container")).to_be_visible()
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    expect(page.locator("[name=lieu_lon]")).not_to_have_value("")
    axe(page)
    send(page, TEXT)
    expect(page.locator(".receipt")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Montrer un autre lieu").click()
    page.get_by_role("button", name="Montrer sur la carte").tap()
    page.locator(".leaflet-container").tap(position={"x": 90, "y": 60})
    send(page, OTHER)
    expect(page.locator(".receipt")).to_be_visible()
    first, second = Place.objects.get(text=TEXT), Place.objects.get(text=OTHER)
    assert first.location.keys() == second.location.keys() and first.location["way"] == second.location["way"] == "map"
    for place in (first, second):
        moderate(place, user=moderator(f"m{place.pk}"[:8]))
    page.goto(live_server.url + map.get_absolute_url())
    expect(page.get_by_text(OTHER)).to_be_visible()
    page.get_by_role("button", name="Ouvrir la carte").click()
    expect(page.locator(".leaflet-marker-icon, .leaflet-interactive").first).to_be_visible()
    axe(page)
    page.goto(f"{live_server.url}/cartes/{map.key}/resultats/")
    axe(page)
    page.goto(f"{live_server.url}/cartes/{map.key}/lieux/{first.pk}/")
    page.get_by_role("button", name="C’est important pour moi aussi").click()
    expect(page.get_by_role("button", name="Je ne le soutiens plus")).to_be_visible()
    axe(page)
