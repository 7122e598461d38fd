"""A frozen version made ready for work, once: what it asks, how it reads what was typed, which cells answers fill."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from counting.models import Tally
from counting.packing import pack
from participation import trust

from . import cells, languages
from .models import Survey, SurveyVersion
from .pages import Page, split
from .questions import AnswerError, Form, Schema, type_of
from .questions.email import Email
from .routing import Routing


class Reading(NamedTuple):
    """What `CompiledSurvey.read` found: answers by question id, and errors as (question id, input name, message).

    A question that is not asked after these answers is absent. `unsent`: those of them that were answered all the same.
    """

    answers: dict[str, Any]
    errors: list[tuple[str, str, str]]
    unsent: list[Schema]


class CompiledSurvey:
    """One published version, compiled. Immutable, shared by all requests of the process.

    Inputs are named by the question's place in this version: q1, q2…; what is stored is keyed by question id.
    """

    def __init__(self, survey: Survey, version: SurveyVersion, numbers: Mapping[str, int]):
        self.survey_id, self.version_id, self.number = survey.pk, version.pk, version.number
        self.tool_id, self.scope_id = survey.tool_id, survey.scope_id
        self.tag, self.salt = survey.scope.tag, bytes(survey.scope.salt)
        self.key, self.schema = survey.key, version.schema
        self.trust = survey.trust
        self.all_questions: list[Schema] = version.schema["questions"]
        self.questions = [q for q in self.all_questions if not q.get("withdrawn")]
        self.names = {q["id"]: f"q{i}" for i, q in enumerate(self.questions, 1)}
        self.routing = Routing(version.schema)
        self.pages = split(version.schema)
        self.is_paged = len(self.pages) > 1
        self.language = ""  # as it was written
        self.framed = False  # read on our own pages
        self._read_as: dict[tuple[str, bool], CompiledSurvey] = {}
        self._numbers = numbers

    @cached_property
    def takes_files(self) -> bool:
        """Is anything sent as a file? If not, nothing of what follows from it is done."""
        return any(type_of(question).upload for question in self.all_questions)

    @property
    def email_questions(self) -> list[Schema]:
        """The questions that ask for an address."""
        return [question for question in self.questions if question["type"] == Email.name]

    def in_language(self, code: str, framed: bool = False) -> "CompiledSurvey":
        """The same version with the texts of a translation, if there is one, as it is read on our own pages or in a
        frame on another site.
        """
        code = languages.choose(self.schema, code)
        if not code and not framed:
            return self
        if (code, framed) not in self._read_as:
            said = copy(self)
            said.framed = framed
            if code:
                said.language, said.schema = code, languages.spoken(self.schema, code)
                said.all_questions = said.schema["questions"]
                said.questions = [q for q in said.all_questions if not q.get("withdrawn")]
                said.routing, said.pages = Routing(said.schema), split(said.schema)
            self._read_as[code, framed] = said
        return self._read_as[code, framed]

    def on_one_page(self) -> "CompiledSurvey":
        """The same version with everything on one page but what a kiosk leaves out."""
        whole = copy(self)
        whole.is_paged = False
        left_out = {q["id"] for q in self.questions if not type_of(q).at_kiosk}
        [page] = split({**self.schema, "pace": "page"})
        items = tuple(item for item in page.items if item["id"] not in left_out)
        whole.pages = [Page(items, tuple(q for q in page.questions if q["id"] not in left_out))]
        return whole

    @property
    def minutes(self) -> int:
        """How many minutes answering takes, computed from what is asked."""
        return self.minutes_for(self.questions)

    def minutes_for(self, questions: Iterable[Schema]) -> int:
        return max(1, round(sum(type_of(q).takes(q) for q in questions) / 60))

    def read(
        self, data: Mapping[str, Sequence[str]], only: Sequence[Schema] | None = None, on_paper: bool = False
    ) -> Reading:
        """Read what was typed into the form (all of it, or `only` some questions), or off a sheet of paper."""
        form, rules = Form(data), self.routing.rules
        answers: dict[str, Any] = {}
        errors: list[tuple[str, str, str]] = []
        unsent: list[Schema] = []
        for asked in self.questions if only is None else only:
            question = type_of(asked).from_paper(asked) if on_paper else asked
            name = self.names[question["id"]]
            if question["id"] in rules and not self.routing.shows(question["id"], answers):
                if _is_typed(data, name):
                    unsent.append(asked)
                continue
            try:
                answer = type_of(question).read(question, name, form)
            except AnswerError as error:
                errors.append((question["id"], error.field or name, str(error.message)))
                continue
            if answer is None and question["required"]:
                errors.append((question["id"], name, _("Answer this question.")))
            answers[question["id"]] = answer
        return Reading(answers, errors, unsent)

    def prefilled(self, signed: Sequence[str]) -> dict[str, list[str]]:
        """What a link carries, by input name; what we did not sign for this survey is left out."""
        found = {}
        for question in self.questions:
            kind, name = type_of(question), self.names[question["id"]]
            for text in signed if not kind.asked else ():
                if kind.read(question, name, Form({name: [text]})) is not None:
                    found[name] = [text]
        return found

    def said(self, question: Schema, data: Mapping[str, Sequence[str]]) -> list[str]:
        """What was typed into one question, for its author to read again; nothing where it is no answer."""
        kind = type_of(question)
        name, form = self.names[question["id"]], Form(data)
        try:
            answer = kind.read(question, name, form)
        except AnswerError:
            return []
        return [] if answer is None else kind.reread(question, name, form, answer)

    def foreign_fields(self, data: Mapping[str, Any]) -> list[str]:
        """Input names that look like ours but that this version does not have."""
        known = set(self.names.values())
        return [n for n in data if n[:1] == "q" and n[1:2].isdigit() and n.partition("_")[0] not in known]

    def has_words(self, answers: Mapping[str, Any]) -> bool:
        """Do `answers` say anything in free words?"""
        return any(
            type_of(question).texts(question, answer)
            for question in self.questions
            if (answer := answers.get(question["id"])) is not None
        )

    def number_of(self, cell: str) -> int:
        """The number of a cell of this survey; -1 for one it does not have."""
        return self._numbers.get(cell, -1)

    def counts_by_channel(self, question: Schema) -> bool:
        """Are the cells of `question` counted apart for who answered otherwise than on the web?"""
        names = cells.names_off(question)
        return bool(names) and all(name in self._numbers for name in names)

    def pack(self, answers: Mapping[str, Any], channel: str, level: str = trust.OPEN) -> bytes:
        """The cells that `answers` fill, packed."""
        numbers = [self._numbers[name] for name in cells.filled(self.all_questions, answers, channel, level)]
        if channel != cells.WEB:
            off = cells.filled_off(self.all_questions, answers)
            numbers += [self._numbers[name] for name in off if name in self._numbers]
        return pack(numbers)


def _is_typed(data: Mapping[str, Sequence[str]], name: str) -> bool:
    """Was anything typed into the inputs of the question called `name`?"""
    parts = f"{name}_"
    fields = [field for field in data if field == name or field.startswith(parts)]
    return any(value.strip() for field in fields for value in data[field])


@lru_cache(maxsize=256)
def compiled(survey_key: str, number: int) -> CompiledSurvey:
    """Version `number` of a survey, compiled once per process. Raises SurveyVersion.DoesNotExist.

    Only the scope of a survey can change under it (before its first response), and the proof it asks for: intake
    notices and calls `forget`.
    """
    versions = SurveyVersion.objects.select_related("survey__scope").defer("survey__questions")
    return compile_version(versions.get(survey__key=survey_key, number=number))


forget = compiled.cache_clear


def compile_version(version: SurveyVersion) -> CompiledSurvey:
    """Compile `version`, uncached."""
    numbers = dict(Tally.objects.filter(tool_id=version.survey.tool_id).values_list("name", "number"))
    return CompiledSurvey(version.survey, version, numbers)


def compiled_live(survey: Survey) -> CompiledSurvey:
    """The compiled version that `survey` asks now."""
    return compiled(survey.key, survey.live_version.number)
