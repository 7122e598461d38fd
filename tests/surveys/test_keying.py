"""Keying in sheets: one sheet is one response, paper cannot insist, figures follow, two pairs of eyes are compared."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, gate, reconcile
from counting.models import Tally, Tool
from participation import receipts
from participation.receipts import issue_token
from surveys import intake, keying
from surveys.forms import compiled_live
from surveys.models import KeyedSheet, Response, SecondKeying, Survey
from surveys.questions import TYPES, type_of
from tests.factories.citizens import Citizen
from tests.factories.moderation import holder, member
from tests.factories.surveys import SurveyFactory, question, republish

pytestmark = pytest.mark.django_db

CLOSED = [question("single", f"Question {n}", other=False, options=["a", "b", "c"]) for n in range(1, 4)]


@pytest.fixture
def agent():
    return member("Agents de saisie", name="colette", first_name="Colette")


@pytest.fixture
def browser_of(agent):
    client = Client(raise_request_exception=False)
    client.force_login(agent)
    return client


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=CLOSED)


def option(survey: Survey, place: int, n: int) -> str:
    return compiled_live(survey).questions[place - 1]["options"][n - 1]["id"]


def fields(page) -> dict[str, str]:
    text = page.content.decode().partition("data-keying")[2]
    found = dict(re.findall(r'<input type="hidden" name="(version|token)" value="([^"]*)"', text))
    number = re.search(r'name="sheet_number" value="([^"]*)"', text)
    return found | ({"sheet_number": number[1]} if number else {})


def key(client: Client, survey: Survey, channel: str = "paper", **typed):
    address = f"/admin/surveys/{survey.pk}/keying/{channel}/"
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, fields(page) | typed)


def counts(survey: Survey) -> dict[str, int]:
    fold.fold(survey.tool_id)
    assert reconcile.compare(Tool.objects.get(pk=survey.tool_id)) == []
    return dict(Tally.objects.filter(tool_id=survey.tool_id).values_list("name", "n"))


@pytest.mark.parametrize("channel", ["paper", "phone", "field"])
def test_a_sheet_becomes_a_counted_response_of_its_channel_under_the_agents_name(survey, agent, browser_of, channel):
    done = key(browser_of, survey, channel, q1=option(survey, 1, 2), q3=option(survey, 3, 1))
    assert done.status_code == 302, done.content.decode()[-3000:]
    response = Response.objects.get()
    assert response.channel == channel and response.received_on == timezone.localdate()
    sheet = KeyedSheet.objects.get()
    assert (sheet.response, sheet.keyed_by, sheet.number, sheet.channel) == (response, agent, 1, channel)
    counted = counts(survey)
    assert counted["n"] == counted[f"c:{channel}"] == 1
    first, second = (q["id"] for q in compiled_live(survey).questions[:2])
    assert counted[f"o:{first}:{option(survey, 1, 2)}"] == 1 and counted[f"-:{second}"] == 1
    after = browser_of.get(done["Location"]).content.decode()
    assert "2 réponses, 1 sans réponse" in after
    code = re.search(r'keying-code">([0-9A-Z-]+)<', after)[1]
    assert receipts.find_traces(receipts.read_code(code))[0].title == survey.title
    assert "Colette" not in Client().get(survey.get_absolute_url()).content.decode()


def test_the_next_sheet_has_the_next_number_and_a_number_is_one_response(survey, browser_of):
    key(browser_of, survey, q1=option(survey, 1, 1))
    page = browser_of.get(f"/admin/surveys/{survey.pk}/keying/paper/")
    assert fields(page)["sheet_number"] == "2"
    again = key(browser_of, survey, sheet_number="1", q1=option(survey, 1, 2))
    text = again.content.decode()
    assert again.status_code == 409 and Response.objects.count() == KeyedSheet.objects.count() == 1
    assert "Le prochain numéro libre est 2" in text and f"/keying/sheets/{KeyedSheet.objects.get().pk}/" in text
    assert f'value="{option(survey, 1, 2)}" data-code="2" checked' in text, "what was typed is kept"
    assert counts(survey)["n"] == 1
    assert key(browser_of, survey, sheet_number="41", q1=option(survey, 1, 2)).status_code == 302
    assert fields(browser_of.get(f"/admin/surveys/{survey.pk}/keying/paper/"))["sheet_number"] == "42"


def test_the_same_form_sent_twice_is_one_sheet(survey, browser_of):
    address = f"/admin/surveys/{survey.pk}/keying/phone/"
    form = fields(browser_of.get(address)) | {"q1": option(survey, 1, 1)}
    assert [browser_of.post(address, form).status_code for _again in range(2)] == [302, 302]
    assert Response.objects.count() == KeyedSheet.objects.count() == 1


@pytest.mark.parametrize("number", ["", "0", "-3", "1e3", "douze", "99999999999999999999", "²", "1\0"])
def test_a_number_that_is_none_is_told_and_nothing_is_stored(survey, browser_of, number):
    answer = key(browser_of, survey, sheet_number=number, q1=option(survey, 1, 1))
    assert answer.status_code == 422 and "Écrivez le numéro de la feuille" in answer.content.decode()
    assert not Response.objects.exists()


def test_bad_input_is_never_our_fault(survey, browser_of):
    address = f"/admin/surveys/{survey.pk}/keying/paper/"
    good = fields(browser_of.get(address))
    odd = [{"q1": "\0"}, {"q1": ["a", "b"]}, {"q1": "x" * 100_000}, {"version": "\0"}, {"version": "9" * 40}]
    for bad in (*odd, {"token": "é"}, {"token": ""}, {"version": "7"}):
        assert browser_of.post(address, good | bad).status_code in (404, 422), bad
    assert browser_of.post(address, {}).status_code == 422
    assert browser_of.get(f"{address}?t=x%00").status_code == 200
    assert browser_of.get(f"{address}?version=%00").status_code == 404
    assert browser_of.get(f"/admin/surveys/{survey.pk}/keying/web/").status_code == 404
    assert not Response.objects.exists()


def test_paper_cannot_insist_but_what_is_impossible_is_told():
    """Required questions, whole rankings and grids may be left open on paper; a number out of range is a slip."""
    kinds = ("single", "grid", "ranking", "number", "multiple")
    survey = SurveyFactory(open=True, questions=[question(kind, required=True) for kind in kinds])
    compiled = compiled_live(survey)
    grid, ranking = compiled.questions[1:3]
    reading = compiled.read({"q2_2": [grid["scale"][0]["id"]], "q3_3": ["1"]}, on_paper=True)
    assert not reading.errors and reading.answers["single" and compiled.questions[0]["id"]] is None
    assert reading.answers[grid["id"]] == {grid["rows"][1]["id"]: grid["scale"][0]["id"]}
    assert reading.answers[ranking["id"]] == [ranking["options"][2]["id"]]
    assert len(compiled.read({}).errors) == 5, "the web still insists"
    everything = [o["id"] for o in compiled.questions[4]["options"]]
    wrong = compiled.read({"q4": ["999"], "q5": everything}, on_paper=True)
    assert [name for _id, name, _said in wrong.errors] == ["q4", "q5"]


def test_an_impossible_number_is_shown_at_its_field_with_what_was_typed(browser_of):
    survey = SurveyFactory(open=True, questions=[question("number", "Âge ?"), question("short_text")])
    answer = key(browser_of, survey, q1="999", q2="rue des Lilas")
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="999"' in text and "rue des Lilas" in text
    assert 'href="#q1-box"' in text and 'id="q1-box"' in text and "laissez la question vide" in text


def test_what_was_not_for_them_is_left_out_and_told(browser_of):
    first = question("single", "À vélo ?", other=False, options=["oui", "non"])
    yes = first["value"]["options"][0]["id"]
    rule = {"match": "all", "conditions": [{"question": first["id"], "operator": "is", "value": yes}]}
    second = question("short_text", "Où ?")
    second["value"]["only_if"] = {
        "match": "all",
        "conditions": [{"type": "item", "id": "c", "value": rule["conditions"][0]}],
    }
    survey = SurveyFactory(open=True, questions=[first, second])
    done = key(browser_of, survey, q1=option(survey, 1, 2), q2="au garage")
    assert "au garage" not in str(Response.objects.get().answers)
    assert "question 2" in browser_of.get(done["Location"]).content.decode()
    phone = browser_of.get(f"/admin/surveys/{survey.pk}/keying/phone/").content.decode()
    assert "data-only-if" in phone and "survey.js" in phone, "by telephone only what is asked is shown"


def test_late_sheets_count_until_the_total_is_sealed(browser_of):
    survey = SurveyFactory(closed=True, questions=CLOSED)
    assert key(browser_of, survey, q1=option(survey, 1, 1)).status_code == 302
    gate.close(survey.tool_id)
    late = key(browser_of, survey, q1=option(survey, 1, 1))
    assert late.status_code == 422 and "scell" in late.content.decode()
    sheet = KeyedSheet.objects.get()
    answer = browser_of.post(f"/admin/surveys/keying/sheets/{sheet.pk}/", {"q1": option(survey, 1, 2)})
    assert answer.status_code == 422 and Response.objects.get().answers == sheet.response.answers


def test_a_correction_moves_the_figures(survey, browser_of):
    key(browser_of, survey, q1=option(survey, 1, 1), q2=option(survey, 2, 2))
    sheet = KeyedSheet.objects.get()
    address = f"/admin/surveys/keying/sheets/{sheet.pk}/"
    shown = browser_of.get(address).content.decode()
    assert shown.count(" checked") == 2
    assert counts(survey)["n"] == 1
    assert browser_of.post(address, {"q1": option(survey, 1, 3)}).status_code == 302
    first, second = (q["id"] for q in compiled_live(survey).questions[:2])
    counted = counts(survey)
    assert counted["n"] == counted[f"o:{first}:{option(survey, 1, 3)}"] == counted[f"-:{second}"] == 1
    assert not counted[f"o:{first}:{option(survey, 1, 1)}"] and not counted[f"q:{second}"]


@pytest.mark.parametrize("kind", [name for name, kind in TYPES.items() if kind.asked])
def test_every_type_is_keyed_in_shown_again_and_the_same_when_typed_again(kind, browser_of, agent):
    survey = SurveyFactory(open=True, questions=[question(kind)])
    (asked,) = compiled_live(survey).questions
    paper = type_of(asked).paper(asked)
    typed = {f"q1{paper.field}": paper.boxes[-1 if paper.field else 0].value} if paper.boxes else {}
    for n, blank in enumerate(paper.blanks, 1):
        if not paper.boxes:
            given = {"_year": "2001", "_day": "1"}.get(blank.field, str(n if kind in ("ranking", "date") else 1))
            typed[f"q1{blank.field}"] = paper.columns[-1].value if paper.columns else given
    if paper.lines and not paper.boxes:
        typed[f"q1{paper.words}"] = "Des mots à nous"
    done = key(browser_of, survey, **typed)
    assert done.status_code == 302, re.findall(r"error-message[^>]*>([^<]*)", done.content.decode())
    stored = Response.objects.get().answers[asked["id"]]
    assert stored is not None
    sheet = KeyedSheet.objects.get()
    version = keying.version_of(sheet)
    again = version.read(keying.typed(version, {asked["id"]: stored}), on_paper=True)
    assert not again.errors and again.answers == {asked["id"]: stored}
    page = browser_of.get(f"/admin/surveys/keying/sheets/{sheet.pk}/").content.decode()
    assert " checked" in page or "Des mots à nous" in page or any(f'value="{v}"' in page for v in typed.values())
    twice = keying.key_again(sheet, version, again.answers, agent)
    assert twice.answers is None and keying.agreement(survey.pk).by_question[asked["id"]][0] > 0


def test_a_photo_that_came_since_survives_a_correction(browser_of):
    survey = SurveyFactory(open=True, questions=[question("photo"), question("scale")])
    key(browser_of, survey, q1="1", q2="4")
    (photo, _scale), response = compiled_live(survey).questions, Response.objects.get()
    assert response.answers[photo["id"]] == {"id": ""}
    Response.objects.update(answers={**response.answers, photo["id"]: {"id": "a" * 32}})
    sheet = KeyedSheet.objects.select_related("response__version", "survey").get()
    keying.correct(sheet, keying.version_of(sheet), {photo["id"]: {"id": ""}, _scale["id"]: 5})
    assert Response.objects.get().answers == {photo["id"]: {"id": "a" * 32}, _scale["id"]: 5}


def test_whoever_takes_their_response_back_takes_the_sheet_with_it(survey, browser_of):
    done = key(browser_of, survey, "field", q1=option(survey, 1, 1))
    code = re.search(r'keying-code">([0-9A-Z-]+)<', browser_of.get(done["Location"]).content.decode())[1]
    sheet = KeyedSheet.objects.select_related("survey", "response__version").get()
    keying.key_again(sheet, keying.version_of(sheet), {}, None)
    assert receipts.erase(receipts.read_code(code)) >= 1
    assert not Response.objects.exists() and not KeyedSheet.objects.exists() and not SecondKeying.objects.exists()
    assert counts(survey)["n"] == 0
    assert browser_of.get(f"/admin/surveys/keying/sheets/{sheet.pk}/").status_code == 404
    assert browser_of.get(done["Location"]).status_code == 200


def keyed(survey: Survey, number: int, user=None, **picked: int) -> KeyedSheet:
    version = compiled_live(survey)
    answers = {q["id"]: None for q in version.questions}
    for name, n in picked.items():
        asked = version.questions[int(name[1:]) - 1]
        answers[asked["id"]] = {"options": [asked["options"][n - 1]["id"]]}
    return keying.key_in(version, "paper", number, answers, issue_token(survey.key), user)


def test_one_sheet_in_ten_is_typed_twice_unless_the_agent_says_otherwise(survey, browser_of):
    for number in (9, 10, 20, 21):
        keyed(survey, number)
    assert [s.number for s in keying.sample(survey, keying.every(survey.pk))] == [10, 20]
    home = f"/admin/surveys/{survey.pk}/keying/"
    assert browser_of.post(home, {"every": "7"}).status_code == 302
    assert [s.number for s in keying.sample(survey, keying.every(survey.pk))] == [21]
    browser_of.post(home, {"every": "0"})
    assert not keying.sample(survey, keying.every(survey.pk))
    for bad in ("-1", "x", "", "9" * 30, "\0"):
        assert browser_of.post(home, {"every": bad}).status_code == 422


def test_a_second_typing_shows_nothing_of_the_first_tells_differences_and_settles_them(survey, browser_of, agent):
    sheet = keyed(survey, 10, member("Agents de saisie", name="paul"), q1=1, q2=2)
    home = f"/admin/surveys/{survey.pk}/keying/"
    address = f"/admin/surveys/keying/sheets/{sheet.pk}/second/"
    assert address in browser_of.get(home).content.decode()
    blind = browser_of.get(address).content.decode()
    assert " checked" not in blind.partition("data-keying")[2]
    done = browser_of.post(address, {"q1": option(survey, 1, 1), "q2": option(survey, 2, 3)})
    settle = f"/admin/surveys/keying/sheets/{sheet.pk}/settle/"
    assert done["Location"] == settle
    assert browser_of.get(address)["Location"] == settle, "what was typed twice is not typed a third time"
    text = browser_of.get(home).content.decode()
    assert "2 sur 3" in text and "66,6" in text and settle in text and address not in text
    found = browser_of.get(settle).content.decode()
    assert "Question 2" in found and "Question 1" not in found and "Paul" not in found and "paul" in found
    assert browser_of.post(settle, {}).status_code == 422
    before = counts(survey)
    assert browser_of.post(settle, {"q2": "second"}).status_code == 302
    second = compiled_live(survey).questions[1]["id"]
    after = counts(survey)
    assert before[f"o:{second}:{option(survey, 2, 2)}"] == 1 and after[f"o:{second}:{option(survey, 2, 2)}"] == 0
    assert after[f"o:{second}:{option(survey, 2, 3)}"] == 1 and after["n"] == 1
    assert SecondKeying.objects.get().answers is None, "settled, the second typing is not kept"
    assert keying.agreement(survey.pk).closed == (2, 3), "what was found is what counts, also once it is settled"


def test_agreement_counts_cells_and_long_lists_do_not_flatter_it():
    kinds = [question("multiple", options=[str(n) for n in range(9)]), question("grid"), question("short_text")]
    questions = compiled_live(SurveyFactory(open=True, questions=kinds)).questions
    multiple, grid, text = questions
    ids = [o["id"] for o in multiple["options"]]
    assert keying.compare(multiple, {"options": ids[:2]}, {"options": ids[:3]}) == (0, 1, 0, 0)
    assert keying.compare(multiple, None, None) == (1, 1, 0, 0)
    rows, step = [r["id"] for r in grid["rows"]], grid["scale"][0]["id"]
    assert keying.compare(grid, {rows[0]: step}, {rows[0]: step, rows[1]: step}) == (1, 2, 0, 0)
    assert keying.compare(text, "Rue  des lilas", "rue des Lilas") == (0, 0, 1, 1)
    assert keying.compare(text, "un banc", None) == (0, 0, 0, 1)


def test_an_older_version_is_keyed_in_as_it_was_printed(browser_of):
    survey = SurveyFactory(open=True, questions=[question("single", "Avant", other=False)])
    old = compiled_live(survey)
    survey = republish(survey, [question("scale", "Après")])
    address = f"/admin/surveys/{survey.pk}/keying/paper/"
    page = browser_of.get(f"{address}?version=1")
    assert "Avant" in page.content.decode() and "Après" not in page.content.decode()
    done = browser_of.post(address, fields(page) | {"q1": old.questions[0]["options"][0]["id"]})
    assert done.status_code == 302 and "version=1" in done["Location"]
    assert Response.objects.get().version.number == 1
    assert "Avant" in browser_of.get(done["Location"]).content.decode()


def test_only_who_may_keys_in_and_only_where_they_may():
    survey = SurveyFactory(open=True, questions=CLOSED)
    sheet = keyed(survey, 10)
    from tests.factories.pages import ConsultationPageFactory

    elsewhere = ConsultationPageFactory(open=True)
    users = {
        member("Modérateurs", name="m"): False,
        member("Analystes", name="a"): False,
        member("Agents de communication", name="e"): True,
        member("Administrateurs", name="d"): True,
        member("Agents de saisie", name="k"): True,
        holder("key_responses", page=elsewhere): False,
    }
    base = "/admin/surveys"
    addresses = [f"{base}/{survey.pk}/keying/", f"{base}/{survey.pk}/keying/paper/"]
    addresses += [f"{base}/keying/sheets/{sheet.pk}/{end}" for end in ("", "second/")]
    for user, may in users.items():
        client = Client()
        client.force_login(user)
        for address in addresses:
            assert (client.get(address).status_code == 200) is may, (user, address)
            if not may:
                assert client.post(address, {}).status_code in (302, 403, 404)
    assert Response.objects.count() == 1
    assert Client().get(addresses[0]).status_code == 302


def test_screens_cost_as_many_queries_for_three_as_for_one(browser_of):
    found = {}
    for n in (1, 3):
        survey = SurveyFactory(open=True, questions=[question("multiple") for _ in range(n)])
        version = compiled_live(survey)
        sheets = [keyed(survey, 10 * i) for i in range(1, n + 1)]
        for sheet in sheets[1:]:
            sheet.response = Response.objects.select_related("version").get(pk=sheet.response_id)
            keying.key_again(sheet, version, {version.questions[0]["id"]: {"options": []}}, None)
        for address in ("keying/", "keying/paper/"):
            browser_of.get(f"/admin/surveys/{survey.pk}/{address}")
            with CaptureQueriesContext(connection) as asked:
                assert browser_of.get(f"/admin/surveys/{survey.pk}/{address}").status_code == 200
            found.setdefault(address, []).append(len(asked))
    assert all(one == three for one, three in found.values()), found


def test_a_person_may_change_by_code_what_was_keyed_in_and_withdraw_it(survey, browser_of):
    done = key(browser_of, survey, "phone", q1=option(survey, 1, 1))
    code = re.search(r'keying-code">([0-9A-Z-]+)<', browser_of.get(done["Location"]).content.decode())[1]
    read = receipts.read_code(code)
    assert receipts.resume_at(read, survey.get_absolute_url()).startswith(f"/enquetes/{survey.key}/suite/")
    assert intake.withdraw(Survey.objects.for_display().get(pk=survey.pk), receipts.key_of(read))
    assert not KeyedSheet.objects.exists()


def test_the_pace_is_that_of_the_last_sheets_without_pauses(survey, browser_of, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("surveys.keying_admin.time.time", lambda: clock[0])
    for _n in range(4):
        key(browser_of, survey, q1=option(survey, 1, 1))
        clock[0] += 40
    text = browser_of.get(f"/admin/surveys/{survey.pk}/keying/paper/").content.decode()
    assert "90 par heure" in text and "4 depuis" in text
    clock[0] += 3600
    key(browser_of, survey, q1=option(survey, 1, 1))
    assert "par heure" not in browser_of.get(f"/admin/surveys/{survey.pk}/keying/paper/").content.decode()


def test_nothing_of_it_is_public_nor_exported(survey, browser_of, agent):
    key(browser_of, survey, q1=option(survey, 1, 1))
    sent = Citizen(survey).client.get(f"/enquetes/{survey.key}/resultats.json").content.decode()
    assert "colette" not in sent.lower()
    assert {f.name for f in KeyedSheet._meta.fields if "at" in f.name.split("_")} == set(), "a day, never an instant"
    assert KeyedSheet.objects.get().keyed_on - timezone.localdate() == timedelta(0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [None, 7])
def test_two_who_key_in_at_once_never_share_a_number_and_leave_no_answer_without_a_sheet(number):
    """Of those who write the same number on their sheets, one is stored; those who let us number are all stored."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    survey = SurveyFactory(open=True, questions=CLOSED)
    compiled, start, taken = compiled_live(survey), threading.Barrier(8), []

    def keyer() -> None:
        start.wait()
        for _n in range(3):
            try:
                keying.key_in(compiled, "phone", number, {}, issue_token(survey.key), None)
            except keying.NumberTaken as refused:
                taken.append(refused)
        connections.close_all()

    threads = [threading.Thread(target=keyer) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(KeyedSheet.objects.values_list("number", flat=True))
    assert numbers == ([7] if number else list(range(1, 25)))
    assert len(taken) == 24 - len(numbers) and Response.objects.count() == len(numbers)
    fold.sweep()
    assert reconcile.compare(survey.tool) == []
