"""A machine at a survey: one form sent forty times from one network, quicker than anybody types; found, set aside."""

from typing import Any

from counting import fold
from moderation import burst_watch
from participation import arrivals, receipts
from surveys import intake, open_answers
from surveys.forms import compiled_live
from surveys.models import Survey

from .answers import Respondent

FORMS, SECONDS = 40, 1
ADDRESS = "203.0.113.40"  # kept for documentation: nobody's


def attack(survey: Survey, told: list[dict[str, Any]], words: str, seed: int) -> int:
    """Send the forms through the only way in, and look for bursts as the worker does; how many were set aside."""
    compiled = compiled_live(survey)
    typed = Respondent(seed, 1).fill(compiled, told)
    for question in compiled.questions:
        if question["type"] == "long_text":
            typed[compiled.names[question["id"]]] = [words]
    answers, errors, _unsent = compiled.read(typed)
    if errors:
        raise ValueError(f"the demo filled in what the form refuses: {errors}")
    came = arrivals.Came(arrivals.network_of(ADDRESS), SECONDS)
    for _form in range(FORMS):
        intake.record_response(compiled, answers, receipts.issue_token(compiled.key), came=came)
    fold.fold(survey.tool_id)
    held = burst_watch.look(survey.tool_id)
    fold.fold(survey.tool_id)
    open_answers.sort()
    return held
