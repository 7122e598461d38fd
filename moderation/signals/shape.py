"""What a text looks like: capitals and exclamation marks, links (pure)."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from .base import Signal, Span, overlaps, quoted, sentence
from .words import listed

SHOUTING, LINK = _("Shouting"), _("Link")

_WORD = re.compile(r"[^\W\d_]+")
_LOUD = 16  # letters in a row
_MARKS = re.compile(r"[!?]{3,}|(?:!\s){2,20}!")
# Written in capitals by everybody; longer words in capitals and alone are left out as well.
_ACRONYMS = listed(
    """
    PLU PLUI PLH PLIE SCOT ZAC ZUP ZFE ZAN ZPPAUP PADD OAP PPRI PPRN SRADDET EPCI EPF EPFL CCAS CIAS CAF CPAM MSA
    RSA APA ADEME ARS DREAL DDT DDTM DRAC INSEE IGN SNCF RATP TER TGV RER BHNS SDIS SAMU SMUR CHU EHPAD HLM OPH
    ANRU ANAH EDF ENEDIS GRDF MJC MJCS IME ITEP ESAT CFA IUT BTS SIVOM SIVU SICTOM SMICTOM SYTRAL AMAP AMAPS FAQ
    RGPD CNIL PMR ERP VTT VAE GPS SUV PME TPE RIB TVA HT TTC NON OUI OK STOP RAS SVP MERCI ASSEDIC UNESCO ONF ONU
    OFB LPO ONG
    """
)


def shouting(text: str) -> Iterator[Signal]:
    spans: list[Span] = []
    loud = letters = run = words = 0
    begin = end = 0
    for word in _WORD.finditer(text):
        said = word[0]
        if said in _ACRONYMS and not run:
            continue
        letters += len(said)
        if not said.isupper() or (len(said) == 1 and not run):
            run = words = 0
            continue
        loud += len(said)
        words += 1
        begin = begin if run else word.start()
        end = word.end()
        run += len(said)
        if run >= _LOUD and words > 1:
            if spans and spans[-1][0] == begin:
                spans.pop()
            spans.append((begin, end))
    if spans:
        share = round(100 * loud / letters)
        why = sentence(
            _("%(share)d%% of the letters are capitals: %(found)s"), share=share, found=quoted(text[slice(*spans[0])])
        )
        yield Signal("shouting", SHOUTING, why, tuple(spans), 0.2 if share >= 60 else 0.1)
    marks = [m.span() for m in _MARKS.finditer(text) if m[0].count("!") >= 3]
    if marks:
        found = " ".join(quoted(text[start:end], 12) for start, end in marks[:3])
        yield Signal(
            "shouting", SHOUTING, sentence(_("Repeated exclamation marks: %(found)s"), found=found), tuple(marks), 0.1
        )


_URL = re.compile(r"(?:\bh(?:tt|xx|\*\*)ps?\s?:\s?//|\bwww\.)[^\s<>«»\"]{2,300}", re.I)
_ENDS = (
    "fr|com|org|net|info|eu|io|be|ch|ca|lu|bzh|corsica|alsace|paris|re|gp|mq|gf|yt|nc|pf|pm|wf|biz|xyz|shop|site|online|top|club|store|"
    "app|dev|tv|me|co|uk|de|es|it|pt|nl|ru|cn|us|ly|gl|gd|be|ws|cc|link|click|live|blog|news|win|bet|casino|example"
)
_DOTTED = re.compile(rf"(?<=[\w-])\.(?:{_ENDS})(?![\w-])(?:/[^\s<>«»\"]{{0,300}})?")
_HOST = re.compile(r"(?<![\w.@-])(?:[\w-]{1,63}\.){0,4}[\w-]{1,63}$")
_SPOKEN = re.compile(r"(?<![\w-])[\w-]{4,63}\s(?:point|dot)\s(?:fr|com|org|net|info)\b")


def links(text: str, apart: Sequence[Span] = ()) -> Iterator[Signal]:
    """Addresses of pages, except where a span of `apart` (an e-mail address) has them already."""
    spans = [(m.start(), m.start() + len(m[0].rstrip(".,;:!?)…"))) for m in _URL.finditer(text)]
    taken = [*apart, *spans]
    for dotted in _DOTTED.finditer(text):
        begin = max(0, dotted.start() - 130)
        if host := _HOST.search(text[begin : dotted.start()]):
            span = (begin + host.start(), dotted.start() + len(dotted[0].rstrip(".,;:!?)…")))
            if (
                not host[0].isdigit()
                and (len(host[0]) > 1 or "/" in dotted[0])
                and len(taken) < 200
                and not overlaps(span, taken)
            ):
                taken.append(span)
                spans.append(span)
    spans += [m.span() for m in _SPOKEN.finditer(text) if len(taken) < 200 and not overlaps(m.span(), taken)]
    if spans:
        spans.sort()
        shown = ", ".join(quoted(text[start:end]) for start, end in spans[:3])
        yield Signal(
            "link", LINK, sentence(_("Leads to another site: %(found)s"), found=shown), tuple(spans[:200]), 0.3
        )
