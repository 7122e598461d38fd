"""Which language a text is written in, said only where it is sure (pure)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from . import little_words
from .base import Message, Signal, sentence
from .trigrams import TRIGRAMS
from .words import folded, listed

LABEL = _("Language")
NAMES: dict[str, Message] = {
    "fr": _("French"),
    "en": _("English"),
    "es": _("Spanish"),
    "pt": _("Portuguese"),
    "de": _("German"),
    "it": _("Italian"),
    "nl": _("Dutch"),
    "pl": _("Polish"),
    "tr": _("Turkish"),
    "ro": _("Romanian"),
    "creole": _("a Creole"),
    "br": _("Breton"),
    "co": _("Corsican"),
    "oc": _("Occitan"),
    "eu": _("Basque"),
    "gsw": _("Alsatian"),
    "ca": _("Catalan"),
    "ar": _("Arabic letters"),
    "cyrillic": _("Cyrillic letters"),
    "zh": _("Chinese characters"),
    "ja": _("Japanese"),
    "ko": _("Korean"),
    "el": _("Greek"),
    "he": _("Hebrew letters"),
    "ta": _("Tamil letters"),
    "hi": _("Indian letters"),
    "th": _("Thai letters"),
    "hy": _("Armenian"),
    "ka": _("Georgian"),
}

_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "zh": "\u3400-\u9fff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "cyrillic": "\u0400-\u052f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "ta": "\u0b80-\u0bff",
    "hi": "\u0900-\u0b7f",
    "th": "\u0e00-\u0e7f",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff",
}
_SCRIPT = {name: re.compile(f"[{chars}]") for name, chars in _SCRIPTS.items()}
_FOREIGN = re.compile(f"[{''.join(_SCRIPTS.values())}]")

LITTLE = {code: listed(words.replace("'", " ")) for code, words in little_words.LITTLE.items()}
_FOLDED_FR = frozenset(map(folded, LITTLE["fr"]))
_RANKS = {code: {runs[i : i + 3]: 1 - i / len(runs) for i in range(0, len(runs), 3)} for code, runs in TRIGRAMS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[@/]|\w\.\w")
_LONGEST, _ENOUGH = 2000, 60  # characters to look at, words that are enough to know


class Guess(NamedTuple):
    """`code` is None where the text is too short or nothing is sure, "?" where no known language fits."""

    code: str | None
    words: int


def _likeness(words: list[str]) -> dict[str, float]:
    """How much the words are like each language: its little words, and its runs of letters where they are counted."""
    runs = [padded[i : i + 3] for w in words for padded in (f"_{w}_",) for i in range(len(w))]
    scores = {}
    for code, little in LITTLE.items():
        share = sum(w in little for w in words) / len(words)
        ranks = _RANKS.get(code)
        scores[code] = share + (sum(ranks.get(r, 0) for r in runs) / len(runs) if ranks else 0.25 if share > 0.2 else 0)
    return scores


def guess(text: str) -> Guess:
    """The language of `text`."""
    text = " ".join(piece for piece in text[:_LONGEST].split() if not _ADDRESS.search(piece))
    words = [w.lower() for w in _WORD.findall(text)]
    letters = sum(map(len, words))
    foreign = _FOREIGN.findall(text)
    if len(foreign) >= 4 and len(foreign) > letters / 2:
        kana = any(_SCRIPT["ja"].match(c) for c in foreign)
        counts = {name: sum(bool(p.match(c)) for c in foreign) for name, p in _SCRIPT.items()}
        return Guess("ja" if kana else max(counts, key=counts.__getitem__), 0)
    words = words[:_ENOUGH]
    if len(words) < 4 or letters < 18:
        return Guess(None, len(words))
    scores = _likeness(words)
    french = scores["fr"] + 0.5 * sum(w not in LITTLE["fr"] and folded(w) in _FOLDED_FR for w in words) / len(words)
    best = max((c for c in scores if c != "fr"), key=scores.__getitem__)
    lead = scores[best] - french
    if (lead > 0.12 and scores[best] >= 0.45) or (lead > 0.2 and scores[best] >= 0.38):
        return Guess(best, len(words))
    if french >= 0.4:
        return Guess("fr", len(words))
    if max(french, scores[best]) < 0.2 and len(words) >= 5:
        return Guess("?", len(words))
    return Guess(None, len(words))


def language(text: str, expected: str = "fr") -> Iterator[Signal]:
    found = guess(text)
    if found.code is None or found.code == expected:
        return
    if found.code == "?":
        why: Message = _("These words are not recognised as any language.")
    else:
        why = sentence(_("Seems to be written in another language: %(language)s"), language=NAMES[found.code])
    yield Signal("language", LABEL, why, (), 0.2)
