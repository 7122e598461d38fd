"""What becomes of a consultation of the demo: its themes, what officials answer and commit to."""

from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from .. import themes
from ..models import Commitment, CommitmentUpdate, ConsultationPage, OfficialAnswer, Theme
from ..reaching import reach
from .themes import SIGNERS, THEMES, Told


def follow_up(page: ConsultationPage, stage: str, answered_on: date | None) -> None:
    """Sort what was said by theme; answer it where the consultation is that far."""
    agent, official = (get_user_model().objects.filter(username=name).first() for name in ("agent", "elue"))
    for told in THEMES.get(page.title, ()):
        theme = Theme.add_to(page, title=told.title, told=told.told if stage in ("late", "answered") else "")
        _sort(theme, told)
        if answered_on:
            _answer(theme, told, answered_on, official)
            _commit(theme, told)
    if answered_on:
        reach(page, agent, answered_on=answered_on)


def _sort(theme: Theme, told: Told) -> None:
    """As an agent does: by the words in the texts, and by hand for the questions."""
    asked = list(themes.questions_of(theme.page))
    places = [(themes.QUESTION, asked[n]) for n in told.questions if n < len(asked)]
    for kind in ("statement", "argument", "answer"):
        for word in told.words:
            places += [(kind, name) for name in themes.counted_of(theme.page, kind, word)]
    themes.attach(theme, places)


def _answer(theme: Theme, told: Told, day: date, official: object) -> None:
    name, mandate = SIGNERS[theme.page.title]
    answer = OfficialAnswer(
        theme=theme, status=told.status, reason=told.reason, signed_by=name, mandate=mandate, signed_on=day, live=False
    )
    answer.save()
    answer.save_revision(user=official).publish(user=official)


def _commit(theme: Theme, told: Told) -> None:
    today = timezone.localdate()
    for what, who, days, budget, news in told.commitments:
        due = today + timedelta(days=days)
        made = Commitment.objects.create(page=theme.page, theme=theme, what=what, who=who, due=due, budget=budget)
        for ago, status, text in news:
            added = made.tell(text, status=status)
            # The news are append-only: past what keeps them so, for the demo has no past of its own.
            QuerySet(CommitmentUpdate).filter(pk=added.pk).update(on=today + timedelta(days=ago))
