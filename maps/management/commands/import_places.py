"""`import_places MAP FILE`: a CSV or GeoJSON file of places becomes places of a map."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from maps.imports import Outcome, Unreadable, import_places
from maps.models import Map


class Command(BaseCommand):
    help = "Brings places in from a CSV or GeoJSON file; the same file again adds nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("map", metavar="MAP", help="the map's key")
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--wait", action="store_true", help="a moderator reads each place before it is shown")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        map = Map.objects.for_display().filter(key=options["map"]).first()
        if map is None:
            raise CommandError(_("There is no map with the key %(key)s.") % {"key": options["map"]}, returncode=2)
        if not map.asked:
            raise CommandError(_("This map was never published: publish it first."))
        try:
            outcome = import_places(map, options["file"], wait=options["wait"], progress=self._progress())
        except (Unreadable, OSError) as error:
            raise CommandError(str(error), returncode=2) from None
        except DatabaseError as error:
            message = _("The database stopped the import (%(error)s). Start it again: it goes on where it was.")
            raise CommandError(message % {"error": type(error).__name__}) from None
        rejects = str(outcome.rejects) if outcome.rejected else None
        said = {**outcome._asdict(), "rejects": rejects}
        self.stdout.write(json.dumps(said) if options["json"] else _summary(outcome))
        if outcome.rejected:
            sys.exit(1)

    def _progress(self):
        if not self.stderr.isatty():
            return None
        return lambda row: self.stderr.write(f"\r{row} ", lambda text: text, ending="")


def _summary(outcome: Outcome) -> str:
    numbers = {"added": outcome.added, "known": outcome.known, "rejected": outcome.rejected}
    said = _("%(added)d added, %(known)d already there, %(rejected)d rejected.") % numbers
    if outcome.rejected:
        said += "\n" + _("The rejected rows are in %(path)s.") % {"path": outcome.rejects}
    return said
