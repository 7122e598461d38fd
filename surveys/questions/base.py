"""What every question type is: the editor's block, the citizen's field, the count and the CSV columns.

A type works on the *schema* of a question, the plain dict frozen in a SurveyVersion:
    {"id", "type", "wording", "help", "required", "code", "withdrawn"?, ...the type's own keys}
An *answer* is what is stored for one question: JSON, None when it was asked and left empty.
A *cell name* is what is counted; its form is "<kind>:<question id>[:<part>…]".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .conditions import OnlyIfBlock
from .text_folding import clean_text

Schema = dict[str, Any]
Answer = Any
Count = Callable[[str], int]
Message: TypeAlias = str | Promise

# What stands for "left empty" and for "was not asked" in files that people bring along.
EMPTY = {"", "no answer", "sans réponse", "non réponse", "not selected", "-"}
NOT_ASKED = {"na", "n/a", "non posée"}


class AnswerError(ValueError):
    """An answer that cannot be taken; the message says how to mend it. `field` is the input it belongs to."""

    def __init__(self, message: Message, field: str = ""):
        super().__init__(message)
        self.message = message
        self.field = field


class Form:
    """What was typed, as the browser sent it: field name → list of strings."""

    def __init__(self, data: Mapping[str, Sequence[str]]):
        self._data = data

    def many(self, name: str) -> Sequence[str]:
        """Every value sent for `name` that is not empty."""
        values = self._data.get(name)
        return [v for v in values if v != ""] if values else []

    def one(self, name: str) -> str:
        """The single value sent for `name`, "" when there is none. Raises AnswerError when there are several."""
        values = self.many(name)
        if not values:
            return ""
        if len(values) > 1:
            raise AnswerError(_("Choose one answer only."), name)
        return values[0]

    def text(self, name: str, limit: int) -> str:
        """Clean text sent for `name`. Raises AnswerError beyond `limit` characters."""
        text = clean_text(self.one(name))
        if len(text) > limit:
            raise AnswerError(
                _("Shorten your text: %(limit)d characters at most, you wrote %(length)d.")
                % {"limit": limit, "length": len(text)},
                name,
            )
        return text


class Box(NamedTuple):
    """Something to tick: what is typed for it when the sheet is keyed in, what its input sends, what it says."""

    code: str
    value: str
    label: str
    picture: Schema | None = None


class Blank(NamedTuple):
    """Something to fill in: what it is for, what is written there (a rank, points), the end of its input's name."""

    label: Message = ""
    unit: Message = ""
    field: str = ""


class Paper(NamedTuple):
    """A question on a sheet of paper, and as it is keyed in from there: what to do, then boxes to tick, blanks to fill,
    lines to write on. `field` and `words` are the ends of the names of the inputs of boxes and lines.
    """

    how: Message = ""
    boxes: Sequence[Box] = ()
    several: bool = False  # may several boxes be ticked?
    field: str = ""
    blanks: Sequence[Blank] = ()
    columns: Sequence[Box] = ()  # with these, each of `blanks` is a row of as many boxes
    lines: int = 0
    before_lines: Message = ""
    words: str = ""


class QuestionType:
    """One question type. Subclasses give `name`, `block`, `template` and the methods below; they keep no state."""

    name: ClassVar[str]
    block: ClassVar[type[blocks.StructBlock]]
    upload: ClassVar[str] = ""  # what comes as a file: "photo" or "file", see `surveys.files`
    figure: ClassVar[str] = "bars"  # which results template draws `tabulate`, out of templates/surveys/figures/
    exclusive: ClassVar[bool] = True  # do its counts add up to a figure that is known, so that one hidden gives way?
    hidden_too: ClassVar[tuple[str, ...]] = ()  # what else an option says in `tabulate` and keeps to itself if hidden
    reserved: ClassVar[Mapping[str, str]] = {}  # by list, the id that no item of it may have
    shown_part: ClassVar[str] = ""  # which of its `texts` `is_shown` speaks of; the others are never shown
    comparison: ClassVar[str] = ""  # how conditions compare its answers, see `comparing`
    seconds: ClassVar[int] = 24  # what answering takes
    by_channel: ClassVar[bool] = True  # are its options counted apart for who answered otherwise than on the web?
    asked: ClassVar[bool] = True  # False: nobody is asked, the answer comes with the link
    at_kiosk: ClassVar[bool] = True  # False: left out on a tablet that goes from hand to hand

    @property
    def template(self) -> str:
        return f"surveys/questions/{self.name}.html"

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        """The type's own keys of the schema, from the editor's block value. `previous`: the last frozen schema."""
        return {}

    def check(self, schema: Schema) -> list[Message]:
        """What stops this question from being published, in the agent's words."""
        return []

    def merge(self, schema: Schema, previous: Schema) -> None:
        """Keep in `schema`, marked withdrawn, what `previous` offered and the edit took away."""

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        """What the field's template needs beside `question` and `name`: mainly what was typed."""
        return {"value": (typed.many(name) or [""])[0] if typed else ""}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        """The answer typed under `name`, None when left empty. Raises AnswerError."""
        raise NotImplementedError

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        """What has to be typed under `name` for `read` to give `answer` (not None)."""
        return {name: [str(answer)]}

    def choices(self, schema: Schema) -> list[Schema]:
        """{"id", "label", "withdrawn"?} of what conditions may name, where they compare choices."""
        return []

    def compared(self, schema: Schema, answer: Answer) -> Any:
        """What of `answer` (not None) conditions compare: a set of ids of `choices`, a number, an ISO date, a text."""
        return answer

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        """`answer` (not None) for its author to read again, line by line."""
        return [text for text in self.to_csv(schema, answer) if text]

    def reread(self, schema: Schema, name: str, form: Form, answer: Answer) -> list[str]:
        """What was typed under `name`, which gives `answer` (not None), for its author to check before sending."""
        return self.said(schema, answer)

    def takes(self, schema: Schema) -> float:
        """How many seconds answering takes."""
        return self.seconds

    def cell_names(self, schema: Schema) -> Iterable[str]:
        """Every cell this question can fill, beside "answered" and "left empty", which all questions have."""
        return ()

    def cells(self, schema: Schema, answer: Answer) -> Iterable[str]:
        """The cells that `answer` (not None) fills."""
        return ()

    def tabulate(self, schema: Schema, count: Count, base: int) -> dict[str, Any]:
        """The figures of this question: keys added to its entry in resultats.json."""
        return {}

    def derive(self, schema: Schema, entry: dict[str, Any]) -> None:
        """Add to the figures what follows from them once small values are hidden: it can give nothing hidden away."""

    def picks(self, schema: Schema, part: str, item: str) -> Iterable[str]:
        """The cells that say how often one item of the list `part` was chosen."""
        return ()

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        """What `answer` (not None) says in free words: (part, words); the part "" is the answer itself."""
        return []

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        """`answer` with other words in the place of one of its `texts`."""
        raise NotImplementedError

    def longest(self, schema: Schema, part: str) -> int:
        """How many characters one of the `texts` may have."""
        raise NotImplementedError

    def is_shown(self, schema: Schema) -> bool:
        """Did the form say that the text `shown_part` may be shown, once a moderator has read it?"""
        return False

    def paper(self, schema: Schema) -> Paper:
        """The question on a sheet of paper. Its inputs, named as it says, are read by `read`."""
        raise NotImplementedError

    def from_paper(self, schema: Schema) -> Schema:
        """The schema by which a sheet of paper is read: paper cannot insist, what was left empty is no answer."""
        return {**schema, "required": False}

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        """The CSV columns of this question: (part, title); the part "" is the question itself."""
        return [("", schema["code"] or schema["wording"])]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        """One string per column; empty strings when the question was left empty."""
        return [str(answer) if answer is not None else ""]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        """The answer in `values` (one per column, clean), None when empty. Raises AnswerError."""
        return self.read(schema, "v", Form({"v": [v for v in values if v.lower() not in EMPTY]}))


class QuestionBlock(blocks.StructBlock):
    """The fields every question has in the editor."""

    wording = blocks.CharBlock(label=_("Question"), max_length=300, help_text=_("One idea per question."))
    help = blocks.CharBlock(label=_("Help under the question"), required=False, default="", max_length=300)
    required = blocks.BooleanBlock(
        label=_("An answer is needed"),
        required=False,
        default=False,
        help_text=_("Leave unticked whenever you can: people may keep an answer to themselves."),
    )
    code = blocks.CharBlock(
        label=_("Short name in exports"),
        required=False,
        default="",
        max_length=40,
        help_text=_("For analysts; optional."),
    )
    only_if = OnlyIfBlock(required=False)

    class Meta:
        icon = "help"
        form_classname = "struct-block question-block"


def text_line(label: Message, max_length: int) -> blocks.CharBlock:
    """One line of a list of texts in the editor. Wagtail draws no label there: the input bears its own."""
    block = blocks.CharBlock(label=label, max_length=max_length, required=False, default="")
    block.field.widget.attrs["aria-label"] = label
    return block


def labelled(items: Any, *beside: str) -> list[Schema]:
    """[{"id", "label"}] from a ListBlock of labels, or of structs with a label and what stands `beside` it.

    The ids are those of the list items and survive any edit; items without a label are left out.
    """
    found = []
    for item in items.bound_blocks:
        label = (item.value["label"] if beside else item.value) or ""
        if label.strip():
            found.append({"id": str(item.id), "label": label.strip()} | {name: item.value[name] for name in beside})
    return found


def check_labels(items: list[Schema]) -> list[Message]:
    """What is wrong with a list of things to choose from."""
    labels = [item["label"].casefold() for item in offered(items)]
    problems: list[Message] = []
    if len(labels) < 2:
        problems.append(_("Give at least two options."))
    if len(set(labels)) < len(labels):
        problems.append(_("Two options have the same wording."))
    return problems


def keep_withdrawn(now: list[Schema], before: list[Schema]) -> None:
    """Append to `now`, marked withdrawn, the items of `before` that are gone from it."""
    present = {item["id"] for item in now}
    now.extend({**item, "withdrawn": True} for item in before if item["id"] not in present)


def offered(items: list[Schema]) -> list[Schema]:
    return [item for item in items if not item.get("withdrawn")]


def boxes(items: list[Schema]) -> list[Box]:
    """What is offered, as boxes numbered from 1."""
    return [
        Box(str(n), item["id"], item["label"], item if item.get("src") else None)
        for n, item in enumerate(offered(items), 1)
    ]


def anchor(name: str, n: int) -> str:
    """The id of the n-th control of a question: the first bears the question's name, so that errors lead to it."""
    return name if n == 1 else f"{name}_{n}"
