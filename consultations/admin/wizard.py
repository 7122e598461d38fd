"""Guided creation in three steps: may we consult, what kind of process, what only the authority can say.

Nothing is kept between the steps but in the forms themselves: what was typed travels along as hidden fields, so going
back loses nothing, and nothing is stored before the last step.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from .. import creation
from ..kinds import Kind, all_kinds
from ..models import ConsultationIndexPage, ConsultationPage
from .conditions import OECD
from .forms import ConditionsForm, PageForm, proposed

Typed = dict[str, str]
STEPS = ("conditions", "kind", "page")


def parent_for(user: Any) -> ConsultationIndexPage | None:
    """The list below which `user` may add a consultation."""
    found = ConsultationIndexPage.objects.first()
    return found if found and found.permissions_for_user(user).can_add_subpage() else None


def kinds_for(user: Any) -> dict[str, Kind]:
    """The kinds whose survey or debate `user` may make."""
    add = {"survey": user.has_perm("surveys.add_survey"), "debate": user.has_perm("deliberation.add_debate")}
    return {slug: kind for slug, kind in all_kinds().items() if add["debate" if kind.debate else "survey"]}


def new(request: HttpRequest) -> HttpResponse:
    """The step that was sent is read, and the next one shown; with `back`, the one before."""
    if parent_for(request.user) is None or not kinds_for(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _conditions(request, {"key": str(uuid.uuid4())})
    typed: Typed = {name: request.POST[name] for name in request.POST if name not in ("csrfmiddlewaretoken", "step")}
    step = request.POST.get("step", "")
    if typed.pop("back", ""):
        return _kind(request, typed) if step == "page" else _conditions(request, typed)
    if step == "page" and typed.get("kind") in kinds_for(request.user):
        return _create(request, typed)
    if step == "kind":
        return _take_kind(request, typed)
    return _check_conditions(request, typed)


def _conditions(request: HttpRequest, typed: Typed) -> HttpResponse:
    return _show(request, "conditions", ConditionsForm(initial=typed), typed)


def _check_conditions(request: HttpRequest, typed: Typed) -> HttpResponse:
    form = ConditionsForm(typed)
    if not form.is_valid():
        return _show(request, "conditions", form, typed, status=422)
    unmet = form.unmet()
    if any(condition.stops for condition in unmet) or (unmet and "anyway" not in typed):
        stop = any(condition.stops for condition in unmet)
        more = {"unmet": unmet, "stop": stop, "oecd": OECD, "parent": parent_for(request.user)}
        return _show(request, "advice", None, typed, **more)
    return _kind(request, typed)


def _kind(request: HttpRequest, typed: Typed, **more: Any) -> HttpResponse:
    offered = kinds_for(request.user)
    return _show(request, "kind", None, typed, kinds=offered.values(), chosen=typed.get("kind"), **more)


def _take_kind(request: HttpRequest, typed: Typed) -> HttpResponse:
    kind = kinds_for(request.user).get(typed.get("kind", ""))
    if kind is None:
        return _kind(request, typed, error=_("Choose a kind of process."), status=422)
    return _show(request, "page", PageForm(kind, initial=proposed(kind, typed)), typed, kind=kind)


def _create(request: HttpRequest, typed: Typed) -> HttpResponse:
    kind = kinds_for(request.user)[typed["kind"]]
    form = PageForm(kind, typed)
    if not form.is_valid():
        return _show(request, "page", form, typed, kind=kind, status=422)
    key = _key(typed)
    try:
        page = creation.create(kind, form.cleaned_data, parent_for(request.user), request.user, key)
    except IntegrityError:  # the same form, sent twice at once
        page = ConsultationPage.objects.get(translation_key=key)
    ready = messages.button(reverse("consultations_ready", args=[page.pk]), _("Ready to open?"))
    said = _("“%(title)s” is made, and nobody sees it yet. Read it through, then open it.")
    messages.success(request, said % {"title": page.title}, buttons=[ready])
    return redirect("wagtailadmin_pages:edit", page.pk)


def _key(typed: Typed) -> uuid.UUID:
    try:
        return uuid.UUID(typed.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _show(
    request: HttpRequest, step: str, form: forms.BaseForm | None, typed: Mapping[str, str], **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    shown = set(form.fields) if form else {"kind"} if step == "kind" else set()
    known = {*ConditionsForm().fields, *PageForm.base_fields, "kind", "key", "anyway"}
    context = {
        "step": step,
        "number": STEPS.index(step) + 1 if step in STEPS else 1,
        "steps": len(STEPS),
        "form": form,
        "media": form.media if form else forms.Media(),
        "hidden": {name: typed[name] for name in typed if name in known - shown},
        **more,
    }
    return render(request, "consultations/admin/new.html", context, status=status)
