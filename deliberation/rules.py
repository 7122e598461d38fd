"""Who may do what in a debate, as sentences; used by views, templates and acts alike."""

from participation.trust import Unproven, suffices

from .models import Debate, Statement


def check_proof(debate: Debate, level: str) -> None:
    """Raise Unproven unless who proved `level` may take part."""
    if not suffices(level, debate.trust):
        raise Unproven


def may_vote(debate: Debate) -> bool:
    return debate.phase() == "open"


def may_propose(debate: Debate) -> bool:
    return debate.may_propose and debate.phase() == "open"


def may_argue(debate: Debate, statement: Statement | None) -> bool:
    """Under `statement`, or on the question itself when there is none."""
    if statement is not None and statement.status != Statement.Status.PUBLISHED:
        return False
    allowed = debate.free_arguments if statement is None else debate.may_argue
    return allowed and debate.phase() == "open"


def see_results(debate: Debate) -> bool:
    """May anybody see this debate's figures now?"""
    phase = debate.phase()
    if phase == "unpublished" or debate.show_results == Debate.Results.NEVER:
        return False
    return phase == "closed" or debate.show_results == Debate.Results.ALWAYS
