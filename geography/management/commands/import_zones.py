"""`import_zones FILE.geojson`: zones below one, or a territory of its own; what cannot be used is named."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from geography import geojson, imports
from geography.models import Zone


class Command(BaseCommand):
    help = "Adds the zones of a GeoJSON file; the same file again changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE.geojson", type=Path)
        parser.add_argument("--parent", metavar="CODE", default="", help="the zone they lie in; default: none")
        parser.add_argument("--kind", choices=[kind for kind, _label in Zone.KINDS], default="district")
        parser.add_argument("--name-property", default="", help="default: name, nom, libelle…")
        parser.add_argument("--code-property", default="", help="default: zones are known again by their name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        made = self._plan(options)
        imports.carry_out(made)
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(made), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(imports.summary(made)))
        for problem in made.problems:
            self.stderr.write(problem, lambda text: text)
        if made.problems:
            sys.exit(1)

    def _plan(self, options) -> imports.Plan:
        try:
            reading = geojson.read(options["file"].read_bytes())
        except (OSError, geojson.GeoError) as error:
            raise CommandError(str(error), returncode=2) from None
        parent = Zone.objects.filter(code=options["parent"]).first() if options["parent"] else None
        if options["parent"] and parent is None:
            raise CommandError(
                _("There is no zone with the code %(code)s.") % {"code": options["parent"]}, returncode=2
            )
        name = options["name_property"] or imports.likely_name(reading)
        for wanted in filter(None, (name, options["code_property"])):
            if wanted not in imports.properties(reading):
                known = ", ".join(imports.properties(reading))
                message = _("No zone has the property “%(name)s”. There are: %(known)s.")
                raise CommandError(message % {"name": wanted, "known": known}, returncode=2)
        if not name:
            raise CommandError(_("Which property holds the name? Say so with --name-property."), returncode=2)
        return imports.plan(reading, parent, options["kind"], name, options["code_property"])


def _as_dict(made: imports.Plan) -> dict:
    return {
        "added": [row.name for row in made.added],
        "changed": [row.name for row in made.changed],
        "same": [row.name for row in made.same],
        "problems": made.problems,
    }
