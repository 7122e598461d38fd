"""Opinion groups: where people stand by their votes on statements, and what their groups agree and differ on."""

from .analysis import analyse, place, predict
from .maps import Map
from .statistics import priority
from .votes import Votes

__all__ = ["Map", "Votes", "analyse", "place", "predict", "priority"]
