"""Which items a moderator wants to see, and in what order: the same for the list, for going through it, and in bulk."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from .. import queue, registry, rights
from ..models import Item, Remit
from ..signals import KINDS

State = Item.State
STATES = {
    "": Q(waiting=True),
    "pending": Q(state=State.PENDING),
    "unread": Q(state=State.PUBLISHED, read=False),
    "reported": Q(open_reports__gt=0),
    "appealed": Q(open_appeal=True),
    "published": Q(state=State.PUBLISHED),
    "refused": Q(state=State.REFUSED),
    "hidden": Q(state=State.HIDDEN),
    "asked": Q(state=State.ASKED),
    "forwarded": Q(state=State.FORWARDED),
    "merged": Q(state=State.MERGED),
    "all": ~Q(state=State.GONE),
}
LABELS = {
    "pending": _("Waiting"),
    "unread": _("Shown, to re-read"),
    "reported": _("Reported"),
    "appealed": _("Appealed"),
    "published": _("Shown"),
    "refused": _("Refused"),
    "hidden": _("Taken off"),
    "asked": _("Sent back to their authors"),
    "forwarded": _("Forwarded"),
    "merged": _("Merged"),
    "all": _("All"),
}
AGES = {"1": _("More than a day"), "2": _("More than two days"), "7": _("More than a week")}
ORDERS = {"oldest": _("Oldest first"), "riskiest": _("Riskiest first")}


def _remits(request: HttpRequest | None) -> QuerySet[Remit]:
    return rights.remits_for(request.user) if request else Remit.objects.none()


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, source.plural) for kind, source in registry.sources.items()]


class ItemFilters(WagtailFilterSet):
    consultation = django_filters.ModelChoiceFilter(
        label=_("Consultation"), queryset=_remits, field_name="scope__remit", empty_label=_("All consultations")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=_kinds, empty_label=_("All kinds"))
    signal = django_filters.ChoiceFilter(
        label=_("Signal"),
        choices=[(k.kind, k.label) for k in KINDS],
        method="flagged",
        empty_label=_("With or without"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=list(LABELS.items()), method="standing", empty_label=_("To do")
    )
    age = django_filters.ChoiceFilter(
        label=_("Waiting for"), choices=list(AGES.items()), method="older", empty_label=_("Any time")
    )
    order = django_filters.ChoiceFilter(
        label=_("Order"), choices=[("riskiest", ORDERS["riskiest"])], method="leave", empty_label=ORDERS["oldest"]
    )

    class Meta:
        model = Item
        fields: list[str] = []

    def flagged(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return items.filter(flags__contains=f" {value} ")

    def standing(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return items  # `chosen` sees to it: without a state it is not "all" but "to do"

    def older(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return items.filter(arrived_at__lt=timezone.now() - timedelta(days=int(value)))

    def leave(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return items


def chosen(request: HttpRequest) -> QuerySet[Item]:
    """The items that `request` asks for, of those its user may decide on."""
    state = request.GET.get("state", "")
    items = rights.items_for(request.user).filter(STATES.get(state, STATES[""]))
    filters = ItemFilters(request.GET, queryset=items, request=request)
    return filters.qs if filters.is_valid() else items


def order_of(request: HttpRequest) -> str:
    return "riskiest" if request.GET.get("order") == "riskiest" else "oldest"


def ordered(items: QuerySet[Item], order: str) -> QuerySet[Item]:
    return items.order_by(*queue.ORDERS[order])


def query_of(request: HttpRequest) -> str:
    """The filters of `request`, to be carried along from one item to the next."""
    query = request.GET.copy()
    for name in [n for n in query if n not in ("consultation", "kind", "signal", "state", "age", "order")]:
        del query[name]
    return query.urlencode()
