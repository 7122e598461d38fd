"""The demo: seven fictional consultations, built through the product's own functions."""

from .build import STAGES, build
from .people import LOGINS

__all__ = ["LOGINS", "STAGES", "build"]
