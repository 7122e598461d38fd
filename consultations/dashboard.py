"""What the consultations of an agent or official need today: how many took part, what waits, what comes due, the next
thing.

A constant number of queries, however many consultations there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db.models import Count, Q
from wagtail.models import WorkflowState
from wagtail.permission_policies.pages import PagePermissionPolicy

from deliberation import results as debates
from maps import results as maps
from moderation import rights
from surveys import results as surveys

from . import answering
from .models import Commitment, ConsultationPage, OfficialAnswer, Theme
from .phases import ANSWERED, Phase

DAYS = 28  # of the curve
SOON = timedelta(days=14)
FRESH = 60  # seconds for which the counts may be served again: they read every response of the last weeks
URGENT = [Phase.LATE, Phase.CLOSED, Phase.OPEN, Phase.COMING, *ANSWERED]

Days = dict[date, Counter[str]]  # how many took part, by day and channel


class Part(NamedTuple):
    """How many took part: by channel in all, and by day lately."""

    channels: Counter[str]
    days: Days

    @property
    def total(self) -> int:
        return sum(self.channels.values())


class Waiting(NamedTuple):
    """How many texts this person may read, and under which remit the desk has them."""

    n: int = 0
    remit: int | None = None


class Line(NamedTuple):
    """One consultation as it stands."""

    page: ConsultationPage
    phase: Phase | None  # None: a draft
    part: Part
    waiting: Waiting
    unanswered: int  # themes
    themes: int
    late: int  # commitments whose day is over
    due: int  # commitments whose day comes soon
    may_edit: bool = True  # or does the official who answers for it only look on?
    to_validate: int = 0  # answers that wait for an official


def lines(user: Any) -> list[Line]:
    """The consultations that `user` may edit, or answers for, and that need something, the most urgent first."""
    mine = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    own = set(mine.values_list("pk", flat=True))
    concerned = ConsultationPage.objects.filter(Q(pk__in=own) | Q(referent=user, live=True))
    pages = list(concerned.defer_streamfields().order_by("closes_at"))
    parts = _parts([page.scope_id for page in pages if page.live])
    waiting, themes, promised, validating = _waiting(user), _themes(pages), _promised(pages), _to_validate(pages)
    found = [
        _line(page, parts, waiting, themes, promised)._replace(
            may_edit=page.pk in own, to_validate=validating.get(page.pk, 0)
        )
        for page in pages
    ]
    return sorted((line for line in found if _needs_something(line)), key=_urgency)


def _line(page: ConsultationPage, parts: Any, waiting: Any, themes: Any, promised: Any) -> Line:
    unanswered, of = themes.get(page.pk, (0, 0))
    late, due = promised.get(page.pk, (0, 0))
    phase = page.phase() if page.live else None
    part = parts.get(page.scope_id, Part(Counter(), {}))
    return Line(page, phase, part, waiting.get(page.scope_id, Waiting()), unanswered, of, late, due)


def _to_validate(pages: Iterable[ConsultationPage]) -> dict[int, int]:
    """By page: how many answers wait for an official."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, base_content_type=ContentType.objects.get_for_model(OfficialAnswer)
    )
    ids = [int(id_) for id_ in states.values_list("object_id", flat=True)]
    waiting = OfficialAnswer.objects.filter(pk__in=ids, theme__page__in=[page.pk for page in pages])
    return dict(waiting.values_list("theme__page").annotate(n=Count("pk")))


def _needs_something(line: Line) -> bool:
    if line.phase in (Phase.DECIDED, Phase.CARRIED_OUT):
        return bool(line.late or line.due or line.waiting.n)
    return True


def _urgency(line: Line) -> int:
    return len(URGENT) if line.phase is None else URGENT.index(line.phase)


def _parts(scopes: list[int]) -> dict[int, Part]:
    key = "palabre:dashboard:" + ",".join(map(str, sorted(scopes)))
    found = cache.get(key[:200]) if len(key) <= 200 else None
    if found is None:
        found = _count(scopes)
        if len(key) <= 200:
            cache.set(key, found, FRESH)
    return found


def _count(scopes: list[int]) -> dict[int, Part]:
    channels: dict[int, Counter[str]] = defaultdict(Counter)
    days: dict[int, Days] = defaultdict(lambda: defaultdict(Counter))
    since = date.today() - timedelta(days=DAYS)
    for engine in (surveys, debates, maps):
        for scope, channel, n in engine.took_part(scopes):
            channels[scope][channel] += n
        for scope, day, channel, n in engine.took_part_by_day(scopes, since):
            days[scope][day][channel] += n
    return {scope: Part(channels[scope], dict(days[scope])) for scope in {*channels, *days}}


def _waiting(user: Any) -> dict[int, Waiting]:
    rows = rights.items_for(user).waiting().order_by().values_list("scope", "scope__remit").annotate(n=Count("pk"))
    return {scope: Waiting(n, remit) for scope, remit, n in rows}


def _themes(pages: Iterable[ConsultationPage]) -> dict[int, tuple[int, int]]:
    """By page: how many of its themes wait for an answer, and how many there are."""
    by_page: dict[int, list[Theme]] = defaultdict(list)
    for theme in Theme.objects.filter(page__in=[page.pk for page in pages]).order_by("path"):
        by_page[theme.page_id].append(theme)
    live = OfficialAnswer.objects.of_themes().filter(theme__page__in=list(by_page), live=True)
    answered = set(live.values_list("theme_id", flat=True))
    return {pk: (len(answering.without_answer(themes, answered)), len(themes)) for pk, themes in by_page.items()}


def _promised(pages: Iterable[ConsultationPage]) -> dict[int, tuple[int, int]]:
    """By page: how many commitments are late, and how many come due soon."""
    found: dict[int, tuple[int, int]] = {}
    today = {page.pk: page.today() for page in pages}
    standing = Commitment.objects.filter(page__in=list(today), status__in=Commitment.STANDING)
    for pk, due in standing.values_list("page_id", "due"):
        late, soon = found.get(pk, (0, 0))
        is_late = due < today[pk]
        found[pk] = (late + is_late, soon + (not is_late and due <= today[pk] + SOON))
    return found
