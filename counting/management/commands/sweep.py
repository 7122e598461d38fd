"""`sweep`: counts what is waiting to be counted, without a worker."""

import json

from django.core.management.base import BaseCommand

from counting import fold


class Command(BaseCommand):
    help = "Counts what is waiting to be counted, without a worker."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        counted = fold.sweep()
        self.stdout.write(json.dumps({"counted": counted}) if options["json"] else f"{counted} changes counted")
