"""Is a consultation answered? Only once every theme has a published answer with its reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import ConsultationPage, Theme


def unanswered(page: "ConsultationPage") -> list["Theme"]:
    """The themes of `page` without an answer, in their order. The answer to a theme holds for its sub-themes; a theme
    all of whose sub-themes are answered is answered too.
    """
    from .models import OfficialAnswer

    themes = list(page.themes.order_by("path"))
    answers = OfficialAnswer.objects.of_themes().filter(theme__page=page, live=True)
    return without_answer(themes, set(answers.values_list("theme_id", flat=True)))


def without_answer(themes: Sequence["Theme"], answered: set[int]) -> list["Theme"]:
    """Of `themes` those that wait for an answer, when those in `answered` have one of their own."""
    covered = {theme.path for theme in themes if theme.pk in answered}
    parents = {theme.root_path for theme in themes if not theme.is_root()}
    return [t for t in themes if t.path not in covered | parents and t.root_path not in covered]


def problem_of(page: "ConsultationPage") -> str | None:
    """Why `page` cannot be marked answered, in words; None when it can."""
    if not page.pk or not page.themes.exists():
        return _("Add at least one theme first, and answer it.")
    if waiting := unanswered(page):
        titles = get_text_list([f"“{theme.title}”" for theme in waiting], _("and"))
        return _("These themes have no published answer yet: %(themes)s.") % {"themes": titles}
    return None
