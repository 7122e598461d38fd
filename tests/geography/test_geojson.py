"""Agents' files: what is read, mended, refused and in which words; and nothing takes long."""

import json
import math
import time

import pytest
from shapely.geometry import shape

from geography import geojson

pytestmark = pytest.mark.usefixtures("in_english")


def square(x=4.8, y=45.7, side=0.01):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*geometries, **properties):
    features = [{"type": "Feature", "properties": properties, "geometry": g} for g in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def circle(n, x=4.8, y=45.7):
    ring = [[x + math.cos(i / n * math.tau) * 0.1, y + math.sin(i / n * math.tau) * 0.1] for i in range(n)]
    return [*ring, ring[0]]


def problem(geometry):
    reading = geojson.read(collection(geometry, nom="Le Bourg"))
    assert not reading.features
    assert "1 (Le Bourg)" in reading.problems[0]
    return reading.problems[0]


def test_a_zone_keeps_two_dimensions_six_decimals_and_its_plain_properties():
    ring = [[x + 0.00000049, y, 212.5] for x, y in square()]
    [feature] = geojson.read(collection(polygon(ring), nom="Le Bourg", code=12, tags=["a"])).features
    assert feature.properties == {"nom": "Le Bourg", "code": "12"}
    assert {len(position) for position in feature.geometry["coordinates"][0]} == {2}
    assert [4.8, 45.7] in feature.geometry["coordinates"][0]


def test_an_outline_is_made_simple_and_stays_where_it_is():
    [feature] = geojson.read(collection(polygon(circle(20_000)))).features
    assert 100 < len(feature.geometry["coordinates"][0]) <= geojson.MAX_VERTICES
    assert shape(feature.geometry).area == pytest.approx(math.pi * 0.01, rel=1e-3)


def test_neighbours_still_touch_when_they_are_simplified():
    wavy = [[4.8 + 0.001 * math.sin(i / 20), 45.7 + i * 1e-5] for i in range(4_000)]
    left = polygon([*wavy, [4.7, 45.74], [4.7, 45.7], wavy[0]])
    right = polygon([*wavy, [4.9, 45.74], [4.9, 45.7], wavy[0]])
    a, b = (shape(f.geometry) for f in geojson.read(collection(left, right)).features)
    assert a.union(b).geom_type == "Polygon" and a.intersection(b).area < 1e-12
    assert a.area + b.area == pytest.approx(a.union(b).area)


def test_what_barely_crosses_itself_is_repaired_and_a_bow_tie_is_refused():
    ring = circle(500)
    ring[100], ring[101] = ring[101], ring[100]
    [feature] = geojson.read(collection(polygon(ring))).features
    assert shape(feature.geometry).is_valid
    bow_tie = [[2, 48], [2.1, 48.1], [2.1, 48], [2, 48.1], [2, 48]]
    assert "crosses itself" in problem(polygon(bow_tie))


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (polygon([[y, x] for x, y in square()]), "changed places"),
        (polygon([[95, 95], [96, 95], [96, 96]]), "nowhere on Earth"),
        (polygon([[842000, 6519000], [842100, 6519000], [842100, 6519100]]), "EPSG:4326"),
        (polygon([[-179, 1], [179, 1], [179, 2], [-179, 1]]), "180th meridian"),
        (polygon([[2, 48], [3, 48], [2, 48]]), "no surface"),
        (polygon([[2, 48], [3, 48]]), "too few points"),
        (polygon([["2", "48"], [3, 48], [3, 49]]), "cannot be read"),
        (polygon([[True, 48], [3, 48], [3, 49]]), "cannot be read"),
        (polygon([[10**400, 48], [3, 48], [3, 49]]), "nowhere on Earth"),
        (polygon(), "no outline"),
        ({"type": "Polygon"}, "cannot be read"),
        ({"type": "Point", "coordinates": [2, 48]}, "Polygon"),
        (None, "no outline"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_name(geometry, said):
    assert said in problem(geometry)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not GeoJSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[]", "not GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "no zone"),
        (b'{"type": "FeatureCollection", "features": {}}', "not GeoJSON"),
        (b'{"type": "Topology"}', "TopoJSON"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "NaN"),
        (b'{"type": "Polygon", "coordinates": [[[' + b"1" * 5000 + b", 1]]]}", "not GeoJSON"),
        (b'{"type": "Feature", "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}}', "QGIS"),
        (b'{"type": "Feature", "crs": "Lambert 93"}', "QGIS"),
    ],
)
def test_what_is_no_file_of_zones_is_refused(content, said):
    with pytest.raises(geojson.GeoError, match=said):
        geojson.read(content)


def test_good_zones_are_read_where_others_cannot_be_and_1e400_is_no_number():
    content = collection(polygon(square()), polygon([[2, 48]])).replace(b"[2, 48]", b"[1e400, 48]")
    reading = geojson.read(content)
    assert len(reading.features) == 1 and len(reading.problems) == 1


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":"Polygon","coordinates":[[' + b",".join([b"[1,2]"] * 1_000_000) + b"]]}",
        b'{"type":"Polygon","coordinates":[[' + b",".join([b"[4.123456,45.123456]"] * 1_000_000) + b"]]}",
        b'{"type":"Polygon","coordinates":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"type":"Polygon","coordinates":[[[1e400,1],[1,2],[2,2]]]}',
    ],
    ids=["million short", "million long", "nested lists", "nested objects", "1e400"],
)
def test_a_bomb_is_refused_within_a_second(content):
    start = time.process_time()
    try:
        assert not geojson.read(content).features
    except geojson.GeoError as error:
        assert error.message
    assert time.process_time() - start < 1


def test_a_scribble_is_refused_before_it_is_repaired():
    """Without the look beforehand its million crossings would be computed: minutes and gigabytes."""
    ring = [[2 + (i * 0.754877) % 1, 48 + (i * 0.569840) % 1] for i in range(20_000)]
    start = time.perf_counter()
    assert "crosses itself" in problem(polygon(ring))
    assert time.perf_counter() - start < 5


def test_zones_piled_up_are_not_taken_for_neighbours(monkeypatch):
    """Whether hundreds of zones that all overlap are neighbours takes minutes to find out."""
    monkeypatch.setattr("shapely.coverage_is_valid", lambda _shapes: pytest.fail("asked"))
    pile = [polygon(square(side=0.001 * k)) for k in range(1, 101)]
    assert len(geojson.read(collection(*pile)).features) == 100


def test_what_somebody_drew_is_small_and_of_the_kind_that_was_asked():
    line = {"type": "LineString", "coordinates": [[4.8, 45.7], [4.81, 45.71]]}
    assert geojson.read_drawn(json.dumps(line), "LineString") == line
    for bad in (
        json.dumps(line).replace("LineString", "Polygon"),
        "x",
        "[" * 900,
        json.dumps({**line, "coordinates": []}),
    ):
        with pytest.raises(geojson.GeoError):
            geojson.read_drawn(bad, "LineString")
    with pytest.raises(geojson.GeoError):
        geojson.read_drawn(json.dumps({**line, "coordinates": [[4.8, 45.7]] * 2}), "LineString")
    with pytest.raises(geojson.GeoError):
        geojson.read_drawn(
            json.dumps({**line, "coordinates": [[4.8, 45.7 + i / 1e4] for i in range(300)]}), "LineString"
        )


def test_points_are_put_in_order_or_refused():
    assert geojson.point(48.8, 2.3) == (2.3, 48.8)
    assert geojson.point(55.5, -21.1) == (55.5, -21.1)  # La Réunion is where it is
    assert geojson.point(100, 0) == (100, 0)
    assert geojson.point(91, 20) == (91, 20)
    assert geojson.point(20, 91) == (91, 20)
    for lon, lat in ((math.nan, 1), (math.inf, 1), (200, 1), (1, 200), (95, 95)):
        with pytest.raises(geojson.GeoError):
            geojson.point(lon, lat)
