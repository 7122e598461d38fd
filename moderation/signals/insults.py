"""Insults, hatred and threats in French, however they are spelled (pure).

Words are looked up, not guessed: a word of the lists on sight, an ordinary word only where it is aimed at somebody,
and neither where it is told of somebody else's mouth ("on m'a traité de…").
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from . import insult_words as lists
from .base import Signal, Span, quoted, sentence
from .words import Word, folded, squeezed, words

LABEL = _("Insult")
GRADES = {"mild": 0.3, "strong": 0.6, "hate": 0.9, "threat": 1.0}
_WHY = {
    "mild": _("Words of contempt: %(found)s"),
    "strong": _("Insulting words: %(found)s"),
    "hate": _("Words of hatred against people for what they are: %(found)s"),
    "threat": _("Sounds like a threat: %(found)s"),
}


def expand(listed: str) -> set[str]:
    """The word forms that a list stands for."""
    forms = set()
    for entry in folded(listed).split():
        stem, *endings = entry.split(",")
        if not stem.endswith("-"):
            forms.add(stem)
        forms |= {stem.rstrip("-") + ending for ending in endings if ending and "-" not in ending}
    return forms


class _Lists(NamedTuple):
    on_sight: dict[str, str]
    aimed: dict[str, str]
    disguised: dict[str, tuple[str, bool]]
    groups: set[str]
    against: set[str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    on_sight: dict[str, str] = {}
    aimed: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for grade, name in (("mild", "MILD"), ("strong", "STRONG"), ("hate", "HATE")):
        aimed |= dict.fromkeys(expand(getattr(lists, f"AIMED_{name}")), grade)
        on_sight |= dict.fromkeys(expand(getattr(lists, name)), grade)
    disguised = {squeezed(w): (g, True) for w, g in aimed.items() if len(w) > 2}
    disguised |= {squeezed(w): (g, False) for w, g in on_sight.items()}
    for grade, listed in (*lists.PHRASES.items(), ("", lists.INNOCENT)):
        for phrase in re.split(r"[|\n]", listed):
            for parts in product(*(part.split("/") for part in folded(phrase).split())):
                if parts:
                    phrases.setdefault(parts[0], []).append((parts, grade))
    return _Lists(on_sight, aimed, disguised, expand(lists.GROUPS), expand(lists.AGAINST), phrases)


# What stands before a word that is aimed at somebody. The first are never said kindly.
_STRICT = (
    r"(?:bandes?|tas|equipe|ramassis|clique|especes?) d(?:e|es)?|sales?|sacres?|ti|tous des|toutes des|tous d|toutes d"
)
_PRAISED = r"quels?|quelles?|vraie?s?|gros|grosses?|pauvres?|vieux|vieilles?|petite?s?|ce|cette"
_PERSONS = (
    r"elue?s?|mairie|maires?|adjointe?s?|conseill(?:er|ere)s?|promoteurs?|architectes?|eux|gens|cyclistes|automobilistes|"
    r"voisine?s?|jeunes|policiers?|flics|prefete?|fonctionnaires|technocrates|agents?|urbanistes?|directeurs?|directrice|"
    r"presidente?"
)
_MORE = (
    r"(?: (?:tous|toutes|bien|vraiment|que|qu|juste|tellement|trop|tres|de|d|vraie?s?|gros|grosses?|sacres?|pauvres?|"
    r"petite?s?|sales?|vieux))"
)
_BEING = (
    rf"(?:vous (?:n )?etes|tu (?:n )?es|t es|ils sont|elles sont|es tu|etes vous|"
    rf"(?:{_PERSONS}) (?:est|sont|c est|c est que))"
    rf"{_MORE}{{0,3}}(?: un| une| des)?{_MORE}{{0,2}}"
)
# Of anybody, for words that are said of persons only.
_ANYBODY = re.compile(rf"(?:^| )(?:est|sont|etait|etaient){_MORE}{{0,3}} (?:un|une|des){_MORE}{{0,2}}$")
_LED = r"(?:gere|dirige|gouverne|mene)e?s? par (?:un|une|des)|mairie des|elus des|maire"
_AIM_STRICT = re.compile(rf"(?:^| )(?:{_STRICT})$")
_AIM = re.compile(rf"(?:^| )(?:{_STRICT}|{_PRAISED}|{_BEING}|{_LED})$")
# Wider for a word that hardly means anything else.
_BARE = {"con", "cons", "conne", "connes"}
_AIM_BARE = re.compile(r"(?:^| )(?:les?|la|des|un|une|aux?|du|mes|vos|ces?)$")
# Beasts and things, of which one may well say "ce", "quel" or "petit".
_ONLY_PRAISED = re.compile(rf"(?:^| )(?:{_PRAISED})$")
_THINGS = expand(
    "chien,s rat,s porc,s cochon,s ane,s clown,s cafard,s parasite,s dechet,s ordure,s mouton,s nul,s nulle,s batard,s "
    "cloporte,s lache,s vermine debile,s chienne,s dinosaure,s goret,s truie,s fumier merde mafia pantin,s"
)
_AIM_AFTER = re.compile(rf"(?:de|d) (?:{_PERSONS})(?: |$)")
_AIM_AFTER_AT = re.compile(rf"(?:de la|du|des|de l|de notre|de nos|de ces) (?:{_PERSONS})(?: |$)")
_NOT = re.compile(r"(?:^| )(?:pas|jamais|ni|plus)(?: (?:tous|toutes|que|des?|un|une|d|les)){0,3}$")
_NOT_US = re.compile(r"(?:^| )(?:on|nous|je)(?: \w+){1,3} pas(?: (?:un|une|des|que))?$")
# The author repeats what others said.
_TOLD = re.compile(
    r"trait[ée]e?s?\s(?:de|d['’])|\b(?:fait|faire|faisons|font|été|sommes|suis)\s(?:\w+\s)?(?:insult|trait|injuri)|"
    r"insult\w*|injur\w*|\btags?\b|tagué|graffiti|\bcri[ée]\w*\b|comme\s[«\"“]|"
    r"prend\w*\s(?:\w+\s){0,2}pour\s(?:des?|un)",
    re.I,
)


def _is_told(text: str, start: int) -> bool:
    before = text[max(0, start - 60) : start]
    return bool(_TOLD.search(re.split(r"[.!?]\s", before)[-1]))


def _masked(raw: str, on_sight: dict[str, str]) -> str | None:
    """The grade of a word with stars for letters ("enc*lé")."""
    if not 3 <= len(raw) <= 14 or raw.count("*") > len(raw) - 2 or not raw[0].isalpha():
        return None
    pattern = re.compile("".join("." if c == "*" else re.escape(c) for c in raw))
    grades = [g for w, g in on_sight.items() if len(w) == len(raw) and pattern.fullmatch(w)]
    return max(grades, key=GRADES.__getitem__, default=None)


def _phrases(found: list[Word], known: _Lists) -> Iterator[tuple[int, int, str]]:
    """(first word, one past the last, grade) of expressions; grade "" is an innocent one."""
    for i, word in enumerate(found):
        for parts, grade in known.phrases.get(word.plain, ()):
            if all(w.plain == p for w, p in zip(found[i : i + len(parts)], parts, strict=False)) and i + len(
                parts
            ) <= len(found):
                yield i, i + len(parts), grade


def _is_aimed(word: Word, before: list[Word], after: list[Word], grade: str) -> bool:
    said = " ".join(w.plain for w in before)
    if _NOT.search(said):
        return False
    following = " ".join(w.plain for w in after)
    theirs = word.plain not in _THINGS and _AIM_AFTER_AT.match(following)
    if (theirs or _AIM_AFTER.match(following)) and grade != "hate":
        return True
    if word.plain.startswith("incapable") and following.startswith(("de", "d ")):
        return False
    if grade == "hate":
        return bool(_AIM_STRICT.search(said))
    if word.plain in _BARE and _AIM_BARE.search(said):
        return True
    if word.plain not in _THINGS and _ANYBODY.search(said):
        return True
    return bool(_AIM.search(said)) and not (word.plain in _THINGS and _ONLY_PRAISED.search(said))


def _grade(known: _Lists, found: list[Word], i: int) -> str | None:
    """What a word that is in no expression is worth where it stands."""
    before, after = found[max(0, i - 6) : i], found[i + 1 : i + 5]
    word = found[i]
    if grade := known.on_sight.get(word.plain):
        return None if _NOT_US.search(" ".join(w.plain for w in before)) else grade
    aimed = known.aimed.get(word.plain)
    if word.bare is not None:
        grade, needs_aim = known.disguised.get(word.bare, (None, False))
        if grade and not needs_aim:
            return grade
        aimed = aimed or grade
    if "*" in word.plain and (grade := _masked(word.plain, known.on_sight)):
        return grade
    return aimed if aimed and _is_aimed(word, before, after, aimed) else None


def _graded(text: str) -> Iterator[tuple[int, int, str]]:
    """Places in `text` and their grade."""
    known, found = _lists(), words(text)
    innocent: set[int] = set()
    taken: set[int] = set()
    for first, last, grade in sorted(_phrases(found, known), key=lambda p: bool(p[2])):
        places = set(range(first, last))
        if not grade:
            innocent |= places
        elif not places & innocent and not places & taken:
            taken |= places
            yield found[first].start, found[last - 1].end, grade
    last_group = -10
    last_against = -10
    for i, word in enumerate(found):
        if word.plain in known.groups:
            last_group = i
        if word.plain in known.against:
            last_against = i
        if i in (last_group, last_against) and abs(last_group - last_against) <= 5 and i not in taken:
            low, high = sorted((last_group, last_against))
            between = text[found[low].end : found[high].start]
            said = " ".join(w.plain for w in found[max(0, low - 4) : high])
            if not re.search(r"[.!?;]\s", between) and not re.search(
                r"\b(?:pas|contre|jamais|ni|traiter?|traites|dits?)\b", said
            ):
                taken |= {low, high}
                yield found[low].start, found[high].end, "hate"
        if i in innocent or i in taken:
            continue
        suspect = word.bare is not None or word.plain in known.on_sight or word.plain in known.aimed
        if suspect and (worth := _grade(known, found, i)):
            yield word.start, word.end, worth


def insults(text: str) -> Iterator[Signal]:
    """One signal for each grade found, the gravest first."""
    places: dict[str, list[Span]] = {}
    for start, end, grade in _graded(text):
        if not _is_told(text, start):
            places.setdefault(grade, []).append((start, end))
    for grade in sorted(places, key=GRADES.__getitem__, reverse=True):
        spans = sorted(set(places[grade]))
        shown = ", ".join(quoted(text[start:end], 40) for start, end in spans[:4])
        yield Signal("insult", LABEL, sentence(_WHY[grade], found=shown), tuple(spans[:200]), GRADES[grade])
