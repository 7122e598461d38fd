"""Advice to an agent on the questions of a survey: what makes them hard to answer, or their answers hard to trust (pure).

Read on frozen or draft schemas. Never blocks; each remark says what to do and gives an example. What the words look for
is French, with the most frequent English.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from .questions import Schema
from .questions.base import Message, offered

LONG = 20  # words in a sentence
MANY_OPTIONS, MANY_ROWS, MANY_STEPS = 10, 8, 7
MANY_QUESTIONS = 15
REQUIRED = 3  # so many, and more than half: too many
WITHOUT_OTHER = 5  # from so many options on, one is most likely missing

OTHER = "other"


class Advice(NamedTuple):
    """One remark: the question it is about (None for the whole survey), its kind, what to do, an example."""

    question: Schema | None
    kind: str
    sentence: Message
    example: Message
    found: str = ""  # the words it is about, or how many there are

    @property
    def is_quoted(self) -> bool:
        """Is what was found words, and no number?"""
        return any(c.isalpha() for c in self.found)


@lru_cache(maxsize=2000)
def plain(text: str) -> str:
    """Small letters without accents or punctuation, for patterns; an apostrophe becomes a space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w%]+", " ", bare.replace("œ", "oe")).split())


_LOADED = re.compile(
    r"\b(n est (?:il|elle|ce) pas|ne (?:pensez|croyez|trouvez) vous pas|evidemment|bien sur|bien entendu|manifestement"
    r"|tout le monde (?:sait|voit)|chacun sait|inadmissibles?|inacceptables?|scandaleu\w+|absurdes?|de bon sens"
    r"|(?:comme|ainsi que) (?:la plupart|beaucoup|tous)|excellent projet|beau projet|enfin"
    r"|don t you (?:think|agree)|obviously|of course|everybody knows|isn t it)\b"
)
_ABSOLUTE = re.compile(
    r"\b(toujours|jamais|tou(?:t|te|s|tes) les|en permanence|systematiquement|absolument|totalement|a tout prix"
    r"|uniquement|en aucun cas|always|(?<!you )never|every single|absolutely)\b"
)
_NEGATION = re.compile(
    r"\b(?:ne|n)\b(?: \w+){1,4}? (?:pas|plus|jamais|rien|aucune?|personne|guere)\b|\b(?:not|never|don t|doesn t|isn t)\b"
)
_AGAIN = re.compile(
    r"\b(sans|interdi\w+|refus\w+|empech\w+|contre|supprim\w+|inutiles?|impossible|without|forbid\w*|ban)\b"
)
_HYPOTHETICAL = re.compile(
    r"\bsi (?!oui|non)(?:\w+ ){1,4}?\w+(?:ait|iez|aient)\b"
    r"|\b(?:seriez|auriez|iriez|utiliseriez|viendriez|paieriez|accepteriez) vous\b"
    r"|\bwould you (?!say|describe|call|rate|like to)\w+"
)
_AGREE = re.compile(r"\betes vous (?:tout a fait |plutot )?d accord\b|\bdo you agree\b")
_JARGON = re.compile(
    r"\b(requalifi\w+|densifi\w+|artificialis\w+|gouvernance|co ?construction|co ?construire|resilien\w+|tiers lieux?"
    r"|multimodal\w*|intermodal\w*|report modal|mobilites? (?:douces?|actives?)|maillage|trames? (?:vertes?|bleues?)"
    r"|acculturation|transversalite|mutualis\w+|perimetre|opposable|deliberation|il est procede|modalites de mise en oeuvre"
    r"|dans le cadre d[eu]|au titre d[eu]|nonobstant|susmentionne\w*|non cumul|deconcentration|fiscalite|subsidiarite)\b"
)
_ACRONYM = re.compile(r"\b[A-ZÀ-Þ][A-ZÀ-Þ0-9]{1,7}[a-z]?\b")
_KNOWN = re.compile(
    r"SNCF|TGV|HLM|WC|SMS|TV|EDF|OK|RER|CO2|PME|USA|US|NO|YES|OUI|NON|PAS|ET|OU|[IVX]+|[A-Z][0-9]+|QR|PDF|I"
)
_PERSONAL = re.compile(
    r"\b(?:votre|vos|quel(?:le)? est votre|your) (?:\w+ )?(?:nom|prenom|adresse|courriel|e ?mail|mail|telephone|portable"
    r"|date de naissance|numero de securite sociale|name|address|phone|date of birth)\b"
    r"|\b(?:religion|confession|syndicat|handicap|maladie|orientation sexuelle|origine ethnique|avez vous vote|votez vous"
    r"|pour qui voter|votre sante|ethnic|sexual orientation|disabilit\w+)\b"
)
_TWO = re.compile(
    r"\b(?:et ou|and or)\b|\b(?:et|and) (?:pourquoi|comment|si oui|a quel\w*|avec quel\w*|quel\w*|lesquel\w*|why|how|what)\b"
    r"|\b(?:satisfait\w*|favorables?|content\w*|d accord avec|trouvez vous|pensez vous) .*\b(?:et|ainsi que) (?:de la|de l"
    r"|du|des|la|le|les|l|aux?)\b"
)
_POSITIVE = re.compile(
    r"\b(satisfait\w*|d accord|bien|bon(?:ne)?s?|favorables?|importante?s?|souvent|utiles?|faciles?|oui|agree|good|excellente?s?"
    r"|pour|confiance|very|somewhat|plutot|assez|satisfied|useful)\b"
)
_NEGATIVE = re.compile(
    r"\b(pas|peu|jamais|rarement|mal|mauvais\w*|insatisfait\w*|mecontent\w*|contre|defavorables?|non|difficiles?|inutiles?"
    r"|disagree|not|poor|bad|dissatisfied|aucune?|negati\w+|useless)\b"
)
_NOTHING = re.compile(r"\b(pas du tout|not \w* ?at all|aucune?)\b")
_MIDDLE = re.compile(r"\b(ni|neutre|moyen\w*|neither|indifferent\w*|sans avis|sans opinion)\b")
_NO_OPINION = re.compile(
    r"\b(ne (?:sais|sait|savez|se prononce) pas|nsp|sans (?:avis|opinion|reponse)|pas d (?:avis|opinion)|ne souhaite pas"
    r"|je ne sais|prefere ne pas|indifferent\w*|ni .* ni|non concerne\w*|don t know|no opinion|not sure|neither|prefer not"
    r"|rather not|no answer)\b"
)
_OPINION = re.compile(
    r"\b(pensez vous|faut il|faudrait il|etes vous|trouvez vous|seriez vous|souhaitez vous|selon vous|d accord|satisfait\w*"
    r"|favorables?|do you (?:think|agree|feel)|is it|should)\b"
)
_OFTEN = re.compile(
    r"\b(souvent|parfois|rarement|jamais|toujours|fois|jours?|often|sometimes|rarely|never|always|times?)\b"
)
_OTHER = re.compile(r"\b(autres?|other|aucun\w*|none|rien|ailleurs|jamais|never)\b")
_BAND = re.compile(r"(\d+(?: \d{3})*)(?:\s*(?:-|–|à|to|et|/)\s*(\d+(?: \d{3})*))?")


def _labels(question: Schema) -> list[str]:
    return [item["label"] for item in offered(question.get("options") or []) if item["id"] != OTHER]


def _steps(question: Schema) -> list[str]:
    return [item["label"] for item in offered(question.get("scale") or []) if item["id"] != "none"]


def _first(pattern: re.Pattern[str], question: Schema) -> str:
    """The first words of the wording that match, "" where none do."""
    found = pattern.search(plain(question["wording"]))
    return found[0] if found else ""


def _asks_twice(question: Schema) -> str:
    if question["wording"].count("?") > 1:
        return "? … ?"
    return _first(_TWO, question)


def _is_long(question: Schema) -> str:
    sentences = re.split(r"[.!?:;…]\s|\s[–—]\s", question["wording"])
    longest = max((len(re.findall(r"[\w’'-]+", sentence)) for sentence in sentences), default=0)
    return str(longest) if longest > LONG else ""


def _says_no(question: Schema) -> str:
    words = plain(question["wording"])
    found = _NEGATION.search(words)
    return found[0] if found and not _LOADED.search(words) and not _says_no_twice(question) else ""


def _says_no_twice(question: Schema) -> str:
    words = plain(question["wording"])
    if (found := _NEGATION.search(words)) is None:
        return ""
    rest = f"{words[: found.start()]} | {words[found.end() :]}"
    again = _AGAIN.search(rest) or _NEGATION.search(rest)
    return f"{found[0]} … {again[0]}" if again else ""


def _leanings(labels: Sequence[str]) -> tuple[int, int]:
    """How many labels say yes, how many say no; what stands in the middle is neither."""
    yes = no = 0
    for label in map(plain, labels):
        if _MIDDLE.search(label) or _NO_OPINION.search(label):
            continue
        if _NEGATIVE.search(label):
            no += 1
        elif _POSITIVE.search(label):
            yes += 1
    return yes, no


def _is_scale(labels: Sequence[str]) -> bool:
    """Most labels lean to a side."""
    yes, no = _leanings(labels)
    return len(labels) >= 3 and yes > 0 and yes + no >= 3 and yes + no >= len(labels) - 2


def _is_unbalanced(question: Schema) -> str:
    labels = _labels(question) if question["type"] == "single" else _steps(question)
    yes, no = _leanings(labels)
    from_nothing = no == 1 and any(_NOTHING.search(plain(label)) for label in labels)  # none, some, much: has no middle
    return f"{yes} / {no}" if _is_scale(labels) and yes != no and not from_nothing else ""


def _lacks_no_opinion(question: Schema) -> str:
    if question["type"] == "grid":
        way_out = any(step["id"] == "none" or _says_no_opinion(step["label"]) for step in offered(question["scale"]))
        return "" if way_out or _tells_how_often(_steps(question)) else "–"
    labels = _labels(question)
    if question["type"] != "single" or _has_other(question) or any(map(_says_no_opinion, labels)):
        return ""
    asks = bool(_OPINION.search(plain(question["wording"]))) and len(labels) <= 5
    return "–" if (_is_scale(labels) or asks) and not _bands(labels) else ""


def _has_other(question: Schema) -> bool:
    return any(
        option["id"] == OTHER or _OTHER.search(plain(option["label"])) for option in offered(question["options"])
    )


def _tells_how_often(labels: Sequence[str]) -> bool:
    """What people do they know: they need no way out."""
    return sum(1 for label in labels if _OFTEN.search(plain(label))) >= 2


def _says_no_opinion(label: str) -> bool:
    return bool(_NO_OPINION.search(plain(label)) or _MIDDLE.search(plain(label)))


def _has_many(question: Schema) -> str:
    found = len(_labels(question)), len(offered(question.get("rows") or [])), len(_steps(question))
    over = [n for n, most in zip(found, (MANY_OPTIONS, MANY_ROWS, MANY_STEPS), strict=True) if n > most]
    return str(over[0]) if over else ""


def _bands(labels: Sequence[str]) -> list[tuple[float, float]]:
    """The numbers each label stands for, from and to; nothing where fewer than three are bands."""
    found = []
    for label in labels:
        words = re.sub(r"(?<=\d)[\u202f\xa0,.](?=\d{3}\b)", " ", label.lower().replace("$", "").replace("€", ""))
        match = _BAND.search(words)
        if not match:
            continue
        low = float(match[1].replace(" ", ""))
        if match[2]:
            found.append((low, float(match[2].replace(" ", ""))))
        elif re.search(r"moins|jusqu|under|less|<", words):
            found.append((float("-inf"), low - 1))
        elif re.search(r"plus|au delà|over|more|>|\+", words):
            found.append((low, float("inf")))
    return sorted(found) if len(found) >= 3 else []


def _overlaps(question: Schema) -> str:
    bands = _bands(_labels(question))
    for (_low, high), (low, _high) in zip(bands, bands[1:], strict=False):
        if low <= high:
            return f"{low:g}"
    return ""


def _has_jargon(question: Schema) -> str:
    text = f"{question['wording']} {question.get('help', '')}"
    if "(" not in text and not question["wording"].isupper():
        for word in _ACRONYM.findall(text):
            if not _KNOWN.fullmatch(word):
                return word
    return _first(_JARGON, question)


def _lacks_alternative(question: Schema) -> str:
    lacking = [
        o["label"] for o in offered(question.get("options") or []) if o.get("image") and not o.get("alt", "x").strip()
    ]
    return lacking[0] if lacking else ""


def _lacks_other(question: Schema) -> str:
    labels = _labels(question)
    if question["type"] not in ("single", "multiple") or len(labels) < WITHOUT_OTHER:
        return ""
    if question["type"] == "single" and "?" not in question["wording"]:
        return ""  # “Region”, “State”: a list that is whole
    has = _has_other(question) or any(map(_says_no_opinion, labels)) or _tells_how_often(labels)
    return "" if has or _is_scale(labels) or _are_figures(labels) else "–"


def _are_figures(labels: Sequence[str]) -> bool:
    return sum(1 for label in labels if re.search(r"\d", label)) * 2 > len(labels)


def _invites_yes(question: Schema) -> str:
    return _first(_AGREE, question) if question["type"] == "single" else ""


class _Rule(NamedTuple):
    """How a kind of trouble is found (the words it is about, "" for none), what to do, an example."""

    finds: Callable[[Schema], str]
    sentence: Message
    example: Message


RULES: dict[str, _Rule] = {
    "double": _Rule(
        _asks_twice,
        _("Asks two things at once: people may want to answer one only. Make two questions."),
        _("Instead of “Are you satisfied with the buses and the cycle paths?”: “… with the buses?”, then “… with the cycle paths?”"),
    ),
    "leading": _Rule(
        lambda q: _first(_LOADED, q),
        _("Leads to an answer: take out the words that judge."),
        _("Instead of “Don’t you think that cars are too many?”: “For you, are there too many cars, enough, or not enough?”"),
    ),
    "absolute": _Rule(
        lambda q: _first(_ABSOLUTE, q),
        _("Has a word that allows no exception: hardly anybody can say yes to “always” or “all”. Ask how often, or how much."),
        _("Instead of “Do you always come on foot?”: “How often do you come on foot?”"),
    ),
    "unbalanced": _Rule(
        _is_unbalanced,
        _("The answers lean to one side: give as many below the middle as above it."),
        _("“Very good, good, bad, very bad” rather than “Excellent, very good, good, poor”."),
    ),
    "no_opinion": _Rule(
        _lacks_no_opinion,
        _("Nobody can say that they have no opinion: they will pick any answer. Offer “No opinion”."),
        _("“Yes / No / No opinion”"),
    ),
    "many_options": _Rule(
        _has_many,
        _("Has many answers to read: on a phone the last ones are hardly seen. Group them, or split the question."),
        _("Ten options, eight lines or seven steps at most."),
    ),
    "overlap": _Rule(
        _overlaps,
        _("Two bands share a number: who is on the border can tick either."),
        _("“18 to 24, 25 to 34, 35 to 49” rather than “18 to 25, 25 to 35, 35 to 50”."),
    ),
    "jargon": _Rule(
        _has_jargon,
        _("Has a word of the trade or an acronym: use words that everybody knows, or explain it in brackets."),
        _("“the town’s building rules (PLU)” rather than “the PLU”."),
    ),
    "long": _Rule(
        _is_long,
        _("Has a sentence of more than twenty words. Cut it: first what it is about, then the question."),
        _("“The square will be rebuilt in 2027. What should come first?”"),
    ),
    "double_negation": _Rule(
        _says_no_twice,
        _("Says no twice: hardly anybody will answer it right. Ask in the positive."),
        _("Instead of “Should cars not be forbidden?”: “Should cars be allowed?”"),
    ),
    "negation": _Rule(
        _says_no,
        _("Has a negation: a “no” is then hard to read. Better in the positive, if you can."),
        _("Instead of “Do you not use the bus?”: “Do you use the bus?”"),
    ),
    "alternative": _Rule(
        _lacks_alternative,
        _("A picture has no description: who does not see it cannot choose. Say what it shows."),
        _("“A street with trees and benches, without parked cars”"),
    ),
    "personal": _Rule(
        lambda q: _first(_PERSONAL, q),
        _("Asks for something that tells who people are, or that the law protects: leave it out unless you cannot do without."),
        _("Ask for an age band, not for the date of birth; for a district, not for the address."),
    ),
    "other": _Rule(
        _lacks_other,
        _("Who finds no answer of theirs can say nothing: add “Other, please specify”, or “None of these”."),
        _("Tick the box “Add “Other, please specify””."),
    ),
    "hypothetical": _Rule(
        lambda q: _first(_HYPOTHETICAL, q),
        _("Asks what people would do: they hardly know. Ask what they do now, or what they would need."),
        _("Instead of “Would you take the bus if it came more often?”: “What keeps you from taking the bus?”"),
    ),
    "agree": _Rule(
        _invites_yes,
        _("“Do you agree” invites to say yes. Ask for the thing itself, with an answer for each side."),
        _("Instead of “Do you agree that the park is well kept?”: “How is the park kept? Very well, well, badly, very badly.”"),
    ),
}  # fmt: skip


def advise(questions: Sequence[Schema]) -> list[Advice]:
    """Remarks on the questions asked, those on the whole survey first. Never blocks."""
    asked = [question for question in questions if not question.get("withdrawn")]
    found = list(_on_the_whole(asked))
    for question in asked:
        for kind, rule in RULES.items():
            if words := rule.finds(question):
                said = "" if words == "–" else _as_written(question, words)
                found.append(Advice(question, kind, rule.sentence, rule.example, said))
    return found


def _as_written(question: Schema, found: str) -> str:
    """`found`, words of a pattern, as the agent wrote them: with capitals, accents and apostrophes."""
    text = f"{question['wording']} {question.get('help', '')}"
    written, words = list(re.finditer(r"[\w%]+", text)), plain(text).split()
    if len(written) != len(words):  # a sign that falls apart into several
        return found
    return " … ".join(_slice(text, written, words, part.split()) or part for part in found.split(" … "))


def _slice(text: str, written: list[re.Match[str]], words: list[str], part: list[str]) -> str:
    n = len(part)
    at = next((i for i in range(len(words) - n + 1) if n and words[i : i + n] == part), None)
    return "" if at is None else text[written[at].start() : written[at + n - 1].end()]


def _on_the_whole(asked: Sequence[Schema]) -> Iterator[Advice]:
    if len(asked) > MANY_QUESTIONS:
        sentence = _(
            "More than fifteen questions: many people will stop on the way. Keep those that will change something."
        )
        yield Advice(
            None, "many_questions", sentence, _("For each question: what do you decide otherwise, given the answer?")
        )
    required = sum(1 for question in asked if question["required"])
    if required >= REQUIRED and required * 2 > len(asked):
        sentence = _(
            "Most questions need an answer: who cannot give one leaves, or makes it up. Keep that for what you cannot do without."
        )
        yield Advice(None, "many_required", sentence, _("Untick “An answer is needed” wherever a gap does no harm."))
