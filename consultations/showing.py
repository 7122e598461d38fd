"""What the public sees of what became of a consultation: themes with their answers, commitments with their news."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participation.receipts import Deed, Outcome

from . import themes
from .models import Attachment, Commitment, CommitmentUpdate, ConsultationPage, OfficialAnswer, Theme


class ShownCommitment(NamedTuple):
    made: Commitment
    days_late: int
    news: Sequence[CommitmentUpdate]


class ShownTheme(NamedTuple):
    """One theme as the page shows it. `covered_by` is the answer of the theme above, where this one has none."""

    theme: Theme
    count: int | None
    answer: OfficialAnswer | None
    commitments: Sequence[ShownCommitment]
    covered_by: OfficialAnswer | None = None


class Shown(NamedTuple):
    """All of it, in the order of the themes; `others`: commitments that go with no theme."""

    themes: Sequence[ShownTheme]
    others: Sequence[ShownCommitment]

    @property
    def answered(self) -> list[ShownTheme]:
        return [shown for shown in self.themes if shown.answer]

    @property
    def commitments(self) -> list[ShownCommitment]:
        found = [made for shown in self.themes for made in shown.commitments]
        return sorted([*found, *self.others], key=lambda shown: (shown.made.due, shown.made.pk))


def shown_of(page: ConsultationPage) -> Shown:
    """What `page` shows, in a constant number of queries."""
    tree = list(page.themes.order_by("path"))
    counts = themes.counts(page) if tree else {}
    for theme in tree:
        theme.page = page
    answers = _answers({theme.pk: theme for theme in tree})
    made = _commitments(Commitment.objects.filter(page=page), page.today())
    by_path = {theme.path: answers.get(theme.pk) for theme in tree}
    shown = [
        ShownTheme(
            theme,
            counts.get(theme.pk, 0),
            answers.get(theme.pk),
            made[theme.pk] if theme.pk in answers else (),
            None if theme.is_root() else by_path.get(theme.root_path),
        )
        for theme in tree
    ]
    return Shown(shown, made[None])


def _answers(tree: dict[int, Theme]) -> dict[int, OfficialAnswer]:
    """The published answers of these themes."""
    if not tree:
        return {}
    found = OfficialAnswer.objects.of_themes().filter(theme__in=tree, live=True)
    found = found.annotate(said_something=Count("clarity"), found_clear=Count("clarity", filter=Q(clarity__clear=True)))
    answers = {answer.theme_id: answer for answer in found}
    for pk, answer in answers.items():
        answer.theme = tree[pk]
    return answers


def _commitments(which: object, today: date) -> dict[int | None, list[ShownCommitment]]:
    """Commitments with their news, by the theme they go with."""
    news = Prefetch("updates", queryset=CommitmentUpdate.objects.order_by("-on", "-pk"))
    found: dict[int | None, list[ShownCommitment]] = defaultdict(list)
    for made in which.prefetch_related(news):  # type: ignore[attr-defined]
        found[made.theme_id].append(ShownCommitment(made, made.days_late(today), list(made.updates.all())))
    return found


def one_theme(theme: Theme) -> ShownTheme:
    """One theme with its answer and commitments, for its own page."""
    answers = _answers({theme.pk: theme})
    above = None
    if not theme.is_root() and theme.pk not in answers:
        parent = Theme.objects.get(path=theme.root_path)
        above = _answers({parent.pk: parent}).get(parent.pk)
    made = _commitments(Commitment.objects.filter(theme=theme), theme.page.today())
    commitments = made[theme.pk] if theme.pk in answers else ()
    return ShownTheme(theme, themes.counts(theme.page).get(theme.pk, 0), answers.get(theme.pk), commitments, above)


def preview_of(answer: OfficialAnswer) -> ShownTheme:
    """A draft as citizens will see it, with the commitments that will come out with it."""
    theme = answer.theme
    made = _commitments(Commitment.objects.filter(theme=theme), theme.page.today())
    return ShownTheme(theme, themes.counts(theme.page).get(theme.pk, 0), answer, made[theme.pk])


def fate_of(scope_id: int, said: Collection[tuple[str, str]]) -> list[Outcome]:
    """What became of what was said (`participation.receipts.Fate`): the themes it is about, with their answers, and
    the answers given to one contribution alone.
    """
    page = ConsultationPage.objects.live().defer_streamfields().filter(scope=scope_id).first()
    if page is None:
        return []
    about = _named(said)
    attached = set(Attachment.objects.filter(about, theme__page=page).values_list("theme_id", flat=True))
    alone = OfficialAnswer.objects.filter(about, theme__page=page, live=True).select_related("theme").order_by("pk")
    if not attached and not alone:
        return []
    concerned = [shown for shown in shown_of(page).themes if shown.theme.pk in attached]
    return [_outcome(shown.theme, shown.answer or shown.covered_by, shown.commitments) for shown in concerned] + [
        _outcome(answer.theme, answer, ()) for answer in alone
    ]


def answers_to(page: ConsultationPage, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], OfficialAnswer]:
    """The published answers given to one contribution alone, by the contribution."""
    found = OfficialAnswer.objects.filter(_named(places), theme__page=page, live=True).order_by("pk")
    return {(answer.kind, answer.object_id): answer for answer in found}


def _named(said: Collection[tuple[str, str]]) -> Q:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, id_ in said:
        by_kind[kind].append(id_)
    about = Q(pk__in=[])
    for kind, ids in by_kind.items():
        about |= Q(kind=kind, object_id__in=ids)
    return about


def _outcome(theme: Theme, answer: OfficialAnswer | None, made: Sequence[ShownCommitment]) -> Outcome:
    if answer is None:
        return Outcome(theme.title, theme.get_absolute_url())
    signed = _("%(name)s, %(mandate)s") % {"name": answer.signed_by, "mandate": answer.mandate}
    deeds = [Deed(shown.made.what, state_of(shown), bool(shown.days_late)) for shown in made]
    status = str(answer.get_status_display())
    return Outcome(theme.title, theme.get_absolute_url(), status, answer.tone, answer.reason, signed, deeds)


def state_of(shown: ShownCommitment) -> str:
    """How far a commitment is, in words."""
    if shown.days_late:
        n = shown.days_late
        return ngettext("%(n)d day late", "%(n)d days late", n) % {"n": n}
    return str(shown.made.get_status_display())
