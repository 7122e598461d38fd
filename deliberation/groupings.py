"""Opinion groups computed once, for `opinion_groups`: nothing is stored, ids are those of the debate's files."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import ngettext

from counting.rejects import Lines
from counting.spreadsheets import unquoted

from .analysis import load_votes
from .exports import names_of
from .imports.files import BadFiles, check, columns, lines, open_text
from .models import Debate, Statement
from .opinion_groups import Map, Votes, analyse, predict

PAIR_COLUMNS = ("participant_id", "statement_id")
UNKNOWN = -1


class Grouping:
    """The map of a debate's votes as they are now, made from nothing, with the ids of its files."""

    def __init__(self, debate: Debate, engine: str):
        self.debate = debate
        self.votes: Votes = load_votes(debate)
        self.map: Map = analyse(self.votes, engine)  # type: ignore[arg-type]
        self.people = names_of(debate)
        self.statements = dict(Statement.objects.filter(debate=debate).values_list("pk", "ref"))
        self.texts = dict(Statement.objects.filter(debate=debate).values_list("ref", "text"))

    def report(self) -> dict[str, Any]:
        """What `opinion_groups --json` prints (see docs/doors.md)."""
        found = self.map
        names = [self.people[pk] for pk in found.participant_ids.tolist()]
        refs = [self.statements[pk] for pk in found.statement_ids.tolist()]
        sizes = np.bincount(found.group[found.group >= 0], minlength=found.k)
        return {
            "engine": found.engine,
            "parameters": found.parameters,
            "participants": len(names),
            "votes": int((found.agree + found.disagree + found.passed).sum()),
            "k": found.k,
            "groups": [
                {"id": g, "size": int(sizes[g]), "representative": [self._stance(s) for s in found.representative[g]]}
                for g in range(found.k)
            ],
            "assignments": {name: int(g) for name, g in zip(names, found.group, strict=True) if g >= 0},
            "positions": {n: [float(x), float(y)] for n, (x, y) in zip(names, found.positions, strict=True)},
            "statements": [self._statement(j, ref) for j, ref in enumerate(refs)],
        }

    def _stance(self, stance: Any) -> dict[str, Any]:
        numbers = {name: value for name, value in stance.items() if name not in ("statement", "stance")}
        return {"statement_id": self.statements[stance["statement"]], "stance": stance["stance"], **numbers}

    def _statement(self, j: int, ref: str) -> dict[str, Any]:
        found = self.map
        return {
            "id": ref,
            "agree": int(found.agree[j]),
            "disagree": int(found.disagree[j]),
            "pass": int(found.passed[j]),
            "consensus": float(found.consensus[j]),
            "consensus_disagree": float(found.consensus_disagree[j]),
            "bridging": float(found.bridging[j]),
            "divisiveness": float(found.divisiveness[j]),
            "extremity": float(found.extremity[j]),
            "priority": float(found.priority[j]),
            "groups": [[int(n) for n in counts] for counts in found.group_counts[:, j]],
        }

    def predictions(self, pairs: list[tuple[str, str]]) -> list[list[Any]]:
        """[participant, statement, P(agree)] for each pair; who or what is unknown counts as average."""
        people = {name: pk for pk, name in self.people.items()}
        refs = {ref: pk for pk, ref in self.statements.items()}
        who = np.array([people.get(name, UNKNOWN) for name, _ref in pairs], np.int64)
        what = np.array([refs.get(ref, UNKNOWN) for _name, ref in pairs], np.int64)
        chances = predict(self.map, self.votes, who, what)
        return [[name, ref, float(p)] for (name, ref), p in zip(pairs, chances, strict=True)]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """The pairs in a file with the columns participant_id and statement_id. Raises BadFiles and OSError."""
    check(path)
    where, pairs, bad = columns(path, PAIR_COLUMNS), [], Lines()
    with open_text(path) as source:
        reader = csv.reader(lines(source), strict=True)
        next(reader, None)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
                if row is None:
                    break
                if not any(map(str.strip, row)):
                    continue
                pair = tuple(unquoted(row[place].strip()) for place in where.places)
            except (csv.Error, IndexError):
                bad.add(line)
                continue
            if all(pair):
                pairs.append(pair)
            else:
                bad.add(line)
    if bad.n:
        message = ngettext(
            "%(file)s, line %(lines)s: write a participant and a statement.",
            "%(file)s, lines %(lines)s: write a participant and a statement in each.",
            bad.n,
        )
        raise BadFiles(message % {"file": path.name, "lines": bad})
    return pairs
