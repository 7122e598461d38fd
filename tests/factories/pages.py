"""Consultation pages in the states tests need: `ConsultationPageFactory(open=True)`, `…(late=True)`…"""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from consultations.models import Commitment, ConsultationIndexPage, ConsultationPage, OfficialAnswer, Theme


def in_days(days: int):
    return factory.LazyFunction(lambda: timezone.now() + timedelta(days=days))


def day(days: int):
    return factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=days))


def blocks(*surveys: Any, results: bool = False) -> list[dict[str, Any]]:
    """A body with these surveys, and their results where wished."""
    body = []
    for survey in surveys:
        body.append({"type": "survey", "id": str(uuid.uuid4()), "value": {"survey": survey.pk}})
        if results:
            value = {"survey": survey.pk, "title": "Résultats"}
            body.append({"type": "results", "id": str(uuid.uuid4()), "value": value})
    return body


class ThemeFactory(factory.django.DjangoModelFactory):
    """A theme of `page`, below `parent` where one is given."""

    class Meta:
        model = Theme

    title = factory.Sequence(lambda n: f"Thème {n}")

    @classmethod
    def _create(cls, model_class: type[Theme], *args: Any, **kwargs: Any) -> Theme:
        return model_class.add_to(kwargs.pop("page"), kwargs.pop("parent", None), **kwargs)


class OfficialAnswerFactory(factory.django.DjangoModelFactory):
    """A published answer to `theme`; `live=False` keeps it a draft."""

    class Meta:
        model = OfficialAnswer

    status = OfficialAnswer.Status.RETAINED
    reason = "Quatorze arbres au lieu de six, arrosés par la citerne de la halle."
    signed_by = "Claire Ancel"
    mandate = "adjointe à l’urbanisme"


class CommitmentFactory(factory.django.DjangoModelFactory):
    """What the authority will do about `page`, in two months; `late=True` is a week late."""

    class Meta:
        model = Commitment

    class Params:
        late = factory.Trait(due=day(-7))

    what = factory.Sequence(lambda n: f"Planter {n + 2} arbres sur la place")
    who = "service des espaces verts"
    due = day(60)


class ConsultationPageFactory(factory.django.DjangoModelFactory):
    """A published consultation below the site's list; traits say where it stands, `draft=True` keeps it offline."""

    class Meta:
        model = ConsultationPage
        skip_postgeneration_save = True

    class Params:
        coming = factory.Trait(opens_at=in_days(3), closes_at=in_days(30), answer_due=day(60))
        open = factory.Trait(opens_at=in_days(-3), closes_at=in_days(12), answer_due=day(40))
        closed = factory.Trait(opens_at=in_days(-30), closes_at=in_days(-3), answer_due=day(20))
        late = factory.Trait(opens_at=in_days(-60), closes_at=in_days(-30), answer_due=day(-4))
        answered = factory.Trait(opens_at=in_days(-60), closes_at=in_days(-30), answer_due=day(-4), answered_on=day(-6))
        decided = factory.Trait(answered=True, decided_on=day(-2), act_number="2026-04")
        carried_out = factory.Trait(decided=True, carried_out_on=day(-1))

    title = factory.Sequence(lambda n: f"Quelle place demain {n} ?")
    summary = "La place va être refaite. Dites comment vous y vivez."
    opens_at = in_days(-3)
    closes_at = in_days(12)
    answer_due = day(40)
    decision = "Choisir le programme des travaux."
    can_change = "Les arbres, les bancs, le stationnement."
    fixed = "La halle est conservée : elle est protégée."
    decided_by = "le conseil municipal"
    elsewhere = "Sur papier, à l’accueil de la mairie."

    @classmethod
    def _create(cls, model_class: type[ConsultationPage], *args: Any, **kwargs: Any) -> ConsultationPage:
        draft, body = kwargs.pop("draft", False), kwargs.pop("body", [])
        page = model_class(*args, live=False, **kwargs)
        page.body = ConsultationPage._meta.get_field("body").stream_block.to_python(body)
        ConsultationIndexPage.objects.get().add_child(instance=page)
        if page.answered_on:  # what makes it so: a theme with its answer
            OfficialAnswerFactory(theme=ThemeFactory(page=page))
        revision = page.save_revision()
        if not draft:
            revision.publish()
        return ConsultationPage.objects.get(pk=page.pk)
