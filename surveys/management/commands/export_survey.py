"""`export_survey SURVEY`: the definition of a survey, as JSON."""

import json

from django.core.management.base import BaseCommand

from surveys.definitions import export_definition

from ..finding import add_survey_argument, find_survey


class Command(BaseCommand):
    help = "Prints the definition of a survey (docs/survey.schema.json)."

    def add_arguments(self, parser) -> None:
        add_survey_argument(parser)
        parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output always is JSON")

    def handle(self, *args, **options) -> None:
        definition = export_definition(find_survey(options["survey"]))
        self.stdout.write(json.dumps(definition, ensure_ascii=False, indent=2))
