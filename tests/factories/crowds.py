"""Many voters at once: `crowd(debate, {"A": 30, "B": 20}, …)` votes as its camps do and is counted."""

import hashlib
import random
from collections.abc import Mapping, Sequence

from counting import reconcile
from counting.models import Tool
from deliberation import state
from deliberation.cells import vote_cells
from deliberation.models import Debate, Statement, Vote, Voter
from deliberation.models.vote import new_voter_id


def cast_all(debate: Debate, ballots: Sequence[Mapping[int, int]]) -> list[Voter]:
    """One new voter per ballot {statement id: value}, counted at once and published; a ballot without votes is none."""
    cells = dict(Statement.objects.filter(debate=debate).values_list("pk", "cell"))
    voters = [Voter(id=new_voter_id(), debate=debate, participant_key=_key()) for ballot in ballots if ballot]
    Voter.objects.bulk_create(voters)
    votes = [
        Vote(voter=voter, statement_id=pk, value=value, cells=vote_cells(cells[pk], value))
        for voter, ballot in zip(voters, filter(None, ballots), strict=True)
        for pk, value in ballot.items()
    ]
    Vote.objects.bulk_create(votes, batch_size=1000)
    publish_counts(debate)
    return voters


def publish_counts(debate: Debate) -> None:
    """Count from zero and show the figures, as after a batch."""
    reconcile.rebuild(Tool.objects.get(pk=debate.tool_id))
    state.forget()


def _key() -> bytes:
    return hashlib.sha256(str(new_voter_id()).encode()).digest()


def camps(debate: Debate, sizes: Sequence[int], seed: int = 1, doubt: float = 0.0) -> list[Voter]:
    """Camps of these sizes: the first statement unites them, the last puzzles, the others divide the camps."""
    draw, ballots = random.Random(seed), []
    asked = list(
        Statement.objects.filter(debate=debate, cell__isnull=False).order_by("pk").values_list("pk", flat=True)
    )
    for camp, size in enumerate(sizes):
        for _person in range(size):
            ballot = {}
            for place, pk in enumerate(asked):
                likes = 1 if place == 0 or place % len(sizes) == camp else -1
                unsure = 0.7 if place == len(asked) - 1 else 0.05
                ballot[pk] = 0 if draw.random() < unsure else likes if draw.random() > doubt else -likes
            ballots.append(ballot)
    return cast_all(debate, ballots)
