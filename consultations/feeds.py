"""What becomes of consultations as Atom feeds: one for each, one for the whole site."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from .models import CommitmentUpdate, ConsultationPage, OfficialAnswer
from .views import public_pages

NEWEST = 50


class Entry(NamedTuple):
    """One thing that happened; `id` stays the same for ever."""

    id: str
    title: str
    text: str
    url: str
    at: datetime


def entries(pages: Iterable[ConsultationPage]) -> list[Entry]:
    """The newest entries of these consultations, in a constant number of queries."""
    known = {page.pk: page for page in pages}
    found = [entry for page in known.values() for entry in _steps(page)]
    answers = OfficialAnswer.objects.of_themes().filter(theme__page__in=known, live=True)
    for answer in answers.select_related("theme").order_by("-signed_on")[:NEWEST]:
        page, theme = known[answer.theme.page_id], answer.theme
        title = _("%(status)s: %(theme)s") % {"status": answer.get_status_display(), "theme": theme.title}
        at = answer.first_published_at or _at(page, answer.signed_on)
        found.append(
            Entry(f"answer-{answer.ref}", f"{title} — {page.title}", answer.reason, answer.get_absolute_url(), at)
        )
    answered = set(answers.values_list("theme_id", flat=True))
    told = CommitmentUpdate.objects.filter(commitment__page__in=known).select_related("commitment__theme")
    for news in told.order_by("-on", "-pk")[:NEWEST]:
        page = known[news.commitment.page_id]
        if news.commitment.theme_id and news.commitment.theme_id not in answered:
            continue
        title = f"{news.commitment.what} — {news.get_status_display()}"
        found.append(Entry(f"news-{news.pk}", title, news.text, page.url, _at(page, news.on)))
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:NEWEST]


def _at(page: ConsultationPage, day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=page.zone)


def _steps(page: ConsultationPage) -> Iterable[Entry]:
    """What the page itself went through, up to now."""
    now = datetime.now(tz=page.zone)
    passed = [
        ("open", _("Open: %(title)s"), page.opens_at, page.summary),
        ("closed", _("Closed: %(title)s"), page.closes_at, ""),
        ("answered", _("Answered: %(title)s"), page.answered_on and _at(page, page.answered_on), ""),
        ("decided", _("Decided: %(title)s"), page.decided_on and _at(page, page.decided_on), page.act_number),
        ("carried-out", _("Carried out: %(title)s"), page.carried_out_on and _at(page, page.carried_out_on), ""),
    ]
    for name, title, at, text in passed:
        if at and (at <= now or name not in ("open", "closed")):
            yield Entry(f"{name}-{page.scope_id}", title % {"title": page.title}, text, page.url, at)


class SiteFeed(Feed):
    """Everything that becomes of the consultations of the site."""

    feed_type = Atom1Feed

    def title(self, obj: Any) -> str:
        return _("What becomes of our consultations")

    def link(self, obj: Any) -> str:
        return "/consultations/"

    def feed_url(self, obj: Any) -> str:
        return reverse("consultations:site_feed")

    def items(self, obj: Any) -> list[Entry]:
        return entries(public_pages().defer_streamfields())

    def item_title(self, item: Entry) -> str:
        return item.title

    def item_description(self, item: Entry) -> str:
        return item.text

    def item_link(self, item: Entry) -> str:
        return item.url

    def item_guid(self, item: Entry) -> str:
        return f"urn:palabre:{item.id}"

    def item_pubdate(self, item: Entry) -> datetime:
        return item.at

    def item_updateddate(self, item: Entry) -> datetime:
        return item.at


class ConsultationFeed(SiteFeed):
    """What becomes of one consultation."""

    def get_object(self, request: HttpRequest, tag: str) -> ConsultationPage:
        return get_object_or_404(public_pages().defer_streamfields(), scope__tag=tag)

    def title(self, obj: ConsultationPage) -> str:
        return obj.title

    def link(self, obj: ConsultationPage) -> str:
        return obj.url

    def feed_url(self, obj: ConsultationPage) -> str:
        return reverse("consultations:feed", args=[obj.scope.tag])

    def items(self, obj: ConsultationPage) -> list[Entry]:
        return entries([obj])
