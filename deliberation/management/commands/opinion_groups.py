"""`opinion_groups DEBATE`: computes and prints map, groups and statistics from the votes stored now; stores nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deliberation.analysis import DEFAULT_ENGINE
from deliberation.findings import MANY_PASS
from deliberation.management.finding import add_debate_argument, find_debate
from deliberation.results import LETTERS

SHOWN = 5  # statements of each kind
ENOUGH = 11  # votes on a statement from which on its shares say something


class Command(BaseCommand):
    help = "Computes the opinion groups of a debate and prints them."

    def add_arguments(self, parser) -> None:
        add_debate_argument(parser)
        parser.add_argument("--engine", choices=["classic", "ideal"], default=DEFAULT_ENGINE)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--predict", metavar="PAIRS.csv", type=Path)

    def handle(self, *args, **options) -> None:
        from deliberation.groupings import BadFiles, Grouping, read_pairs  # numpy and scipy: only where they are needed

        debate, pairs = find_debate(options["debate"]), []
        if options["predict"]:
            try:
                pairs = read_pairs(options["predict"])
            except (BadFiles, OSError) as error:
                raise CommandError(str(error), returncode=2) from None
        grouping = Grouping(debate, options["engine"])
        report = grouping.report()
        if options["predict"]:
            report["predictions"] = grouping.predictions(pairs)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(told(report, grouping.texts)))


def told(report: dict[str, Any], texts: dict[str, str]) -> list[str]:
    """The report in words."""
    said = {"people": report["participants"], "votes": report["votes"], "k": report["k"], "engine": report["engine"]}
    lines = [_("%(people)d people, %(votes)d votes, groups: %(k)d (engine: %(engine)s)") % said]
    for group in report["groups"]:
        lines += ["", _("Group %(name)s: %(n)d people") % {"name": LETTERS[group["id"]], "n": group["size"]}]
        lines += [_stance(stance, texts) for stance in group["representative"]]
    if unplaced := report["participants"] - len(report["assignments"]):
        lines += ["", _("Too few votes to be in a group: %(n)d people") % {"n": unplaced}]
    for title, statements in _findings(report["statements"]):
        lines += ["", title, *(f"  {_shares(s)}: {texts[s['id']]}" for s in statements)]
    if pairs := report.get("predictions"):
        lines += ["", _("Chance of agreeing (participant, statement)")]
        lines += [f"  {name}\t{ref}\t{p:.4f}" for name, ref, p in pairs]
    return lines


def _stance(stance: dict[str, Any], texts: dict[str, str]) -> str:
    said = {"share": round(100 * stance["share"]), "text": texts[stance["statement_id"]]}
    if stance["stance"] == "agree":
        return "  " + _("%(share)d %% agree: %(text)s") % said
    return "  " + _("%(share)d %% disagree: %(text)s") % said


def _findings(statements: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What unites all groups, what divides them, what many pass on; the strongest first."""
    asked = [s for s in statements if _votes(s) >= ENOUGH]
    united = [s for s in asked if all(2 * agree > seen for agree, _disagree, seen in s["groups"])]
    divided = [s for s in asked if s["divisiveness"] > 0]
    puzzling = [s for s in asked if s["pass"] >= MANY_PASS * _votes(s)]
    return [
        (_("What unites"), sorted(united, key=lambda s: -s["consensus"])[:SHOWN]),
        (_("What divides"), sorted(divided, key=lambda s: -s["divisiveness"])[:SHOWN]),
        (_("Many pass: is it understood?"), sorted(puzzling, key=lambda s: -s["pass"] / _votes(s))[:SHOWN]),
    ]


def _votes(statement: dict[str, Any]) -> int:
    return statement["agree"] + statement["disagree"] + statement["pass"]


def _shares(statement: dict[str, Any]) -> str:
    """Who agrees, of all and of each group: “agree 62 % (A 91 %, B 20 %), pass 8 %”."""
    groups = ", ".join(
        f"{letter} {round(100 * agree / max(seen, 1))} %"
        for letter, (agree, _disagree, seen) in zip(LETTERS, statement["groups"], strict=False)
    )
    votes = _votes(statement)
    said = {"agree": round(100 * statement["agree"] / votes), "pass": round(100 * statement["pass"] / votes)}
    return _("agree %(agree)d %% (%(groups)s), pass %(pass)d %%") % {**said, "groups": groups}
