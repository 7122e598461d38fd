"""Debates in the Wagtail admin: list, drafts, preview, effects, advice, copy; and the texts to read."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counting import fold
from deliberation.models import Debate, Statement
from tests.factories.debates import SEEDS, ArgumentFactory, DebateFactory, StatementFactory, seeds_as_stored
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db

DESK = "/admin/debates/texts/"
RULES = {"moderation": "before", "max_length": "140", "show_results": "always", "may_propose": "on", "may_argue": "on"}


def url(name: str, *args) -> str:
    return reverse(Debate.snippet_viewset.get_url_name(name), args=args)


def posted(seeds, title: str = "Quelle place demain ?", **more: str) -> dict[str, str]:
    """What the edit screen sends; `seeds` are texts, or statements as stored, which keep their ids."""
    stored = [{"id": "", "value": s} if isinstance(s, str) else s for s in seeds]
    data = {"title": title, **RULES, "seeds-count": str(len(stored)), **more}
    for n, s in enumerate(stored):
        data |= {f"seeds-{n}-deleted": "", f"seeds-{n}-order": str(n), f"seeds-{n}-type": "statement"}
        data |= {f"seeds-{n}-id": s["id"], f"seeds-{n}-value": s["value"]}
    return data


@pytest.fixture
def agent(client, django_user_model):
    """A browser of somebody who is in the group of communications agents and has no other right."""
    user = django_user_model.objects.create_user("camille", password="x")
    user.groups.add(Group.objects.get(name="Agents de communication"))
    client.force_login(user)
    client.user = user
    return client


def with_permissions(django_user_model, *names: str) -> Client:
    user = django_user_model.objects.create_user("-".join(names) or "nobody", password="x")
    user.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", *names]))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def voted():
    """A published debate whose first statement two people voted on."""
    debate = DebateFactory(open=True)
    first = debate.statements.order_by("pk").first()
    for word in ("agree", "pass"):
        assert VoterBrowser(debate).vote(first, word).status_code == 303
    fold.fold(debate.tool_id)
    return debate


# The debate


def test_an_agent_writes_and_publishes_a_debate(agent):
    assert agent.get(url("add")).status_code == 200
    response = agent.post(url("add"), posted(SEEDS, **{"action-publish": "1"}))
    debate = Debate.objects.get()
    assert response.status_code == 302
    assert debate.live
    assert debate.phase() == "open"
    assert [s.text for s in debate.statements.order_by("pk")] == SEEDS


def test_a_draft_may_be_anything(agent):
    agent.post(url("add"), posted(["Il manque des bancs.", "Il manque des bancs."]))
    assert not Debate.objects.get().live


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (["Il manque des bancs.", "il manque DES bancs"], "Les phrases 1 et 2 sont les mêmes"),
        (["Un banc. " * 20], "La phrase 1"),
        (["…"], "La phrase 1"),
    ],
)
def test_what_cannot_be_voted_on_is_not_published_and_the_error_stands_at_the_field(agent, seeds, said):
    response = agent.post(url("add"), posted(seeds, **{"action-publish": "1"}))
    assert response.status_code == 200
    assert not Debate.objects.filter(live=True).exists()
    form = response.context["form"]
    assert list(form.errors) == ["seeds"]
    assert said in " ".join(form.errors["seeds"]).replace("\xa0", " ")


def test_an_edit_of_voted_statements_shows_its_effect_first(agent, voted):
    seeds = seeds_as_stored(voted)
    seeds[0]["value"] = "Il manque des arbres."
    data = posted(seeds, **{"action-publish": "1"})
    html = agent.post(url("edit", voted.pk), data).content.decode()
    assert "Il manque des arbres" in html.partition('id="effects-panel"')[2].partition("</ul>")[0]
    assert voted.statements.filter(status="published").count() == 3
    assert not Statement.objects.filter(text="Il manque des arbres.").exists()
    assert agent.post(url("edit", voted.pk), {**data, "effects_read": "on"}).status_code == 302
    assert Statement.objects.get(text=SEEDS[0]).status == Statement.Status.CLOSED
    assert Statement.objects.get(text="Il manque des arbres.").status == Statement.Status.PUBLISHED


def test_an_edit_that_changes_no_meaning_asks_nothing(agent, voted):
    seeds = seeds_as_stored(voted)
    seeds[0]["value"] = seeds[0]["value"].rstrip(".").upper() + " !"
    assert agent.post(url("edit", voted.pk), posted(seeds, **{"action-publish": "1"})).status_code == 302
    assert voted.statements.count() == 3


def test_the_advice_on_the_draft_leads_to_each_statement(agent):
    debate = DebateFactory(seeds=["Évidemment, la place manque d’ombre.", "Le marché est beau."])
    panel = agent.get(url("edit", debate.pk)).content.decode().partition('id="advice-panel"')[2].partition("</div>")[0]
    assert f'href="#block-{seeds_as_stored(debate)[0]["id"]}-section"' in panel
    assert "1. Évidemment" in panel and "Le marché est beau" not in panel


def test_the_list_shows_figures_and_costs_the_same_for_one_and_three_debates(admin_client, voted):
    StatementFactory(debate=voted), ArgumentFactory(debate=voted, published=True)
    admin_client.get(url("list"))
    with CaptureQueriesContext(connection) as one:
        html = admin_client.get(url("list")).content.decode()
    cells = [part.partition("</td>")[0].strip() for part in html.partition("<tbody")[2].split("<td >")]
    assert cells[2:5] == ["2", "2", "2"]  # voters, votes, texts to read
    DebateFactory(open=True), StatementFactory()
    with CaptureQueriesContext(connection) as three:
        admin_client.get(url("list"))
    assert len(three) <= len(one) + 1  # Wagtail asks once more when it first meets a draft


@pytest.mark.parametrize("page", ["edit", "history", "usage", "delete"])
def test_every_screen_of_a_debate_opens(agent, page):
    assert agent.get(url(page, DebateFactory(open=True).pk)).status_code == 200


def test_the_preview_shows_the_draft(agent, voted):
    voted.title = "Titre du brouillon ?"
    voted.save_revision()
    preview = reverse(Debate.snippet_viewset.get_url_name("preview_on_edit"), args=[voted.pk])
    assert agent.get(f"{preview}?in_preview_panel=true").status_code == 200
    assert agent.post(preview, posted(["Une phrase du brouillon."], "Titre non enregistré ?")).json()["is_valid"]
    html = agent.get(f"{preview}?in_preview_panel=true").content.decode()
    assert "Titre non enregistré" in html and "Une phrase du brouillon." in html


def test_a_copy_has_the_statements_and_none_of_the_identity(agent, voted):
    assert agent.get(reverse("debates_copy", args=[voted.pk])).status_code == 200
    assert Debate.objects.count() == 1
    agent.post(reverse("debates_copy", args=[voted.pk]))
    copy = Debate.objects.exclude(pk=voted.pk).get()
    assert [s["value"] for s in seeds_as_stored(copy)] == SEEDS
    assert not copy.live
    assert (copy.key, copy.scope_id, copy.tool_id) != (voted.key, voted.scope_id, voted.tool_id)


def test_a_debate_people_took_part_in_is_not_deleted(admin_client, voted):
    admin_client.post(url("delete", voted.pk))
    assert Debate.objects.filter(pk=voted.pk).exists()
    fresh = DebateFactory(open=True)
    admin_client.post(url("delete", fresh.pk))
    assert not Debate.objects.filter(pk=fresh.pk).exists()


def test_nor_among_others(admin_client, voted):
    fresh = DebateFactory(open=True)
    admin_client.post(f"/admin/bulk/deliberation/debate/delete/?id={voted.pk}&id={fresh.pk}")
    assert Debate.objects.count() == 2


def test_without_the_permission_nobody_copies(django_user_model, voted):
    client = with_permissions(django_user_model)
    assert client.post(reverse("debates_copy", args=[voted.pk])).status_code in (302, 403)
    assert Debate.objects.count() == 1
