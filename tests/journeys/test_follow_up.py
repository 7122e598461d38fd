"""From closing day to "what became of it", in a real browser: agent, moderator, official, and a citizen with a code."""

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import expect

from consultations.models import ConsultationPage, OfficialAnswer
from consultations.phases import Phase
from counting import fold
from moderation import jobs
from surveys import open_answers
from tests.journeys.test_agent import MOST_CLICKS, publish_a_square, sign_in, sound

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IDEA = "Des arbres devant la halle, pour l’ombre du marché."
REASON = "Quatorze tilleuls au lieu de six. La citerne de la halle les arrosera."


@pytest.fixture
def people(live_server, visit):
    """One page for each of them, signed in by hand."""
    groups = {"camille": "Agents de communication", "mo": "Modérateurs", "claire": "Élus référents"}
    for name, group in groups.items():
        User.objects.create_user(name, password=name).groups.add(Group.objects.get(name=group))
    return {name: sign_in(visit(), live_server.url, name) for name in groups}


def test_from_a_template_to_answered_and_read_with_a_code(people, visit, live_server, capsys):
    agent, start = people["camille"], time.monotonic()
    page = publish_a_square(agent)
    published = agent.clicks, time.monotonic() - start
    assert published[0] <= MOST_CLICKS
    code = take_part(visit(javascript=False, width=320), live_server.url + page.url)
    fold.sweep()
    open_answers.sort()
    jobs.look()
    moderate(people["mo"].page, live_server.url)
    go_to_follow_up(agent)
    close(agent.page)
    sort(agent.page)
    answer_themes(agent.page)
    commit(agent.page)
    agent.page.get_by_role("button", name="Chaque thème a sa réponse : le dire").click()
    assert "réponse publiée" in agent.page.get_by_role("alert").inner_text()  # nobody has validated anything
    validate(people["claire"].page, live_server.url)
    agent.page.get_by_role("button", name="Chaque thème a sa réponse : le dire").click()
    agent.page.locator(".messages .success").wait_for()
    assert ConsultationPage.objects.get().phase() is Phase.ANSWERED
    read_what_became_of_it(visit, live_server.url, code)
    with capsys.disabled():
        print(f"\n  published: {published[0]} clicks, {published[1]:.0f} s of a robot; ", end="")
        print(f"answered: {time.monotonic() - start:.0f} s in all")


def take_part(citizen, address: str) -> str:
    """Answer two questions without JavaScript on a narrow screen; the receipt code."""
    citizen.goto(address)
    citizen.get_by_label("à pied").check()
    citizen.get_by_label("Une idée, une crainte, un souvenir de ce lieu ?").fill(IDEA)
    citizen.get_by_role("button", name="Envoyer mes réponses").click()
    if citizen.get_by_role("button", name="Envoyer quand même").count():
        citizen.get_by_role("button", name="Envoyer quand même").click()
    return citizen.locator(".code").inner_text().strip()


def moderate(desk, base: str) -> None:
    desk.goto(f"{base}/admin/moderation/")
    desk.wait_for_function("document.readyState === 'complete' && window.wagtail")
    desk.keyboard.press("l")
    desk.locator(".desk-text").filter(has_text=IDEA).wait_for()
    desk.get_by_role("button", name="Publier p").click()
    expect(desk.locator("main")).to_contain_text("plus rien à lire")


def go_to_follow_up(agent) -> None:
    agent.page.goto(f"{agent.base}/admin/")
    agent.click(agent.page.get_by_role("link", name="Suites").first)
    agent.click(agent.page.locator("main").get_by_role("link", name="Quelle place demain ?").first)
    sound(agent.page)


def close(screen) -> None:
    screen.get_by_role("button", name="Clore maintenant").click()
    screen.locator(".messages .success").wait_for()
    assert ConsultationPage.objects.get().phase() is Phase.CLOSED


def sort(screen) -> None:
    """The kind proposed five themes; three are taken away, and the idea goes to the first, by keyboard."""
    for theme in ("Circulation", "S’asseoir, se rencontrer", "Accès pour tous"):
        screen.get_by_role("link", name=theme, exact=True).click()
        sound(screen)
        screen.get_by_role("link", name="Supprimer").click()
        sound(screen)
        screen.locator("main form button").last.click()
    screen.keyboard.press("c")
    screen.get_by_role("link", name=re.compile("éponses libres")).click()
    box = screen.get_by_role("checkbox", name=re.compile(IDEA[:30]))
    box.focus()
    screen.keyboard.press("Space")
    sound(screen)
    screen.keyboard.press("t")
    screen.keyboard.press("1")
    screen.locator(".messages .success").wait_for()
    screen.get_by_role("link", name="Quelle place demain ?").click()


def answer_themes(screen) -> None:
    """Both answers are written by the agent and handed to the official."""
    for theme, status, reason in (
        ("Arbres et ombre", "Retenu", REASON),
        ("Stationnement", "Non retenu", "Aucune contribution n’en a parlé : le nombre de places reste le même."),
    ):
        screen.get_by_role("button", name=f"Écrire la réponse : {theme}").click()
        screen.locator("[name=status]").select_option(label=status)
        screen.locator("[name=reason]").fill(reason)
        screen.locator("[name=signed_by]").fill("Claire Ancel")
        screen.locator("[name=mandate]").fill("adjointe à l’urbanisme")
        sound(screen, editor=True)
        screen.wait_for_timeout(1_500)
        screen.wait_for_load_state("networkidle")
        screen.locator(".footer__container button[data-w-dropdown-target='toggle']").first.click()
        screen.get_by_role("button", name=re.compile("oumettre")).last.click()
        screen.get_by_role("row", name=theme).get_by_text("attend l’élu").wait_for()
    assert OfficialAnswer.objects.filter(live=True).count() == 0


def commit(screen) -> None:
    screen.get_by_role("link", name="Ajouter un engagement").click()
    sound(screen)
    due = (timezone.localdate() + timedelta(days=200)).strftime("%Y-%m-%d")
    for name, text in (("what", "Planter quatorze tilleuls"), ("who", "les espaces verts"), ("due", due)):
        screen.locator(f"[name={name}]").fill(text)
    screen.locator("[name=theme]").select_option(label="Arbres et ombre")
    screen.get_by_role("button", name="Enregistrer").click()
    screen.get_by_role("link", name="Planter quatorze tilleuls", exact=True).wait_for()


def validate(screen, base: str) -> None:
    """The official reads each answer and approves it, from the front page of the admin."""
    for _ in range(2):
        screen.goto(f"{base}/admin/")
        screen.get_by_role("link", name=re.compile("Arbres et ombre|Stationnement")).first.click()
        sound(screen, editor=True)
        screen.locator(".footer__container button[data-w-dropdown-target='toggle']").first.click()
        screen.get_by_role("button", name=re.compile("^Approuver")).first.click()
        screen.locator(".messages .success").first.wait_for()
    assert OfficialAnswer.objects.filter(live=True).count() == 2


def read_what_became_of_it(visit, base: str, code: str) -> None:
    """On another device, with nothing but the code: first without JavaScript, then looked at by axe."""
    for scripts in (False, True):
        citizen = visit(javascript=scripts, width=320)
        citizen.goto(f"{base}/suivi/")
        citizen.get_by_label("Votre code de suivi").fill(code.lower())
        citizen.get_by_role("button", name="Voir ce qu’elle devient").click()
        section = citizen.locator("section.answers")
        assert REASON in section.inner_text() and "Planter quatorze tilleuls" in section.inner_text()
        assert "Stationnement" not in section.inner_text()
        citizen.get_by_role("link", name="Arbres et ombre").click()
        assert IDEA in citizen.locator("main").inner_text() and REASON in citizen.locator("main").inner_text()
    sound(citizen)
