"""What a receipt code stands for in debates: votes, statements, arguments; and how they are taken back."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counting.models import LedgerEntry
from moderation import news, quarantine, queue
from participation import receipts

from . import voting
from .analysis import COUNTED
from .models import Argument, Debate, Statement, Support, Vote, Voter
from .state import forget


def find_traces(key: bytes) -> list[receipts.Trace]:
    """What the follow-up page shows of the debates in which a person took part."""
    aside = dict(Voter.objects.filter(participant_key=key, set_aside=True).values_list("debate_id", "burst_id"))
    ids = set(Voter.objects.filter(participant_key=key).values_list("debate_id", flat=True))
    statements = list(Statement.objects.filter(author_key=key).order_by("pk"))
    arguments = list(Argument.objects.filter(author_key=key).order_by("written_on", "pk"))
    ids |= {text.debate_id for text in [*statements, *arguments]}
    ids |= set(Support.objects.filter(participant_key=key).values_list("argument__debate_id", flat=True))
    debates = Debate.objects.for_display().filter(pk__in=ids).order_by("pk")
    return [
        _trace(debate, key, [t for t in [*statements, *arguments] if t.debate_id == debate.pk], aside)
        for debate in debates
    ]


def _trace(debate: Debate, key: bytes, texts: list[Any], aside: dict[int, int | None]) -> receipts.Trace:
    votes = len(voting.votes_of(debate.pk, key))
    said = ngettext("You voted on %(n)d statement.", "You voted on %(n)d statements.", votes) % {"n": votes}
    return receipts.Trace(
        title=debate.title,
        url=debate.get_absolute_url(),
        counted=not LedgerEntry.objects.filter(tool_id=debate.tool_id).exists(),
        counted_until=debate.tool.counted_until,
        withdrawable=debate.phase() == "open",
        stored=said if votes else _("You cast no vote."),
        resumable=debate.phase() == "open",
        news=news.of([(text._meta.model_name or "", str(text.pk), text.text, _fallback(text)) for text in texts]),
        aside=quarantine.what_became_of(aside[debate.pk]) if debate.pk in aside else "",
    )


def _fallback(text: Statement | Argument) -> str:
    """What the engine alone knows of a text."""
    if text.status == "withdrawn":
        return _("You withdrew it.")
    return _("It takes no more votes; those it has count.") if text.status == "closed" else ""


def said(key: bytes) -> set[tuple[str, str]]:
    """The statements a person proposed or voted on, and the arguments they made or found good."""
    votes = Vote.objects.filter(voter__participant_key=key).values_list("statement_id", flat=True)
    own = Statement.objects.filter(author_key=key).values_list("pk", flat=True)
    supports = Support.objects.filter(participant_key=key).values_list("argument_id", flat=True)
    arguments = Argument.objects.filter(author_key=key).values_list("pk", flat=True)
    spoken = {("statement", str(pk)) for pk in [*votes, *own]}
    return spoken | {("argument", str(pk)) for pk in [*supports, *arguments]}


def withdraw_at(key: bytes, url: str) -> bool:
    """Take back, while it is open, everything a person left in the debate at `url`."""
    trace = next((t for t in find_traces(key) if t.url == url), None)
    if trace is None or not trace.withdrawable:
        return False
    debate = Debate.objects.for_display().get(key=url.rstrip("/").rsplit("/", 1)[-1])
    with transaction.atomic():
        queue.lock_author(key)
        try:
            voting.withdraw(debate, key)
        except voting.Closed:
            return False
        _forget_texts(key, debate=debate)
    return True


@transaction.atomic
def erase(key: bytes) -> int:
    """Forget the person everywhere; how many voters, texts and supports went."""
    queue.lock_author(key)
    return voting.erase(key) + _forget_texts(key)


def _forget_texts(key: bytes, **where: Any) -> int:
    """Take back texts nobody built on; from the others take away who wrote them.

    A shown statement that others voted or argued on stays, without an author. Of one that is shown no more only the
    votes stay, and an argument with replies stays as an empty place.
    """
    n = _forget_statements(Statement.objects.filter(author_key=key, **where), key)
    arguments = Argument.objects.filter(author_key=key, **where)
    queue.leave("argument", arguments.values_list("pk", flat=True))
    n += arguments.filter(replies__isnull=True).delete()[0]
    n += arguments.update(author_key=None, text="", text_key="", status=Argument.Status.WITHDRAWN)
    within = {f"argument__{name}": value for name, value in where.items()}
    return n + Support.objects.filter(participant_key=key, **within).delete()[0]


def _forget_statements(theirs: QuerySet[Statement], key: bytes) -> int:
    waiting = list(theirs.filter(cell=None).values_list("pk", flat=True))
    votes = Vote.objects.filter(statement=OuterRef("pk"))
    arguments = Argument.objects.filter(statement=OuterRef("pk")).exclude(author_key=key)
    kept = Q(Exists(votes) | Exists(arguments), status__in=COUNTED)
    emptied = list(theirs.exclude(pk__in=waiting).exclude(kept).values_list("pk", flat=True))
    queue.leave("statement", waiting + emptied)
    n = Statement.objects.filter(pk__in=waiting).delete()[0]
    theirs.filter(pk__in=emptied).update(text="", text_key="", status=Statement.Status.REFUSED)
    transaction.on_commit(forget)
    return n + theirs.update(author_key=None)
