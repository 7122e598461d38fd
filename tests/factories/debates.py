"""Debates in the states tests need: `DebateFactory(open=True, seeds=["…", "…"])`, and texts of citizens in them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from deliberation import wording
from deliberation.models import Argument, Debate, Statement
from deliberation.models.debate import new_ref
from deliberation.statements import put_to_vote

from .moderation import put_on_desk

SEEDS = ["Il manque des bancs à l’ombre.", "La place est bien comme elle est.", "Le marché peut s’agrandir."]


def seed(text: str) -> dict[str, Any]:
    """A statement to begin with, as StreamField stores it."""
    return {"type": "statement", "id": str(uuid.uuid4()), "value": text}


def set_seeds(debate: Debate, seeds: Iterable[str | dict[str, Any]]) -> None:
    """Give `debate` these statements; a dict keeps the id that it had (see `seed` and `seeds_as_stored`)."""
    stored = [seed(s) if isinstance(s, str) else s for s in seeds]
    debate.seeds = Debate._meta.get_field("seeds").stream_block.to_python(stored)


def seeds_as_stored(debate: Debate) -> list[dict[str, Any]]:
    return [{"type": "statement", "id": str(block.id), "value": str(block.value)} for block in debate.seeds]


class DebateFactory(factory.django.DjangoModelFactory):
    """A draft in a live scope of its own; the traits publish it."""

    class Meta:
        model = Debate
        skip_postgeneration_save = True

    class Params:
        coming = factory.Trait(
            published=True, opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
        )
        open = factory.Trait(published=True)
        closed = factory.Trait(
            published=True,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=9)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=2)),
        )

    title = factory.Sequence(lambda n: f"Quelle place demain {n} ?")
    live = False

    @classmethod
    def _create(cls, model_class: type[Debate], *args: Any, **kwargs: Any) -> Debate:
        published = kwargs.pop("published", False)
        seeds = kwargs.pop("seeds", None)
        debate = model_class(*args, **kwargs)
        set_seeds(debate, SEEDS if seeds is None else seeds)
        debate.save()
        if published:
            debate.save_revision().publish()
        return Debate.objects.get(pk=debate.pk)


def republish(debate: Debate, seeds: Iterable[str | dict[str, Any]]) -> Debate:
    """Edit the statements and publish, as an agent does."""
    set_seeds(debate, seeds)
    debate.save_revision().publish()
    return Debate.objects.get(pk=debate.pk)


class StatementFactory(factory.django.DjangoModelFactory):
    """A sentence that a citizen proposed: waiting, or `published=True` (open to votes), or `refused=True`."""

    class Meta:
        model = Statement
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(status=Statement.Status.PUBLISHED)
        refused = factory.Trait(status=Statement.Status.REFUSED, read=True)

    debate = factory.SubFactory(DebateFactory, open=True)
    text = factory.Sequence(lambda n: f"Il faudrait {n} arbres de plus.")
    text_key = factory.LazyAttribute(lambda statement: wording.text_key(statement.text))
    origin = Statement.Origin.CITIZEN
    ref = factory.LazyFunction(new_ref)

    @classmethod
    def _create(cls, model_class: type[Statement], *args: Any, **kwargs: Any) -> Statement:
        statement = super()._create(model_class, *args, **kwargs)
        if statement.status == Statement.Status.PUBLISHED:
            put_to_vote(statement.debate, [statement])
        if statement.origin == Statement.Origin.CITIZEN:
            put_on_desk(statement, statement.status, statement.read)
        return statement


class ArgumentFactory(factory.django.DjangoModelFactory):
    """An argument of a citizen, waiting; on the question itself unless `statement` is given."""

    class Meta:
        model = Argument
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(status=Argument.Status.PUBLISHED)
        refused = factory.Trait(status=Argument.Status.REFUSED)

    debate = factory.LazyAttribute(
        lambda argument: argument.statement.debate if argument.statement else DebateFactory(open=True)
    )
    statement = None
    side = Argument.Side.FOR
    text = factory.Sequence(lambda n: f"Les enfants y jouent depuis {n} ans.")
    text_key = factory.LazyAttribute(lambda argument: wording.text_key(f"{argument.side} {argument.text}"))

    @classmethod
    def _create(cls, model_class: type[Argument], *args: Any, **kwargs: Any) -> Argument:
        argument = super()._create(model_class, *args, **kwargs)
        if argument.status != Argument.Status.WITHDRAWN:
            put_on_desk(argument, argument.status, argument.status == Argument.Status.REFUSED)
        return argument
