"""Where a debate's votes lie, so that counting can recount them without knowing what a vote is."""

from django.db import connection

from counting.reconcile import Truth

from .cells import vote_cells
from .models import Vote


def rewrite_cells(tool_id: int) -> int:
    """Recompute the cells of every vote of a tool from its statement and value; how many differed and were mended."""
    mended = 0
    votes = Vote.objects.filter(voter__debate__tool_id=tool_id).values_list(
        "voter_id", "statement_id", "value", "cells", "statement__cell"
    )
    for voter_id, statement_id, value, cells, first in votes.iterator(chunk_size=5000):
        right = vote_cells(first, value)
        if bytes(cells) != right:
            Vote.objects.filter(voter_id=voter_id, statement_id=statement_id).update(cells=right)
            mended += 1
    return mended


def _truth() -> Truth:
    postgresql = connection.vendor == "postgresql"
    spread = "int8send({})" if postgresql else "{}"
    one = r"'\x0000'::bytea" if postgresql else "x'0000'"
    counted = "r.set_aside = false" if postgresql else "r.set_aside = 0"
    return Truth(
        rows=f"""SELECT b.cells, b.spread FROM (
            SELECT r.debate_id, {one} AS cells, {spread.format("r.id")} AS spread
            FROM deliberation_voter r WHERE {counted}
            UNION ALL
            SELECT r.debate_id, v.cells, {spread.format("v.voter_id")}
            FROM deliberation_vote v JOIN deliberation_voter r ON r.id = v.voter_id WHERE {counted}
            ) b JOIN deliberation_debate d ON d.id = b.debate_id WHERE d.tool_id = %s""",  # noqa: S608
        rewrite=rewrite_cells,
        receipts="""SELECT r.participant_key FROM deliberation_voter r
            JOIN deliberation_debate d ON d.id = r.debate_id WHERE d.tool_id = %s AND NOT r.set_aside""",
    )


TRUTH = _truth()
