"""What moderation stores."""

from .burst import Burst, BurstDecision, Watch

__all__ = ["Burst", "BurstDecision", "Watch"]
