"""G11: the moderation desk with 10,000 texts waiting: the next one, and a keyboard in a real browser."""

import http.client
import os
import shutil
import statistics
import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from deliberation import wording
from deliberation.models import Debate, Statement
from moderation.models import Item
from tests.factories.debates import DebateFactory
from tests.factories.moderation import moderator

from . import serving
from .table import Row

WAITING, PROBES, TYPED = 10_000, 120, 200
GOAL_MS, GOAL_SECONDS = 200, 1.0
KEYS = ["p", "p", "p", "r 1", "p", "p", "r 2", "p", "s", "p"]  # what a moderator presses, text after text


def next_item() -> list[Row]:
    debate = _fill(DebateFactory(open=True), WAITING)
    user = moderator()
    with serving.server("ours"):
        over_http = _probe(user)
        typed = _type(user, debate) if shutil.which("chromium") else None
    rows = [over_http]
    return rows + [typed] if typed else rows


def _fill(debate: Debate, n: int) -> Debate:
    """`n` short texts that wait, each on the desk."""
    texts = [f"Il manque {i} bancs à l’ombre près du numéro {i * 7 % 91}." for i in range(n)]
    made = [Statement(debate=debate, text=t, text_key=wording.text_key(t), origin="citizen") for t in texts]
    Statement.objects.bulk_create(made, batch_size=1000)
    items = [Item(kind="statement", object_id=str(s.pk), scope_id=debate.scope_id, looked=True) for s in made]
    Item.objects.bulk_create(items, batch_size=1000)
    return debate


def _session(user) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


class _Browser:
    """A signed-in browser without any browser: cookies, CSRF token, redirects."""

    def __init__(self, user):
        self.http = http.client.HTTPConnection("127.0.0.1", serving.PORTS["ours"], timeout=30)
        self.token = "x" * 32
        self.head = {"Cookie": f"sessionid={_session(user)}; csrftoken={self.token}"}

    def get(self, path: str) -> tuple[str, bytes]:
        """(path of the page in the end, its bytes)."""
        while True:
            answer = self._ask("GET", path)
            body = answer.read()
            if answer.status not in (301, 302, 303):
                return path, body
            path = answer.headers["Location"]

    def post(self, path: str, **data: str) -> tuple[str, bytes]:
        answer = self._ask("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **data}))
        answer.read()
        return self.get(answer.headers["Location"])

    def _ask(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        head = {**self.head, "Content-Type": "application/x-www-form-urlencoded"} if body else self.head
        try:
            self.http.request(method, path, body, headers=head)
            return self.http.getresponse()
        except (ConnectionError, http.client.HTTPException):  # a connection kept too long
            self.http.close()
            self.http.request(method, path, body, headers=head)
            return self.http.getresponse()


def _probe(user) -> Row:
    browser, waits, floor = _Browser(user), [], []
    path, body = browser.get("/admin/moderation/next/")
    for n in range(PROBES):
        version = body.partition(b'name="version" value="')[2].partition(b'"')[0].decode()
        begun = time.monotonic()
        path, body = browser.post(path, version=version, act="publish")
        waits.append((time.monotonic() - begun) * 1000)
        if n % 4 == 0:
            begun = time.monotonic()
            browser.get("/admin/account/")
            floor.append((time.monotonic() - begun) * 1000)
    waits, base = sorted(waits[10:]), statistics.median(floor[3:])
    p95 = waits[int(len(waits) * 0.95)]
    done = Item.objects.filter(state="published").count()
    return Row(
        "G11 decide and show the next, p95",
        f"{base:.0f} ms (a Wagtail admin page)",
        f"{p95:.0f} ms",
        f"{p95 / base:.2f}",
        f"< {GOAL_MS} ms with {WAITING} waiting",
        p95 < GOAL_MS and done == PROBES,
        f"{PROBES} decisions, all stored; median {statistics.median(waits):.0f} ms for POST, redirect and page",
    )


def _type(user, debate: Debate) -> Row:
    """Decide with the keyboard alone in Chromium, as fast as the tool allows."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM, CHROMIUM_FLAGS

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's loop runs in our thread

    before = Item.objects.exclude(state="pending").count()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = chromium.new_context(locale="fr-FR")
        context.add_cookies([{"name": "sessionid", "value": _session(user), "url": serving.url("ours", "/")}])
        page = context.new_page()
        page.goto(serving.url("ours", "/admin/moderation/"))
        page.wait_for_load_state("networkidle")
        here = page.url
        page.keyboard.press("l")
        page.wait_for_url(lambda url: url != here, wait_until="load")
        waits, skipped = [], 0
        for n in range(TYPED):
            keys, here = KEYS[n % len(KEYS)], page.url
            page.wait_for_function("document.readyState === 'complete' && window.wagtail")
            begun = time.monotonic()
            for key in keys.split():
                page.keyboard.press(key)
            page.wait_for_url(lambda url, here=here: url != here, wait_until="load")
            waits.append(time.monotonic() - begun)
            skipped += keys == "s"
        chromium.close()
    decided = Item.objects.exclude(state="pending").count() - before
    waits.sort()
    p95 = waits[int(len(waits) * 0.95)]
    return Row(
        "G11 a decision by keyboard in Chromium, p95",
        "–",
        f"{p95:.2f} s",
        "–",
        f"≤ {GOAL_SECONDS:.0f} s",
        p95 <= GOAL_SECONDS and decided == TYPED - skipped,
        f"{decided} decisions and {skipped} skipped in {sum(waits):.0f} s: {60 * TYPED / sum(waits):.0f} a minute for "
        f"a robot; median {statistics.median(waits):.2f} s, worst {waits[-1]:.2f} s",
    )
