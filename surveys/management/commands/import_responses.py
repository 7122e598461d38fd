"""`import_responses SURVEY FILE.csv`: one row a response; bad rows set aside, good ones counted."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from counting import fold
from surveys.cells import CHANNELS
from surveys.forms import compiled_live
from surveys.imports import Outcome, Refused, import_file

from ..finding import add_survey_argument, find_survey


class Command(BaseCommand):
    help = "Stores the rows of a CSV file as responses; the same file again adds nothing."

    def add_arguments(self, parser) -> None:
        add_survey_argument(parser)
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--channel", choices=[c for c in CHANNELS if c != "web"], default="import")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        survey = find_survey(options["survey"])
        if survey.live_version_id is None:
            raise CommandError(_("This survey was never published: publish it first."))
        try:
            outcome = import_file(compiled_live(survey), options["file"], options["channel"], self._progress())
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=1 if isinstance(error, Refused) else 2) from None
        except DatabaseError as error:
            message = _("The database stopped the import (%(error)s). Start it again: it goes on where it was.")
            raise CommandError(message % {"error": type(error).__name__}) from None
        fold.fold(survey.tool_id)
        self.stdout.write(json.dumps(_as_dict(outcome)) if options["json"] else _summary(outcome))

    def _progress(self):
        if not self.stderr.isatty():
            return None

        def show(line: int, lines: int) -> None:
            self.stderr.write(f"\r{line} / {lines}", ending="\r")

        return show


def _as_dict(outcome: Outcome) -> dict:
    rejects = str(outcome.rejects) if outcome.rejected else None
    return {**outcome._asdict(), "rejects": rejects}


def _summary(outcome: Outcome) -> str:
    numbers = {"added": outcome.added, "known": outcome.already_there, "rejected": outcome.rejected}
    lines = [_("%(added)d added, %(known)d already there, %(rejected)d rejected.") % numbers]
    if outcome.rejected:
        lines.append(_("The rejected rows are in %(path)s.") % {"path": outcome.rejects})
    if outcome.already_there:
        lines.append(_("A row that is already there counts once. Other people? Number the sheets in a column."))
    if outcome.ignored:
        lines.append(_("Ignored columns: %(names)s.") % {"names": ", ".join(n[:40] for n in outcome.ignored)})
    if outcome.missing:
        lines.append(
            _("Questions without a column: %(names)s.") % {"names": ", ".join(n[:60] for n in outcome.missing)}
        )
    return "\n".join(lines)
