"""What a moderator may want to look at in a text, each with its reason. Signals decide nothing and change nothing.

Pure: no model, no request. The texts are French unless told otherwise. What they find and miss is in docs/signals.md.
"""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from .alike import BURST, DOUBLE, Group, bursts, doubles
from .base import Kind, Signal, Span
from .insults import LABEL as INSULT
from .insults import insults
from .language import LABEL as LANGUAGE
from .language import language
from .personal import LABEL as PERSONAL
from .personal import personal
from .shape import LINK, SHOUTING, links, shouting

__all__ = ["KINDS", "Group", "Kind", "Signal", "bursts", "doubles", "redact", "signals_of"]

KINDS = (
    Kind(
        "personal",
        PERSONAL,
        _("Telephone, e-mail, social security, bank account, plate, birth, home, name of a person."),
    ),
    Kind("insult", INSULT, _("Words of contempt, insults, hatred of a group, threats.")),
    Kind("shouting", SHOUTING, _("A phrase in capitals, repeated exclamation marks.")),
    Kind("link", LINK, _("The address of a page elsewhere.")),
    Kind("double", DOUBLE, _("Others wrote the same, or almost.")),
    Kind("burst", BURST, _("Many nearly identical texts within a short time, as in a campaign.")),
    Kind("language", LANGUAGE, _("Seems not to be written in the language of the page, or in none.")),
)


def signals_of(text: str, *, off: Collection[str] = frozenset(), expected_language: str = "fr") -> list[Signal]:
    """What `text` alone gives to look at, the most urgent first, without the kinds in `off`."""
    found: list[Signal] = []
    if "personal" not in off:
        found += personal(text)
    if "insult" not in off:
        found += insults(text)
    if "shouting" not in off:
        found += shouting(text)
    if "link" not in off:
        found += links(text, [s for f in found if f.kind == "personal" for s in f.spans])
    if "language" not in off:
        found += language(text, expected_language)
    return sorted(found, key=lambda s: -s.weight)


def redact(text: str, spans: Iterable[Span], mark: str = "[…]") -> str:
    """`text` with `mark` in the place of each of `spans`; those that touch or overlap give one mark."""
    pieces: list[str] = []
    done = 0
    for start, end in sorted((max(0, s), min(len(text), e)) for s, e in spans):
        if start >= end:
            continue
        if start > done or not pieces:
            pieces += [text[done:start], mark]
        done = max(done, end)
    return "".join(pieces) + text[done:]
