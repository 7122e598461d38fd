"""Responses for everybody, only where nobody can be recognised by them: k-anonymity, or a refusal that says why.

What an agent says is a trait of persons (age, district), and every number and date, is what people are recognised by:
each combination of traits that occurs must be that of `SUPPRESS_BELOW` people at least. Words of one's own, the week,
the channel and the version are never in it; nor is anything while people still answer: two files would tell who came.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Survey
from ..questions import Schema, type_of
from . import responses
from .responses import Cell, Words, Write

_WHO = re.compile(
    r"\bâge\b|\bsexe\b|\bgenre\b|quartier|commune|village|code postal|profession|métier|emploi|habitez|logement"
    r"|locataire|propriétaire|enfant|foyer|situation|diplôme|\bage\b|gender|district|postcode|occupation|household"
)
EXACT = ("number", "date", "time")  # told to the unit, they single people out


class Refused(ValueError):
    """These responses may not go out; the message says why and the way out."""


def may_be_chosen(question: Schema) -> bool:
    """Can this question be in open data at all? Only what is counted, never words, addresses or files."""
    return any(True for _name in type_of(question).cell_names(question))


def looks_like_trait(question: Schema) -> bool:
    """Does it most likely ask who somebody is? A proposal to the agent, who knows better."""
    return question["type"] in (*EXACT, "demographic") or bool(_WHO.search(question["wording"].lower()))


def is_trait(question: Schema, traits: Sequence[str]) -> bool:
    return question["type"] in EXACT or question["id"] in traits


def rows(
    survey: Survey, questions: Sequence[Schema], traits: Sequence[str], write: Write = str, numbers: bool = False
) -> Iterator[list[Cell]]:
    """One row per response. Raises Refused, also after the last one: until then nobody knows what they hold together.

    Judging the very rows that are written leaves no moment in which another response could come in between.
    """
    closed = [question for question in questions if may_be_chosen(question)]
    if not closed:
        raise Refused(_("Choose at least one question that is not answered in one’s own words."))
    if survey.phase() == "open":
        raise Refused(_("People still answer: open data can be made once the survey is closed."))
    places = _places(closed, traits)
    counted: Counter[tuple[Cell, ...]] = Counter()
    found = responses.rows(survey, closed, write, Words.NONE, numbers)
    titles = next(found)[len(responses.HEAD) :]
    yield titles
    for row in found:
        row = row[len(responses.HEAD) :]
        counted[tuple([row[place] for place in places])] += 1
        yield row
    _judge(counted, [titles[place] for place in places])


def _places(questions: Sequence[Schema], traits: Sequence[str]) -> list[int]:
    """Which columns hold traits."""
    owners = [question for question in questions for _column in type_of(question).columns(question)]
    return [place for place, question in enumerate(owners) if is_trait(question, traits)]


def _judge(counted: Counter[tuple[Cell, ...]], titles: Sequence[Cell]) -> None:
    least, people = settings.SUPPRESS_BELOW, counted.total()
    if people < least:
        raise Refused(
            _("There are %(n)d responses: open data needs %(least)d at least.") % {"n": people, "least": least}
        )
    if rare := [n for n in counted.values() if n < least]:
        raise Refused(_why(titles, rare, least))


def _why(titles: Sequence[Cell], rare: Sequence[int], least: int) -> str:
    """Names the questions, not what these people answered."""
    said = {"n": len(rare), "people": sum(rare), "least": least, "titles": " × ".join(dict.fromkeys(map(str, titles)))}
    return (
        ngettext(
            "%(n)d combination of %(titles)s is that of fewer than %(least)d people (%(people)d in all).",
            "%(n)d combinations of %(titles)s are those of fewer than %(least)d people (%(people)d in all).",
            len(rare),
        )
        % said
        + " "
        + _("Leave one of these questions out, or ask in wider bands next time.")
    )
