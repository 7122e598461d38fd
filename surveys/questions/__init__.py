"""The question types, one module each. To add one, follow docs/how-to/add-a-question-type.md."""

from .base import AnswerError, Form, Paper, QuestionType, Schema
from .basket import Basket
from .date import Date
from .demographic import Demographic
from .email import Email
from .grid import Grid
from .hidden import Hidden
from .image_choice import ImageChoice
from .location import Location
from .multiple import MultipleChoice
from .nps import NetPromoter
from .number import Number
from .points import Points
from .ranking import Ranking
from .rating import Rating
from .scale import Scale
from .single import SingleChoice
from .text import LongText, ShortText
from .time import Time
from .upload import File, Photo
from .yes_no import YesNo

TYPES: dict[str, QuestionType] = {
    t.name: t
    for t in (
        SingleChoice(),
        MultipleChoice(),
        Grid(),
        Scale(),
        Number(),
        ShortText(),
        LongText(),
        Date(),
        YesNo(),
        Rating(),
        NetPromoter(),
        Ranking(),
        Points(),
        Basket(),
        Time(),
        Demographic(),
        Photo(),
        File(),
        ImageChoice(),
        Location(),
        Email(),
        Hidden(),
    )
}

__all__ = ["TYPES", "AnswerError", "Form", "Paper", "QuestionType", "Schema", "type_of"]


def type_of(schema: Schema) -> QuestionType:
    """The type of a frozen question."""
    return TYPES[schema["type"]]
