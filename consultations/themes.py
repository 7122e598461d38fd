"""Sorting contributions by theme, and counting them. No counter is stored: what was hidden or withdrawn counts no more
the moment it is, and nothing can drift.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from moderation.registry import Source, sources
from surveys.follow_up import question_name
from surveys.forms import compiled_live
from surveys.models import Survey

from .models import Attachment, ConsultationPage, Theme

QUESTION = "question"  # the kind of a survey question; all others are kinds of text, on the moderation desk
Place = tuple[str, str]
_BATCH = 1000


class Question(NamedTuple):
    """A survey question that can be about a theme."""

    name: str
    wording: str
    survey: str
    url: str


def questions_of(page: ConsultationPage) -> dict[str, Question]:
    """The questions asked in the surveys of `page`, by name, in their order."""
    found: dict[str, Question] = {}
    for survey in Survey.objects.for_display().filter(scope=page.scope_id, live=True).exclude(live_version=None):
        for question in compiled_live(survey).all_questions:
            name = question_name(survey.pk, question["id"])
            url = f"{survey.get_absolute_url()}resultats/"
            found[name] = Question(name, question["wording"], survey.title, url)
    return found


def kinds() -> Sequence[Source]:
    """The kinds of text that citizens write here."""
    return list(sources.values())


def counted_of(page: ConsultationPage, kind: str, words: str = "", *, sorted_too: bool = True) -> QuerySet:
    """The ids of what counts in `page`, of one kind; those that no theme has yet, unless `sorted_too`."""
    found = sources[kind].counted(page.scope_id, words)
    if sorted_too:
        return found
    done = Attachment.objects.filter(theme__page=page, kind=kind).values("object_id")
    return found.exclude(**{f"{_name_of(found)}__in": done})


def _name_of(found: QuerySet) -> str:
    """How the column of ids is called in a query of `Source.counted`."""
    return "name" if "name" in found.query.annotations else "object_id"


def attach(theme: Theme, places: Iterable[Place]) -> int:
    """Say that these are about `theme`; twice is once. What does not count in its consultation is left out. How many
    are attached now that were not before.
    """
    wanted = _of_page(theme.page, set(places))
    rows = [Attachment(theme=theme, kind=kind, object_id=id_) for kind, id_ in sorted(wanted)]
    before = Attachment.objects.filter(theme=theme).count()
    Attachment.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return Attachment.objects.filter(theme=theme).count() - before


def detach(theme: Theme, places: Iterable[Place]) -> int:
    """Say that these are not about `theme`; how many were."""
    by_kind = _by_kind(places)
    return sum(theme.attachments.filter(kind=kind, object_id__in=ids).delete()[0] for kind, ids in by_kind.items())


def _by_kind(places: Iterable[Place]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind, id_ in places:
        found[kind].add(id_)
    return found


def _of_page(page: ConsultationPage, places: Collection[Place]) -> set[Place]:
    """Those of `places` that count in `page`: nobody sorts what others were asked."""
    kept: set[Place] = set()
    for kind, ids in _by_kind(places).items():
        if kind == QUESTION:
            kept |= {(kind, name) for name in ids & questions_of(page).keys()}
        elif kind in sources:
            counted = counted_of(page, kind)
            if len(ids) <= _BATCH:
                counted = counted.filter(**{f"{_name_of(counted)}__in": ids})
            kept |= {(kind, id_) for id_ in ids & set(counted)}
    return kept


def counting_in(page: ConsultationPage) -> Q:
    """Attachments that count: one condition for all kinds of text."""
    counts = Q(pk__in=[])
    for source in kinds():
        counts |= Q(kind=source.kind, object_id__in=source.counted(page.scope_id))
    return counts


def counts(page: ConsultationPage) -> dict[int, int]:
    """How many texts each theme of `page` has, by its id; those of sub-themes count for the theme above, once."""
    attached = Attachment.objects.filter(counting_in(page), theme__page=page).order_by()
    own = dict(attached.filter(theme__depth__gt=1).values_list("theme_id").annotate(n=Count("pk")))
    text = Concat("kind", Value(" "), "object_id", output_field=CharField())
    root = Substr("theme__path", 1, Theme.steplen)
    below = dict(attached.annotate(root=root).values_list("root").annotate(n=Count(text, distinct=True)))
    tree = page.themes.values_list("pk", "path", "depth")
    return {pk: below.get(path, 0) if depth == 1 else own.get(pk, 0) for pk, path, depth in tree}


def readable_in(theme: Theme) -> QuerySet:
    """(kind, id) of what everybody may read about `theme` and its sub-themes, in an order that tells nothing."""
    shown = Q(pk__in=[])
    for source in kinds():
        shown |= Q(kind=source.kind, object_id__in=source.readable(theme.page.scope_id))
    attached = Attachment.objects.filter(shown, theme__page=theme.page, theme__path__startswith=theme.path)
    return attached.order_by("kind", "object_id").values_list("kind", "object_id").distinct()


def questions_in(theme: Theme) -> list[Question]:
    """The survey questions about `theme` and its sub-themes."""
    below = Attachment.objects.filter(kind=QUESTION, theme__page=theme.page, theme__path__startswith=theme.path)
    names = set(below.values_list("object_id", flat=True))
    return [q for name, q in questions_of(theme.page).items() if name in names] if names else []
