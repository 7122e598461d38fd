"""A survey in the page of another site, in a browser that blocks third-party cookies: with scripts and without."""

import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from surveys.models import Response, Survey
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.factories.surveys import SurveyFactory, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AROUND = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Mairie</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Un autre site</h1><p>Donnez votre avis :</p>%s<p>Pied de page.</p></main></body></html>"""


@contextmanager
def site(pages: dict[str, str], cookie: str = "") -> Iterator[int]:
    """Another site with these `pages`, at 127.0.0.1 and localhost; its port. COOKIES in a page: those that came."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").replace("COOKIES", self.headers.get("Cookie") or "none").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if cookie:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def strict(browser):
    """A Chromium that blocks third-party cookies."""
    flags = [*CHROMIUM_FLAGS, "--test-third-party-cookie-phaseout"]
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    yield chromium
    chromium.close()


def open_page(chromium, javascript: bool = True, width: int = 1366):
    options = {"java_script_enabled": javascript, "viewport": {"width": width, "height": 600}, "locale": "fr-FR"}
    return chromium.new_context(**options).new_page()


def test_third_party_cookies_really_are_blocked(strict):
    """Else the journey below would prove nothing: what a site gets back in a tab it does not get back in a frame."""
    with site({"/": "COOKIES"}, "who=me; SameSite=None; Secure; Path=/") as port:
        ours = f"http://localhost:{port}/"
        with site({"/": f'<iframe src="{ours}" title="frame"></iframe>'}) as around:
            page = open_page(strict)
            for _time in range(2):
                page.goto(f"http://127.0.0.1:{around}/")
                assert page.frame_locator("iframe").locator("body").inner_text() == "none"
            for said in ("none", "who=me"):
                page.goto(ours)
                assert page.locator("body").inner_text() == said
            page.goto(f"http://127.0.0.1:{around}/")
            assert page.frame_locator("iframe").locator("body").inner_text() == "none"
            page.context.close()


@pytest.fixture
def survey():
    asked = [question("scale", "Aimez-vous la place ?", required=True), question("long_text", "Pourquoi ?")]
    return SurveyFactory(open=True, title="Votre place", questions=asked)


def test_answered_and_changed_in_the_page_of_another_site(live_server, strict, settings, admin_client, survey):
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    allowed, other = {}, {}
    with site(allowed) as port, site(other) as stranger:
        survey.embed_on = f"http://127.0.0.1:{port}"
        survey.save_revision().publish()
        edit = reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])
        pasted = re.search(r"&lt;iframe .*?(?=</textarea>)", admin_client.get(edit).content.decode(), re.S)[0]
        allowed["/"] = other["/"] = AROUND % html.unescape(pasted)
        code = without_scripts(strict, f"http://127.0.0.1:{port}/")
        with_scripts(strict, f"http://127.0.0.1:{port}/", code)
        refused(strict, f"http://127.0.0.1:{stranger}/")


def send(frame, **typed: str) -> None:
    for name, value in typed.items():
        frame.locator(f'input[name="{name}"][value="{value}"]').check()
    frame.locator('button[value="send"]').click()


def begins_at_the_top(page, start: str) -> None:
    """The new page is read from its beginning: in sight, and where the reader goes on."""
    inside = page.frame_locator("iframe").locator(start)
    for _try in range(50):
        if inside.evaluate("e => e.ownerDocument.activeElement === e"):
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError(f"the reader is not led to {start}")
    assert inside.bounding_box()["y"] >= page.locator("iframe").bounding_box()["y"] - 1


def without_scripts(chromium, address: str) -> str:
    page = open_page(chromium, javascript=False, width=320)
    page.goto(address)
    frame = page.frame_locator("iframe")
    assert page.locator("iframe").bounding_box()["height"] == 700
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    send(frame)
    frame.locator(".error-summary").wait_for()
    begins_at_the_top(page, "main")
    send(frame, q1="7")
    code = frame.locator(".code strong").inner_text()
    begins_at_the_top(page, "main")
    frame.get_by_role("link", name="J’ai déjà un code").click()
    frame.locator('input[name="code"]').fill(code)
    frame.get_by_role("button", name="Continuer").click()
    frame.locator('input[name="q1"][value="7"]:checked').wait_for(state="attached")
    begins_at_the_top(page, "main")
    send(frame, q1="3")
    assert frame.locator(".code strong").inner_text() == code and not page.context.cookies()
    assert 3 in Response.objects.get().answers.values()
    page.context.close()
    return code


def fits(page) -> None:
    """The frame is as tall as what is in it, and nothing in it is wider."""
    inside = page.frames[1]
    for _try in range(50):
        tall = inside.evaluate("document.documentElement.getBoundingClientRect().height")
        if abs(page.locator("iframe").bounding_box()["height"] - max(tall, 200)) <= 1:
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError(f"the frame does not follow: {tall}")
    assert inside.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not Axe().run(inside).response["violations"]


def with_scripts(chromium, address: str, code: str) -> None:
    page = open_page(chromium, width=768)
    page.goto(address)
    frame = page.frame_locator("iframe")
    frame.locator("h1").wait_for()
    fits(page)
    before = page.locator("iframe").bounding_box()["height"]
    page.evaluate("window.postMessage({ palabre: { height: 5000 } }, '*')")  # nobody but the frame is heard
    page.frames[1].evaluate("document.querySelector('textarea').style.height = '900px'")
    fits(page)
    assert 600 < page.locator("iframe").bounding_box()["height"] - before < 1000
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    send(frame)
    frame.locator(".error-summary").wait_for()
    fits(page)
    begins_at_the_top(page, ".error-summary")
    assert 0 <= frame.locator(".error-summary").bounding_box()["y"] < 600
    frame.get_by_role("link", name="J’ai déjà un code").click()
    frame.locator('input[name="code"]').fill(code)
    frame.get_by_role("button", name="Continuer").click()
    frame.locator('input[name="q1"][value="3"]:checked').wait_for(state="attached")
    send(frame, q1="9")
    assert frame.locator(".code strong").inner_text() == code and not page.context.cookies()
    fits(page)
    begins_at_the_top(page, "h1")
    assert 0 <= frame.locator("h1").bounding_box()["y"] < 600
    assert 9 in Response.objects.get().answers.values()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Ouvrir dans un nouvel onglet").click()
    opened.value.locator("footer.site").wait_for()
    page.context.close()


def refused(chromium, address: str) -> None:
    page = open_page(chromium)
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(address)
    assert page.frame_locator("iframe").locator("form").count() == 0
    page.context.close()
