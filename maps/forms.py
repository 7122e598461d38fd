"""What is typed about a place, read and kept: a form that loses nothing, whatever stands against it."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from geography import asking
from geography import location as locations
from moderation.wording import tidy
from uploads import store
from uploads.models import Upload

from .models import LONGEST, Map, Place
from .places import Refused, Sent, check_category, checked

WHERE = "lieu"  # the inputs of the location are lieu_lon, lieu_place, …


class Invalid(Exception):
    """Something typed cannot be taken: the draft says what."""


class Full(Exception):
    """No photo can be stored now; `message` says so."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Typed:
    """A POST as `geography.location` reads it."""

    def __init__(self, data: Mapping[str, str]):
        self._data = data

    def one(self, name: str) -> str:
        return self._data.get(name, "").replace("\x00", "").strip()

    def text(self, name: str, limit: int) -> str:
        text = tidy(self._data.get(name, ""))
        if len(text) > limit:
            said = {"limit": limit, "length": len(text)}
            message = _("Shorten your text: %(limit)d characters at most, you wrote %(length)d.") % said
            raise locations.LocationError(message, name)
        return text


class Draft:
    """A place on its way: what was typed, and `errors` as (input name, message), the first input first."""

    def __init__(self, map: Map, data: Mapping[str, str], place: Place | None = None):
        self.map, self._data = map, data
        self.text = data.get("text", place.text if place else "")[:2000]
        self.category = data.get("category", place.category if place else "")[:40]
        self.alt = data.get("alt", "")[:500]
        self.kept = data.get("kept", "")[:200]  # a photo stored with an earlier try, by a signed reference
        self.location = place.location if place else None
        self.errors: list[tuple[str, str]] = []

    @property
    def where(self) -> str:
        return WHERE

    @property
    def typed(self) -> dict[str, str]:
        """The parts of the location as they were typed."""
        return locations.typed(WHERE, Typed(self._data))

    @property
    def longest(self) -> int:
        return LONGEST

    @property
    def error_of(self) -> dict[str, str]:
        """The message beside each input; those of the location under its name."""
        return {WHERE if name.startswith(WHERE) else name: message for name, message in reversed(self.errors)}

    def against(self, message: str, field: str = "") -> "Draft":
        self.errors.append((field, message))
        return self

    def read(self, photo: UploadedFile | None) -> Sent:
        """What is sent, complete. Raises Invalid with `errors` filled, and Full."""
        try:
            check_category(self.map, self.category)
        except Refused as refused:
            self.against(refused.message, refused.field)
        location = self._location()
        try:
            self.text = checked(self.text)
        except Refused as refused:
            self.against(refused.message, refused.field)
        upload = self._photo(photo)
        if self.errors or location is None:
            raise Invalid
        return Sent(self.category, self.text, location, upload)

    def _location(self) -> locations.Location | None:
        try:
            found = asking.read(self.map.ask, WHERE, Typed(self._data))
        except locations.LocationError as error:
            self.against(error.message, locations.anchor(WHERE, error))
            return None
        if found is None:
            self.against(_("Show where it is: on the map, by its address, or with the list."), WHERE)
        return found

    def _photo(self, photo: UploadedFile | None) -> Any:
        """The photo, stored at once so that no error elsewhere in the form loses it."""
        if not self.map.photos or not (photo or self.kept):
            return None
        alt = tidy(self.alt)[: store.LONGEST_ALT]
        try:
            upload = (
                store.receive(photo, self.map.scope, alt=alt) if photo else store.waiting(self.kept, self.map.scope)
            )
        except store.NoRoom as full:
            raise Full(full.message) from None
        except store.Refused as refused:
            self.against(refused.message, "photo")
            return None
        if upload is None:
            self.against(_("Your photo was not kept: choose it again."), "photo")
            return None
        self.kept = store.reference(upload)
        if not alt:
            self.against(_("Say in a few words what is to be seen on the photo."), "alt")
        elif upload.alt != alt:
            Upload.objects.filter(pk=upload.pk).update(alt=alt)
        return upload
