"""What a receipt code stands for on maps: places, photos, supports; and how they are taken back."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation import news, queue
from participation import receipts

from . import places, rules
from .models import Map, Place, PlaceSupport


def find_traces(key: bytes) -> list[receipts.Trace]:
    """What the follow-up page shows of the maps on which a person showed or supported places."""
    theirs = list(Place.objects.filter(author_key=key).select_related("photo").order_by("shown_on", "pk"))
    supported: dict[int, int] = {}
    for map_id in PlaceSupport.objects.filter(participant_key=key).values_list("place__map", flat=True):
        supported[map_id] = supported.get(map_id, 0) + 1
    maps = Map.objects.for_display().filter(pk__in={p.map_id for p in theirs} | supported.keys()).order_by("pk")
    return [_trace(map, [p for p in theirs if p.map_id == map.pk], supported.get(map.pk, 0)) for map in maps]


def _trace(map: Map, theirs: list[Place], supported: int) -> receipts.Trace:
    open_ = rules.may_show(map)
    said = [ngettext("You showed %(n)d place.", "You showed %(n)d places.", len(theirs)) % {"n": len(theirs)}]
    if supported:
        said.append(ngettext("You support %(n)d place.", "You support %(n)d places.", supported) % {"n": supported})
    texts = [(places.KIND, str(p.pk), p.text, "") for p in theirs]
    texts += [
        (places.PHOTO, str(p.photo_id), _("Photo: %(alt)s") % {"alt": p.photo.alt}, "") for p in theirs if p.photo
    ]
    return receipts.Trace(
        title=map.title,
        url=map.get_absolute_url(),
        counted=True,
        counted_until=None,
        withdrawable=open_,
        stored=" ".join(said),
        resumable=open_,
        news=news.of(texts),
    )


def said(key: bytes) -> set[tuple[str, str]]:
    """The places a person showed, and those they find right."""
    own = Place.objects.filter(author_key=key).values_list("pk", flat=True)
    supported = PlaceSupport.objects.filter(participant_key=key).values_list("place_id", flat=True)
    return {(places.KIND, str(pk)) for pk in [*own, *supported]}


def withdraw_at(key: bytes, url: str) -> bool:
    """Take back, while it is open, everything a person left on the map at `url`."""
    trace = next((t for t in find_traces(key) if t.url == url), None)
    if trace is None or not trace.withdrawable:
        return False
    map_id = Map.objects.values_list("pk", flat=True).get(key=url.rstrip("/").rsplit("/", 1)[-1])
    with transaction.atomic():
        queue.lock_author(key)
        _forget(key, map_id)
    return True


@transaction.atomic
def erase(key: bytes) -> int:
    """Forget the person on every map; how many places and supports went."""
    queue.lock_author(key)
    return _forget(key)


@transaction.atomic
def withdraw_one(place: Place, key: bytes) -> None:
    """Take one of one's own places back. Raises places.Closed."""
    if not rules.may_show(place.map):
        raise places.Closed
    queue.lock_author(key)
    places.remove(Place.objects.filter(pk=place.pk, author_key=key))


def _forget(key: bytes, map_id: int | None = None) -> int:
    theirs = Place.objects.filter(author_key=key)
    given = PlaceSupport.objects.filter(participant_key=key)
    if map_id is not None:
        theirs, given = theirs.filter(map=map_id), given.filter(place__map=map_id)
    supported: list[UUID] = list(given.order_by("place_id").values_list("place_id", flat=True))
    n = places.remove(theirs)
    gone = given.delete()[0]
    list(Place.objects.select_for_update().filter(pk__in=supported).order_by("pk").values_list("pk"))
    Place.objects.filter(pk__in=supported).update(supports=F("supports") - 1)
    return n + gone
