"""The public doors of a survey: its page, the light endpoint that takes responses, thanks, results."""

import logging
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

from . import files, follow_up, framing, given_emails, intake, rendering, verbatims
from .exports import results_rows
from .follow_up import question_name
from .forms import CompiledSurvey, compiled, compiled_live, forget
from .models import Response, Survey, SurveyVersion
from .paging import Paging, Turning
from .results import are_public, published
from .served import as_json

log = logging.getLogger(__name__)

ANSWERS_A_PAGE = 50


def load(request: HttpRequest, key: str) -> Survey:
    """A survey that was published at some time; anything else does not exist for the public."""
    found = framing.survey_in(request)
    return found or get_object_or_404(Survey.objects.for_display(), key=key, live_version__isnull=False)


def _read(request: HttpRequest, found: Survey) -> CompiledSurvey:
    """What `found` asks, in the language that the address names."""
    return compiled_live(found).in_language(request.GET.get("langue", ""), framing.is_framed(request))


@require_safe
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """A survey on its own page."""
    found = load(request, key)
    phase = found.phase()
    if phase == "unpublished":
        raise Http404
    if clean := passes.settled(request):
        return redirect(clean)
    spoken = _read(request, found)
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
        return posts.other_method(request, framing.address(key, "survey", framing.is_framed(request)))
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
            self.survey = self._read(compiled(self.key, int(self.request.POST.get("version", "")[:9])))
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

    def _read(self, found: CompiledSurvey) -> CompiledSurvey:
        return found.in_language(self.request.POST.get("language", ""), framing.is_framed(self.request))

    def _take_files(self) -> files.Taken | None:
        """Receive what came as files, whatever becomes of the rest; what is wrong with them."""
        taken = files.take(self.request, self.survey, self.typed) if self.survey.takes_files else None
        return taken if taken and taken.errors else None

    def _page_with(self, errors: rendering.Errors, status: int) -> HttpResponse:
        """The same form, or page of it, with each error at its field."""
        return self._page(self.draw(errors), status)

    def _may_answer(self) -> bool:
        """Does the form carry the proof that is asked for? No query where it does; the database judges anyway.

        In a frame nothing can be proven, not even that a browser is another one.
        """
        if framed := framing.survey_in(self.request):
            if framed.trust != self.survey.trust:
                self._compile_anew()
            return framed.trust == trust.OPEN
        level = trust.reached(receipts.voucher_of(self.token), self.survey.trust)
        if not trust.suffices(level, self.survey.trust):
            demanded = Survey.objects.filter(key=self.key).values_list("trust", flat=True).get()
            if demanded == self.survey.trust:
                return False
            self._compile_anew()
            return self._may_answer()
        return True

    def _compile_anew(self) -> None:
        """The proof that is asked for changed meanwhile."""
        forget()
        self.survey = self._read(compiled(self.key, self.survey.number))

    def _unproven(self) -> HttpResponse:
        """Not stored. Above the form, with all that was typed, stands what has to come first."""
        found = load(self.request, self.key)
        if found.phase() != "open":
            return self._closed(found.phase())
        if framing.is_framed(self.request):
            message = _("Your answers are not sent: the survey has to be answered on our own site. Copy what you need.")
            return self._page(self.draw([("", "", message)]), HTTPStatus.FORBIDDEN, elsewhere=True)
        message = _(
            "Your answers are not sent yet: they are kept below. First do what is asked above, then send again."
        )
        form = self.draw([("", "", message)])
        gate = passes.gate(self.key, self.survey.tag, found.trust, form_address(found))
        return self._page(form, HTTPStatus.FORBIDDEN, gate=gate)

    def _answered(self) -> HttpResponse:
        """Not stored: one person per browser, and that one is there already."""
        context = {"survey": load(self.request, self.key)}
        response = render(self.request, "surveys/answered.html", context, status=HTTPStatus.FORBIDDEN)
        response["Cache-Control"] = "no-store"
        return response

    def _unknown_version(self) -> HttpResponse:
        found = load(self.request, self.key)
        if found.phase() != "open":
            return self._closed(found.phase())
        self.survey = self._read(compiled_live(found))
        self._take_files()
        return self._again(_("The questions changed meanwhile. Check your answers and send again."), 422)

    def _send(self) -> HttpResponse:
        answers, errors, unsent = self.survey.read(self.typed)
        if errors:
            return self._page_with(errors, 422)
        if unsent and self.request.POST.get("go") != "confirm":
            return self._page(rendering.draw_review(self.survey, self.token, self.typed), 200)
        code = posts.trusted_code(self.request, self.survey.tag)
        return self.store(answers, self.typed, code, drafted="drafted" in self.typed)

    def store(
        self, answers: dict[str, Any], typed: dict[str, list[str]], code: str | None, drafted: bool
    ) -> HttpResponse:
        """Store `answers`, which were `typed`; say thank you, or what is wrong."""
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
        return self._thank(receipt, given_emails.ask(self.request, self.survey, typed, answers))

    def _lost(self, question_id: str) -> HttpResponse:
        """Not stored: a file that was received is there no more."""
        name = self.survey.names[question_id]
        self.typed.pop(name, None)
        return self._page_with([(question_id, name, _("This file is no longer here. Choose it again."))], 422)

    def _thank(self, receipt: intake.Receipt, written: str) -> HttpResponse:
        """To the page of thanks. `written`: did a mail go to an address that was given?"""
        response = HttpResponse(status=HTTPStatus.SEE_OTHER)
        ticket = passes.ticket(self.survey.tag, self.token, "thanks")
        spoken = f"&langue={self.survey.language}" if self.survey.language else ""
        thanked = framing.address(self.key, "thanks", self.survey.framed)
        response["Location"] = f"{thanked}?t={ticket}{spoken}{f'&courriel={written}' if written else ''}"
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

    def _page(self, form: str, status: int, **more: Any) -> HttpResponse:
        """`more`: the "gate" to pass first, the "step" of a form of several pages; "elsewhere": not in a frame."""
        context = {"schema": self.survey.schema, "form": form, "refused": status >= 400, **more}
        response = render(self.request, "surveys/survey.html", context, status=status)
        response["Cache-Control"] = "no-store"
        if status in (429, 503):
            response["Retry-After"] = "60"
        return response

    def _closed(self, phase: str) -> HttpResponse:
        found = Survey.objects.for_display().filter(key=self.key).first()
        return closed(self.request, found, phase)


def form_address(found: Survey) -> str:
    """Where a survey's form is, for who comes back from proving themselves."""
    return f"{found.get_absolute_url()}#questionnaire"


@require_safe
@never_cache
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """A form in the middle: the page `?p=` of it, the last look before sending, or the code to go on with later."""
    found = load(request, key)
    token = resuming.unseal(request.GET.get("t", "")) or ""
    survey = _read(request, found)
    if found.phase() != "open":
        response = closed(request, found, found.phase())
    elif not receipts.is_valid_token(key, token):
        response = ask_code(request, survey, HTTPStatus.FORBIDDEN, late=True)
    else:
        with translation.override(rendering.page_language(survey.language)):
            response = Turning(request, found, survey, token).page()
    response["Cache-Control"] = "no-store"
    # Not to other sites; without any, the browser would say of the next POST that it comes from nowhere.
    response["Referrer-Policy"] = "same-origin"
    return response


def closed(request: HttpRequest, found: Survey | None, phase: str) -> HttpResponse:
    """Why nothing of `found` is taken now."""
    context = {"survey": found, "phase": phase}
    response = render(request, "surveys/closed.html", context, status=HTTPStatus.GONE)
    response["Cache-Control"] = "no-store"
    return response


def ask_code(request: HttpRequest, survey: CompiledSurvey, status: int, **context: Any) -> HttpResponse:
    """Ask for somebody's code, to go on under it. `late`: the address they came with is not good any more."""
    spoken = f"?langue={survey.language}" if survey.language else ""
    here = framing.address(survey.key, "survey", survey.framed) + spoken + framing.top(survey.framed)
    action = reverse("participation:follow_up")
    if survey.framed:
        action = framing.address(survey.key, "code", True) + spoken + framing.top(True)
    context |= {"schema": survey.schema, "here": here, "action": action, "resume": f"/enquetes/{survey.key}/"}
    return render(request, "surveys/ask_code.html", context, status=status)


@require_safe
@never_cache
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """The receipt code, for an hour after sending and only to who sent."""
    found = load(request, key)
    token = passes.token_in(key, found.scope.tag, request.GET.get("t", ""), "thanks")
    stored, code = _sent(request, found, token) if token else (None, None)
    context = {
        "survey": found,
        "code": receipts.show_code(code) if code else None,
        "sent_on": stored.received_on if stored else None,
        "proof": follow_up.proof_of(stored) if stored else "",
        "results_public": are_public(found),
        "written": request.GET.get("courriel"),
    }
    spoken = _read(request, found)
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


def _published(request: HttpRequest, key: str) -> Survey:
    found = load(request, key)
    if not are_public(found):
        raise Http404
    return found


@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Everything the public may know of a survey's answers, as tables."""
    return render(request, "surveys/results_page.html", {"survey": _published(request, key)})


@require_safe
def open_answers(request: HttpRequest, key: str) -> HttpResponse:
    """What people wrote to one question, as far as it may be shown: `?question=`, else the first that shows any."""
    found = _published(request, key)
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
    write_csv(response, results_rows(published(_published(request, key))))
    return response
