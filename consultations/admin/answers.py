"""Official answers and late commitments as officials and agents see them in the admin."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView
from wagtail.snippets.views.snippets import EditView, SnippetViewSet

from moderation.registry import texts_of

from .. import themes
from ..models import Commitment, OfficialAnswer


class BegunElsewhere(View):
    """Stands at the address of a form that there is not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class AnsweredPanel(Panel):
    """What the answer is to: who signs it reads that first."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/answered.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            theme, place = self.instance.theme, (self.instance.kind, self.instance.object_id)
            text = texts_of([place]).get(place) if self.instance.kind else None
            n = themes.counts(theme.page).get(theme.pk, 0)
            return {**super().get_context_data(parent_context), "theme": theme, "n": n, "text": text}


class AnswerView(EditView):
    def get_success_url(self) -> str:
        """Back to where the other themes wait, for who may follow up."""
        url, page = super().get_success_url(), self.object.theme.page
        if url == self.get_edit_url() or not page.permissions_for_user(self.request.user).can_edit():
            return url
        return f"{reverse('follow_up', args=[page.pk])}#theme-{self.object.theme_id}"


class OfficialAnswerViewSet(SnippetViewSet):
    """One begins an answer from its theme, on the follow-up screen: there is nothing to choose here."""

    model = OfficialAnswer
    icon = "comment-add"
    menu_label = _("Official answers")
    menu_name = "official_answers"
    menu_order = 216
    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = BegunElsewhere
    edit_view_class = AnswerView
    list_display = [
        "__str__",
        Column("consultation", label=_("Consultation"), accessor="theme.page.title"),
        Column("status", label=_("Answer"), accessor="get_status_display"),
        Column("state", label=_("State"), accessor="state"),
    ]
    list_filter = ["status", "live"]
    ordering = ["live", "-pk"]
    edit_handler = ObjectList(
        [
            AnsweredPanel(heading=_("What you answer")),
            FieldPanel("status"),
            FieldPanel("reason"),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("signed_by"), FieldPanel("mandate")]), FieldPanel("signed_on")],
                heading=_("Signature"),
            ),
        ]
    )

    def get_queryset(self, request: Any) -> QuerySet[OfficialAnswer]:
        return OfficialAnswer.objects.select_related("theme__page")

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"add_url_name": None, **kwargs})


class LateFilters(WagtailFilterSet):
    late = django_filters.ChoiceFilter(
        label=_("Which"), choices=[("late", _("late")), ("standing", _("not done yet"))], method="only"
    )

    class Meta:
        model = Commitment
        fields = ["status"]

    def only(self, rows: QuerySet[Commitment], name: str, value: str) -> QuerySet[Commitment]:
        standing = rows.filter(status__in=Commitment.STANDING)
        return standing.filter(due__lt=timezone.localdate()) if value == "late" else standing


def may_read_report(user: Any) -> bool:
    return user.has_perm("consultations.view_commitment")


class CommitmentsReport(ReportView):
    """What was promised, what is late first: for officials, with the same as CSV and XLSX."""

    page_title = _("Commitments")
    header_icon = "tasks"
    index_url_name = "commitments_report"
    index_results_url_name = "commitments_report_results"
    filterset_class = LateFilters
    list_export = ["what", "who", "due", "status", "budget", "page.title", "act_number", "act_url"]
    export_headings = {"page.title": _("Consultation"), "what": _("What"), "who": _("Who"), "due": _("By when")}
    columns = [
        Column("what", label=_("What")),
        Column("consultation", label=_("Consultation"), accessor="page.title"),
        Column("who", label=_("Who")),
        DateColumn("due", label=_("By when")),
        Column("status", label=_("How far it is"), accessor="get_status_display"),
        Column("late", label=_("Days late"), accessor=lambda made: made.days_late(made.page.today()) or "–"),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read_report(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Commitment]:
        return Commitment.objects.select_related("page").order_by("due", "pk")


REPORT_URLS = [
    path("reports/commitments/", CommitmentsReport.as_view(), name="commitments_report"),
    path(
        "reports/commitments/results/", CommitmentsReport.as_view(results_only=True), name="commitments_report_results"
    ),
]
