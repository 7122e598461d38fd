"""Open answers in the states tests need: `answered(survey, "un banc")`, `decided(answer, "publish")`…"""

from typing import Any

from moderation.models import Decision, Item
from participation.receipts import issue_token
from surveys import intake, open_answers
from surveys.forms import compiled_live
from surveys.models import OpenAnswer, Response, Survey
from tests.factories.moderation import moderate
from tests.factories.surveys import SurveyFactory, question


def open_survey(*questions: dict[str, Any], shown: bool = True, **fields: Any) -> Survey:
    """A survey that is open, with one long text whose answers may be shown, or with these questions."""
    asked = list(questions) or [question("long_text", "Une idée ?", shown=shown)]
    return SurveyFactory(**{"open": True, **fields}, questions=asked)


def send(survey: Survey, *answers: Any, token: str = "", code: str | None = None) -> intake.Receipt:
    """Answer the questions of `survey` in their order."""
    compiled = compiled_live(survey)
    given = dict(zip([q["id"] for q in compiled.questions], answers, strict=True))
    return intake.record_response(compiled, given, token or issue_token(survey.key), code=code)


def answered(survey: Survey, *answers: Any, **more: Any) -> OpenAnswer:
    """What somebody just wrote, sorted."""
    before = set(OpenAnswer.objects.values_list("pk", flat=True))
    send(survey, *answers, **more)
    open_answers.sort()
    return OpenAnswer.objects.exclude(pk__in=before).get()


def item_of(answer: OpenAnswer) -> Item:
    return Item.objects.get(kind="answer", object_id=str(answer.pk))


def decided(answer: OpenAnswer, act: str = "publish", user: Any = None, **more: Any) -> Decision:
    decision = moderate(item_of(answer), act, user, **more)
    answer.refresh_from_db()
    return decision


def published(survey: Survey, *answers: Any) -> OpenAnswer:
    answer = answered(survey, *answers)
    decided(answer)
    return answer


def only_response() -> Response:
    return Response.objects.get()
