"""What becomes of a consultation: answers with reasons, commitments, and steps that cannot be claimed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from consultations.answering import unanswered
from consultations.models import Commitment, CommitmentUpdate, ConsultationPage, OfficialAnswer, Theme
from consultations.phases import Phase
from consultations.reaching import reach
from tests.factories.pages import CommitmentFactory, ConsultationPageFactory, OfficialAnswerFactory, ThemeFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def errors_of(page: ConsultationPage, **fields) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        reach(page, **fields)
    return refused.value.message_dict


def test_nothing_is_answered_while_a_theme_has_no_published_answer():
    page = ConsultationPageFactory(late=True)
    assert "thème" in errors_of(page, answered_on=TODAY())["answered_on"][0]
    shade, parking = ThemeFactory(page=page, title="De l’ombre"), ThemeFactory(page=page, title="Le stationnement")
    OfficialAnswerFactory(theme=shade)
    OfficialAnswerFactory(theme=parking, live=False)
    said = errors_of(page, answered_on=TODAY())["answered_on"][0]
    assert "Le stationnement" in said and "De l’ombre" not in said
    assert ConsultationPage.objects.get(pk=page.pk).phase() is Phase.LATE
    OfficialAnswer.objects.update(live=True)
    assert reach(page, answered_on=TODAY()).phase() is Phase.ANSWERED


def test_the_answer_to_a_theme_holds_for_its_sub_themes_and_the_other_way_round():
    page = ConsultationPageFactory(closed=True)
    shade, parking = ThemeFactory(page=page), ThemeFactory(page=page)
    trees, tents = ThemeFactory(page=page, parent=shade), ThemeFactory(page=page, parent=shade)
    assert unanswered(page) == [trees, tents, parking]
    for theme in (trees, parking):
        OfficialAnswerFactory(theme=theme)
    assert unanswered(page) == [tents]
    OfficialAnswerFactory(theme=shade)
    assert unanswered(page) == []
    with pytest.raises(ValidationError):
        ThemeFactory(page=page, parent=trees)


@pytest.mark.parametrize("reason", ["", "Non.", "Trop cher.", "  ", "Pas assez d’argent"])
def test_no_answer_is_published_without_a_reason(reason):
    answer = OfficialAnswerFactory(theme=ThemeFactory(page=ConsultationPageFactory(closed=True)), live=False)
    answer.reason = reason
    with pytest.raises(ValidationError) as refused:
        answer.save_revision(clean=False).publish()
    assert "reason" in refused.value.message_dict
    assert not OfficialAnswer.objects.get(pk=answer.pk).live


@pytest.mark.parametrize("missing", ["status", "signed_by", "mandate"])
def test_no_answer_is_published_unsigned(missing):
    answer = OfficialAnswerFactory(theme=ThemeFactory(page=ConsultationPageFactory(closed=True)), live=False)
    setattr(answer, missing, "")
    with pytest.raises(ValidationError) as refused:
        answer.save_revision(clean=False).publish()
    assert missing in refused.value.message_dict


def test_no_decision_without_an_act_or_the_reason_why_there_is_none():
    page = ConsultationPageFactory(answered=True)
    assert "act_number" in errors_of(page, decided_on=TODAY())
    assert "act_number" in errors_of(page, decided_on=TODAY(), no_act_reason="   ")
    assert "act_number" in errors_of(page, decided_on=TODAY(), act_url="https://exemple.fr/d")
    assert reach(page, decided_on=TODAY(), act_number="2026-06-17-04").phase() is Phase.DECIDED
    other = ConsultationPageFactory(answered=True)
    assert reach(other, decided_on=TODAY(), no_act_reason="C’est le maire qui décide.").phase() is Phase.DECIDED


def test_no_step_is_claimed_before_its_day_or_before_the_one_it_rests_on():
    page = ConsultationPageFactory(answered=True)
    tomorrow = page.today() + timedelta(days=1)
    assert "decided_on" in errors_of(page, decided_on=tomorrow, act_number="1")
    assert "carried_out_on" in errors_of(page, carried_out_on=TODAY())
    late = ConsultationPageFactory(late=True)
    assert "decided_on" in errors_of(late, decided_on=TODAY(), act_number="1")
    assert "answered_on" in errors_of(late, answered_on=late.closing_day - timedelta(days=1))


def test_closing_by_hand_is_at_once_and_a_waiting_draft_goes_on_waiting():
    page = ConsultationPageFactory(open=True)
    page.title = "Un autre titre, pas encore publié"
    page.save_revision()
    closed = reach(page, closes_at=timezone.now().replace(microsecond=0))
    assert closed.phase() is Phase.CLOSED and closed.scope.closes_at == closed.closes_at
    assert closed.title != page.title and closed.has_unpublished_changes
    draft = closed.get_latest_revision_as_object()
    assert draft.title == page.title and draft.closes_at == closed.closes_at


def test_the_day_is_that_of_where_the_consultation_is_held():
    page = ConsultationPageFactory(late=True, time_zone="Indian/Reunion")
    midnight = timezone.datetime(2026, 5, 21, 0, 0, tzinfo=page.zone)
    page.opens_at, page.closes_at = midnight - timedelta(days=80), midnight - timedelta(days=40)
    page.answer_due = midnight.date() - timedelta(days=1)
    assert page.phase(midnight - timedelta(seconds=1)) is Phase.CLOSED
    assert page.phase(midnight) is Phase.LATE
    page.time_zone = ""
    assert page.phase(midnight) is Phase.CLOSED  # in Paris it is still the evening before


def test_a_commitment_is_late_by_itself_until_it_is_done_or_given_up_with_a_reason():
    page = ConsultationPageFactory(answered=True)
    late = CommitmentFactory(page=page, late=True)
    assert late.days_late(TODAY()) == 7
    with pytest.raises(ValidationError) as refused:
        late.tell("Trop cher.", status="given_up")
    assert "text" in refused.value.message_dict
    late.tell("Les arbres sont commandés.", status="under_way")
    assert late.days_late(TODAY()) == 7
    late.tell("Les quatorze arbres sont plantés.", status="done")
    assert Commitment.objects.get(pk=late.pk).days_late(TODAY()) == 0
    assert [news.status for news in late.updates.all()] == ["done", "under_way"]


def test_a_day_that_is_moved_says_so_for_ever():
    made = CommitmentFactory(page=ConsultationPageFactory(answered=True), late=True)
    before, after = made.due, TODAY() + timedelta(days=30)
    with pytest.raises(ValidationError):
        made.tell("Plus tard.", due=after)
    made.tell("La pépinière livre en décembre seulement.", due=after)
    news = made.updates.get()
    assert (news.due_before, Commitment.objects.get(pk=made.pk).due) == (before, after)
    for change in (
        lambda: CommitmentUpdate.objects.update(text="x"),
        lambda: CommitmentUpdate.objects.all().delete(),
        lambda: news.save(),
        lambda: news.delete(),
    ):
        with pytest.raises(TypeError):
            change()


def test_a_copy_of_a_consultation_claims_nothing():
    page = ConsultationPageFactory(carried_out=True)
    copy = page.copy(update_attrs={"slug": "copie", "title": "Copie"}, keep_live=False)
    assert not any([copy.answered_on, copy.decided_on, copy.act_number, copy.carried_out_on])
    assert not Theme.objects.filter(page=copy).exists()
