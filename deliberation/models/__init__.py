"""What the deliberation engine stores."""

from .argument import LONGEST_ARGUMENT, Argument, Support
from .debate import LONGEST, Debate, Statement
from .opinion_map import OpinionMap
from .vote import AGREE, DISAGREE, PASS, Vote, Voter

__all__ = [
    "AGREE",
    "DISAGREE",
    "LONGEST",
    "LONGEST_ARGUMENT",
    "PASS",
    "Argument",
    "Debate",
    "OpinionMap",
    "Statement",
    "Support",
    "Vote",
    "Voter",
]
