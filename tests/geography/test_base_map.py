"""The base map: chosen by agents, described to the script, and let in by the policy header where a map is."""

import json
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import Site

from geography import base_map, geojson
from geography.models import BaseMap
from tests.factories.geography import town

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.geography.pages")]

TILES = "https://tuiles.example/{z}/{x}/{y}.png"
LINE = {"type": "LineString", "coordinates": [[4.8, 45.7], [4.81, 45.71, 3]]}


def feature(geometry=LINE, **properties):
    return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}).encode()


def base(**fields):
    BaseMap.objects.all().delete()
    made = BaseMap(site=Site.objects.get(), **fields)
    made.full_clean()
    made.save()
    base_map.forget()
    return made


def policy(client, path):
    return client.get(path)["Content-Security-Policy"]


def test_only_pages_with_a_map_let_pictures_come_and_only_from_there(client):
    town()
    assert "img-src 'self' https://data.geopf.fr data:" in policy(client, "/ou/")
    assert "img-src 'self' data:" in policy(client, "/recherche/")
    made = base(kind="tiles", url=TILES, attribution="© Ville <b>x</b>")
    assert "img-src 'self' https://tuiles.example data:" in policy(client, "/montre/")
    assert made.attribution == "© Ville x"
    BaseMap.objects.update(kind="none")
    base_map.forget()
    assert "img-src 'self' data:" in policy(client, "/ou/")


def test_the_script_is_told_what_to_draw(client):
    assert client.get("/carte/fond.json").json()["url"].startswith("https://data.geopf.fr/wmts?")
    assert client.get("/carte/fond.geojson").status_code == 404
    base(kind="layer", layer=geojson.read_ground(feature(kind="water", name="La Vère")))
    assert client.get("/carte/fond.json").json()["url"] == "/carte/fond.geojson"
    sent = client.get("/carte/fond.geojson")
    assert sent.json()["features"][0]["geometry"]["coordinates"] == [[4.8, 45.7], [4.81, 45.71]]
    assert "max-age=300" in sent["Cache-Control"]
    assert client.get("/carte/fond.geojson", headers={"If-None-Match": sent["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://tuiles.example/{z}/{x}/{y}.png",
        "https://tuiles.example/{z}/{x}.png",
        "https://tuiles.example;script-src *//{z}/{x}/{y}.png",
        "https://tuiles.example 'unsafe-inline'/{z}/{x}/{y}.png",
        "https://user@tuiles.example/{z}/{x}/{y}.png",
        "https://tuiles.example:99999/{z}/{x}/{y}.png",
        "javascript:{z}{x}{y}",
    ],
)
def test_an_address_that_is_no_service_of_tiles_is_refused(url):
    with pytest.raises(ValidationError) as caught:
        base(kind="tiles", url=url, attribution="©")
    assert "url" in caught.value.message_dict
    assert BaseMap(kind="tiles", url=url).origin == ""


@pytest.mark.parametrize(
    "content", [b"x", feature({"type": "Point", "coordinates": [1, 1]}), feature(None), b" " * 600_001]
)
def test_a_drawing_that_cannot_be_read_is_refused(content):
    with pytest.raises(geojson.GeoError):
        geojson.read_ground(content)


def test_an_agent_gives_a_drawing(client, admin_user):
    client.force_login(admin_user)
    at = client.get("/admin/settings/geography/basemap/")["Location"]
    fields = {"kind": "layer", "url": "", "max_zoom": "19", "attribution": "Ville"}
    refused = client.post(at, {**fields, "file": SimpleUploadedFile("a.geojson", b"x")})
    assert "GeoJSON" in refused.content.decode() and not BaseMap.objects.exclude(layer=None).exists()
    client.post(at, {**fields, "file": SimpleUploadedFile("a.geojson", feature(kind="road"))})
    assert BaseMap.objects.get().layer["features"][0]["properties"]["kind"] == "road"
    client.post(at, {**fields, "attribution": "Autre"})  # no file: the drawing stays
    assert BaseMap.objects.get().layer and BaseMap.objects.get().attribution == "Autre"


def test_where_its_pictures_come_from_is_asked_of_the_database_now_and_then(rf, django_assert_num_queries, monkeypatch):
    request = rf.get("/", HTTP_HOST="localhost")
    base_map.allow(request)
    assert request.map_origin == "https://data.geopf.fr"
    with django_assert_num_queries(0):
        base_map.allow(request)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + base_map.FRESH_FOR + 0.1)
    BaseMap.objects.update_or_create(site=Site.objects.get(), defaults={"kind": "none"})
    later = rf.get("/", HTTP_HOST="localhost")  # a request remembers what was asked for it
    base_map.allow(later)
    assert later.map_origin == ""
