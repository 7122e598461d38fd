"""`seal SURVEY|DEBATE`: closes, drains, proves, and writes the totals that no longer change."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from counting import reconcile
from counting.models import Tool


class Command(BaseCommand):
    help = "Closes a survey or a debate for good, counts what waits, proves the totals and writes them down."

    def add_arguments(self, parser) -> None:
        parser.add_argument("key", metavar="SURVEY|DEBATE", help="its key, as in its address")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        tool = self._find(options["key"])
        if not tool.tallies.exists():  # publishing is what gives a tool its cells
            raise CommandError(_("“%(key)s” was never published: there is nothing to seal.") % {"key": tool.key})
        try:
            record = reconcile.seal(tool)
        except reconcile.SealRefused as refused:
            message = _("Not sealed: %(why)s. It takes nothing in any more. See `reconcile`, then seal again.")
            raise CommandError(message % {"why": refused}) from None
        if options["json"]:
            self.stdout.write(json.dumps({"key": tool.key, **record}))
        else:
            said = {"n": record["totals"].get("n", 0), "at": record["at"], "sha256": record["sha256"]}
            self.stdout.write(self._sealed(tool) % said)

    def _find(self, key: str) -> Tool:
        """What is called `key`; ends the command as a bad argument when nothing is."""
        tool = Tool.objects.filter(key=key).first() if key.isprintable() else None
        if tool is None:
            message = _("There is no survey and no debate with the key “%(key)s”.")
            raise CommandError(message % {"key": key[:60]}, returncode=2)
        return tool

    def _sealed(self, tool: Tool) -> str:
        if tool.kind == "debate":
            return _("Sealed: %(n)d participants, %(at)s. Receipts, SHA-256: %(sha256)s")
        return _("Sealed: %(n)d responses, %(at)s. Receipts, SHA-256: %(sha256)s")
