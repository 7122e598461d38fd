"""What a proof opens: the surveys and debates of a consultation, which register here."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .models import Scope, TakesPart

kinds: list[type[TakesPart]] = []  # each has a manager with `for_display`, a title and an address
# Whether a user may manage the consultation with a scope's id. The rooms above know where people's rights hold.
guards: list[Callable[[Any, int], bool]] = []


def may_manage(user: Any, scope_id: int) -> bool:
    return all(guard(user, scope_id) for guard in guards)


class Place(NamedTuple):
    title: str
    url: str
    level: str
    phase: str
    closing: Any


def register(kind: type[TakesPart]) -> None:
    kinds.append(kind)


def places(scope: Scope, phases: tuple[str, ...] = ("coming", "open", "closed")) -> list[Place]:
    """The surveys and debates of a scope that stand in one of `phases`; as many queries as there are kinds."""
    found: list[Any] = [tool for kind in kinds for tool in kind._default_manager.for_display().filter(scope=scope)]
    told = [Place(tool.title, tool.get_absolute_url(), tool.trust, tool.phase(), tool.closing()) for tool in found]
    return [place for place in told if place.phase in phases]
