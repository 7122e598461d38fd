"""G3: a page with an embedded survey beside the same page without it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from surveys import forms, rendering
from tests.factories.pages import ConsultationPageFactory, blocks

from . import inside, reference
from .machine import in_turn
from .pages.models import BenchPage
from .table import Row

CALLS = 30


def embedded() -> list[Row]:
    """On a page that is nothing but Wagtail, and on a real consultation page."""
    survey = reference.make_survey(10)
    home = Site.objects.get(is_default_site=True).root_page
    bare = home.add_child(instance=BenchPage(title="Bare", slug="bare"))
    with_form = home.add_child(instance=BenchPage(title="Survey", slug="survey", survey=survey))
    rows = _rows("page, bare Wagtail", bare, with_form)
    consultation = ConsultationPageFactory(body=blocks())
    with_block = ConsultationPageFactory(body=blocks(reference.make_survey(10)))
    return rows + _rows("page, consultation", consultation, with_block)


def _rows(name: str, without: Page, with_survey: Page) -> list[Row]:
    addresses = [page.get_url() for page in (without, with_survey)]
    for address in addresses:
        if inside.request(address).status != 200:
            raise SystemExit(f"G3: {address} is answered {inside.request(address).status}.")
    queries = [_queries(address) for address in addresses]
    bare, ours = addresses
    taken = in_turn(
        {"bare": lambda: inside.request(bare), "ours": lambda: inside.request(ours), "uncached": lambda: _cold(ours)},
        CALLS,
    )
    more = queries[1] - queries[0]
    size = len(inside.request(ours).body)
    note = f"queries {queries[0]} and {queries[1]}; {size:,} bytes with the survey"
    return [
        _row(f"G3 {name}", taken["bare"], taken["ours"], 1.5, more <= 1, ", ≤ +1 query", note),
        _row(f"G3 {name}, uncached", taken["bare"], taken["uncached"], 2.5, True, "", ""),
    ]


def _row(goal: str, bare: float, ours: float, target: float, also: bool, told: str, note: str) -> Row:
    ratio, holds = ours / bare, ours / bare <= target and also
    return Row(goal, f"{bare:.2f} ms", f"{ours:.2f} ms", f"{ratio:.2f}", f"≤ {target}{told}", holds, note)


def _cold(address: str) -> None:
    """As the first visitor after a start sees it."""
    forms.forget()
    rendering._blank.cache_clear()
    inside.request(address)


def _queries(address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        inside.request(address)
    return len(captured)
