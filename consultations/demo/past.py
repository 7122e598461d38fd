"""The demo's past: what was written, said and decided just now is dated on an earlier day."""

import math
import random
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from moderation import decisions
from moderation.models import Appeal, Decision, Item, Report
from surveys import intake
from surveys.models import Response, Survey

# A day at the town hall: texts come in the morning, moderators decide in the afternoon.
READ, SAID, DECIDED = (8, 9, 10, 11), 11, (13, 14, 15, 17, 18)


def at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def date_back(items: Collection[int], day: date) -> None:
    """What happened today to these items of the desk happened on `day`."""
    today = at(timezone.localdate(), 0)
    if day == today.date():
        return
    came = Item.objects.filter(pk__in=items, received_at__gte=today).order_by("pk")
    for n, item in enumerate(came):
        moment = at(day, READ[n % len(READ)])
        Item.objects.filter(pk=item.pk).update(received_at=moment, arrived_at=moment)
    fresh = _register().filter(item__in=items, at__gte=today).order_by("pk").values_list("pk", "act")
    for n, (pk, act) in enumerate(list(fresh)):
        hour = DECIDED[n % len(DECIDED)] if act in decisions.LEADS else DECIDED[0]  # answers to appeals and reports
        _register().filter(pk=pk).update(at=at(day, hour))
    for kind, closed in ((Appeal, "decided_at"), (Report, "closed_at")):
        theirs: Any = kind.objects.filter(item__in=items)
        theirs.filter(at__gte=today).update(at=at(day, SAID))
        theirs.filter(**{f"{closed}__gte": today}).update(**{closed: at(day, DECIDED[0])})


def spread(survey: Survey, first: date, last: date, seed: int) -> None:
    """What people answered just now, they answered between `first` and `last`: most of them in the first days, and
    some when it was about to close.
    """
    length = (last - first).days + 1
    rising = [math.exp(-n / 5) + 0.15 + (0.4 if n >= length - 3 else 0) for n in range(length)]
    came = list(Response.objects.filter(survey=survey).order_by("pk"))
    for response, n in zip(came, random.Random(seed).choices(range(length), rising, k=len(came)), strict=True):
        response.received_on = first + timedelta(days=n)
    intake.date_back(came)


def _register() -> QuerySet[Decision]:
    """The register of decisions, which is append-only: past what keeps it so, for the demo has no past of its own."""
    return QuerySet(Decision)
