"""What moderation does, in figures for everybody: by month, by consultation. No text, no name, no day.

These count acts of the authority, not people who take part: they are shown exactly, however small (ADR 14).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncHour, TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participation.models import Scope

from .decisions import LEADS
from .models import Appeal, Decision, Item, Remit, Report
from .models.voices import CLOCK

Act: Any = Decision.Act
KEPT_FOR = 60  # seconds: what a flood of readers costs at the most
_KEY = "palabre:moderation:figures"
COUNTED = {
    Act.PUBLISH: "published",
    Act.REDACT: "redacted",
    Act.REFUSE: "refused",
    Act.HIDE: "taken_off",
    Act.ASK: "sent_back",
    Act.MERGE: "merged",
    Act.FORWARD: "forwarded",
}
MEASURES = (
    "received",
    "waiting",
    *COUNTED.values(),
    "reports_received",
    "reports_followed",
    "reports_kept",
    "reports_late",
    "appeals_received",
    "appeals_upheld",
    "appeals_overturned",
)


@dataclass
class Sum:
    """The figures of one month, or of one consultation in it. `delays`: how many waited so many hours."""

    counts: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Sum") -> None:
        self.counts += other.counts
        self.articles += other.articles
        self.delays += other.delays

    @property
    def median_hours(self) -> float | None:
        """Half of the texts decided on for the first time waited less."""
        n = sum(self.delays.values())
        if not n:
            return None
        return (_nth(self.delays, (n - 1) // 2) + _nth(self.delays, n // 2)) / 2

    def plain(self) -> dict[str, Any]:
        """As data: every measure, the articles cited by refusals, the median delay."""
        counts = {name: self.counts[name] for name in MEASURES}
        cited = [{"article": said, "count": n} for said, n in self.ranked()]
        return {**counts, "by_article": cited, "median_hours": self.median_hours}

    def ranked(self) -> list[tuple[str, int]]:
        return sorted(self.articles.items(), key=lambda cited: (-cited[1], cited[0]))


def _nth(delays: Counter[int], n: int) -> int:
    for hours in sorted(delays):
        n -= delays[hours]
        if n < 0:
            return hours
    return 0


Months = dict[str, dict[str, Sum]]  # month → name of the consultation, "" for all that are not online → figures


def months() -> Months:
    """All figures, newest month first; six queries, or none for a moment."""
    return cache.get_or_set(_KEY, _read, KEPT_FOR)  # type: ignore[return-value]


def whole(month: dict[str, Sum]) -> Sum:
    """All consultations of a month together."""
    total = Sum()
    for one in month.values():
        total.add(one)
    return total


def _read() -> Months:
    online = Remit.objects.filter(scope__live=True).exclude(title="")
    titles: dict[int, str] = dict(online.values_list("scope_id", "title"))
    found: Months = {}
    for month, scope_id, part in _parts():
        named = found.setdefault(f"{month:%Y-%m}", {})
        named.setdefault(titles.get(scope_id, ""), Sum()).add(part)
    return dict(sorted(found.items(), reverse=True))


def _parts() -> Iterator[tuple[Any, int, Sum]]:
    yield from _items()
    yield from _decisions()
    yield from _delays()
    yield from _reports()
    yield from _appeals()


def _items() -> Iterable[tuple[Any, int, Sum]]:
    rows = _by_month(Item.objects.filter(public=True), "received_at", "scope")
    for month, scope, n, waiting in rows.annotate(n=Count("pk"), still=Count("pk", filter=Q(waiting=True))):
        yield month, scope, Sum(Counter(received=n, waiting=waiting))


def _decisions() -> Iterable[tuple[Any, int, Sum]]:
    undone = Decision.objects.filter(undoes=OuterRef("pk"))
    kept = Decision.objects.filter(~Exists(undone), took_effect=True, item__public=True, act__in=COUNTED)
    rows = _by_month(kept, "at", "item__scope", "act", "article_said")
    for month, scope, act, said, n in rows.annotate(n=Count("pk")):
        cited = Counter({said: n}) if act in (Act.REFUSE, Act.HIDE) and said else Counter()
        yield month, scope, Sum(Counter({COUNTED[act]: n}), cited)


def _delays() -> Iterable[tuple[Any, int, Sum]]:
    first = Decision.objects.filter(item=OuterRef("pk"), took_effect=True, act__in=list(LEADS)).order_by("at")
    items = Item.objects.filter(public=True).annotate(first=Subquery(first.values("at")[:1])).exclude(first=None)
    waited = ExpressionWrapper(TruncHour("first", tzinfo=UTC) - F("received_at"), output_field=DurationField())
    rows = _by_month(items.annotate(waited=waited), "first", "scope", "waited")
    for month, scope, delay, n in rows.annotate(n=Count("pk")):
        yield month, scope, Sum(delays=Counter({max(0, round(delay / timedelta(hours=1))): n}))


def _reports() -> Iterable[tuple[Any, int, Sum]]:
    State = Report.State
    closed_late = Q(closed_at__gt=F("at") + CLOCK)
    counted = {
        "n": Count("pk"),
        "followed": Count("pk", filter=Q(state=State.FOLLOWED)),
        "kept": Count("pk", filter=Q(state=State.KEPT)),
        "late": Count("pk", filter=closed_late | _open_late()),
    }
    for month, scope, n, followed, kept, late in _by_month(Report.objects.all(), "at", "item__scope").annotate(
        **counted
    ):
        names = {"reports_received": n, "reports_followed": followed, "reports_kept": kept, "reports_late": late}
        yield month, scope, Sum(Counter(names))


def _appeals() -> Iterable[tuple[Any, int, Sum]]:
    State = Appeal.State
    counted = {
        "n": Count("pk"),
        "upheld": Count("pk", filter=Q(state=State.UPHELD)),
        "overturned": Count("pk", filter=Q(state=State.OVERTURNED)),
    }
    for month, scope, n, upheld, overturned in _by_month(Appeal.objects.all(), "at", "item__scope").annotate(**counted):
        yield (
            month,
            scope,
            Sum(Counter({"appeals_received": n, "appeals_upheld": upheld, "appeals_overturned": overturned})),
        )


def _by_month(rows: QuerySet[Any], at: str, *others: str) -> QuerySet[Any]:
    """`rows` gathered by month (of the town's clock) and `others`; what is annotated next is counted in each."""
    return rows.order_by().annotate(in_month=TruncMonth(at)).values_list("in_month", *others)


def _open_late() -> Q:
    late = Q(state=Report.State.OPEN, at__lt=timezone.now() - CLOCK)
    return late & ~Q(item__state=Item.State.GONE)


def late_reports(scopes: QuerySet[Scope] | None = None) -> int:
    """How many reports wait for more than 24 hours, in `scopes` or anywhere."""
    late = Report.objects.filter(_open_late())
    return (late if scopes is None else late.filter(item__scope__in=scopes)).count()


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def sentence() -> str:
    """The newest month in one sentence; empty before there is any."""
    for month, by_name in months().items():
        one = whole(by_name)
        told = {"month": date_words(month), **{name: one.counts[name] for name in ("received", "published")}}
        told["refused"] = one.counts["refused"] + one.counts["taken_off"]
        said = (
            _("%(month)s: %(received)d texts received, %(published)d published, %(refused)d refused or taken off.")
            % told
        )
        hours = one.median_hours
        return said if hours is None else f"{said} {_half(hours)}"
    return ""


def _half(hours: float) -> str:
    if hours < 1:
        return _("Half were decided on within the hour.")
    n = round(hours)
    return ngettext("Half were decided on within %(n)d hour.", "Half were decided on within %(n)d hours.", n) % {"n": n}


def date_words(month: str) -> str:
    """ "2026-04" as people say it."""
    return capfirst(date_format(first_day(month), "F Y"))
