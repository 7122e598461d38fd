"""What was set aside, in the admin: the list of bursts, and one burst with what a person decides on it."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, Table, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from . import rights
from .models import Burst, BurstDecision
from .quarantine import NEXT, AlreadyDecided, Sealed, bursts_for, decide, settle, titles

PATIENCE = timedelta(seconds=5)  # for which a person waits for a release; the rest follows by itself
MINUTES_SHOWN = 60


class BurstFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=Burst.State.choices, empty_label=_("All"))

    class Meta:
        model = Burst
        fields = ["state"]


class BurstsView(BaseListingView):
    """All bursts a person may decide on, the newest first; as many queries for fifty as for one."""

    page_title = _("Set aside")
    header_icon = "no-view"
    index_url_name = "moderation_bursts"
    index_results_url_name = "moderation_bursts_results"
    template_name = "wagtailadmin/generic/listing.html"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    filterset_class = BurstFilters
    paginate_by = 50
    verbose_name_plural = _("bursts")
    columns = [
        TitleColumn("title", label=_("Survey or debate"), get_url=lambda burst: _address(burst)),
        Column("rule", label=_("Why"), accessor="get_rule_display"),
        Column("since", label=_("When"), accessor=lambda burst: _span(burst)),
        Column("size", label=_("How many")),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda burst: burst.state == Burst.State.HELD,
        ),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rights.may_anywhere(request.user, rights.BURSTS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[Burst]:
        return bursts_for(self.request.user).select_related("tool").defer("shape")

    def get_table(self, object_list: Any) -> Table:
        bursts = list(object_list)
        called = titles(bursts)
        for burst in bursts:
            burst.title = called.get(burst.tool_id, "…")
        return super().get_table(bursts)


def _address(burst: Burst) -> str:
    return reverse("moderation_burst", args=[burst.ref])


def _span(burst: Burst) -> str:
    since, until = timezone.localtime(burst.since), timezone.localtime(burst.until)
    begin, end = (date_format(moment, "SHORT_DATETIME_FORMAT") for moment in (since, until))
    if since.date() != until.date():
        return f"{begin} – {end}"
    return begin if begin == end else f"{begin} – {date_format(until, 'TIME_FORMAT')}"


class DecisionForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    after = forms.ChoiceField(choices=Burst.State.choices)
    reason = forms.CharField(
        label=_("Your reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with your name. Who is kept out can read it with their receipt code."),
        error_messages={"required": _("Say why, in a few words.")},
    )


def burst(request: HttpRequest, ref: str) -> HttpResponse:
    """One burst: what it looks like, what was decided, and the two buttons."""
    decisions = Prefetch("decisions", BurstDecision.objects.order_by("-decided_at", "-pk"))
    found = get_object_or_404(
        bursts_for(request.user).select_related("tool").prefetch_related(decisions), ref=ref
    )  # 404, not 403: whoever may not decide on it is not told that it exists
    form = DecisionForm(request.POST or None, initial={"seen": found.state})
    if request.method == "POST" and form.is_valid():
        return _decide(request, found, **form.cleaned_data)
    context = {
        "burst": found,
        "title": titles([found]).get(found.tool_id, "…"),
        "span": _span(found),
        "form": form,
        "may_release": Burst.State.RELEASED in NEXT[found.state],
        "may_confirm": Burst.State.CONFIRMED in NEXT[found.state],
        "minutes": _minutes(found),
        "alike": _alike(found),
    }
    return render(request, "moderation/admin/burst.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, found: Burst, seen: str, after: str, reason: str) -> HttpResponse:
    try:
        decide(found, seen, after, request.user, reason)
    except AlreadyDecided as late:
        messages.warning(request, _late(late.decision))
    except Sealed:
        messages.error(request, _("The total is sealed: nothing can be counted any more."))
    else:
        messages.success(request, _said(found, after))
    return redirect(_address(found))


def _late(decision: BurstDecision | None) -> Any:
    if decision is None:
        return _("Nothing was decided: look at the burst as it is now.")
    at = date_format(timezone.localtime(decision.decided_at), "SHORT_DATETIME_FORMAT")
    return _("Already decided by %(name)s at %(at)s: %(decision)s. Your decision was not taken.") % {
        "name": decision.decided_by_name,
        "at": at,
        "decision": decision.get_after_display(),
    }


def _said(found: Burst, after: str) -> Any:
    if after != Burst.State.RELEASED:
        return _("Confirmed: they stay set aside.")
    if settle(found, timezone.now() + PATIENCE):
        return _("Released: they are counted again.")
    return _("Released: they are being counted again, a part at a time.")


def _minutes(found: Burst) -> list[dict[str, Any]]:
    """How many came in each minute, the longest bar the fullest minute; the first MINUTES_SHOWN of them."""
    counts = sorted(found.shape.get("minutes", {}).items())[:MINUTES_SHOWN]
    most = max((n for _minute, n in counts), default=1)
    return [{"at": timezone.localtime(datetime.fromisoformat(minute)), "n": n, "most": most} for minute, n in counts]


def _alike(found: Burst) -> Any:
    """How many sent the very same answers, in words; empty where it is not known."""
    payloads, came = found.shape.get("payloads", {}), sum(found.shape.get("minutes", {}).values())
    if not payloads or not came:
        return ""
    most = max(payloads.values())
    return ngettext(
        "%(n)d of %(all)d gave the most frequent answers.", "%(n)d of %(all)d gave exactly the same answers.", most
    ) % {"n": most, "all": came}
