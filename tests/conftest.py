"""What every test stands on: a fresh memory, and a real browser where there is one (see also machine.py)."""

import shutil
from importlib import import_module

import pytest
from django.core.cache import cache

CHROMIUM = next((p for p in (shutil.which("chromium"), shutil.which("google-chrome")) if p), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _fresh_memory():
    """Nothing a process remembers may leak from one test into the next: ids start again with each rollback."""
    from deliberation import state
    from geography import base_map, geocoding, lookup
    from participation import limits
    from surveys import forms, rendering

    yield
    state.forget()
    forms.forget()
    rendering.forget()
    limits.forget_all()
    lookup.forget()
    geocoding.forget()
    base_map.forget()
    cache.clear()


@pytest.fixture(autouse=True)
def _fresh_install(request):
    """A test that really commits is followed by a flush; the next one finds the site as the migrations left it."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        _install()


def _install() -> None:
    from django.apps import apps
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page

    ContentType.objects.clear_cache()  # the flush gave them other ids
    if Page.objects.exists():
        return
    Locale.objects.create(language_code="fr")
    Page.add_root(title="Root", slug="root")
    Collection.add_root(name="Root")
    migration = import_module("home.migrations.0002_fresh_install")
    migration.build(apps, None)
    migration.group(apps, None)
    import_module("home.migrations.0003_who_keys_in").group(apps, None)
    import_module("home.migrations.0004_who_sees_addresses").group(apps, None)


@pytest.fixture(scope="session")
def browser():
    """A real Chromium; tests that need it are skipped, in plain words, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the journeys in a real browser were not made")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        _wait_for_what_was_opened(patch)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


def _wait_for_what_was_opened(patch) -> None:
    """A click or a key is over when the page it opened has been read: on a slow machine its title is empty before."""
    from playwright.sync_api import Locator

    for name in ("click", "press"):
        act = getattr(Locator, name)

        def settled(self, *args, act=act, **kwargs):
            act(self, *args, **kwargs)
            self.page.wait_for_load_state("domcontentloaded")

        patch.setattr(Locator, name, settled)


@pytest.fixture
def visit(browser):
    """Opens a page as a visitor: `visit(javascript=False, width=320)` gives a Playwright page."""
    contexts = []

    def open_page(javascript: bool = True, width: int = 1366, height: int = 768, **options):
        context = browser.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
