"""What people wrote in a survey in their own words: sorted out, decided on, dated over the days it was open."""

from collections.abc import Mapping, Sequence
from datetime import date

from moderation.models import Item
from surveys import open_answers
from surveys.models import OpenAnswer, Survey

from .outcomes import WAITING, Outcome, decide
from .past import date_back

MODERATOR = "moderateur"


def moderate(survey: Survey, outcomes: Mapping[str, Outcome], days: Sequence[date]) -> None:
    """Decide on what came in: as `outcomes` say of a text, else published. What waits came on the last day."""
    open_answers.sort()
    texts = dict(OpenAnswer.objects.filter(survey=survey).values_list("pk", "text"))
    by_text = {str(pk): text for pk, text in texts.items()}
    items = Item.objects.filter(kind=open_answers.KIND, object_id__in=by_text, waiting=True)
    by_day: dict[date, list[Item]] = {}
    for n, item in enumerate(sorted(items, key=lambda item: by_text[item.object_id])):
        outcome = outcomes.get(by_text[item.object_id], Outcome())
        decide(item, outcome, MODERATOR)
        day = days[-1] if outcome == WAITING else days[n % len(days)]
        by_day.setdefault(day, []).append(item)
    for day, came in by_day.items():
        date_back([item.pk for item in came], day)
        OpenAnswer.objects.filter(pk__in=[item.object_id for item in came]).update(received_on=day)
