"""Votes as arrays, in an order that depends on what was voted and on nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

Float = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Int = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Int8 = npt.NDArray[np.int8]
Bool = npt.NDArray[np.bool_]
Ids = Sequence[int] | npt.NDArray[np.integer]

AGREE, PASS, DISAGREE = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Votes:
    """The last vote of each participant on each statement that is in. Build it with `Votes.of`.

    Rows are sorted by participant, then statement. Statements stand in order of id; participants in order of a hash
    of their votes, so that every sum, sample and seeded draw is the same whatever order the votes arrived in and
    whatever the participants' ids are. The first n participants are therefore also a fair sample of n.
    """

    participant: Int32  # [n], index into participant_ids
    statement: Int32  # [n], index into statement_ids
    value: Int8  # [n], 1 agree, -1 disagree, 0 pass
    participant_ids: Int  # [P], each with at least one vote
    statement_ids: Int  # [S], those without votes too

    @classmethod
    def of(cls, participants: Ids, statements_voted: Ids, values: Ids, statements: Ids | None = None) -> "Votes":
        """From one row per vote, in time order: raw participant id, raw statement id, and 1, 0 or -1.

        The last vote of a pair wins. `statements` are the ids that are in: votes on others are removed, and so is who
        has no vote left. Raises ValueError for other values or for arrays of different lengths.
        """
        who, what, value = (np.asarray(given) for given in (participants, statements_voted, values))
        if not who.shape == what.shape == value.shape or who.ndim != 1:
            raise ValueError("participants, statements and values must be one-dimensional and of one length")
        if value.size and (value.min() < DISAGREE or value.max() > AGREE or (value != value.astype(np.int8)).any()):
            raise ValueError("a vote is 1 (agree), 0 (pass) or -1 (disagree)")
        value = value.astype(np.int8)
        if statements is None:
            statement_ids, statement = _index(what)
        else:
            statement_ids = np.unique(np.asarray(statements, np.int64))
            kept, statement = _look_up(statement_ids, what)
            who, value, statement = who[kept], value[kept], statement[kept]
        participant_ids, participant = _index(who)
        return cls._in_order(participant, statement, value, participant_ids, statement_ids)

    @classmethod
    def _in_order(cls, participant: Int32, statement: Int32, value: Int8, who: Int, what: Int) -> "Votes":
        order = _stable_order(statement, len(what))
        order = order[_stable_order(participant[order], len(who))]
        participant, statement, value = participant[order], statement[order], value[order]
        last = np.ones(len(value), bool)
        last[:-1] = (participant[1:] != participant[:-1]) | (statement[1:] != statement[:-1])
        if not last.all():
            participant, statement, value = participant[last], statement[last], value[last]
        starts = _starts(participant, len(who))
        hashes = _row_hashes(what, statement, value, starts[:-1])
        rows = np.lexsort((who, hashes))
        sorted_rows = sparse.csr_array((value, statement, starts), shape=(len(who), len(what)))[rows]
        counts = np.diff(sorted_rows.indptr)
        participant = np.repeat(np.arange(len(who), dtype=np.int32), counts)
        return cls(participant, sorted_rows.indices.astype(np.int32, copy=False), sorted_rows.data, who[rows], what)

    @cached_property
    def starts(self) -> Int32:
        """[P + 1]: the votes of participant p are the rows starts[p] up to starts[p + 1]."""
        return _starts(self.participant, len(self.participant_ids))

    def slice(self, first: int, last: int) -> "Votes":
        """The votes of participants first..last - 1; the first n are a fair sample, chosen by content alone."""
        last = min(last, len(self.participant_ids))
        rows = slice(self.starts[first], self.starts[last])
        participant = self.participant[rows] - np.int32(first)
        return Votes(
            participant, self.statement[rows], self.value[rows], self.participant_ids[first:last], self.statement_ids
        )

    def without_passes(self) -> "Votes":
        """Agreements and disagreements only; every participant keeps its index, with or without a vote."""
        kept = self.value != PASS
        rows = self.participant[kept], self.statement[kept], self.value[kept]
        return Votes(*rows, self.participant_ids, self.statement_ids)

    def matrix(self, data: npt.NDArray[np.floating]) -> sparse.csr_array:
        """A sparse [P, S] matrix with one number per vote; all matrices of the same votes share their indices."""
        return sparse.csr_array((data, self.statement, self.starts), shape=self.shape)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.participant_ids), len(self.statement_ids)


def find(sorted_ids: Int, wanted: Ids) -> Int:
    """Index of each wanted id in an ascending array of ids; -1 where it is not there."""
    ids = np.asarray(wanted, np.int64)
    if not len(sorted_ids):
        return np.full(ids.shape, -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return np.where(sorted_ids[at] == ids, at, -1)


def _look_up(ids: Int, given: npt.NDArray[np.integer]) -> tuple[Bool, Int32]:
    at = find(ids, given)
    return at >= 0, at.astype(np.int32)


def _index(ids: npt.NDArray[np.integer]) -> tuple[Int, Int32]:
    """Distinct ids, ascending, and the index of each given one: by table where ids are dense, else by sorting."""
    if not ids.size:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    low, high = int(ids.min()), int(ids.max())
    if high - low > 4 * ids.size + 1000:
        distinct, inverse = np.unique(ids, return_inverse=True)
        return distinct.astype(np.int64), inverse.astype(np.int32)
    at = ids - low
    present = np.zeros(high - low + 1, bool)
    present[at] = True
    rank = np.cumsum(present, dtype=np.int32) - 1
    return np.flatnonzero(present).astype(np.int64) + low, rank.astype(np.int32)[at]


def _stable_order(keys: Int32, size: int) -> Int32:
    """A stable argsort of indices below `size`, in linear time: transposing a sparse matrix is a counting sort."""
    columns = np.arange(len(keys) + 1, dtype=np.int32 if len(keys) < 2**31 else np.int64)
    shape = (max(size, 1), len(keys))
    return sparse.csc_array((np.zeros(len(keys), np.int8), keys, columns), shape=shape).tocsr().indices


def _starts(participant: Int32, participants: int) -> Int32:
    counts = np.bincount(participant, minlength=participants)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32 if participant.size < 2**31 else np.int64)


def _row_hashes(statement_ids: Int, statement: Int32, value: Int8, starts: Int32) -> npt.NDArray[np.uint64]:
    """A 64-bit number per participant: the sum of one scrambled number per (statement id, value). Wraps on purpose."""
    if not len(starts):
        return np.empty(0, np.uint64)
    keys = _scramble(3 * np.arange(3, dtype=np.uint64)[None, :] + statement_ids.astype(np.uint64)[:, None] * 9)
    hashes = np.empty(len(starts), np.uint64)
    block = 1 << 18  # participants at a time: one 64-bit number per vote would double the peak memory
    for first in range(0, len(starts), block):
        begin, some = int(starts[first]), starts[first : first + block]
        end = int(starts[first + block]) if first + block < len(starts) else len(value)
        numbers = keys.ravel()[3 * statement[begin:end] + (value[begin:end] + 1)]
        hashes[first : first + block] = np.add.reduceat(numbers, some - begin)
    return _scramble(hashes)


def _scramble(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
