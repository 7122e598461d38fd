"""`reconcile`: recount == tally + pending, in one snapshot; exit 1 and the cells that differ otherwise."""

import json
import sys

from django.core.management.base import BaseCommand

from counting import reconcile
from counting.models import Tool


class Command(BaseCommand):
    help = "Checks that recount == tally + pending for every tool, in one snapshot each; exit 1 where they differ."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="recompute cells and tallies from the answers first")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        report = []
        for tool in Tool.objects.order_by("pk"):
            mended = reconcile.rebuild(tool) if options["rebuild"] else 0
            differences = reconcile.reconcile(tool)
            report.append({"tool": str(tool), "mended": mended, "differences": [d._asdict() for d in differences]})
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self._print(report)
        if any(r["differences"] for r in report):
            sys.exit(1)

    def _print(self, report: list[dict]) -> None:
        for r in report:
            mended = f", {r['mended']} mended" if r["mended"] else ""
            self.stdout.write(f"{r['tool']}: {len(r['differences'])} cells differ{mended}")
            for d in r["differences"][:50]:
                self.stdout.write(
                    f"  {d['cell']}: recount {d['recounted']}, tally {d['tally']}, pending {d['pending']}"
                )
