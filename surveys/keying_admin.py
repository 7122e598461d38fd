"""The admin's screens for keying in: choose the channel once, then sheet after sheet by keyboard; correct; twice."""

import math
import time
from typing import Any

from django import forms
from django.db import OperationalError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from moderation import rights
from participation import receipts

from . import intake, keying, keying_form
from .forms import CompiledSurvey, compiled
from .keying_form import Filled
from .models import KeyedSheet, Response, SecondKeying, SheetSample, Survey, SurveyVersion

KEY = "key_responses"
LISTED = 30
PACE = 20  # the pace is that of the last so many sheets
PAUSE = 600  # seconds; a longer gap is a pause and no pace


def may_key(user: Any, survey: Survey) -> bool:
    """May `user` key in responses to `survey`?"""
    return rights.scopes_for(user, KEY).filter(pk=survey.scope_id).exists()


def _survey(request: HttpRequest, pk: int) -> Survey:
    found = get_object_or_404(Survey.objects.for_display(), pk=pk, live_version__isnull=False)
    if not may_key(request.user, found):
        raise Http404
    return found


def _sheet(request: HttpRequest, pk: int) -> KeyedSheet:
    related = ("survey__scope", "response__version", "keyed_by", "second")
    found = get_object_or_404(KeyedSheet.objects.select_related(*related), pk=pk)
    if not may_key(request.user, found.survey):
        raise Http404
    return found


class KeyingItem(MenuItem):
    """The way to keying in, for who may."""

    def is_shown(self, request: HttpRequest) -> bool:
        return rights.may_anywhere(request.user, KEY)


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys that one may key in for."""
    if not rights.may_anywhere(request.user, KEY):
        raise Http404
    mine = Survey.objects.filter(scope__in=rights.scopes_for(request.user, KEY), live_version__isnull=False)
    found = mine.select_related("scope", "tool").defer("questions").order_by("-pk")
    return render(request, "surveys/admin/keying/surveys.html", {"surveys": found})


class SampleForm(forms.Form):
    every = forms.IntegerField(
        label=gettext_lazy("One sheet in"),
        min_value=0,
        max_value=1000,
        help_text=gettext_lazy("10: sheets 10, 20, 30… are keyed in twice. 0: none."),
    )


@never_cache
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """Where keying in begins: the channel, what was keyed in last, what is to be keyed in twice, how far it agrees."""
    found = _survey(request, pk)
    form = SampleForm(request.POST if request.method == "POST" else None, initial={"every": keying.every(found.pk)})
    if form.is_valid():
        SheetSample.objects.update_or_create(survey=found, defaults={"every": form.cleaned_data["every"]})
        return redirect("surveys_keying", found.pk)
    sheets = KeyedSheet.objects.filter(survey=found).select_related("keyed_by")
    context = {
        "survey": found,
        "channels": [(channel.value, channel.label) for channel in keying.CHANNELS],
        "versions": found.versions.order_by("-number").values("number", "published_at"),
        "live": found.live_version.number,
        "sheets": sheets.order_by("-keyed_on", "-pk")[:LISTED],
        "form": form,
        "sealed": found.is_shut(),
        **_twice(request, found),
    }
    return render(request, "surveys/admin/keying/survey.html", context, status=422 if form.is_bound else 200)


def _twice(request: HttpRequest, found: Survey) -> dict[str, Any]:
    """Of the sample: what waits, others' sheets first; what differs; how far both agree."""
    again = SecondKeying.objects.filter(sheet=OuterRef("pk"))
    sampled = keying.sample(found, keying.every(found.pk)).select_related("keyed_by").alias(twice=Exists(again))
    waiting = sorted(sampled.filter(twice=False)[:LISTED], key=lambda sheet: sheet.keyed_by_id == request.user.pk)
    agreement = keying.agreement(found.pk)
    questions = compiled(found.key, found.live_version.number).all_questions if agreement.sheets else []
    by_question = [
        {"wording": q["wording"], "equal": counts[0], "compared": counts[1], "share": _share(counts)}
        for q in questions
        if (counts := agreement.by_question.get(q["id"])) and counts[1]
    ]
    return {
        "waiting": waiting,
        "unsettled": _unsettled(found)[:LISTED],
        "agreement": agreement,
        "shares": {"closed": _share(agreement.closed)},
        "by_question": by_question,
    }


def _share(counts: tuple[int, int]) -> str:
    """The share that is equal, in percent, with one decimal: 99.5 is not 100."""
    return number_format(math.floor(1000 * counts[0] / counts[1]) / 10, 1) if counts[1] else ""


def _unsettled(found: Survey) -> QuerySet[KeyedSheet]:
    return KeyedSheet.objects.filter(survey=found, second__answers__isnull=False).order_by("number")


def _compiled(request: HttpRequest, found: Survey) -> CompiledSurvey:
    """The version that the sheets were printed from: `?version=`, else the one online."""
    wanted = request.POST.get("version") or request.GET.get("version") or ""
    if wanted and not (wanted.isascii() and wanted.isdigit() and len(wanted) < 9):
        raise Http404
    number = int(wanted) if wanted else found.live_version.number
    try:
        return compiled(found.key, number)
    except SurveyVersion.DoesNotExist:
        raise Http404 from None


def _channel(channel: str) -> Response.Channel:
    if channel not in {known.value for known in keying.CHANNELS}:
        raise Http404
    return Response.Channel(channel)


@never_cache
def key(request: HttpRequest, pk: int, channel: str) -> HttpResponse:
    """One sheet, or one talk: GET shows the empty form below what was keyed in last; POST stores and goes on."""
    found, by = _survey(request, pk), _channel(channel)
    version = _compiled(request, found)
    if request.method != "POST":
        return _blank(request, found, version, by)
    filled = keying_form.read(version, request.POST, asks_number=by == Response.Channel.PAPER)
    if not receipts.is_valid_token(found.key, filled.token) or receipts.voucher_of(filled.token):
        filled.complain(_("This form had to be renewed. What you typed is still here: send it again."))
        filled = filled._replace(token=receipts.issue_token(found.key))
    if filled.errors:
        return _form(request, found, version, by, filled, status=422)
    try:
        sheet = keying.key_in(version, by, filled.number, filled.answers, filled.token, request.user)
    except (keying.NumberTaken, keying.UsedElsewhere, intake.Closed, OperationalError) as refused:
        return _refused(request, found, version, by, filled, refused)
    _note_pace(request, found, by)
    if filled.unsent:
        messages.warning(request, keying_form.told_unsent(version, filled.unsent))
    older = f"&version={version.number}" if version.number != found.live_version.number else ""
    address = reverse("surveys_key", args=[sheet.survey_id, by.value])
    return redirect(f"{address}?t={receipts.issue_ticket(filled.token)}{older}")


def _refused(
    request: HttpRequest, found: Survey, version: CompiledSurvey, by: Response.Channel, filled: Filled, why: Exception
) -> HttpResponse:
    taken = why.sheet if isinstance(why, keying.NumberTaken) else None
    if taken:
        free = keying.next_number(found.pk, by)
        told = _("Sheet %(n)d was keyed in before. Is this another sheet? The next free number is %(free)d.")
        filled.complain(told % {"n": taken.number, "free": free}, keying_form.NUMBER)
    elif isinstance(why, intake.Closed):
        filled.complain(keying_form.why_closed(why.phase))
    elif isinstance(why, OperationalError):
        filled.complain(_("Not stored: our service is busy. Send the form again."))
    else:
        filled.complain(_("This form was already sent from elsewhere. Send it again: it has been renewed."))
        filled = filled._replace(token=receipts.issue_token(found.key))
    return _form(request, found, version, by, filled, status=409 if taken else 422, taken=taken)


def _blank(request: HttpRequest, found: Survey, version: CompiledSurvey, by: Response.Channel) -> HttpResponse:
    token = receipts.read_ticket(request.GET.get("t", ""))
    last = keying.sheet_of(version, token) if token else None
    number = keying.next_number(found.pk, by) if by == Response.Channel.PAPER else None
    filled = keying_form.empty(receipts.issue_token(found.key), number)
    told: dict[str, Any] = {}
    if last and last.survey_id == found.pk and token:
        told = {"last": last, "code": receipts.show_code(keying.code_of(version, token))}
        told["given"] = sum(answer is not None for answer in last.response.answers.values())
        told["left_empty"] = len(last.response.answers) - told["given"]
    return _form(request, found, version, by, filled, **told)


def _form(
    request: HttpRequest,
    found: Survey,
    version: CompiledSurvey,
    by: Response.Channel,
    filled: Filled,
    status: int = 200,
    **told: Any,
) -> HttpResponse:
    context = {
        "survey": found,
        "version": version,
        "version_said": _("version %(n)d") % {"n": version.number},
        "channel": by,
        "asks_number": by == Response.Channel.PAPER,
        "follows": by != Response.Channel.PAPER,  # who reads the questions out asks only those that are asked
        "items": keying_form.items(version, filled),
        "problems": keying_form.problems(version, filled),
        "filled": filled,
        "pace": _pace(request, found, by),
        "phase": found.phase(),
        **told,
    }
    return render(request, "surveys/admin/keying/form.html", context, status=status)


def _session_key(found: Survey, by: Response.Channel) -> str:
    return f"keying:{found.pk}:{by.value}"


def _note_pace(request: HttpRequest, found: Survey, by: Response.Channel) -> None:
    """How many were keyed in since signing in, and when the last ones: kept with the session, not with the sheets."""
    name, now = _session_key(found, by), time.time()
    n, times = request.session.get(name, (0, []))
    recent = [] if times and now - times[-1] > PAUSE else times[1 - PACE :]
    request.session[name] = (n + 1, [*recent, now])


def _pace(request: HttpRequest, found: Survey, by: Response.Channel) -> dict[str, int]:
    n, times = request.session.get(_session_key(found, by), (0, []))
    took = times[-1] - times[0] if len(times) > 2 else 0
    return {"n": n, "an_hour": round(3600 * (len(times) - 1) / took) if took else 0}


@never_cache
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What was keyed in from one sheet, to be corrected."""
    sheet = _sheet(request, pk)
    version = keying.version_of(sheet)
    if request.method != "POST":
        filled = keying_form.empty("", None)._replace(typed=keying.typed(version, sheet.response.answers))
        return _again(request, sheet, version, filled, correcting=True)
    filled = keying_form.read(version, request.POST)
    if not filled.errors:
        try:
            keying.correct(sheet, version, filled.answers)
        except intake.Closed as closed:
            filled.complain(keying_form.why_closed(closed.phase))
        except Response.DoesNotExist:
            raise Http404 from None
        else:
            if filled.unsent:
                messages.warning(request, keying_form.told_unsent(version, filled.unsent))
            messages.success(request, _("Sheet %(n)d is corrected.") % {"n": sheet.number})
            return redirect("surveys_keying", sheet.survey_id)
    return _again(request, sheet, version, filled, correcting=True)


@never_cache
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """The same sheet once more, with nothing shown of the first time."""
    sheet = _sheet(request, pk)
    if hasattr(sheet, "second"):
        return redirect("surveys_keying_settle", sheet.pk)
    version = keying.version_of(sheet)
    if request.method != "POST":
        return _again(request, sheet, version, keying_form.empty("", None), correcting=False)
    filled = keying_form.read(version, request.POST)
    if filled.errors:
        return _again(request, sheet, version, filled, correcting=False)
    done = keying.key_again(sheet, version, filled.answers, request.user)
    if done.answers is None:
        messages.success(request, _("Both typings of sheet %(n)d are the same.") % {"n": sheet.number})
        return redirect("surveys_keying", sheet.survey_id)
    return redirect("surveys_keying_settle", sheet.pk)


def _again(
    request: HttpRequest, sheet: KeyedSheet, version: CompiledSurvey, filled: Filled, correcting: bool
) -> HttpResponse:
    context = {
        "survey": sheet.survey,
        "version": version,
        "version_said": _("version %(n)d") % {"n": version.number},
        "sheet": sheet,
        "channel": Response.Channel(sheet.channel),
        "correcting": correcting,
        "own": not correcting and sheet.keyed_by_id == request.user.pk,
        "items": keying_form.items(version, filled),
        "problems": keying_form.problems(version, filled),
        "filled": filled,
    }
    return render(request, "surveys/admin/keying/form.html", context, status=422 if filled.errors else 200)


@never_cache
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Where two typings of a sheet differ: which is right."""
    sheet = _sheet(request, pk)
    if getattr(sheet, "second", None) is None or sheet.second.answers is None:
        return redirect("surveys_keying", sheet.survey_id)
    version = keying.version_of(sheet)
    found = keying.differences(sheet, version)
    chosen = {d.question["id"]: request.POST.get(version.names[d.question["id"]], "") for d in found}
    errors = request.method == "POST" and any(which not in ("first", "second") for which in chosen.values())
    if request.method == "POST" and not errors:
        try:
            keying.settle(sheet, version, [id_ for id_, which in chosen.items() if which == "second"])
        except intake.Closed as refused:
            messages.error(request, keying_form.why_closed(refused.phase))
        except Response.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Sheet %(n)d is settled; the figures follow.") % {"n": sheet.number})
        return redirect("surveys_keying", sheet.survey_id)
    told = [
        {"difference": d, "name": version.names[d.question["id"]], "chosen": chosen[d.question["id"]]} for d in found
    ]
    context = {"survey": sheet.survey, "sheet": sheet, "differences": told, "errors": errors}
    return render(request, "surveys/admin/keying/settle.html", context, status=422 if errors else 200)
