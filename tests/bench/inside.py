"""One request through the product's whole WSGI application, without a server."""

import io
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


_application: Any = None


def request(address: str, body: str | None = None, **headers: str) -> Answer:
    """GET `address`, or POST `body` as a form to it. Headers: `If_None_Match="…"`."""
    global _application
    if _application is None:
        _application = get_wsgi_application()
    parts, data, told = urlsplit(address), (body or "").encode(), []
    environ = {
        "REQUEST_METHOD": "GET" if body is None else "POST",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_LENGTH": str(len(data)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if data else "",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    answer = _application(environ, lambda status, head, *_: told.append((int(status[:3]), dict(head))))
    try:
        content = b"".join(answer)
    finally:
        answer.close()
    return Answer(*told[0], content)
