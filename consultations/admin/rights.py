"""Who may say what became of which consultation: whoever may edit its page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..models import ConsultationPage, Theme


def pages_for(user: Any) -> Any:
    """The consultations that `user` may edit, without their bodies."""
    mine = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    return ConsultationPage.objects.filter(pk__in=mine.values("pk")).defer_streamfields()


def may_follow_up_anywhere(user: Any) -> bool:
    return PagePermissionPolicy().user_has_permission(user, "change")


def page_of(request: HttpRequest, pk: int) -> ConsultationPage:
    """The consultation numbered `pk`, if this user may edit it."""
    page = get_object_or_404(ConsultationPage.objects.select_related("scope"), pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


def may_publish(request: HttpRequest, page: ConsultationPage) -> bool:
    return page.permissions_for_user(request.user).can_publish()


def theme_of(request: HttpRequest, pk: int) -> Theme:
    """The theme numbered `pk`, if this user may edit its consultation."""
    theme = get_object_or_404(Theme.objects.select_related("page"), pk=pk)
    theme.page = page_of(request, theme.page_id)
    return theme
