"""Who may do what where, as sentences. A right comes from a group's permission, and holds within that group's areas."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from wagtail.models import Page

from participation.models import Scope
from uploads.models import Upload

from .models import Item, Remit, Service

DECIDE, REGISTERS, ANSWER, SEALED = "decide_item", "see_registers", "answer_forwarded", "see_sealed"
BURSTS, CODES = "decide_burst", "manage_codes"
ROOMS = ("moderation", "participation", "surveys")  # whose permissions hold within areas
_ROOT = 1  # depth of the page that stands for everything


def scopes_for(user: Any, permission: str = DECIDE) -> QuerySet[Scope]:
    """The scopes in which `user` has `permission`; to be used inside other queries."""
    if not user.is_active:
        return Scope.objects.none()
    if user.is_superuser:
        return Scope.objects.all()
    areas = _areas(user, permission)
    if any(depth == _ROOT for _path, depth in areas):
        return Scope.objects.all()
    below = Q(pk__in=[])
    for path, _depth in areas:
        below |= Q(remit__page__path__startswith=path)
    return Scope.objects.filter(below)


def _areas(user: Any, permission: str) -> list[tuple[str, int]]:
    """(path, depth) of the pages below which `user` has `permission`; asked once a request and permission."""
    kept = user.__dict__.setdefault("_moderation_areas", {})
    if permission not in kept:
        groups = Group.objects.filter(
            user=user, permissions__codename=permission, permissions__content_type__app_label__in=ROOMS
        )
        pages = Page.objects.filter(pk__in=groups.values("areas__page"))
        kept[permission] = list(pages.order_by("path").values_list("path", "depth"))
    return kept[permission]


def may_anywhere(user: Any, permission: str = DECIDE) -> bool:
    """Has `user` this right at all? For menus; costs one query."""
    return bool(user.is_active and (user.is_superuser or _areas(user, permission)))


def items_for(user: Any, permission: str = DECIDE) -> QuerySet[Item]:
    return Item.objects.filter(scope__in=scopes_for(user, permission))


def remits_for(user: Any, permission: str = DECIDE) -> QuerySet[Remit]:
    return Remit.objects.filter(scope__in=scopes_for(user, permission))


def forwarded_to(user: Any) -> QuerySet[Item]:
    """What was forwarded to the services whose agent `user` is."""
    if not user.is_active or not user.has_perm(f"moderation.{ANSWER}"):
        return Item.objects.none()
    services = Service.objects.all() if user.is_superuser else Service.objects.filter(group__user=user)
    return Item.objects.filter(forwarded_to__in=services, state=Item.State.FORWARDED)


def moderators_of(scope: Scope) -> QuerySet[Any]:
    """The active people who may decide in `scope`."""
    page = Page.objects.filter(pk__in=Remit.objects.filter(scope=scope).values("page")).first()
    above = page.get_ancestors(inclusive=True) if page else Page.objects.filter(depth=_ROOT)
    groups = Group.objects.filter(
        areas__page__in=above, permissions__codename=DECIDE, permissions__content_type__app_label="moderation"
    )
    return get_user_model().objects.filter(Q(groups__in=groups) | Q(is_superuser=True), is_active=True).distinct()


def may_decide_appeal(user: Any, appeal: Any) -> bool:
    """Somebody else than who decided, as soon as there is somebody else."""
    if appeal.decision.actor_id != user.pk:
        return True
    return not moderators_of(appeal.item.scope).exclude(pk=user.pk).exists()


def may(user: Any, permission: str, item: Item) -> bool:
    """May `user` do this with `item`?"""
    return items_for(user, permission).filter(pk=item.pk).exists()


def manages_codes(user: Any, scope_id: int) -> bool:
    """May `user` make and revoke the letter codes of this consultation?"""
    return scopes_for(user, CODES).filter(pk=scope_id).exists()


def sees_upload(user: Any, upload: Upload) -> bool:
    """May `user` see a photo that waits for a decision? Where they decide."""
    return scopes_for(user).filter(pk=upload.scope_id).exists()
