"""The addresses of what citizens sent: for everybody while it is shown, in the admin for those who moderate."""

import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from . import store
from .models import Upload

FRESH_FOR = 60  # seconds; for that long what was taken off may be seen by who saw it before
# Should a browser ever run what is inside, it runs alone: no script, no origin, nothing to fetch.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def file(request: HttpRequest, pk: uuid.UUID, small: bool = False) -> HttpResponse:
    """GET: the file, or the thumbnail of the photo, while it is shown."""
    upload = get_object_or_404(Upload, pk=pk, shown=True)
    etag = f'"{upload.pk.hex}{"-s" if small else ""}"'
    response = get_conditional_response(request, etag=etag) or _serve(upload, small)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={FRESH_FOR}, must-revalidate"
    return response


@require_safe
def unshown(request: HttpRequest, pk: uuid.UUID, small: bool = False) -> HttpResponse:
    """GET, in the admin: the same whether it is shown or not, to those who may."""
    upload = get_object_or_404(Upload, pk=pk)
    if not store.may_see(request.user, upload):
        raise Http404
    response = _serve(upload, small)
    response["Cache-Control"] = "private, no-store"
    return response


def _serve(upload: Upload, small: bool) -> HttpResponse:
    name = upload.thumbnail if small else upload.file
    try:
        with default_storage.open(name or "-") as content:
            response = HttpResponse(content.read(), content_type=upload.media_type)
    except OSError:  # being deleted, or not restored with the database
        raise Http404 from None
    way = "inline" if upload.width else "attachment"
    extension = name.rpartition(".")[2]
    headers: dict[str, Any] = {
        "Content-Disposition": f'{way}; filename="{upload.kind}-{upload.pk.hex[:8]}.{extension}"',
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    for header, value in headers.items():
        response[header] = value
    return response
