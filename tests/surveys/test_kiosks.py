"""Kiosks without a browser: who may send, what is taken once, what is refused, what agents see."""

import base64
import json
import secrets
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from counting import fold, gate, reconcile
from moderation import burst_watch
from moderation.models import Burst
from participation import receipts
from participation.models import ALPHABET, Arrival, Scope
from surveys import intake, kiosk_sealing, kiosks
from surveys.models import Kiosk, Response, Survey
from tests.factories.surveys import KioskFactory, SurveyFactory, every_type, question, republish

pytestmark = pytest.mark.django_db

CURVE = ec.SECP256R1()


def seal(kiosk, text: str) -> str:
    """As a tablet does it."""
    ours = ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, base64.b64decode(kiosk_sealing.public_key(kiosk.pk)))
    key = HKDF(SHA256(), 32, None, b"palabre kiosk").derive(ours.exchange(ec.ECDH(), theirs))
    point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point + AESGCM(key).encrypt(bytes(12), text.encode(), None)).decode()


def new_code(survey) -> str:
    return survey.scope.tag + "".join(secrets.choice(ALPHABET) for _ in range(16))


def given(kiosk, typed=None, version=1, code=None, **more):
    """One answer as it waits on a tablet."""
    inside = {"version": version, "code": code or new_code(kiosk.survey), "answers": typed or first_choice(kiosk)}
    return {"id": secrets.token_urlsafe(18), "sealed": seal(kiosk, json.dumps({**inside, **more}))}


def first_choice(kiosk):
    [asked, *_] = kiosk.survey.live_version.schema["questions"]
    return {"q1": [asked["options"][0]["id"]]}


def send(client, kiosk, answers, secret=None, **headers):
    body = {"secret": kiosk.secret if secret is None else secret, "answers": answers}
    url = reverse("surveys:kiosk_send", args=[kiosk.pk])
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def kiosk():
    survey = SurveyFactory(open=True, questions=[question("single", required=True), question("multiple")])
    return KioskFactory(survey=survey)


def test_what_is_sent_twice_is_stored_once_and_counted_once(client, kiosk):
    answers = [given(kiosk) for _ in range(20)]
    for _twice in range(2):
        reply = send(client, kiosk, answers)
        assert reply.status_code == 200 and reply.json() == {"stored": [a["id"] for a in answers], "refused": {}}
    # A tablet that was cut off seals nothing anew; but even the same code under another seal is the same answer.
    code = new_code(kiosk.survey)
    for _ in range(2):
        assert send(client, kiosk, [given(kiosk, code=code), given(kiosk, code=code)]).status_code == 200
    kiosk.refresh_from_db()
    assert kiosk.stored == Response.objects.count() == 21 and kiosk.last_seen
    assert set(Response.objects.values_list("channel", "trust")) == {("field", "open")}
    fold.sweep()
    assert reconcile.compare(kiosk.survey.tool) == []


def test_the_code_shown_on_the_tablet_finds_the_answer_and_takes_it_back(client, kiosk):
    code = new_code(kiosk.survey)
    send(client, kiosk, [given(kiosk, code=code)])
    [trace] = receipts.find_traces(code)
    assert receipts.withdraw(code, trace.url) and not Response.objects.exists()


def test_an_answer_belongs_to_the_version_that_was_answered(client, kiosk):
    before, answer = kiosk.survey.live_version, given(kiosk)
    republish(kiosk.survey, [question("yes_no"), question("number")])
    assert send(client, kiosk, [answer]).json()["stored"]
    assert Response.objects.get().version == before


def test_what_is_missing_or_does_not_fit_is_no_answer_and_is_told_to_the_agent(client, kiosk):
    single, many = kiosk.survey.live_version.schema["questions"]
    too_many = [option["id"] for option in many["options"]]
    assert send(client, kiosk, [given(kiosk, {"q2": too_many}), given(kiosk, {"q1": ["x"]})]).json()["refused"] == {}
    for response in Response.objects.all():
        assert response.answers == {single["id"]: None, many["id"]: None}
    kiosk.refresh_from_db()
    assert (kiosk.stored, kiosk.unread) == (2, 2)


def test_every_type_is_asked_on_one_page_but_what_is_sent_as_a_file(client):
    asked = every_type()
    kiosk = KioskFactory(survey=SurveyFactory(open=True, by_step=True, questions=asked))
    page = client.get(reverse("surveys:kiosk", args=[kiosk.pk])).content.decode()
    for place, one in enumerate(asked, 1):
        is_asked = one["type"] not in ("photo", "file", "email", "hidden")
        assert (f'name="q{place}' in page) == is_asked, one["type"]
    assert "map.js" not in page and "survey.js" not in page and 'action="' not in page
    place = next(n for n, one in enumerate(asked, 1) if one["type"] == "photo")
    assert send(client, kiosk, [given(kiosk, {f"q{place}": ["x"], "q1": ["x"]})]).json()["stored"]
    photo = kiosk.survey.live_version.schema["questions"][place - 1]
    assert photo["id"] not in Response.objects.get().answers


def refusals():
    yesterday, last_week = timedelta(days=1), timedelta(days=8)
    return {
        "revoked": (410, lambda k: Kiosk.objects.update(revoked=True)),
        "days of grace over": (410, lambda k: Kiosk.objects.update(last_day=timezone.localdate() - last_week)),
        "survey closed long ago": (410, lambda k: Survey.objects.update(closes_at=timezone.now() - last_week)),
        "consultation closed": (410, lambda k: Scope.objects.update(closes_at=timezone.now() - last_week)),
        "consultation hidden": (410, lambda k: Scope.objects.update(live=False)),
        "survey hidden": (410, lambda k: Survey.objects.update(live=False)),
        "not open yet": (409, lambda k: Survey.objects.update(opens_at=timezone.now() + yesterday)),
        "gate closed": (410, lambda k: gate.close(k.survey.tool_id)),
        "proof asked": (410, lambda k: Survey.objects.update(trust="letter")),
        "no more than": (410, lambda k: Kiosk.objects.update(most=1, stored=1)),
        "new link": (403, lambda k: Kiosk.objects.update(secret_hash=b"x" * 32)),
    }


@pytest.mark.parametrize("why", refusals())
def test_a_refusal_says_why_stores_nothing_and_is_no_end(client, kiosk, why):
    status, change = refusals()[why]
    change(kiosk)
    answers = [given(kiosk), given(kiosk)]
    reply = send(client, kiosk, answers)
    assert reply.status_code == status and reply.json()["message"]
    assert not Response.objects.exists()


def test_what_was_given_in_time_comes_in_for_some_days_but_never_after_the_seal(client, kiosk):
    now = timezone.now()
    Survey.objects.update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2))
    assert client.get(reverse("surveys:survey", args=[kiosk.survey.key])).status_code == 200
    answers = [given(kiosk)]
    assert send(client, kiosk, answers).status_code == 200
    assert Response.objects.count() == 1
    gate.close(kiosk.survey.tool_id)
    assert send(client, kiosk, [given(kiosk)]).status_code == 410
    Kiosk.objects.update(revoked=False)
    assert Response.objects.count() == 1


def test_a_kiosk_that_closes_between_the_look_and_the_act_takes_nothing(client, kiosk, monkeypatch):
    monkeypatch.setattr(kiosks, "_read", _then(kiosks._read, lambda: Kiosk.objects.update(revoked=True)))
    assert send(client, kiosk, [given(kiosk)]).status_code == 410
    monkeypatch.undo()
    Kiosk.objects.update(revoked=False)
    monkeypatch.setattr(kiosks, "_read", _then(kiosks._read, lambda: gate.close(kiosk.survey.tool_id)))
    assert send(client, kiosk, [given(kiosk)]).status_code == 410
    assert not Response.objects.exists()


def _then(act, after):
    def both(*args):
        done = act(*args)
        after()
        return done

    return both


def test_opened_again_it_takes_what_waited(client, kiosk):
    answers = [given(kiosk)]
    Kiosk.objects.update(revoked=True)
    assert send(client, kiosk, answers).status_code == 410
    Kiosk.objects.update(revoked=False)
    assert send(client, kiosk, answers).json()["stored"] == [answers[0]["id"]]


def test_a_busy_database_keeps_everything_on_the_tablet(client, kiosk, monkeypatch):
    def busy(*args):
        raise OperationalError("locked")

    monkeypatch.setattr(intake, "record_many", busy)
    assert send(client, kiosk, [given(kiosk)]).status_code == 503
    kiosk.refresh_from_db()
    assert kiosk.stored == 0


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        "{}",
        '{"version": 1}',
        '{"version": true, "code": "CODE", "answers": []}',
        '{"version": 99, "code": "CODE", "answers": {}}',
        '{"version": 10e400, "code": "CODE", "answers": {}}',
        '{"version": 99999999999999999999, "code": "CODE", "answers": {}}',
        '{"version": 1, "code": "no code", "answers": {}}',
        '{"version": 1, "code": ["CODE"], "answers": {}}',
        '{"version": 1, "code": "CODE", "answers": {"q1": "text"}}',
        '{"version": 1, "code": "CODE", "answers": {"q1": [1]}}',
        '{"version": 1, "code": "CODE", "answers": {"q9": ["x"]}}',
    ],
)
def test_what_no_tablet_sends_is_refused_alone_and_the_rest_is_stored(client, kiosk, inside):
    odd = {"id": "odd", "sealed": seal(kiosk, inside.replace("CODE", new_code(kiosk.survey)))}
    good = given(kiosk)
    reply = send(client, kiosk, [odd, good]).json()
    assert reply["stored"] == [good["id"]] and list(reply["refused"]) == ["odd"]


@pytest.mark.parametrize("sealed", [None, 3, "", "é", "AAAA", "A" * 400, "A" * 90_000, "\x00", "\ud800"])
def test_what_is_not_sealed_for_this_kiosk_is_refused(client, kiosk, sealed):
    reply = send(client, kiosk, [{"id": "odd", "sealed": sealed}])
    assert reply.status_code == 200 and list(reply.json()["refused"]) == ["odd"]
    other = given(KioskFactory(survey=kiosk.survey))
    assert other["id"] in send(client, kiosk, [other]).json()["refused"]


def test_nul_and_lone_surrogates_in_every_field_of_every_type_do_no_harm(client):
    kiosk = KioskFactory(survey=SurveyFactory(open=True, questions=every_type()))
    page = client.get(reverse("surveys:kiosk", args=[kiosk.pk])).content.decode()
    names = {part.split('"')[0] for part in page.split('name="')[1:]}
    assert len(names) > 30
    for text in ("a\x00b", "\ud800", "x" * 9_000, "-1", "١"):
        reply = send(client, kiosk, [given(kiosk, {name: [text] for name in names if name[0] == "q"})])
        assert reply.status_code == 200, text[:9]


@pytest.mark.parametrize(
    "body",
    [b" ", b"null", b"[]", b"{", b'{"answers": 3}', b'{"secret": 3}', b"[" * 90_000, b'\xff\xfe{"a":1}', b'{"a": NaN}'],
)
def test_a_message_that_is_none_of_ours_is_refused(client, kiosk, body):
    url = reverse("surveys:kiosk_send", args=[kiosk.pk])
    assert client.post(url, body, content_type="application/json").status_code == 400


def test_the_door_is_for_tablets_of_ours_alone(client, kiosk, settings):
    url = reverse("surveys:kiosk_send", args=[kiosk.pk])
    assert client.post(url, {"secret": kiosk.secret}).status_code == 415
    assert client.get(url).status_code == 303 and client.put(url).status_code == 405
    assert send(client, kiosk, [], Origin="https://evil.example").status_code == 403
    for secret in ("", "x", 3, ["x"], {"a": 1}, "é", "\x00", "\ud800", "x" * 5000):
        assert send(client, kiosk, [], secret=secret).status_code == 403
    assert client.post(url.replace(str(kiosk.pk), "x"), "{}", content_type="application/json").status_code == 404
    stranger = url.replace(str(kiosk.pk), "00000000-0000-4000-8000-000000000000")
    assert client.post(stranger, '{"secret": "x", "answers": []}', content_type="application/json").status_code == 403
    big = client.post(url, "x" * 2_100_000, content_type="application/json")
    assert big.status_code == 413
    assert send(client, kiosk, [given(kiosk)] * 21).status_code == 413
    for odd in (3, None, {"id": 3, "sealed": ""}, {"id": "x" * 41, "sealed": ""}, {}):
        assert send(client, kiosk, [odd]).status_code == 400
    assert not Response.objects.exists()


def test_a_tablet_gone_wild_is_slowed_down_and_an_address_is_not(client, kiosk, settings, monkeypatch):
    settings.RESPONSES_PER_ADDRESS = (1, 600)  # of passers-by: fifty people may stand behind one tablet
    for _ in range(3):
        assert send(client, kiosk, [given(kiosk)]).status_code == 200
    monkeypatch.setattr(kiosks, "_CALLS", (3, 600))
    assert send(client, kiosk, []).status_code == 429


def test_fifty_answers_at_once_are_no_burst(client, kiosk):
    alike = first_choice(kiosk)
    for _ in range(10):
        assert send(client, kiosk, [given(kiosk, alike) for _ in range(20)]).status_code == 200
    assert burst_watch.look_everywhere() == 0
    assert not Burst.objects.exists() and not Arrival.objects.exists()
    assert Response.objects.filter(set_aside=False).count() == 200


def test_the_number_of_queries_does_not_depend_on_how_many_are_sent(client, kiosk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    send(client, kiosk, [given(kiosk)])
    counts = []
    for n in (1, 3):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert send(client, kiosk, [given(kiosk) for _ in range(n)]).status_code == 200
        counts.append(len(asked) - (n if connection.vendor == "sqlite" else 0))  # SQLite: one INSERT a row
    assert counts[0] == counts[1]


def test_the_page_is_the_same_for_all_says_no_secret_and_sets_no_cookie(client, kiosk):
    url = reverse("surveys:kiosk", args=[kiosk.pk])
    first, again = client.get(url), client.get(url)
    assert first.content == again.content and not first.cookies
    assert "worker-src 'self'" in first["Content-Security-Policy"]
    assert "worker-src" not in client.get("/")["Content-Security-Policy"]
    page = first.content.decode()
    for hidden in (kiosk.secret, kiosk.word, kiosk.place, kiosk.responsible):
        assert hidden not in page
    script = client.get(reverse("surveys:kiosk_worker", args=[kiosk.pk]))
    assert script["Content-Type"].startswith("text/javascript")
    assert "palabre.css" in script.content.decode() and "kiosk-queue.js" in script.content.decode()
    republish(kiosk.survey, [question("yes_no", "Autre chose ?")])
    assert client.get(reverse("surveys:kiosk_worker", args=[kiosk.pk])).content != script.content


def test_a_page_that_is_over_says_so(client, kiosk):
    Survey.objects.update(opens_at=timezone.now() + timedelta(days=1))
    assert client.get(reverse("surveys:kiosk", args=[kiosk.pk])).status_code == 200  # to be made ready the day before
    Kiosk.objects.update(revoked=True)
    gone = client.get(reverse("surveys:kiosk", args=[kiosk.pk]))
    assert gone.status_code == 410 and "fermée" in gone.content.decode()
    assert client.get(reverse("surveys:kiosk_worker", args=[kiosk.pk])).status_code == 404
    assert client.get(reverse("surveys:kiosk", args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


def test_in_several_languages_each_has_its_own_form(client, kiosk):
    survey = Survey.objects.get(pk=kiosk.survey_id)
    survey.translations = {"ar": {"title": "استبيان"}}
    survey.save_revision().publish()
    page = client.get(reverse("surveys:kiosk", args=[kiosk.pk])).content.decode()
    assert page.count("<template data-language=") == 2 and 'lang="ar" dir="rtl"' in page and "استبيان" in page


@pytest.fixture
def agent(client):
    client.force_login(get_user_model().objects.create_superuser("root", "root@ville.example", "x"))
    return client


def a_form(**values):
    today = timezone.localdate().strftime("%d/%m/%Y")
    told = {"id": "9f0d7c35-43a0-4ee0-9c6d-1d8f0e3f3b11", "place": "Marché", "responsible": "D. Petit"}
    return told | {"word": "tilleul", "last_day": today, "most": "100"} | values


def test_an_agent_opens_a_kiosk_and_reads_its_link_once(agent, kiosk):
    url = reverse("surveys_kiosks", args=[kiosk.survey_id])
    assert agent.get(url).status_code == 200
    made = agent.post(url, a_form())
    opened = Kiosk.objects.get(place="Marché")
    link = made.content.decode().partition(f"/permanence/{opened.pk}/#")[2].partition('"')[0]
    assert made["Cache-Control"].startswith("no-store") and "<svg" in made.content.decode()
    opened.secret = link
    assert send(agent, opened, [given(opened)]).status_code == 200
    assert agent.post(url, a_form()).status_code == 302 and Kiosk.objects.count() == 2
    listed = agent.get(url).content.decode()
    assert link not in listed and "1 sur 100 au plus" in listed


def test_an_agent_changes_renews_closes_and_opens_again(agent, kiosk):
    url = reverse("surveys_kiosk", args=[kiosk.pk])
    assert agent.get(url).status_code == 200
    assert agent.post(url, a_form(act="save", most="7")).status_code == 302
    agent.post(url, {"act": "close"})
    kiosk.refresh_from_db()
    assert kiosk.revoked and kiosk.most == 7 and "Marché" in str(kiosk)
    agent.post(url, {"act": "open"})
    renewed = agent.post(url, {"act": "renew"}).content.decode()
    assert send(agent, kiosk, []).status_code == 403
    kiosk.secret = renewed.partition(f"/permanence/{kiosk.pk}/#")[2].partition('"')[0]
    assert send(agent, kiosk, []).status_code == 200
    assert agent.post(url, {"act": "\x00"}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", ""),
        ("place", "x" * 101),
        ("place", "\x00"),
        ("word", "abc"),
        ("last_day", "hier"),
        ("last_day", "01/01/2020"),
        ("last_day", "01/01/9999"),
        ("most", "0"),
        ("most", "5001"),
        ("most", "9" * 400),
        ("id", "x"),
    ],
)
def test_what_an_agent_mistypes_is_said_and_kept(agent, kiosk, field, value):
    url = reverse("surveys_kiosks", args=[kiosk.survey_id])
    reply = agent.post(url, a_form(**{field: value}))
    assert reply.status_code == 422 and Kiosk.objects.count() == 1
    assert "D. Petit" in reply.content.decode()


@pytest.mark.parametrize("change", [{"trust": "email"}, {"closes_at": timezone.now() - timedelta(days=1)}])
def test_no_kiosk_where_none_would_do(agent, kiosk, change):
    Survey.objects.update(**change)
    url = reverse("surveys_kiosks", args=[kiosk.survey_id])
    assert '<form method="post"' not in agent.get(url).content.decode()
    agent.post(url, a_form())
    assert Kiosk.objects.count() == 1
