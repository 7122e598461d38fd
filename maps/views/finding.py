"""What the views of a map share: finding it and a place on it, and answers that nobody else may keep."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from .. import places
from ..models import Map, Place


def find(key: str) -> Map:
    """A map that is online; anything else does not exist for the public."""
    found = Map.objects.for_display().filter(key=key).first()
    if found is None or found.phase() == "unpublished":
        raise Http404
    return found


def find_place(map: Map, place_id: UUID) -> Place:
    """A place that everybody may read."""
    place = places.shown(map).filter(pk=place_id).first()
    if place is None:
        raise Http404
    place.map = map
    return place


def private(response: HttpResponse) -> HttpResponse:
    """What carries one visitor's token or code is kept by nobody else."""
    response["Cache-Control"] = "private, no-store"
    if response.status_code in (429, 503):
        response["Retry-After"] = "60"
    return response


def to(url: str) -> HttpResponse:
    return private(HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER))


def closed(request: HttpRequest, map: Map, **context: Any) -> HttpResponse:
    """410: what was sent is not stored, and why."""
    context |= {"map": map, "phase": map.phase()}
    return private(render(request, "maps/closed.html", context, status=HTTPStatus.GONE))
