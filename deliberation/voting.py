"""Votes: the only way in. Each vote and its ledger rows in one transaction, under the shared gate.

cast         a vote, the same again, or a change of mind
take_back    one vote goes; with the last one, the voter
withdraw     all votes of a person go
set_aside    a person's votes stay stored and count no more, or again
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from counting import gate, jobs, ledger
from moderation import quarantine
from participation import arrivals, receipts, trust
from participation.arrivals import Came
from participation.trust import Unproven
from participation.windows import within_sql

from .cells import VOTER_CELLS, vote_cells
from .models import Debate, Statement, Vote, Voter
from .models.vote import new_voter_id
from .state import DebateState, Line, forget, state_of
from .statements import person


class Closed(Exception):
    """The debate takes no votes now; `phase` says why: "unpublished", "coming" or "closed"."""

    def __init__(self, phase: str):
        super().__init__(phase)
        self.phase = phase


class NotVotable(Exception):
    """The statement is not of this debate, or takes no votes (any more)."""


class Receipt(NamedTuple):
    """`code` is the receipt code under which the vote is kept."""

    code: str


# Whether the vote may be taken is judged once, by the database's clock, and kept for the rest of the transaction.
_MAY = f"""EXISTS (SELECT 1 FROM deliberation_debate d, deliberation_statement s, participation_scope c, counting_tool t
    WHERE d.id = %s AND d.scope_id = %s AND {trust.allows_sql("d")} AND d.live AND {within_sql("d")}
      AND s.id = %s AND s.debate_id = d.id AND s.status = 'published' AND s.cell = %s
      AND t.id = d.tool_id AND t.state = 'open'
      AND c.id = d.scope_id AND c.live AND {within_sql("c")})"""  # noqa: S608 - no outside value is in the text
_OPEN = "current_setting('palabre.open', true) = '1'"
# The share lock makes who sets this voter aside, or takes them out, wait for us, and us for them.
_WHO = """who AS MATERIALIZED (SELECT id, set_aside FROM deliberation_voter
    WHERE participant_key = %s AND debate_id = %s FOR KEY SHARE)"""
_LEDGER = "INSERT INTO counting_ledgerentry (tool_id, sign, cells)"


@cache
def _at_once_sql(traced: bool) -> str:
    """PostgreSQL: gate, voter, vote and ledger rows in one message, which is one transaction and one round trip.

    Each statement of it takes a snapshot of its own. A vote is inserted or, when there is one, locked, compared and
    replaced: never read first and written later.
    """
    trace = f", traced AS ({arrivals.BESIDE.format(source='new')})" if traced else ""
    return f"""{gate.ENTER};
        SELECT set_config('palabre.open', CASE WHEN {_MAY} THEN '1' ELSE '' END, true);
        WITH new AS (INSERT INTO deliberation_voter (id, debate_id, participant_key, name_in_file, set_aside, trust)
            SELECT %s, %s, %s, '', false, %s WHERE {_OPEN} ON CONFLICT DO NOTHING RETURNING id){trace}
        SELECT set_config('palabre.new', CASE WHEN EXISTS (SELECT 1 FROM new) THEN '1' ELSE '' END, true);
        WITH {_WHO}, new AS (INSERT INTO deliberation_vote (voter_id, statement_id, value, cells, cast_on)
            SELECT id, %s, %s, %s, %s FROM who WHERE {_OPEN} ON CONFLICT DO NOTHING RETURNING cells)
        {_LEDGER} SELECT %s, 1, CASE WHEN current_setting('palabre.new') = '1' THEN %s || new.cells ELSE new.cells END
            FROM new, who WHERE NOT who.set_aside;
        WITH {_WHO}, old AS MATERIALIZED (SELECT v.voter_id, v.cells FROM deliberation_vote v, who
                WHERE v.voter_id = who.id AND v.statement_id = %s AND v.cells <> %s AND {_OPEN} FOR UPDATE OF v),
            changed AS (UPDATE deliberation_vote v SET value = %s, cells = %s, cast_on = %s, merged_from = NULL FROM old
                WHERE v.voter_id = old.voter_id AND v.statement_id = %s RETURNING old.cells AS before, v.cells AS after)
        {_LEDGER} SELECT %s, m.sign, CASE m.sign WHEN 1 THEN after ELSE before END
            FROM changed, who, (VALUES (1), (-1)) m(sign) WHERE NOT who.set_aside;
        SELECT {_OPEN}
    """  # noqa: S608 - no outside value is in the text


def cast(
    state: DebateState, line: Line, value: int, token: str, code: str | None = None, came: Came | None = None
) -> Receipt:
    """Store the vote `value` (1 agree, -1 disagree, 0 pass) of one person; the same vote again changes nothing.

    `code` is the receipt code the person has in this consultation; without one, `token`, which names the form that was
    drawn for them, gives it. `came` says how somebody's first vote came, for finding bursts.
    Raises Closed, NotVotable, Unproven, and django.db.OperationalError when it cannot be stored now.
    """
    code, key = person(state, token, code)
    level = trust.reached(receipts.voucher_of(token), state.trust)
    store = _store_at_once if connection.vendor == "postgresql" else _store_step_by_step
    try:
        stored = store(state, line, value, key, level, came)
    except IntegrityError:  # the voter was taken out between two steps: the second try makes them anew
        stored = store(state, line, value, key, level, came)
    if not stored:
        raise _why_refused(state, line, level)
    jobs.nudge(state.tool_id)
    return Receipt(code)


def _store_at_once(state: DebateState, line: Line, value: int, key: bytes, level: str, came: Came | None) -> bool:
    cells, today = vote_cells(line.cell, value), timezone.localdate()
    values: list[Any] = [state.tool_id, state.id, state.scope_id, trust.allowed_by(level), line.id, line.cell]
    values += [new_voter_id(), state.id, key, level]
    values += arrivals.values(state.tool_id, key, came) if came else []
    values += [key, state.id, line.id, value, cells, today, state.tool_id, VOTER_CELLS]
    values += [key, state.id, line.id, cells, value, cells, today, line.id, state.tool_id]
    with connection.cursor() as cursor:
        cursor.execute(_at_once_sql(came is not None), values)
        while cursor.nextset():
            pass
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _store_step_by_step(state: DebateState, line: Line, value: int, key: bytes, level: str, came: Came | None) -> bool:
    """SQLite: its transactions stand in line, so reading first and writing later is safe."""
    may = [state.id, state.scope_id, trust.allowed_by(level), line.id, line.cell]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_MAY}", may)  # noqa: S608
        if not cursor.fetchone()[0]:
            return False
    voter, is_new = Voter.objects.get_or_create(debate_id=state.id, participant_key=key, defaults={"trust": level})
    if is_new:
        arrivals.note(state.tool_id, key, came)
    cells, today = vote_cells(line.cell, value), timezone.localdate()
    found = Vote.objects.filter(voter=voter, statement_id=line.id)
    before = found.values_list("cells", flat=True).first()
    changes = []
    if before is None:
        Vote.objects.create(voter=voter, statement_id=line.id, value=value, cells=cells, cast_on=today)
        changes = [(1, VOTER_CELLS + cells if is_new else cells)]
    elif bytes(before) != cells:
        found.update(value=value, cells=cells, cast_on=today, merged_from=None)
        changes = [(-1, bytes(before)), (1, cells)]
    ledger.write(state.tool_id, [] if voter.set_aside else changes)
    return True


def _why_refused(state: DebateState, line: Line, level: str) -> Exception:
    forget()
    debate = Debate.objects.for_display().filter(pk=state.id).first()
    phase = debate.phase() if debate else "unpublished"
    if phase != "open":
        return Closed(phase)
    if debate and not trust.suffices(level, debate.trust):
        return Unproven()
    votable = Statement.objects.filter(pk=line.id, debate_id=state.id, status=Statement.Status.PUBLISHED).exists()
    # Open and votable by our clock, but not by the database's, which decides; or the debate moved to another scope.
    return NotVotable() if not votable or (debate and debate.scope_id != state.scope_id) else Closed("closed")


def receive(key: str, ref: str, value: int, token: str, code: str | None, came: Came | None = None) -> Receipt:
    """`cast` for the web: finds debate and statement ready made, and sees to it that old connections do no harm.

    As with surveys, a connection is used at once; if it was dead the same vote is cast again over a new one, which
    changes nothing when the first had come through.
    """
    connection.health_check_done = True
    try:
        return _receive(key, ref, value, token, code, came)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _receive(key, ref, value, token, code, came)


def _receive(key: str, ref: str, value: int, token: str, code: str | None, came: Came | None) -> Receipt:
    state = state_of(key)
    if ref not in state.by_ref:
        forget()  # it may have been published this very moment
        state = state_of(key)
    line = state.by_ref.get(ref)
    if line is None:
        raise _why_refused_unknown(state)
    try:
        return cast(state, line, value, token, code, came)
    except (NotVotable, Unproven):
        moved = state_of(key)
        same = (moved.scope_id, moved.trust) == (state.scope_id, state.trust)
        if same or ref not in moved.by_ref:
            raise
        return cast(moved, moved.by_ref[ref], value, token, code, came)


def _why_refused_unknown(state: DebateState) -> Exception:
    phase = Debate.objects.for_display().get(pk=state.id).phase()
    return NotVotable() if phase == "open" else Closed(phase)


def votes_of(debate_id: int, key: bytes) -> dict[int, int]:
    """{statement id: value} of one person."""
    found = Vote.objects.filter(voter__participant_key=key, voter__debate_id=debate_id)
    return dict(found.values_list("statement_id", "value"))


def _locked(**which: Any) -> list[Voter]:
    """The voters so described, nobody able to vote in their name until the transaction ends."""
    return list(Voter.objects.select_for_update(of=("self",)).select_related("debate").filter(**which).order_by("pk"))


def _cells_of(voter: Voter) -> bytes:
    """Everything `voter` adds to the tallies."""
    return VOTER_CELLS + b"".join(bytes(c) for c in voter.votes.order_by().values_list("cells", flat=True))


def _lock_votes(voter: Voter) -> None:
    list(voter.votes.select_for_update().order_by("statement_id").values_list("statement_id"))


@transaction.atomic
def take_back(debate: Debate, statement_id: int, key: bytes) -> bool:
    """Take one vote back while the debate is open; False when there was none. Raises Closed afterwards."""
    if debate.phase() != "open":
        raise Closed(debate.phase())
    gate.enter(debate.tool_id)
    for voter in _locked(debate=debate, participant_key=key):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM deliberation_vote WHERE voter_id = %s AND statement_id = %s RETURNING cells",
                [voter.pk, statement_id],
            )
            gone = cursor.fetchone()
        if gone is None:
            return False
        cells = bytes(gone[0])
        if not voter.votes.exists():
            cells += VOTER_CELLS
            _forget(voter)
        if not voter.set_aside:
            ledger.write(debate.tool_id, [(-1, cells)])
        jobs.nudge(debate.tool_id)
        return True
    return False


@transaction.atomic
def _remove(**which: Any) -> int:
    """Take voters out with all their votes, one ledger row each; how many went."""
    tools = set(Voter.objects.filter(**which).values_list("debate__tool_id", flat=True))
    for tool_id in sorted(tools):
        gate.enter(tool_id)
    voters = _locked(**which)
    for voter in voters:
        _lock_votes(voter)
        if not voter.set_aside:
            ledger.write(voter.debate.tool_id, [(-1, _cells_of(voter))])
        _forget(voter)
        jobs.nudge(voter.debate.tool_id)
    return len(voters)


def withdraw(debate: Debate, key: bytes) -> bool:
    """Take back all votes of one person while the debate is open. Raises Closed afterwards."""
    if debate.phase() != "open":
        raise Closed(debate.phase())
    return _remove(debate=debate, participant_key=key) > 0


def erase(key: bytes) -> int:
    """Forget all votes behind a participant key, in whatever phase their debate is; how many voters went."""
    return _remove(participant_key=key)


def _forget(voter: Voter) -> None:
    """The voter, locked, goes; what they had counted was taken away before."""
    tool_id = voter.debate.tool_id
    arrivals.forget(tool_id, bytes(voter.participant_key))
    if voter.set_aside:
        quarantine.lose(voter.burst_id)  # first: who holds a burst locks it before its tool
        ledger.note_aside(tool_id, -1)
    voter.delete()


@transaction.atomic
def set_aside(voters: Iterable[Voter], aside: bool = True, burst_id: int | None = None) -> int:
    """Count these voters no more (or again), all their votes kept; how many changed."""
    ids = [voter.pk for voter in voters]
    tools = sorted(set(Voter.objects.filter(pk__in=ids).values_list("debate__tool_id", flat=True)))
    for tool_id in tools:
        gate.enter(tool_id)
    changed = [voter for voter in _locked(pk__in=ids) if voter.set_aside != aside]
    if burst_id:  # released a moment ago: not to be set aside again
        changed = [voter for voter in changed if voter.burst_id is None]
    cells = {voter.pk: VOTER_CELLS for voter in changed}
    votes = Vote.objects.select_for_update().filter(voter__in=list(cells)).order_by("voter_id", "statement_id")
    for voter_id, of_vote in votes.values_list("voter_id", "cells"):
        cells[voter_id] += bytes(of_vote)
    for tool_id in tools:
        ledger.set_aside(tool_id, [cells[v.pk] for v in changed if v.debate.tool_id == tool_id], aside)
        jobs.nudge(tool_id)
    named = {"burst_id": burst_id} if burst_id else {}
    Voter.objects.filter(pk__in=list(cells)).update(set_aside=aside, **named)
    return len(changed)


@transaction.atomic
def _set_aside_burst(tool_id: int, keys: Sequence[bytes], burst_id: int) -> int:
    """`set_aside` for those behind these participant keys; who was in a burst before stays as they are."""
    gate.enter(tool_id)
    found = Voter.objects.filter(debate__tool_id=tool_id, participant_key__in=keys, set_aside=False, burst_id=None)
    return 0 if gate.is_sealed(tool_id) else set_aside(found, burst_id=burst_id)


@transaction.atomic
def _count_again(tool_id: int, burst_id: int, most: int) -> int:
    """Count `most` voters of a burst again; how many there were. None once the total is sealed."""
    gate.enter(tool_id)
    found = Voter.objects.filter(debate__tool_id=tool_id, burst_id=burst_id, set_aside=True)[:most]
    return 0 if gate.is_sealed(tool_id) else set_aside(found, aside=False)


def _about(tool_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    rows = Debate.objects.filter(tool_id__in=tool_ids).values_list("tool_id", "title", "scope_id")
    return {tool_id: (title, scope_id) for tool_id, title, scope_id in rows}


QUARANTINE = quarantine.Engine(_set_aside_burst, _count_again, _about)
