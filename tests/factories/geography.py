"""A town of two districts, west and east, of 0.1 by 0.1 degrees."""

from geography.models import NamedPlace, Zone


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def town():
    commune = Zone.add_root(name="Rochebrune", kind="commune", code="69999", geometry=box(4.8, 45.7, 4.9, 45.8))
    west = commune.add_child(name="Ouest", code="w", geometry=box(4.8, 45.7, 4.85, 45.8))
    commune.refresh_from_db()
    east = commune.add_child(name="Est", code="e", geometry=box(4.85, 45.7, 4.9, 45.8))
    commune.refresh_from_db()
    return commune, west, east


def the_town() -> Zone:
    """The town of two districts, w and e, made once a test, with a place that everybody knows."""
    if found := Zone.objects.filter(code="69999").first():
        return found
    commune, west, _east = town()
    NamedPlace.objects.create(code="halle", name="La halle", zone=west, lon=4.83, lat=45.74)
    return commune
