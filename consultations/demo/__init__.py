"""The demo: six fictional consultations, built through the product's own functions."""

from .build import LOGINS, STAGES, build

__all__ = ["LOGINS", "STAGES", "build"]
