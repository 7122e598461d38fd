"""Where the day begins: the time zones in which a French authority may hold a consultation."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Of the territories where people vote in French local elections.
ZONES = [
    ("Europe/Paris", _("Metropolitan France")),
    ("America/Guadeloupe", _("Guadeloupe, Saint-Martin, Saint-Barthélemy")),
    ("America/Martinique", _("Martinique")),
    ("America/Cayenne", _("French Guiana")),
    ("Indian/Reunion", _("La Réunion")),
    ("Indian/Mayotte", _("Mayotte")),
    ("America/Miquelon", _("Saint-Pierre-et-Miquelon")),
    ("Pacific/Tahiti", _("French Polynesia")),
    ("Pacific/Marquesas", _("Marquesas Islands")),
    ("Pacific/Gambier", _("Gambier Islands")),
    ("Pacific/Noumea", _("New Caledonia")),
    ("Pacific/Wallis", _("Wallis and Futuna")),
]


def zone_of(name: str) -> ZoneInfo:
    """The zone called `name`, or the one of the whole site."""
    return ZoneInfo(name or settings.TIME_ZONE)
