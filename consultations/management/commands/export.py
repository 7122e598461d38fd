"""`export CONSULTATION --out DIR`: what everybody may have of a consultation, as CSV files and datapackage.json."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from consultations import open_data
from consultations.models import ConsultationPage


class Command(BaseCommand):
    help = "Writes the open-data package of a consultation: published figures, small ones hidden."

    def add_arguments(self, parser) -> None:
        parser.add_argument("consultation", metavar="CONSULTATION", help="the last part of its address")
        parser.add_argument("--out", metavar="DIR", type=Path, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        wanted = options["consultation"]
        page = ConsultationPage.objects.live().filter(slug=wanted).first() if wanted.isprintable() else None
        if page is None:
            message = _("There is no consultation online called “%(name)s”.") % {"name": wanted[:60]}
            raise CommandError(message, returncode=2)
        try:
            written = open_data.export(page, options["out"])
        except OSError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(json.dumps({"files": written}) if options["json"] else "\n".join(written))
