"""Places and their photos as moderation sees them: what they say, and how they are shown, taken off and merged."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.models import Item
from moderation.registry import Refused, Source, Text, named
from moderation.wording import tidy
from uploads import store
from uploads.models import Upload

from . import places, rules
from .models import Place, PlaceSupport

_ONLINE = Q(map__live=True, map__scope__live=True)


class Places(Source):
    kind = places.KIND
    label, plural = gettext_lazy("Place"), gettext_lazy("Places")
    may_merge = True

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        found = Place.objects.filter(pk__in=ids).select_related("map")
        return {str(p.pk): Text(p.text, _context(p), _address(p)) for p in found.defer("map__drawn")}

    def show(self, id_: str) -> None:
        places.set_status(id_, Place.Status.PUBLISHED)

    def hold(self, id_: str) -> None:
        places.set_status(id_, Place.Status.PENDING)

    def take_off(self, id_: str) -> None:
        places.set_status(id_, Place.Status.REFUSED)

    def reword(self, id_: str, text: str) -> None:
        Place.objects.filter(pk=id_).update(text=tidy(text))

    def check(self, id_: str, text: str) -> str:
        place = Place.objects.select_related("map__scope").get(pk=id_)
        if not rules.may_show(place.map):
            raise Refused(_("This map takes no places now."))
        try:
            return places.checked(text)
        except places.Refused as refused:
            raise Refused(refused.message) from None

    def merge(self, id_: str, into: str) -> None:
        """Supports are kept once per person."""
        both = Place.objects.in_bulk([UUID(id_), UUID(into)])
        merged, kept = both[UUID(id_)], both[UUID(into)]
        if merged.map_id != kept.map_id:
            raise Refused(_("Only places of one map can be merged."))
        theirs = PlaceSupport.objects.filter(place=kept).values("participant_key")
        keys = PlaceSupport.objects.filter(place=merged).exclude(participant_key__in=theirs)
        moved = [
            PlaceSupport(place=kept, participant_key=key, merged_from=merged.pk)
            for key in keys.values_list("participant_key", flat=True)
        ]
        PlaceSupport.objects.bulk_create(moved, ignore_conflicts=True, batch_size=1000)
        _count_supports(kept)
        self.take_off(id_)

    def unmerge(self, id_: str, into: str) -> None:
        PlaceSupport.objects.filter(place=into, merged_from=id_).delete()
        _count_supports(Place.objects.get(pk=into))

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        shown = Place.objects.filter(map__scope=scope_id, status=Place.Status.PUBLISHED)
        return named(shown.filter(text__icontains=words))

    def find(self, public_id: str) -> str | None:
        return _found(Place.objects.filter(_ONLINE, status=Place.Status.PUBLISHED), public_id)


def _count_supports(place: Place) -> None:
    """Count anew what is kept beside the place to sort by."""
    Place.objects.select_for_update().get(pk=place.pk)
    Place.objects.filter(pk=place.pk).update(supports=PlaceSupport.objects.filter(place=place).count())


class Photos(Source):
    """The photo of a place, by the text that says what is to be seen on it."""

    kind = places.PHOTO
    label, plural = gettext_lazy("Photo"), gettext_lazy("Photos")

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        found = Place.objects.filter(photo__in=ids).select_related("map", "photo").defer("map__drawn")
        return {
            str(p.photo_id): Text(
                p.photo.alt, (*_context(p), (_("Beside the words"), p.text)), _address(p), p.photo.admin_url
            )
            for p in found
        }

    def show(self, id_: str) -> None:
        places.settle_photo(UUID(id_), str(Item.State.PUBLISHED))

    def hold(self, id_: str) -> None:
        store.hide(UUID(id_))

    def take_off(self, id_: str) -> None:
        self.hold(id_)

    def reword(self, id_: str, text: str) -> None:
        Upload.objects.filter(pk=id_).update(alt=tidy(text))

    def check(self, id_: str, text: str) -> str:
        place = Place.objects.select_related("map__scope").get(photo=id_)
        if not rules.may_show(place.map):
            raise Refused(_("This map takes no places now."))
        if not tidy(text):
            raise Refused(_("Say what is to be seen on the photo."))
        return tidy(text)[: store.LONGEST_ALT]

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        told = Upload.objects.filter(pk__in=Place.objects.filter(map__scope=scope_id).values("photo"))
        return super().counted(scope_id).filter(object_id__in=named(told.filter(alt__icontains=words)))

    def find(self, public_id: str) -> str | None:
        shown = Place.objects.filter(_ONLINE, status=Place.Status.PUBLISHED, photo__shown=True)
        return _found(shown.annotate(photo_pk=F("photo__pk")), public_id, "photo_pk")


def _found(shown: QuerySet[Place], public_id: str, name: str = "pk") -> str | None:
    try:
        sought = UUID(public_id)
    except ValueError:
        return None
    found = shown.filter(**{name: sought}).values_list(name, flat=True).first()
    return str(found) if found else None


def _context(place: Place) -> tuple[tuple[str, str], ...]:
    said = place.location["label"]
    where = [(_("Where"), said)] if said else []
    return ((_("Map"), place.map.title), (_("Category"), place.map.category(place.category)["label"]), *where)


def _address(place: Place) -> str:
    if place.status == Place.Status.PUBLISHED:
        return reverse("maps:place", args=[place.map.key, place.pk])
    return place.map.get_absolute_url()
