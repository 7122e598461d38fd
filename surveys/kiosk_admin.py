"""The admin's pages of kiosks: open one, give its link once, see what it sent, change its limits, close it."""

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.log_actions import log

from participation import qr, trust

from . import kiosks
from .forms import compiled_live
from .models import Kiosk, Survey
from .questions import type_of

MOST = 5000  # answers of one kiosk
SHOWN = 50  # kiosks listed


class KioskForm(forms.ModelForm):
    class Meta:
        model = Kiosk
        fields = ("place", "responsible", "word", "last_day", "most")
        widgets = {"last_day": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word"].validators.append(MinLengthValidator(4))
        self.fields["most"].validators += [MinValueValidator(1), MaxValueValidator(MOST)]

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if "last_day" in self.changed_data and day < timezone.localdate():
            raise ValidationError(_("This day is past: choose today or a later one."))
        if day.year > timezone.localdate().year + 10:
            raise ValidationError(_("Choose a day within ten years."))
        return day


class NewKioskForm(KioskForm):
    """With the id that the page was drawn with: sent twice, it makes one kiosk."""

    id = forms.UUIDField(widget=forms.HiddenInput)


@permission_required("surveys.change_survey", raise_exception=True)
def survey_kiosks(request: HttpRequest, pk: int) -> HttpResponse:
    """The kiosks of a survey, and the form that opens another."""
    survey = get_object_or_404(Survey.objects.for_display(), pk=pk, live_version__isnull=False)
    closing = survey.closing()
    suggested = {"id": uuid.uuid4(), "last_day": timezone.localdate(closing) if closing else timezone.localdate()}
    form = NewKioskForm(request.POST if request.method == "POST" else None, initial=suggested)
    refusal = _why_not(survey)
    if form.is_bound and not refusal and form.is_valid():
        return _open(request, survey, form)
    context = {
        "survey": survey,
        "form": form,
        "refusal": refusal,
        "grace": settings.KIOSK_GRACE_DAYS,
        "left_out": [q["wording"] for q in compiled_live(survey).questions if not type_of(q).at_kiosk],
        "kiosks": Kiosk.objects.filter(survey=survey).order_by("-created_at")[:SHOWN],
    }
    return render(request, "surveys/admin/kiosks.html", context, status=422 if form.is_bound else 200)


def _why_not(survey: Survey) -> str:
    if trust.asks_proof(survey.trust):
        return _("This survey asks people to prove who they are: on a tablet that many share nobody can.")
    if survey.phase() in ("closed", "unpublished"):
        return _("This survey is closed, or not online: no kiosk can be opened.")
    return ""


def _open(request: HttpRequest, survey: Survey, form: NewKioskForm) -> HttpResponse:
    if Kiosk.objects.filter(pk=form.cleaned_data["id"]).exists():
        messages.error(request, _("This kiosk was opened before. If you lost its link, ask for a new one."))
        return redirect("surveys_kiosks", survey.pk)
    kiosk = form.save(commit=False)
    kiosk.pk, kiosk.survey, kiosk.created_by = form.cleaned_data["id"], survey, request.user
    secret = kiosks.new_secret(kiosk)
    kiosk.save(force_insert=True)
    log(survey, "palabre.open_kiosk", user=request.user, data={"place": kiosk.place})
    return _link(request, kiosk, secret)


def _link(request: HttpRequest, kiosk: Kiosk, secret: str) -> HttpResponse:
    """Shown once: only the hash of the secret is kept."""
    address = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('surveys:kiosk', args=[kiosk.pk])}#{secret}"
    drawn = mark_safe(qr.svg(address))  # noqa: S308 - ours
    context = {"kiosk": kiosk, "survey": kiosk.survey, "address": address, "qr": drawn}
    response = render(request, "surveys/admin/kiosk_link.html", context)
    response["Cache-Control"] = "no-store"
    return response


@permission_required("surveys.change_survey", raise_exception=True)
def one_kiosk(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """One kiosk. POST with `act`: its limits change, it gets a new link, or it is closed or opened again."""
    found = Kiosk.objects.select_related("survey__scope", "survey__tool", "survey__live_version")
    kiosk = get_object_or_404(found, pk=kiosk_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "renew":
        secret = kiosks.new_secret(kiosk)
        kiosk.save(update_fields=["secret_hash"])
        log(kiosk.survey, "palabre.renew_kiosk", user=request.user, data={"place": kiosk.place})
        return _link(request, kiosk, secret)
    if act in ("close", "open"):
        return _turn(request, kiosk, act == "close")
    form = KioskForm(request.POST if act == "save" else None, instance=kiosk)
    if form.is_valid():
        Kiosk.objects.filter(pk=kiosk.pk).update(**form.cleaned_data)  # what its tablets send meanwhile is counted
        messages.success(request, _("Saved. Tablets learn of it when they have a network."))
        return redirect("surveys_kiosks", kiosk.survey_id)
    context = {"kiosk": kiosk, "survey": kiosk.survey, "form": form}
    return render(request, "surveys/admin/kiosk.html", context, status=422 if form.is_bound else 200)


def _turn(request: HttpRequest, kiosk: Kiosk, revoked: bool) -> HttpResponse:
    if Kiosk.objects.filter(pk=kiosk.pk, revoked=not revoked).update(revoked=revoked):
        action = "palabre.close_kiosk" if revoked else "palabre.open_kiosk"
        log(kiosk.survey, action, user=request.user, data={"place": kiosk.place})
    closed = _("Closed: nothing more is taken from its tablets. What they sent before stays and counts.")
    messages.success(request, closed if revoked else _("Open again: what waits on its tablets can be sent."))
    return redirect("surveys_kiosks", kiosk.survey_id)
