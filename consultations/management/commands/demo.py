"""`demo`: builds the fictional consultations, through the product's own functions; again adds nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from consultations.demo import LOGINS, STAGES, build


class Command(BaseCommand):
    help = "Builds the demo: seven fictional consultations with plausible answers and votes. Again, it adds nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--stage", choices=STAGES, help="all at this stage; without it, each at another")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--responses", type=int, default=240, help="people per consultation that was opened")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo has well-known passwords: it is not built on a public server.", returncode=1)
        if not 0 <= options["responses"] <= 100_000:
            raise CommandError("--responses takes a number from 0 to 100000.", returncode=2)
        with translation.override("fr"):
            built = build(options["stage"], options["seed"], options["responses"])
        logins = ", ".join(f"{name} / {password}" for name, password in LOGINS)
        self.stdout.write(f"{built} consultations built. Logins: {logins}" if built else "The demo is there already.")
