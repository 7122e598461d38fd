"""What becomes of consultations, in the Wagtail admin: where it is, who may, and what is kept."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from .admin import answers, rights, screens, sorting
from .models import ConsultationPage, OfficialAnswer

register_snippet(answers.OfficialAnswerViewSet)


class FollowUpItem(MenuItem):
    """The way to what becomes of consultations."""

    def is_shown(self, request: HttpRequest) -> bool:
        return rights.may_follow_up_anywhere(request.user)


@hooks.register("register_admin_menu_item")
def follow_up_item() -> MenuItem:
    url = reverse("follow_up_all")
    return FollowUpItem(gettext_lazy("Follow-up"), url, name="follow_up", icon_name="tasks", order=215)


class ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return answers.may_read_report(request.user)


@hooks.register("register_reports_menu_item")
def commitments_item() -> MenuItem:
    url = reverse("commitments_report")
    return ReportItem(gettext_lazy("Commitments"), url, name="commitments", icon_name="tasks", order=150)


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        *answers.REPORT_URLS,
        path("follow-up/", screens.consultations, name="follow_up_all"),
        path("follow-up/<int:pk>/", screens.follow_up, name="follow_up"),
        path("follow-up/<int:pk>/step/", screens.step, name="follow_up_step"),
        path("follow-up/<int:pk>/sort/", sorting.sort, name="follow_up_sort"),
        path("follow-up/<int:pk>/themes/", screens.add_theme, name="follow_up_add_theme"),
        path("follow-up/<int:pk>/commitments/", screens.add_commitment, name="follow_up_add_commitment"),
        path("follow-up/themes/<int:pk>/", screens.edit_theme, name="follow_up_theme"),
        path("follow-up/themes/<int:pk>/move/", screens.move_theme, name="follow_up_move"),
        path("follow-up/themes/<int:pk>/delete/", screens.delete_theme, name="follow_up_delete"),
        path("follow-up/themes/<int:pk>/answer/", screens.write_answer, name="follow_up_answer"),
        path("follow-up/commitments/<int:pk>/", screens.edit_commitment, name="follow_up_commitment"),
        path("follow-up/commitments/<int:pk>/news/", screens.tell_commitment, name="follow_up_news"),
    ]


@hooks.register("register_page_header_buttons")
def page_buttons(page: Page, user: Any, view_name: str = "", next_url: str | None = None) -> Any:
    if isinstance(page.specific_deferred, ConsultationPage) and page.permissions_for_user(user).can_edit():
        yield Button(gettext_lazy("Follow-up"), reverse("follow_up", args=[page.pk]), icon_name="tasks", priority=30)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="consultations", content_type__model__in=["officialanswer", "commitment"]
    )


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("palabre.theme", gettext_lazy("Add a theme"), gettext_lazy("A theme was added"))
    deleted = gettext_lazy("Delete a theme"), gettext_lazy("A theme was deleted")
    actions.register_action("palabre.theme_deleted", *deleted)
    changed = gettext_lazy("Change a commitment"), gettext_lazy("A commitment was added or changed")
    actions.register_action("palabre.commitment", *changed)


@hooks.register("before_delete_snippet")
@hooks.register("before_unpublish")
def keep_published_answers(request: HttpRequest, instances: Any) -> HttpResponse | None:
    """What was answered in public is not made unsaid: it is corrected, and the correction is published."""
    found = instances if isinstance(instances, Iterable) else [instances]
    kept = [answer for answer in found if isinstance(answer, OfficialAnswer) and answer.live]
    if not kept:
        return None
    messages.error(request, _("“%(theme)s” has a published answer: correct it instead.") % {"theme": kept[0]})
    return redirect(OfficialAnswer.snippet_viewset.get_url_name("list"))
