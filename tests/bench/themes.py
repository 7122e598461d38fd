"""10,000 open answers on 20 themes; `python -m pytest -s tests/bench/themes.py` prints what they cost."""

import time
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import themes
from surveys.models import OpenAnswer, Response
from tests.factories.pages import ConsultationPageFactory, OfficialAnswerFactory, ThemeFactory, blocks
from tests.factories.words import open_survey

TEXTS, THEMES, BULK = 10_000, 20, 500


def crowd(survey) -> list[str]:
    """As many read answers as people write, put in place by hand: only what is counted matters here."""
    question = survey.live_version.schema["questions"][0]["id"]
    said = {
        "survey": survey,
        "version": survey.live_version,
        "answers": {},
        "cells": b"",
        "received_on": timezone.localdate(),
    }
    keys = [uuid.uuid4().bytes * 2 for _n in range(TEXTS)]
    responses = Response.objects.bulk_create(
        [Response(participant_key=key, submission_key=key, **said) for key in keys], batch_size=1000
    )
    about = {"survey": survey, "question_id": question, "status": "published", "shown": True}
    rows = [
        OpenAnswer(response=r, text=f"texte {n}", original_key=b"", received_on=timezone.localdate(), **about)
        for n, r in enumerate(responses)
    ]
    return [str(row.pk) for row in OpenAnswer.objects.bulk_create(rows, batch_size=1000)]


@pytest.mark.django_db
def test_ten_thousand_texts_on_twenty_themes(client):
    survey = open_survey()
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    names = crowd(survey)
    made = [ThemeFactory(page=page) for _n in range(THEMES)]
    seconds = []
    for n in range(0, TEXTS, BULK):
        start = time.perf_counter()
        themes.attach(made[n // BULK % THEMES], [("answer", name) for name in names[n : n + BULK]])
        seconds.append(time.perf_counter() - start)
    for theme in made:
        OfficialAnswerFactory(theme=theme)
    print(
        f"\n{connection.vendor}: attach {BULK}: "
        f"median {sorted(seconds)[len(seconds) // 2]:.2f} s, worst {max(seconds):.2f} s"
    )
    start = time.perf_counter()
    assert set(themes.counts(page).values()) == {BULK}
    print(f"counts of {THEMES} themes: {time.perf_counter() - start:.2f} s")
    for url in (page.url, made[0].get_absolute_url()):
        client.get(url)
        start = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        print(f"{url.split('/')[1]}: {len(queries)} queries, {time.perf_counter() - start:.2f} s")
    assert max(seconds) < 2
