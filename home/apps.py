"""The front house."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Home")

    def ready(self) -> None:
        from consultations import readiness
        from surveys.paper import surroundings

        from .authority import on_paper
        from .checks import contact

        surroundings.authorities.append(on_paper)
        readiness.more.append(contact)
        post_migrate.connect(make_fresh_pages_searchable, sender=self)


def make_fresh_pages_searchable(plan: Iterable[tuple[Any, bool]] = (), **kwargs: Any) -> None:
    """Pages that a migration adds are unknown to the search; index them once, when they have just been added."""
    if not any((m.app_label, m.name, back) == ("home", "0002_fresh_install", False) for m, back in plan):
        return
    from wagtail.models import Page
    from wagtail.search.index import insert_or_update_object

    for page in Page.objects.filter(depth__gt=1).specific():
        insert_or_update_object(page)
