"""The result of an analysis: who stands where, in which group, and what is thought of each statement."""

import io
import json
import zipfile
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .statistics import Stance
from .votes import Float, Float32, Int, Int8, find

VERSION = 1  # of the stored bytes


@dataclass(eq=False)
class Map:
    """Everything that is shown, and what the next run needs to start from. P participants, S statements, k groups."""

    engine: str  # "classic" or "ideal"
    parameters: dict[str, Any]  # seeds, thresholds, k range, versions: JSON
    participant_ids: Int  # [P], ascending
    positions: Float32  # [P, 2]
    certainty: Float32  # [P], 0..1: how sure the position is
    agreeableness: Float32  # [P], logit: how readily someone agrees with anything; 0 in the classic engine
    group: Int8  # [P], -1: too few votes to be in one
    k_wanted: int  # the k of the latest votes, shown once enough updates in a row agree
    k_agreeing: int  # how many have so far
    centres: Float  # [k, 2]
    statement_ids: Int  # [S], ascending
    agree: Int  # [S], over all participants, placed or not; so the next two
    disagree: Int
    passed: Int
    group_counts: Int  # [k, S, 3]: agree, disagree, seen (with passes)
    loadings: Float  # [S, 2]
    intercept: Float  # [S]: mean vote (classic) or logit of agreement at the origin (ideal)
    extremity: Float  # [S], as Polis
    consensus: Float  # [S], group-aware consensus
    consensus_root: Float  # [S], its k-th root: comparable between different k
    consensus_disagree: Float  # [S], the twin for disagreement
    divisiveness: Float  # [S], largest significant difference of agreement between two groups, 0 when none is
    divided: Int8  # [S, 2], the two groups, who agrees more first; -1 when none
    bridging: Float  # [S], 0..1: ideal, predicted agreement of the tenth that agrees least, passes deducted;
    # classic, lower bound (one-sided 90 %) of the agreement of the group that agrees least
    priority: Float  # [S], weight in drawing the next statement to show
    representative: list[list[Stance]]  # per group
    consensus_lists: dict[str, list[Stance]]  # "agree" and "disagree", whole population

    @property
    def k(self) -> int:
        return len(self.centres)

    def person(self, participant_ids: Any) -> Int:
        """Index of each participant id, -1 for an unknown one."""
        return find(self.participant_ids, participant_ids)

    def summary(self) -> dict[str, Any]:
        """The map in a few lines of JSON, without anything about single participants."""
        sizes = np.bincount(self.group[self.group >= 0], minlength=self.k)
        return {
            "engine": self.engine,
            "parameters": self.parameters,
            "participants": len(self.participant_ids),
            "statements": len(self.statement_ids),
            "votes": int((self.agree + self.disagree + self.passed).sum()),
            "k": self.k,
            "k_wanted": self.k_wanted,
            "k_agreeing": self.k_agreeing,
            "groups": [{"size": int(n), "representative": r} for n, r in zip(sizes, self.representative, strict=True)],
            "unplaced": int((self.group < 0).sum()),
            "consensus": self.consensus_lists,
        }

    def to_bytes(self) -> bytes:
        """A compressed npz without pickles: `from_bytes` reads it back exactly."""
        arrays: dict[str, Any] = {}
        rest: dict[str, Any] = {"version": VERSION}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                arrays[each.name] = value
            else:
                rest[each.name] = value
        buffer = io.BytesIO()
        np.savez_compressed(buffer, json=np.frombuffer(json.dumps(rest).encode(), np.uint8), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Map":
        """Raises ValueError when the bytes are no map of this version."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as stored:
                values: dict[str, Any] = {name: stored[name] for name in stored.files}
            values |= json.loads(values.pop("json").tobytes())
        except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError("not a stored map") from error
        if values.pop("version", None) != VERSION:
            raise ValueError("a map stored by another version")
        return cls(**values)
