"""A text as the words that it is made of, each with its place, however they are disguised (pure)."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"[\w@$*€\u00ad\u200b-\u200d]+")
_SPELT = re.compile(r"(?<![\w'’])(?:[^\W\d_][ .\-_*]{1,2}){3,30}[^\W\d_](?![\w'’])")
_TRIPLE = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_LEET = str.maketrans("01345789@$€", "oieastbgase")
_HIDDEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d"))


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """`word` without case, accents and invisible characters; ligatures as two letters."""
    word = word.translate(_HIDDEN).casefold()
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in word if not unicodedata.combining(c))


def listed(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


class Word(NamedTuple):
    """`plain`: folded. `bare`: also without digits for letters and repeated letters, None where nothing is hidden."""

    plain: str
    bare: str | None
    start: int
    end: int


def squeezed(word: str) -> str:
    """`word` with each letter once where it is repeated."""
    return _DOUBLE.sub(r"\1", word)


@lru_cache(maxsize=20_000)
def _forms(raw: str) -> tuple[str, str | None]:
    plain = folded(raw).strip("_*")
    if plain.isalpha() and not _TRIPLE.search(plain):
        return plain, None
    if not any(c.isalpha() for c in plain):
        return plain, None
    return plain, squeezed(plain.translate(_LEET).replace("_", ""))


def words(text: str) -> list[Word]:
    """The words of `text` in order; letters set apart ("c o n") are one word."""
    found = [Word(*_forms(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text) if len(m[0]) <= 60]
    for spelt in _SPELT.finditer(text):
        joined = folded(re.sub(r"[ .\-_*]", "", spelt[0]))
        found.append(Word(joined, squeezed(joined), *spelt.span()))
    return found
