"""What the commands on one survey share: the argument that names it."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ..models import Survey


def add_survey_argument(parser) -> None:
    parser.add_argument("survey", metavar="SURVEY", help="the survey's key, as in its address")


def find_survey(key: str) -> Survey:
    """The survey called `key`; ends the command as a bad argument when there is none."""
    survey = Survey.objects.for_display().filter(key=key).first() if key.isprintable() else None
    if survey is None:
        raise CommandError(_("There is no survey with the key “%(key)s”.") % {"key": key[:60]}, returncode=2)
    return survey
