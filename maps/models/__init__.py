"""Maps as agents make them, the places people show on them, and how many there are where."""

from .count import PlaceCount
from .map import Map
from .place import LONGEST, SAID, Place, PlaceSupport

__all__ = ["LONGEST", "SAID", "Map", "Place", "PlaceCount", "PlaceSupport"]
