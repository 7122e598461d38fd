"""What becomes of a consultation, on one screen: its steps, its themes with their answers, its commitments."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from .. import answering, showing, themes
from ..models import Commitment, ConsultationPage, OfficialAnswer, Theme
from ..phases import Phase
from ..reaching import reach
from . import rights
from .follow_up_forms import CommitmentForm, DecisionForm, NewsForm, NewThemeForm, ThemeForm

At = dict[str, Any]


def consultations(request: HttpRequest) -> HttpResponse:
    """The consultations one may follow up, those that wait for an answer first."""
    if not rights.may_follow_up_anywhere(request.user):
        raise PermissionDenied
    order = [Phase.LATE, Phase.CLOSED, Phase.OPEN, Phase.ANSWERED, Phase.DECIDED, Phase.COMING, Phase.CARRIED_OUT]
    pages = sorted(rights.pages_for(request.user), key=lambda page: (order.index(page.phase()), page.title))
    return render(request, "consultations/admin/consultations.html", {"pages": pages})


def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    return _screen(request, rights.page_of(request, pk), {})


def _screen(request: HttpRequest, page: ConsultationPage, typed: At, status: int = 200) -> HttpResponse:
    shown = showing.shown_of(page)
    drafts = {a.theme_id: a for a in OfficialAnswer.objects.of_themes().filter(theme__page=page)}
    for answer in drafts.values():
        answer.waits = answer.current_workflow_state is not None  # type: ignore[attr-defined]
    lines = [(one, drafts.get(one.theme.pk)) for one in shown.themes]
    made = [showing.ShownCommitment(c, c.days_late(page.today()), ()) for c in page.commitments.select_related("theme")]
    context = {
        "page": page,
        "phase": page.phase(),
        "steps": page.steps(),
        "lines": lines,
        "commitments": made,
        "waiting": answering.without_answer([one.theme for one in shown.themes], {a.theme.pk for a in _live(shown)}),
        "may_publish": rights.may_publish(request, page),
        "new_theme": NewThemeForm(page=page),
        "decision": DecisionForm(instance=page),
        **typed,
    }
    return render(request, "consultations/admin/follow_up.html", context, status=status)


def _live(shown: showing.Shown) -> list[OfficialAnswer]:
    return [one.answer for one in shown.themes if one.answer]


def _back(page: ConsultationPage, anchor: str = "") -> HttpResponse:
    return redirect(reverse("follow_up", args=[page.pk]) + (f"#{anchor}" if anchor else ""))


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step is reached, at once."""
    page = rights.page_of(request, pk)
    if not (rights.may_publish(request, page) and page.live):
        raise PermissionDenied
    typed: At = {}
    fields: dict[str, Any] = {
        "close": {"closes_at": timezone.now().replace(microsecond=0)},
        "answered": {"answered_on": page.today()},
        "carried_out": {"carried_out_on": page.today()},
    }.get(request.POST.get("step", ""), {})
    if request.POST.get("step") == "decided":
        form = DecisionForm(request.POST, instance=ConsultationPage.objects.get(pk=pk))
        typed = {"decision": form}
        if not form.is_valid():
            return _screen(request, page, typed, 422)
        fields = {"decided_on": page.today()} | {k: v for k, v in form.cleaned_data.items() if v}
    if not fields:
        return _back(page)
    try:
        reach(page, request.user, **fields)
    except ValidationError as error:
        if "decision" in typed:
            for name, said in error.message_dict.items():
                typed["decision"].add_error(name if name in typed["decision"].fields else None, said)
        return _screen(request, page, {**typed, "step_errors": error.messages}, 422)
    messages.success(request, _("Done: the page says so."))
    return _back(page)


@require_POST
def add_theme(request: HttpRequest, pk: int) -> HttpResponse:
    page = rights.page_of(request, pk)
    form = NewThemeForm(request.POST, page=page)
    if not form.is_valid():
        return _screen(request, page, {"new_theme": form}, 422)
    theme = Theme.add_to(page, form.cleaned_data["parent"], title=form.cleaned_data["title"])
    log(theme.page, "palabre.theme", data={"theme": theme.title})
    return _back(page, f"theme-{theme.pk}")


def edit_theme(request: HttpRequest, pk: int) -> HttpResponse:
    theme = rights.theme_of(request, pk)
    form = ThemeForm(request.POST or None, instance=theme)
    if request.method == "POST" and form.is_valid():
        # By column: the tree may have moved since this was read.
        Theme.objects.filter(pk=theme.pk).update(**form.cleaned_data)
        return _back(theme.page, f"theme-{theme.pk}")
    context = {"form": form, "page": theme.page, "title": _("Edit a theme"), "delete": theme}
    return render(request, "consultations/admin/form.html", context, status=422 if form.errors else 200)


@require_POST
@transaction.atomic
def move_theme(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among those beside it."""
    theme = rights.theme_of(request, pk)
    up = request.POST.get("way") == "up"
    beside = theme.page.themes.filter(depth=theme.depth)
    if theme.depth > 1:
        beside = beside.filter(path__startswith=theme.root_path)
    nearer = beside.filter(path__lt=theme.path).order_by("-path") if up else beside.filter(path__gt=theme.path)
    other = nearer.first() if up else nearer.order_by("path").first()
    if other:
        Theme.objects.get(pk=theme.pk).move(other, "left" if up else "right")
    return _back(theme.page, f"theme-{theme.pk}")


def delete_theme(request: HttpRequest, pk: int) -> HttpResponse:
    """A theme goes with its sub-themes and drafts; one with a published answer stays."""
    theme = rights.theme_of(request, pk)
    below = Theme.objects.filter(page=theme.page, path__startswith=theme.path)
    answered = OfficialAnswer.objects.filter(theme__in=below, live=True).exists()
    if request.method == "POST":
        if answered:
            messages.error(request, _("This theme has a published answer: it stays."))
        else:
            Theme.objects.get(pk=theme.pk).delete()
            log(theme.page, "palabre.theme_deleted", data={"theme": theme.title})
        return _back(theme.page)
    n = themes.counts(theme.page).get(theme.pk, 0)
    context = {"theme": theme, "page": theme.page, "answered": answered, "n": n, "below": below.count() - 1}
    return render(request, "consultations/admin/delete_theme.html", context)


@require_POST
def write_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the answer to a theme, or go on with it. With `kind` and `object_id`, to one contribution of it."""
    theme = rights.theme_of(request, pk)
    if not request.user.has_perm("consultations.add_officialanswer"):
        raise PermissionDenied
    kind, object_id = request.POST.get("kind", "")[:20], request.POST.get("object_id", "")[:80]
    if kind and not theme.attachments.filter(kind=kind, object_id=object_id).exists():
        raise PermissionDenied
    fresh = {"live": False, "has_unpublished_changes": True, **_signer(theme.page)}
    answer, _made = OfficialAnswer.objects.get_or_create(theme=theme, kind=kind, object_id=object_id, defaults=fresh)
    return redirect(OfficialAnswer.snippet_viewset.get_url_name("edit"), answer.pk)


def _signer(page: ConsultationPage) -> dict[str, str]:
    """Who signed the last answer here signs the next one, most often."""
    answers = OfficialAnswer.objects.filter(theme__page=page).exclude(signed_by="").order_by("-pk")
    last = answers.values("signed_by", "mandate").first()
    if last or not page.referent:
        return last or {}
    return {"signed_by": page.referent.get_full_name()}


def add_commitment(request: HttpRequest, pk: int) -> HttpResponse:
    page = rights.page_of(request, pk)
    return _commitment(request, page, None)


def edit_commitment(request: HttpRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(Commitment, pk=pk)
    return _commitment(request, rights.page_of(request, made.page_id), made)


def _commitment(request: HttpRequest, page: ConsultationPage, made: Commitment | None) -> HttpResponse:
    chosen = {"theme": request.GET["theme"]} if request.GET.get("theme", "").isdecimal() else None
    form = CommitmentForm(request.POST or None, instance=made, page=page, initial=chosen)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        log(page, "palabre.commitment", data={"what": saved.what})
        return _back(page, "commitments")
    title = _("Edit a commitment") if made else _("Add a commitment")
    context = {"form": form, "page": page, "title": title}
    return render(request, "consultations/admin/form.html", context, status=422 if form.errors else 200)


def tell_commitment(request: HttpRequest, pk: int) -> HttpResponse:
    """News of a commitment: added, never changed."""
    made = get_object_or_404(Commitment, pk=pk)
    page = rights.page_of(request, made.page_id)
    form = NewsForm(request.POST or None, initial={"status": made.status})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made.tell(told["text"], status=told["status"], due=told["due"], user=request.user)
            log(page, "palabre.commitment", data={"what": made.what})
            return _back(page, "commitments")
        except ValidationError as error:
            for name, said in error.message_dict.items():
                form.add_error(name if name in form.fields else None, said)
    news = made.updates.all()
    context = {"form": form, "page": page, "title": _("News of a commitment"), "lead": made.what, "news": news}
    return render(request, "consultations/admin/form.html", context, status=422 if form.errors else 200)
