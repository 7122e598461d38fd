"""The question types, one module each. To add one, follow docs/how-to/add-a-question-type.md."""

from .base import AnswerError, Form, QuestionType, Schema
from .date import Date
from .grid import Grid
from .multiple import MultipleChoice
from .number import Number
from .scale import Scale
from .single import SingleChoice
from .text import LongText, ShortText

TYPES: dict[str, QuestionType] = {
    t.name: t for t in (SingleChoice(), MultipleChoice(), Grid(), Scale(), Number(), ShortText(), LongText(), Date())
}

__all__ = ["TYPES", "AnswerError", "Form", "QuestionType", "Schema", "type_of"]


def type_of(schema: Schema) -> QuestionType:
    """The type of a frozen question."""
    return TYPES[schema["type"]]
