"""Which cells of the tally a vote fills (pure)."""

from counting.packing import pack

# A debate's first cell counts its voters; each statement on which people may vote has three more, one after the other.
VOTERS, VOTERS_NUMBER = "n", 0
VOTER_CELLS = pack([VOTERS_NUMBER])
PLACES = {1: 0, -1: 1, 0: 2}  # a vote's value → its place among the three
WORDS = ("agree", "disagree", "pass")


def names(ref: str) -> list[str]:
    """The names of a statement's three cells, in their order."""
    return [f"s:{ref}:{word}" for word in WORDS]


def vote_cells(first: int, value: int) -> bytes:
    """The packed cell of one vote; `first` is the statement's first cell."""
    return pack([first + PLACES[value]])
