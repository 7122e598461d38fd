"""`import_survey FILE.json`: a new survey from a definition."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from surveys.definitions import MAX_SIZE, Refused, import_definition, read_definition


class Command(BaseCommand):
    help = "Makes a survey from a definition (docs/survey.schema.json) and prints its key."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE.json", type=Path)
        parser.add_argument("--publish", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        try:
            with options["file"].open("rb") as source:
                content = source.read(MAX_SIZE + 1)
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from None
        try:
            survey = import_definition(read_definition(content), publish=options["publish"])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            published = survey.live_version_id is not None
            self.stdout.write(json.dumps({"key": survey.key, "title": survey.title, "published": published}))
        else:
            self.stdout.write(survey.key)
