"""Opinion groups computed once, for `opinion_groups`: nothing is stored, ids are those of the debate's files."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from .analysis import load_votes
from .exports import names_of
from .models import Debate, Statement
from .opinion_groups import Map, Votes, analyse, predict

UNKNOWN = -1


class BadPairs(ValueError):
    """A file of pairs that cannot be read; the message names the line."""


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
    """The pairs in a file with the columns participant_id and statement_id. Raises BadPairs and OSError."""
    from django.utils.translation import gettext as _

    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := {"participant_id", "statement_id"} - set(reader.fieldnames or []):
                raise BadPairs(_("line 1: the column %(name)s is missing.") % {"name": ", ".join(sorted(missing))})
            pairs = []
            for row in reader:
                pair = ((row["participant_id"] or "").strip(), (row["statement_id"] or "").strip())
                if not all(pair):
                    message = _("line %(n)d: write a participant and a statement.")
                    raise BadPairs(message % {"n": reader.line_num})
                pairs.append(pair)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadPairs(_("the file is not CSV in UTF-8: %(error)s") % {"error": error}) from None
    return pairs
