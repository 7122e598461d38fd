"""A form that goes page by page: what was typed is kept at each page, and one code finds it again.

Each POST is answered by an address to read (so “back” and “reload” send nothing twice); it carries the form's token,
encrypted, and what is kept is read anew each time. Nothing is kept in the page, and no cookie is needed.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from participation import posts, receipts, resuming

from . import drafts, files, framing, rendering
from .drafts import Standing, Typed
from .forms import CompiledSurvey
from .models import Survey
from .pages import Way
from .questions import Schema
from .rendering import NEW, Errors, way_of

REVIEW, CODE = "relire", "code"


def address(survey: CompiledSurvey, token: str, page: int | str, **more: str) -> str:
    """Where the form goes on, in the language in which it is read."""
    spoken = f"langue={survey.language}&" if survey.language else ""
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{framing.address(survey.key, 'go_on', survey.framed)}?{spoken}t={resuming.seal(token)}&p={page}{query}"


def step_said(survey: CompiledSurvey, way: Way, number: int) -> str:
    """“Question 4 of 10”, for the title of the page."""
    at = way.progress(number)
    values = {"step": at.step, "most": at.most}
    if survey.schema["pace"] == "step":
        said = _("Question %(step)d of %(most)d") if at.least == at.most else _("Question %(step)d of %(most)d at most")
    else:
        said = _("Page %(step)d of %(most)d") if at.least == at.most else _("Page %(step)d of %(most)d at most")
    return said % values


class Turning:
    """One reading of a form in the middle."""

    def __init__(self, request: HttpRequest, found: Survey, survey: CompiledSurvey, token: str):
        self.request, self.found, self.survey, self.token = request, found, survey, token
        self.code = receipts.code_for(survey.tag, survey.salt, token)
        self.standing = drafts.standing(survey, self.code) or NEW

    def page(self) -> HttpResponse:
        wanted, typed = self.request.GET.get("p", ""), self.standing.typed
        if wanted == CODE:
            return self._show_code()
        if not self.survey.is_paged:
            return self._drawn(rendering.draw_form(self.survey, self.token, typed, standing=self.standing), "")
        way = way_of(self.survey, self.standing)
        number = way.nearest(int(wanted[:4])) if wanted.isascii() and wanted.isdigit() else self._first_open(way)
        if wanted == REVIEW or number is None:
            changing, sent = address(self.survey, self.token, ""), self.standing.sent
            form = rendering.draw_review(self.survey, self.token, typed, changing=changing, sent=sent)
            return self._drawn(form, _("Read your answers again"))
        form = rendering.draw_form(self.survey, self.token, typed, (), number, self.standing)
        return self._drawn(form, step_said(self.survey, way, number))

    def _first_open(self, way: Way) -> int | None:
        """Where they left off: the first page with a question they did not pass; None once all are passed."""
        shown = [n for n in range(1, len(self.survey.pages) + 1) if way.shows(n)]
        asked = {n: [q["id"] for q in self.survey.pages[n - 1].questions] for n in shown}
        return next((n for n in shown if not self.standing.passed.issuperset(asked[n])), None)

    def _drawn(self, form: str, step: str) -> HttpResponse:
        lost = "perdu" in self.request.GET
        shown = receipts.show_code(self.code) if self.standing.passed else ""
        context = {"schema": self.survey.schema, "form": form, "step": step, "lost": lost, "code": shown}
        return render(self.request, "surveys/survey.html", context | {"standing": self.standing})

    def _show_code(self) -> HttpResponse:
        here = address(self.survey, self.token, self.request.GET.get("de", "")[:4]) + framing.top(self.survey.framed)
        context = {"survey": self.found, "code": receipts.show_code(self.code), "here": here, "days": drafts.KEPT_DAYS}
        return render(self.request, "surveys/kept.html", context | {"kept": self.standing.begun})


class Paging:
    """What a POST of a form does page by page. `views._Submission` has the rest."""

    request: HttpRequest
    key: str
    survey: CompiledSurvey
    token: str
    typed: dict[str, list[str]]

    _page: Any
    _closed: Any
    store: Any

    def turn(self) -> HttpResponse:
        """Check the page that was shown, keep it, and go where the button says."""
        go = self.request.POST.get("go", "next")
        code, standing = self._who()
        number = self._number()
        lost = standing is NEW and (number is None or way_of(self.survey, NEW).before(number) is not None)
        if number is None:
            return self._to(1, perdu="1") if lost else self._send_kept(standing)
        page = self.survey.pages[number - 1]
        merged = self._merged(standing, page.questions)
        here = {q["id"] for q in page.questions}
        errors = [error for error in self.survey.read(merged.typed).errors if error[0] in here]
        if errors and go in ("next", "send"):
            return self._again_at(number, merged, errors, self.request.POST.get("seen", "-"))
        if notes := self._changed_elsewhere(standing, page.questions):
            form = rendering.draw_form(self.survey, self.token, merged.typed, (), number, standing, notes)
            return self._page(form, HTTPStatus.CONFLICT, step=self._step(merged, number))
        if not self._keep(code, standing, page.questions, merged.typed):
            return self._closed(Survey.objects.for_display().get(key=self.key).phase())
        return self._to(1, perdu="1") if lost else self._go(go, number, merged)

    def _keep(self, code: str, standing: Standing, questions: Sequence[Schema], typed: Typed) -> bool:
        """Keep the input of a page; and of all other questions, where it is the first change of what was sent."""
        sent = [] if standing.begun else [q for q in self.survey.questions if q["id"] in standing.passed]
        kept = {q["id"]: q for q in (*sent, *questions)}
        files.prolong(self.survey, typed, drafts.KEPT_DAYS)
        return drafts.keep(self.survey, code, kept.values(), typed)

    def _again_at(self, number: int, standing: Standing, errors: Errors, seen: str = "") -> HttpResponse:
        """A page with its errors. `seen` stays what it was: nothing was kept."""
        form = rendering.draw_form(self.survey, self.token, standing.typed, errors, number, standing, seen=seen)
        return self._page(form, HTTPStatus.UNPROCESSABLE_ENTITY, step=self._step(standing, number))

    def _go(self, go: str, number: int, merged: Standing) -> HttpResponse:
        way = way_of(self.survey, merged)
        if go == "save":
            return self._to(CODE, de=str(number))
        if go == "back":
            return self._to(way.before(number) or number)
        if after := way.after(number):
            return self._to(after)
        return self._to(REVIEW) if self.survey.schema.get("review", True) else self._send_kept(merged)

    def _who(self) -> tuple[str, Standing]:
        """The code under which this form is kept, and what is kept of it.

        Whoever took part in this consultation before, and is new to this survey, goes on under the code they have.
        """
        code = receipts.code_for(self.survey.tag, self.survey.salt, self.token)
        standing = drafts.standing(self.survey, code)
        if standing:
            return code, standing
        held = posts.trusted_code(self.request, self.survey.tag)
        if held and not receipts.voucher_of(self.token) and not drafts.is_known(self.survey, held):
            self.token = receipts.resuming_token(self.key, held)
            return held, NEW
        return code, NEW

    def _number(self) -> int | None:
        """The page that was shown; None for the last look before sending."""
        said = self.request.POST.get("page", "")
        if said == REVIEW:
            return None
        return min(max(int(said[:4]), 1), len(self.survey.pages)) if said.isascii() and said.isdigit() else 1

    def _merged(self, standing: Standing, questions: tuple[Schema, ...]) -> Standing:
        """What was kept, with the page that was just sent in the place of what was kept of it."""
        names = {self.survey.names[q["id"]] for q in questions}
        others = {name: v for name, v in standing.typed.items() if name.partition("_")[0] not in names}
        mine = {name: v for name, v in self.typed.items() if name.partition("_")[0] in names}
        passed = standing.passed | {q["id"] for q in questions}
        return Standing(others | mine, passed, standing.sent, standing.begun)

    def _changed_elsewhere(self, standing: Standing, questions: tuple[Schema, ...]) -> list[dict[str, Any]]:
        """What was answered to these questions since their page was drawn, where the page now says something else."""
        seen = self.request.POST.get("seen", "-")
        if seen == drafts.fingerprint(self.survey, questions, standing.typed):
            return []
        notes = []
        for question in questions:
            there = drafts.inputs_of(self.survey, question, standing.typed)
            if there and there != drafts.inputs_of(self.survey, question, self.typed):
                lines = self.survey.said(question, standing.typed)
                notes.append({"question": question, "name": self.survey.names[question["id"]], "lines": lines})
        return notes

    def _send_kept(self, standing: Standing) -> HttpResponse:
        answers, errors, unsent = self.survey.read(standing.typed)
        if errors:
            pages = {q["id"]: n for n, page in enumerate(self.survey.pages, 1) for q in page.questions}
            number = pages[errors[0][0]]
            return self._again_at(number, standing, [error for error in errors if pages[error[0]] == number])
        if unsent and self._number() is not None:
            return self._to(REVIEW)
        return self.store(answers, standing.typed, None, drafted=True)

    def save_for_later(self) -> HttpResponse:
        """Keep a form that stands on one page."""
        code, _standing = self._who()
        files.prolong(self.survey, self.typed, drafts.KEPT_DAYS)
        if not drafts.keep(self.survey, code, self.survey.questions, self.typed):
            return self._closed(Survey.objects.for_display().get(key=self.key).phase())
        return self._to(CODE)

    def draw(self, errors: Errors) -> str:
        """The page that was sent, again, with everything typed; what was kept of others may be out of reach."""
        if not self.survey.is_paged:
            return rendering.draw_form(self.survey, self.token, self.typed, errors)
        if (number := self._number()) is None:
            return rendering.draw_review(self.survey, self.token, {}, errors)
        seen = self.request.POST.get("seen", "-")
        return rendering.draw_form(self.survey, self.token, self.typed, errors, number, None, seen=seen)

    def _step(self, standing: Standing, number: int) -> str:
        return step_said(self.survey, way_of(self.survey, standing), number)

    def _to(self, page: int | str, **more: str) -> HttpResponse:
        response = HttpResponse(status=HTTPStatus.SEE_OTHER)
        response["Location"] = address(self.survey, self.token, page, **more)
        response["Cache-Control"] = "no-store"
        return response


__all__ = ["Paging", "Turning", "address"]
