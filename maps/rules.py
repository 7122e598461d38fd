"""Who may do what on a map, as sentences; used by views, templates and acts alike."""

from participation.trust import Unproven, suffices

from .models import Map


def check_proof(map: Map, level: str) -> None:
    """Raise Unproven unless who proved `level` may take part."""
    if not suffices(level, map.trust):
        raise Unproven


def may_show(map: Map) -> bool:
    """May people show places, change theirs and support others now?"""
    return map.phase() == "open"


def see_places(map: Map) -> bool:
    return map.phase() in ("open", "closed")
