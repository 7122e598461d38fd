"""Personal data in a text: telephone, e-mail, social security, bank, plates, birth, home, names of persons (pure)."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from .base import Message, Signal, Span, overlaps, quoted, sentence
from .names import EPONYMS, FIRST, NOT_KIN, NOT_NAMES
from .words import folded, listed

_SEP = r"[\s.\-–/·_\u200b]"
# Amounts and measures: what follows a number that is no telephone number.
_UNIT = re.compile(r"\s?(?:€|eur\b|euros?\b|m²|m2\b|m3\b|km|ha\b|%|k€|habitants?\b|francs?\b|logements?\b)", re.I)
_DATE = re.compile(r"\d\d\D(?:0\d|1[0-2])\D(?:19|20)\d\d(?!\d)")

_FRENCH_PHONE = re.compile(rf"(?<![\w,.+])(?:\(0\)|0|[oO](?=[67\s]))\)?{_SEP}?[1-79](?:{_SEP}{{0,2}}\d){{8}}(?!\d)")
_ABROAD_PHONE = re.compile(
    rf"(?<![\w,.])\(?(?:\+\s?|00\s?)[1-9]\d{{0,2}}\)?(?:{_SEP}{{0,2}}\(0\))?(?:{_SEP}{{0,2}}\d){{6,11}}(?!\d)"
)
_SHORT_PHONE = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone\w*)?|gsm|vini|mobilis|portable|fixe|mon num[ée]ro|rappel\w*|appel\w*|joign\w*)\b"
    r"[^\d\n]{0,20}(?P<found>\d\d(?:[ .\-]?\d\d){2,3})(?!\d|[ .,\-]\d)",
    re.I,
)
_UNITS = r"z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf"
_SPOKEN = (
    rf"(?:{_UNITS}|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|septante|"
    r"nonante|et)"
)
_ZERO = re.compile(r"\b[zZ][éeÉE][rR][oO]\b")
_SPOKEN_PHONE = re.compile(rf"z[ée]ro[\s,-]{{1,3}}(?:{_UNITS})\b(?:[\s,-]{{1,3}}{_SPOKEN}\b){{4,20}}", re.I)

_AT = re.compile(
    r"@|[(\[{<]\s?(?:at|arobase?|chez)\s?[)\]}>]|\schez(?=\s[\w-]{1,63}\.(?:fr|com|net|org)\b)\s|\s(?:arr?obase?s?|at(?=\s[\w-]{1,63}\s(?:point|dot)\s))\s",
    re.I,
)
_LOCAL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?$")
_DOMAIN = re.compile(
    r"\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{]\s?(?:point|dot|\.)\s?[)\]}]|\s(?:point|dot)\s)\s?[a-z0-9-]{1,63}){1,4}", re.I
)
_OFFICES = listed(
    """
    mairie contact accueil secretariat urbanisme info infos service services commune ville communication
    participation concertation elus standard ccas mediatheque bibliotheque noreply dpo presse
    """
)

_NIR = re.compile(
    r"(?<!\w)(?P<number>[1-478][ .]?\d\d[ .]?(?P<month>\d\d)[ .]?(?:\d\d|2[ABab])[ .]?\d{3}[ .]?\d{3})"
    r"(?:[ ./-]{0,3}(?P<key>\d\d))?(?!\w)"
)
_NIR_CUE = re.compile(r"s[ée]cu\b|s[ée]curit[ée] sociale|\bnir\b|assur[ée]e?s?\b|immatricul|carte vitale", re.I)

_PLATE = re.compile(
    r"(?<![\w-])(?:[A-HJ-NP-TV-Z]{2}(?P<sep>[ \-–.]?)\d{3}(?P=sep)[A-HJ-NP-TV-Z]{2}|"
    r"[a-hj-np-tv-z]{2}-\d{3}-[a-hj-np-tv-z]{2})(?![\w-])"
)
_OLD_PLATE = re.compile(
    r"(?<![\w-])\d{1,4}(?P<sep>[ \-]?)[A-HJ-NP-TV-Z]{2,3}(?P=sep)(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8])(?![\w-])"
)
_PLATE_CUE = re.compile(
    r"immatricul|plaque|voiture|v[ée]hicule|camion|scooter|moto|fourgon|utilitaire|[ée]pave|caravane|quad|clio|berline|4x4",
    re.I,
)
_ROADS = ("RD", "RN", "CD", "VC", "ZA", "ZI")

_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d\d(?:[ .-]?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = {
    "FR": 27, "MC": 27, "BE": 16, "CH": 21, "DE": 22, "ES": 24, "GB": 22, "IE": 22, "IT": 27, "LU": 20, "NL": 18,
    "PT": 25, "AT": 20, "PL": 28, "RO": 24, "AD": 24, "MU": 30, "MA": 28, "TN": 24,
}  # fmt: skip
_CARD = re.compile(r"(?<![\w.,])[3-6]\d{3}([ \-]?)\d{4}\1\d{4}\1\d{4}(?!\w)")
_BIRTH = re.compile(
    r"\b(?:[nN][ée]{1,2}e?s?|[Nn]aissance\s?:?)\s(?:le\s)?(?P<found>\d{1,2}(?:er)?[\s/.\-](?:\d{1,2}|[a-zéû]{3,9})[\s/.\-](?:19|20)?\d\d)(?!\d)"
)

_WAYS = (
    r"rue|ruelle|avenue|av\.?|ave\.?|boulevard|bld|bd\.?|chemin|ch\.|impasse|imp\.|all[ée]es?|place|pl\.|route|rte|quai|"
    r"cours|square|sq\.|venelle|sente|sentier|lotissement|lot\.?|r[ée]sidence|cit[ée]|hameau|lieu-dit|passage|esplanade|"
    r"faubourg|mont[ée]e|traverse|clos|villa|rond-point|traboule|calade|servitude|voie|promenade"
)
_ADDRESS = re.compile(
    rf"(?<![\w/.,-])\d{{1,4}}(?:\s?(?:bis|ter|quater|[A-Da-d](?![\w'’.])))?,?\s(?i:{_WAYS})\s"
    r"(?:(?i:de la|de l['’]|du|des|de|d['’]|aux|au|à la|la|les|le|l['’])\s?){0,1}"
    r"(?P<name>[^\W\d_][\w’'-]{1,30})(?:[\s-](?:de la |de l['’]|du |des |de |d['’])?[A-ZÀ-Þ][\w’'-]{1,30}){0,3}"
)
_HOME = re.compile(
    r"\b(?:j.?\s?habit|habit(?:e|es|ons|ent|ant|ait)\b|demeur|domicili|soussign|sign[ée]|locataires?\b|voisine?s?\b|"
    r"(?:je|il|elle|on|nous|ils|elles|qui)\s(?:vi[ts]|vivons|vivent|log|rest|cr[èe]che)|propri[ée]taires?\b|famille\b|"
    r"(?:mon|notre|son|leur|votre|ton)\sadresse|ma maison|sa maison|mon appart\w*|r[ée]sid(?:e|ons|ent|ant|ait)\b|"
    r"(?:me|nous) voir\b|sonne[rz]\b|"
    r"chez\s(?:moi|nous|lui|elle|mon|ma|mes|les? voisin|la voisine)|[ée]poux\b|mes (?:parents|beaux|voisins)|"
    r"[ms]a (?:m[èe]re|grand|belle|soeur|s\u0153ur|fille|tante)|[ms]on (?:p[èe]re|grand|beau|fr[èe]re|fils|oncle)|"
    r"case\b|mme\b|mr\b|m\.\s[A-Z])",
    re.I,
)
_TOWN = re.compile(r"[\s,–-]{1,4}\d{5}\s[A-ZÀ-Þ]")

_CAP = r"[A-ZÀ-ÖØ-Þ][\w’'\-]{1,30}"
_NAME = rf"(?:(?:de la|de|du|des|d['’]|Le|La|El|Ben|Van|LE|LA)\s?)?{_CAP}(?:\s(?:(?:de|du|d['’])\s?)?{_CAP}){{0,2}}"
_TITLED = re.compile(
    r"(?<![\w-])(?P<title>MM?\.|M(?=\s[A-ZÀ-Þ][a-zà-ÿ])|Mrs?\b\.?|Mmes?\b\.?|Mlles?\b\.?|Dr\b\.?|Pr\b\.?|"
    rf"(?i:monsieur|madame|mademoiselle|docteur|famille|[ée]poux|ma[iî]tre))\s{{1,3}}(?:[A-ZÀ-Þ]\.-?\s?){{0,2}}(?P<name>{_NAME})"
)
_KIN = re.compile(
    rf"(?<!\w)(?i:la|le|les)\s(?:fils|filles?|fr[èe]res?|s(?:œ|oe)urs?|veuve|p[èe]re|m[èe]re)\s(?P<name>{_CAP})"
)
_HANDLE = re.compile(r"(?<![\w.@])@[\w.]{3,30}")
_NETWORK = re.compile(
    r"\b(?:insta\w*|snap\w*|tik\s?tok|twitter|facebook|fb|discord|telegram|mon compte|pseudo)\b", re.I
)
_OWN = re.compile(
    r"(?i:je m['’]appelle|je me nomme|mon nom est|soussign[ée]{1,2}e?s?,?|sign[ée]{1,2}e?\s?:?)\s"
    rf"(?P<name>{_CAP}(?:\s{_CAP}){{1,2}})"
)
_PAIR = re.compile(
    r"(?<![\w’'-])(?P<first>[A-ZÀ-Þ][a-zà-ÿ]{1,14}(?:-[A-ZÀ-Þ][a-zà-ÿ]{1,14})?)\s"
    r"(?P<last>(?:(?:de|du|Le|La|El|Ben)\s)?[A-ZÀ-ÖØ-Þ][\w’'\-]{1,30})"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:rue|avenue|av\.?|bd|boulevard|place|square|all[ée]es?|impasse|chemin|quai|cours|[ée]cole|coll[èe]ge|lyc[ée]e|gymnase|stade|salle|"
    r"h[ôo]pital|clinique|m[ée]diath[èe]que|biblioth[èe]que|r[ée]sidence|maternit[ée]|cr[èe]che|centre|pont|parc|jardin|rond-point|ehpad|"
    r"fondation|prix|buste|statue|plaque|espace|th[ée][âa]tre|cin[ée]ma|mus[ée]e|maison|restaurant|boulangerie|boucherie|pharmacie|"
    r"garage|foyer|cabinet|magasin|[ée]picerie|bar|caf[ée]|h[ôo]tel|commerce|salon|atelier|ferme|association|club|"
    r"mosqu[ée]e|[ée]glise|entreprise|soci[ée]t[ée]|groupe|festival|cit[ée]|station|arr[êe]t|piscine|bois|pointe|"
    r"saints?|saintes?|st|ste|mar[ée]chal|g[ée]n[ée]ral|colonel)\s(?:(?:polyvalente|municipale?|maternelle|[ée]l[ée]mentaire|primaire|publi(?:c|que)|priv[ée]e?|scolaire|communale?|"
    r"omnisports?|intercommunale?|culturel(?:le)?|sociale?|nautique|m[ée]dical)\s){0,2}"
    r"(?:(?:de la|de l['’]|du|des|de|d['’])\s?)?$",
    re.I,
)
_OFFICE = (
    r"(?:maire\b|mairesse|adjoint|conseill|pr[ée]sident|d[ée]put[ée]|s[ée]nat|ministre|pr[ée]f[èe]te?|pr[ée]fet|sous-pr[ée]f|"
    r"vice-pr|[ée]lue?s?\b)"
)
_OFFICE_AFTER = re.compile(
    rf"\s?[,(]?\s?(?:(?:notre|votre|le|la|l['’]|un|une|ancien|ancienne|premi[èe]re?|1er|1re|nouveau|nouvelle)\s?){{0,3}}{_OFFICE}",
    re.I,
)
_OFFICE_BEFORE = re.compile(rf"\b{_OFFICE}\w*(?:\s\w{{1,20}}){{0,2}}[\s,]{{1,2}}$", re.I)


def _mod97(text: str) -> int:
    return int("".join(str(int(c, 36)) for c in text)) % 97


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 * (n > 9) for n in doubled) % 10 == 0


def _phones(text: str) -> Iterator[Span]:
    for pattern in (_ABROAD_PHONE, _FRENCH_PHONE):
        for found in pattern.finditer(text):
            start, end = found.span()
            digits = re.sub(r"\D", "", found[0])
            if pattern is _ABROAD_PHONE and (len(digits) < 9 or ("+" not in found[0] and len(digits) < 11)):
                continue
            before = text[max(0, start - 2) : start]
            if re.search(r"\d\s?$", before) or re.match(r"[\s.\-/]?\d\d", text[end : end + 3]):
                continue  # a part of a longer number
            if not _UNIT.match(text, end) and not _DATE.match(found[0]):
                yield start, end
    for found in _SHORT_PHONE.finditer(text):
        if not _UNIT.match(text, found.end()) and not _DATE.match(found["found"]):
            yield found.span("found")
    for zero in _ZERO.finditer(text):
        if spoken := _SPOKEN_PHONE.match(text, zero.start()):
            yield spoken.span()


def _emails(text: str) -> Iterator[Span]:
    for mark in _AT.finditer(text):
        begin = max(0, mark.start() - 66)
        if not text[begin : mark.start()].rstrip()[-1:].isalnum():
            continue
        local = _LOCAL.search(text[begin : mark.start()])
        domain = _DOMAIN.match(text, mark.end())
        if local and "chez" in mark[0] and not re.search(r"[._\d-]", local[0]):
            continue
        if not local or not domain or folded(local[0].strip()).split(".")[0].split("-")[0] in _OFFICES:
            continue
        yield begin + local.start(), domain.end()


def _accounts_online(text: str) -> Iterator[Span]:
    for found in _HANDLE.finditer(text):
        if _NETWORK.search(text, max(0, found.start() - 40), found.start()):
            yield found.span()


def _kin(text: str) -> Iterator[Span]:
    for found in _KIN.finditer(text):
        if folded(found["name"]) not in NOT_KIN:
            yield found.span()


def _social_security(text: str) -> Iterator[Span]:
    for found in _NIR.finditer(text):
        number = re.sub(r"[ .]", "", found["number"]).upper()
        plain = int(number.replace("2A", "19").replace("2B", "18"))
        month = int(found["month"])
        sound = found["key"] and 97 - plain % 97 == int(found["key"])
        if (sound and (1 <= month <= 12 or month >= 20)) or _NIR_CUE.search(
            text, max(0, found.start() - 80), found.start()
        ):
            yield found.span()


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE.finditer(text):
        if found[0].upper()[:2] not in _ROADS or _PLATE_CUE.search(text, max(0, found.start() - 60), found.start()):
            yield found.span()
    for found in _OLD_PLATE.finditer(text):
        if _PLATE_CUE.search(text, max(0, found.start() - 60), found.start()):
            yield found.span()


def _accounts(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        places = [i for i in range(*found.span()) if text[i].isalnum()]
        compact = "".join(text[i] for i in places).upper()
        length = _IBAN_LENGTHS.get(compact[:2], 0)
        if length and len(compact) >= length and compact.isascii():
            iban = compact[:length]
            if _mod97(iban[4:] + iban[:4]) == 1:
                yield found.start(), places[length - 1] + 1


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        if _luhn(re.sub(r"\D", "", found[0])):
            yield found.span()


def _births(text: str) -> Iterator[Span]:
    for found in _BIRTH.finditer(text):
        yield found.span("found")


def _addresses(text: str) -> Iterator[Span]:
    """A number in a street, where somebody is said to live there: a bench in front of no. 12 is nobody's address."""
    for found in _ADDRESS.finditer(text):
        town = _TOWN.match(text, found.end())
        if town or _HOME.search(text, max(0, found.start() - 60), found.start()):
            yield found.span()


def _nobody(name: str) -> bool:
    """Whether what follows a title is a function, a brand or an ordinary word."""
    words = [folded(w) for w in re.split(r"[\s’']", name) if w]
    while words and words[0] in {"le", "la", "les", "de", "du", "l", "d"}:
        words.pop(0)
    return not words or words[0] in NOT_NAMES


def _titled(text: str) -> Iterator[Span]:
    for found in _TITLED.finditer(text):
        start, end = found.span()
        before = text[max(0, start - 40) : start]
        if _nobody(found["name"]) or re.search(r"\d\s?$", before) and found["title"] == "M.":
            continue
        if not (_PLACE_BEFORE.search(before) or _OFFICE_BEFORE.search(before) or _OFFICE_AFTER.match(text, end)):
            yield start, end


def _named(text: str) -> Iterator[Span]:
    for found in _OWN.finditer(text):
        yield found.span("name")
    for found in _PAIR.finditer(text):
        first, last = folded(found["first"]), folded(found["last"].split()[-1])
        if first.split("-")[0] not in FIRST or f"{first}+{last}" in EPONYMS or last in NOT_NAMES:
            continue
        before = text[max(0, found.start() - 40) : found.start()]
        if not (
            _PLACE_BEFORE.search(before) or _OFFICE_BEFORE.search(before) or _OFFICE_AFTER.match(text, found.end())
        ):
            yield found.span()


# The surest first: what one has claimed, the next ones leave alone.
_SORTS: tuple[tuple[Callable[[str], Iterator[Span]], Message, float], ...] = (
    (_emails, _("Looks like an e-mail address: %(found)s"), 0.8),
    (_accounts, _("Looks like a bank account number (IBAN): %(found)s"), 1.0),
    (_social_security, _("Looks like a social security number: %(found)s"), 1.0),
    (_cards, _("Looks like a payment card number: %(found)s"), 1.0),
    (_accounts_online, _("Looks like somebody’s account on a network: %(found)s"), 0.4),
    (_phones, _("Looks like a telephone number: %(found)s"), 0.8),
    (_plates, _("Looks like a number plate: %(found)s"), 0.6),
    (_births, _("Looks like a date of birth: %(found)s"), 0.6),
    (_addresses, _("Looks like somebody’s home address: %(found)s"), 0.7),
    (_titled, _("Looks like the name of a person: %(found)s"), 0.5),
    (_kin, _("Looks like the name of a family: %(found)s"), 0.4),
    (_named, _("Looks like a first name and a surname: %(found)s"), 0.4),
)
LABEL = _("Personal data")
_MOST = 50  # of each sort


def personal(text: str) -> Iterator[Signal]:
    """One signal for each sort of personal data found, with all the places where it stands."""
    taken: list[Span] = []
    for find, why, weight in _SORTS:
        spans = []
        for span in sorted(islice(find(text), _MOST)):
            if not overlaps(span, taken):
                taken.append(span)
                spans.append(span)
        if spans:
            shown = ", ".join(quoted(text[start:end]) for start, end in spans[:3])
            yield Signal("personal", LABEL, sentence(why, found=shown), tuple(spans), weight)
