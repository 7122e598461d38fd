"""`export_debate DEBATE --out DIR`: a debate as statements.csv and votes.csv, which can be imported again."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deliberation.exports import export_debate

from ..finding import add_debate_argument, find_debate


class Command(BaseCommand):
    help = "Writes statements.csv and votes.csv of a debate, in the form that import_debate reads."

    def add_arguments(self, parser) -> None:
        add_debate_argument(parser)
        parser.add_argument("--out", metavar="DIR", type=Path, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        debate = find_debate(options["debate"])
        try:
            written = export_debate(debate, options["out"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps({"key": debate.key, "out": str(options["out"]), **written._asdict()}))
        else:
            said = {**written._asdict(), "out": options["out"]}
            message = _("%(statements)d statements and %(votes)d votes of %(participants)d people are in %(out)s.")
            self.stdout.write(message % said)
