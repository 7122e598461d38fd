"""Places: shown, changed, withdrawn and supported; those nearby, and the list of those that everybody may read."""

from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from geography import grid
from geography import location as locations
from geography.location import Location
from moderation import queue
from moderation.models import Item
from moderation.wording import plain, tidy
from participation.trust import OPEN
from uploads import store
from uploads.models import Upload

from . import counts, rules, tiles
from .models import LONGEST, SAID, Map, Place, PlaceSupport

MAX_WAITING = 20  # places of one person that may wait for a moderator at a time
NEARBY = 50  # metres
MANY_NEARBY = 5  # shown to who is about to send one more
PER_PAGE = 20
FARTHEST_PAGE = 500  # a list is searched, not leafed through to its end
KIND, PHOTO = "place", "photo"  # as the moderation desk calls them


class Refused(Exception):
    """The place cannot be taken as it is; `message` says how to mend it, `field` where."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.message, self.field = message, field


class Closed(Exception):
    """The map takes nothing now."""


class Sent(NamedTuple):
    """What somebody sends about a place. `photo` is stored already; None leaves the photo there is."""

    category: str
    text: str
    location: Location
    photo: Upload | None = None


def check_category(map: Map, category: str) -> None:
    """Raise Refused unless `category` is one that the map offers."""
    if category not in {c["id"] for c in map.offered}:
        raise Refused(_("Choose what kind of place it is."), "category")


def checked(text: str) -> str:
    """`text` tidied up, if it can be taken. Raises Refused."""
    text = tidy(text)
    if not plain(text):
        raise Refused(_("Say in one sentence what there is here."), "text")
    if len(text) > LONGEST:
        said = {"n": len(text), "max": LONGEST}
        raise Refused(_("Your text has %(n)d characters: %(max)d at most.") % said, "text")
    return text


@transaction.atomic
def add(map: Map, sent: Sent, key: bytes, sent_key: bytes, level: str = OPEN) -> Place:
    """Store a place, waiting or shown as the map says; the same form sent twice is one place. `level` is what its
    author proved. Raises Refused, Closed and Unproven.
    """
    rules.check_proof(map, level)
    if not rules.may_show(map):
        raise Closed
    check_category(map, sent.category)
    text = checked(sent.text)
    if Place.objects.filter(map=map, author_key=key, status=Place.Status.PENDING).count() >= MAX_WAITING:
        raise Refused(_("Twenty of your places are waiting to be read. Wait until we have read them."), "text")
    shown = map.moderation == Map.Moderation.AFTER
    place = Place(
        map=map,
        category=sent.category,
        text=text,
        status=Place.Status.PUBLISHED if shown else Place.Status.PENDING,
        author_key=key,
        sent_key=sent_key,
    )
    put(map, place, sent.location)
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError:  # this very form was received before
        return Place.objects.get(map=map, sent_key=sent_key)
    queue.arrive(KIND, place.pk, map.scope_id, key, shown=shown, title=map.title)
    if sent.photo:
        _add_photo(map, place, sent.photo, key)
    if shown:
        counts.move(map.pk, added=[place])
    return place


def put(map: Map, place: Place, location: Location) -> None:
    """Set where a place is: what its author sees, and what everybody does."""
    place.location = location
    place.zone = location["zone"] or ""
    point = locations.public_point(location, map.ask)
    place.longitude, place.latitude = point or (None, None)
    place.quad = tiles.quad(*point) if point else None


def _add_photo(map: Map, place: Place, photo: Upload, key: bytes | None) -> None:
    """A photo is read before anybody sees it, whatever the map says of texts."""
    Place.objects.filter(pk=place.pk).update(photo=photo)
    place.photo = photo
    store.attach(photo, key)
    queue.arrive(PHOTO, photo.pk, map.scope_id, key, title=map.title)


@transaction.atomic
def change(place: Place, sent: Sent) -> Place:
    """Put what its author sends now in the place of what they sent before. Raises Refused and Closed."""
    item = Item.objects.locked().filter(kind=KIND, object_id=str(place.pk)).first()
    place = _locked(place.pk)
    if not rules.may_show(place.map) or item is None or item.state not in (item.State.PENDING, item.State.PUBLISHED):
        raise Closed
    before = counted(place)
    check_category(place.map, sent.category)
    text = checked(sent.text)
    same = (place.category, place.text, place.location) == (sent.category, text, sent.location)
    if not same:
        place.category, place.text = sent.category, text
        put(place.map, place, sent.location)
        again = place.map.moderation == Map.Moderation.BEFORE
        place.status = Place.Status.PENDING if again else place.status
        place.save()
        queue.changed(item, pending=again)
        counts.move(place.map_id, taken=before, added=counted(place))
    if sent.photo:
        old = place.photo
        _add_photo(place.map, place, sent.photo, place.author_key)
        if old:
            _forget_photos([old])
    return place


def counted(place: Place) -> list[Place]:
    """The place as counts have it now: a copy, for it is about to change; nothing when it is not shown."""
    if place.status != Place.Status.PUBLISHED:
        return []
    return [Place(category=place.category, zone=place.zone, quad=place.quad)]


def _locked(pk: UUID | str) -> Place:
    """One place, for change. Whoever also holds its item takes that first."""
    found = Place.objects.select_for_update(of=("self",)).select_related("map__scope", "photo")
    return found.get(pk=pk)


@transaction.atomic
def set_status(pk: str, status: str) -> None:
    """Show a place or take it off; what is counted follows. Its item is held."""
    place = _locked(pk)
    before = counted(place)
    if place.status != status:
        place.status = status
        place.save(update_fields=["status"])
        counts.move(place.map_id, taken=before, added=counted(place))
    if place.photo_id:
        settle_photo(place.photo_id)


def settle_photo(photo_id: UUID, state: str = "") -> None:
    """A photo is seen when both are shown: it, and the place it belongs to. `state`: its own, where just decided."""
    place = Place.objects.filter(photo=photo_id, status=Place.Status.PUBLISHED)
    item = Item.objects.filter(kind=PHOTO, object_id=str(photo_id)).only("state").first()
    is_shown = (state or (item and item.state)) == Item.State.PUBLISHED
    (store.show if is_shown and place.exists() else store.hide)(photo_id)


def remove(places: QuerySet[Place]) -> int:
    """Delete places with their photos, items and counts; how many went. Needs a transaction, their items held."""
    found = list(places.select_for_update(of=("self",)).select_related("photo").order_by("pk"))
    queue.leave(KIND, [place.pk for place in found])
    _forget_photos([place.photo for place in found if place.photo])
    for map_id in {place.map_id for place in found}:
        counts.move(map_id, taken=[p for place in found if place.map_id == map_id for p in counted(place)])
    Place.objects.filter(pk__in=[place.pk for place in found]).delete()
    return len(found)


def _forget_photos(photos: list[Upload]) -> None:
    queue.leave(PHOTO, [photo.pk for photo in photos])
    store.discard(*[photo.pk for photo in photos])


# Support


@transaction.atomic
def support(place: Place, key: bytes, level: str = OPEN) -> None:
    """Say that one finds it important too; twice is once. Raises Unproven and Closed."""
    rules.check_proof(place.map, level)
    if not rules.may_show(place.map):
        raise Closed
    made = PlaceSupport.objects.filter(place=place, participant_key=key)
    if made.exists():
        return
    try:
        with transaction.atomic():
            PlaceSupport.objects.create(place=place, participant_key=key)
    except IntegrityError:
        return
    Place.objects.filter(pk=place.pk).update(supports=F("supports") + 1)


@transaction.atomic
def take_support_back(place: Place, key: bytes) -> None:
    gone, _kinds = PlaceSupport.objects.filter(place=place, participant_key=key).delete()
    if gone:
        Place.objects.filter(pk=place.pk).update(supports=F("supports") - 1)


def supported_by(key: bytes, places: list[Place]) -> set[UUID]:
    """Which of `places` a person supports."""
    mine = PlaceSupport.objects.filter(participant_key=key, place__in=[p.pk for p in places])
    return set(mine.values_list("place_id", flat=True))


# What everybody reads


def shown(map: Map) -> QuerySet[Place]:
    return Place.objects.filter(map=map, status=Place.Status.PUBLISHED).select_related("photo")


def nearby(map: Map, location: Location, but: UUID | None = None) -> list[tuple[Place, int]]:
    """The shown places within `NEARBY` metres, the nearest first, with their distance."""
    if not location["point"]:
        return []
    lon, lat = location["point"]
    close = Q()
    for first, last in tiles.spans(tiles.around(lon, lat, NEARBY + map.grid), tiles.NEAR):
        close |= Q(quad__gte=first, quad__lte=last)
    found = shown(map).filter(close).exclude(pk=but)[:200]
    apart = [(place, round(grid.distance((lon, lat), _exact(place)))) for place in found]
    return sorted((pair for pair in apart if pair[1] <= NEARBY), key=lambda pair: pair[1])[:MANY_NEARBY]


def _exact(place: Place) -> tuple[float, float]:
    longitude, latitude = place.location["point"] or place.point or (0.0, 0.0)
    return longitude, latitude


class Filters(NamedTuple):
    """What of a map's places is listed, and in which order: "new" or "supported"."""

    category: str = ""
    zone: str = ""
    words: str = ""
    sort: str = "new"
    page: int = 1


class Listing(NamedTuple):
    """One page of a list of places, and how many there are in all of that kind."""

    places: list[Place]
    total: int
    page: int
    pages: int


_ORDERS = {"new": ("-shown_on", "pk"), "supported": ("-supports", "pk")}


def listing(map: Map, filters: Filters) -> Listing:
    """The shown places that `filters` ask for; two queries, however many there are."""
    found = shown(map)
    if filters.category:
        found = found.filter(category=filters.category)
    if filters.zone:
        found = found.filter(zone=filters.zone)
    if filters.words:
        said = Q(location__way__in=SAID, location__label__icontains=filters.words)
        found = found.filter(Q(text__icontains=filters.words) | said)
    total = _total(map, filters, found)
    pages = min(max(1, -(-total // PER_PAGE)), FARTHEST_PAGE)
    page = min(max(filters.page, 1), pages)
    rows = found.order_by(*_ORDERS[filters.sort])[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Listing(list(rows), total, page, pages)


def _total(map: Map, filters: Filters, found: QuerySet[Place]) -> int:
    """Counted already, unless words are looked for."""
    if filters.words:
        return found.count()
    return sum(
        counted.n
        for counted in counts.by_zone(map)
        if filters.category in ("", counted.category) and filters.zone in ("", counted.zone)
    )
