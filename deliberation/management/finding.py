"""What the commands on one debate share: the argument that names it."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ..models import Debate


def add_debate_argument(parser) -> None:
    parser.add_argument("debate", metavar="DEBATE", help="the debate's key, as in its address")


def find_debate(key: str) -> Debate:
    """The debate called `key`; ends the command as a bad argument when there is none."""
    debate = Debate.objects.for_display().filter(key=key).first() if key.isprintable() else None
    if debate is None:
        raise CommandError(_("There is no debate with the key “%(key)s”.") % {"key": key[:60]}, returncode=2)
    return debate
