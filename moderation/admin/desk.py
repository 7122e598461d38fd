"""The desk as a list: everything citizens wrote, filtered, with what each says and what was noticed in it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from .. import registry, rights
from ..models import Item
from ..signals import KINDS
from . import filters

PER_PAGE = 50


def dress(items: list[Item]) -> list[Item]:
    """Give each item its `text`, its `source`, and its signals with their labels."""
    texts = registry.texts_of([(item.kind, item.object_id) for item in items])
    labels = {kind.kind: kind.label for kind in KINDS}
    for item in items:
        item.text = texts.get((item.kind, item.object_id))
        item.source = registry.sources.get(item.kind)
        item.noticed = [{**signal, "label": labels.get(signal["kind"], signal["kind"])} for signal in item.signals]
    return items


class TextColumn(Column):
    cell_template_name = "moderation/admin/text_cell.html"


class TextPaginator(WagtailPaginator):
    verbose_name, verbose_name_plural = _("text"), _("texts")


class DeskView(BaseListingView):
    page_title = _("Moderation desk")
    header_icon = "glasses"
    template_name = "moderation/admin/desk.html"
    results_template_name = "moderation/admin/desk_results.html"
    index_url_name = "moderation_desk"
    index_results_url_name = "moderation_desk_results"
    filterset_class = filters.ItemFilters
    paginate_by = PER_PAGE
    paginator_class = TextPaginator
    columns = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="item"),
        TextColumn("text", label=_("Text")),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rights.may_anywhere(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Item]:
        items = filters.chosen(self.request).select_related("scope__remit", "forwarded_to", "claimed_by")
        return filters.ordered(items, filters.order_of(self.request))

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        query = filters.query_of(self.request)
        return [
            HeaderButton(
                _("Read one by one"),
                url=f"{reverse('moderation_next')}?{query}",
                icon_name="glasses",
                attrs={"data-controller": "w-kbd", "data-w-kbd-key-value": "l", "aria-keyshortcuts": "l"},
            )
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        dress(list(context["object_list"]))
        return {
            **context,
            "app_label": "moderation",
            "model_name": "item",
            "query": filters.query_of(self.request),
            "objects": context.get("page_obj"),
            "model_opts": Item._meta,
            "select_all_obj_text": _("Select all texts in this list"),
        }
