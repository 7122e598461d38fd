"""`scheduler`: sweeps, looks, publishes and reconciles, every so often; run one (two do no harm)."""

from django.core.management.base import BaseCommand

from cms import scheduling


class Command(BaseCommand):
    help = "Sweeps, looks for ballot stuffing, publishes and takes offline on time, reconciles. Needs no Redis."

    def handle(self, *args, **options) -> None:
        scheduling.run_for_ever()
