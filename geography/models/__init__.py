"""Zones, named places, and the base map of a site."""

from .base_map import BaseMap
from .zones import NamedPlace, Zone, ZoneEdition, ZoneFile, changing_zones, random_code

__all__ = ["BaseMap", "NamedPlace", "Zone", "ZoneEdition", "ZoneFile", "changing_zones", "random_code"]
