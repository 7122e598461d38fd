"""The figures of moderation: right, by month and consultation, few queries, no text in them."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from moderation import decisions, figures, voices
from moderation.models import Decision, Item, Remit, Report
from participation.models import Scope
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import item_of, moderate, moderator

pytestmark = pytest.mark.django_db

MARCH, APRIL = datetime(2026, 3, 31, 10), datetime(2026, 4, 2, 9)


def at(when: datetime) -> datetime:
    return timezone.make_aware(when)


def date_back(model, when: datetime, **which) -> None:
    """The register cannot be changed; tests go around it."""
    from django.db.models import QuerySet

    QuerySet(model).filter(**which).update(at=at(when))


def received(when: datetime, **more) -> Item:
    item = item_of(StatementFactory(**more))
    Item.objects.filter(pk=item.pk).update(received_at=at(when))
    return item


def decided(item: Item, act: str, when: datetime, user=None, **more) -> Decision:
    decision = moderate(item, act, user, **more)
    date_back(Decision, when, pk=decision.pk)
    return decision


@pytest.fixture
def year():
    debate = DebateFactory(open=True)
    Remit.objects.update_or_create(scope=debate.scope, defaults={"title": "La place"})
    anna, bruno = moderator("anna"), moderator("bruno")
    a, b, c = (received(MARCH, debate=debate) for _ in range(3))
    d = received(APRIL)
    decided(a, "publish", datetime(2026, 3, 31, 13, 20), anna)
    refusal = decided(b, "refuse", datetime(2026, 4, 1, 10), anna, number=2)
    undone = decided(c, "refuse", datetime(2026, 4, 1, 11), anna)
    undo = decisions.undo(undone, anna)
    date_back(Decision, datetime(2026, 4, 1, 11, 1), pk=undo.pk)
    appeal = voices.appeal(b, "Je parle de la place.")
    voices.decide_appeal(appeal, bruno, True, "Oui.")
    date_back(type(appeal), datetime(2026, 4, 1, 12), pk=appeal.pk)
    for n, hours in ((1, 3), (2, 30)):
        report = voices.report(a, bytes([n]), None, "")
        Report.objects.filter(pk=report.pk).update(
            at=at(APRIL), closed_at=at(APRIL) + timedelta(hours=hours), state=Report.State.KEPT
        )
    assert refusal.article_said
    return {"refusal": refusal, "texts": [item.object_id for item in (a, b, c, d)]}


def test_each_month_counts_what_happened_in_it(year):
    found = figures.months()
    assert list(found)[-2:] == ["2026-04", "2026-03"] and set(found["2026-03"]) == {"La place"}
    march, april = figures.whole(found["2026-03"]), figures.whole(found["2026-04"])
    assert (march.counts["received"], march.counts["published"], march.median_hours) == (3, 1, 3)
    assert (april.counts["received"], april.counts["waiting"], april.counts["refused"]) == (1, 1, 1)
    assert march.counts["waiting"] == 2, "undone, and reported anew"
    assert april.ranked() == [(year["refusal"].article_said, 1)], "what was undone is not counted"
    told = april.plain()
    assert (told["reports_received"], told["reports_kept"], told["reports_late"]) == (2, 2, 1)
    assert (told["appeals_received"], told["appeals_overturned"], told["appeals_upheld"]) == (1, 1, 0)
    assert april.median_hours == pytest.approx((24 + 25) / 2)


def test_what_is_not_online_is_counted_without_its_name(year):
    assert set(figures.months()["2026-04"]) == {"La place", ""}
    Scope.objects.update(live=False)
    cache.clear()
    assert all(set(named) == {""} for named in figures.months().values())


def test_answers_shown_to_nobody_are_in_no_figure():
    Item.objects.filter(pk=received(MARCH).pk).update(public=False)
    assert figures.months() == {}


def test_six_queries_whatever_the_size(year, django_assert_num_queries):
    for size in (1, 3):
        for _ in range(size):
            moderate(received(APRIL), "publish")
        cache.clear()
        with django_assert_num_queries(6):
            figures.months()
        with django_assert_num_queries(0):
            figures.months()


def test_pages_and_data_say_the_same_and_hold_no_text_and_no_name(client, year):
    pages = {url: client.get(url) for url in (
        "/moderation/", "/moderation/chiffres/", "/moderation/chiffres/2026-04/", "/moderation/chiffres.json",
        "/moderation/chiffres.csv",
    )}  # fmt: skip
    for url, page in pages.items():
        body = page.content.decode()
        assert page.status_code == 200 and not page.cookies, url
        assert "anna" not in body and "bruno" not in body and "arbres" not in body, url
    told = pages["/moderation/chiffres.json"].json()["months"]
    april = next(month for month in told if month["month"] == "2026-04")
    assert april["all"]["refused"] == 1 and april["consultations"][-1]["title"] == "La place"
    rows = list(csv.DictReader(io.StringIO(pages["/moderation/chiffres.csv"].content.decode())))
    assert {
        "month": "2026-04", "consultation": "La place", "measure": "refused", "article": "", "value": "1",
    } in rows  # fmt: skip
    assert any(row["measure"] == "by_article" and row["article"] for row in rows)
    assert "La place" in pages["/moderation/chiffres/2026-04/"].content.decode()


def test_a_title_cannot_be_a_formula(client):
    Remit.objects.update_or_create(scope=received(MARCH).scope, defaults={"title": "=1+1"})
    assert "2026-03,'=1+1,received,,1" in client.get("/moderation/chiffres.csv").content.decode()


@pytest.mark.parametrize("month", ["2020-01", "2026-13", "0-0", "99999999999-1"])
def test_a_month_of_which_nothing_is_known_is_not_there(client, year, month):
    assert client.get(f"/moderation/chiffres/{month}/").status_code == 404


def test_the_charter_is_read_in_public_from_every_place_where_people_write(client):
    debate = DebateFactory(open=True, free_arguments=True)
    rules = f"/moderation/regles/{debate.scope.tag}/"
    for url in ("", "affirmations/", "arguments/"):
        assert rules in client.get(debate.get_absolute_url() + url).content.decode()
    charter = client.get(rules, follow=True)
    assert "N’insultez personne" in charter.content.decode() and "/moderation/chiffres/" in charter.content.decode()
    assert "N’insultez personne" in client.get("/moderation/").content.decode()
    assert client.get("/moderation/charte/nulle-part/").status_code == 404
    assert client.get("/moderation/regles/ZZZZ/").status_code == 302
