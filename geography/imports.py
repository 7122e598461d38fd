"""Zones out of a GeoJSON file: first what the import would do, then the import."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from . import geojson
from .models import Zone, changing_zones, random_code


class Row(NamedTuple):
    """One zone of the file, and the zone it would change, if there is one."""

    feature: geojson.Feature
    name: str
    code: str
    zone: Zone | None


class Plan(NamedTuple):
    """What an import would do. `problems`: a sentence for each zone of the file that would be left out."""

    parent: Zone | None
    kind: str
    added: list[Row]
    changed: list[Row]
    same: list[Row]
    problems: list[str]


def properties(reading: geojson.Reading) -> list[str]:
    """The names of all properties in the file, in the order they are met."""
    return list(dict.fromkeys(name for feature in reading.features for name in feature.properties))


def likely_name(reading: geojson.Reading) -> str:
    """The property that most likely holds the name; "" when none does."""
    known = properties(reading)
    return next((name for wanted in geojson.NAMES for name in known if name.lower() == wanted), "")


def plan(reading: geojson.Reading, parent: Zone | None, kind: str, name_property: str, code_property: str = "") -> Plan:
    """What importing `reading` below `parent` would do.

    A zone of the file is one we have when its code is the same; without codes, when its name is, below that parent.
    """
    made = Plan(parent, kind, [], [], [], list(reading.problems))
    named = [(f, _text(f, name_property, 100), _text(f, code_property, 20)) for f in reading.features]
    twice = Counter(code or name for _feature, name, code in named)
    siblings = {z.name: z for z in (parent.get_children() if parent else Zone.get_root_nodes())}
    known = {z.code: z for z in Zone.objects.filter(code__in=[code for *_rest, code in named if code])}
    for feature, name, code in named:
        zone = known.get(code) if code_property else siblings.get(name)
        if why := _trouble(name, code, code_property, twice, zone, parent):
            made.problems.append(f"{geojson.label(feature.number, feature.properties)}: {why}")
            continue
        row = Row(feature, name, code, zone)
        _list_for(made, row).append(row)
    return made


def carry_out(made: Plan) -> None:
    """Do what `made` says, all of it or nothing."""
    with changing_zones():
        for row in made.changed:
            assert row.zone is not None
            row.zone.name, row.zone.geometry = row.name, row.feature.geometry
            row.zone.save()
        parent = Zone.objects.get(pk=made.parent.pk) if made.parent else None
        for row in made.added:
            fields = {"name": row.name, "kind": made.kind, "geometry": row.feature.geometry}
            fields["code"] = row.code or random_code()
            if parent:
                parent.add_child(**fields)
            else:
                Zone.add_root(**fields)


def summary(made: Plan) -> Iterator[str]:
    """The plan in a few lines."""
    for text, rows in (
        (_("Added: %(n)d"), made.added),
        (_("Changed: %(n)d"), made.changed),
        (_("Already there, unchanged: %(n)d"), made.same),
        (_("Left out: %(n)d"), made.problems),
    ):
        yield text % {"n": len(rows)}


def _text(feature: geojson.Feature, name: str, limit: int) -> str:
    return " ".join(feature.properties.get(name, "").split())[: limit + 1] if name else ""


def _trouble(
    name: str, code: str, code_property: str, twice: Counter[str], zone: Zone | None, parent: Zone | None
) -> str:
    """Why this zone of the file is left out; "" when it is not."""
    if not name:
        return _("it has no name in that property.")
    if len(name) > 100 or len(code) > 20:
        return _("its name or its code is too long.")
    if code_property and not code:
        return _("it has no code in that property.")
    if twice[code or name] > 1:
        return _("another zone of this file has the same name or code.")
    if zone and not _is_below(zone, parent):
        return _("the zone with that code lies elsewhere: “%(name)s”.") % {"name": zone.name}
    return ""


def _is_below(zone: Zone, parent: Zone | None) -> bool:
    return zone.is_child_of(parent) if parent else zone.is_root()


def _list_for(made: Plan, row: Row) -> list[Row]:
    if row.zone is None:
        return made.added
    is_same = row.zone.geometry == row.feature.geometry and row.zone.name == row.name
    return made.same if is_same else made.changed
