"""`scheduler`: sweeps, publishes and reconciles, every so often; run one (two do no harm)."""

from django.core.management.base import BaseCommand

from cms import scheduling


class Command(BaseCommand):
    help = "Sweeps every 30 seconds, publishes what is scheduled every minute, reconciles every hour. Needs no Redis."

    def handle(self, *args, **options) -> None:
        scheduling.run_for_ever()
