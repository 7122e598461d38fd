"""The key figures of one consultation, counted anew each time they are shown."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, Sum

from counting.models import Tally
from deliberation.cells import VOTERS
from deliberation.models import Debate
from surveys.models import Survey

from .models import Attachment, Commitment
from .themes import counting_in

if TYPE_CHECKING:
    from .models import ConsultationPage

Figure = tuple[str, int, int | None]


def key_figures(page: "ConsultationPage", wanted: Collection[str]) -> list[Figure]:
    """(what, how many, of how many) for each wanted figure; those too small to be shown are left out."""
    found = [(name, *count(page)) for name, count in COUNTS.items() if name in wanted]
    return [figure for figure in found if figure[0] != "people" or figure[1] >= settings.SUPPRESS_BELOW]


def _people(page: "ConsultationPage") -> tuple[int, None]:
    """Responses counted and voters: who did both in one consultation took part twice."""
    surveys, debates = (kind.objects.filter(scope=page.scope_id).values("tool") for kind in (Survey, Debate))
    counted = Q(tool__in=surveys, name="n") | Q(tool__in=debates, name=VOTERS)
    return Tally.objects.filter(counted).aggregate(total=Sum("n", default=0))["total"], None


def _texts(page: "ConsultationPage") -> tuple[int, None]:
    sorted_ = Attachment.objects.filter(counting_in(page), theme__page=page)
    return sorted_.values("kind", "object_id").distinct().count(), None


def _answers(page: "ConsultationPage") -> tuple[int, int]:
    shown = page.shown.themes
    return sum(bool(theme.answer or theme.covered_by) for theme in shown), len(shown)


def _commitments(page: "ConsultationPage") -> tuple[int, int]:
    made = [shown.made for shown in page.shown.commitments]
    return sum(one.status == Commitment.Status.DONE for one in made), len(made)


COUNTS: dict[str, Callable[["ConsultationPage"], tuple[int, int | None]]] = {
    "people": _people,
    "texts": _texts,
    "answers": _answers,
    "commitments": _commitments,
}
