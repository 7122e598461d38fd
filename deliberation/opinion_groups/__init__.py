"""Opinion groups: where people stand by their votes on statements, and what their groups agree and differ on."""

from .analysis import analyse
from .maps import Map
from .statistics import priority
from .visitors import place, predict
from .votes import Votes

__all__ = ["Map", "Votes", "analyse", "place", "predict", "priority"]
