"""The only way in for what citizens send as files, and out again.

`receive` stores, `attach` says that something refers to it, `show` and `hide` say who sees it, `forget` deletes.
Between a form that came back with errors and the next one, `reference` carries what was received already.
"""

import logging
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from participation import limits
from participation.models import Scope

from . import documents, pictures
from .models import FOLDER, Upload, new_name
from .pictures import Picture, Refused

log = logging.getLogger(__name__)

THUMBNAIL_SIDE = 400
LONGEST_ALT = 300
UNKNOWN = timedelta(days=1)  # after which a file of no row is deleted
_SALT = "palabre.upload"

# Who may see something that is not shown: the rooms above register. Superusers may.
viewers: list[Callable[[Any, Upload], bool]] = []


class NoRoom(Exception):
    """Nothing is wrong with the file, but it cannot be stored now: answer 503, and take all the rest without it."""

    def __init__(self) -> None:
        self.message = _("Photos and files cannot be stored right now. Send your answer without, or try again later.")
        super().__init__(self.message)


def is_over_limit(request: HttpRequest) -> bool:
    """Count one file from this visitor's address; True when that is more than `UPLOADS_PER_ADDRESS` allows."""
    return limits.is_over(limits.Limit("uploads", *settings.UPLOADS_PER_ADDRESS), request)


def receive(file: UploadedFile, scope: Scope, kind: str = "photo", alt: str = "", key: bytes | None = None) -> Upload:
    """Make `file` safe and store it, seen by nobody. Raises Refused (its message is for the field) or NoRoom.

    `kind`: "photo", or "file" for a PDF or a photo. `alt` is cut to what fits: check its length before.
    """
    if (file.size or 0) > pictures.MOST_BYTES:
        raise Refused(documents.too_big() if kind == "file" else pictures.too_big())
    file.seek(0)
    data = file.read()
    pdf = kind == "file" and documents.is_pdf(data)
    picture = None if pdf else _picture(data, kind)
    names = [new_name(picture.extension if picture else "pdf")]
    contents = [picture.data if picture else data]
    if picture:
        names.append(new_name(picture.extension))
        contents.append(pictures.smaller(picture, THUMBNAIL_SIDE).data)
    _write(names, contents)
    try:
        return Upload.objects.create(
            scope=scope,
            kind=kind,
            owner_key=key,
            file=names[0],
            thumbnail=names[1] if picture else "",
            media_type=picture.media_type if picture else documents.PDF,
            bytes=len(contents[0]),
            width=picture and picture.width,
            height=picture and picture.height,
            alt=" ".join(alt.replace("\0", "").split())[:LONGEST_ALT],
        )
    except BaseException:
        _remove(names)
        raise


def _picture(data: bytes, kind: str) -> Picture:
    try:
        return pictures.reencode(data)
    except pictures.NotAPicture:
        if kind == "file":
            raise Refused(documents.wanted()) from None
        raise


def _write(names: list[str], contents: list[bytes]) -> None:
    try:
        for name, data in zip(names, contents, strict=True):
            if default_storage.save(name, ContentFile(data)) != name:
                raise FileExistsError(name)
    except OSError as error:  # the disk is full, or gone
        log.error("a file could not be stored: %s", error.strerror or type(error).__name__)
        _remove(names)
        raise NoRoom from None


def _remove(names: list[str]) -> None:
    for name in names:
        with suppress(OSError):
            default_storage.delete(name)


def reference(upload: Upload | uuid.UUID) -> str:
    """What a hidden field carries of something received and not attached yet."""
    return signing.Signer(salt=_SALT).sign(getattr(upload, "pk", upload).hex)


def read_reference(reference: str) -> uuid.UUID | None:
    """The id that `reference` carries; None where it is not ours. No query: it may be attached or gone."""
    try:
        return uuid.UUID(signing.Signer(salt=_SALT).unsign(reference[:100]))
    except (signing.BadSignature, ValueError):
        return None


def waiting(reference: str, scope: Scope) -> Upload | None:
    """What `reference` stands for; None where it is not ours, of another scope, attached already, or swept away."""
    pk = read_reference(reference)
    return Upload.objects.filter(pk=pk, scope=scope, attached=False).first() if pk else None


def prolong(pks: Collection[uuid.UUID], days: int) -> None:
    """What is not attached yet waits for so many days from now on: the form that refers to it does."""
    if pks:
        until = timezone.localdate() + timedelta(days=days)
        Upload.objects.filter(pk__in=pks, attached=False).update(waits_until=until)


def attach(upload: Upload | uuid.UUID, key: bytes | None = None) -> bool:
    """Something refers to it from now on; `key` is whose it is. False where it was attached before, or is gone.

    Call it in the transaction that stores what refers to it.
    """
    found = Upload.objects.filter(pk=getattr(upload, "pk", upload), attached=False)
    return bool(found.update(attached=True, **({} if key is None else {"owner_key": key})))


def show(*pks: uuid.UUID) -> int:
    """Everybody may see it."""
    return Upload.objects.filter(pk__in=pks).update(shown=True)


def hide(*pks: uuid.UUID) -> int:
    """Only who moderates sees it. Browsers that have it may show it for as long as `views.FRESH_FOR` says."""
    return Upload.objects.filter(pk__in=pks).update(shown=False)


def discard(*pks: uuid.UUID) -> int:
    """Delete rows, and files after the commit; how many rows."""
    return Upload.objects.filter(pk__in=pks).delete()[0]


def forget(key: bytes) -> int:
    """Eraser: everything the person behind a participant key sent as a file."""
    return Upload.objects.filter(owner_key=bytes(key)).delete()[0]


def may_see(user: Any, upload: Upload) -> bool:
    """May `user` see this before it is shown?"""
    return bool(user.is_active and (user.is_superuser or any(sees(user, upload) for sees in viewers)))


def sweep() -> int:
    """Periodic: delete what nothing refers to, and files of no row; how many."""
    with transaction.atomic():  # locked: what is attached meanwhile stays
        old = Upload.objects.filter(attached=False, waits_until__lt=timezone.localdate()).select_for_update()
        swept = discard(*[upload.pk for upload in old])
    return swept + _sweep_files()


def _sweep_files() -> int:
    """Files that a crash left between writing them and storing their row, or between its deletion and theirs."""
    before = timezone.now() - UNKNOWN
    old = {name for name in _files() if default_storage.get_modified_time(name) < before}
    if not old:
        return 0
    known = {name for names in Upload.objects.values_list("file", "thumbnail").iterator() for name in names}
    _remove(list(old - known))
    return len(old - known)


def _files() -> Iterator[str]:
    with suppress(FileNotFoundError):
        for folder in default_storage.listdir(FOLDER)[0]:
            for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
                yield f"{FOLDER}/{folder}/{name}"
