"""`seal SURVEY`: closes, drains, proves, and writes the totals that no longer change."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from counting import reconcile

from ..finding import add_survey_argument, find_survey


class Command(BaseCommand):
    help = "Closes a survey for good, counts what waits, proves the totals and writes them down."

    def add_arguments(self, parser) -> None:
        add_survey_argument(parser)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options) -> None:
        survey = find_survey(options["survey"])
        if survey.live_version_id is None:
            raise CommandError(_("This survey was never published: there is nothing to seal."))
        try:
            record = reconcile.seal(survey.tool)
        except reconcile.SealRefused as refused:
            message = _("Not sealed: %(why)s. The survey takes no more responses. See `reconcile`, then seal again.")
            raise CommandError(message % {"why": refused}) from None
        if options["json"]:
            self.stdout.write(json.dumps({"key": survey.key, **record}))
        else:
            said = {"n": record["totals"].get("n", 0), "at": record["at"], "sha256": record["sha256"]}
            self.stdout.write(_("Sealed: %(n)d responses, %(at)s. Receipts, SHA-256: %(sha256)s") % said)
