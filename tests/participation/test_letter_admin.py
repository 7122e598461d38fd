"""Making letter codes in the admin: who may, what is shown once, what stays."""

import csv
import io
import re
import tracemalloc
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from participation import letters
from participation.models import AccessBatch, AccessCode
from tests.factories.debates import DebateFactory
from tests.factories.surveys import SurveyFactory, question
from tests.participation.test_ladder import _whole_database, letter_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("scale")], trust="letter", title="Quelle place demain ?")


@pytest.fixture
def agent(client, django_user_model):
    user = django_user_model.objects.create_user("agent", password="x")
    user.groups.add(Group.objects.get(name="Agents de communication"))
    client.force_login(user)
    return client


def url(survey) -> str:
    return f"/admin/access/{survey.scope_id}/codes/"


def make(client, survey, **fields):
    sent = {"batch": uuid4(), "title": "Quartier Nord", "size": 3, "shape": "rows", **fields}
    return client.post(url(survey), sent)


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_list_of_surveys_and_debates_leads_there(agent, survey):
    debate = DebateFactory(open=True)
    assert url(survey) in agent.get("/admin/snippets/surveys/survey/").content.decode()
    assert url(debate) in agent.get("/admin/snippets/deliberation/debate/").content.decode()
    assert survey.title in agent.get(url(survey)).content.decode()


def test_a_file_holds_codes_that_work_and_the_database_prints_of_them(agent, survey):
    sent = make(agent, survey)
    assert "no-store" in sent["Cache-Control"] and "attachment" in sent["Content-Disposition"]
    text = body(sent)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == 3 and all(re.fullmatch(r"([0-9A-Z]{4}-){2}[0-9A-Z]{4}", c) for c in codes)
    assert rows[0]["address_with_code"].endswith(f"/acces/{survey.scope.tag}/?c={codes[0]}")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert all(letters.prove(survey.scope, code) for code in codes)
    dumped = _whole_database()
    assert not [c for c in codes if c in dumped or c.replace("-", "") in dumped]


def test_a_sheet_has_a_label_and_a_qr_code_each(agent, survey):
    page = body(make(agent, survey, shape="labels", title="<b>Votre</b> place"))
    codes = re.findall(r'<p class="code">([0-9A-Z-]{14})</p>', page)
    assert len(codes) == 3 and page.count("<svg") == 3 and "&lt;b&gt;Votre" in page
    assert "<qr>" not in page and "<code>" not in page and 'role="alert"' in page
    assert letters.prove(survey.scope, codes[2])


def test_who_sends_the_form_again_sees_no_codes(agent, survey):
    batch = uuid4()
    body(make(agent, survey, batch=batch))
    assert make(agent, survey, batch=batch).status_code == 302
    assert AccessBatch.objects.count() == 1 and AccessCode.objects.count() == 3


@pytest.mark.parametrize(
    "bad",
    [
        *({"size": size} for size in (0, 50_001, "x", "9" * 500)),
        *({"title": title} for title in ("", "\0", "x" * 101)),
        *({"shape": "x"}, {"batch": "x"}, {"shape": "labels", "size": 5_001}),
    ],
)
def test_what_cannot_be_made_is_refused_at_its_field(agent, survey, bad):
    assert make(agent, survey, **bad).status_code == 422
    assert not AccessBatch.objects.exists()


def test_only_who_is_allowed_to_makes_or_revokes(client, django_user_model, survey):
    editor = Group.objects.create(name="Autres")
    from django.contrib.auth.models import Permission

    editor.permissions.add(Permission.objects.get(codename="access_admin"))
    user = django_user_model.objects.create_user("other", password="x")
    user.groups.add(editor)
    letter_codes(survey.scope)
    batch = AccessBatch.objects.get()
    for _who in range(2):
        assert client.get(url(survey)).status_code == 302 and make(client, survey).status_code == 302
        assert client.post(f"/admin/access/batches/{batch.pk}/revoke/").status_code == 302
        client.force_login(user)
    assert AccessBatch.objects.count() == 1 and not AccessCode.objects.filter(revoked=True).exists()


def test_a_batch_is_revoked_after_a_question_and_both_are_logged(agent, survey):
    text = body(make(agent, survey))
    code = re.search(r"([0-9A-Z]{4}-){2}[0-9A-Z]{4}", text)[0]
    batch = AccessBatch.objects.get()
    address = f"/admin/access/batches/{batch.pk}/revoke/"
    assert agent.get(address).status_code == 200 and letters.prove(survey.scope, code)
    agent.post(address)
    assert letters.prove(survey.scope, code) is None
    actions = set(ModelLogEntry.objects.filter(action__startswith="palabre.").values_list("action", flat=True))
    assert actions == {"palabre.make_codes", "palabre.revoke_codes"}
    for entry in ModelLogEntry.objects.filter(action__in=actions):
        assert "3" in registry.get_formatter(entry).format_message(entry)
    page = agent.get(url(survey)).content.decode()
    assert address not in page  # revoked once


def test_the_list_of_batches_costs_the_same_for_one_and_three(agent, survey):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert agent.get(url(survey)).status_code == 200
        return len(captured)

    letter_codes(survey.scope)
    agent.get(url(survey))
    one = queries()
    letter_codes(survey.scope), letter_codes(survey.scope)
    assert queries() == one


@pytest.mark.once
def test_a_sheet_of_a_thousand_never_stands_in_memory_as_a_whole(agent, survey):
    """Its labels alone are some two megabytes."""
    sent = make(agent, survey, size=1000, shape="labels")
    tracemalloc.start()
    length = sum(len(part) for part in sent.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert AccessBatch.objects.get().size == 1000 and length > 1_500_000
    assert peak < 12_000_000
