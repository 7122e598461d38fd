"""The votes of a debate as arrays, read at one moment and without a row of the ORM."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from counting.packing import MAX_CELLS

from ..cells import PLACES
from ..models import Debate, Statement, Vote
from ..opinion_groups import Votes
from . import COUNTED

# One statement, hence one snapshot. Votes come in blocks of neighbouring voters, ten bytes a vote instead of a row.
_READ = """
    SELECT string_agg(int8send(v.voter_id), ''::bytea), string_agg(v.cells, ''::bytea)
    FROM deliberation_vote v JOIN deliberation_voter r ON r.id = v.voter_id
    WHERE r.debate_id = %s AND NOT r.set_aside GROUP BY v.voter_id >> 50"""

# For the rest of the transaction: the planner takes the blocks for a million, and sorts votes on disk to find them.
_IN_MEMORY = """SELECT set_config(name, value, true) FROM (VALUES ('work_mem', '256MB'), ('jit', 'off'),
    ('enable_sort', 'off'), ('parallel_tuple_cost', '0')) AS settings(name, value)"""

_Block = tuple[npt.NDArray[np.int64], npt.NDArray[Any]]


def load_votes(debate: Debate) -> Votes:
    """The votes that count: on statements published or closed, of voters not set aside; all read at one moment."""
    # Read first: what is published meanwhile is left out with its votes, what is refused meanwhile is not shown.
    asked = Statement.objects.filter(debate=debate, status__in=COUNTED, cell__isnull=False).order_by("pk")
    firsts = dict(asked.values_list("pk", "cell"))
    if connection.vendor == "postgresql":
        return _load_in_blocks(debate, firsts)
    found = Vote.objects.filter(voter__debate=debate, voter__set_aside=False, statement__in=list(firsts))
    rows = list(found.order_by().values_list("voter_id", "statement_id", "value"))
    who, what, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Votes.of(who, what, value, list(firsts))


def _load_in_blocks(debate: Debate, firsts: dict[int, int]) -> Votes:
    """Each voter is in one block only: people get their index block by block, and their id is kept once."""
    ids = np.array(list(firsts), np.int64)
    place, value = _decoder(np.array(list(firsts.values()), np.int64))
    people, who, what, said, known = [], [], [], [], 0
    for voters, cells in _read_blocks(debate):
        kept = place[cells] >= 0
        distinct, index = np.unique(voters[kept], return_inverse=True)
        people.append(distinct)
        who.append((index + known).astype(np.int32))
        what.append(place[cells[kept]])
        said.append(value[cells[kept]])
        known += len(distinct)
    participants = _joined(people, np.int64)
    votes = Votes.of(_joined(who, np.int32), ids[_joined(what, np.int16)], _joined(said, np.int8), ids)
    return dataclasses.replace(votes, participant_ids=participants[votes.participant_ids])


def _read_blocks(debate: Debate) -> Iterator[_Block]:
    """(voter ids, cells), an element per vote, block after block."""
    import psycopg  # only installed, and only needed, where PostgreSQL is

    with transaction.atomic():
        connection.ensure_connection()
        cursor = psycopg.Cursor(connection.connection)
        cursor.execute(_IN_MEMORY)
        for voters, cells in cursor.stream(_READ, [debate.pk], binary=True):
            yield np.frombuffer(voters, ">i8").astype(np.int64), np.frombuffer(cells, "<u2")


def _decoder(firsts: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int8]]:
    """For each cell number which statement (its index, -1 for none that counts) and which vote it stands for."""
    place, value = np.full(MAX_CELLS + 1, -1, np.int16), np.zeros(MAX_CELLS + 1, np.int8)
    for said, after in PLACES.items():
        place[firsts + after] = np.arange(len(firsts))
        value[firsts + after] = said
    return place, value


def _joined(parts: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    joined = np.concatenate(parts) if parts else np.empty(0, kind)
    parts.clear()
    return joined
