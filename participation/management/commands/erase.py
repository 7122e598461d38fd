"""`erase CODE`: forgets the person behind a receipt code everywhere; the totals follow."""

import json
import logging

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participation import receipts
from participation.models import TAG_LENGTH

log = logging.getLogger("palabre.audit")


class Command(BaseCommand):
    help = "Forgets everything that was sent under a receipt code; the totals follow."

    def add_arguments(self, parser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        code = receipts.read_code(options["code"])
        if code is None:
            raise CommandError(_("This is not a receipt code: it has five groups of four characters."), returncode=2)
        with transaction.atomic():
            erased = receipts.erase(code)
        if not erased:
            raise CommandError(_("Nothing is stored under this code."))
        # The first group names the consultation, not the person: the log may keep it.
        log.warning("erased on request: %d responses, consultation %s", erased, code[:TAG_LENGTH])
        call_command("sweep", stdout=self.stderr if options["verbosity"] > 1 else _Silent())
        if options["json"]:
            self.stdout.write(json.dumps({"erased": erased}))
        else:
            self.stdout.write(ngettext("%(n)d response erased.", "%(n)d responses erased.", erased) % {"n": erased})


class _Silent:
    def write(self, text: str) -> None:
        """Whoever erases wants to read of the erasure only."""
