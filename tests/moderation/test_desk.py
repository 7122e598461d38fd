"""The desk in the admin: one list of everything, one text at a time, many at once; nobody beyond their area."""

import uuid

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from consultations.models import ConsultationPage
from deliberation.models import Debate, Statement
from moderation import jobs, rights
from moderation.models import Decision, GroupArea, Item, Remit, Service
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import article, item_of, member, moderate, moderator
from tests.factories.pages import ConsultationPageFactory

pytestmark = pytest.mark.django_db

DESK = "/admin/moderation/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def momo():
    return signed_in(moderator())


def listed(client: Client, query: str = "") -> list[str]:
    return [item.text.shown for item in client.get(f"{DESK}{query}").context["object_list"]]


def told(response) -> str:
    return " ".join(str(m) for m in response.context["messages"]).replace("\xa0", " ")


def at(item: Item) -> str:
    return f"{DESK}{item.pk}/"


def post(client: Client, item: Item, follow: bool = True, **data):
    return client.post(at(item), {"version": item.version, **data}, follow=follow)


def test_everything_that_waits_is_in_one_list_with_its_context(momo):
    debate = DebateFactory(open=True, title="Quelle place demain ?")
    statement = StatementFactory(debate=debate, text="Une fontaine.")
    argument = ArgumentFactory(statement=statement, text="Il fait chaud.", side="against")
    reply = ArgumentFactory(statement=statement, parent=argument, text="Pas chez nous.")
    StatementFactory(debate=debate, text="Montrée.", published=True)
    StatementFactory(debate=debate, text="Lue.", published=True, read=True)
    StatementFactory(debate=debate, text="Refusée.", refused=True)
    assert listed(momo) == ["Une fontaine.", "Il fait chaud.", "Pas chez nous.", "Montrée."]
    html = momo.get(at(item_of(reply))).content.decode()
    assert "Quelle place demain" in html and "Une fontaine." in html and "Il fait chaud." in html


def test_filters_choose_by_consultation_kind_state_age_and_signal(momo):
    one, other = StatementFactory(text="a attend"), ArgumentFactory(text="b attend")
    StatementFactory(debate=one.debate, text="a montré", published=True)
    StatementFactory(debate=one.debate, text="a refusé", refused=True)
    remit = Remit.of(one.debate.scope_id)
    Remit.of(other.debate.scope_id)
    assert set(listed(momo)) == {"a attend", "b attend", "a montré"}
    assert set(listed(momo, "?state=pending")) == {"a attend", "b attend"}
    assert listed(momo, "?state=unread") == ["a montré"]
    assert listed(momo, "?state=refused") == ["a refusé"]
    assert set(listed(momo, f"?consultation={remit.pk}")) == {"a attend", "a montré"}
    assert listed(momo, "?kind=argument") == ["b attend"]
    assert len(listed(momo, "?state=all")) == 4
    assert listed(momo, "?age=1") == []
    item = item_of(other)
    item.signals = [{"kind": "insult", "weight": 0.9, "spans": [[0, 1]], "why": "Injure"}]
    item.arrived_at = "2026-01-01T00:00Z"
    item.settle(), item.save()
    assert listed(momo, "?signal=insult") == ["b attend"] and listed(momo, "?age=7") == ["b attend"]
    assert listed(momo, "?order=riskiest")[0] == "b attend"
    assert len(listed(momo, "?state=nonsense&kind=x&consultation=zz&signal=é&age=-1&p=zz")) == 3
    assert momo.get(f"{DESK}results/?state=pending&_w_filter_fragment=1").status_code == 200


def test_list_and_item_cost_the_same_for_one_and_three_of_each(momo):
    def texts():
        statement = StatementFactory()
        return ArgumentFactory(statement=statement, parent=ArgumentFactory(statement=statement))

    first = texts()
    momo.get(DESK), momo.get(at(item_of(first)))
    with CaptureQueriesContext(connection) as one:
        assert len(listed(momo)) == 3
    with CaptureQueriesContext(connection) as one_item:
        momo.get(at(item_of(first)))
    texts(), texts()
    with CaptureQueriesContext(connection) as three:
        assert len(listed(momo)) == 9
    with CaptureQueriesContext(connection) as three_item:
        momo.get(at(item_of(first)))
    assert len(three) == len(one) and len(three_item) == len(one_item)


def test_one_decision_leads_straight_to_the_next_text(momo):
    first, second = StatementFactory(text="Un."), StatementFactory(text="Deux.")
    assert momo.get(f"{DESK}next/")["Location"].startswith(at(item_of(first)))
    response = post(momo, item_of(first), act="publish")
    assert response.redirect_chain[-1][0].startswith(at(item_of(second)))
    assert "Publié" in told(response)
    response = post(momo, item_of(second), article=article(second, 2).pk, reason="Ne visez personne.")
    assert response.redirect_chain[-1][0].startswith(DESK + "?")
    decision = Decision.objects.get(act="refuse")
    assert (decision.article, decision.reason, decision.actor) == (2, "Ne visez personne.", momo.user)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.status, second.status) == ("published", "refused") and first.cell is not None


def test_the_next_text_costs_the_same_however_many_wait(momo):
    debate = DebateFactory(open=True)

    def cost() -> int:
        item = item_of(StatementFactory(debate=debate))
        momo.get(at(item))
        with CaptureQueriesContext(connection) as captured:
            post(momo, item, act="publish")
        return len(captured)

    StatementFactory(debate=debate), cost()
    few = cost()
    for _ in range(60):
        StatementFactory(debate=debate)
    assert cost() == few


def test_skipping_lets_the_text_go_and_it_comes_again(momo):
    first, second = item_of(StatementFactory()), item_of(StatementFactory())
    momo.get(f"{DESK}next/")
    assert momo.get(f"{DESK}next/?after={first.pk}")["Location"].startswith(at(second))
    first.refresh_from_db()
    assert first.claimed_by is None
    assert momo.get(f"{DESK}next/?after={second.pk}")["Location"].startswith(at(first))
    for odd in ("x", "99999999", "9" * 30, "-1", "\x00"):
        assert momo.get(f"{DESK}next/", {"after": odd}).status_code == 302


def test_what_is_missing_is_said_and_what_was_typed_is_kept(momo):
    item = item_of(StatementFactory(text="Appelez le 06 00 00 00 00."))
    jobs.look()
    page = momo.get(at(item)).content.decode()
    assert "Appelez le […]." in page, "the mask is proposed where a signal found personal data"
    assert "<mark>06 00 00 00 00</mark>" in page
    for data in (
        {"act": "ask"},
        {"act": "redact", "redacted": "Autre chose […].", "reason": "mon motif"},
        {"article": "999999"},
        {"article": "x"},
        {"service": "1"},
        {"into": "77"},
        {"act": ""},
        {"act": "publish", "reason": "x" * 501},
        {"act": "\x00é"},
    ):
        item.refresh_from_db()
        response = post(momo, item, **data)
        assert response.status_code == 422, data
        assert data.get("redacted", "") in response.content.decode()
        assert data.get("reason", "") in response.content.decode()
    assert item.state == "pending" and not Decision.objects.exists()
    post(momo, item, act="redact", redacted="Appelez le […].")
    assert Statement.objects.get(pk=item.object_id).text == "Appelez le […]."


def test_a_stale_tab_is_told_who_decided_and_when(momo):
    other = moderator("anna")
    item = item_of(StatementFactory())
    momo.get(at(item))
    Item.objects.update(claimed_until=None, claimed_by=None)
    moderate(item, "publish", other)
    item.version -= 1
    response = post(momo, item, article=article(item).pk)
    assert "Déjà décidé par anna le" in told(response)
    item.refresh_from_db()
    assert item.state == "published"
    assert [d.took_effect for d in item.decisions.order_by("pk")] == [True, False]


def test_a_text_in_other_hands_is_not_decided(momo):
    anna = signed_in(moderator("anna"))
    item = item_of(StatementFactory())
    anna.get(f"{DESK}next/")
    page = momo.get(at(item))
    assert "anna lit ce texte" in told(page)
    response = post(momo, item, act="publish")
    assert "anna lit ce texte" in told(response)
    item.refresh_from_db()
    assert item.state == "pending"


def test_undo_takes_back_ones_own_last_decision(momo):
    item = item_of(StatementFactory())
    post(momo, item, act="publish")
    response = momo.post(f"{DESK}undo/", follow=True)
    assert response.redirect_chain[-1][0].startswith(at(item))
    item.refresh_from_db()
    assert item.state == "pending" and item.decisions.first().act == "undo"
    assert "rien à annuler" in told(momo.post(f"{DESK}undo/", follow=True)).lower()
    assert momo.get(f"{DESK}undo/").status_code == 405


def test_forwarding_and_merging_by_their_buttons(momo):
    service = Service.objects.create(name="Voirie")
    item = item_of(StatementFactory())
    post(momo, item, service=service.pk, reason="Vous aurez une réponse.")
    item.refresh_from_db()
    assert (item.state, item.forwarded_to) == ("forwarded", service)
    shown = StatementFactory(published=True, text="Il manque des bancs à l’ombre sur la place.")
    twin = StatementFactory(debate=shown.debate, text="Il manque vraiment des bancs à l'ombre sur la place !")
    item = item_of(twin)
    page = momo.get(f"{at(item)}?merge=1")
    assert [t.item for _n, _k, t in page.context["twins"]] == [item_of(shown)]
    post(momo, item, into=item_of(shown).pk)
    item.refresh_from_db()
    assert item.state == "merged" and item.merged_into == item_of(shown)


# Many at once


def bulk(client: Client, action: str, query: str, **data):
    return client.post(f"/admin/bulk/moderation/item/{action}/?{query}&next={DESK}", data, follow=True)


def ids(*texts) -> str:
    return "&".join(f"id={item_of(t).pk}" for t in texts)


def seen(*texts) -> list[str]:
    return [f"{item_of(t).pk}:{item_of(t).version}" for t in texts]


def test_bulk_shows_what_it_does_and_does_it_as_it_was_shown(momo):
    one, two, shown = StatementFactory(text="Un."), ArgumentFactory(text="Deux."), StatementFactory(published=True)
    preview = momo.get(f"/admin/bulk/moderation/item/publish_texts/?{ids(one, two)}")
    assert "Un." in preview.content.decode() and "Deux." in preview.content.decode()
    assert "2 textes publiés" in told(bulk(momo, "publish_texts", ids(one, two), seen=seen(one, two)))
    one.refresh_from_db(), two.refresh_from_db()
    assert (one.status, two.status) == ("published", "published") and one.cell is not None
    stale = [f"{item_of(shown).pk}:7"]
    said = told(bulk(momo, "refuse_texts", ids(shown), seen=stale, article=article(shown).pk))
    assert "a changé" in said or "Déjà décidé" in said
    assert item_of(shown).state == "published"


def test_bulk_refusal_needs_an_article_and_takes_off_what_is_shown(momo):
    waiting, shown = StatementFactory(), StatementFactory(published=True)
    query = ids(waiting) + "&" + ids(shown)
    response = bulk(momo, "refuse_texts", query, seen=seen(waiting, shown))
    assert response.context["form"].errors and item_of(waiting).state == "pending"
    chosen = article(waiting, 4).pk
    bulk(momo, "refuse_texts", query, seen=seen(waiting, shown), article=chosen, reason="Envoi répété.")
    assert (item_of(waiting).state, item_of(shown).state) == ("refused", "hidden")
    assert set(Decision.objects.values_list("article", "reason")) == {(4, "Envoi répété.")}


def test_select_all_means_all_of_the_list_as_filtered(momo):
    keep, chosen = ArgumentFactory(), [StatementFactory() for _ in range(3)]
    refused = StatementFactory(refused=True)
    bulk(momo, "publish_texts", "id=all&kind=statement", seen=seen(*chosen))
    assert {item_of(s).state for s in chosen} == {"published"}
    assert item_of(keep).state == "pending" and item_of(refused).state == "refused"


def test_what_came_after_the_preview_is_left_alone(momo):
    shown, late = StatementFactory(), StatementFactory()
    bulk(momo, "publish_texts", "id=all", seen=seen(shown))
    assert (item_of(shown).state, item_of(late).state) == ("published", "pending")
    assert not item_of(late).decisions.exists(), "nobody tried to decide on it"


def test_a_preview_costs_the_same_for_one_and_three(momo):
    def cost(*chosen) -> int:
        address = f"/admin/bulk/moderation/item/refuse_texts/?{ids(*chosen)}"
        with CaptureQueriesContext(connection) as captured:
            assert momo.get(address).status_code == 200
        return len(captured)

    cost(StatementFactory())
    debate = DebateFactory(open=True)
    same = [StatementFactory(debate=debate) for _ in range(3)]
    assert cost(same[0]) == cost(*same)


# Who may


@pytest.fixture
def two_consultations():
    """Two consultations on pages of their own, each with a debate in which a text waits."""
    made = []
    for name in ("A", "B"):
        debate = DebateFactory(open=True, title=f"Débat {name}")
        body = [{"type": "debate", "id": str(uuid.uuid4()), "value": {"debate": debate.pk}}]
        page = ConsultationPageFactory(title=f"Consultation {name}", open=True, body=body)
        debate = Debate.objects.get(pk=debate.pk)
        made.append((page, StatementFactory(debate=debate, text=f"Texte {name}")))
    return made


def test_a_moderator_of_one_consultation_sees_and_touches_nothing_of_another(two_consultations):
    (page_a, text_a), (_page_b, text_b) = two_consultations
    a = signed_in(moderator("ada", page=Page.objects.get(pk=page_a.pk)))
    assert listed(a) == listed(a, "?state=all") == ["Texte A"]
    remit_b = Remit.objects.get(scope=text_b.debate.scope_id)
    assert "Consultation B" not in a.get(DESK).content.decode()
    assert len(listed(a, f"?consultation={remit_b.pk}")) == 1, "a foreign filter is not understood"
    assert a.get(at(item_of(text_b))).status_code == 404
    assert post(a, item_of(text_b), act="publish").status_code == 404
    assert post(a, item_of(text_a), into=item_of(text_b).pk).status_code == 422
    mixed = bulk(a, "publish_texts", ids(text_a, text_b), seen=seen(text_a, text_b))
    assert mixed.status_code == 404
    assert a.get(f"/admin/bulk/moderation/item/refuse_texts/?{ids(text_b)}").status_code == 404
    assert item_of(text_a).state == item_of(text_b).state == "pending", "one foreign text: nothing at all is done"
    bulk(a, "publish_texts", "id=all", seen=seen(text_a, text_b))
    assert (item_of(text_a).state, item_of(text_b).state) == ("published", "pending")
    other = moderate(text_b, "publish", moderator("bea"))
    assert other.actor_name not in a.get("/admin/moderation/decisions/").content.decode()
    assert a.get(f"/admin/moderation/decisions/inspect/{other.pk}/").status_code in (302, 403, 404)
    assert Decision.objects.filter(actor=a.user).count() == 1


def test_rights_of_two_groups_do_not_mix(two_consultations):
    """Moderator of A and analyst of B: nothing to decide in B."""
    (page_a, text_a), (page_b, text_b) = two_consultations
    user = moderator("ada", page=Page.objects.get(pk=page_a.pk))
    analysts = Group.objects.create(name="Analystes B")
    analysts.permissions.add(*member("Analystes").groups.get().permissions.all())
    GroupArea.objects.create(group=analysts, page_id=page_b.pk)
    user.groups.add(analysts)
    assert list(rights.items_for(user)) == [item_of(text_a)]
    assert set(rights.items_for(user, rights.REGISTERS)) == {item_of(text_a), item_of(text_b)}


@pytest.mark.parametrize("group", ["Agents de communication", "Analystes", "Agents d’un autre service"])
def test_other_roles_decide_nothing(group):
    client, item = signed_in(member(group)), item_of(StatementFactory())
    for answer in (
        client.get(DESK),
        client.get(at(item)),
        client.get(f"{DESK}next/"),
        post(client, item, act="publish"),
        client.post(f"{DESK}undo/"),
        client.get(f"/admin/bulk/moderation/item/publish_texts/?id={item.pk}"),
    ):
        assert answer.status_code in (302, 403, 404), answer.request["PATH_INFO"]
    item.refresh_from_db()
    assert item.state == "pending"
    assert 'moderation/"' not in client.get("/admin/").content.decode()


def test_who_loses_the_right_loses_it_at_once(momo):
    item = item_of(StatementFactory())
    momo.user.groups.clear()
    assert momo.get(at(item)).status_code in (302, 403, 404)
    momo.user.is_active = False
    momo.user.save()
    assert post(momo, item, act="publish", follow=False).status_code == 302


def test_areas_are_given_on_the_screen_for_groups(admin_client):
    group, page = Group.objects.create(name="Quartier nord"), ConsultationPageFactory()
    url = f"/admin/groups/edit/{group.pk}/"
    html = admin_client.get(url).content.decode()
    assert "areas-TOTAL_FORMS" in html
    data = {"name": group.name, "areas-TOTAL_FORMS": "2", "areas-INITIAL_FORMS": "0", "areas-0-page": page.pk}
    data |= {"areas-1-page": ""}
    for prefix in ("page_permissions", "collection_permissions", "image_permissions", "document_permissions"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000"}
    for prefix in ("collection_management_permissions", "collection_member_permissions"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    answer = admin_client.post(url, data)
    assert answer.status_code == 302, answer.context and [p.errors for p in answer.context["permission_panels"]]
    assert list(GroupArea.objects.filter(group=group).values_list("page_id", flat=True)) == [page.pk]
    data |= {"areas-0-DELETE": "on", "areas-INITIAL_FORMS": "1"}
    admin_client.post(url, data)
    assert not GroupArea.objects.filter(group=group).exists()


# The registers and the settings


def test_registers_are_read_searched_and_exported_never_written(momo):
    item = item_of(StatementFactory(text="Un secret à taire."))
    moderate(item, "refuse", momo.user, number=2, reason="=HYPERLINK(1)")
    html = momo.get("/admin/moderation/decisions/").content.decode()
    assert "refuser" in html and "Un secret" not in html
    csv = b"".join(momo.get("/admin/moderation/decisions/?export=csv")).decode()
    assert "'=HYPERLINK(1)" in csv and ",=HYPERLINK" not in csv and "Un secret" not in csv
    decision = Decision.objects.get()
    assert momo.get(f"/admin/moderation/decisions/inspect/{decision.pk}/").status_code == 200
    for path in ("create/", f"edit/{decision.pk}/", f"delete/{decision.pk}/"):
        for register in ("decisions", "reports", "appeals"):
            answer = momo.post(f"/admin/moderation/{register}/{path}")
            assert answer.status_code in (302, 403, 404)
    assert Decision.objects.count() == 1


def test_a_consultation_is_published_with_a_charter(admin_client):
    page = ConsultationPageFactory(open=True)
    assert page.charter is not None and Remit.objects.get(scope=page.scope).charter == page.charter
    page.charter.articles.all().delete()
    with pytest.raises(Exception, match="charte"):
        ConsultationPage.objects.get(pk=page.pk).save_revision().publish()


def test_signals_are_switched_off_for_a_consultation(admin_client):
    statement = StatementFactory(text="Appelez le 06 00 00 00 00, bande d'incapables !!!")
    remit = Remit.of(statement.debate.scope_id)
    url = f"/admin/moderation/consultations/edit/{remit.pk}/"
    assert admin_client.get(url).status_code == 200
    jobs.look()
    assert {"personal", "insult"} <= {s["kind"] for s in item_of(statement).signals}
    answer = admin_client.post(url, {"charter": "", "signals_off": ["personal"]})
    assert answer.status_code == 302, answer.context["form"].errors
    Item.objects.update(looked=False)
    jobs.look()
    kinds = {s["kind"] for s in item_of(statement).signals}
    assert "personal" not in kinds and "insult" in kinds
    assert item_of(statement).state == "pending", "a signal decides nothing"


def test_doubles_are_pointed_at_whichever_came_first(momo):
    debate = DebateFactory(open=True)
    one = StatementFactory(debate=debate, text="Il manque des bancs à l’ombre sur la grande place.")
    jobs.look()
    two = StatementFactory(debate=debate, text="Il manque encore des bancs à l'ombre, sur la grande place !")
    jobs.look()
    assert all(" double " in item_of(s).flags for s in (one, two))
    one.text = "Tout autre chose."
    one.save()
    Item.objects.update(looked=False)
    jobs.look()
    assert not any(" double " in item_of(s).flags for s in (one, two))


def test_texts_are_looked_at_also_when_their_job_is_lost(settings):
    from cms.scheduling import DUTIES

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    item = item_of(StatementFactory(text="Appelez le 06 00 00 00 00."))
    assert not item.looked
    next(duty for duty in DUTIES if duty.name == "look").act()
    item.refresh_from_db()
    assert item.looked and " personal " in item.flags
