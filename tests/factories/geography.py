"""A town of two districts, west and east, of 0.1 by 0.1 degrees."""

from geography.models import Zone


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
