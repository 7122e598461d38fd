"""A place has one shape of data, whichever way it is given; what cannot be taken is said at its field."""

import json

import pytest

from geography import location
from surveys.questions.base import Form

pytestmark = pytest.mark.usefixtures("in_english")

AREA = {"type": "Polygon", "coordinates": [[[4.8, 45.7], [4.9, 45.7], [4.9, 45.8], [4.8, 45.8], [4.8, 45.7]]]}
KEYS = {"way", "point", "zone", "place", "label", "shape"}


def ask(**changed):
    return {
        "root": "69999",
        "area": AREA,
        "bbox": None,
        "places": [{"id": "halle", "label": "La halle", "point": [4.85, 45.75]}],
        "zones": [{"id": "w", "label": "Ouest"}, {"id": "e", "label": "Est"}],
        "draw": "point",
        "grid": 100,
        "keep": "point",
        **changed,
    }


def locate(point):
    return "w" if point[0] < 4.85 else "e"


def found(where=None, geocode=None, **typed):
    form = Form({f"q1_{key}": [value] for key, value in typed.items()})
    answer = location.read(where or ask(), "q1", form, locate, geocode)
    assert answer is None or set(answer) == KEYS
    return answer


def error(where=None, **typed):
    with pytest.raises(location.LocationError) as caught:
        found(where, **typed)
    return caught.value


def knows(address, _ask):
    return ((4.81, 45.71), "12 Rue Vère") if "vère" in address.lower() else None


def test_every_way_gives_the_same_shape():
    assert found() is None
    assert found(lon="4.81", lat="45.71") == {
        "way": "map", "point": [4.81, 45.71], "zone": "w", "place": None, "label": "", "shape": None,
    }  # fmt: skip
    assert found(place="halle") == {
        "way": "place", "point": [4.85, 45.75], "zone": "e", "place": "halle", "label": "La halle", "shape": None,
    }  # fmt: skip
    assert found(place="w") == {
        "way": "zone", "point": None, "zone": "w", "place": None, "label": "Ouest", "shape": None,
    }  # fmt: skip
    assert found(address="12 rue vère", geocode=knows) == {
        "way": "address", "point": [4.81, 45.71], "zone": "w", "place": None, "label": "12 Rue Vère", "shape": None,
    }  # fmt: skip
    for geocode in (None, knows):
        assert found(address="derrière l’école", geocode=geocode) == {
            "way": "words", "point": None, "zone": None, "place": None, "label": "derrière l’école", "shape": None,
        }  # fmt: skip


def test_the_browser_s_point_is_believed_and_no_geocoder_asked():
    answer = found(lon="4.81", lat="45.71", address="12 rue", geocode=lambda *_: pytest.fail("asked"))
    assert (answer["way"], answer["label"]) == ("address", "12 rue")


def test_an_address_elsewhere_is_kept_in_words():
    answer = found(address="rue de Paris", geocode=lambda *_: ((2.3, 48.8), "Paris"))
    assert (answer["way"], answer["point"], answer["label"]) == ("words", None, "rue de Paris")


def test_points_are_mended():
    assert found(lon="4,8100000000001", lat=" 45,71 ")["point"] == [4.81, 45.71]
    assert found(lon="45.71", lat="4.81")["point"] == [4.81, 45.71]  # latitude and longitude had changed places


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("4.81", ""), ("", "45.7"), ("nan", "45.7"), ("inf", "1"), ("1e400", "45"), ("x", "y"), ("4_8", "45")],
)
def test_what_is_no_point_is_refused(lon, lat):
    assert error(lon=lon, lat=lat).field == "q1_lon"


def test_a_point_outside_is_refused_and_one_on_the_border_taken():
    assert "outside" in error(lon="4.79", lat="45.75").message
    assert "outside" in error(ask(area=None, bbox=[4.8, 45.7, 4.9, 45.8]), lon="4.79", lat="45.75").message
    assert found(lon="4.8", lat="45.75")["point"] == [4.8, 45.75]
    assert found(ask(area=None), lon="2.3", lat="48.8")["point"] == [2.3, 48.8]


def test_a_place_that_is_not_offered_is_refused():
    assert error(place="nowhere").field == "q1_place"


def test_a_place_and_words_are_both_kept():
    assert found(place="halle", address="côté rue")["label"] == "La halle – côté rue"


def test_a_line_or_an_area_can_be_drawn_or_said():
    line = {"type": "LineString", "coordinates": [[4.81, 45.71], [4.83, 45.71]]}
    answer = found(ask(draw="line"), shape=json.dumps(line))
    assert (answer["way"], answer["shape"], answer["point"], answer["zone"]) == ("map", line, [4.82, 45.71], "w")
    assert found(shape=json.dumps(line)) is None  # a point was asked
    area = found(ask(draw="area"), shape=json.dumps(AREA))
    assert area["shape"]["type"] == "Polygon" and area["point"]
    outside = {**line, "coordinates": [[4.81, 45.71], [4.95, 45.71]]}
    assert error(ask(draw="line"), shape=json.dumps(outside)).field == "q1_shape"
    assert error(ask(draw="line"), shape="{").field == "q1_shape"
    said = found(ask(draw="line"), **{"address": "rue des Tanneurs", "from": "la halle", "to": "le pont"})
    assert said["way"] == "words" and all(w in said["label"] for w in ("rue des Tanneurs", "la halle", "le pont"))
    assert error(ask(draw="line"), **{"from": "la halle"}).field == "q1_address"


def test_only_the_zone_is_kept_where_the_point_would_tell_a_home():
    where = ask(keep="zone")
    for typed in ({"lon": "4.81", "lat": "45.71"}, {"address": "12 rue de la Vère"}, {"place": "w"}):
        answer = found(where, geocode=knows, **typed)
        assert (answer["zone"], answer["point"], answer["label"]) == ("w", None, "Ouest")
        assert "12" not in json.dumps(answer)
    lost = found(where, address="12 impasse inconnue")
    assert (lost["way"], lost["zone"], lost["label"]) == ("words", None, "")


def test_what_is_shown_is_coarse_and_places_stay():
    answer = found(lon="4.812345", lat="45.712345")
    assert location.public_point(answer, ask()) != (4.812345, 45.712345)
    assert location.public_point(answer, ask(grid=0)) == (4.812345, 45.712345)
    assert location.public_point(found(place="halle"), ask()) == (4.85, 45.75)
    assert location.public_point(found(place="w"), ask()) is None


def test_too_much_is_refused_by_the_form():
    with pytest.raises(ValueError):
        found(address="x" * 201)
