"""Editing a published survey: no sequence of edits changes what was answered, counted or shown of it."""

import contextlib
import copy
import random
import uuid
from collections import Counter
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from counting import fold, reconcile
from counting.models import Tally
from participation.receipts import issue_token
from surveys import intake
from surveys.effects import effects
from surveys.forms import compiled
from surveys.models import Response, Survey
from surveys.results import figures, published
from tests.factories.surveys import SurveyFactory, question, republish, set_questions

pytestmark = pytest.mark.django_db


KINDS = ["single", "multiple", "grid", "scale", "number", "rating", "ranking", "points", "basket"]


def item(label: str, kind: str = "single") -> dict:
    label = {"label": label, "cost": 700} if kind == "basket" else label
    return question(kind, options=[label])["value"]["options"][0]


class Agent:
    """An agent who edits at random, and remembers what was deleted so as to bring it back, as undo does."""

    def __init__(self, dice: random.Random, questions: list[dict]):
        self.dice, self.questions = dice, questions
        self.deleted: list[dict] = []
        self.gone: list[tuple[str, str, dict]] = []  # question id, part, item
        self.count = 0

    def new_label(self) -> str:
        self.count += 1
        return f"neuf {self.count}"

    def edit(self) -> None:
        acts = [self.reword, self.reorder, self.delete, self.undo, self.add, self.items, self.items, self.bring_back]
        self.dice.choice([*acts, self.bounds])()

    def reword(self) -> None:
        self.dice.choice(self.questions)["value"]["wording"] = self.new_label()

    def reorder(self) -> None:
        self.dice.shuffle(self.questions)
        for q in self.questions:
            for part in self.parts(q):
                self.dice.shuffle(q["value"][part])

    def delete(self) -> None:
        if len(self.questions) > 1:
            self.deleted.append(self.questions.pop(self.dice.randrange(len(self.questions))))

    def undo(self) -> None:
        if self.deleted:
            self.questions.append(self.deleted.pop())

    def add(self) -> None:
        kind = self.dice.choice(KINDS)
        self.questions.append(question(kind, self.new_label()))

    def parts(self, q: dict) -> list[str]:
        return [part for part in ("options", "rows", "scale") if isinstance(q["value"].get(part), list)]

    def items(self) -> None:
        """Delete, reword or add an option, a statement or a step."""
        q = self.dice.choice(self.questions)
        for part in self.parts(q):
            held = q["value"][part]
            act = self.dice.randrange(3)
            if act == 0 and len(held) > 2:
                self.gone.append((q["id"], part, held.pop(self.dice.randrange(len(held)))))
            elif act == 1:
                self.reword_item(self.dice.choice(held))
            elif len(held) < 8:
                held.append(item(self.new_label(), q["type"]))

    def reword_item(self, held: dict) -> None:
        if isinstance(held["value"], dict):
            held["value"]["label"] = self.new_label()
        else:
            held["value"] = self.new_label()

    def bring_back(self) -> None:
        for q in self.questions:
            back = [gone for gone in self.gone if gone[0] == q["id"]]
            for gone in back:
                self.gone.remove(gone)
                q["value"][gone[1]].append(gone[2])

    def bounds(self) -> None:
        for q in self.questions:
            if q["type"] == "number":
                q["value"]["minimum"] = self.dice.randrange(-20, 20)
                q["value"]["maximum"] = self.dice.randrange(30, 200)
            elif q["type"] == "multiple":
                q["value"]["max_choices"] = self.dice.choice([None, 2, 3])
            elif q["type"] == "ranking":
                q["value"]["top"] = self.dice.choice([None, 1, 2])
            elif q["type"] == "points":
                q["value"]["points"] = self.dice.choice([4, 5, 9])
            q["value"]["required"] = self.dice.random() < 0.2


class Citizens:
    """Send forms of any version, and count by hand what was accepted: (question id, part of the figure) → times."""

    def __init__(self, dice: random.Random, survey: Survey):
        self.dice, self.survey = dice, survey
        self.tokens: dict[str, Counter] = {}

    def send(self, version, token: str | None = None) -> None:
        form, meant = [], Counter({("n",): 1})
        asked = [q for q in version.schema["questions"] if not q.get("withdrawn")]
        for place, q in enumerate(asked, 1):
            chosen = self._choose(q, f"q{place}")
            form += [(name, value) for name, value, _what in chosen]
            meant.update({(q["id"], *what): 1 for _name, _value, what in chosen})
            meant[(q["id"], "answered" if chosen else "empty")] += 1
        survey = compiled(self.survey.key, version.number)
        answers, errors, _unsent = survey.read(dict(QueryDict(urlencode(form)).lists()))
        assert not [e for e in errors if e[0] not in {q["id"] for q in asked if q["required"]}], errors
        if errors:
            return
        token = token or issue_token(self.survey.key)
        intake.record_response(survey, answers, token)
        self.tokens[token] = meant

    def _choose(self, q: dict, name: str) -> list[tuple[str, str, tuple]]:
        """(input name, value, what it counts as) for one question, answered or not."""
        if self.dice.random() < 0.15:
            return []
        offered = [o["id"] for o in q.get("options", ()) if not o.get("withdrawn")]
        if q["type"] == "single":
            chosen = [self.dice.choice(offered)]
            return [(name, o, (o,)) for o in chosen]
        if q["type"] == "multiple":
            most = min(q["max"] or len(offered), len(offered))
            return [(name, o, (o,)) for o in self.dice.sample(offered, self.dice.randint(1, most))]
        if q["type"] == "grid":
            rows = [r["id"] for r in q["rows"] if not r.get("withdrawn")]
            steps = [s["id"] for s in q["scale"] if not s.get("withdrawn")]
            picks = [(place, row, self.dice.choice(steps)) for place, row in enumerate(rows, 1)]
            return [(f"{name}_{place}", step, (row, step)) for place, row, step in picks]
        if q["type"] == "basket":
            chosen = self.dice.sample(q["options"], len(q["options"]))
            return [(name, o["id"], (o["id"],)) for o in within(chosen, q["envelope"])]
        if q["type"] == "ranking":
            return self._rank(q, name, offered)
        if q["type"] == "points":
            picks = self.dice.sample(list(enumerate(offered, 1)), self.dice.randint(1, 2))
            return [(f"{name}_{place}", str(self.dice.randint(1, 2)), (o,)) for place, o in picks]
        if q["type"] == "rating":
            step = self.dice.randint(1, 5)
            return [(name, str(step), (step,))]
        low, high = (0, 10) if q["type"] == "scale" else (int(float(q["min"])), int(float(q["max"])))
        number = self.dice.randint(low, high)
        return [(name, str(number), (number,))]

    def _rank(self, q: dict, name: str, offered: list[str]) -> list[tuple[str, str, tuple]]:
        """Only the first choice is among the figures compared here; the pairs are among the cells."""
        order = self.dice.sample(offered, min(q["top"] or len(offered), len(offered)))
        places = {o: f"{name}_{place}" for place, o in enumerate(offered, 1)}
        first, *others = [(places[o], str(rank), (o,)) for rank, o in enumerate(order, 1)]
        return [first, *((field, rank, (o, "further down")) for field, rank, (o,) in others)]

    def total(self, survey: Survey) -> Counter:
        """Everything sent, but for questions that nobody answered before they were withdrawn: these leave no trace."""
        total: Counter = Counter()
        for meant in self.tokens.values():
            total.update(meant)
        withdrawn = {q["id"] for q in survey.live_version.schema["questions"] if q.get("withdrawn")}
        traceless = {q for q in withdrawn if not total[(q, "answered")]}
        return Counter(
            {key: n for key, n in total.items() if n and key[0] not in traceless and key[-1] != "further down"}
        )


def within(projects: list[dict], envelope: int) -> list[dict]:
    """The first of `projects` that are offered, as far as the envelope goes; one at least."""
    found: list[dict] = []
    for project in projects:
        if not project.get("withdrawn") and sum(p["cost"] for p in [*found, project]) <= envelope:
            found.append(project)
    return found


def figures_of(survey: Survey) -> Counter:
    """The published figures in the same shape as the recount by hand."""
    shown = published(survey)
    total = Counter({("n",): shown["responses"]})
    for q in shown["questions"]:
        total[(q["id"], "answered")], total[(q["id"], "empty")] = q["base"], q["no_answer"]
        for table in q.get("rows") or [q]:
            head = (q["id"],) if table is q else (q["id"], table["id"])
            for option in table.get("options", ()):
                key = int(option["id"]) if q["type"] in ("scale", "rating") else option["id"]
                if q["type"] != "number":  # drawn in bars; its cells are compared below
                    total[(*head, key)] = option["count"]
    return +total


def numbers_of(survey: Survey, by_hand: Counter) -> Counter:
    """The cells of numbers, in the shape of the recount by hand."""
    kinds = {q["id"]: q["type"] for q in survey.live_version.schema["questions"]}
    cells = Tally.objects.filter(tool=survey.tool, name__startswith="v:").exclude(n=0).values_list("name", "n")
    split = [(*name.split(":")[1:], n) for name, n in cells]
    return Counter({(q, int(value)): n for q, value, n in split if kinds[q] == "number"})


@examples(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_no_sequence_of_edits_changes_what_was_answered_or_counted(settings, seed):
    settings.SUPPRESS_BELOW = 1
    dice = random.Random(seed)
    agent = Agent(dice, [question(kind) for kind in KINDS])
    survey = SurveyFactory(open=True, questions=copy.deepcopy(agent.questions))
    citizens = Citizens(dice, survey)
    stored: dict = {}
    for _ in range(6):
        for _ in range(dice.randrange(1, 4)):
            agent.edit()
        survey = republish(survey, copy.deepcopy(agent.questions))
        for pk, answers in stored.items():
            assert Response.objects.get(pk=pk).answers == answers
        versions = list(survey.versions.order_by("number"))
        for _ in range(4):
            citizens.send(dice.choice([versions[-1], versions[-1], dice.choice(versions)]))
        if citizens.tokens and dice.random() < 0.5:
            citizens.send(dice.choice(versions), dice.choice(list(citizens.tokens)))
        stored = dict(Response.objects.filter(survey=survey).values_list("pk", "answers"))
        fold.sweep()
        survey = Survey.objects.get(pk=survey.pk)
        by_hand, kinds = citizens.total(survey), {q["id"]: q["type"] for q in survey.live_version.schema["questions"]}
        is_number = {key for key in by_hand if kinds.get(key[0]) == "number" and isinstance(key[1], int)}
        assert figures_of(survey) == Counter({key: n for key, n in by_hand.items() if key not in is_number})
        assert numbers_of(survey, by_hand) == Counter({key: by_hand[key] for key in is_number})
        assert reconcile.compare(survey.tool) == []


# What an edit says of itself


@pytest.fixture
def answered():
    """A survey whose first option, first statement and question were chosen three times."""
    questions = [question("single", "Comment venez-vous ?", other=False), question("grid", "D’accord ?")]
    survey = SurveyFactory(open=True, questions=questions)
    one = compiled(survey.key, 1)
    first, grid = one.questions
    for _ in range(3):
        answers = {
            first["id"]: {"options": [first["options"][0]["id"]]},
            grid["id"]: {grid["rows"][0]["id"]: grid["scale"][0]["id"]},
        }
        intake.record_response(one, answers, issue_token(survey.key))
    return survey, questions


def sentences(survey, questions) -> list[str]:
    set_questions(survey, questions)
    with translation.override("en"):
        return [effect.sentence for effect in effects(survey)]


def test_an_edit_that_touches_nothing_answered_says_nothing(answered):
    survey, questions = answered
    edited = copy.deepcopy(questions)
    del edited[0]["value"]["options"][2]
    assert sentences(survey, [*edited, question("date")]) == []


def test_withdrawing_an_option_says_how_often_it_was_chosen(answered, settings):
    survey, questions = answered
    edited = copy.deepcopy(questions)
    del edited[0]["value"]["options"][0]
    expected = "Withdraws “à pied”, chosen 3 times: it stays in the results as withdrawn."
    assert sentences(survey, edited) == [expected]
    fold.sweep()
    settings.SUPPRESS_BELOW = 1
    survey = republish(survey, edited)
    reconcile.rebuild(survey.tool)  # brings the published batch up to date
    survey = Survey.objects.get(pk=survey.pk)
    options = published(survey)["questions"][0]["options"]
    assert next(o for o in options if o["label"] == "à pied")["withdrawn"]


def test_rewording_and_withdrawing_say_so(answered):
    survey, questions = answered
    edited = copy.deepcopy(questions)
    edited[0]["value"]["wording"] = "Autre chose ?"
    edited[0]["value"]["options"][0]["value"] = "en courant"
    del edited[1]
    assert sentences(survey, edited) == [
        "Rewords “Comment venez-vous ?” as “Autre chose ?”: the 3 answers already given count with the new ones.",
        "Rewords “à pied” as “en courant”: the 3 choices already made count under the new wording.",
        "Withdraws the question “D’accord ?”, answered 3 times: it stays in the results as withdrawn.",
    ]


def test_statements_and_steps_say_so_too(answered):
    survey, questions = answered
    edited = copy.deepcopy(questions)
    del edited[1]["value"]["rows"][0]
    del edited[1]["value"]["scale"][0]
    assert [s.partition(",")[0] for s in sentences(survey, edited)] == [
        "Withdraws “Il manque de l’ombre.”",
        "Withdraws “oui”",
    ]


def test_bounds_and_rules_say_so(answered):
    survey, questions = answered
    first = compiled(survey.key, 1).questions[0]
    edited = copy.deepcopy(questions)
    edited[0]["value"]["required"] = True
    condition = {"question": first["id"], "operator": "is", "value": first["options"][0]["id"]}
    conditions = [{"type": "item", "id": str(uuid.uuid4()), "value": condition}]
    edited[1]["value"]["only_if"] = {"match": "all", "conditions": conditions}
    assert [sentence.split(" “")[0] for sentence in sentences(survey, edited)] == ["Makes", "Asks"]


def test_a_typo_keeps_counting_together_and_the_results_say_since_when(answered, settings):
    survey, questions = answered
    settings.SUPPRESS_BELOW = 1
    questions[0]["value"]["wording"] = "Comment venez-vous ici ?"
    survey = republish(survey, questions)
    two = compiled(survey.key, 2)
    first = two.questions[0]
    answers = {first["id"]: {"options": [first["options"][1]["id"]]}}
    intake.record_response(two, answers, issue_token(survey.key))
    fold.sweep()
    reconcile.rebuild(survey.tool)
    entry = published(Survey.objects.get(pk=survey.pk))["questions"][0]
    assert entry["base"] == 4
    assert [(w["wording"], w["base"]) for w in entry["wordings"]] == [
        ("Comment venez-vous ?", 3),
        ("Comment venez-vous ici ?", 1),
    ]
    assert entry["wordings"][0]["until"] and entry["wordings"][1]["until"] is None
    assert republish(survey, questions).versions.count() == 2  # saying it again is no rewording


def test_few_answers_to_a_wording_are_hidden(answered, settings):
    survey, questions = answered
    questions[0]["value"]["wording"] = "Comment venez-vous ici ?"
    survey = republish(survey, questions)
    first = compiled(survey.key, 2).questions[0]
    counts = {f"q:{first['id']}": 14, f"w:{first['id']}:1": 3}
    numbers = {compiled(survey.key, 2).number_of(name): n for name, n in counts.items()}
    entry = figures(survey, numbers, None, 11)["questions"][0]
    assert [w["base"] for w in entry["wordings"]] == [None, None]


@pytest.mark.parametrize("meaning", ["same", "other", None])
def test_the_agent_says_whether_a_rewording_keeps_the_meaning(answered, meaning):
    """Another meaning makes a new question: the old keeps its answers, rules follow the new one."""
    survey, questions = answered
    first = compiled(survey.key, 1).questions[0]
    condition = {"question": first["id"], "operator": "answered", "value": ""}
    conditions = [{"type": "item", "id": str(uuid.uuid4()), "value": condition}]
    later = question("short_text", "Pourquoi ?", only_if={"match": "all", "conditions": conditions})
    questions[0]["value"]["wording"] = "Venez-vous seul ?"
    set_questions(survey, [*questions, later])
    typed = {"questions-count": "0"} | ({f"meaning-{first['id']}": meaning} if meaning else {})
    handler = Survey.snippet_viewset.edit_handler.bind_to_model(Survey)
    form = handler.get_form_class()(typed, instance=survey)
    form.is_valid()
    set_questions(survey, [*questions, later])  # the empty form took them away
    before, data = len(form.non_field_errors()), {"questions": survey.questions, "effects_read": True}
    form._confirm(survey, data)
    assert len(form.non_field_errors()) - before == (meaning is None)
    kept = str(data["questions"][0].id) == first["id"]
    assert kept == (meaning != "other")
    if kept:
        return
    schema = republish(survey, data["questions"].get_prep_value()).live_version.schema["questions"]
    old = next(q for q in schema if q["id"] == first["id"])
    assert old["withdrawn"] and old["wording"] == "Comment venez-vous ?"
    assert schema[2]["only_if"]["conditions"][0]["question"] == schema[0]["id"]


# What cannot be published


INVALID = {
    "no question": lambda questions: questions.clear(),
    "one option": lambda questions: questions[0]["value"].update(options=questions[0]["value"]["options"][:1]),
    "no wording": lambda questions: questions[0]["value"].update(wording="  "),
    "type changed": lambda questions: questions.__setitem__(0, {**question("scale"), "id": questions[0]["id"]}),
    "same id twice": lambda questions: questions.append({**question("date"), "id": questions[0]["id"]}),
}


@pytest.mark.parametrize("case", INVALID)
@pytest.mark.parametrize("way", ["publish", "scheduled"])
def test_an_invalid_draft_cannot_go_online_by_any_way(answered, case, way):
    survey, questions = answered
    before = survey.live_version
    edited = copy.deepcopy(questions)
    INVALID[case](edited)
    set_questions(survey, edited)
    revision = survey.save_revision()
    if way == "publish":
        with pytest.raises(ValidationError):
            revision.publish()
    else:
        revision.approved_go_live_at = timezone.now()
        revision.save()
        with contextlib.suppress(ValidationError):
            call_command("publish_scheduled", verbosity=0)
    after = Survey.objects.get(pk=survey.pk)
    assert after.live_version == before and after.versions.count() == 1
    assert len(after.questions) == len(questions)


def test_one_invalid_draft_does_not_keep_others_from_their_hour(answered, monkeypatch):
    from cms import scheduling

    monkeypatch.setattr(scheduling, "close_old_connections", lambda: None)  # the test's own transaction lives in it
    survey, questions = answered
    set_questions(survey, [])
    for one in (survey, other := SurveyFactory()):
        revision = one.save_revision()
        revision.approved_go_live_at = timezone.now()
        revision.save()
    for _ in range(2):
        scheduling._do(scheduling.Duty("publish", 60, scheduling.publish_scheduled))
    assert Survey.objects.get(pk=other.pk).live


def test_publishing_what_did_not_change_makes_no_new_version(answered):
    survey, questions = answered
    assert republish(survey, questions).versions.count() == 1
