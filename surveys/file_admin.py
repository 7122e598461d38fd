"""Photos and documents sent with the responses to a survey, for its agents; what may not be kept is deleted."""

import uuid

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.log_actions import log

from uploads import store

from .models import AnswerFile, Survey
from .questions.upload import ALT

A_PAGE = 24


def asks_for_files(survey: Survey) -> bool:
    """Does `survey` ask for anything that is sent as a file, or did it?"""
    asked = survey.live_version.schema["questions"] if survey.live_version else []
    return any(question["type"] in ("photo", "file") for question in asked)


@permission_required("surveys.change_survey", raise_exception=True)
def sent_files(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what was sent, in no order that tells when; POST with `upload`: that one is deleted."""
    survey = get_object_or_404(Survey.objects.select_related("live_version"), pk=pk)
    if request.method == "POST":
        return _delete(request, survey)
    found = AnswerFile.objects.filter(survey=survey).select_related("upload", "response").order_by("pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
    wordings = {q["id"]: q["wording"] for q in survey.live_version.schema["questions"]} if survey.live_version else {}
    sent = [
        {
            "upload": one.upload,
            "wording": wordings.get(one.question_id, ""),
            "alt": (one.response.answers.get(one.question_id) or {}).get(ALT, ""),
            "received_on": one.response.received_on,
        }
        for one in page
    ]
    return render(request, "surveys/admin/files.html", {"survey": survey, "page": page, "sent": sent})


def _delete(request: HttpRequest, survey: Survey) -> HttpResponse:
    try:
        pk = uuid.UUID(request.POST.get("upload", ""))
    except ValueError:
        pk = uuid.UUID(int=0)
    if AnswerFile.objects.filter(survey=survey, upload=pk).exists():
        store.discard(pk)
        log(instance=survey, action="palabre.delete_upload", user=request.user)
        messages.success(request, _("Deleted. The answers of whoever sent it are still counted."))
    return redirect(reverse("surveys_files", args=[survey.pk]))
