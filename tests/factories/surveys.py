"""Surveys in the states tests need: `SurveyFactory(open=True)`, `SurveyFactory(closed=True)`…"""

import uuid
from copy import copy, deepcopy
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from surveys import kiosks
from surveys.models import Kiosk, Survey
from surveys.questions import TYPES

from .geography import the_town

NEW_IMAGE = "an image made when the questions are set"

MINIMAL: dict[str, dict[str, Any]] = {
    "single": {"options": ["à pied", "à vélo", "en voiture"], "other": True},
    "multiple": {"options": ["le marché", "les commerces", "traverser", "l’école"], "max_choices": 3},
    "grid": {
        "rows": ["Il manque de l’ombre.", "Il faut des places."],
        "scale": ["oui", "plutôt", "non"],
        "no_opinion": True,
    },
    "scale": {"low": "pas du tout", "high": "tout à fait"},
    "number": {"minimum": 0, "maximum": 120, "decimals": 0, "unit": "ans"},
    "short_text": {},
    "long_text": {"max_length": 600},
    "date": {},
    "yes_no": {"no_opinion": True},
    "hidden": {"options": ["affiche", "lettre"]},
    "rating": {"look": "stars5"},
    "nps": {"low": "non", "high": "oui"},
    "ranking": {"options": ["des arbres", "des bancs", "une fontaine"]},
    "points": {"options": ["un four à pain", "des outils", "un kiosque"], "points": 5, "most": 3},
    "basket": {
        "options": [
            {"label": "jardin", "cost": 38_000},
            {"label": "éclairage", "cost": 21_000},
            {"label": "banc", "cost": 900},
        ],
        "envelope": 45_000,
        "unit": "€",
    },
    "time": {},
    "demographic": {"about": "age", "options": []},
    "photo": {},
    "file": {},
    "image_choice": {
        "options": [{"label": wood, "alt": f"un banc en {wood}", "image": NEW_IMAGE} for wood in ("bois", "pierre")]
    },
    "email": {"purpose": "la réunion publique du 12 mars"},
    "location": {"territory": "69999", "draw": "point", "why": True},
}


def question(kind: str, wording: str = "", **values: Any) -> dict[str, Any]:
    """A question as StreamField stores it; lists of strings become list items with ids."""
    merged = {"wording": wording or f"Question {kind}", "help": "", "required": False, "code": ""}
    merged |= MINIMAL[kind] | values
    return {"type": kind, "id": str(uuid.uuid4()), "value": {k: _items(v) for k, v in merged.items()}}


def _items(value: Any) -> Any:
    if isinstance(value, list) and value and (isinstance(value[0], str) or "label" in value[0]):
        return [{"type": "item", "id": str(uuid.uuid4()), "value": copy(v)} for v in value]
    return value


def every_type() -> list[dict[str, Any]]:
    return [question(kind) for kind in TYPES]


def _with_images(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if NEW_IMAGE not in repr(questions):
        return questions
    library = get_image_model().objects
    image = library.filter(title="Un banc").first()
    image = image or library.create(title="Un banc", file=get_test_image_file(filename="banc.png", size=(64, 48)))
    questions = deepcopy(questions)
    for asked in questions:
        for item in asked["value"].get("options") or ():
            if isinstance(item["value"], dict) and item["value"].get("image") == NEW_IMAGE:
                item["value"]["image"] = image.pk
    return questions


def set_questions(survey: Survey, questions: list[dict[str, Any]]) -> None:
    questions = _with_images(questions)
    if any(question["type"] == "location" for question in questions):
        the_town()
    survey.questions = Survey._meta.get_field("questions").stream_block.to_python(questions)


class SurveyFactory(factory.django.DjangoModelFactory):
    """A draft; the traits publish it."""

    class Meta:
        model = Survey
        skip_postgeneration_save = True

    class Params:
        coming = factory.Trait(
            published=True, opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
        )
        open = factory.Trait(published=True)
        closed = factory.Trait(
            published=True,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=9)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=2)),
        )
        by_step = factory.Trait(pace="step")

    title = factory.Sequence(lambda n: f"Enquête {n}")
    live = False

    @classmethod
    def _create(cls, model_class: type[Survey], *args: Any, **kwargs: Any) -> Survey:
        published = kwargs.pop("published", False)
        questions = kwargs.pop("questions", None)
        survey = model_class(*args, **kwargs)
        set_questions(survey, every_type() if questions is None else questions)
        survey.save()
        if published:
            survey.save_revision().publish()
        return Survey.objects.get(pk=survey.pk)


class KioskFactory(factory.django.DjangoModelFactory):
    """A kiosk; its `secret` is in memory alone."""

    class Meta:
        model = Kiosk

    survey = factory.SubFactory(SurveyFactory, open=True)
    place = "Marché, jeudi"
    responsible = "Dominique Petit"
    word = "tilleul"
    last_day = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))

    @classmethod
    def _create(cls, model_class: type[Kiosk], *args: Any, **kwargs: Any) -> Kiosk:
        kiosk = model_class(*args, **kwargs)
        kiosk.secret = kiosks.new_secret(kiosk)
        kiosk.save()
        return kiosk


def republish(survey: Survey, questions: list[dict[str, Any]]) -> Survey:
    """Edit the questions and publish, as an agent does."""
    set_questions(survey, questions)
    survey.save_revision().publish()
    return Survey.objects.get(pk=survey.pk)
