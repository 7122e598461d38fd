"""Agents' pictures, straight from MEDIA_ROOT; nothing else of it is ever handed out by its path."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.static import serve


@cache_control(public=True, max_age=86_400)  # another picture has another name
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    return serve(request, path, document_root=settings.MEDIA_ROOT)
