"""`opinion_groups DEBATE`: computes and prints map, groups and statistics from the votes stored now; stores nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deliberation.analysis import DEFAULT_ENGINE
from deliberation.management.finding import add_debate_argument, find_debate

SHOWN = 5  # statements of each kind


class Command(BaseCommand):
    help = "Computes the opinion groups of a debate and prints them."

    def add_arguments(self, parser) -> None:
        add_debate_argument(parser)
        parser.add_argument("--engine", choices=["classic", "ideal"], default=DEFAULT_ENGINE)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--predict", metavar="PAIRS.csv", type=Path)

    def handle(self, *args, **options) -> None:
        from deliberation.groupings import BadPairs, Grouping, read_pairs  # numpy and scipy: only where they are needed

        debate, pairs = find_debate(options["debate"]), []
        if options["predict"]:
            try:
                pairs = read_pairs(options["predict"])
            except (BadPairs, OSError) as error:
                raise CommandError(f"{options['predict']}: {error}", returncode=2) from None
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
        lines += ["", _("Group %(name)s: %(n)d people") % {"name": chr(65 + group["id"]), "n": group["size"]}]
        for stance in group["representative"]:
            word = _("agree") if stance["stance"] == "agree" else _("disagree")
            lines.append(f"  {round(100 * stance['share'])} % {word}: {texts[stance['statement_id']]}")
    asked = [s for s in report["statements"] if s["agree"] + s["disagree"] + s["pass"]]
    for title, name in ((_("What unites"), "consensus"), (_("What divides"), "divisiveness")):
        best = sorted((s for s in asked if s[name] > 0), key=lambda s: -s[name])[:SHOWN]
        lines += ["", title, *(f"  {s[name]:.2f}  {texts[s['id']]}" for s in best)]
    for name, ref, p in report.get("predictions", []):
        lines.append(f"{name}\t{ref}\t{p:.4f}")
    return lines
