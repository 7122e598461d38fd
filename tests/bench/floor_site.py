"""The smallest Django site that answers: plain text, plain JSON, and a CSRF-protected POST that inserts one row."""

import json
import os

import environ
from django.conf import settings

settings.configure(
    SECRET_KEY="bench-only-secret-never-used-anywhere-else",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
)

import django  # noqa: E402

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402


def plain(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"ok": True})


def token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


def answer(request: HttpRequest) -> HttpResponse:
    data = {k: v if len(v) > 1 else v[0] for k, v in request.POST.lists() if k[0] == "q"}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO floor_response (data) VALUES (%s)", [json.dumps(data)])
    return HttpResponse("thanks")


urlpatterns = [path("plain", plain), path("token", token), path("answer", answer)]
application = WSGIHandler()
