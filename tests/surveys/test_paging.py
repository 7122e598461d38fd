"""Page by page: kept at each page under one code, gone on with elsewhere, changed, withdrawn; nothing gets lost."""

import random
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, reconcile
from participation import resuming
from surveys import drafts
from surveys.definitions import import_definition
from surveys.models import Draft, Response, Survey
from surveys.pages import split
from surveys.results import figures
from tests.factories import routed
from tests.factories.citizens import OURS, Citizen, hidden
from tests.factories.geography import the_town
from tests.factories.surveys import SurveyFactory, question, republish

pytestmark = pytest.mark.django_db
KEPT = "Place trop nue, éàü"


@pytest.fixture
def stepwise():
    questions = [question("scale", required=True), question("multiple", other=False), question("short_text")]
    return SurveyFactory(open=True, pace="step", questions=questions)


class Walker(Citizen):
    """A citizen who turns pages: each POST is followed to the page it leads to."""

    page: str = ""

    def turn(self, go="next", **typed):
        answer = self.send(self.fields, go=go, **typed)
        return self.follow(answer)

    def follow(self, answer):
        while answer.status_code == 303:
            self.address = answer["Location"]
            answer = self.client.get(self.address)
        self.page, self.fields = answer.content.decode(), hidden(answer)
        return answer

    def begin(self):
        return self.follow(self.client.get(f"/enquetes/{self.key}/"))

    def resume(self, code):
        url = f"/enquetes/{self.key}/"
        return self.follow(self.client.post("/suivi/", {"code": code, "resume": url}, headers=OURS))

    def code_here(self):
        return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", self.page)[0]


def ids(survey, n):
    return [o["id"] for o in survey.live_version.schema["questions"][n - 1]["options"]]


def answers(survey):
    given = Response.objects.get(survey=survey).answers
    return [given.get(q["id"]) for q in survey.live_version.schema["questions"]]


def total(survey) -> dict:
    fold.fold(survey.tool_id)
    counts = dict(survey.tool.tallies.values_list("number", "n"))
    return figures(Survey.objects.for_display().get(pk=survey.pk), counts, None, threshold=1)


def test_pages_are_kept_forth_and_back_then_read_again_and_sent(stepwise):
    walker, options = Walker(stepwise), ids(stepwise, 2)
    walker.begin()
    assert "Question 1 sur 3" in walker.page and walker.fields["page"] == "1"
    walker.turn(q1="7")
    assert "<title>Question 2 sur 3" in walker.page and "encore" in walker.page
    walker.turn(q2=options[:2])
    walker.turn("back", q3=KEPT)
    assert walker.fields["page"] == "2" and walker.page.count(" checked") == 2
    walker.turn(q2=options[:1])
    assert f'value="{KEPT}"' in walker.page
    walker.turn(q3=KEPT)
    assert "Relisez vos réponses" in walker.page and KEPT in walker.page and Response.objects.count() == 0
    assert not walker.client.cookies
    change = re.findall(r'<dd>.*?<a href="([^"]*)"', walker.page, re.S)[0].replace("&amp;", "&")
    walker.follow(walker.client.get(change))
    assert walker.fields["page"] == "1" and 'value="7"' in walker.page
    walker.turn(q1="8")
    walker.turn(q2=options[:1])
    walker.turn(q3=KEPT)
    walker.turn("confirm")
    assert "Merci" in walker.page and "Empreinte" in walker.page
    assert answers(stepwise) == [8, {"options": options[:1]}, KEPT] and not Draft.objects.exists()
    assert reconcile.reconcile(stepwise.tool) == []


def test_a_page_shows_its_errors_and_stays(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    for typed in ({}, {"q1": "11"}):
        answer = walker.turn(**typed)
        assert answer.status_code == 422 and walker.fields["page"] == "1" and answer["Cache-Control"] == "no-store"
        assert "error-summary" in walker.page and "À corriger" in walker.page
    assert not Draft.objects.exists()
    walker.turn(q1="3")
    assert walker.turn("back").status_code == 200 and walker.turn(q1="12").status_code == 422
    assert walker.turn(q1="4").status_code == 200 and walker.fields["page"] == "2"  # a slip is no change from elsewhere


@pytest.mark.parametrize("page", ["", "0", "-5", "99999999", "x", "²", "\0", "relire"])
def test_a_page_that_is_none_does_no_harm(stepwise, page):
    citizen = Citizen(stepwise)
    for go in ("next", "back", "send", "save", "confirm", "sideways"):
        answer = citizen.send({**citizen.open(), "page": page}, q1="3", go=go)
        assert answer.status_code in (303, 422)
        assert citizen.client.get(f"/enquetes/{stepwise.key}/suite/", {"t": page, "p": page}).status_code == 403
    assert not Response.objects.exists()


def test_what_is_kept_cannot_be_read_without_the_code(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    walker.turn()
    walker.turn("save", q3=KEPT)
    code = walker.code_here()
    assert "n’est pas envoyé" in walker.page
    stored = Draft.objects.get()
    assert KEPT not in repr(stored.typed) and code.replace("-", "") not in repr(stored.__dict__)
    assert walker.fields == {} and code.replace("-", "") not in walker.address
    assert total(stepwise)["responses"] == 0
    other = Walker(stepwise)
    assert other.resume("0" * 20).status_code == 422
    other.resume(code.lower())
    assert "Relisez" in other.page and KEPT in other.page


def test_one_code_resumes_changes_and_withdraws_on_other_devices(stepwise):
    one, two, three = Walker(stepwise), Walker(stepwise), Walker(stepwise)
    one.begin()
    one.turn(q1="7")
    one.turn("save", q2=ids(stepwise, 2)[:1])
    code = one.code_here()
    followed = Client().post("/suivi/", {"code": code}, headers=OURS).content.decode()
    assert "Vous n’avez pas fini" in followed and "Reprendre" in followed
    two.resume(code)
    assert two.fields["page"] == "3"
    two.turn(q3=KEPT)
    two.turn("confirm")
    assert two.code_here() == code and total(stepwise)["questions"][0]["base"] == 1
    three.resume(code)
    assert "C’est ce que vous avez envoyé" in three.page and KEPT in three.page
    three.follow(three.client.get(three.address + "&p=1"))
    three.turn(q1="2")
    followed = Client().post("/suivi/", {"code": code}, headers=OURS).content.decode()
    assert "commencé à la modifier" in followed
    three.turn(q2=ids(stepwise, 2)[:2])
    three.turn(q3="")
    three.turn("confirm")
    assert answers(stepwise) == [2, {"options": ids(stepwise, 2)[:2]}, None]
    found = total(stepwise)
    assert (found["responses"], found["questions"][2]["base"], found["questions"][2]["no_answer"]) == (1, 0, 1)
    assert reconcile.reconcile(stepwise.tool) == []
    gone = (
        Client()
        .post("/suivi/", {"code": code, "withdraw": stepwise.get_absolute_url(), "sure": "1"}, headers=OURS)
        .content.decode()
    )
    assert "retirée" in gone and total(stepwise)["responses"] == 0 and not Response.objects.exists()


def test_two_devices_at_once_lose_nothing_silently(stepwise):
    one, two = Walker(stepwise), Walker(stepwise)
    one.begin()
    one.turn(q1="7")
    one.turn("save")
    two.resume(one.code_here())
    one.resume(one.code_here())
    assert one.fields["page"] == two.fields["page"] == "3"
    one.turn(q3="un banc")
    told = two.turn(q3="un arbre")
    assert told.status_code == 409 and "un banc" in two.page and 'value="un arbre"' in two.page
    two.turn(q3="un arbre")
    assert "un arbre" in two.page and "Relisez" in two.page
    two.turn("confirm")
    assert answers(stepwise)[2] == "un arbre" and answers(stepwise)[0] == 7


def test_sending_twice_and_going_back_after_sending_change_nothing(stepwise):
    walker = Walker(stepwise)
    first = walker.begin()
    fields = hidden(first)
    walker.turn(q1="7")
    second = dict(walker.fields)
    walker.turn()
    walker.turn(q3=KEPT)
    review = dict(walker.fields)
    walker.turn("confirm")
    code = walker.code_here()
    again = walker.send(review, go="confirm")
    assert walker.code(again) == code and Response.objects.count() == 1
    walker.follow(walker.send(second, go="next"))  # the second page, from the browser's memory
    assert f'value="{KEPT}"' in walker.page
    walker.follow(walker.send(fields, q1="7", go="next"))
    walker.follow(walker.client.get(walker.address.partition("&p=")[0] + "&p=relire"))
    walker.turn("confirm")
    assert walker.code_here() == code and answers(stepwise) == [7, None, KEPT]
    assert total(stepwise)["responses"] == 1


def test_what_is_kept_no_more_is_said_and_never_sent_empty(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    walker.turn()
    Draft.objects.all().delete()
    walker.turn(q3=KEPT)
    assert "ne sont plus gardées" in walker.page or "n’est plus gardé" in walker.page
    assert walker.fields["page"] == "1"
    Draft.objects.all().delete()
    answer = walker.send({**walker.fields, "page": "relire"}, go="confirm")
    assert answer.status_code == 303 and "perdu" in answer["Location"] and not Response.objects.exists()


def test_a_closed_survey_keeps_nothing_and_what_was_begun_goes(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    Survey.objects.filter(pk=stepwise.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    assert walker.turn().status_code == 410
    assert walker.client.get(walker.address).status_code == 410
    assert Draft.objects.count() == 1 and drafts.purge() == 1 and not Draft.objects.exists()


def test_what_nobody_touches_for_a_month_goes_and_erasing_takes_it_along(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn("save", q1="7")
    assert drafts.purge() == 0
    Draft.objects.update(kept_until=timezone.localdate() - timedelta(days=1))
    assert drafts.purge() == 1
    walker.begin()
    walker.turn("save", q1="7")
    gone = {"code": walker.code_here(), "withdraw": stepwise.get_absolute_url(), "sure": "1"}
    assert Client().post("/suivi/", gone, headers=OURS).status_code == 200 and not Draft.objects.exists()


def test_an_address_that_is_old_or_not_ours_asks_for_the_code(stepwise, monkeypatch):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    monkeypatch.setattr(resuming, "PAGES_SECONDS", -1)
    told = walker.client.get(walker.address)
    assert told.status_code == 403 and "tapez le code" in told.content.decode()
    assert told["Referrer-Policy"] == "same-origin"


def test_a_database_that_keeps_nothing_says_so_and_the_page_is_still_there(stepwise, monkeypatch):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    walker.turn()

    def fail(*args):
        raise DatabaseError

    monkeypatch.setattr(drafts, "keep", fail)
    told = walker.turn(q3=KEPT)
    assert told.status_code == 503 and f'value="{KEPT}"' in walker.page and walker.fields["page"] == "3"
    monkeypatch.undo()
    assert "Relisez" in walker.turn(q3=KEPT).content.decode()


def test_who_took_part_elsewhere_in_the_consultation_goes_on_under_the_same_code(stepwise):
    other = SurveyFactory(open=True, questions=[question("scale")], scope=stepwise.scope)
    walker = Walker(other)
    code = walker.code(walker.answer(q1="3"))
    walker.key = stepwise.key
    walker.begin()
    walker.turn("save", q1="7")
    assert walker.code_here() == code
    walker.begin()  # somebody else at this browser
    walker.turn("save", q1="7")
    assert walker.code_here() != code and Draft.objects.count() == 2


def test_a_survey_published_anew_meanwhile_goes_on_with_what_was_answered(stepwise):
    walker = Walker(stepwise)
    walker.begin()
    walker.turn(q1="7")
    chosen = ids(stepwise, 2)[1]
    walker.turn(q2=[chosen])
    blocks = list(stepwise.questions.raw_data)
    republish(stepwise, [blocks[1], question("short_text"), blocks[0], blocks[2]])
    walker.turn(q3=KEPT)
    assert "Relisez" in walker.page and KEPT in walker.page
    walker.follow(walker.client.get(walker.address.replace("relire", "1")))
    assert f'value="{chosen}" checked' in re.sub(r' id="[^"]*"', "", walker.page)


def test_rules_lead_past_pages_and_the_count_says_so():
    def single(id_, **more):
        options = [{"id": "y", "label": "oui"}, {"id": "n", "label": "non"}]
        return {"id": id_, "type": "single", "wording": f"{id_} ?", "options": options, **more}

    rule = {"only_if": {"conditions": [{"question": "a", "operator": "is", "value": "y"}]}}
    part = [{"id": "s", "type": "section", "title": "Vélo", **rule}, single("b"), single("c")]
    end = [{"id": "t", "type": "section", "title": "Fin"}, single("d", **rule), single("e")]
    for pace, first, last in (("step", "Question 1 sur 5 au plus", 2), ("section", "Page 1 sur 3 au plus", 2)):
        survey = import_definition({"title": "T", "pace": pace, "questions": [single("a"), *part, *end]}, publish=True)
        walker = Walker(survey)
        walker.begin()
        assert first in walker.page
        walker.turn(q1="n")
        assert f"{last} sur {last}<" in walker.page.replace(" <small", "<small") and "d ?" not in walker.page
        walker.turn("back")
        walker.turn(q1="y")
        assert "b ?" in walker.page and "Vélo" in walker.page


def test_random_surveys_walked_page_by_page_store_what_the_interpreter_says():
    dice = random.Random(1789)
    from tests.surveys.test_routing import published

    the_town()
    for _n in range(12):
        definition, survey = published(dice)
        while any(q["type"] in ("photo", "file") for q in definition["questions"]):  # whose files nobody sends here
            definition, survey = published(dice)
        given = routed.answers(dice, definition)
        typed = routed.typed(definition, given)
        by_link = {f"q{n}" for n, q in enumerate(definition["questions"], 1) if q["type"] == "hidden"}
        walker = Walker(survey)
        walker.begin()
        for _turn in range(30):
            if "Merci" in walker.page.partition("</title>")[0]:
                break
            names = set(re.findall(r'name="(q\d+(?:_\w+)?)"', walker.page)) | by_link
            go = (
                "confirm" if "Relisez" in walker.page else ("send" if "Envoyer mes réponses" in walker.page else "next")
            )
            walker.turn(go, **{name: values for name, values in typed.items() if name in names})
        assert Response.objects.get(survey=survey).answers == routed.interpret(definition, given), (definition, given)


def _cost(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_a_page_costs_the_same_few_statements_however_many_there_are():
    costs = set()
    for n in (3, 20):
        survey = SurveyFactory(open=True, pace="step", questions=[question("scale") for _ in range(n)])
        walker = Walker(survey)
        walker.begin()
        walker.turn(q1="3")
        fields = dict(walker.fields)
        turned = _cost(lambda f=fields, w=walker: w.send(f, q2="4", go="next"))
        read = _cost(lambda w=walker: w.client.get(w.address))
        costs.add((turned, read))
    assert len(costs) == 1 and costs.pop() <= (2, 4)


def test_one_page_is_kept_for_later_too():
    survey = SurveyFactory(open=True, questions=[question("scale"), question("short_text")])
    walker = Walker(survey)
    walker.begin()
    walker.turn("save", q1="11", q2=KEPT)  # as it stands, right or wrong
    other = Walker(survey)
    other.resume(walker.code_here())
    assert f'value="{KEPT}"' in other.page
    other.turn("send", q1="9", q2=KEPT)
    assert answers(survey) == [9, KEPT] and not Draft.objects.exists()
    assert other.code_here() == walker.code_here()


def test_every_element_stands_on_one_page_and_every_page_but_the_first_asks_something():
    """Also where texts to read come last: one at a time, they stand with the last question."""
    dice = random.Random(7)
    for _n in range(300):
        kinds = [dice.choice(["single", "information", "section", "page_break", "hidden"]) for _k in range(7)]
        questions = [{"id": f"i{n}", "type": kind} for n, kind in enumerate(kinds) if kind in ("single", "hidden")]
        layout = [
            {"id": f"i{n}", "kind": "question" if kind in ("single", "hidden") else kind}
            for n, kind in enumerate(kinds)
        ]
        for pace in ("page", "section", "step"):
            pages = split({"pace": pace, "questions": questions, "layout": layout})
            there = [item["id"] for page in pages for item in page.items]
            assert sorted(there) == sorted(i["id"] for i in layout if i["kind"] != "page_break"), (kinds, pace)
            if pace == "step":
                asked = sum(kind == "single" for kind in kinds)
                assert len(pages) <= max(1, asked) and all(page.questions for page in pages[1:])
