"""What an author reads of their texts: where each stands, and why."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participation.receipts import News, Trace

from . import story
from .models import Decision, Item, Report

State, Act = Item.State, Decision.Act
# What leaves a text where it was: the decision before it still says why it stands there.
SAYS_NOTHING_OF_ITS_STATE = [Act.ANSWER, Act.KEEP, Act.UPHOLD]


def of(texts: Sequence[tuple[str, str, str, str]]) -> list[News]:
    """The news of texts given as (kind, id, words, what the engine says of it or ""); two queries, however many."""
    items = {(i.kind, i.object_id): i for i in _items([(kind, id_) for kind, id_, *_rest in texts])}
    last = _last_decisions([item.pk for item in items.values()])
    found = []
    for kind, id_, words, fallback in texts:
        item = items.get((kind, id_))
        if item is None:
            found.append(News(words, fallback, ""))
            continue
        decision = last.get(item.pk)
        address = reverse("moderation:text", args=[item.ref])
        found.append(News(words, fallback or state_of(item), reason_of(item, decision), address))
    return found


def _items(places: list[tuple[str, str]]) -> list[Item]:
    kinds = {kind for kind, _id in places}
    ids = [id_ for _kind, id_ in places]
    found = Item.objects.filter(kind__in=kinds, object_id__in=ids).select_related("forwarded_to", "sealed")
    return [item for item in found if (item.kind, item.object_id) in set(places)]


def _last_decisions(items: list[int]) -> dict[int, Decision]:
    """The newest decision on each item."""
    rows = Decision.objects.filter(item__in=items, took_effect=True).exclude(act__in=SAYS_NOTHING_OF_ITS_STATE)
    return {row.item_id: row for row in rows.order_by("at", "pk")}


def state_of(item: Item) -> str:
    """Where it stands, in one sentence to its author."""
    if item.state == State.PUBLISHED:
        if not item.public:
            return _("It was read. It is shown to nobody.")
        return _("It is shown, with parts masked.") if hasattr(item, "sealed") else _("It is shown.")
    service = item.forwarded_to.name if item.forwarded_to else _("another service")
    return {
        State.PENDING: _("We are reading it before it is shown.") if item.public else _("We will read it."),
        State.REFUSED: _("It is not shown."),
        State.HIDDEN: _("It is no longer shown."),
        State.ASKED: _("It is not shown yet: we ask you to change something."),
        State.FORWARDED: _("It is not for us to answer: it was forwarded to %(service)s.") % {"service": service},
        State.MERGED: _("Somebody had said the same: both go on as one, with everybody’s votes."),
        State.GONE: _("It is withdrawn."),
    }[State(item.state)]


def reason_of(item: Item, decision: Decision | None) -> str:
    """Why: the article of the charter, and the words of who decided."""
    if decision is None or item.state in (State.PENDING, State.GONE):
        return ""
    return story.why(decision)


def of_reports(key: bytes) -> list[Trace]:
    """Lookup: what came of the reports of one person; no word of the texts, which may be shown no longer."""
    reports = list(Report.objects.filter(reporter_key=key).select_related("item", "decision").order_by("at", "pk"))
    if not reports:
        return []
    told = [News("", _of_report(report), report.decision.reason if report.decision else "") for report in reports]
    said = ngettext("You reported %(n)d text.", "You reported %(n)d texts.", len(told)) % {"n": len(told)}
    return [Trace(_("Your reports"), "", True, None, False, stored=said, news=told)]


def _of_report(report: Report) -> str:
    told = {"ref": report.ref, "day": date_format(timezone.localdate(report.at), "j F Y")}
    if report.state == Report.State.FOLLOWED:
        return _("Report %(ref)s of %(day)s: you were heard. The text is taken off, or parts of it are masked.") % told
    if report.state == Report.State.KEPT:
        return _("Report %(ref)s of %(day)s: somebody read the text again. It stays shown.") % told
    if report.item.state == State.GONE:
        return _("Report %(ref)s of %(day)s: its author took the text back.") % told
    return _("Report %(ref)s of %(day)s: somebody looks at it within 24 hours.") % told
