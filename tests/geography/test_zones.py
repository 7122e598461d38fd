"""Zones, and which of them holds a point."""

import json

import pytest
from django.db import IntegrityError, transaction

from geography import asking, drawing, lookup
from geography.models import NamedPlace, Zone
from surveys.questions.base import Form
from tests.factories.geography import box, town

pytestmark = pytest.mark.django_db


def test_a_zone_knows_its_box_and_its_place_in_the_tree():
    commune, west, east = town()
    assert commune.bbox == [4.8, 45.7, 4.9, 45.8]
    assert [z.code for z in commune.get_children()] == [west.code, east.code]
    with pytest.raises(IntegrityError), transaction.atomic():
        Zone.add_root(name="Twice", code=commune.code)


def test_the_locator_finds_the_smallest_and_always_the_same_on_a_border(django_assert_num_queries):
    town()
    locator = lookup.locator("69999")
    with django_assert_num_queries(0):
        assert lookup.locator("69999") is locator
        assert locator.zone_of((4.81, 45.75)) == "w"
        assert locator.zone_of((4.85, 45.75)) == "e"
        assert locator.zone_of((4.80, 45.70)) == "w"
        assert locator.zone_of((4.79, 45.75)) is None
    assert lookup.locator("nowhere").zone_of((4.81, 45.75)) is None


def test_a_changed_zone_is_noticed_by_every_process(monkeypatch):
    _commune, west, _east = town()
    assert lookup.locator("69999").zone_of((4.81, 45.75)) == "w"
    west.geometry = box(4.8, 45.7, 4.805, 45.8)
    west.save()
    monkeypatch.setattr(lookup, "FRESH_FOR", -1)
    assert lookup.locator("69999").zone_of((4.81, 45.75)) == "69999"
    west.delete()
    assert lookup.locator("69999").zone_of((4.801, 45.75)) == "69999"


def test_a_copy_read_before_a_move_does_not_put_the_zone_back():
    commune, west, east = town()
    stale = Zone.objects.get(pk=west.pk)
    Zone.objects.get(pk=west.pk).move(Zone.objects.get(pk=east.pk), "first-child")
    stale.name = "Couchant"
    stale.save()
    assert Zone.objects.get(pk=west.pk).get_parent().pk == east.pk
    assert not any(Zone.find_problems())


def test_a_zone_in_use_is_not_deleted():
    from django.db.models import ProtectedError

    commune, *_rest = town()
    NamedPlace.objects.create(name="La halle", zone=commune, lon=4.85, lat=45.75)
    with pytest.raises(ProtectedError):
        commune.delete()


def test_zones_are_drawn_with_steps_that_can_be_read_without_colour():
    _commune, west, east = town()
    drawn = drawing.choropleth([west, east], {"w": 10, "e": None})
    assert [(p.name, p.number, p.step) for p in drawn.paths] == [("Ouest", 1, 1), ("Est", 2, 0)]
    assert [(s.low, s.high) for s in drawn.steps] == [(10, 10)] and drawn.has_hidden
    assert all(p.d.startswith("M") and p.d.endswith("z") and p.is_roomy for p in drawn.paths)
    assert drawn.height > drawn.width  # as it is on the ground: 0.1° of longitude is shorter


def test_a_question_is_frozen_from_a_territory_and_read_with_its_zones(django_assert_num_queries):
    commune, west, east = town()
    halle = NamedPlace.objects.create(name="La halle", zone=commune, lon=4.86, lat=45.75)
    where = asking.ask(commune, places=[halle], zones=[west, east])
    assert json.loads(json.dumps(where)) == where
    assert where["area"] == commune.geometry and where["bbox"] == [4.795, 45.695, 4.905, 45.805]
    asking.read(where, "q1", Form({"q1_lon": ["4.81"], "q1_lat": ["45.75"]}))
    with django_assert_num_queries(0):
        assert asking.read(where, "q1", Form({"q1_lon": ["4.81"], "q1_lat": ["45.75"]}))["zone"] == "w"
        assert asking.read(where, "q1", Form({"q1_place": [halle.code]}))["zone"] == "e"
    anywhere = asking.ask()
    assert asking.read(anywhere, "q1", Form({"q1_lon": ["2.3"], "q1_lat": ["48.8"]}))["zone"] is None


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ([], []),
        ([1, 2, 3, 4, 5, 6, 7, 8], [(1, 2), (3, 4), (5, 6), (7, 8)]),
        ([5, 5, 5, 5, 9], [(5, 5), (9, 9)]),
        ([0, 1], [(0, 0), (1, 1)]),
    ],
)
def test_steps_hold_about_as_many_zones_each_and_never_part_equals(values, steps):
    zones = [Zone(code=str(i), name=str(i), geometry=box(i, 0, i + 1, 1)) for i in range(len(values))]
    drawn = drawing.choropleth(zones, {str(i): v for i, v in enumerate(values)})
    assert [(s.low, s.high) for s in drawn.steps] == steps
    assert all(p.step for p in drawn.paths)
