"""What a signal is, and sentences that are put into the reader's language only when they are read."""

from typing import Any, NamedTuple, TypeAlias

from django.utils.functional import Promise, lazy

Message: TypeAlias = str | Promise
Span: TypeAlias = tuple[int, int]


class Signal(NamedTuple):
    """Something a moderator may want to look at. It decides nothing.

    `label` and `why` are lazy: str() gives them in the reader's language. `weight`, 0 to 1, says how urgent it is.
    """

    kind: str
    label: Message
    why: Message
    spans: tuple[Span, ...]
    weight: float


class Kind(NamedTuple):
    """A kind of signal, so that it can be listed and switched off."""

    kind: str
    label: Message
    description: Message


def _filled(template: Any, values: dict[str, Any]) -> str:
    return str(template % values)


_fill = lazy(_filled, str)


def sentence(template: Message, **values: Any) -> Message:
    """The translatable `template` with `values` in it, translated when it is shown and not before."""
    return _fill(template, values)


def quoted(text: str, longest: int = 60) -> str:
    """What was found, on one line and not too long."""
    shown = " ".join(text.split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def overlaps(span: Span, others: list[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
