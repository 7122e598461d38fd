"""`run`: everything on one machine, started and stopped together."""

import os

from django.core.management.base import BaseCommand

from cms.running import House


class Command(BaseCommand):
    help = "Migrates, builds the demo once, then runs Redis, worker, scheduler and web together until Ctrl-C."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--no-demo", action="store_true", help="start with an empty site")

    def handle(self, *args, **options) -> None:
        House(options["host"], options["port"], with_demo=not options["no_demo"]).run()
