"""The fictional town has a ground to stand on."""

import pytest
import shapely

from consultations.demo import town
from geography import lookup
from geography.models import NamedPlace, Zone

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_town_has_districts_without_gaps_and_nine_places():
    commune = town.settle()
    districts = list(commune.get_children())
    assert commune.population == sum(d.population for d in districts) == 6800
    assert shapely.coverage_is_valid([d.surface for d in districts])
    assert shapely.union_all([d.surface for d in districts]).area == pytest.approx(commune.surface.area, rel=1e-3)
    assert NamedPlace.objects.count() == 9
    locate = lookup.locator(town.CODE).zone_of
    assert {locate(tuple(place.point)) for place in NamedPlace.objects.all()} == {"03999-bourg"}
    assert town.settle() == commune and Zone.objects.count() == len(districts) + 1 == 8
