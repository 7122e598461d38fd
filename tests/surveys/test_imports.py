"""Importing responses: good rows counted once, bad rows set aside with line and reason, whatever the file."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from counting import fold, reconcile
from counting.models import Tally
from surveys.models import Response
from tests.factories.surveys import SurveyFactory, question, republish

pytestmark = pytest.mark.django_db

QUESTIONS = [
    question("single", "Comment venez-vous ?", code="mode", other=True),
    question("multiple", "Pour quoi faire ?", code="but", options=["marché", "école"], max_choices=None),
    question("grid", "D’accord ?", code="avis", rows=["Ombre", "Places"]),
    question("scale", "Sécurité", code="note"),
    question("number", "Âge", code="age"),
    question("long_text", "Un mot ?", code="mot"),
    question("date", "Depuis quand ?", code="depuis"),
]
HEADER = "mode,mode_other,but_1,but_02,avis_1,avis_2,note,age,mot,depuis"


@pytest.fixture
def survey():
    return SurveyFactory(questions=QUESTIONS, open=True)


def write(path, text, encoding="utf-8"):
    file = path / "sheets.csv"
    file.write_bytes(text.encode(encoding))
    return file


def run(survey, file, **options) -> dict:
    out = io.StringIO()
    call_command("import_responses", survey.key, file, json=True, stdout=out, **options)
    assert reconcile.compare(survey.tool) == []
    return json.loads(out.getvalue())


def counts(survey) -> dict[str, int]:
    return dict(Tally.objects.filter(tool=survey.tool).exclude(n=0).values_list("name", "n"))


def rejected(file) -> list[list[str]]:
    with file.with_suffix(".rejected.csv").open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


def refusal(survey, file) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_responses", survey.key, file)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_every_type_is_read(survey, tmp_path):
    file = write(tmp_path, f"{HEADER}\nà pied,,1,,oui,non,7,42,Un banc.,2020-05-01\nAutre,trottinette,,x,,oui,0,,,\n")
    assert run(survey, file)["added"] == 2
    q = {question["code"]: question["id"] for question in survey.live_version.schema["questions"]}
    walked = Response.objects.get(answers__contains={q["age"]: 42}) if _is_postgresql() else _with(q["age"], 42)
    assert walked.answers[q["mot"]] == "Un banc."
    assert walked.answers[q["depuis"]] == "2020-05-01"
    rolled = Response.objects.exclude(pk=walked.pk).get()
    assert rolled.answers[q["mode"]] == {"options": ["other"], "other": "trottinette"}
    assert len(rolled.answers[q["avis"]]) == 1
    assert rolled.answers[q["age"]] is None


def _is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def _with(key, value):
    return next(r for r in Response.objects.all() if r.answers[key] == value)


def test_not_asked_is_neither_an_answer_nor_a_non_response(survey, tmp_path):
    run(survey, write(tmp_path, "mode,note\nNA,\nà pied,3\nNo answer,NA\n"))
    mode, note = (q["id"] for q in survey.live_version.schema["questions"] if q["code"] in ("mode", "note"))
    found = counts(survey)
    assert (found["n"], found[f"q:{mode}"], found[f"-:{mode}"]) == (3, 1, 1)
    assert (found[f"q:{note}"], found[f"-:{note}"]) == (1, 1)
    assert found["c:import"] == 3


def test_the_same_file_again_adds_nothing_not_even_reordered_or_continued(survey, tmp_path):
    lines = ["à pied,3", "à pied,3", "à vélo,4"]
    assert run(survey, write(tmp_path, "mode,note\n" + "\n".join(lines)))["added"] == 3
    again = run(survey, write(tmp_path, "mode,note\n" + "\n".join(lines)))
    assert (again["added"], again["already_there"]) == (0, 3)
    more = run(survey, write(tmp_path, "mode,note\n" + "\n".join([*reversed(lines), "à pied,3"])))
    assert (more["added"], more["already_there"]) == (1, 3)
    assert counts(survey)["n"] == 4


def test_bad_rows_are_set_aside_with_line_and_reason_and_come_back_mended(survey, tmp_path):
    rows = ["à pied,3", "à cheval,3", "à vélo", "à vélo,11", "", '"à\npied",3,x', "à vélo,5"]
    file = write(tmp_path, "mode,note\n" + "\n".join(rows))
    outcome = run(survey, file, channel="paper")
    assert (outcome["added"], outcome["rejected"]) == (2, 4)
    head, *bad = rejected(file)
    assert head == ["line", "reason", "mode", "note"]
    assert [row[0] for row in bad] == ["3", "4", "5", "7"]
    assert "à cheval" in bad[0][1]
    mended = tmp_path / "mended.csv"
    with mended.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head, [*bad[0][:2], "à pied", "9"]])
    outcome = run(survey, mended)
    assert (outcome["added"], outcome["ignored"]) == (1, ["line", "reason"])
    assert counts(survey)["c:paper"] == 2


@pytest.mark.parametrize("channel", ["paper", "field", "phone", "import"])
def test_each_channel_is_counted_as_it_came(survey, tmp_path, channel):
    assert run(survey, write(tmp_path, "mode,note\nà pied,3\nà vélo,4"), channel=channel)["added"] == 2
    found = counts(survey)
    assert (found["n"], found[f"c:{channel}"]) == (2, 2)
    assert set(survey.responses.values_list("channel", flat=True)) == {channel}


def test_rejects_of_an_earlier_run_do_not_stay(survey, tmp_path):
    file = write(tmp_path, "mode\nà cheval\n")
    run(survey, file)
    assert rejected(file)
    run(survey, write(tmp_path, "mode\nà pied\n"))
    assert not file.with_suffix(".rejected.csv").exists()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_marks_and_line_ends(survey, tmp_path, separator, encoding, end):
    text = end.join([separator.join(row) for row in [["mode", "note"], ["à pied", "3"], ["à vélo", "4"]]])
    assert run(survey, write(tmp_path, text, encoding))["added"] == 2


def test_columns_may_be_named_by_wording_whatever_the_case_and_spaces(survey, tmp_path):
    header = "COMMENT  venez-vous ?;pour quoi faire ? [École];D’accord ? [Places];but [marché]"
    assert run(survey, write(tmp_path, f"{header}\nà pied;oui;non;1\n"))["ignored"] == []
    found = counts(survey)
    assert sum(n for name, n in found.items() if name.startswith("o:")) == 3


def test_labels_match_whatever_the_spaces_the_apostrophe_and_the_accents(tmp_path):
    questions = [
        question("single", "Et vous ?", code="q", options=["Oui\u202f!", "D’été"]),
        question("grid", "Grille", code="g", rows=["a"], scale=["Pas d’accord", "D’accord"], no_opinion=False),
        question("multiple", "Où ?", code="m", options=["À l’école", "Ailleurs"]),
    ]
    survey = SurveyFactory(questions=questions, open=True)
    rows = "oui !,pas  d'accord,a\u0300 l'e\u0301cole\nd'e\u0301te\u0301,D'ACCORD,1\n"
    outcome = run(survey, write(tmp_path, f"q,g_1,m_1\n{rows}"))
    assert (outcome["added"], outcome["ignored"]) == (2, [])


def test_an_option_called_like_a_sign_of_absence_is_an_option(tmp_path):
    questions = [
        question("single", "Pays", code="q", options=["NA", "Sans réponse", "FR"], other=False),
        question("grid", "Grille", code="g", rows=["a"], scale=["N/A", "-"], no_opinion=False),
        question("multiple", "Quoi ?", code="m", options=["Non", "Oui", "NA"], other=False),
    ]
    survey = SurveyFactory(questions=questions, open=True)
    run(survey, write(tmp_path, "q,g_1,m_1,m_2,m_3\nNA,N/A,Non,,\nSans réponse,-,,oui,NA\nnon posée,,,,non posée\n"))
    found = counts(survey)
    assert sorted(n for name, n in found.items() if name[:2] in ("o:", "g:")) == [1] * 7
    assert found["q:" + questions[0]["id"]] == 2
    assert "-:" + questions[0]["id"] not in found


@pytest.mark.parametrize("mode", ["", "No answer", "Autre"])
def test_words_beside_other_are_kept_even_where_other_is_not_ticked(survey, tmp_path, mode):
    run(survey, write(tmp_path, f"mode,mode_other,but_1,but_other\n{mode},trottinette,oui,rien\n"))
    answers = Response.objects.get().answers
    assert answers[survey.live_version.schema["questions"][0]["id"]] == {"options": ["other"], "other": "trottinette"}


def test_words_beside_other_against_another_choice_are_set_aside(survey, tmp_path):
    assert run(survey, write(tmp_path, "mode,mode_other\nà pied,trottinette\n"))["rejected"] == 1


def test_rows_of_separators_at_the_end_are_nobody(survey, tmp_path):
    assert run(survey, write(tmp_path, "n;mode;note\n1;à pied;3\n2;;\n;;\n ; ;\n"))["added"] == 2


def test_unknown_columns_are_named_and_ignored(survey, tmp_path):
    outcome = run(survey, write(tmp_path, "sheet,mode\n1,à pied\n2,à pied\n"))
    assert outcome["ignored"] == ["sheet"]
    assert "Âge" in outcome["missing"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"a,b\n1,2\n",
        b"mode,mode\nx,y\n",
        "mode,note\nà pied,3\n".encode("cp1252"),
        "mode,note\nà pied,3\n".encode("utf-16"),
        b"mode\n" + b"x\n" * 200_000 + b"\xff\n",
        b"mode\n\xed\xa0\x80\n",
        b'"' + b"x" * 3_000_000,
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(survey, tmp_path, content):
    file = tmp_path / "sheets.csv"
    file.write_bytes(content)
    assert refusal(survey, file)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        b"\x00",
        b"x" * 200_000,
        b'"' + b"x" * 5_000_000,
        b'"open',
        b"a" * 4_000_000,
        b"=1+1",
        "０".encode(),
        b"NaN",
        b"1e9",
    ],
)
def test_odd_values_are_set_aside(survey, tmp_path, row):
    file = tmp_path / "sheets.csv"
    file.write_bytes("mode,note\nà pied,3\n".encode() + b"," + row + "\nà pied,4\n".encode())
    outcome = run(survey, file)
    assert outcome["added"] >= 1
    assert outcome["rejected"] >= (row != b"\x00")


def test_a_text_with_nul_is_cleaned(survey, tmp_path):
    run(survey, write(tmp_path, "mot\nun\x00 banc\n"))
    assert list(Response.objects.get().answers.values()) == ["un banc"]


def test_a_value_that_looks_like_a_number_must_match_exactly(tmp_path):
    options = [{"type": "item", "id": i, "value": label} for i, label in (("1", "2"), ("2", "1"))]
    survey = SurveyFactory(questions=[question("single", "Combien ?", code="q", other=False) | {"id": "q"}], open=True)
    questions = [question("single", "Combien ?", code="q", other=False)]
    questions[0]["value"]["options"] = options
    survey = republish(SurveyFactory(), questions)
    outcome = run(survey, write(tmp_path, "q\n1\n1\n2\n1.0\n01\n"))
    q = questions[0]["id"]
    assert (counts(survey)[f"o:{q}:2"], counts(survey)[f"o:{q}:1"]) == (2, 1)
    assert outcome["rejected"] == 2


def test_paper_may_be_keyed_in_after_closing_but_not_after_sealing(tmp_path):
    survey = SurveyFactory(questions=QUESTIONS, closed=True)
    file = write(tmp_path, "mode\nà pied\n")
    assert run(survey, file, channel="paper")["added"] == 1
    out = io.StringIO()
    call_command("seal", survey.key, json=True, stdout=out)
    sealed = json.loads(out.getvalue())
    assert (sealed["totals"]["n"], sealed["receipts"]) == (1, 1)
    assert refusal(survey, write(tmp_path, "mode\nà pied\nà pied\n"))
    assert Response.objects.count() == 1


def test_every_command_calls_a_survey_by_the_same_key(survey):
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert f"survey:{survey.key}" in out.getvalue()


def test_a_survey_never_published_takes_nothing(tmp_path):
    assert refusal(SurveyFactory(), write(tmp_path, "mode\nà pied\n"))


@pytest.mark.parametrize("name", ["nowhere.csv", ""])
def test_a_file_that_is_not_there_is_a_bad_argument(survey, tmp_path, name):
    with pytest.raises(CommandError) as caught:
        call_command("import_responses", survey.key, tmp_path / name)
    assert caught.value.returncode == 2


def test_an_interrupted_import_goes_on_where_it_was(survey, tmp_path, monkeypatch):
    from surveys import imports

    monkeypatch.setattr(imports, "BATCH", 10)
    file = write(tmp_path, "n,note\n" + "\n".join(f"{n},{n % 11}" for n in range(35)))
    real, calls = imports.intake.record_many, []

    def breaks(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(imports.intake, "record_many", breaks)
    with pytest.raises(KeyboardInterrupt):
        call_command("import_responses", survey.key, file)
    monkeypatch.setattr(imports.intake, "record_many", real)
    outcome = run(survey, file)
    assert (outcome["added"], outcome["already_there"]) == (15, 20)
    fold.fold(survey.tool_id)
    assert counts(survey)["n"] == 35
