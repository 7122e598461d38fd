"""Maps in the admin: an area is drawn, what cannot be asked is not published, what has places stays."""

import json

import pytest
from wagtail.test.utils.form_data import nested_form_data, streamfield

from maps.models import Map
from tests.factories.geography import box
from tests.factories.maps import CATEGORIES, MapFactory, PlaceFactory, set_categories
from tests.factories.moderation import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    client.force_login(member("Agents de communication", name="agent"))
    return client


def sent(map, categories=CATEGORIES, **more):
    blocks = [("category", {"label": label, "sign": sign}) for label, sign in categories.values()]
    data = {"title": map.title, "introduction": "", "territory": map.territory_id, "area": "", "draw": "point"}
    data |= {"grid": "50", "moderation": "before", "trust": "open", "opens_at": "", "closes_at": ""}
    return nested_form_data(data | {"categories": streamfield(blocks), "layers": streamfield([])} | more)


def edit(map):
    return f"/admin/snippets/maps/map/edit/{map.pk}/"


def test_an_area_drawn_on_the_map_is_kept_and_published(agent):
    map = MapFactory(open=True)
    page = agent.get(edit(map))
    assert page.status_code == 200 and 'name="area_drawn_shape"' in page.content.decode()
    drawn = json.dumps(box(4.81, 45.71, 4.84, 45.74))
    agent.post(edit(map), sent(map, area_drawn_shape=drawn))
    assert json.loads(Map.objects.get().get_latest_revision_as_object().area) == json.loads(drawn)
    agent.post(edit(map), sent(map, area=drawn) | {"action-publish": "1"})
    [ring] = Map.objects.get().ask["area"]["coordinates"]
    assert {tuple(point) for point in ring} == {(x, y) for x in (4.81, 4.84) for y in (45.71, 45.74)}
    assert [place["id"] for place in Map.objects.get().ask["places"]] == ["halle"]


@pytest.mark.parametrize(
    "more, said",
    [
        ({"area": "{"}, "GeoJSON"),
        ({"area": "", "territory": ""}, "périmètre"),
        ({"categories": {}}, "catégorie"),
        ({"layers": [("layer", {"title": "Pistes", "geojson": "[1e400]"})]}, "Pistes"),
    ],
)
def test_what_cannot_be_asked_is_not_published(agent, more, said):
    map = MapFactory()
    if "layers" in more:
        more = nested_form_data({"layers": streamfield(more["layers"])})
    categories = more.pop("categories", CATEGORIES)
    page = agent.post(edit(map), sent(map, categories) | more | {"action-publish": "1"})
    assert page.status_code == 200 and said in page.content.decode()
    assert not Map.objects.get().live


def test_a_category_with_places_is_retired(agent):
    map = MapFactory(open=True)
    PlaceFactory(map=map, published=True)
    set_categories(map, {"danger": CATEGORIES["danger"]})
    map.save_revision().publish()
    map = Map.objects.get()
    assert [c["label"] for c in map.offered] == ["J’y suis en danger"]
    page = agent.get(map.get_absolute_url()).content.decode()
    assert "Je m’y sens bien" in page
    assert agent.post(f"/admin/snippets/maps/map/delete/{map.pk}/").status_code == 302 and Map.objects.exists()
