"""A survey in a frame on another site: who may frame it, no cookie, and every step of it stays in the frame."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participation import limits, receipts
from participation.views import LOOKUPS
from surveys import sites
from surveys.forms import compiled_live, forget
from surveys.models import Draft, Response, Survey
from tests.factories.citizens import OURS, Citizen, hidden
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question
from tests.surveys.test_languages import translate

pytestmark = pytest.mark.django_db
TOWN = "https://www.ville.example"
COOKIES = {"sessionid": "x" * 32, "csrftoken": "y" * 32}


class Framed(Citizen):
    """Somebody who reads a survey in a frame. Each answer is checked: framed by TOWN alone, and no cookie."""

    def __init__(self, survey, **cookies):
        super().__init__(survey)
        self.door = f"/integrer/{survey.key}/"
        self.client.cookies.load(COOKIES | cookies)

    def get(self, address: str = "", status: int = 200) -> str:
        return self.checked(self.client.get(address or self.door), status).content.decode()

    def post(self, fields, address: str = "repondre/", status: int = 303, **typed):
        to = self.door + address
        return self.checked(self.client.post(to, {**fields, "go": "send", **typed}, headers=OURS), status)

    def checked(self, answer, status: int):
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[-3000:])
        assert "X-Frame-Options" not in answer
        assert f"frame-ancestors {TOWN};" in answer["Content-Security-Policy"] + ";"
        assert not answer.cookies
        if status == 303:
            assert answer["Location"].startswith(self.door)
        elif "text/html" in answer["Content-Type"]:
            self.check_links(answer.content.decode())
        return answer

    def check_links(self, page: str) -> None:
        """What stays in the frame is under its own door; all else opens a tab, for it could not be framed."""
        assert 'class="framed"' in page and '<footer class="site"' not in page
        for tag in re.findall(r"<a [^>]*>", page):
            to = html.unescape(re.search(r'href="([^"]*)"', tag)[1])
            inside = to.startswith(("#", "?", self.door))
            assert inside != ('target="_blank"' in tag and 'rel="noopener"' in tag), tag
        for to in re.findall(r'<form[^>]* action="([^"]*)"', page):
            assert to.startswith(self.door) and to.endswith("#contenu")

    def open(self, query: str = ""):
        return hidden(self.checked(self.client.get(self.door + query), 200))

    def code_of(self, answer) -> str:
        return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", self.get(answer["Location"]))[0]


@pytest.fixture
def survey():
    return SurveyFactory(open=True, title="Place", questions=[question("scale", required=True)], embed_on=TOWN)


@pytest.fixture
def stepwise():
    asked = [question("scale", required=True), question("short_text"), question("yes_no")]
    return SurveyFactory(open=True, pace="step", questions=asked, embed_on=TOWN)


def not_framed(answer) -> bool:
    return "frame-ancestors 'none'" in answer["Content-Security-Policy"] and "ancestors http" not in str(answer.headers)


# Who may frame it


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://www.ville.fr", ["https://www.ville.fr"]),
        (" HTTPS://WWW.Ville.FR/ \r\n\r\nhttps://www.ville.fr\n", ["https://www.ville.fr"]),
        ("https://mairie-évry.fr:8443", ["https://xn--mairie-vry-h7a.fr:8443"]),
        ("https://straße.example:443", ["https://xn--strae-oqa.example"]),
        ("http://localhost:8000\nhttp://127.0.0.1:9", ["http://localhost:8000", "http://127.0.0.1:9"]),
        ("", []),
    ],
)
def test_sites_are_read_as_browsers_write_them(typed, read):
    assert sites.read(typed) == read


NO_SITES = (
    """
http://www.ville.fr|www.ville.fr|https://www.ville.fr/page|https://*.ville.fr|*|https://|https://a.fr?x|https://a.fr#x
https://a@b.fr|https://a.fr:0|https://a.fr:99999|https://[::1]|https://[|'self'|https://a.fr; script-src *|https://a..fr
https://a.fr 'none'|https://a.fr\x00|javascript:alert(1)|data:text/html,x|https://-a.fr|https://a.fr\thttps://b.fr
https://é\u0301\u200b\ufffd.fr|https://a_b.fr|https://a.fr,https://b.fr|//a.fr|ftp://a.fr|https://a.fr:x
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("typed", [*NO_SITES, "https://" + "a" * 64 + ".fr"])
def test_what_is_no_site_is_refused_and_never_reaches_a_header(typed):
    with pytest.raises(ValidationError):
        sites.read(typed)
    assert sites.stored(typed) == ()
    assert sites.stored(f"{typed}\n{TOWN}") == (TOWN,)


def test_at_most_twenty_sites():
    many = "\n".join(f"https://s{n}.fr" for n in range(20))
    assert len(sites.read(many)) == 20
    with pytest.raises(ValidationError, match="20"):
        sites.read(many + "\nhttps://un-de-trop.fr")


def test_a_survey_that_names_no_site_or_is_not_published_is_in_no_frame(client):
    never, draft = SurveyFactory(open=True), SurveyFactory(embed_on=TOWN)
    gone = SurveyFactory(open=True, embed_on=TOWN)
    gone.unpublish()
    for key in (never.key, draft.key, gone.key, "unknown"):
        answer = client.get(f"/integrer/{key}/")
        assert answer.status_code == 404 and not_framed(answer) and answer["X-Frame-Options"] == "DENY"
    for key in (never.key, draft.key, "unknown"):
        for page in ("repondre/", "suite/", "merci/", "code/"):
            for answer in (client.get(f"/integrer/{key}/{page}"), client.post(f"/integrer/{key}/{page}", headers=OURS)):
                assert answer.status_code in (403, 404, 405) and not_framed(answer)
    assert not Response.objects.exists()


def test_the_frame_follows_the_published_list_and_the_survey_itself_stays_in_no_frame(client, survey):
    answer = client.get(survey.get_absolute_url())
    assert (
        not_framed(answer) and answer["X-Frame-Options"] == "DENY" and 'class="framed"' not in answer.content.decode()
    )
    survey.embed_on = f"{TOWN}\nhttps://ecole.example"
    survey.save_revision()
    assert f"frame-ancestors {TOWN};" in client.get(f"/integrer/{survey.key}/")["Content-Security-Policy"] + ";"
    survey.get_latest_revision().publish()
    policy = client.get(f"/integrer/{survey.key}/")["Content-Security-Policy"]
    assert f"frame-ancestors {TOWN} https://ecole.example" in policy
    survey.embed_on = ""
    survey.save_revision().publish()
    fields = hidden(client.get(survey.get_absolute_url()))
    sent = client.post(f"/integrer/{survey.key}/repondre/", {**fields, "q1": "7", "go": "send"}, headers=OURS)
    assert sent.status_code == 404 and not_framed(sent) and not Response.objects.exists()


# Every step stays in the frame, and nothing rests on a cookie


def test_answer_see_the_code_and_change_with_it(survey):
    person = Framed(survey)
    again = person.post(person.open(), status=422)
    page = again.content.decode()
    assert 'id="erreurs"' in page and "À corriger" in page
    first = person.post(hidden(again), q1="3")
    code = person.code_of(first)
    assert person.code_of(person.post(hidden(again), q1="3")) == code and Response.objects.count() == 1
    # Another browser: nothing is known of them but their code.
    other = Framed(survey)
    asked = other.checked(other.client.get(f"{other.door}code/"), 200)
    assert "Votre code" in asked.content.decode()
    there = other.post({"code": code.lower()}, "code/")
    drawn = other.checked(other.client.get(there["Location"]), 200)
    assert re.search(r'value="3"[^>]* checked', drawn.content.decode())
    assert other.code_of(other.post(hidden(drawn), q1="9")) == code
    assert list(Response.objects.get().answers.values()) == [9]


def test_page_by_page(stepwise):
    person = Framed(stepwise)
    wrong = person.post(person.open(), status=422, go="next")
    for name, value in (("q1", "5"), ("q2", "au marché"), ("q3", "yes")):
        there = person.post(hidden(wrong), go="next", **{name: value})
        wrong = person.checked(person.client.get(there["Location"]), 200)
    assert "Relisez" in wrong.content.decode() and "au marché" in wrong.content.decode()
    changing = html.unescape(re.search(r'<a href="([^"]*)">Changer', wrong.content.decode())[1])
    person.get(changing)
    kept = person.post(hidden(person.checked(person.client.get(changing), 200)), go="save", q1="6")
    code = person.code_of(kept)
    assert Draft.objects.count() == 1 and not Response.objects.exists()
    other = Framed(stepwise)
    review = other.checked(other.client.get(other.post({"code": code}, "code/")["Location"]), 200)
    assert other.code_of(other.post(hidden(review), go="confirm")) == code
    assert Response.objects.count() == 1 and not Draft.objects.exists()
    late = person.get(f"{person.door}suite/?t=nonsense", 403)
    assert f'action="{person.door}code/#contenu"' in late


def test_a_code_of_the_same_consultation_is_the_same_person_and_one_of_another_is_unknown(survey):
    beside = SurveyFactory(open=True, questions=[question("scale")], embed_on=TOWN)
    ConsultationPageFactory(open=True, body=[*blocks(survey), *blocks(beside)])
    survey, beside = (Survey.objects.select_related("scope").get(pk=s.pk) for s in (survey, beside))
    forget()
    assert survey.scope_id == beside.scope_id
    person = Framed(survey)
    code = person.code_of(person.post(person.open(), q1="3"))
    there = Framed(beside)
    form = there.checked(there.client.get(there.post({"code": code}, "code/")["Location"]), 200)
    assert there.code_of(there.post(hidden(form), q1="4")) == code
    assert Response.objects.count() == 2 and Response.objects.values("participant_key").distinct().count() == 1
    foreign = Framed(SurveyFactory(open=True, embed_on=TOWN))
    assert "rien sous ce code" in foreign.post({"code": code}, "code/", status=422).content.decode()


@pytest.mark.parametrize("typed", ["", "x", "\x00" * 30, "0" * 100_000, "0000-0000-0000-0000-0000", "é" * 40])
def test_a_code_that_is_none_is_said_at_its_field(survey, typed):
    page = Framed(survey).post({"code": typed}, "code/", status=422).content.decode()
    assert 'id="code-error"' in page and 'aria-describedby="code-error"' in page


def test_codes_cannot_be_tried_without_end_nor_from_elsewhere(survey):
    person = Framed(survey)
    for _try in range(LOOKUPS.times):
        person.post({"code": "0000-0000-0000-0000-0000"}, "code/", status=422)
    assert "dix minutes" in person.post({"code": "0000"}, "code/", status=429).content.decode()
    limits.forget_all()
    for page in ("code/", "repondre/"):
        for origin in (TOWN, "null"):
            answer = person.client.post(person.door + page, {"code": "x"}, headers={"origin": origin})
            assert person.checked(answer, 403).content.decode() == "Ce formulaire a été envoyé depuis un autre site."


def test_a_cookie_of_ours_is_not_believed(survey):
    """On our own pages the code that a browser keeps is taken for the next survey of the same consultation."""
    beside = SurveyFactory(open=True, questions=[question("scale")])
    ConsultationPageFactory(open=True, body=[*blocks(survey), *blocks(beside)])
    forget()
    before = Citizen(beside)
    code = before.code(before.answer(q1="2"))
    kept = {name: cookie.value for name, cookie in before.client.cookies.items() if name.startswith("code_")}
    person = Framed(survey, **kept)
    assert kept and person.code_of(person.post(person.open(), q1="3")) != code
    before.key = survey.key
    assert before.code(before.answer(q1="3")) == code


def test_closed_meanwhile_and_unknown_version(survey):
    person = Framed(survey)
    fields = person.open()
    assert "changé entre-temps" in person.post({**fields, "version": "99"}, status=422, q1="1").content.decode()
    assert "renouvelé" in person.post({**fields, "token": "x"}, status=422, q1="1").content.decode()
    Survey.objects.filter(pk=survey.pk).update(closes_at="2020-01-01T00:00Z")
    for answer in (
        person.post(fields, status=410, q1="1"),
        person.checked(person.client.get(f"{person.door}suite/?t=x"), 410),
        person.checked(person.client.get(f"{person.door}code/"), 410),
    ):
        assert "est clos depuis" in answer.content.decode()
    assert "est clos depuis" in person.get()
    assert person.client.get(f"{person.door}repondre/")["Location"] == person.door


def test_in_another_language(survey):
    survey = translate(survey, "en", Place="Square")
    person = Framed(survey)
    page = person.get(f"{person.door}?langue=en")
    assert "Square" in page and f'href="{person.door}code/?langue=en#contenu"' in page
    fields = person.open("?langue=en")
    assert "Something needs" in person.post(fields, status=422).content.decode()
    sent = person.post(fields, q1="4")
    assert "langue=en" in sent["Location"] and "Square" in person.get(sent["Location"])
    there = person.post({"code": person.code_of(sent)}, "code/?langue=en")
    assert "langue=en" in there["Location"] and "Square" in person.get(there["Location"])


# What asks for more than anybody


@pytest.mark.parametrize("level", ["browser", "email", "letter", "identity"])
def test_what_asks_for_a_proof_is_answered_on_our_own_site(level):
    survey = SurveyFactory(open=True, questions=[question("scale")], embed_on=TOWN, trust=level)
    person = Framed(survey)
    page = person.get()
    assert 'name="token"' not in page and f'href="{survey.get_absolute_url()}#questionnaire"' in page
    assert ("navigateur" in page) == (level == "browser")
    assert person.client.get(f"{person.door}code/").status_code == 302
    # Asked for while somebody was answering, on this process or on another one; whatever they are vouched for.
    Survey.objects.filter(pk=survey.pk).update(trust="open")
    forget()
    fields = person.open()
    Survey.objects.filter(pk=survey.pk).update(trust=level)
    vouched = receipts.issue_token(survey.key, receipts.Voucher("identity", "s" * 22))
    for token in (fields["token"], vouched):
        kept = person.post({**fields, "token": token}, status=403, q1="4").content.decode()
        assert re.search(r'value="4"[^>]* checked', kept) and "pas envoyées" in kept
    assert not Response.objects.exists()


def test_a_level_that_was_let_go_is_not_written_down_as_reached(survey):
    Survey.objects.filter(pk=survey.pk).update(trust="browser")
    forget()
    compiled_live(Survey.objects.for_display().get(pk=survey.pk))  # this process remembers
    Survey.objects.filter(pk=survey.pk).update(trust="open")
    person = Framed(survey)
    person.post(person.open(), q1="4")
    assert Response.objects.get().trust == "open"


# Cost, and what the page holds


def queries(act) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def test_a_frame_costs_no_query_more_to_read_and_one_to_send(survey):
    own, person = Citizen(survey), Framed(survey)
    own.open()
    person.open()
    assert queries(person.open) <= queries(own.open)
    mine, theirs = own.open(), person.open()
    own.answer(q1="1"), person.post(person.open(), q1="1")
    assert queries(lambda: person.post(theirs, q1="1")) <= queries(lambda: own.send(mine, q1="1")) + 1


def test_pictures_of_the_map_may_come_and_files_are_sent(settings):
    asked = [question("location"), question("photo"), question("file")]
    person = Framed(SurveyFactory(open=True, questions=asked, embed_on=TOWN))
    own = Client().get(f"/enquetes/{person.key}/")
    page = person.client.get(person.door)
    assert "data-location=" in page.content.decode() and 'enctype="multipart/form-data"' in page.content.decode()
    sources = [re.search(r"img-src ([^;]*)", one["Content-Security-Policy"])[1] for one in (own, page)]
    assert sources[0] == sources[1]


# Agents


def edit(client, survey, **typed):
    address = reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])
    fields = {"title": survey.title, "pace": "page", "trust": "open", "show_results": "always", "questions-count": "0"}
    return client.post(address, {**fields, "review": "on", **typed})


def test_an_agent_names_the_sites_and_copies_the_snippet(admin_client, survey):
    survey.title = 'La place "rouge" & <verte>'
    survey.save_revision().publish()
    address = reverse(Survey.snippet_viewset.get_url_name("edit"), args=[survey.pk])
    page = admin_client.get(address).content.decode()
    shown = html.unescape(re.search(r'<textarea id="frame-snippet"[^>]*>(.*?)</textarea>', page, re.S)[1])
    assert f'src="http://127.0.0.1:8000/integrer/{survey.key}/"' in shown and 'loading="lazy"' in shown
    assert 'title="La place &quot;rouge&quot; &amp; &lt;verte&gt;"' in shown and "allow-same-origin" in shown
    assert "/static/embed/host.js" in shown
    refused = edit(
        admin_client, survey, embed_on="https://*.ville.fr\nhttp://ville.fr\nhttps://bon.fr"
    ).content.decode()
    assert "sans étoile" in refused and "https://*.ville.fr" in refused and "https://bon.fr" in refused
    edit(admin_client, survey, embed_on=" HTTPS://Évry.FR/\nhttps://évry.fr ")
    assert Survey.objects.get(pk=survey.pk).get_latest_revision_as_object().embed_on == "https://xn--vry-9la.fr"


def test_before_publishing_there_is_nothing_to_copy_and_a_copy_names_no_site(admin_client, survey):
    draft = SurveyFactory(embed_on=TOWN)
    page = admin_client.get(reverse(Survey.snippet_viewset.get_url_name("edit"), args=[draft.pk])).content.decode()
    assert "frame-snippet" not in page and 'id="frame-panel"' in page
    assert survey.copy_for_use_elsewhere().embed_on == ""
