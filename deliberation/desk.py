"""Statements and arguments as moderation sees them: what they say, and how they are shown, taken off and merged."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counting import gate, jobs, ledger
from moderation.registry import Refused, Source, Text, named

from . import rules, wording
from .cells import vote_cells
from .models import LONGEST_ARGUMENT, Argument, Statement, Support, Vote
from .state import forget
from .statements import put_to_vote

_ONLINE = Q(debate__live=True, debate__scope__live=True)


class Statements(Source):
    kind = "statement"
    label, plural = gettext_lazy("Proposed statement"), gettext_lazy("Proposed statements")
    may_merge = True

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        found = Statement.objects.filter(pk__in=list(map(int, ids))).select_related("debate").defer("debate__seeds")
        return {str(s.pk): Text(s.text, ((_("Debate"), s.debate.title),), _address(s)) for s in found}

    def show(self, id_: str) -> None:
        statement = Statement.objects.select_related("debate__tool").defer("debate__seeds").get(pk=int(id_))
        statement.read = True
        statement.save(update_fields=["read"])
        put_to_vote(statement.debate, [statement])

    def hold(self, id_: str) -> None:
        self._set(id_, Statement.Status.PENDING)

    def take_off(self, id_: str) -> None:
        self._set(id_, Statement.Status.REFUSED)

    def _set(self, id_: str, status: str) -> None:
        Statement.objects.filter(pk=int(id_)).update(status=status, read=True)
        transaction.on_commit(forget)

    def reword(self, id_: str, text: str) -> None:
        tidy = wording.tidy(text)
        Statement.objects.filter(pk=int(id_)).update(text=tidy, text_key=wording.text_key(tidy))
        transaction.on_commit(forget)

    def check(self, id_: str, text: str) -> str:
        """What people voted on keeps its meaning: only what nobody voted on may be said otherwise."""
        statement = Statement.objects.select_related("debate__scope", "debate__tool").get(pk=int(id_))
        tidy = wording.tidy(text)
        if statement.cell is not None:
            raise Refused(_("People voted on this sentence: propose a new one instead."))
        if not rules.may_propose(statement.debate):
            raise Refused(_("This debate takes no new sentences."))
        if not wording.plain(tidy):
            raise Refused(_("Write your sentence first."))
        if len(tidy) > statement.debate.max_length:
            raise Refused(
                _("Your sentence has %(n)d characters: %(max)d at most.")
                % {"n": len(tidy), "max": statement.debate.max_length}
            )
        return tidy

    def merge(self, id_: str, into: str) -> None:
        """Votes are kept once per person: who voted on both keeps their vote on the one that stays.

        The merged statement keeps its own votes, which count no more, so that all can be undone.
        """
        merged, kept = self._pair(id_, into)
        if merged.cell is not None and kept.cell is not None:
            _move_votes(merged, kept)
        self._set(id_, Statement.Status.REFUSED)

    def unmerge(self, id_: str, into: str) -> None:
        merged, kept = self._pair(id_, into)
        _take_votes_back(merged, kept)
        transaction.on_commit(forget)

    def _pair(self, id_: str, into: str) -> tuple[Statement, Statement]:
        both = Statement.objects.select_related("debate").defer("debate__seeds").in_bulk([int(id_), int(into)])
        merged, kept = both[int(id_)], both[int(into)]
        if merged.debate_id != kept.debate_id:
            raise Refused(_("Only sentences of one debate can be merged."))
        gate.enter_alone(merged.debate.tool_id)  # no vote is on its way while they move
        return merged, kept

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        """Those to begin with too, which never were on the desk."""
        return named(_votable(scope_id).filter(text__icontains=words))

    def readable(self, scope_id: int) -> QuerySet:
        return named(_votable(scope_id).filter(_ONLINE))

    def find(self, public_id: str) -> str | None:
        if not public_id.isalnum():
            return None
        shown = Statement.objects.filter(
            _ONLINE, ref=public_id[:20], status=Statement.Status.PUBLISHED, origin=Statement.Origin.CITIZEN
        )
        found = shown.values_list("pk", flat=True).first()
        return str(found) if found else None


def _votable(scope_id: int) -> QuerySet[Statement]:
    shown = [Statement.Status.PUBLISHED, Statement.Status.CLOSED]
    return Statement.objects.filter(debate__scope=scope_id, status__in=shown)


def _move_votes(merged: Statement, kept: Statement) -> None:
    """Give `kept` the votes of those who voted on `merged` only."""
    there = Vote.objects.filter(statement_id=kept.pk).values("voter_id")
    moving = Vote.objects.filter(statement_id=merged.pk).exclude(voter_id__in=there).select_related("voter")
    votes, changes = [], []
    for vote in moving:
        cells = vote_cells(kept.cell, vote.value)
        votes.append(
            Vote(
                voter_id=vote.voter_id,
                statement_id=kept.pk,
                value=vote.value,
                cells=cells,
                cast_on=vote.cast_on,
                merged_from=merged.pk,
            )
        )
        if not vote.voter.set_aside:
            changes.append((1, cells))
    Vote.objects.bulk_create(votes, batch_size=1000)
    _note(merged, changes)


def _take_votes_back(merged: Statement, kept: Statement) -> None:
    """Take from `kept` what it got from `merged` and nobody changed since."""
    moved = Vote.objects.filter(statement_id=kept.pk, merged_from=merged.pk)
    changes = [(-1, bytes(cells)) for cells, aside in moved.values_list("cells", "voter__set_aside") if not aside]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM deliberation_vote WHERE statement_id = %s AND merged_from = %s", [kept.pk, merged.pk]
        )
    _note(merged, changes)


def _note(statement: Statement, changes: list[tuple[int, bytes]]) -> None:
    for low in range(0, len(changes), 500):
        ledger.write(statement.debate.tool_id, changes[low : low + 500])
    jobs.nudge(statement.debate.tool_id)


def _address(text: Statement | Argument) -> str:
    return text.debate.get_absolute_url()


class Arguments(Source):
    kind = "argument"
    label, plural = gettext_lazy("Argument"), gettext_lazy("Arguments")
    may_merge = True

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        found = Argument.objects.filter(pk__in=ids).select_related("debate", "statement", "parent")
        return {str(a.pk): Text(a.text, _context(a), _address(a)) for a in found.defer("debate__seeds")}

    def show(self, id_: str) -> None:
        Argument.objects.filter(pk=id_).update(status=Argument.Status.PUBLISHED)

    def hold(self, id_: str) -> None:
        Argument.objects.filter(pk=id_).update(status=Argument.Status.PENDING)

    def take_off(self, id_: str) -> None:
        Argument.objects.filter(pk=id_).update(status=Argument.Status.REFUSED)

    def reword(self, id_: str, text: str) -> None:
        argument = Argument.objects.select_related("statement", "parent").get(pk=id_)
        argument.text = wording.tidy(text)
        argument.text_key = argument.key_of(argument.text)
        argument.save(update_fields=["text", "text_key"])

    def check(self, id_: str, text: str) -> str:
        argument = Argument.objects.select_related("debate__scope", "debate__tool", "statement").get(pk=id_)
        tidy = wording.tidy(text)
        if not rules.may_argue(argument.debate, argument.statement):
            raise Refused(_("No arguments can be added here."))
        if not wording.plain(tidy):
            raise Refused(_("Write your argument first."))
        if len(tidy) > LONGEST_ARGUMENT:
            raise Refused(
                _("Your argument has %(n)d characters: %(max)d at most.") % {"n": len(tidy), "max": LONGEST_ARGUMENT}
            )
        return tidy

    def merge(self, id_: str, into: str) -> None:
        """Supports are kept once per person."""
        both = Argument.objects.in_bulk([id_, into])
        merged, kept = (next(a for a in both.values() if str(a.pk) == wanted) for wanted in (id_, into))
        if (merged.debate_id, merged.statement_id, merged.side) != (kept.debate_id, kept.statement_id, kept.side):
            raise Refused(_("Only arguments on the same sentence, for the same side, can be merged."))
        keys = Support.objects.filter(argument=merged).values_list("participant_key", flat=True)
        moved = [Support(argument=kept, participant_key=key, merged_from=merged.pk) for key in keys]
        Support.objects.bulk_create(moved, ignore_conflicts=True, batch_size=1000)
        self.take_off(id_)

    def unmerge(self, id_: str, into: str) -> None:
        Support.objects.filter(argument=into, merged_from=id_).delete()

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        shown = Argument.objects.filter(debate__scope=scope_id, status=Argument.Status.PUBLISHED)
        return named(shown.filter(text__icontains=words))

    def readable(self, scope_id: int) -> QuerySet:
        return named(_standing().filter(debate__scope=scope_id))

    def find(self, public_id: str) -> str | None:
        """Shown where it stands: the statement above it, and what it replies to, are shown too."""
        try:
            sought = UUID(public_id)
        except ValueError:
            return None
        shown = _standing().filter(pk=sought)
        found = shown.values_list("pk", flat=True).first()
        return str(found) if found else None


def _standing() -> QuerySet[Argument]:
    """The arguments shown where they stand."""
    votable = [Statement.Status.PUBLISHED, Statement.Status.CLOSED]
    above = Q(statement=None) | Q(statement__status__in=votable)
    answered = Q(parent=None) | Q(parent__status__in=[Argument.Status.PUBLISHED, Argument.Status.WITHDRAWN])
    return Argument.objects.filter(_ONLINE, above, answered, status=Argument.Status.PUBLISHED)


def _context(argument: Argument) -> tuple[tuple[str, str], ...]:
    side = _("Argument for") if argument.side == Argument.Side.FOR else _("Argument against")
    context = [(_("Debate"), argument.debate.title)]
    if argument.statement:
        context.append((_("On the statement"), argument.statement.text))
    if argument.parent:
        context.append((_("In reply to"), argument.parent.text))
    return (*context, (_("Side"), side))
