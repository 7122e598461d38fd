"""The only way in, and out again: a response and its ledger row, in one transaction, under the shared gate.

record_response   a new response, the same one sent again, or a correction of it
record_many       responses that were gathered elsewhere, on paper say
correct           what a sheet of paper says, in the place of what was keyed in
reword            other words in an open answer, from their author
date_back         the day on which responses came, for a demo that has no past of its own
withdraw          the response goes, its count goes with it
erase             the same for everything behind a participant key
set_aside         responses stay stored and count no more; `count_again` takes that back
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from counting import gate, jobs, ledger
from counting.models import Tool
from counting.reconcile import Truth
from moderation import quarantine
from participation import arrivals, receipts, trust
from participation.arrivals import Came
from participation.identity import participant_key, same, submission_key
from participation.trust import Unproven

from . import drafts, files, open_answers, rows
from .forms import CompiledSurvey, compile_version, compiled, forget
from .jobs import ask_for_sorting
from .models import Response, Survey, SurveyVersion
from .questions import Schema, type_of
from .rows import Row


class Closed(Exception):
    """The survey takes no responses now; `phase` says why: "unpublished", "coming" or "closed"."""

    def __init__(self, phase: str):
        super().__init__(phase)
        self.phase = phase


class Answered(Exception):
    """One person per browser may answer, and this browser's did."""


class Receipt(NamedTuple):
    """What the participant gets back. `fresh` is False when this very form had been received before."""

    code: str
    fresh: bool


def record_response(
    survey: CompiledSurvey,
    answers: Mapping[str, Any],
    token: str,
    *,
    code: str | None = None,
    channel: str = "web",
    came: Came | None = None,
    drafted: bool = False,
) -> Receipt:
    """Store `answers` and their ledger row; returns the receipt.

    `token` names this form load: sent again it changes nothing, sent again with other answers it corrects them.
    `code` is the code the participant already has in this consultation; it is used unless that person already
    answered this survey (several people share a browser), then they get a code of their own. Who is vouched for is
    known by their proof alone: whatever they send is one response. `came` says
    how it came, for finding bursts. `drafted`: part of it was kept before, under the code of this token; it goes.
    Raises Closed, Unproven, Answered, and django.db.OperationalError when the database cannot take the response now.
    """
    level = trust.reached(receipts.voucher_of(token), survey.trust)
    own = receipts.code_for(survey.tag, survey.salt, token)
    codes = _codes(survey, token, own, code)
    submission = submission_key(survey.salt, token)
    cells = survey.pack(answers, channel, level)
    words, text = survey.has_words(answers), rows.as_text(answers)
    keys = [participant_key(survey.salt, one) for one in codes]
    sent = [Row(key, submission, answers, text, cells, channel, level, words) for key in keys]
    if connection.vendor == "postgresql" and rows.insert_now(survey, sent[0], came, drafted):
        jobs.nudge(survey.tool_id)
        if words:
            ask_for_sorting()
        return Receipt(codes[0], True)
    return _record_step_by_step(survey, codes, own, sent, came, drafted)


def _codes(survey: CompiledSurvey, token: str, own: str, code: str | None) -> list[str]:
    """The codes under which a response may be stored: the first that has none yet."""
    if not code or code[:4] != survey.tag or code == own or receipts.voucher_of(token):
        return [own]
    return [code] if survey.trust == trust.BROWSER else [code, own]


def _record_step_by_step(
    survey: CompiledSurvey, codes: list[str], own: str, sent: list[Row], came: Came | None, drafted: bool
) -> Receipt:
    """For SQLite, and for all that is not a new response to an open survey."""
    with transaction.atomic():
        gate.enter(survey.tool_id)
        for candidate, row in zip(codes, sent, strict=True):
            if stored := rows.insert(survey, row):
                if row.has_words:
                    _have_sorted([stored])
                ledger.write(survey.tool_id, [(1, row.cells)])
                arrivals.note(survey.tool_id, row.participant, came, *rows.content(survey, row))
                if drafted:
                    drafts.forget(survey.survey_id, row.participant)
                jobs.nudge(survey.tool_id)
                return Receipt(candidate, True)
            if known := _same_submission(survey, row, codes, own):
                return Receipt(known, False)
        raise _why_refused(survey, sent[0])


def _have_sorted(response_ids: Iterable[Any]) -> None:
    """Have open answers sorted out of these responses, whose transaction this is."""
    open_answers.note(response_ids)
    ask_for_sorting()


def record_many(
    survey: CompiledSurvey, responses: Sequence[tuple[str, Mapping[str, Any]]], channel: str = "import"
) -> list[bool]:
    """Store many (token, answers), at most a thousand, in one transaction; for each, whether it was new.

    What was gathered elsewhere may be keyed in after the survey closed, so no window applies: only the gate does. A
    token that was stored before changes nothing. Raises Closed with "unpublished", "moved" or the state of the gate.
    """
    sent = []
    for token, answers in responses:
        code = receipts.code_for(survey.tag, survey.salt, token)
        key, submission = participant_key(survey.salt, code), submission_key(survey.salt, token)
        cells, words = survey.pack(answers, channel), survey.has_words(answers)
        sent.append(Row(key, submission, answers, rows.as_text(answers), cells, channel, trust.OPEN, words))
    with transaction.atomic():
        gate.enter(survey.tool_id)
        _check_gate(survey)
        stored = rows.insert_many(survey, sent, channel)
        fresh = [row.submission in stored for row in sent]
        if worded := [row.submission for row in sent if row.has_words and row.submission in stored]:
            written = Response.objects.filter(survey_id=survey.survey_id, submission_key__in=worded)
            _have_sorted(written.values_list("pk", flat=True))
        jobs.nudge(survey.tool_id)
    return fresh


def _check_gate(survey: CompiledSurvey) -> None:
    """Raise Closed unless the survey was published, stands where it was compiled, and its gate is open."""
    found = Survey.objects.filter(pk=survey.survey_id, live_version__isnull=False)
    state, scope_id = found.values_list("tool__state", "scope_id").first() or ("unpublished", survey.scope_id)
    if scope_id != survey.scope_id:
        forget()
        raise Closed("moved")
    if state != Tool.State.OPEN:
        raise Closed(state)


def _same_submission(survey: CompiledSurvey, row: Row, codes: list[str], own: str) -> str | None:
    """The code under which this very form load, this proven person, or whoever went on with the code of this form, was
    stored before, the answers corrected if they differ; else None. Raises Unproven.
    """
    mine = Q(submission_key=row.submission) | Q(participant_key=participant_key(survey.salt, own))
    if trust.asks_proof(row.trust):
        mine |= Q(participant_key=row.participant)
    found = Response.objects.select_for_update().filter(mine, survey_id=survey.survey_id).first()
    if found is None:
        return None
    if found.answers != row.answers and (current := _load(survey)).phase() == "open":
        if not trust.suffices(row.trust, current.trust):
            raise Unproven
        _change(found, survey, row)
    drafts.forget(survey.survey_id, bytes(found.participant_key))
    return next((c for c in [*codes, own] if same(participant_key(survey.salt, c), found.participant_key)), codes[-1])


def _change(found: Response, survey: CompiledSurvey, row: Row) -> None:
    """Replace the answers of `found`, locked: minus the old cells, plus the new. Nothing moves for who is set aside."""
    if not found.set_aside:
        ledger.write(survey.tool_id, [(-1, bytes(found.cells)), (1, row.cells)])
    found.answers, found.cells, found.version_id = dict(row.answers), row.cells, survey.version_id
    found.trust, found.submission_key = row.trust, row.submission
    found.save(update_fields=["answers", "cells", "version", "trust", "submission_key"])
    jobs.nudge(survey.tool_id)
    _have_sorted([found.pk])


def correct(survey: CompiledSurvey, response_id: Any, answers: Mapping[str, Any]) -> None:
    """Put `answers`, read off a sheet, in the place of what was keyed in; no window applies, as in `record_many`.

    Raises Closed as that does, and Response.DoesNotExist when the response was taken back.
    """
    with transaction.atomic():
        gate.enter(survey.tool_id)
        _check_gate(survey)
        found = Response.objects.select_for_update().get(pk=response_id, survey_id=survey.survey_id)
        if found.answers == answers:
            return
        cells, words = survey.pack(answers, found.channel, found.trust), survey.has_words(answers)
        keys = bytes(found.participant_key), bytes(found.submission_key)
        _change(found, survey, Row(*keys, answers, rows.as_text(answers), cells, found.channel, found.trust, words))


def reword(response_id: Any, question: Schema, part: str, text: str) -> None:
    """Put an author's other words in one of their open answers: no figure depends on them.

    The caller holds the item of the desk, so this does not wait for the response: raises django.db.OperationalError
    while somebody else is at it, and Response.DoesNotExist when it was taken back.
    """
    response = Response.objects.select_for_update(nowait=True).get(pk=response_id)
    answer = type_of(question).reworded(question, response.answers[question["id"]], part, text)
    response.answers = {**response.answers, question["id"]: answer}
    response.save(update_fields=["answers"])


def _load(survey: CompiledSurvey) -> Survey:
    return Survey.objects.for_display().get(pk=survey.survey_id)


def _why_refused(survey: CompiledSurvey, row: Row) -> Exception:
    current = Survey.objects.for_display().filter(pk=survey.survey_id).first()
    if current is None:
        return Closed("unpublished")
    if (current.scope_id, current.trust) != (survey.scope_id, survey.trust):
        forget()
        return Closed("moved")
    phase = current.phase()
    if phase != "open":
        return Closed(phase)
    if not trust.suffices(row.trust, current.trust):
        return Unproven()
    there = Response.objects.filter(survey_id=survey.survey_id, participant_key=row.participant)
    if current.trust == trust.BROWSER and there.exists():
        return Answered()
    return Closed("closed")  # open by our clock, shut by the database's, which decides


def receive(
    key: str,
    number: int,
    answers: Mapping[str, Any],
    token: str,
    code: str | None,
    came: Came | None = None,
    drafted: bool = False,
) -> Receipt:
    """`record_response` for the web: finds the survey compiled, and sees to it that old connections do no harm.

    Django would ask each connection whether it lives before using it, one more round trip for every submission. Here
    it is used at once; if it was dead, the same response is sent again over a new one, which its token makes harmless.
    """
    connection.health_check_done = True
    try:
        return _receive(key, number, answers, token, code, came, drafted)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _receive(key, number, answers, token, code, came, drafted)


def _receive(
    key: str, number: int, answers: Mapping[str, Any], token: str, code: str | None, came: Came | None, drafted: bool
) -> Receipt:
    """Follows a survey that joined a consultation, or asks for another proof, since its form was compiled here."""
    more: dict[str, Any] = {"code": code or None, "came": came, "drafted": drafted}
    try:
        return _record(compiled(key, number), answers, token, **more)
    except Closed as refused:
        if refused.phase != "moved":
            raise
        return _record(compiled(key, number), answers, token, **more)


def _record(survey: CompiledSurvey, answers: Mapping[str, Any], token: str, **more: Any) -> Receipt:
    """`record_response`; where files are asked for, with those that were sent, or not at all. Raises files.Gone."""
    if not survey.takes_files:
        return record_response(survey, answers, token, **more)
    with transaction.atomic():
        receipt = record_response(survey, answers, token, **more)
        files.keep(survey, participant_key(survey.salt, receipt.code))
    return receipt


@transaction.atomic
def _remove(responses: Iterable[Response]) -> int:
    """Delete locked responses and count them out, one ledger row each."""
    gone = 0
    for response in responses:
        tool_id = response.survey.tool_id
        gate.enter(tool_id)
        open_answers.take_off(response)
        files.take_off(response)
        deleted, _ = Response.objects.filter(pk=response.pk, cells=response.cells).delete()
        if deleted:
            arrivals.forget(tool_id, bytes(response.participant_key))
            if response.set_aside:
                quarantine.lose(response.burst_id)  # first: who holds a burst locks it before its tool
                ledger.note_aside(tool_id, -1)
            else:
                ledger.write(tool_id, [(-1, bytes(response.cells))])
            jobs.nudge(tool_id)
            gone += 1
    return gone


@transaction.atomic
def set_aside(tool_id: int, keys: Sequence[bytes], burst_id: int) -> int:
    """Count the responses behind these participant keys no more: they are of a burst. Who was in one before stays as
    they are. How many went; none once the total is sealed.
    """
    gate.enter(tool_id)
    found = _of_tool(tool_id).filter(participant_key__in=keys, set_aside=False, burst_id=None)
    return _move(tool_id, found, aside=True, burst_id=burst_id)


@transaction.atomic
def count_again(tool_id: int, burst_id: int, most: int) -> int:
    """Count `most` responses of a burst again; how many there were. None once the total is sealed."""
    gate.enter(tool_id)
    found = _of_tool(tool_id).filter(burst_id=burst_id, set_aside=True)[:most]
    return _move(tool_id, found, aside=False, burst_id=burst_id)


def _of_tool(tool_id: int) -> QuerySet[Response]:
    of_tool = Response.objects.filter(survey_id__in=Survey.objects.filter(tool_id=tool_id).values("pk"))
    return of_tool.select_for_update(of=("self",)).only("pk", "cells").order_by("pk")


def _move(tool_id: int, found: QuerySet[Response], aside: bool, burst_id: int) -> int:
    if gate.is_sealed(tool_id):
        return 0
    locked = list(found)
    ledger.set_aside(tool_id, [bytes(response.cells) for response in locked], aside)
    Response.objects.filter(pk__in=[r.pk for r in locked]).update(set_aside=aside, burst_id=burst_id)
    jobs.nudge(tool_id)
    return len(locked)


@transaction.atomic
def date_back(responses: Sequence[Response]) -> None:
    """Store the days on which these came; no figure rests on them."""
    Response.objects.bulk_update(responses, ["received_on"], batch_size=500)


def withdraw(survey: Survey, key: bytes) -> bool:
    """Take back the response of one participant, and what they began, while the survey is open. Raises Closed later."""
    if survey.phase() != "open":
        raise Closed(survey.phase())
    begun = drafts.forget(survey.pk, key)
    locked = Response.objects.select_for_update(of=("self",)).select_related("survey")
    return _remove(locked.filter(survey=survey, participant_key=key)) + begun > 0


@transaction.atomic
def erase(key: bytes) -> int:
    """Forget all responses behind a participant key, and what they began, in whatever phase; how many rows went."""
    begun = drafts.forget_all(key)
    locked = Response.objects.select_for_update(of=("self",)).select_related("survey")
    return begun + _remove(locked.filter(participant_key=key).order_by("pk"))


def rewrite_cells(tool_id: int) -> int:
    """Recompute the cells of every response of a tool from its answers; how many differed and were mended."""
    mended, compilations = 0, {}
    responses = Response.objects.filter(survey__tool_id=tool_id).only(
        "version_id", "answers", "cells", "channel", "trust"
    )
    for response in responses.iterator(chunk_size=2000):
        if response.version_id not in compilations:
            version = SurveyVersion.objects.select_related("survey__scope").get(pk=response.version_id)
            compilations[response.version_id] = compile_version(version)
        cells = compilations[response.version_id].pack(response.answers, response.channel, response.trust)
        if cells != bytes(response.cells):
            Response.objects.filter(pk=response.pk).update(cells=cells)
            mended += 1
    return mended


_OF_TOOL = "surveys_response r WHERE r.survey_id = (SELECT s.id FROM surveys_survey s WHERE s.tool_id = %s)"
TRUTH = Truth(
    rows=f"SELECT r.cells, r.submission_key AS spread FROM {_OF_TOOL} AND NOT r.set_aside",  # noqa: S608
    rewrite=rewrite_cells,
    receipts=f"SELECT r.participant_key FROM {_OF_TOOL} AND NOT r.set_aside",  # noqa: S608
)


def _about(tool_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    rows = Survey.objects.filter(tool_id__in=tool_ids).values_list("tool_id", "title", "scope_id")
    return {tool_id: (title, scope_id) for tool_id, title, scope_id in rows}


QUARANTINE = quarantine.Engine(set_aside, count_again, _about)

__all__ = [
    "Answered",
    "Closed",
    "Receipt",
    "Tool",
    "correct",
    "count_again",
    "Unproven",
    "erase",
    "receive",
    "record_many",
    "record_response",
    "reword",
    "set_aside",
    "withdraw",
]
