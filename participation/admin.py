"""The admin's pages of letter codes: how many there are and were used, new ones, and taking a batch back."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.log_actions import log

from . import letters, places, sheets
from .models import AccessBatch, Scope

may_manage = permission_required("participation.manage_codes", raise_exception=True)


class CodesForm(forms.Form):
    """How many codes, for which letter, in what shape."""

    batch = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title on the letters"), max_length=100, help_text=_("What people are asked about, in a few words.")
    )
    size = forms.IntegerField(
        label=_("How many codes"), min_value=1, max_value=letters.MOST, help_text=_("One for each person.")
    )
    shape = forms.ChoiceField(
        label=_("In what shape"),
        choices=[
            ("rows", _("A file (CSV) for the mailing house: code, address, address for a QR code")),
            ("labels", _("A sheet to print: eight labels on each A4 page, with a QR code")),
        ],
        widget=forms.RadioSelect,
        initial="rows",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shape") == "labels" and data.get("size", 0) > sheets.MOST_LABELS:
            message = _("At most %(n)d labels on a sheet. Choose the file for more.") % {"n": sheets.MOST_LABELS}
            self.add_error("size", message)
        return data


@may_manage
def codes(request: HttpRequest, scope_id: int) -> HttpResponseBase:
    """The batches of a consultation, and the form to make one; what it makes is sent once and never again."""
    scope = get_object_or_404(Scope, pk=scope_id)
    if not places.may_manage(request.user, scope.pk):
        raise Http404
    open_to = places.places(scope, ("unpublished", "coming", "open", "closed"))
    suggested = {"batch": uuid.uuid4(), "title": open_to[0].title[:100] if open_to else ""}
    form = CodesForm(request.POST or None, initial=suggested)
    if form.is_valid():
        try:
            return _made(request, scope, form.cleaned_data, open_to)
        except ValueError:
            messages.error(request, _("These codes were made and shown before. They cannot be shown a second time."))
            return redirect("access_codes", scope.pk)
    batches = AccessBatch.objects.filter(scope=scope).select_related("created_by").order_by("-created_at")
    counted = batches.annotate(
        used=Count("codes", filter=Q(codes__used=True)), revoked=Count("codes", filter=Q(codes__revoked=True))
    )
    told = {"scope": scope, "places": open_to, "form": form, "batches": counted}
    status = 422 if form.is_bound else 200
    return render(request, "participation/admin/codes.html", told, status=status)


def _made(
    request: HttpRequest, scope: Scope, data: dict[str, Any], open_to: list[places.Place]
) -> StreamingHttpResponse:
    ends = [place.closing for place in open_to if place.closing]
    address = settings.BASE_URL.rstrip("/") + reverse("participation:letter", args=[scope.tag])
    letter = sheets.Letter(data["title"], address, timezone.localdate(max(ends)) if ends else None)
    made = letters.make(data["batch"], scope, data["title"], data["size"], request.user)
    batch = AccessBatch.objects.get(pk=data["batch"])
    log(batch, "palabre.make_codes", user=request.user, data={"title": data["title"], "size": data["size"]})
    if data["shape"] == "labels":
        response = StreamingHttpResponse(sheets.labels(request, letter, made), content_type="text/html; charset=utf-8")
    else:
        response = StreamingHttpResponse(sheets.rows(letter, made), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="codes-{scope.tag}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@may_manage
def revoke(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Ask, then take back every code of a batch."""
    batch = get_object_or_404(AccessBatch.objects.select_related("scope"), pk=batch_id)
    if not places.may_manage(request.user, batch.scope_id):
        raise Http404
    if request.method != "POST":
        used = batch.codes.filter(used=True).count()
        return render(request, "participation/admin/revoke.html", {"batch": batch, "used": used})
    n = letters.revoke(batch)
    log(batch, "palabre.revoke_codes", user=request.user, data={"title": batch.title, "size": n})
    messages.success(request, ngettext("%(n)d code revoked.", "%(n)d codes revoked.", n) % {"n": n})
    return redirect("access_codes", batch.scope_id)
