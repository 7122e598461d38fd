"""Debates in the Wagtail admin: list, drafts, preview, effects, advice, copy; and the texts to read."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counting import fold
from deliberation.models import Argument, Debate, Statement
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


# The texts to read


def key(text: Statement | Argument) -> str:
    text.refresh_from_db()
    return f"{text._meta.model_name}:{text.pk}:{text.status}:{int(text.read)}"


def decide(client: Client, *texts, next: str = DESK, **data: str):
    return client.post(f"{DESK}decide/", {"text": [key(t) for t in texts], "next": next, **data}, follow=True)


def refuse(client: Client, *texts, article: str = "1", words: str = ""):
    data = {"text": [key(t) for t in texts], "article": article, "words": words, "next": DESK}
    return client.post(f"{DESK}refuse/", data, follow=True)


def shown(client: Client, query: str = "") -> list[str]:
    return [row["text"].text for row in client.get(f"{DESK}{query}").context["texts"]]


def told(response) -> str:
    return " ".join(str(m) for m in response.context["messages"]).replace("\xa0", " ")


def test_all_that_waits_is_listed_oldest_first_with_its_context(agent):
    debate = DebateFactory(open=True, title="Quelle place demain ?")
    statement = StatementFactory(debate=debate, text="Une fontaine.", proposed_on=date(2026, 3, 2))
    argument = ArgumentFactory(statement=statement, text="Il fait chaud.", written_on=date(2026, 3, 1), side="against")
    ArgumentFactory(statement=statement, parent=argument, text="Pas chez nous.", written_on=date(2026, 3, 3))
    StatementFactory(debate=debate, text="Montrée.", published=True, proposed_on=date(2026, 2, 1))
    StatementFactory(debate=debate, text="Lue.", published=True, read=True)
    StatementFactory(debate=debate, text="Refusée.", refused=True)
    StatementFactory(debate=debate, text="Importée.", published=True, origin="import")
    html = agent.get(DESK).content.decode().replace("\xa0", " ")
    assert shown(agent) == ["Montrée.", "Il fait chaud.", "Une fontaine.", "Pas chez nous."]
    assert "Argument contre" in html and "sur la phrase « Une fontaine. »" in html
    assert "en réponse à « Il fait chaud. »" in html and "Quelle place demain ?" in html
    assert SEEDS[0] not in html


def test_texts_are_chosen_by_state_and_by_debate(agent):
    one, other = DebateFactory(open=True), DebateFactory(open=True)
    for debate, name in ((one, "a"), (other, "b")):
        StatementFactory(debate=debate, text=f"{name} attend")
        ArgumentFactory(debate=debate, text=f"{name} montré", published=True)
        ArgumentFactory(debate=debate, text=f"{name} refusé", refused=True)
    assert set(shown(agent, "?state=waiting")) == {"a attend", "b attend"}
    assert set(shown(agent, "?state=to_reread")) == {"a montré", "b montré"}
    assert set(shown(agent, "?state=refused")) == {"a refusé", "b refusé"}
    assert set(shown(agent, "?state=published")) == {"a montré", "b montré"}
    assert set(shown(agent, f"?debate={one.pk}")) == {"a attend", "a montré"}
    assert shown(agent, f"?debate={one.pk}&state=refused") == ["a refusé"]
    assert len(shown(agent, "?state=nonsense&debate=x&p=zz")) == 4
    assert agent.get(f"{DESK}results/?state=waiting&_w_filter_fragment=1").status_code == 200


def test_the_desk_costs_the_same_for_one_and_three_of_each(agent):
    def texts():
        statement = StatementFactory()
        parent = ArgumentFactory(statement=statement)
        ArgumentFactory(statement=statement, parent=parent)

    texts()
    agent.get(DESK)
    with CaptureQueriesContext(connection) as one:
        assert len(shown(agent)) == 3
    texts(), texts()
    with CaptureQueriesContext(connection) as three:
        assert len(shown(agent)) == 9
    assert len(three) == len(one)


def test_fifty_on_a_page(agent):
    debate = DebateFactory(open=True)
    for _ in range(51):
        StatementFactory(debate=debate)
    assert len(shown(agent)) == 50
    assert len(shown(agent, "?p=2")) == 1


def test_one_text_is_published_by_its_button_and_opens_to_votes(agent):
    statement, other = StatementFactory(), StatementFactory()
    response = agent.post(f"{DESK}decide/", {"publish": key(statement), "text": key(other), "next": f"{DESK}?p=1"})
    assert response["Location"] == f"{DESK}?p=1"
    statement.refresh_from_db(), other.refresh_from_db()
    assert statement.status == "published" and statement.read and statement.cell is not None
    assert other.status == "pending"


def test_the_ticked_texts_are_published_together(agent):
    statement, argument, left = StatementFactory(), ArgumentFactory(), StatementFactory()
    assert "2 textes publiés" in told(decide(agent, statement, argument, act="publish"))
    assert (key(statement).split(":")[2:], key(argument).split(":")[2:]) == (["published", "1"], ["published", "1"])
    assert key(left).endswith("pending:0")


def test_what_was_shown_at_once_can_be_kept(agent):
    argument = ArgumentFactory(published=True)
    agent.post(f"{DESK}decide/", {"publish": key(argument), "next": DESK})
    assert key(argument).endswith("published:1")
    assert shown(agent) == []


def test_a_refusal_asks_for_an_article_of_the_charter(agent):
    statement = StatementFactory(text="Mon voisin est un voleur.")
    page = agent.post(f"{DESK}decide/", {"refuse": key(statement), "next": DESK}, follow=True)
    assert page.redirect_chain[-1][0].startswith(f"{DESK}refuse/")
    assert "Mon voisin est un voleur." in page.content.decode()
    assert "article" in refuse(agent, statement, article="").context["form"].errors
    assert "article" in refuse(agent, statement, article="9").context["form"].errors
    assert "words" in refuse(agent, statement, words="x" * 201).context["form"].errors
    assert key(statement).endswith("pending:0")
    assert "1 texte refusé" in told(refuse(agent, statement, article="2", words="Ne visez personne."))
    statement.refresh_from_db()
    assert statement.status == "refused"
    assert statement.refused_because.replace("\xa0", " ") == (
        "Charte, article 2 : insulte, ou vise une personne ou un groupe. Ne visez personne."
    )


def test_the_author_reads_the_reason_in_the_language_of_the_site(admin_client, admin_user):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=admin_user, preferred_language="en")
    statement = StatementFactory()
    refuse(admin_client, statement, article="1")
    statement.refresh_from_db()
    assert statement.refused_because.startswith("Charte, article 1")


def test_every_decision_is_in_the_history_of_the_debate(agent, voted):
    statement, argument = (
        StatementFactory(debate=voted, text="Une fontaine."),
        ArgumentFactory(debate=voted, text="Non."),
    )
    decide(agent, statement, act="publish")
    refuse(agent, argument, article="5")
    html = agent.get(url("history", voted.pk)).content.decode().replace("\xa0", " ")
    assert "A publié le texte « Une fontaine. »" in html
    assert "A refusé le texte « Non. »" in html and "contraire à la loi" in html
    assert "camille" in html


def test_what_somebody_else_decided_meanwhile_is_not_decided_twice(agent, admin_client):
    statement, argument = StatementFactory(), ArgumentFactory()
    as_seen = [key(statement), key(argument)]
    refuse(admin_client, statement, article="3")
    response = agent.post(f"{DESK}decide/", {"text": as_seen, "act": "publish", "next": DESK}, follow=True)
    assert "1 texte publié" in told(response) and "quelqu’un d’autre" in told(response)
    assert key(statement).endswith("refused:1") and key(argument).endswith("published:1")
    late = agent.post(f"{DESK}refuse/", {"text": as_seen, "article": "1", "next": DESK}, follow=True)
    assert "2 textes" in told(late) and "refusé" not in told(late)
    assert key(argument).endswith("published:1")


def test_a_refused_text_that_another_proposed_since_is_said_to_be_there(agent):
    refused = StatementFactory(text="Une fontaine.", refused=True)
    StatementFactory(debate=refused.debate, text="une fontaine !")
    other = StatementFactory(debate=refused.debate)
    response = decide(agent, refused, other, act="publish")
    assert "mot pour mot" in told(response) and "1 texte publié" in told(response)
    assert key(refused).endswith("refused:1") and key(other).endswith("published:1")


def test_what_was_withdrawn_is_not_a_moderators_to_show(agent):
    statement, argument = StatementFactory(published=True), ArgumentFactory()
    Statement.objects.filter(pk=statement.pk).update(status="closed")
    Argument.objects.filter(pk=argument.pk).update(status="withdrawn", text="")
    assert shown(agent, "?state=published") == []
    decide(agent, statement, argument, act="publish")
    assert "closed" in key(statement) and "withdrawn" in key(argument)


@pytest.mark.parametrize("data", [{}, {"act": "publish"}, {"act": "refuse"}, {"act": ""}, {"publish": "x:y"}])
def test_nothing_ticked_nothing_decided(agent, data):
    statement = StatementFactory()
    response = agent.post(f"{DESK}decide/", {"next": DESK, **data}, follow=True)
    assert response.status_code == 200
    assert key(statement).endswith("pending:0")


@pytest.mark.parametrize("act", ["", "delete"])
def test_only_the_two_acts_exist(agent, act):
    """The Return key in a tick box sends an empty one."""
    statement = StatementFactory()
    decide(agent, statement, act=act)
    assert key(statement).endswith("pending:0")


@pytest.mark.parametrize(
    "bad", ["statement:99999999999999999999:pending:0", "statement:1", "argument:x:pending:0", "page:1:pending:0", "\0"]
)
def test_odd_texts_are_left_aside(agent, bad):
    for path, more in (("decide", {"act": "publish"}), ("refuse", {"article": "1"})):
        assert agent.post(f"{DESK}{path}/", {"text": bad, "next": DESK, **more}).status_code == 302


def test_nobody_is_led_elsewhere_after_deciding(agent):
    response = agent.post(f"{DESK}decide/", {"publish": key(StatementFactory()), "next": "https://evil.example/"})
    assert response["Location"] == DESK


def test_decisions_are_posted_with_their_token(agent):
    statement = StatementFactory()
    assert agent.get(f"{DESK}decide/", {"text": key(statement), "act": "publish"}).status_code == 405
    agent.get(f"{DESK}refuse/", {"text": key(statement), "article": "1"})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent.user)
    assert strict.post(f"{DESK}decide/", {"publish": key(statement)}).status_code == 403
    assert strict.post(f"{DESK}refuse/", {"text": key(statement), "article": "1"}).status_code == 403
    assert key(statement).endswith("pending:0")


def test_each_kind_needs_its_permission(django_user_model):
    statement, argument = StatementFactory(), ArgumentFactory()
    client = with_permissions(django_user_model, "change_argument")
    assert shown(client) == [argument.text]
    for texts in ([statement], [statement, argument]):
        decide(client, *texts, act="publish"), refuse(client, *texts)
    assert key(statement).endswith("pending:0") and key(argument).endswith("pending:0")
    decide(client, argument, act="publish")
    assert key(argument).endswith("published:1")
    nobody = with_permissions(django_user_model)
    assert nobody.get(DESK).status_code == 302
    decide(nobody, statement, act="publish"), refuse(nobody, statement)
    assert key(statement).endswith("pending:0")
    assert Client().get(DESK)["Location"].startswith("/admin/login/")


def test_the_menu_says_how_many_wait(agent, django_user_model):
    def menu(client: Client) -> list[str]:
        page = client.get("/admin/").content.decode().encode("ascii", "ignore").decode("unicode_escape")
        return re.findall(r"Textes à lire[^\"]*", page)

    assert menu(agent) == ["Textes à lire"]
    StatementFactory(), ArgumentFactory(published=True), StatementFactory(refused=True)
    assert menu(agent) == ["Textes à lire (2)"]
    assert menu(with_permissions(django_user_model)) == []


def test_the_desk_points_at_what_a_text_holds_and_decides_nothing(admin_client):
    debate = DebateFactory(open=True)
    StatementFactory(debate=debate, text="Appelez Paul au 06 39 98 12 34.")
    StatementFactory(debate=debate, text="Il faudrait un banc près du lavoir.")
    page = admin_client.get(DESK).content.decode()
    assert page.count("À regarder") == 1 and "06 39 98 12 34" in page
    assert Statement.objects.filter(origin="citizen", status="pending").count() == 2
