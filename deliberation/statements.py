"""Statements: proposed by people, decided on by moderators, put to the vote."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counting import ledger
from moderation import queue
from participation import receipts, trust
from participation.identity import same

from . import cells, rules, wording
from .models import Debate, Statement
from .state import DebateState, forget

MAX_WAITING = 10  # texts of one person that may wait for a moderator at a time


class Refused(Exception):
    """The text cannot be taken as it is; `message` says how to mend it."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def put_to_vote(debate: Debate, statements: Iterable[Statement]) -> None:
    """Open `statements` of `debate` to votes. Raises OverflowError beyond some 20,000 of them."""
    chosen = list(statements)
    names = [cells.VOTERS, *(name for s in chosen if s.cell is None for name in cells.names(s.ref))]
    numbers = ledger.register_cells(debate.tool, names)
    for statement in chosen:
        statement.status = Statement.Status.PUBLISHED
        if statement.cell is None:
            statement.cell = numbers[cells.names(statement.ref)[0]]
    Statement.objects.bulk_update(chosen, ["status", "cell"], batch_size=500)
    transaction.on_commit(forget)


def person(state: DebateState, token: str, code: str | None) -> tuple[str, bytes]:
    """(receipt code, participant key) of who sent the form drawn with `token`, holding `code` or none yet."""
    return receipts.person(state.tag, state.salt, token, code)


@transaction.atomic
def propose(debate: Debate, text: str, key: bytes, level: str = trust.OPEN) -> Statement:
    """Store a proposed statement, waiting or shown as the debate says; sent twice it is stored once. `level` is what
    its author proved. Raises Refused and Unproven.
    """
    rules.check_proof(debate, level)
    text = wording.tidy(text)
    _check(debate, text)
    text_key = wording.text_key(text)
    if known := _same(debate, text_key):
        return _known(known, key)
    if _waiting(debate, key) >= MAX_WAITING:
        raise Refused(_("Ten of your sentences are waiting to be read. Wait until we have read them."))
    try:
        with transaction.atomic():
            statement = Statement.objects.create(
                debate=debate, text=text, text_key=text_key, origin=Statement.Origin.CITIZEN, author_key=key
            )
    except IntegrityError:
        return _known(_same(debate, text_key), key)
    shown = debate.moderation == Debate.Moderation.AFTER
    if shown:
        put_to_vote(debate, [statement])
    queue.arrive("statement", statement.pk, debate.scope_id, key, shown=shown, title=debate.title)
    return statement


def _check(debate: Debate, text: str) -> None:
    if not rules.may_propose(debate):
        raise Refused(_("This debate takes no new sentences."))
    if not wording.plain(text):
        raise Refused(_("Write your sentence first."))
    if len(text) > debate.max_length:
        over = len(text) - debate.max_length
        raise Refused(
            ngettext(
                "Your sentence is %(n)d character too long: keep one idea.",
                "Your sentence is %(n)d characters too long: keep one idea.",
                over,
            )
            % {"n": over}
        )


def _same(debate: Debate, text_key: str) -> Statement | None:
    there = (Statement.Status.PENDING, Statement.Status.PUBLISHED)
    return Statement.objects.filter(debate=debate, text_key=text_key, status__in=there).order_by("pk").first()


def _known(known: Statement | None, key: bytes) -> Statement:
    if known and known.author_key and same(known.author_key, key):
        return known
    if known and known.status == Statement.Status.PENDING:
        raise Refused(_("Somebody already proposed this very sentence. We are reading it."))
    raise Refused(_("This sentence is already in the debate: vote on it."))


def _waiting(debate: Debate, key: bytes) -> int:
    return Statement.objects.filter(debate=debate, author_key=key, status=Statement.Status.PENDING).count()
