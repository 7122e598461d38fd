"""Maps in the states tests need, in a little square town: `MapFactory(open=True)`; and places of citizens on them."""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from maps import counts, places
from maps.models import Map, Place

from .geography import the_town
from .moderation import put_on_desk

CATEGORIES = {"bien": ("Je m’y sens bien", "circle"), "danger": ("J’y suis en danger", "triangle")}


class MapFactory(factory.django.DjangoModelFactory):
    """A draft in a live scope of its own; the traits publish it."""

    class Meta:
        model = Map
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

    title = factory.Sequence(lambda n: f"Où vous sentez-vous bien {n} ?")
    live = False
    territory = factory.LazyFunction(the_town)

    @classmethod
    def _create(cls, model_class: type[Map], *args: Any, **kwargs: Any) -> Map:
        published = kwargs.pop("published", False)
        map = model_class(*args, **kwargs)
        set_categories(map, CATEGORIES)
        map.save()
        if published:
            map.save_revision().publish()
        return Map.objects.get(pk=map.pk)


def set_categories(map: Map, categories: dict[str, tuple[str, str]]) -> None:
    raw = [
        {"type": "category", "id": str(uuid.uuid5(uuid.NAMESPACE_OID, key)), "value": {"label": label, "sign": sign}}
        for key, (label, sign) in categories.items()
    ]
    map.categories = Map._meta.get_field("categories").stream_block.to_python(raw)


def category(key: str) -> str:
    """The id of one of `CATEGORIES`."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, key))


def location(lon: float | None = 4.82, lat: float = 45.75, zone: str | None = "w", **more: Any) -> dict[str, Any]:
    point = None if lon is None else [lon, lat]
    return {"way": "map", "point": point, "zone": zone, "place": None, "label": "", "shape": None, **more}


class PlaceFactory(factory.django.DjangoModelFactory):
    """A place of a citizen, waiting; or `published=True`, `refused=True`."""

    class Meta:
        model = Place
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(status=Place.Status.PUBLISHED)
        refused = factory.Trait(status=Place.Status.REFUSED)

    map = factory.SubFactory(MapFactory, open=True)
    category = factory.LazyFunction(lambda: category("bien"))
    text = factory.Sequence(lambda n: f"Il y a {n} bancs à l’ombre.")
    location = factory.LazyFunction(location)

    @classmethod
    def _create(cls, model_class: type[Place], *args: Any, **kwargs: Any) -> Place:
        place = model_class(*args, **kwargs)
        places.put(place.map, place, place.location)
        place.save()
        if place.status == Place.Status.PUBLISHED:
            counts.move(place.map_id, added=[place])
        put_on_desk(place, place.status, place.status == Place.Status.REFUSED)
        return place
