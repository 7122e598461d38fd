"""Is this consultation ready to open? Gathers what the checks look at: page, tools, calendar of the site."""

from collections.abc import Callable, Iterable
from typing import Any

from wagtail.models import Site

from participation.models import TakesPart
from surveys.models import Survey

from . import checks, kinds
from .checks import Finding
from .models import ConsultationPage, LocalCalendar

# Rooms above know more of a site than we do: each gives the remarks it has on a page, by registration.
more: list[Callable[[ConsultationPage], Iterable[Finding]]] = []


def findings(page: ConsultationPage) -> list[Finding]:
    """What stops `page`, a draft or not, from opening, then what its agent had better know."""
    tools = list(page.tools())
    draft = page.facts()._replace(
        tools=len(tools),
        questions=max((_asked(tool) for tool in tools), default=0),
        unpublished=tuple(str(tool) for tool in tools if not tool.is_published()),
        as_proposed=tuple(name for name in kinds.LOCAL if kinds.is_as_proposed(name, getattr(page, name))),
    )
    found = checks.check(draft, calendar_of(page).dates())
    found += [remark for registered in more for remark in registered(page)]
    return sorted(found, key=lambda finding: not finding.stops)


def calendar_of(page: Any) -> LocalCalendar:
    site = page.get_site() or Site.objects.filter(is_default_site=True).first()
    return LocalCalendar.for_site(site) if site else LocalCalendar()


def _asked(tool: TakesPart) -> int:
    """How many questions the draft of a survey asks; a debate asks one at a time for as long as people wish."""
    if not isinstance(tool, Survey):
        return 0
    revision = tool.latest_revision
    return len(revision.as_object().questions if revision else tool.questions)
