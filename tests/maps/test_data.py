"""The places of a map as data: views of the drawn map, everything, figures; brought in from files."""

import csv
import io
import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from maps import counts, tiles
from maps.models import Place
from moderation.models import Item
from tests.factories.maps import MapFactory, PlaceFactory, category, location
from tests.factories.moderation import moderate, moderator

pytestmark = pytest.mark.django_db


@pytest.fixture
def map():
    return MapFactory(open=True)


def read(map, path, client=None):
    response = (client or Client(raise_request_exception=False)).get(f"/cartes/{map.key}/{path}")
    return response, b"".join(response) if response.streaming else response.content


def features(map, box="4.7,45.6,5.0,45.9", zoom=14, **more):
    query = "&".join(f"{name}={value}" for name, value in more.items())
    response, body = read(map, f"lieux.geojson?bbox={box}&zoom={zoom}&{query}")
    assert response.status_code == 200
    return json.loads(body)["features"]


def test_cells_lie_inside_one_another():
    dice = random.Random(1)
    for _n in range(300):
        lon, lat = dice.uniform(-180, 180), dice.uniform(-85, 85)
        quad = tiles.quad(lon, lat)
        for level in (4, 11, 20):
            cell = tiles.above(quad, level)
            first, last = tiles.span(cell, level)
            assert first <= quad <= last
            assert tiles.number(*tiles.place(cell)) == cell
    assert tiles.spans([5, 4, 7], 20) == [tiles.span(4, 20)[:1] + tiles.span(5, 20)[1:], tiles.span(7, 20)]


@pytest.mark.parametrize("zoom", [0, 9, 22])
@pytest.mark.parametrize(
    "box", [(-180, -90, 180, 90), (4.8, 45.7, 4.9, 45.8), (4.8, 45.7, 4.8, 45.7), (0, 0, 0.001, 85)]
)
def test_no_view_looks_at_more_cells_than_it_may(box, zoom):
    assert 1 <= len(tiles.view(tiles.Box(*box), zoom)[1]) <= tiles.MOST_CELLS


def test_few_places_are_shown_one_by_one_and_many_as_clusters(map, monkeypatch):
    PlaceFactory.create_batch(3, map=map, published=True)
    PlaceFactory(map=map)
    assert [f["properties"]["category"] for f in features(map)] == ["Je m’y sens bien"] * 3
    monkeypatch.setattr("maps.viewport.FEW", 2)
    [cluster] = features(map)
    assert cluster["properties"]["count"] == 3
    assert features(map, box="1,45,2,46") == []


def test_a_view_can_be_of_one_category(map):
    PlaceFactory(map=map, published=True)
    PlaceFactory(map=map, published=True, category=category("danger"))
    assert len(features(map, categorie=category("danger"))) == 1
    assert features(map, categorie="rien") == []


@pytest.mark.parametrize(
    "query",
    ["bbox=", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,0,1,1", "bbox=1e999,0,1,1", "bbox=5,0,1,1", "bbox=0,0,1,91",
     "bbox=0,0,1,1&zoom=x", "bbox=0,0,1,1&zoom=-1", "bbox=0,0,1,1&zoom=99", "bbox=" + "1," * 5000],
)  # fmt: skip
def test_a_view_that_is_none_is_told_so(map, query):
    response, body = read(map, f"lieux.geojson?{query}")
    assert response.status_code == 400 and "error" in json.loads(body)


@pytest.mark.parametrize(
    "query", ["page=999999", "page=x", "page=-1", "categorie=%00", "zone='--", "q=%00%FF", "tri=x", "q=" + "x" * 5000]
)
def test_a_list_takes_whatever_is_asked(map, query):
    PlaceFactory(map=map, published=True)
    assert read(map, f"?{query}")[0].status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_a_view_costs_the_same_with_one_place_and_with_three(map, n, django_assert_num_queries):
    PlaceFactory.create_batch(n, map=map, published=True)
    with django_assert_num_queries(3):
        assert len(features(map)) == n


def test_everything_can_be_had_and_only_what_is_shown(map):
    shown = PlaceFactory(map=map, published=True, text="=1+1 ; formule", supports=2)
    PlaceFactory(map=map, text="Attend.")
    PlaceFactory(map=map, refused=True, text="Refusé.")
    _response, body = read(map, "lieux.geojson")
    [feature] = json.loads(body)["features"]
    assert feature["id"] == str(shown.pk) and feature["properties"]["supports"] == 2
    assert feature["geometry"]["coordinates"] == list(shown.point)
    assert feature["properties"]["url"].startswith("http")
    _response, body = read(map, "lieux.csv")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["texte"] for row in rows] == ["'=1+1 ; formule"]


def test_what_is_drawn_underneath_can_be_had(map):
    assert json.loads(read(map, "fond.geojson")[1])["type"] == "FeatureCollection"


def test_figures_agree_with_the_places(map):
    PlaceFactory.create_batch(2, map=map, published=True)
    PlaceFactory(map=map, published=True, location=location(4.87, 45.75, "e"), category=category("danger"))
    PlaceFactory(map=map, published=True, location=location(None, zone=None, way="words", label="Rue Haute"))
    said = json.loads(read(map, "resultats.json")[1])
    assert said["places"] == 4
    assert {zone["name"]: zone["places"] for zone in said["zones"]} == {"Ouest": 2, "Est": 1, None: 1}
    page = read(map, "resultats/")[1].decode()
    assert "choropleth" in page and "density" in page
    assert "Rue Haute" in read(map, "")[1].decode()


def test_counts_are_made_anew(map):
    place = PlaceFactory(map=map, published=True)
    Place.objects.filter(pk=place.pk).update(zone="e")
    assert counts.compare(map.pk) == 2
    counts.rebuild(map.pk)
    assert counts.compare(map.pk) == 0 and counts.by_zone(map)[0].zone == "e"


# Decisions


def test_counts_follow_what_moderators_decide(map):
    anna = moderator("anna")
    place, other = PlaceFactory(map=map), PlaceFactory(map=map, published=True)
    for act, total in (("publish", 2), ("refuse", 1)):
        moderate(place, act, anna, reason="Non." if act == "refuse" else "")
        assert sum(c.n for c in counts.by_zone(map)) == total and counts.compare(map.pk) == 0
    again = PlaceFactory(map=map)
    moderate(again, "merge", anna, into=Item.objects.get(object_id=str(other.pk)))
    assert sum(c.n for c in counts.by_zone(map)) == 1 and counts.compare(map.pk) == 0


# Files


GOOD = "longitude,latitude,category,text,date\n4.82,45.75,Je m’y sens bien,Un banc.,2026-03-27\n"


def run(map, path, **options):
    out = io.StringIO()
    try:
        call_command("import_places", map.key, str(path), "--json", stdout=out, **options)
    except SystemExit as stopped:
        return stopped.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_places_come_from_a_file_once(map, tmp_path):
    path = tmp_path / "lieux.csv"
    path.write_text(GOOD + "4,82;45.75,x,y\n2.35,48.85,Je m’y sens bien,Paris.\n,,Je m’y sens bien,Nulle part.\n")
    code, said = run(map, path)
    assert (code, said["added"], said["known"], said["rejected"]) == (1, 1, 0, 3)
    assert len((tmp_path / "lieux.rejected.csv").read_text(encoding="utf-8-sig").splitlines()) == 4
    assert run(map, path)[1] | {"rejects": None} == {"added": 0, "known": 1, "rejected": 3, "rejects": None}
    place = Place.objects.get()
    assert (place.zone, place.status, str(place.shown_on)) == ("w", "published", "2026-03-27")
    assert counts.compare(map.pk) == 0
    assert Client().get(f"/signaler/place/{place.pk}/").status_code == 200


def test_our_own_geojson_comes_back(map, tmp_path):
    PlaceFactory.create_batch(2, map=map, published=True)
    path = tmp_path / "lieux.geojson"
    path.write_bytes(read(map, "lieux.geojson")[1])
    copy = MapFactory(open=True)
    assert run(copy, path) == (0, {"added": 2, "known": 0, "rejected": 0, "rejects": None})
    assert {p.text for p in copy.places.all()} == {p.text for p in map.places.all()}


def test_places_of_a_file_can_wait_for_a_moderator(map, tmp_path):
    path = tmp_path / "lieux.csv"
    path.write_text(GOOD)
    run(map, path, wait=True)
    assert Place.objects.get().status == "pending" and Item.objects.get().waiting


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"features": 3}',
        b'{"features": [3, null, {}]}',
        b"[" * 20_000,
        b"\xff\xfe\x00",
        b'{"type":"Topology"}',
    ],
)
def test_files_that_are_none_are_told_so(map, tmp_path, content):
    path = tmp_path / "lieux.geojson"
    path.write_bytes(content)
    try:
        _code, said = run(map, path)
        assert said["added"] == 0
    except CommandError as error:
        assert error.returncode == 2
