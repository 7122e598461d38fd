"""resultats.json says whether it changed, and forgets what may no longer be seen."""

import pytest
from django.urls import reverse

from surveys import served
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db


def test_unchanged_figures_are_not_sent_again(client):
    address = reverse("surveys:results_json", args=[SurveyFactory(open=True).key])
    first = client.get(address)
    assert first.status_code == 200 and first["ETag"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content


def test_kept_for_a_moment_and_no_longer(settings, monkeypatch):
    settings.RESULTS_FRESH_FOR, now = 0.2, [100.0]
    monkeypatch.setattr(served.time, "monotonic", lambda: now[0])
    survey = SurveyFactory(open=True)
    assert served.as_json(survey.key)
    survey.unpublish()
    assert served.as_json(survey.key)
    now[0] += 0.21
    assert served.as_json(survey.key) is None
