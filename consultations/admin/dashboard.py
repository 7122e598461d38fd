"""The admin's front page: consultations as they stand, each with its curve and the one next thing to do."""

from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.components import Component

from surveys.models import Response

from ..dashboard import DAYS, Days, Line, lines
from ..models import ConsultationPage, OfficialAnswer
from ..phases import ANSWERED, Phase
from . import wizard

SHOWN = 12  # consultations
WIDTH, HEIGHT = 4, 32  # of a day's bar, and of the highest
STATES = {
    None: gettext_lazy("draft"),
    Phase.COMING: gettext_lazy("to come"),
    Phase.OPEN: gettext_lazy("open for answers"),
    Phase.CLOSED: gettext_lazy("closed, to be answered"),
    Phase.LATE: gettext_lazy("answer late"),
    Phase.ANSWERED: gettext_lazy("answered"),
    Phase.DECIDED: gettext_lazy("decided"),
    Phase.CARRIED_OUT: gettext_lazy("carried out"),
}


class Next(NamedTuple):
    """The one next thing to do, and where."""

    said: str
    address: str


class ConsultationsPanel(Component):
    name = "consultations"
    template_name = "consultations/admin/dashboard.html"
    order = 100

    def __init__(self, request: HttpRequest):
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        found = lines(self.request.user)
        return {
            "may_add": wizard.parent_for(self.request.user) is not None,
            "lines": [shown(line) for line in found[:SHOWN]],
            "more": max(0, len(found) - SHOWN),
            "days": DAYS,
        }


def shown(line: Line) -> dict[str, Any]:
    """One line for the template."""
    channels = [(str(Response.Channel(name).label), n) for name, n in sorted(line.part.channels.items()) if n]
    return {
        "line": line,
        "page": line.page,
        "state": _state(line.phase),
        "channels": channels,
        "bars": bars(line.part.days, timezone.localdate()),
        "rows": rows(line.part.days),
        "promise": promise(line),
        "next": next_thing(line),
    }


def _state(phase: Phase | None) -> str:
    return str(STATES[phase])


def bars(days: Days, today: date) -> list[tuple[int, int, int]]:
    """The last weeks as bars: (x, y, height) of each day on which somebody took part."""
    first = today - timedelta(days=DAYS - 1)
    most = max((sum(channels.values()) for channels in days.values()), default=0)
    found = []
    for day, channels in sorted(days.items()):
        if day >= first and (n := sum(channels.values())):
            height = max(2, round(HEIGHT * n / most))
            found.append(((day - first).days * WIDTH, HEIGHT - height, height))
    return found


def rows(days: Days) -> list[tuple[date, int, str]]:
    """The same as a table: day, how many, by which channels."""
    return [(day, sum(found.values()), _channels(found)) for day, found in sorted(days.items(), reverse=True)]


def _channels(found: Counter[str]) -> str:
    return ", ".join(f"{Response.Channel(name).label} {n}" for name, n in sorted(found.items()) if n)


def promise(line: Line) -> str:
    """What was promised, and how it stands."""
    page, said = line.page, []
    if line.phase is Phase.LATE:
        n = page.days_late
        said.append(ngettext("Your answer is late by %(n)d day.", "Your answer is late by %(n)d days.", n) % {"n": n})
    elif line.phase not in ANSWERED and page.answer_due:
        said.append(_("Your answer: %(day)s.") % {"day": date_format(page.answer_due, "j F Y")})
    if n := line.late:
        said.append(ngettext("%(n)d commitment is late.", "%(n)d commitments are late.", n) % {"n": n})
    if n := line.due:
        said.append(
            ngettext("%(n)d commitment comes due soon.", "%(n)d commitments come due soon.", n) % {"n": n},
        )
    return " ".join(said)


def next_thing(line: Line) -> Next | None:
    """What to do first: read what people wrote, then answer them, then keep what was promised."""
    page = line.page
    if not line.may_edit:
        return _validate(line)
    if line.phase is None:
        return Next(_("Check whether it is ready to open"), reverse("consultations_ready", args=[page.pk]))
    if n := line.waiting.n:
        said = ngettext("Read %(n)d text that waits", "Read %(n)d texts that wait", n)
        desk = f"{reverse('moderation_desk')}?consultation={line.waiting.remit}"
        return Next(said % {"n": n}, desk if line.waiting.remit else reverse("moderation_desk"))
    if line.phase in (Phase.CLOSED, Phase.LATE):
        return _answer(line)
    if line.phase is Phase.OPEN and not _lately(line):
        return Next(_("Nobody for a week: make it known"), page.full_url or "")
    if line.phase is Phase.ANSWERED and page.decision_on and page.decision_on <= page.today():
        return Next(_("Say what was decided"), _follow_up(page))
    if line.late:
        said = ngettext("Give news of %(n)d late commitment", "Give news of %(n)d late commitments", line.late)
        return Next(said % {"n": line.late}, _follow_up(page))
    return None


def _validate(line: Line) -> Next | None:
    """What an official does: read what the agent wrote, and sign it."""
    if not line.to_validate:
        return None
    said = ngettext("Validate %(n)d answer", "Validate %(n)d answers", line.to_validate) % {"n": line.to_validate}
    return Next(said, reverse(OfficialAnswer.snippet_viewset.get_url_name("list")))


def _answer(line: Line) -> Next:
    follow_up = _follow_up(line.page)
    if not line.themes:
        return Next(_("Sort what people said into themes"), follow_up)
    if n := line.unanswered:
        said = ngettext("Answer %(n)d theme", "Answer %(n)d themes", n) % {"n": n}
        return Next(said, follow_up)
    return Next(_("Every theme is answered: say so on the page"), follow_up)


def _lately(line: Line) -> bool:
    """Has it just opened, or did anybody take part in the last week?"""
    week = line.page.today() - timedelta(days=7)
    return (line.page.opening_day or week) > week or any(day > week for day in line.part.days)


def _follow_up(page: ConsultationPage) -> str:
    return reverse("follow_up", args=[page.pk])
