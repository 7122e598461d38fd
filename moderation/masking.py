"""Redaction: masking parts of a text, and nothing but masking (pure)."""

from collections.abc import Iterable

from .signals import redact

MARK = "[…]"


def proposed(text: str, signals: Iterable[dict]) -> str:
    """`text` with the personal data that signals found in it masked."""
    spans = [tuple(span) for signal in signals if signal["kind"] == "personal" for span in signal["spans"]]
    return redact(text, spans, MARK)


def is_masked(original: str, redacted: str) -> bool:
    """Is `redacted` the original with some parts, at least one, replaced by MARK, and every other letter untouched?"""
    pieces = [_plain(piece) for piece in redacted.split(MARK)]
    whole = _plain(original)
    if len(pieces) < 2 or not any(pieces) or len("".join(pieces)) >= len(whole):
        return False
    first, *middle, last = pieces
    if not whole.startswith(first) or not whole[len(first) :].endswith(last):
        return False
    at, end = len(first), len(whole) - len(last)
    for piece in middle:
        at = whole.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return at <= end


def _plain(text: str) -> str:
    """Browsers send other ends of lines than were stored, and hands add spaces around a mark."""
    return "".join(text.split())
