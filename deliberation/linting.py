"""Advice to an agent about the statements a debate begins with: double, leading, hard to read, one-sided (pure)."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .wording import Index, plain, tidy

TWICE = 0.7  # likeness from which on two statements most likely say the same, or the contrary, in the same words
LONG = 140
FEW, MANY = 8, 40
PAIRS = 5  # remarks on pairs at most: who mends these sees the next
JUDGED = 5  # below so many statements that ask for more, or for less, nothing is said of balance


class Advice(NamedTuple):
    """One remark: the statements it is about (counted from 1, none for the whole list), its kind, what to do."""

    numbers: tuple[int, ...]
    kind: str
    sentence: str


# Each pattern is read on `plain` text: no accents, case or punctuation; an apostrophe has become a space.
_LOADED = re.compile(
    r"\b(evidemment|bien sur|bien entendu|tout le monde (sait|voit|comprend)|chacun sait|il est (clair|evident)"
    r"|sans aucun doute|de toute evidence|manifestement|scandaleu(x|se)s?|honteu(x|se)s?|inadmissibles?|absurdes?"
    r"|inacceptables?|n est ce pas|enfin assez|soi disant|pretendu[es]*|de bon sens|comme par hasard"
    r"|obviously|of course|everybody knows|everyone knows|scandalous|isn t it|outrageous)\b"
)
_NEGATION = re.compile(
    r"\b(ne|n)\b(?: \w+){1,4}? (pas|plus|jamais|rien|aucune?|personne|ni|guere|nulle part)\b"
    r"|\b(rien|personne|aucune? \w+|jamais \w+) (ne|n)\b|\b(not|never|don t|doesn t|isn t|cannot|can t|won t)\b"
)
_AGAIN = re.compile(r"\b(sans|interdi\w+|refus\w+|empech\w+|inutiles?|im(?:possible|juste)s?|without|forbid\w*|ban)\b")
_WHOLE_CLAUSE = re.compile(
    r"\b(et|and) (je|j|tu|il|elle|on|nous|vous|ils|elles|c|ce|cela|ca|qu|que|it|we|they|you)\b"
    r"|\b(mais|parce qu?e?|puisque|but|because)\b"
)
# Words that make a clause of what stands around them; endings are those of the future and the conditional.
_VERB = (
    r"(?:doi(?:t|vent)|devr\w+|faut|faudr\w+|est|sont|peu(?:t|vent)|veu(?:t|lent)|manquent?|coutent?|restent?|font|fait"
    r"|suffi(?:t|sent)|servent|sert|va|vont|\w{2,}(?:rait|raient|ront)|should|must|is|are|can|will|has|have)"
)
_TWO_CLAUSES = re.compile(rf"\b{_VERB}\b.* (?:et|and) .*\b{_VERB}\b")
_NOT_INFINITIVES = "hiver|mer|fer|cher|premier|dernier|leger|regulier|particulier|entier|loisir|air"
_TWO_ORDERS = re.compile(
    r"\b(?:doi(?:t|vent)|devr\w+|faut|faudr\w+|peu(?:t|vent))\b.* et (?:de |d )?"
    rf"(?!(?:{_NOT_INFINITIVES})\b)\w{{2,}}(?:er|ir|oir)\b"
)
_JARGON = re.compile(
    r"\b(requalifi\w+|concertation prealable|densifi\w+|artificialis\w+|gouvernance|co ?construction|co ?construire"
    r"|resilien(?:ce|te?)s?|tiers lieux?|multimodal\w*|intermodal\w*|report modal|mobilites? (?:douces?|actives?)"
    r"|maillage|trames? (?:vertes?|bleues?)|acculturation|transversalite|mutualis\w+|perimetre|opposable)\b"
)
_MORE = re.compile(
    r"\b(doi(?:t|vent)|devr(?:ait|aient|a|ont)|il faut|il faudrait|interdi\w+|limit\w+|controler|oblig\w+|impos\w+"
    r"|plafon\w+|encadr\w+|sanctionn\w+|taxer|reserver|maximum|trop d[eu]?|trop attendu|il manque|pas assez"
    r"|must|should|need to|ban|limit)\b"
)
_AS_IT_IS = re.compile(
    r"\b(rest(?:e|er|ent|ons)|gard(?:er|ons|ez)|conserv\w+|le droit d[e]?|libres?|librement|liberte|laiss(?:er|ons|ez)"
    r"|suffi(?:t|sent)|pas besoin|trop de (?:regles|controles|normes)|moins de (?:regles|controles|normes)|attendre"
    r"|bien comme|ne (?:\w+ ){1,2}rien|inutiles?|assez de|deja assez|coute(?:nt)? plus|sans les?|keep|leave"
    r"|free to|enough)\b"
)

# Words that say nothing of the idea: left in, “The town should act” and “The town should wait” would look alike.
_EMPTY = re.compile(
    r"\b(ne|n|pas|jamais|not|never|le|la|les|l|un|une|des|du|de|d|au|aux|a|en|et|il|faut|faudrait|doit|doivent"
    r"|devrait|devraient|ville|commune|mairie|the|of|to|should|must)\b"
)

# These are read on the text as typed.
_SENTENCES = re.compile(
    r"(?<!\bM)(?<!\bMme)(?<!\bMM)(?<!\bDr)(?<!\be\.g)(?<!\bi\.e)(?<!\bex)(?<!\betc)[.!?…]\s+\S|\s?;\s"
)
_ASKS = re.compile(r"\?")
_SHOUTS = re.compile(r"!")
_PERSON = re.compile(
    r"\b(?:MM?\.|Mmes?|Mlle|Monsieur|Madame|Mr\.?|Mrs\.?|Ms\.?|Dr)\s+(?:(?:le|la|l['’])\s*\w+|[A-ZÀ-Þ][\w’'-]+)"
)
_ACRONYM = re.compile(r"\b[A-ZÀ-Þ]{2,}[a-z]?\b")
_KNOWN_ACRONYM = re.compile(r"SNCF|TGV|HLM|WC|SMS|TV|EDF|OK|RER|CO|PME|NON|PAS|[IVX]+")

_OPPOSITES = [
    {"plus", "moins"},
    {"trop", "peu"},
    {"pour", "contre"},
    {"avec", "sans"},
    {"augmenter", "diminuer"},
    {"augmenter", "baisser"},
    {"ouvrir", "fermer"},
    {"autoriser", "interdire"},
    {"garder", "supprimer"},
    {"agrandir", "reduire"},
    {"more", "less"},
    {"keep", "remove"},
]


def _negation(text: str) -> tuple[re.Match[str] | None, str]:
    """The first negation of `text`, and the text it was found in."""
    words = plain(text).replace("n est ce pas", "")
    return _NEGATION.search(words), words


def _says_no(text: str) -> bool:
    return _negation(text)[0] is not None


def _says_no_twice(text: str) -> bool:
    found, words = _negation(text)
    if found is None:
        return False
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    return bool(_AGAIN.search(rest) or _NEGATION.search(rest))


def _says_two_things(text: str) -> bool:
    if _SENTENCES.search(text.rstrip(" .!?…")):
        return True
    return any(pattern.search(plain(text)) for pattern in (_WHOLE_CLAUSE, _TWO_CLAUSES, _TWO_ORDERS))


def _leads(text: str) -> bool:
    return bool(_LOADED.search(plain(text)) or _SHOUTS.search(text))


def _uses_jargon(text: str) -> bool:
    explained = "(" in text or text.isupper()  # capitals throughout are somebody shouting, not an acronym
    acronyms = [word for word in _ACRONYM.findall(text) if not _KNOWN_ACRONYM.fullmatch(word)]
    return bool(acronyms and not explained) or bool(_JARGON.search(plain(text)))


def _advise_doubles(texts: list[str]) -> Iterable[Advice]:
    """Pairs in nearly the same words; what tells them apart says whether they mean the same or the contrary."""
    for a, b in islice(_pairs(texts), PAIRS):
        said = {"a": a, "b": b}
        if _contrary(texts[a - 1], texts[b - 1]):
            sentence = _("Statements %(a)d and %(b)d word the same idea both ways: keep the positive one.") % said
            yield Advice((a, b), "opposite", sentence)
        else:
            sentence = _("Statements %(a)d and %(b)d say nearly the same: keep the clearer one.") % said
            yield Advice((a, b), "double", sentence)


def _pairs(texts: list[str]) -> Iterable[tuple[int, int]]:
    """Each statement with the later one nearest to it; two that differ by a figure (30 km/h, 50 km/h) are two ideas."""
    bare = [_EMPTY.sub("", plain(text)) for text in texts]
    figures = [re.findall(r"\d+", text) for text in bare]
    index = Index(bare)
    for place, text in enumerate(bare):
        near = (a.place for a in index.near(text, limit=len(texts), at_least=TWICE))
        later = next((other for other in near if other > place and figures[other] == figures[place]), None)
        if later is not None:
            yield place + 1, later + 1


def _contrary(a: str, b: str) -> bool:
    if _says_no(a) != _says_no(b):
        return True
    only = set(plain(a).split()) ^ set(plain(b).split())
    return any(pair <= only for pair in _OPPOSITES)


def _advise_length_of_list(texts: list[str]) -> Iterable[Advice]:
    n = len(texts)
    if n < FEW:
        sentence = ngettext(
            "There is %(n)d statement: fifteen to thirty let differences show.",
            "There are %(n)d statements: fifteen to thirty let differences show.",
            n,
        )
        yield Advice((), "few", sentence % {"n": n})
    if n > MANY:
        sentence = _("There are %(n)d statements: people will see few of them. Keep the thirty that differ most.")
        yield Advice((), "many", sentence % {"n": n})


def _advise_balance(texts: list[str]) -> Iterable[Advice]:
    """One-sided when, of those that lean to a side, fewer than one in five leans to the other."""
    keep = [bool(_AS_IT_IS.search(plain(text))) for text in texts]
    more = [bool(_MORE.search(plain(text))) and not kept for text, kept in zip(texts, keep, strict=True)]
    asking, keeping = sum(more), sum(keep)
    said = {"asking": asking, "keeping": keeping}
    if max(asking, keeping) < JUDGED or min(asking, keeping) * 5 >= asking + keeping:
        return
    if asking > keeping:
        sentence = _(
            "One-sided: about %(asking)d statements ask for more rules or action, about %(keeping)d for leaving things "
            "as they are. Add some that those who disagree would sign."
        )
    else:
        sentence = _(
            "One-sided: about %(keeping)d statements ask for leaving things as they are, about %(asking)d for more "
            "rules or action. Add some that those who disagree would sign."
        )
    yield Advice((), "unbalanced", sentence % said)


def _sentence(kind: str, n: int) -> str:
    """What to do about `n` statements; %(numbers)s stands for which."""
    return {
        "two_ideas": ngettext(
            "Statement %(numbers)s seems to hold two ideas: people may agree with one only. Split it.",
            "Statements %(numbers)s seem to hold two ideas each: people may agree with one only. Split them.",
            n,
        ),
        "leading": ngettext(
            "Statement %(numbers)s leads to an answer: take out the words that judge.",
            "Statements %(numbers)s lead to an answer: take out the words that judge.",
            n,
        ),
        "question": ngettext(
            "Statement %(numbers)s is a question: nobody can agree with it. Make it a sentence.",
            "Statements %(numbers)s are questions: nobody can agree with them. Make them sentences.",
            n,
        ),
        "negation": ngettext(
            "Statement %(numbers)s has a negation, so “disagree” is hard to read. Better in the positive if you can.",
            "Statements %(numbers)s have a negation, so “disagree” is hard to read. Better in the positive if you can.",
            n,
        ),
        "double_negation": ngettext(
            "Statement %(numbers)s says no twice: hardly anybody will answer it right. Say it in the positive.",
            "Statements %(numbers)s say no twice: hardly anybody will answer them right. Say them in the positive.",
            n,
        ),
        "long": ngettext(
            "Statement %(numbers)s is longer than 140 characters: shorten it to one idea.",
            "Statements %(numbers)s are longer than 140 characters: shorten them to one idea each.",
            n,
        ),
        "jargon": ngettext(
            "Statement %(numbers)s has a word of the trade or an acronym: use words everybody knows.",
            "Statements %(numbers)s have words of the trade or acronyms: use words everybody knows.",
            n,
        ),
        "person": ngettext(
            "Statement %(numbers)s names a person: speak of what is done, not of who does it.",
            "Statements %(numbers)s name persons: speak of what is done, not of who does it.",
            n,
        ),
    }[kind]


_RULES: dict[str, Callable[[str], object]] = {
    "two_ideas": _says_two_things,
    "leading": _leads,
    "question": _ASKS.search,
    "double_negation": _says_no_twice,
    "negation": lambda text: _says_no(text) and not _says_no_twice(text),
    "long": lambda text: len(text) > LONG,
    "jargon": _uses_jargon,
    "person": _PERSON.search,
}


def advise(texts: list[str]) -> list[Advice]:
    """Remarks on `texts`, those on the whole list first; one for each kind, so that they can be read. Never blocks."""
    texts = [tidy(text) for text in texts]
    found = [*_advise_length_of_list(texts), *_advise_balance(texts), *_advise_doubles(texts)]
    for kind, applies in _RULES.items():
        if numbers := tuple(n for n, text in enumerate(texts, 1) if applies(text)):
            listed = ", ".join(map(str, numbers))
            found.append(Advice(numbers, kind, _sentence(kind, len(numbers)) % {"numbers": listed}))
    return found
