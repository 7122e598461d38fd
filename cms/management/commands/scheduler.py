"""`scheduler`: sweeps, looks, publishes and reconciles, every so often; run one (two do no harm)."""

from django.core.management.base import BaseCommand

from cms import scheduling


class Command(BaseCommand):
    help = "Sweeps and looks for ballot stuffing twice a minute, publishes each minute, reconciles each hour. Needs no Redis."

    def handle(self, *args, **options) -> None:
        scheduling.run_for_ever()
