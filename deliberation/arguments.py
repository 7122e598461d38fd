"""Arguments for and against: written, supported, listed in a fair order."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Greatest, RowNumber
from django.utils.translation import gettext as _

from counting.models import Tally
from moderation import queue
from participation.trust import OPEN

from . import cells, rules, wording
from .models import LONGEST_ARGUMENT, Argument, Debate, Statement, Support
from .statements import MAX_WAITING, Refused

PER_SIDE = 10  # arguments of each side on a page
REPLIES = 50  # shown under one argument


def voters_of(debate: Debate) -> int:
    """How many people voted in the debate, as counted."""
    found = Tally.objects.filter(tool_id=debate.tool_id, number=cells.VOTERS_NUMBER).values_list("n", flat=True)
    return found.first() or 0


@transaction.atomic
def add(
    debate: Debate,
    statement: Statement | None,
    side: str,
    text: str,
    key: bytes,
    parent: Argument | None = None,
    level: str = OPEN,
) -> Argument:
    """Store an argument, waiting or shown as the debate says; sent twice it is stored once. `level` is what its author
    proved. Raises Refused and Unproven.
    """
    rules.check_proof(debate, level)
    if not rules.may_argue(debate, statement):
        raise Refused(_("No arguments can be added here."))
    text = wording.tidy(text)
    if not wording.plain(text):
        raise Refused(_("Write your argument first."))
    if len(text) > LONGEST_ARGUMENT:
        raise Refused(
            _("Your argument has %(n)d characters: %(max)d at most.") % {"n": len(text), "max": LONGEST_ARGUMENT}
        )
    if side not in Argument.Side.values:
        raise Refused(_("Say whether your argument is for or against."))
    if Argument.objects.filter(debate=debate, author_key=key, status=Argument.Status.PENDING).count() >= MAX_WAITING:
        raise Refused(_("Ten of your texts are waiting to be read. Wait until we have read them."))
    return _store(debate, statement, side, text, key, parent)


def _store(
    debate: Debate, statement: Statement | None, side: str, text: str, key: bytes, parent: Argument | None
) -> Argument:
    if parent is not None and parent.parent_id:
        parent = parent.parent  # two levels: a reply to a reply answers the argument itself
    shown = debate.moderation == Debate.Moderation.AFTER
    argument = Argument(
        debate=debate,
        statement=statement,
        parent=parent,
        side=side,
        text=text,
        status=Argument.Status.PUBLISHED if shown else Argument.Status.PENDING,
        author_key=key,
        seen_from=voters_of(debate),
    )
    argument.text_key = argument.key_of(text)
    try:
        with transaction.atomic():
            argument.save()
    except IntegrityError:
        return Argument.objects.get(debate=debate, author_key=key, text_key=argument.text_key)
    queue.arrive("argument", argument.pk, debate.scope_id, key, shown=shown, title=debate.title)
    return argument


def support(argument: Argument, key: bytes, level: str = OPEN) -> None:
    """Say that one finds it a good argument; twice is once. Raises Unproven."""
    rules.check_proof(argument.debate, level)
    Support.objects.bulk_create([Support(argument=argument, participant_key=key)], ignore_conflicts=True)


def take_support_back(argument: Argument, key: bytes) -> None:
    Support.objects.filter(argument=argument, participant_key=key).delete()


class Thread(NamedTuple):
    """An argument with its replies; `mine` where the visitor supports it."""

    argument: Argument
    supports: int
    mine: bool
    replies: list["Thread"]


class Listing(NamedTuple):
    """One page of arguments by side, and how many there are of each side in all."""

    sides: dict[str, list[Thread]]
    totals: dict[str, int]
    page: int
    pages: int


def listing(debate: Debate, statement: Statement | None, page: int = 1, key: bytes | None = None) -> Listing:
    """The arguments on a statement, or on the debate's question; five queries, however many there are.

    The fairest first: the share of those who took part since an argument was shown that support it, (s + 1) / (n + 2).
    A new argument so starts above what most reach, and whoever came first keeps no lead.
    """
    found = _shown(debate, statement)
    totals = dict(found.order_by().values_list("side").annotate(n=Count("pk")))
    pages = max(1, -(-max(totals.values(), default=0) // PER_SIDE))
    page = min(max(page, 1), pages)
    ranked = _ranked(found, voters_of(debate))
    tops = list(ranked.filter(rank__gt=(page - 1) * PER_SIDE, rank__lte=page * PER_SIDE).order_by("side", "rank"))
    replies = _replies([a.pk for a in tops])
    mine = _mine([a.pk for a in [*tops, *(r for rs in replies.values() for r in rs)]], key)
    sides: dict[str, list[Thread]] = {side: [] for side in Argument.Side.values}
    for top in tops:
        under = [Thread(r, r.support_count, r.pk in mine, []) for r in replies.get(top.pk, [])]
        sides[top.side].append(Thread(top, top.support_count, top.pk in mine, under))
    return Listing(sides, {side: totals.get(side, 0) for side in Argument.Side.values}, page, pages)


def _shown(debate: Debate, statement: Statement | None) -> QuerySet[Argument]:
    withdrawn_but_answered = Q(status=Argument.Status.WITHDRAWN, replies__status=Argument.Status.PUBLISHED)
    shown = Q(status=Argument.Status.PUBLISHED) | withdrawn_but_answered
    ids = Argument.objects.filter(shown, debate=debate, statement=statement, parent=None).values("pk")
    return Argument.objects.filter(pk__in=ids)


def _ranked(found: QuerySet[Argument], voters: int) -> QuerySet[Any]:
    counted = found.annotate(support_count=Count("supports"))
    passed_by = Greatest(Value(voters) - F("seen_from"), F("support_count"), output_field=IntegerField())
    share = Case(
        When(status=Argument.Status.WITHDRAWN, then=Value(-1.0)),
        default=(F("support_count") + 1.0) / (passed_by + 2.0),
        output_field=FloatField(),
    )
    order = [F("share").desc(), F("pk").asc()]  # equals: by their random ids
    return counted.annotate(share=share).annotate(rank=Window(RowNumber(), partition_by=[F("side")], order_by=order))


def _replies(parents: list[UUID]) -> dict[UUID, list[Any]]:
    found = Argument.objects.filter(parent__in=parents, status=Argument.Status.PUBLISHED)
    counted = found.annotate(support_count=Count("supports")).annotate(
        rank=Window(RowNumber(), partition_by=[F("parent_id")], order_by=[F("support_count").desc(), F("pk").asc()])
    )
    under: dict[UUID, list[Any]] = {}
    for reply in counted.filter(rank__lte=REPLIES).order_by("rank"):
        under.setdefault(reply.parent_id, []).append(reply)
    return under


def _mine(ids: list[UUID], key: bytes | None) -> set[UUID]:
    if key is None:
        return set()
    return set(Support.objects.filter(participant_key=key, argument_id__in=ids).values_list("argument_id", flat=True))
