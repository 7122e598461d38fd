"""Showing a place: the form, its errors, the thanks; changed and withdrawn by code; supported; those nearby."""

import html
import re

import pytest
from django.test import Client

from maps import counts
from maps.models import Place, PlaceSupport
from moderation.models import Item
from participation import receipts
from tests.factories.citizens import OURS
from tests.factories.maps import MapFactory, PlaceFactory, category, location
from tests.factories.moderation import moderate, moderator

pytestmark = pytest.mark.django_db


class Citizen:
    """One browser at one map."""

    def __init__(self, map):
        self.map, self.at = map, f"/cartes/{map.key}/"
        self.client = Client(raise_request_exception=False)

    def get(self, path="", **query):
        return self.client.get(path if path.startswith("/") else self.at + path, query)

    def post(self, path, **fields):
        return self.client.post(path if path.startswith("/") else self.at + path, fields, headers=OURS)

    def token(self):
        return field(self.get("montrer/"), "token")

    def show(self, **fields):
        typed = {
            "token": fields.get("token") or self.token(),
            "category": category("bien"),
            "lieu_lon": "4.82",
            "lieu_lat": "45.75",
            "text": "Un banc à l’ombre.",
        }
        return self.post("montrer/", **{name: v for name, v in (typed | fields).items() if v is not None})

    def code(self, response):
        return re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", said(self.get(response["Location"])))[0]


def field(page, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1])


def said(page):
    return html.unescape(page.content.decode())


@pytest.fixture
def anna():
    return moderator("anna")


@pytest.fixture
def map():
    return MapFactory(open=True)


def test_a_place_is_stored_waits_and_is_shown_once_read(map, anna):
    citizen = Citizen(map)
    response = citizen.show()
    assert response.status_code == 303
    place = Place.objects.get()
    assert (place.status, place.zone, place.location["way"]) == ("pending", "w", "map")
    assert place.location["point"] == [4.82, 45.75]
    assert "Un banc" not in said(citizen.get())
    moderate(place, user=anna)
    page = said(citizen.get())
    assert "Un banc à l’ombre." in page and "1 lieu montré" in page
    assert counts.compare(map.pk) == 0


def test_the_public_sees_it_coarsened_and_no_address(map):
    map = MapFactory(open=True, moderation="after", grid=200)
    Citizen(map).show(lieu_lon="4.821234", lieu_lat="45.751234", lieu_address="12 rue des Tanneurs")
    place = Place.objects.get()
    assert place.location["point"] == [4.821234, 45.751234]
    assert place.point != (4.821234, 45.751234)
    for path in ("", f"lieux/{place.pk}/", "lieux.geojson", "lieux.csv", "lieux.geojson?bbox=4,45,5,46&zoom=12"):
        response = Client().get(f"/cartes/{map.key}/{path}")
        content = b"".join(response) if response.streaming else response.content
        assert b"12 rue" not in content and b"4.8212" not in content, path
    assert "Un banc" not in said(Client().get(f"/cartes/{map.key}/?q=12+rue"))


def test_where_homes_are_asked_for_the_point_is_not_kept():
    map = MapFactory(open=True, grid=0)
    Citizen(map).show(lieu_address="12 rue des Tanneurs")
    place = Place.objects.get()
    assert place.location["point"] is None and place.point is None and place.zone == "w"
    assert "12 rue" not in str(place.location)


def test_the_three_ways_store_one_shape(map):
    citizen = Citizen(map)
    citizen.show()
    citizen.show(lieu_lon=None, lieu_lat=None, lieu_place="halle", text="La halle.")
    citizen.show(lieu_lon=None, lieu_lat=None, lieu_address="12 rue des Tanneurs", text="Une rue.")
    shapes = {tuple(sorted(place.location)) for place in Place.objects.all()}
    assert len(shapes) == 1
    named = Place.objects.get(text="La halle.")
    assert named.location["point"] == [4.83, 45.74] and named.zone == "w"


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"text": ""}, "Dites en une phrase"),
        ({"text": "x" * 301}, "300"),
        ({"category": ""}, "quelle sorte"),
        ({"category": "autre"}, "quelle sorte"),
        ({"lieu_lon": None, "lieu_lat": None}, "Montrez où"),
        ({"lieu_lon": "nan"}, ""),
        ({"lieu_lon": "1e400"}, ""),
        ({"lieu_lon": "2.35", "lieu_lat": "48.85"}, ""),
        ({"lieu_lon": "400"}, ""),
        ({"lieu_lon": "x" * 500}, ""),
        ({"lieu_place": "inconnu", "lieu_lon": None, "lieu_lat": None}, ""),
        ({"lieu_shape": '{"type":"Polygon"', "lieu_lon": None, "lieu_lat": None}, ""),
        ({"lieu_address": "x" * 5000, "lieu_lon": None, "lieu_lat": None}, ""),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field_and_kept(map, fields, message):
    response = Citizen(map).show(**fields)
    assert response.status_code == 422
    page = said(response)
    assert "field-error" in page or "error-summary" in page
    assert message in page
    if "text" not in fields:
        assert "Un banc à l’ombre." in page
    assert not Place.objects.exists()


def test_coordinates_that_changed_places_are_put_in_order(map):
    assert Citizen(map).show(lieu_lon="45,75", lieu_lat="4,82").status_code == 303
    assert Place.objects.get().location["point"] == [4.82, 45.75]


def test_the_same_form_sent_twice_is_one_place(map):
    citizen = Citizen(map)
    token = citizen.token()
    codes = {citizen.code(citizen.show(token=token)) for _twice in range(2)}
    assert Place.objects.count() == 1 and len(codes) == 1
    assert Item.objects.count() == 1


def test_places_close_by_are_shown_before_it_is_sent(map):
    other = PlaceFactory(map=map, published=True, location=location(4.8202, 45.7501), text="Déjà montré ici.")
    citizen = Citizen(map)
    response = citizen.show()
    assert response.status_code == 422
    assert "Déjà montré ici." in said(response) and "Un banc à l’ombre." in said(response)
    assert not Place.objects.exclude(pk=other.pk).exists()
    assert citizen.show(sure="1").status_code == 303
    assert citizen.show(lieu_lon="4.84", text="Loin de là.").status_code == 303


def test_nothing_is_taken_before_it_opens_or_after_it_closed():
    for state in ("coming", "closed"):
        map = MapFactory(**{state: True})
        assert Citizen(map).show(token=receipts.issue_token(map.key)).status_code == 410
    assert not Place.objects.exists()


def test_its_author_moves_it_says_it_otherwise_and_takes_it_back(map, anna):
    citizen = Citizen(map)
    code = citizen.code(citizen.show())
    place = Place.objects.get()
    moderate(place, user=anna)
    elsewhere = Citizen(map)
    edit = f"lieux/{place.pk}/modifier/"
    assert "Un banc" not in said(elsewhere.get(edit))
    assert elsewhere.post(edit, code="AAAA-AAAA-AAAA-AAAA-AAAA").status_code == 422
    assert "Un banc à l’ombre." in said(elsewhere.post(edit, code=code))
    typed = {"category": category("danger"), "lieu_lon": "4.87", "lieu_lat": "45.75", "text": "Un trou."}
    assert elsewhere.post(edit, code=code, act="save", **typed).status_code == 200
    place.refresh_from_db()
    assert (place.zone, place.text, place.status) == ("e", "Un trou.", "pending")
    assert "Un banc" not in said(citizen.get()) and "Un trou" not in said(citizen.get())
    assert counts.compare(map.pk) == 0
    moderate(place, user=anna)
    assert [(c.zone, c.n) for c in counts.by_zone(map)] == [("e", 1)]
    assert "Reprendre ce lieu" in said(elsewhere.post(edit, code=code, act="withdraw"))
    assert Place.objects.exists()
    elsewhere.post(edit, code=code, act="withdraw", sure="1")
    assert not Place.objects.exists() and counts.compare(map.pk) == 0
    assert Item.objects.get().state == "gone"


def test_a_place_decided_on_meanwhile_is_not_changed(map, anna):
    citizen = Citizen(map)
    code = citizen.code(citizen.show())
    place = Place.objects.get()
    moderate(place, "refuse", anna, reason="Non.")
    typed = {"category": category("danger"), "lieu_lon": "4.87", "lieu_lat": "45.75", "text": "Un trou."}
    response = citizen.post(f"lieux/{place.pk}/modifier/", code=code, act="save", **typed)
    assert response.status_code == 422 and "Un trou." in said(response)
    place.refresh_from_db()
    assert place.text == "Un banc à l’ombre."


def test_follow_up_tells_withdraws_and_erases(map):
    citizen = Citizen(map)
    code = citizen.code(citizen.show())
    page = said(citizen.post("/suivi/", code=code))
    assert "Vous avez montré 1 lieu." in page and "Un banc à l’ombre." in page
    citizen.post("/suivi/", code=code, withdraw=f"/cartes/{map.key}/", sure="1")
    assert not Place.objects.exists()


def test_one_person_supports_once_and_takes_it_back(map):
    place = PlaceFactory(map=map, published=True)
    citizen = Citizen(map)
    path = f"lieux/{place.pk}/soutenir/"
    for _twice in range(2):
        assert citizen.post(path, token=field(citizen.get(), "token"), support="1").status_code == 303
    place.refresh_from_db()
    assert place.supports == PlaceSupport.objects.count() == 1
    citizen.post(path, token=field(citizen.get(), "token"), support="0")
    place.refresh_from_db()
    assert place.supports == PlaceSupport.objects.count() == 0


def test_no_cookie_before_the_first_post(map):
    PlaceFactory(map=map, published=True)
    citizen = Citizen(map)
    for path in ("", "montrer/", "resultats/"):
        assert not citizen.get(path).cookies


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_with_one_place_and_with_three(map, n, django_assert_max_num_queries):
    PlaceFactory.create_batch(n, map=map, published=True)
    client = Client()
    client.get(f"/cartes/{map.key}/")
    for path, most in (("", 8), ("resultats/", 8), (f"lieux/{Place.objects.first().pk}/", 8), ("montrer/", 5)):
        with django_assert_max_num_queries(most):
            assert client.get(f"/cartes/{map.key}/{path}").status_code == 200
