"""Voting on one statement at a time."""

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from participation import arrivals, limits, passes, posts, receipts

from .. import cards, rules, voting
from ..models import Debate
from ..state import DebateState, state_of
from ..statements import person

log = logging.getLogger(__name__)


def find(key: str) -> Debate:
    """A debate that is online; anything else does not exist for the public."""
    debate = Debate.objects.for_display().filter(key=key).first()
    if debate is None or debate.phase() == "unpublished":
        raise Http404
    return debate


def private(response: HttpResponse) -> HttpResponse:
    """What carries one visitor's token or votes is kept by nobody else."""
    response["Cache-Control"] = "private, no-store"
    return response


def to(url: str) -> HttpResponse:
    return private(HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER))


@require_safe
def debate(request: HttpRequest, key: str) -> HttpResponse:
    """A debate on its own page."""
    if clean := passes.settled(request):
        return to(clean)
    found = find(key)
    shown = cards.card(request, found)
    return private(render(request, "deliberation/debate.html", cards.context(shown, phase=found.phase())))


@csrf_exempt  # no session to ride on and no cookie to set: `posts.refusal` and the form's own token stand guard
def vote(request: HttpRequest, key: str) -> HttpResponse:
    """Take one vote, a change of it, or take it back."""
    if request.method != "POST":
        return posts.other_method(request, reverse("deliberation:debate", args=[key]))
    if refusal := posts.refusal(request):
        return refusal
    try:
        return _Ballot(request, state_of(key)).answer()
    except Debate.DoesNotExist:
        raise Http404 from None


class _Ballot:
    """One POST of a vote and every way it can end."""

    def __init__(self, request: HttpRequest, state: DebateState):
        self.request, self.state = request, state
        self.token, self.ref = cards.lift(request, state), request.POST.get("statement", "")[:20]
        self.code = posts.trusted_code(request, state.tag)

    def answer(self) -> HttpResponse:
        if limits.is_over(limits.Limit("vote", *settings.VOTES_PER_ADDRESS), self.request):
            return self._again(_("Too many votes came from this connection. Wait a few minutes."), 429)
        if not receipts.is_valid_token(self.state.key, self.token):
            return self._again(_("This page had to be renewed. Vote again."), 422)
        word = self.request.POST.get("vote", "")
        if word not in (*cards.VALUES, "withdraw"):
            return self._again(_("Choose one of the three answers."), 422)
        try:
            code = self._withdraw() if word == "withdraw" else self._cast(cards.VALUES[word])
        except voting.NotVotable:
            return self._again(_("This sentence is not put to the vote (any more). Your other votes are safe."), 422)
        except voting.Closed as closed:
            return self._closed(closed.phase)
        except voting.Unproven:
            return self._again(_("Your vote is not saved: first do what is asked below, then vote."), 403)
        except DatabaseError as error:
            log.error("vote not stored: %s", type(error).__name__)
            return self._again(_("Your vote is not saved: our service is busy. Vote again."), 503)
        return self._done(code)

    def _cast(self, value: int) -> str:
        came = arrivals.came(self.request, self.token)
        return voting.receive(self.state.key, self.ref, value, self.token, self.code, came).code

    def _withdraw(self) -> str:
        code, key = person(self.state, self.token, self.code)
        line = self.state.by_ref.get(self.ref)
        if line is None:
            raise voting.NotVotable
        voting.take_back(find(self.state.key), line.id, key)
        return code

    def _done(self, code: str) -> HttpResponse:
        if "fragment" in self.request.POST:
            response = self._fragment(code)
        else:
            # Who sent no code may be refusing cookies: the ticket in the address keeps them the same person.
            carried = cards.carried(self.request, self.state, self.token, self.code)
            url = cards.way_back(self.request, _debate_url(self.state.key), voted=self.ref, **carried)
            response = to(url)
        passes.remember_code(self.request, response, self.state.tag, self.token, code)
        return private(response)

    def _fragment(self, code: str, status: int = 200, **more: Any) -> HttpResponse:
        """The card alone, for the script that puts it in the old one's place."""
        found = find(self.state.key)
        who = cards.visitor(self.request, self.state, token=self.token, code=code)
        back = cards.way_back(self.request, found.get_absolute_url())
        shown = cards.card(self.request, found, who=who, just=self.ref, back=back)
        return render(self.request, "deliberation/card.html", cards.context(shown, **more), status=status)

    def _again(self, message: str, status: int) -> HttpResponse:
        if "fragment" in self.request.POST:
            response = self._fragment(self.code or "", status, error=message)
        else:
            shown = cards.card(self.request, find(self.state.key), back=_debate_url(self.state.key))
            context = cards.context(shown, error=message, phase="open")
            response = render(self.request, "deliberation/debate.html", context, status=status)
        if status in (429, 503):
            response["Retry-After"] = "60"
        return private(response)

    def _closed(self, phase: str) -> HttpResponse:
        return private(closed(self.request, self.state.key, phase))


def closed(request: HttpRequest, key: str, phase: str) -> HttpResponse:
    """410: what was sent is not stored, and why."""
    found = Debate.objects.for_display().filter(key=key).first()
    context = {"debate": found, "phase": phase, "results": found and rules.see_results(found)}
    return private(render(request, "deliberation/closed.html", context, status=HTTPStatus.GONE))


def _debate_url(key: str) -> str:
    return reverse("deliberation:debate", args=[key])
