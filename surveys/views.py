"""The public doors of a survey: its page, the light endpoint that takes responses, thanks, results."""

import logging
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from counting.spreadsheets import write_csv
from participation import arrivals, limits, passes, posts, receipts, resuming, trust
from participation.identity import participant_key, same, submission_key
from uploads import store

from . import files, follow_up, intake, rendering, verbatims
from .exports import results_rows
from .follow_up import question_name
from .forms import compiled, compiled_live, forget
from .models import Response, Survey, SurveyVersion
from .paging import Paging, Turning
from .results import are_public, published
from .served import as_json

log = logging.getLogger(__name__)

ANSWERS_A_PAGE = 50


def _survey(key: str) -> Survey:
    """A survey that was published at some time; anything else does not exist for the public."""
    return get_object_or_404(Survey.objects.for_display(), key=key, live_version__isnull=False)


@require_safe
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """A survey on its own page."""
    found = _survey(key)
    phase = found.phase()
    if phase == "unpublished":
        raise Http404
    if clean := passes.settled(request):
        return redirect(clean)
    spoken = compiled_live(found).in_language(request.GET.get("langue", ""))
    context = {"survey": found, "phase": phase, "schema": spoken.schema if spoken.language else None}
    with translation.override(rendering.page_language(spoken.language)):
        response = render(request, "surveys/survey.html", context)
    # The form's token belongs to one visitor; that of a proven one is not left to who opens the browser next.
    response["Cache-Control"] = "private, no-store" if passes.is_personal(request) else "private, no-cache"
    return response


@csrf_exempt  # no session to ride on and no cookie to set: `origin` and the form's own token stand guard
def respond(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take one response, or one step of it. The survey itself is not loaded: its compiled version knows the way."""
    if request.method != "POST":
        return posts.other_method(request, reverse("surveys:survey", args=[key]))
    if refusal := posts.refusal(request):
        return refusal
    try:
        submission = _Submission(request, key)
    except UnreadablePostError:  # who sent it has gone
        raise
    except OSError:  # the disk is full that big files pass through
        return posts.plain(store.NoRoom().message, HTTPStatus.SERVICE_UNAVAILABLE)
    with translation.override(rendering.page_language(request.POST.get("language", ""))):
        return submission.answer()


class _Submission(Paging):
    """One POST of a form: what was typed, and every way it can end."""

    def __init__(self, request: HttpRequest, key: str):
        self.request, self.key = request, key
        self.typed = dict(request.POST.lists())
        self.token = request.POST.get("token", "")

    def answer(self) -> HttpResponse:
        try:
            found = compiled(self.key, int(self.request.POST.get("version", "")[:9]))
            self.survey = found.in_language(self.request.POST.get("language", ""))
        except (ValueError, SurveyVersion.DoesNotExist):
            return self._unknown_version()
        if limits.is_over(limits.Limit("respond", *settings.RESPONSES_PER_ADDRESS), self.request):
            return self._again(_("Too many forms came from this connection. Wait a few minutes and send again."), 429)
        if taken := self._take_files():
            return self._page_with(taken.errors, taken.status)
        if self.survey.foreign_fields(self.typed):
            return self._again(_("This form does not belong to this survey. Check your answers and send again."), 422)
        if not receipts.is_valid_token(self.key, self.token):
            return self._again(_("This form had to be renewed. Your answers are still here: send it again."), 422)
        self.token = passes.lift(self.request, self.key, self.survey.tag, self.token, self.survey.trust)
        if not self._may_answer():
            return self._unproven()
        try:
            if self.survey.is_paged:
                return self.turn()
            if self.request.POST.get("go") == "save":
                return self.save_for_later()
        except DatabaseError as error:
            log.error("page not kept: %s", type(error).__name__)
            return self._again(_("Your answers are not saved: our service is busy. Send the form again."), 503)
        if self.request.POST.get("go") == "change":
            return self._page(rendering.draw_form(self.survey, self.token, self.typed), 200)
        return self._send()

    def _take_files(self) -> files.Taken | None:
        """Receive what came as files, whatever becomes of the rest; what is wrong with them."""
        taken = files.take(self.request, self.survey, self.typed) if self.survey.takes_files else None
        return taken if taken and taken.errors else None

    def _page_with(self, errors: rendering.Errors, status: int) -> HttpResponse:
        """The same form, or page of it, with each error at its field."""
        return self._page(self.draw(errors), status)

    def _may_answer(self) -> bool:
        """Does the form carry the proof that is asked for? No query where it does; the database judges anyway."""
        level = trust.reached(receipts.voucher_of(self.token), self.survey.trust)
        if not trust.suffices(level, self.survey.trust):
            demanded = Survey.objects.filter(key=self.key).values_list("trust", flat=True).get()
            if demanded == self.survey.trust:
                return False
            forget()
            self.survey = compiled(self.key, self.survey.number).in_language(self.survey.language)
            return self._may_answer()
        return True

    def _unproven(self) -> HttpResponse:
        """Not stored. Above the form, with all that was typed, stands what has to come first."""
        found = _survey(self.key)
        if found.phase() != "open":
            return self._closed(found.phase())
        message = _(
            "Your answers are not sent yet: they are kept below. First do what is asked above, then send again."
        )
        form = self.draw([("", "", message)])
        gate = passes.gate(self.key, self.survey.tag, found.trust, form_address(found))
        return self._page(form, HTTPStatus.FORBIDDEN, gate=gate)

    def _answered(self) -> HttpResponse:
        """Not stored: one person per browser, and that one is there already."""
        context = {"survey": _survey(self.key)}
        response = render(self.request, "surveys/answered.html", context, status=HTTPStatus.FORBIDDEN)
        response["Cache-Control"] = "no-store"
        return response

    def _unknown_version(self) -> HttpResponse:
        found = _survey(self.key)
        if found.phase() != "open":
            return self._closed(found.phase())
        self.survey = compiled_live(found).in_language(self.request.POST.get("language", ""))
        self._take_files()
        return self._again(_("The questions changed meanwhile. Check your answers and send again."), 422)

    def _send(self) -> HttpResponse:
        answers, errors, unsent = self.survey.read(self.typed)
        if errors:
            return self._page_with(errors, 422)
        if unsent and self.request.POST.get("go") != "confirm":
            return self._page(rendering.draw_review(self.survey, self.token, self.typed), 200)
        code = posts.trusted_code(self.request, self.survey.tag)
        return self.store(answers, code, drafted="drafted" in self.typed)

    def store(self, answers: dict[str, Any], code: str | None, drafted: bool) -> HttpResponse:
        try:
            came = arrivals.came(self.request, self.token)
            receipt = intake.receive(self.key, self.survey.number, answers, self.token, code, came, drafted)
        except intake.Closed as closed:
            return self._closed(closed.phase)
        except intake.Unproven:
            return self._unproven()
        except intake.Answered:
            return self._answered()
        except files.Gone as gone:
            return self._lost(gone.question_id)
        except DatabaseError as error:
            log.error("response not stored: %s", type(error).__name__)
            return self._again(_("Your answers are not saved: our service is busy. Send the form again."), 503)
        return self._thank(receipt)

    def _lost(self, question_id: str) -> HttpResponse:
        """Not stored: a file that was received is there no more."""
        name = self.survey.names[question_id]
        self.typed.pop(name, None)
        return self._page_with([(question_id, name, _("This file is no longer here. Choose it again."))], 422)

    def _thank(self, receipt: intake.Receipt) -> HttpResponse:
        response = HttpResponse(status=HTTPStatus.SEE_OTHER)
        ticket = passes.ticket(self.survey.tag, self.token, "thanks")
        spoken = f"&langue={self.survey.language}" if self.survey.language else ""
        response["Location"] = f"{_thanks_address(self.key)}?t={ticket}{spoken}"
        response["Cache-Control"] = "no-store"
        passes.remember_code(self.request, response, self.survey.tag, self.token, receipt.code)
        return response

    def _again(self, message: str, status: int) -> HttpResponse:
        """The same form with everything typed kept, a message above it, and a token that is good."""
        token = self.token
        if not receipts.is_valid_token(self.key, token):
            fresh = receipts.issue_token(self.key)
            token = passes.lift(self.request, self.key, self.survey.tag, fresh, self.survey.trust)
        self.token = token
        return self._page(self.draw([("", "", message)]), status)

    def _page(self, form: str, status: int, gate: passes.Gate | None = None, step: str = "") -> HttpResponse:
        context = {"schema": self.survey.schema, "form": form, "refused": status >= 400, "gate": gate, "step": step}
        response = render(self.request, "surveys/survey.html", context, status=status)
        response["Cache-Control"] = "no-store"
        if status in (429, 503):
            response["Retry-After"] = "60"
        return response

    def _closed(self, phase: str) -> HttpResponse:
        found = Survey.objects.for_display().filter(key=self.key).first()
        context = {"survey": found, "phase": phase, "not_saved": True}
        response = render(self.request, "surveys/closed.html", context, status=HTTPStatus.GONE)
        response["Cache-Control"] = "no-store"
        return response


def form_address(found: Survey) -> str:
    """Where a survey's form is, for who comes back from proving themselves."""
    return f"{found.get_absolute_url()}#questionnaire"


@require_safe
@never_cache
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """A form in the middle: the page `?p=` of it, the last look before sending, or the code to go on with later."""
    found = _survey(key)
    token = resuming.unseal(request.GET.get("t", "")) or ""
    survey = compiled_live(found).in_language(request.GET.get("langue", ""))
    if found.phase() != "open":
        response = render(
            request, "surveys/closed.html", {"survey": found, "phase": found.phase()}, status=HTTPStatus.GONE
        )
    elif not receipts.is_valid_token(key, token):
        response = render(request, "surveys/ask_code.html", {"survey": found}, status=HTTPStatus.FORBIDDEN)
    else:
        with translation.override(rendering.page_language(survey.language)):
            response = Turning(request, found, survey, token).page()
    response["Cache-Control"] = "no-store"
    # Not to other sites; without any, the browser would say of the next POST that it comes from nowhere.
    response["Referrer-Policy"] = "same-origin"
    return response


@lru_cache(maxsize=256)
def _thanks_address(key: str) -> str:
    return reverse("surveys:thanks", args=[key])


@require_safe
@never_cache
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """The receipt code, for an hour after sending and only to who sent."""
    found = _survey(key)
    token = passes.token_in(key, found.scope.tag, request.GET.get("t", ""), "thanks")
    stored, code = _sent(request, found, token) if token else (None, None)
    context = {
        "survey": found,
        "code": receipts.show_code(code) if code else None,
        "sent_on": stored.received_on if stored else None,
        "proof": follow_up.proof_of(stored) if stored else "",
        "results_public": are_public(found),
    }
    spoken = compiled_live(found).in_language(request.GET.get("langue", ""))
    context["said"] = spoken.schema if spoken.language else None
    with translation.override(rendering.page_language(spoken.language)):
        response = render(request, "surveys/thanks.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _sent(request: HttpRequest, found: Survey, token: str) -> tuple[Response | None, str | None]:
    """The response of the form load `token` and its code, if this visitor can be the one who sent it."""
    salt, tag = bytes(found.scope.salt), found.scope.tag
    own = receipts.code_for(tag, salt, token)
    mine = Q(submission_key=submission_key(salt, token)) | Q(participant_key=participant_key(salt, own))
    stored = Response.objects.filter(mine, survey=found).only("participant_key", "answers", "received_on").first()
    if stored is None:
        return None, None
    codes = [own, posts.known_code(request, tag)]
    code = next((c for c in codes if c and same(participant_key(salt, c), stored.participant_key)), None)
    return (stored, code) if code else (None, None)


def _published(key: str) -> Survey:
    found = _survey(key)
    if not are_public(found):
        raise Http404
    return found


@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Everything the public may know of a survey's answers, as tables."""
    return render(request, "surveys/results_page.html", {"survey": _published(key)})


@require_safe
def open_answers(request: HttpRequest, key: str) -> HttpResponse:
    """What people wrote to one question, as far as it may be shown: `?question=`, else the first that shows any."""
    found = _published(key)
    questions = verbatims.questions(found)
    wanted = request.GET.get("question") or (questions[0]["id"] if questions else "")
    question = next((q for q in questions if q["id"] == wanted), None)
    if question is None:
        raise Http404
    answers = verbatims.of_question(found, question["id"]).only("text")
    page = Paginator(answers, ANSWERS_A_PAGE).get_page(request.GET.get("page"))
    context = {"survey": found, "question": question, "page": page}
    context["question_name"] = question_name(found.pk, question["id"])
    return render(request, "surveys/open_answers.html", context)


@require_safe
def results_json(request: HttpRequest, key: str) -> HttpResponseBase:
    served = as_json(key)
    if served is None:
        raise Http404
    response = HttpResponse(served.body, content_type="application/json")
    response["Cache-Control"] = "no-cache"  # caches may keep it, and ask each time whether it still holds
    response["ETag"] = served.tag
    return get_conditional_response(request, etag=served.tag, response=response)


@require_safe
def results_csv(request: HttpRequest, key: str) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="resultats-{key}.csv"'
    write_csv(response, results_rows(published(_published(key))))
    return response
