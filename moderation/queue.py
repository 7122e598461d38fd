"""What waits for a moderator: texts arrive and leave, are claimed for a while, and come one after the other."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import jobs
from .models import Appeal, Item, Remit, Report, Sealed
from .models.item import this_hour

ORDERS = {"oldest": ("arrived_at", "pk"), "riskiest": ("-risk", "arrived_at", "pk")}
TRIES = 20  # items that others may snatch away before we give up looking for the next one


def arrive(
    kind: str,
    object_id: Any,
    scope_id: int,
    author_key: bytes | None,
    *,
    shown: bool = False,
    public: bool = True,
    title: str = "",
) -> Item:
    """Put a new text on the desk, in the transaction that stores it. `shown`: everybody reads it already.

    `title` names the survey or the debate, for the desk, where it belongs to no consultation.
    """
    Remit.of(scope_id, title)
    state = Item.State.PUBLISHED if shown else Item.State.PENDING
    item = Item(
        kind=kind, object_id=str(object_id), scope_id=scope_id, author_key=author_key, state=state, public=public
    )
    item.save()
    jobs.nudge()
    return item


def arrive_many(items: Iterable[Item]) -> None:
    """`arrive` for texts that come in batches; those already on the desk stay as they are."""
    Item.objects.bulk_create(items, ignore_conflicts=True, batch_size=500)
    jobs.nudge()


def leave(kind: str, ids: Collection[Any]) -> int:
    """The texts are gone, withdrawn or erased: nothing of them stays on the desk, decisions without words do."""
    theirs = Item.objects.filter(kind=kind, object_id__in=[str(id_) for id_ in ids])
    found = Item.objects.filter(pk__in=[item.pk for item in theirs.only("pk").locked()])
    Sealed.objects.filter(item__in=found).delete()
    Report.objects.filter(item__in=found).update(words="")
    Appeal.objects.filter(item__in=found).update(words="")
    return found.update(
        state=Item.State.GONE,
        waiting=False,
        author_key=None,
        signals=[],
        flags="",
        risk=0,
        open_reports=0,
        open_appeal=False,
        claimed_by=None,
        claimed_until=None,
    )


def lock_author(key: bytes) -> None:
    """Hold the texts of an author until the transaction ends. Who will also enter a gate calls this first: a decision
    holds its text before it enters.
    """
    list(Item.objects.filter(author_key=key).locked().values_list("pk", flat=True))


@transaction.atomic
def forget_author(key: bytes) -> int:
    """Keep what stays shown, without whose it is; how many appeals and reports of theirs went."""
    lock_author(key)
    theirs = Item.objects.filter(author_key=key)
    Sealed.objects.filter(item__in=theirs).delete()
    gone = Appeal.objects.filter(item__in=theirs).update(words="")
    theirs.update(author_key=None)
    reports = Report.objects.filter(reporter_key=key)
    for item in Item.objects.filter(pk__in=reports.filter(state=Report.State.OPEN).values("item")).locked():
        item.open_reports = item.reports.filter(state=Report.State.OPEN).exclude(reporter_key=key).count()
        item.settle()
        item.save(update_fields=["open_reports", "waiting", "risk", "flags"])
    return gone + reports.delete()[0]


def changed(item: Item, *, pending: bool) -> None:
    """The author sent other words: look at them anew. `pending`: they wait to be read before they are shown."""
    item.state = Item.State.PENDING if pending else item.state
    item.read, item.looked, item.signals = False, False, []
    item.arrived_at = this_hour()
    item.version += 1
    item.settle()
    item.save()
    jobs.nudge()


# One after the other


def next_for(user: Any, items: QuerySet[Item], order: str = "oldest", after: Item | None = None) -> Item | None:
    """The next item of `items` that nobody else holds, now held by `user`; None when nothing is left.

    `after` is where to go on from: what was skipped comes again when the end is reached.
    """
    fields = ORDERS[order]
    for candidates in ([_past(items, order, after)] if after else []) + [items]:
        if after:
            candidates = candidates.exclude(pk=after.pk)
        for pk in (
            candidates.waiting().free_for(user, timezone.now()).order_by(*fields).values_list("pk", flat=True)[:TRIES]
        ):
            if claim(pk, user):
                return Item.objects.select_related("scope__remit", "forwarded_to").get(pk=pk)
    return None


def _past(items: QuerySet[Item], order: str, item: Item) -> QuerySet[Item]:
    """Those that come behind `item` in `order`."""
    later = Q(arrived_at__gt=item.arrived_at) | Q(arrived_at=item.arrived_at, pk__gt=item.pk)
    return items.filter(later if order == "oldest" else Q(risk__lt=item.risk) | Q(risk=item.risk) & later)


def claim(pk: int, user: Any, now: datetime | None = None) -> bool:
    """Hold an item for a while; False when somebody else holds it. Compare-and-set: one statement, no lock."""
    now = now or timezone.now()
    until = now + Item.CLAIM
    return Item.objects.filter(pk=pk).free_for(user, now).update(claimed_by=user, claimed_until=until) == 1


def release(pk: int, user: Any) -> None:
    Item.objects.filter(pk=pk, claimed_by=user).update(claimed_by=None, claimed_until=None)
