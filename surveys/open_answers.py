"""Open answers: copied from responses to the moderation desk by a worker, taken away with the response.

sort     copy the texts of responses that came in, or changed, since the last time
take_off what is to do before a response goes
news_of  what their author reads of them

Locks are taken in one order everywhere: responses, then items of the desk, then open answers. Who holds an item and
needs its response (`intake.reword`) does not wait for it.
"""

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from moderation import decisions, news, queue
from moderation.models import Decision, Item, Sealed
from participation.identity import keyed_hash, same
from participation.receipts import News

from .models import OpenAnswer, Response, SurveyVersion, UnsortedAnswers
from .questions import Schema, type_of

KIND = "answer"
BATCH = 500
Place = tuple[Any, str, str]  # response, question, part


class Wanted(NamedTuple):
    """One text as its response has it."""

    response: Response
    text: str
    shown: bool
    key: bytes


def original_key(response_id: Any, text: str) -> bytes:
    """Tells whether a response still says `text`, without keeping `text` where a redaction masks it."""
    return keyed_hash("open answer", response_id.bytes, text.encode())


def note(response_ids: Iterable[Any]) -> None:
    """Have these responses sorted, in the transaction that wrote them."""
    UnsortedAnswers.objects.bulk_create([UnsortedAnswers(response_id=id_) for id_ in response_ids], batch_size=500)


def are_waiting() -> bool:
    return UnsortedAnswers.objects.exists()


def sort(seconds: float = 40, batch: int = BATCH) -> int:
    """Sort what waits, batch after batch, for about so many seconds; how many entries.

    Safe twice, late, and at two places at once: each batch is one transaction that takes its entries away.
    """
    done, versions, until = 0, _Versions(), time.monotonic() + seconds
    while n := _sort_batch(batch, versions):
        done += n
        if time.monotonic() > until:
            break
    return done


@transaction.atomic
def _sort_batch(limit: int, versions: "_Versions") -> int:
    taken = _take(limit)
    if taken:
        _sort(set(taken), versions)
    return len(taken)


def _take(limit: int) -> list[Any]:
    """The responses of the oldest entries that nobody else is at; the entries are gone once we commit."""
    oldest = UnsortedAnswers.objects.select_for_update(skip_locked=True).order_by("pk")
    entries = list(oldest[:limit])
    UnsortedAnswers.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    return [entry.response_id for entry in entries]


def _sort(ids: set[Any], versions: "_Versions") -> None:
    locked = Response.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    responses = list(locked.defer("cells", "submission_key"))
    wanted = {place: text for response in responses for place, text in versions.texts_of(response)}
    known = {_place(answer): answer for answer in OpenAnswer.objects.filter(response__in=responses)}
    _add([(place, text) for place, text in wanted.items() if place not in known], versions)
    _remove([answer for place, answer in known.items() if place not in wanted])
    for place, text in wanted.items():
        if place in known:
            _update(known[place], text)


def _place(answer: OpenAnswer) -> Place:
    return answer.response_id, answer.question_id, answer.part


class _Versions:
    """The versions that responses answered, each read once a run."""

    def __init__(self) -> None:
        self._known: dict[int, SurveyVersion] = {}

    def __getitem__(self, pk: int) -> SurveyVersion:
        if pk not in self._known:
            versions = SurveyVersion.objects.select_related("survey").defer("survey__questions")
            self._known[pk] = versions.get(pk=pk)
        return self._known[pk]

    def texts_of(self, response: Response) -> list[tuple[Place, Wanted]]:
        """What the response says in free words, each with the promise under which it was written."""
        found = []
        for question in self[response.version_id].schema["questions"]:
            answer = response.answers.get(question["id"])
            if answer is None:
                continue
            for part, text in type_of(question).texts(question, answer):
                wanted = Wanted(response, text, is_promised(question, part), original_key(response.pk, text))
                found.append(((response.pk, question["id"], part), wanted))
        return found


def is_promised(question: Schema, part: str) -> bool:
    """May what was answered to this frozen question be shown? What stands beside “other” never is."""
    kind = type_of(question)
    return part == kind.shown_part and kind.is_shown(question)


def _add(texts: list[tuple[Place, Wanted]], versions: _Versions) -> None:
    answers, items = [], []
    for (_id, question, part), wanted in texts:
        response = wanted.response
        answer = OpenAnswer(
            response_id=response.pk,
            survey_id=response.survey_id,
            question_id=question,
            part=part,
            text=wanted.text,
            original_key=wanted.key,
            shown=wanted.shown,
            received_on=response.received_on,
        )
        answers.append(answer)
        items.append(
            Item(
                kind=KIND,
                object_id=str(answer.pk),
                scope_id=versions[response.version_id].survey.scope_id,
                author_key=bytes(response.participant_key),
                public=wanted.shown,
            )
        )
    if answers:
        OpenAnswer.objects.bulk_create(answers, batch_size=500)
        queue.arrive_many(items)


def _remove(answers: list[OpenAnswer]) -> None:
    """Their authors took these texts out of their responses."""
    if answers:
        queue.leave(KIND, [answer.pk for answer in answers])
        OpenAnswer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()


def _update(answer: OpenAnswer, wanted: Wanted) -> None:
    """What an author changed is read anew; so is what was written under another promise. A redaction stays."""
    if same(answer.original_key, wanted.key) and answer.shown == wanted.shown:
        return
    item = Item.objects.select_for_update().filter(kind=KIND, object_id=str(answer.pk)).first()
    answer.text, answer.original_key, answer.shown = wanted.text, wanted.key, wanted.shown
    answer.status = OpenAnswer.Status.PENDING
    answer.save(update_fields=["text", "original_key", "shown", "status"])
    if item is None:
        return
    before, item.public = item.state, wanted.shown
    item.times_sent += 1
    Sealed.objects.filter(item=item).delete()  # what it masked is no longer what its author says
    queue.changed(item, pending=True)
    decisions.record(item, Decision.Act.RESEND, before, None)


def take_off(response: Response) -> None:
    """Nothing of a response that is about to be deleted stays on the desk; its open answers go with it."""
    known = OpenAnswer.objects.filter(response=response).values_list("pk", flat=True)
    if ids := list(known):
        queue.leave(KIND, ids)


def news_of(key: bytes) -> dict[int, list[News]]:
    """What their author reads of the answers that are to be shown, by survey; three queries at the most."""
    answers = list(OpenAnswer.objects.filter(response__participant_key=key, shown=True).order_by("survey_id", "pk"))
    told = news.of([(KIND, str(answer.pk), answer.text, "") for answer in answers]) if answers else []
    found: dict[int, list[News]] = {}
    for answer, one in zip(answers, told, strict=True):
        found.setdefault(answer.survey_id, []).append(one)
    return found
