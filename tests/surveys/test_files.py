"""Photos and documents sent with a response: kept with it, gone with it, seen by its agents; nothing else is lost."""

import errno
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, reconcile
from moderation.models import Item
from participation import receipts
from surveys import intake, open_answers
from surveys.models import AnswerFile, Response, Survey
from surveys.results import figures
from tests.factories import pictures as corpus
from tests.factories.citizens import Citizen, hidden
from tests.factories.moderation import member
from tests.factories.surveys import SurveyFactory, question
from uploads import store
from uploads.models import Upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
ALT = "Un banc cassé près de la fontaine"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("photo"), question("file"), question("scale", required=True)])


def photo(kind: str = "jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_2041.jpg", corpus.with_metadata()[kind], "image/jpeg")


def document(data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("contrat Dupont.pdf", data, "application/pdf")


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def stored(survey) -> list:
    answers = Response.objects.get().answers
    return [answers[q["id"]] for q in survey.live_version.schema["questions"]]


def test_the_form_is_multipart_only_where_files_are_asked_for(client, survey):
    for one, expected in ((survey, 1), (SurveyFactory(open=True, questions=[question("scale")]), 0)):
        page = client.get(f"/enquetes/{one.key}/").content.decode()
        assert page.count('enctype="multipart/form-data"') == page.count('type="file"') // 2 == expected


def test_what_is_sent_is_kept_with_the_response_and_counted_as_given(survey, media):
    answer = Citizen(survey).answer(q1=photo(), q1_alt=ALT, q2=document(), q3="7")
    assert answer.status_code == 303
    pictured, written, mark = stored(survey)
    uploads = {upload.pk.hex: upload for upload in Upload.objects.all()}
    assert pictured == {"id": pictured["id"], "alt": ALT} and mark == 7
    assert uploads[pictured["id"]].kind == "photo" and uploads[written["id"]].media_type == "application/pdf"
    assert all(upload.attached and not upload.shown for upload in uploads.values())
    assert {file.upload_id.hex for file in AnswerFile.objects.all()} == set(uploads)
    for path in files(media):
        assert path.suffix == ".pdf" or corpus.metadata_in(path.read_bytes()) == []
        assert "Dupont" not in str(path)
    Citizen(survey).answer(q3="2")
    fold.fold(survey.tool_id)
    assert reconcile.compare(survey.tool) == []
    found = figures(Survey.objects.get(pk=survey.pk), fold.read(survey.tool_id), None, 0)["questions"]
    assert [(q["base"], q["no_answer"]) for q in found] == [(1, 1), (1, 1), (2, 0)]


def test_when_something_else_is_wrong_nothing_that_was_sent_is_lost(survey, media):
    citizen = Citizen(survey)
    again = citizen.answer(q1=photo(), q1_alt=ALT, q2=document(), q3="11")
    assert again.status_code == 422 and not Response.objects.exists()
    page = again.content.decode()
    assert "Votre photo est bien arrivée" in page and "Votre document est bien arrivé" in page and ALT in page
    fields = hidden(again)
    assert {"q1", "q2"} <= fields.keys()
    assert citizen.send(fields, q1_alt=ALT, q3="7").status_code == 303
    assert [bool(answer) for answer in stored(survey)] == [True] * 3
    assert Upload.objects.filter(attached=True).count() == 2


def test_another_photo_replaces_the_one_that_waits_and_a_tick_takes_it_out(survey):
    citizen = Citizen(survey)
    first = hidden(citizen.answer(q1=photo(), q3=""))
    second = hidden(citizen.send(first, q1=photo("png"), q1_remove="1", q3=""))
    assert first["q1"] != second["q1"]
    assert citizen.send(second, q1_remove="1", q3="7").status_code == 303
    assert stored(survey)[0] is None and not AnswerFile.objects.exists()


def test_page_by_page_the_photo_waits_with_the_form():
    survey = SurveyFactory(open=True, pace="step", questions=[question("photo"), question("scale")])
    citizen = Citizen(survey)
    fields = citizen.open()
    refused = citizen.send(fields, go="next", q1=document(corpus.SVG), q1_alt=ALT)
    assert refused.status_code == 422 and 'href="#q1"' in refused.content.decode() and ALT in refused.content.decode()
    turned = citizen.send(fields, go="next", q1=photo(), q1_alt=ALT)
    Upload.objects.update(stored_on=timezone.localdate() - timedelta(days=20))
    assert Upload.objects.get().waits_until >= timezone.localdate() + timedelta(days=30) and store.sweep() == 0
    back = citizen.client.get(turned["Location"].replace("p=2", "p=1"))
    assert "Votre photo est bien arrivée" in back.content.decode()
    turned = citizen.send(hidden(citizen.client.get(turned["Location"])), go="next", q2="7")
    review = citizen.client.get(turned["Location"])
    assert "Envoyé avec vos réponses" in review.content.decode() and ALT in review.content.decode()
    assert citizen.send(hidden(review)).status_code == 303
    assert stored(survey)[0]["alt"] == ALT and AnswerFile.objects.count() == 1


def test_bad_files_are_refused_at_their_field_and_the_rest_is_kept(survey, media):
    citizen = Citizen(survey)
    fields = citizen.open()
    for name, data in corpus.refused().items():
        for field in ("q1", "q2"):
            if not data or (field, name) == ("q2", "pdf"):
                continue  # an empty file is what browsers send where none was chosen
            refused = citizen.send(fields, **{field: SimpleUploadedFile("a.jpg", data), "q3": "7", "q1_alt": "Un banc"})
            assert refused.status_code == 422, name
            page = refused.content.decode()
            assert f'href="#{field}"' in page and re.search(r'value="7"[^>]* checked', page) and "Un banc" in page
    assert not Response.objects.exists() and not Upload.objects.exists() and not files(media)
    for name, data in corpus.taken().items():
        assert Citizen(survey).answer(q1=SimpleUploadedFile("x.gif", data), q3="1").status_code == 303, name


def test_a_full_disk_refuses_the_photo_and_takes_the_answers(survey, monkeypatch, media):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    citizen = Citizen(survey)
    refused = citizen.answer(q1=photo(), q3="7")
    assert refused.status_code == 503 and refused["Retry-After"]
    assert "plus tard" in refused.content.decode() and 'href="#q1"' in refused.content.decode()
    assert citizen.send(hidden(refused), q3="7").status_code == 303
    assert stored(survey)[0] is None
    # Big forms pass through the disk before we see them.
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile.write", full, raising=False)
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", full)
    big = SimpleUploadedFile("a.jpg", b"\xff" * (12 * 1024 * 1024))
    assert citizen.send(citizen.open(), q1=big, q3="7").status_code == 503


def test_too_much_is_refused_before_it_is_read(survey):
    citizen = Citizen(survey)
    for length, status in ((60_000_000, 413), ("9" * 400, 413)):
        answer = citizen.client.post(
            f"/enquetes/{survey.key}/repondre/", b"x=1", "application/x-www-form-urlencoded", CONTENT_LENGTH=length
        )
        assert answer.status_code == status
    eleven = SimpleUploadedFile("a.jpg", b"\xff" * (11 * 1024 * 1024))
    assert citizen.answer(q1=eleven, q3="7").status_code == 422


def test_a_flood_of_files_from_one_address_is_braked_and_the_answers_are_not(survey, settings):
    settings.UPLOADS_PER_ADDRESS = (1, 600)
    assert Citizen(survey).answer(q1=photo(), q3="7").status_code == 303
    citizen = Citizen(survey)
    braked = citizen.answer(q1=photo(), q3="7")
    assert braked.status_code == 429
    assert citizen.send(hidden(braked), q3="7").status_code == 303


def test_the_same_form_twice_is_one_response_with_one_photo(survey):
    citizen = Citizen(survey)
    fields = hidden(citizen.answer(q1=photo(), q3=""))
    codes = {citizen.code(citizen.send(fields, q3="7")) for _ in range(2)}
    assert len(codes) == 1 and AnswerFile.objects.count() == Upload.objects.count() == 1


def test_a_correction_deletes_the_photo_it_leaves_out(survey, media, django_capture_on_commit_callbacks):
    citizen = Citizen(survey)
    fields = citizen.open()
    citizen.send(fields, q1=photo(), q3="7")
    first = Upload.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        assert citizen.send(fields, q1=photo("png"), q3="7").status_code == 303
    assert Upload.objects.get().pk == AnswerFile.objects.get().upload_id != first
    assert len(files(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert citizen.send(fields, q3="7").status_code == 303
    assert not Upload.objects.exists() and not files(media)


def test_withdrawn_or_erased_the_files_go(survey, media, django_capture_on_commit_callbacks):
    for way in ("withdraw", "erase"):
        citizen = Citizen(survey)
        code = receipts.read_code(citizen.code(citizen.answer(q1=photo(), q1_alt=ALT, q2=document(), q3="7")))
        assert len(files(media)) == 3
        with django_capture_on_commit_callbacks(execute=True):
            if way == "withdraw":
                assert intake.withdraw(survey, receipts.key_of(code))
            else:
                assert receipts.erase(code)
        assert not files(media) and not Upload.objects.exists() and not AnswerFile.objects.exists()


def test_nobody_takes_a_photo_that_is_not_theirs_or_is_gone(survey):
    citizen = Citizen(survey)
    fields = hidden(citizen.answer(q1=photo(), q3=""))
    assert citizen.send(fields, q3="7").status_code == 303
    thief = Citizen(survey)
    refused = thief.answer(q1=fields["q1"], q3="7")
    assert refused.status_code == 422 and "q1" not in hidden(refused)
    assert Response.objects.count() == AnswerFile.objects.count() == 1
    late = hidden(thief.answer(q1=photo(), q3=""))
    Upload.objects.filter(attached=False).update(waits_until=timezone.localdate() - timedelta(days=1))
    store.sweep()
    refused = thief.send(late, q3="7")
    assert refused.status_code == 422 and "n’est plus là" in refused.content.decode()
    assert thief.send(hidden(refused), q3="7").status_code == 303


def test_other_surveys_pay_nothing(survey, django_assert_max_num_queries):
    plain = SurveyFactory(open=True, questions=[question("scale"), question("short_text")])
    citizen = Citizen(plain)
    fields = citizen.open()
    citizen.send(citizen.open(), q1="1")
    with django_assert_max_num_queries(10) as spent:
        citizen.send(fields, q1="7")
    assert not any("upload" in query["sql"] or "answerfile" in query["sql"] for query in spent.captured_queries)


def test_agents_see_what_was_sent_and_may_delete_it(survey, client, media, django_capture_on_commit_callbacks):
    agent, stranger = Client(), Client()
    agent.force_login(member("Agents de communication", name="agent"))
    stranger.force_login(member("Analystes", name="analyst"))
    address = f"/admin/surveys/{survey.pk}/files/"
    assert "Aucun" in agent.get(address).content.decode()
    Citizen(survey).answer(q1=photo(), q1_alt=ALT, q2=document(), q3="7")
    page = agent.get(address).content.decode()
    assert ALT in page and "PDF" in page
    pictured = Upload.objects.get(kind="photo")
    assert agent.get(pictured.admin_thumbnail_url).status_code == 200
    elsewhere = store.receive(photo(), survey.scope)
    assert agent.get(elsewhere.admin_url).status_code == 404  # sent to another tool: that one says who sees it
    for browser in (stranger, client):
        assert browser.get(pictured.admin_url).status_code in (302, 404)
        assert browser.get(address).status_code in (302, 403)
        assert browser.get(pictured.url).status_code == 404
    assert address in agent.get("/admin/snippets/surveys/survey/").content.decode()
    for bad in ("", "x", str(elsewhere.pk)):
        assert agent.post(address, {"upload": bad}).status_code == 302
    assert Upload.objects.count() == 3
    with django_capture_on_commit_callbacks(execute=True):
        agent.post(address, {"upload": str(pictured.pk)})
    assert not Upload.objects.filter(pk=pictured.pk).exists() and Response.objects.count() == 1
    assert len(files(media)) == 3


def test_the_list_costs_the_same_whatever_was_sent(survey, admin_client):
    address, spent = f"/admin/surveys/{survey.pk}/files/", []
    admin_client.get(address)
    for _ in range(2):
        Citizen(survey).answer(q1=photo(), q2=document(), q3="7")
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(address)
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_what_a_photo_is_said_to_show_is_read_at_the_desk_and_published_nowhere(survey, client):
    Citizen(survey).answer(q1=photo(), q1_alt=ALT, q3="7")
    open_answers.sort()
    item = Item.objects.get()
    assert not item.public
    root = Client()
    root.force_login(member("Administrateurs", name="boss"))
    assert ALT in root.get(f"/admin/moderation/{item.pk}/").content.decode()
    for address in ("", "resultats/", "resultats.json", "resultats.csv"):
        assert ALT not in client.get(f"/enquetes/{survey.key}/{address}").content.decode()
